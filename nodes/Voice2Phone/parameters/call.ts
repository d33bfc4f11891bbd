import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { KEYS } from '../core/calls/callRequest';
import { countries } from '../core/numbers/countries';
import { AUTO_DETECT } from '../core/numbers/phoneNumber';

const countryOptions: INodePropertyOptions[] = [
	{ name: 'Auto-Detect From a Number With +', value: AUTO_DETECT },
	...countries.map(({ code, name, callingCode }) => ({
		name: `${name} (${code}${callingCode ? `, +${callingCode}` : ''})`,
		value: code,
	})),
];

/** What a call costs and whom it reaches. An agent that chooses the number needs another advice than a person who builds. */
const notices: INodeProperties[] = [
	{
		displayName:
			'Each call costs money and rings a real phone. Call only people who agreed to it. While you build, set Manual Test Number in the options to your own number.',
		name: 'callNotice',
		type: 'notice',
		default: '',
		displayOptions: { hide: { '@tool': [true] } },
	},
	{
		displayName:
			'Each call costs money and rings a real phone. Set Allowed Numbers in the options, so that the agent can reach nobody else.',
		name: 'toolCallNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { '@tool': [true] } },
	},
];

/** Whom to call and what to say: the parameters of all operations that dial. */
export const callProperties: INodeProperties[] = [
	...notices,
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
		placeholder: 'e.g. (425) 555-0100 or +1 425 555 0100',
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
	required: true,
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

const sameCallOption: INodeProperties = {
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
};

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
		displayName: 'Dial Again If Unknown',
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
	{ ...sameCallOption, displayOptions: { hide: { '@tool': [true] } } },
	{
		...sameCallOption,
		default: 'returnFirst',
		displayOptions: { show: { '@tool': [true] } },
	},
];

export const callIdProperty: INodeProperties = {
	displayName: 'Call ID',
	name: 'callId',
	type: 'string',
	required: true,
	default: '={{ $json.CallId }}',
	placeholder: 'e.g. 54b16dd7-8e68-4a2a-973d-063e39a6998c',
	description: 'The ID of the call, which Make Call gives out as CallId',
};
