/* "Options": its groups, the settings of a whole node run, and the function that reads them. */
import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { PaceLimits, RetryLimits } from '../core/pacing';
import type { Option } from '../guards/guard';
import { groupOf, type OptionGroup } from '../guards/itemParameters';

export { Rehearsal, type Option } from '../guards/guard';
export { ItemParameters, SharedParameters } from '../guards/itemParameters';

const GROUPS: Record<OptionGroup, string> = {
	callOnlyOnce: 'Call Only Once',
	callingHours: 'Calling Hours',
	pacing: 'Pacing and Limits',
	severalPeople: 'Several People',
	technical: 'Technical Settings',
	waiting: 'Waiting',
	whoMayBeCalled: 'Who May Be Called',
};

export const includeInputFieldsOption: Option = {
	fields: [
		{
			displayName: 'Include Input Fields',
			name: 'includeInputFields',
			type: 'boolean',
			noDataExpression: true,
			default: false,
			description: 'Whether the fields of the input item come out too',
		},
	],
};

export const callPaceOption: Option = {
	group: 'pacing',
	fields: [
		{
			displayName: 'Calls per Second',
			name: 'callsPerSecond',
			type: 'number',
			noDataExpression: true,
			typeOptions: { minValue: 0 },
			default: 5,
			description: 'How many calls are placed in a second at most. Enter 0 for no limit.',
		},
		{
			displayName: 'Requests at Once',
			name: 'callsAtOnce',
			type: 'number',
			noDataExpression: true,
			typeOptions: { minValue: 1 },
			default: 5,
			description: 'How many requests to place a call may be on their way at the same time',
		},
	],
};

export const checkPaceOption: Option = {
	group: 'technical',
	fields: [
		{
			displayName: 'Checks at Once',
			name: 'checksAtOnce',
			type: 'number',
			noDataExpression: true,
			typeOptions: { minValue: 1 },
			default: 10,
			description: 'How many requests for a call’s status may be on their way at the same time',
		},
		{
			displayName: 'Checks per Second',
			name: 'checksPerSecond',
			type: 'number',
			noDataExpression: true,
			typeOptions: { minValue: 0 },
			default: 20,
			description:
				'How many times in a second the status of calls is read at most, all items together. Enter 0 for no limit.',
		},
	],
};

export const requestOption: Option = {
	group: 'technical',
	fields: [
		{
			displayName: 'Max Retries',
			name: 'maxRetries',
			type: 'number',
			noDataExpression: true,
			typeOptions: { minValue: 0 },
			default: 5,
			description:
				'How often a request is sent again that failed in a way that is safe to repeat. A call that may have been placed is never among them.',
		},
		{
			displayName: 'Retry For (Seconds)',
			name: 'retryFor',
			type: 'number',
			noDataExpression: true,
			typeOptions: { minValue: 0 },
			default: 60,
			description: 'For how long after its first try a request may be sent again',
		},
		{
			displayName: 'Timeout (Seconds)',
			name: 'requestTimeout',
			type: 'number',
			noDataExpression: true,
			typeOptions: { minValue: 1 },
			default: 30,
			description: 'How long to wait for Voice2Phone to answer one request',
		},
	],
};

export const restartOptions: Option[] = [
	{
		group: 'technical',
		fields: [
			{
				displayName: 'Hand Over (Seconds)',
				name: 'handOverAfter',
				type: 'number',
				noDataExpression: true,
				typeOptions: { minValue: 0 },
				default: 20,
				description:
					'With Survive Restarts: how long the node itself waits for fast answers, before n8n keeps the wait and looks about once a minute. An n8n that is killed in this time loses the answer.',
			},
		],
	},
	{
		group: 'waiting',
		fields: [
			{
				displayName: 'Survive Restarts (Beta)',
				name: 'surviveRestarts',
				type: 'boolean',
				noDataExpression: true,
				default: false,
				description:
					'Whether the wait goes on when n8n is restarted or killed. The execution is then suspended, and an answer is noticed up to a minute later. Needs n8n 2.39 or newer.',
			},
		],
	},
];

/** The settings of a whole node run. They take no expressions, since items cannot differ in them. */
export interface Settings {
	calls: PaceLimits;
	checks: PaceLimits;
	/** Milliseconds until an unanswered request is given up. */
	timeoutMs: number;
	retry: RetryLimits;
	/** Milliseconds of waiting after which n8n keeps the wait; Infinity when the node keeps it. */
	handOverAfterMs: number;
	includesInputFields: boolean;
}

const numberFields = [callPaceOption, checkPaceOption, requestOption, ...restartOptions].flatMap(
	({ group, fields }) => fields.map((field) => ({ group, field })),
);

/** Reads the settings; what is missing or makes no sense is the default. */
export function readSettings(context: IExecuteFunctions): Settings {
	const options = context.getNodeParameter('options', 0, {}) as IDataObject;
	const number = (name: string, least: number): number => {
		const found = numberFields.find(({ field }) => field.name === name);
		const usual = Number(found?.field.default);
		const typed = found?.group && groupOf(options, found.group)?.[name];
		const value = typed === undefined || typed === null || typed === '' ? usual : Number(typed);
		return value >= least ? value : usual;
	};
	const survivesRestarts = groupOf(options, 'waiting')?.surviveRestarts === true;
	return {
		calls: { atOnce: number('callsAtOnce', 1), perSecond: number('callsPerSecond', 0) },
		checks: { atOnce: number('checksAtOnce', 1), perSecond: number('checksPerSecond', 0) },
		timeoutMs: number('requestTimeout', 1) * 1000,
		retry: { retries: number('maxRetries', 0), withinMs: number('retryFor', 0) * 1000 },
		handOverAfterMs: survivesRestarts ? number('handOverAfter', 0) * 1000 : Infinity,
		includesInputFields: options.includeInputFields === true,
	};
}

const byName = (a: INodeProperties, b: INodeProperties) =>
	a.displayName.localeCompare(b.displayName);

/** n8n wants lists that are so long by name. Shorter ones stand as they are used. */
const LONG_LIST = 5;

/**
 * "Options" of one operation: the groups it has fields for, and the options that stand alone, by name as
 * n8n wants it. A group that is added shows its fields at once only with this default.
 */
export function optionsCollection(options: Option[]): INodeProperties {
	const groups = new Map<OptionGroup, INodeProperties[]>();
	const entries: INodeProperties[] = [];
	for (const { group, fields } of options) {
		if (group) groups.set(group, [...(groups.get(group) ?? []), ...fields]);
		else entries.push(...fields);
	}
	for (const [name, fields] of groups) {
		if (fields.length >= LONG_LIST) fields.sort(byName);
		entries.push({
			displayName: GROUPS[name],
			name,
			type: 'fixedCollection',
			placeholder: `Set ${GROUPS[name]}`,
			default: { values: {} },
			options: [{ displayName: GROUPS[name], name: 'values', values: fields }],
		});
	}
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: entries.sort(byName),
	};
}
