import type {
	IDataObject,
	IExecuteFunctions,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';

import {
	KEYS,
	parseCallRequest,
	type CallRequest,
	type Deduplication,
	type Parsed,
	type Problem,
} from '../../core/callRequest';
import { isAllowed } from '../../core/allowedNumbers';
import { countries } from '../../core/countries';
import { AUTO_DETECT, parsePhone, type Phone } from '../../core/phoneNumber';
import { isHumanReview, reviewCall, reviewResponses } from './humanReview';

/** A checked call, and how far the node may go to place it. */
export interface PlaceRequest extends CallRequest {
	/** Whom the call was meant for, when a manual run redirects it to the user's own number. */
	insteadOf: Phone | undefined;
	deduplication: Deduplication | undefined;
	dialAgainWhenUnknown: boolean;
	onSameCall: 'dial' | 'returnFirst' | 'refuse';
}

const countryOptions: INodePropertyOptions[] = [
	{ name: 'Auto-Detect From a Number With +', value: AUTO_DETECT },
	...countries.map(({ code, name, callingCode }) => ({
		name: `${name} (${code}${callingCode ? `, +${callingCode}` : ''})`,
		value: code,
	})),
];

/** Whom to call and what to say: the parameters of all operations that dial. */
export const callProperties: INodeProperties[] = [
	{
		displayName: 'Country',
		name: 'countryCode',
		type: 'options',
		options: countryOptions,
		default: 'US',
		description:
			'The country of the phone number. An expression gives the two-letter ISO code, for example US or GB.',
	},
	{
		displayName: 'Phone Number',
		name: 'phoneNumber',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. (425) 233-7837 or +1 425 233 7837',
		description: 'The number to call, in local or international form, written as people write it',
	},
	{
		displayName: 'Message',
		name: 'message',
		type: 'string',
		required: true,
		typeOptions: { rows: 4 },
		default: '',
		placeholder: 'e.g. Hello, this is Dr. Miller’s practice. Press 1 to confirm your appointment.',
		description: 'The text that is read to the person who answers',
	},
];

const keyOptions: INodePropertyOptions[] = KEYS.map((key) => ({
	name: key === '*' ? 'Star' : key === '#' ? 'Pound (#)' : key,
	value: key,
}));

const responseMessage: INodeProperties = {
	displayName: 'Message',
	name: 'message',
	type: 'string',
	default: '',
	placeholder: 'e.g. Thank you, see you on Monday',
	description: 'The text that is read after the key was pressed',
};

function keypadResponses(values: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Keypad Responses',
		name: 'dtmf',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Keypad Response' },
		placeholder: 'Add Keypad Response',
		default: {},
		description: 'The keys that can be pressed, and what is said after each',
		options: [{ displayName: 'Response', name: 'entries', values }],
	};
}

export const plainKeypadResponses = keypadResponses([
	{
		displayName: 'Key',
		name: 'key',
		type: 'options',
		options: keyOptions,
		default: '1',
		description: 'The key on the phone',
	},
	responseMessage,
]);

/** A key and its label name an output of the node: n8n resolves those without items, so without expressions. */
export const outputKeyFields: INodeProperties[] = [
	{
		displayName: 'Key',
		name: 'key',
		type: 'options',
		noDataExpression: true,
		options: keyOptions,
		default: '1',
		description: 'The key on the phone',
	},
	{
		displayName: 'Label',
		name: 'label',
		type: 'string',
		noDataExpression: true,
		default: '',
		placeholder: 'e.g. Confirm',
		description:
			'What pressing the key means, in a word. It comes out as pressedLabel and names the output.',
	},
];

export const labelledKeypadResponses = keypadResponses([...outputKeyFields, responseMessage]);

/** Options of the operations that dial, besides their pace. */
export const dialOptions: INodeProperties[] = [
	{
		displayName: 'Allowed Numbers',
		name: 'allowedNumbers',
		type: 'string',
		noDataExpression: true,
		typeOptions: { rows: 2 },
		default: '',
		placeholder: 'e.g. +1 425 555 0100, +44 20*',
		description:
			'The only numbers that may be called, separated by commas, each with + and country code. End one with * to allow all numbers that begin so. Set this when an AI agent chooses the number.',
	},
	{
		displayName: 'Deduplication Key',
		name: 'deduplicationKey',
		type: 'string',
		default: '',
		placeholder: 'e.g. {{ $json.leadId }}',
		description:
			'Who was called under this key is not called again, in later executions too. Use what stands for the reason to call, for example the ID of a lead or an incident.',
	},
	{
		displayName: 'Deduplication Scope',
		name: 'deduplicationScope',
		type: 'options',
		options: [
			{
				name: 'This Node',
				value: 'node',
				description: 'Only this node looks at the keys that it noted',
			},
			{
				name: 'This Workflow',
				value: 'workflow',
				description: 'All Voice2Phone nodes of the workflow with this scope share their keys',
			},
		],
		default: 'node',
		description: 'For which nodes a Deduplication Key counts',
	},
	{
		displayName: 'Dial Again When the Outcome Is Unknown',
		name: 'dialAgainWhenUnknown',
		type: 'boolean',
		default: false,
		description:
			'Whether Retry On Fail, a retry from the executions list, or a run with the same Deduplication Key may dial when it is not known whether an earlier try did. The phone may then ring twice.',
	},
	{
		displayName: 'Manual Test Number',
		name: 'manualTestNumber',
		type: 'string',
		default: '',
		placeholder: 'e.g. +1 425 555 0100',
		description:
			'Your own phone number, with + and country code. When you run the workflow by hand in the editor, this number is called instead of the real one. Production executions are not affected.',
	},
	{
		displayName: 'Remember Key For (Days)',
		name: 'rememberKeyFor',
		type: 'number',
		default: 30,
		description: 'For how long a Deduplication Key keeps others from being called again',
	},
	{
		displayName: 'Same Call Again',
		name: 'onSameCall',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Dial Again',
				value: 'dial',
				description: 'Every item is a call of its own',
			},
			{
				name: 'Refuse',
				value: 'refuse',
				description: 'The item fails and nobody is called',
			},
			{
				name: 'Return the First Call',
				value: 'returnFirst',
				description: 'The call ID of the first call is given out, and nobody is called',
			},
		],
		default: 'dial',
		description:
			'What to do with the same number, message and keypad responses a second time in one execution, as an AI agent may ask for',
	},
];

