/* How to wait for the response to a call: the fields, and the function that reads them. */
import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { KEYS } from '../core/calls/callRequest';
import type { OfferedKey, WaitRequest } from '../core/waiting/answer';
import type { Parsed, Problem } from '../core/words';
import { outputKeyFields } from './call';

export const splitByKeyProperty: INodeProperties = {
	displayName: 'Split by Key',
	name: 'splitByKey',
	type: 'boolean',
	noDataExpression: true,
	default: false,
	// Only its first output reaches an agent.
	displayOptions: { hide: { '@tool': [true] } },
	description:
		'Whether each key has its own output. There are also outputs for No Key, Other Key and Timed Out. A node that was connected before is then connected to No Key.',
};

export const offeredKeysProperty: INodeProperties = {
	displayName: 'Keys',
	name: 'keys',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Key' },
	placeholder: 'Add Key',
	default: {},
	description: 'The keys that the call offers, and what each means',
	options: [{ displayName: 'Key', name: 'entries', values: outputKeyFields }],
};

/** Options of the operations that wait, besides their pace. */
export const waitOptions: INodeProperties[] = [
	{
		displayName: 'Check Every (Seconds)',
		name: 'checkEvery',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 5,
		description:
			'How often the status of each call is read. With many open calls, Checks per Second makes it less often.',
	},
	{
		displayName: 'Finished Status Codes',
		name: 'finishedStatusCodes',
		type: 'string',
		default: '2',
		placeholder: 'e.g. 2, 3',
		description:
			'The values of Status that mean that a call is over, separated by commas. Voice2Phone does not document them; its example of an answered call shows 2.',
	},
	{
		displayName: 'On Time-Out',
		name: 'onTimeOut',
		type: 'options',
		options: [
			{
				name: 'Return Item',
				value: 'returnItem',
				description: 'The item comes out with outcome "timedOut" and its CallId',
			},
			{
				name: 'Throw Error',
				value: 'throwError',
				description: 'The item fails with an error that names its CallId',
			},
		],
		default: 'returnItem',
		description: 'What to do when a call is still open after the longest wait',
	},
	{
		displayName: 'Wait At Most (Minutes)',
		name: 'waitAtMost',
		type: 'number',
		default: 5,
		description: 'How long to wait for the response to each call',
	},
];

/** Set only in the inner executions of a wait that n8n keeps; the editor does not show it. */
export const waitStepProperty: INodeProperties = {
	displayName: 'Wait Step',
	name: 'waitStep',
	type: 'hidden',
	default: '',
};

/**
 * Reads and checks how to wait.
 *
 * @param offered `[{ key, label?, message? }, …]`, of any type: what can be pressed
 */
export function readWait(
	context: IExecuteFunctions,
	itemIndex: number,
	offered: unknown,
): Parsed<WaitRequest> {
	const options = context.getNodeParameter('options', itemIndex, {}) as IDataObject;
	const { waitAtMost = 5, checkEvery = 5, finishedStatusCodes = '2', onTimeOut } = options;
	const problems: Problem[] = [];
	if (!(Number(waitAtMost) > 0)) {
		problems.push({ field: 'Wait At Most', reason: 'must be more than 0 minutes' });
	}
	if (!(Number(checkEvery) > 0)) {
		problems.push({ field: 'Check Every', reason: 'must be more than 0 seconds' });
	}
	const codes = String(finishedStatusCodes)
		.split(',')
		.map((code) => code.trim());
	if (!codes.every((code) => /^-?\d+$/.test(code))) {
		const reason = `"${String(finishedStatusCodes)}" must be whole numbers separated by commas, for example 2, 3`;
		problems.push({ field: 'Finished Status Codes', reason });
	}
	const keys = readOfferedKeys(offered, problems);
	if (problems.length > 0) return { ok: false, problems };
	return {
		ok: true,
		value: {
			waitAtMostMs: Number(waitAtMost) * 60_000,
			checkEveryMs: Number(checkEvery) * 1000,
			finishedStatusCodes: new Set(codes),
			throwOnTimeOut: onTimeOut === 'throwError',
			keys,
		},
	};
}

function readOfferedKeys(entries: unknown, problems: Problem[]): OfferedKey[] {
	const keys = (Array.isArray(entries) ? entries : []).map((entry: IDataObject) => ({
		key: String(entry.key ?? ''),
		label: String(entry.label ?? '').trim(),
		message: String(entry.message ?? '').trim(),
	}));
	for (const { key } of keys) {
		if (!(KEYS as readonly string[]).includes(key)) {
			problems.push({
				field: 'Keys',
				reason: `have the key "${key}", which is not on a phone. Choose 0–9, * or #`,
			});
		}
	}
	if (new Set(keys.map(({ key }) => key)).size < keys.length) {
		problems.push({
			field: 'Keys',
			reason: 'have a key twice. Choose another key for one of them',
		});
	}
	return keys;
}
