/* Whom to call and what to say: the fields, and the functions that read them. */
import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { roleOf } from '../agent/roles';
import {
	parseCallId,
	parseMessage,
	parsePhoneParameters,
	type CallRequest,
} from '../core/calls/callRequest';
import { entriesOf, KEYS, parseKeys, type OfferedKey } from '../core/calls/keys';
import { speakable } from '../core/calls/messageCheck';
import { countries } from '../core/numbers/countries';
import { AUTO_DETECT, type Phone } from '../core/numbers/phoneNumber';
import { notCalledFields, type NotCalledReason } from '../core/outputs';
import type { Option } from '../guards/guard';
import type { ItemParameters } from '../guards/itemParameters';
import { checkSpokenField, readMessageCheck, type SpokenField } from '../guards/messageCheck';

export const phoneNumberProperty: INodeProperties = {
	displayName: 'Phone Number',
	name: 'phoneNumber',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. +1 425 555 0100',
	description: 'The number to call, written as people write it',
};

const countryOptions: INodePropertyOptions[] = [
	{ name: 'From the Number (Starts With +)', value: AUTO_DETECT },
	...countries.map(({ code, name, callingCode }) => ({
		name: `${name} (${code}${callingCode ? `, +${callingCode}` : ''})`,
		value: code,
	})),
];

export const countryProperty: INodeProperties = {
	displayName: 'Country',
	name: 'countryCode',
	type: 'options',
	options: countryOptions,
	default: AUTO_DETECT,
	description:
		'Where numbers belong that do not start with +. An expression gives the two-letter code, for example US or GB.',
};

/** Reads Phone Number and Country. */
export function readPhone(item: ItemParameters): Phone | undefined {
	return parsePhoneParameters(
		item.parameter('phoneNumber', ''),
		item.parameter('countryCode', AUTO_DETECT),
		item.problems,
		item.numberCheck(),
	);
}

/** Whether a number has to be in its country's numbering plan. */
export const numberCheckOption: Option = {
	group: 'technical',
	fields: [
		{
			displayName: 'Number Check',
			name: 'numberCheck',
			type: 'options',
			noDataExpression: true,
			options: [
				{
					name: 'Lengths Only',
					value: 'lengthsOnly',
					description: 'For numbers younger than the data of this node: their length is checked',
				},
				{
					name: 'Numbering Plan',
					value: 'numberingPlan',
					description: 'Numbers that their country does not have are refused',
				},
			],
			default: 'numberingPlan',
			description: 'How strictly phone numbers are checked before anybody is called',
		},
	],
};

/** Message, with an example that fits the operation: what it says of keys is what people copy. */
export function messageProperty(example: string): INodeProperties {
	return {
		displayName: 'Message',
		name: 'message',
		type: 'string',
		required: true,
		// With a fourth row, the first key would lie below the edge of a laptop's screen.
		typeOptions: { rows: 3 },
		default: '',
		placeholder: `e.g. ${example}`,
		description: 'What is said to the person who answers. Say which keys can be pressed.',
	};
}

/** Reads Message. Where an agent wrote it, it comes without the marks that are made for eyes. */
export function readMessage(item: ItemParameters): string {
	const message = item.parameter('message', '');
	if (!readSpoken(item, { label: 'Message', path: 'message' }, message)) return '';
	const written = parseMessage(message, item.problems);
	return roleOf(item.shared.node).speaksForAgent ? speakable(written) || written : written;
}

/** Checks a text that is spoken. @returns whether nothing is wrong with it */
function readSpoken(item: ItemParameters, field: SpokenField, value: unknown): boolean {
	const { context, itemIndex } = item;
	const check = readMessageCheck(item.option('messageCheck'));
	const { problems, hints } = checkSpokenField(context, field, itemIndex, value, check);
	item.problems.push(...problems);
	for (const hint of hints) item.hint(field.label, hint);
	return problems.length === 0;
}

export const keyField: INodeProperties = {
	displayName: 'Key',
	name: 'key',
	type: 'options',
	required: true,
	noDataExpression: true,
	options: KEYS.map((key) => ({
		name: key === '*' ? 'Star' : key === '#' ? 'Pound (#)' : key,
		value: key,
	})),
	default: '1',
	description: 'The key on the phone',
};

/** In a list that hides what is optional, these stand there from the start. */
const SHOWN = { showEvenWhenOptional: true };