/** Reads and checks the parameters of a call. */
export function readCall(context: IExecuteFunctions, itemIndex: number): Parsed<PlaceRequest> {
	const options = context.getNodeParameter('options', itemIndex, {}) as IDataObject;
	const problems: Problem[] = [];
	const parameters = {
		countryCode: context.getNodeParameter('countryCode', itemIndex),
		phoneNumber: context.getNodeParameter('phoneNumber', itemIndex),
		message: context.getNodeParameter('message', itemIndex),
		keypadResponses: readKeypadResponses(context, itemIndex),
	};
	const call = parseCallRequest(
		isHumanReview(context.getNode()) ? reviewCall(context, itemIndex, parameters) : parameters,
	);
	if (!call.ok) problems.push(...call.problems);
	const testPhone = readTestPhone(context, options, problems);
	if (call.ok) refuseForeignNumber(call.value.phone, options, problems);
	const deduplication = readDeduplication(options, testPhone !== undefined, problems);
	if (!call.ok || problems.length > 0) return { ok: false, problems };
	return {
		ok: true,
		value: {
			...call.value,
			phone: testPhone ?? call.value.phone,
			insteadOf: testPhone && call.value.phone,
			deduplication,
			dialAgainWhenUnknown: options.dialAgainWhenUnknown === true,
			onSameCall: (options.onSameCall as PlaceRequest['onSameCall'] | undefined) ?? 'dial',
		},
	};
}

/** `[{ key, message, label? }, …]`, of any type; a human review has some of its own. */
export function readKeypadResponses(context: IExecuteFunctions, itemIndex: number): unknown {
	const entries = context.getNodeParameter('dtmf.entries', itemIndex, []);
	return isHumanReview(context.getNode()) ? reviewResponses(entries) : entries;
}

/**
 * The user's own number, when this execution was started by hand. "Retry" in the executions list does not
 * say how the first execution was started, so the node notes it where a retry finds it.
 */
function readTestPhone(
	context: IExecuteFunctions,
	{ manualTestNumber = '' }: IDataObject,
	problems: Problem[],
): Phone | undefined {
	const noted = context.getContext('node') as { startedByHand?: boolean };
	const mode = context.getMode();
	if (mode !== 'retry') noted.startedByHand = mode === 'manual';
	if (manualTestNumber === '' || noted.startedByHand === false) return undefined;
	const field = 'Manual Test Number';
	if (noted.startedByHand === undefined) {
		const reason =
			'is set, and it is not known whether the execution that is retried was started by hand. Run the workflow anew, or remove the option and retry with the saved workflow';
		problems.push({ field, reason });
		return undefined;
	}
	const parsed = parsePhone(manualTestNumber, AUTO_DETECT);
	if (parsed.ok) return parsed.phone;
	problems.push({ field, reason: parsed.reason });
	return undefined;
}

function refuseForeignNumber(
	phone: Phone,
	{ allowedNumbers }: IDataObject,
	problems: Problem[],
): void {
	if (allowedNumbers === undefined) return;
	const permission = isAllowed(phone, String(allowedNumbers));
	if ('wrongEntry' in permission) {
		const reason = `has "${permission.wrongEntry}", which is neither a number with + and country code nor the beginning of one followed by *`;
		problems.push({ field: 'Allowed Numbers', reason });
	} else if (!permission.allowed) {
		const reason = `${phone.number} is not among the Allowed Numbers. Call one that is, or add it in the options`;
		problems.push({ field: 'Phone Number', reason });
	}
}

const DAY_MS = 24 * 60 * 60 * 1000;

function readDeduplication(
	options: IDataObject,
	redirected: boolean,
	problems: Problem[],
): Deduplication | undefined {
	const { deduplicationKey: key, deduplicationScope, rememberKeyFor = 30 } = options;
	if (!('deduplicationKey' in options)) return undefined;
	if ((typeof key !== 'string' && typeof key !== 'number') || String(key).trim() === '') {
		const reason = 'is empty. Let the expression give a value for each item, or remove the option';
		problems.push({ field: 'Deduplication Key', reason });
	}
	const rememberMs = Number(rememberKeyFor) * DAY_MS;
	if (!(rememberMs > 0)) {
		problems.push({ field: 'Remember Key For', reason: 'must be more than 0 days' });
	}
	return {
		// A test call to one's own phone must not keep the person whom it was meant for from being called.
		key: `${redirected ? 'test ' : ''}${String(key).trim()}`,
		scope: deduplicationScope === 'workflow' ? 'workflow' : 'node',
		rememberMs,
	};
}
