/* How to wait for the answer to a call: the fields, and the function that reads them. */
import type { INodeProperties } from 'n8n-workflow';

import type { OfferedKey } from '../core/calls/keys';
import { quote } from '../core/numbers/phoneNumberText';
import type { WaitRequest } from '../core/waiting/answer';
import type { Option } from '../guards/guard';
import type { ItemParameters } from '../guards/itemParameters';

export const splitByKeyProperty: INodeProperties = {
	displayName: 'Split by Key',
	name: 'splitByKey',
	type: 'boolean',
	noDataExpression: true,
	default: false,
	// Only its first output reaches an agent.
	displayOptions: { hide: { '@tool': [true] } },
	description:
		'Whether each key has its own output, after No Key, Timed Out and Not Called. A node connected before is then connected to No Key.',
	hint: 'Add new keys at the end. After you remove a key, check what its output was connected to.',
};

export const DEFAULT_WAIT_LIMIT_MIN = 3;
export const DEFAULT_CHECK_EVERY_S = 5;

export const finishedStatusCodesOption: Option = {
	group: 'technical',
	fields: [
		{
			displayName: 'Finished Statuses',
			name: 'finishedStatusCodes',
			type: 'string',
			default: '2',
			placeholder: 'e.g. 2, 3',
			description:
				'The values of Status that mean that a call is over, separated by commas. Voice2Phone does not document them; its example of an answered call shows 2.',
		},
	],
};

/** Options of all operations that wait. */
export const waitOptions: Option[] = [
	finishedStatusCodesOption,
	{
		group: 'waiting',
		fields: [
			{
				displayName: 'Wait Limit (Minutes)',
				name: 'waitAtMost',
				type: 'number',
				default: DEFAULT_WAIT_LIMIT_MIN,
				description: 'How long to wait for a key. The call itself goes on.',
			},
			{
				displayName: 'When Time Is Up',
				name: 'onTimeOut',
				type: 'options',
				options: [
					{
						name: 'Output the Item',
						value: 'returnItem',
						description: 'The item comes out with outcome "timedOut" and its CallId',
					},
					{
						name: 'Stop With an Error',
						value: 'throwError',
						description: 'The item fails with an error that names its CallId',
					},
				],
				default: 'returnItem',
				description: 'What to do when a call is still open after the longest wait',
			},
			{
				displayName: 'Check Every (Seconds)',
				name: 'checkEvery',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: DEFAULT_CHECK_EVERY_S,
				description:
					'How often the status of each call is read. With many open calls, Checks per Second makes it less often.',
			},
		],
	},
];

/** Set only in the inner executions of a wait that n8n keeps; the editor does not show it. */
export const waitStepProperty: INodeProperties = {
	displayName: 'Wait Step',
	name: 'waitStep',
	type: 'hidden',
	default: '',
};

/** Reads how to wait for a call that offers the keys. */
export function readWait(item: ItemParameters, keys: readonly OfferedKey[]): WaitRequest {
	const {
		waitAtMost = DEFAULT_WAIT_LIMIT_MIN,
		checkEvery = DEFAULT_CHECK_EVERY_S,
		onTimeOut,
	} = item.group('waiting') ?? {};
	if (!isTime(waitAtMost)) item.problem('Wait Limit', 'must be more than 0 minutes');
	if (!isTime(checkEvery)) item.problem('Check Every', 'must be more than 0 seconds');
	return {
		waitAtMostMs: Number(waitAtMost) * 60_000,
		checkEveryMs: Number(checkEvery) * 1000,
		finishedStatusCodes: readFinishedStatusCodes(item),
		throwOnTimeOut: onTimeOut === 'throwError',
		keys,
	};
}

/** More than nothing, and with an end: "1e400" is Infinity. */
const isTime = (typed: unknown) => Number(typed) > 0 && Number.isFinite(Number(typed));

/** Reads which values of Status mean that a call is over. */
export function readFinishedStatusCodes(item: ItemParameters): Set<string> {
	const { finishedStatusCodes = '2' } = item.group('technical') ?? {};
	const codes = String(finishedStatusCodes)
		.split(',')
		.map((code) => code.trim());
	if (!codes.every((code) => /^-?\d+$/.test(code))) {
		item.problem(
			'Finished Statuses',
			`${quote(finishedStatusCodes)} must be whole numbers separated by commas, for example 2, 3`,
		);
	}
	return new Set(codes);
}