/** A key and its label name an output of the node. n8n resolves those without items, so without expressions. */
const labelField: INodeProperties = {
	displayName: 'Label',
	name: 'label',
	type: 'string',
	typeOptions: SHOWN,
	noDataExpression: true,
	default: '',
	placeholder: 'e.g. Confirm',
	description:
		'What the key means, in one or two words. It names the output and comes out as pressedLabel.',
};

export const USUAL_REPLY = 'Thank you. Goodbye.';

export const replyField: INodeProperties = {
	displayName: 'Reply',
	name: 'message',
	type: 'string',
	typeOptions: SHOWN,
	default: USUAL_REPLY,
	description: 'What is said after the key was pressed',
};

export function keysProperty(values: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Keys to Press',
		name: 'dtmf',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Key' },
		placeholder: 'Add Key',
		default: {},
		description: 'The keys that the message offers, what each means and what is said after it',
		options: [{ displayName: 'Key', name: 'entries', values }],
	};
}

/** Keys of a call that is not waited for: what they mean does not matter here. */
export const plainKeysProperty = keysProperty([keyField, replyField]);

/** What a key can mean besides: it stands behind "Add Attribute". */
const attributeFields: INodeProperties[] = [
	{
		displayName: 'Opts Out',
		name: 'optsOut',
		type: 'boolean',
		noDataExpression: true,
		default: false,
		description: 'Whether the person wants no more calls. The item comes out with optedOut.',
	},
	{
		displayName: 'Repeats the Message',
		name: 'repeats',
		type: 'boolean',
		noDataExpression: true,
		default: false,
		description: 'Whether the key makes the message heard again and is no answer',
	},
];

const answerKeys = keysProperty([keyField, labelField, replyField, ...attributeFields]);

/** Keys of a call whose answer is waited for. One is there from the start. */
export const answerKeysProperty: INodeProperties = {
	...answerKeys,
	typeOptions: {
		...answerKeys.typeOptions,
		hideOptionalFields: true,
		addOptionalFieldButtonText: 'Add Attribute',
	},
	default: { entries: [{ key: '1', label: '', message: USUAL_REPLY }] },
};

/** Keys of a call that was placed before. */
export const offeredKeysProperty = keysProperty([keyField, labelField]);

/** Reads Keys to Press. */
export function readKeys(
	item: ItemParameters,
	{ needsReply }: { needsReply: boolean },
): OfferedKey[] {
	const dtmf = item.parameter('dtmf', {});
	if (!needsReply) return parseKeys(dtmf, item.problems);
	const replies = (entriesOf(dtmf) ?? []).map((entry) => (entry as IDataObject | null)?.message);
	const isGood = replies.map((reply, index) =>
		readSpoken(item, { label: 'Reply', path: `dtmf.entries[${index}].message` }, reply),
	);
	return parseKeys(dtmf, item.problems, { needsReply: (index) => isGood[index] });
}

/** Reads whom to call and what to say; undefined when the number cannot be called. */
export function readCall(item: ItemParameters): CallRequest | undefined {
	const phone = readPhone(item);
	const message = readMessage(item);
	const keys = readKeys(item, { needsReply: true });
	return phone && { phone, message, keys };
}

export const callIdProperty: INodeProperties = {
	displayName: 'Call ID',
	name: 'callId',
	type: 'string',
	required: true,
	default: '={{ $json.CallId }}',
	placeholder: 'e.g. 54b16dd7-8e68-4a2a-973d-063e39a6998c',
	description: 'The CallId in the output of Make Call',
};

/** A call to look at; or the fields of an item that nobody was called for, as a Make Call before gave them out. */
export type CallToLookAt = { callId: string } | { notCalled: Record<string, unknown> };

/** Reads Call ID. Behind a call that was not made, what the item says of it goes on. */
export function readCallId(item: ItemParameters): CallToLookAt | undefined {
	const typed = item.parameter('callId', '');
	const { json } = item.context.getInputData()[item.itemIndex];
	if ((typed ?? '') === '' && json.outcome === 'notCalled') {
		return {
			notCalled: notCalledFields({
				because: json.notCalledBecause as NotCalledReason,
				fields: { calledNumber: (json.calledNumber ?? null) as string | null },
			}),
		};
	}
	const callId = parseCallId(typed);
	if (callId.ok) return { callId: callId.value };
	item.problems.push(...callId.problems);
	return undefined;
}
