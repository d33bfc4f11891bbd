import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { PaceLimits } from '../core/pacing';
import type { RequestLimits } from '../transport/voiceApi';

/** The settings of a whole node run. They take no expressions, since items cannot differ in them. */
export interface Settings {
	calls: PaceLimits;
	checks: PaceLimits;
	requests: RequestLimits;
	/** Milliseconds of waiting after which n8n keeps the wait; Infinity when the node keeps it. */
	handOverAfterMs: number;
}

export const callPaceOptions: INodeProperties[] = [
	{
		displayName: 'Calls at Once',
		name: 'callsAtOnce',
		type: 'number',
		noDataExpression: true,
		typeOptions: { minValue: 1 },
		default: 5,
		description: 'How many requests to place a call may be on their way at the same time',
	},
	{
		displayName: 'Calls per Second',
		name: 'callsPerSecond',
		type: 'number',
		noDataExpression: true,
		typeOptions: { minValue: 0 },
		default: 5,
		description:
			'How many calls are placed in a second at most. Enter 0 for no limit. When Voice2Phone answers that there are too many requests, all items slow down.',
	},
];

export const checkPaceOptions: INodeProperties[] = [
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
];

export const requestOptions: INodeProperties[] = [
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
		displayName: 'Request Timeout (Seconds)',
		name: 'requestTimeout',
		type: 'number',
		noDataExpression: true,
		typeOptions: { minValue: 1 },
		default: 30,
		description: 'How long to wait for Voice2Phone to answer one request',
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
];

export const restartOptions: INodeProperties[] = [
	{
		displayName: 'Hand Over After (Seconds)',
		name: 'handOverAfter',
		type: 'number',
		noDataExpression: true,
		typeOptions: { minValue: 0 },
		default: 20,
		description:
			'With Survive Restarts: how long the node itself waits for fast answers, before n8n keeps the wait and looks about once a minute. An n8n that is killed in this time loses the answer.',
	},
	{
		displayName: 'Survive Restarts (Beta)',
		name: 'surviveRestarts',
		type: 'boolean',
		noDataExpression: true,
		default: false,
		description:
			'Whether the wait goes on when n8n is restarted or killed. The execution is then suspended, and an answer is noticed up to a minute later. Needs n8n 2.39 or newer.',
	},
];

type SettingName =
	| 'callsAtOnce'
	| 'callsPerSecond'
	| 'checksAtOnce'
	| 'checksPerSecond'
	| 'handOverAfter'
	| 'maxRetries'
	| 'requestTimeout'
	| 'retryFor';

const settingDefaults = new Map(
	[callPaceOptions, checkPaceOptions, requestOptions, restartOptions]
		.flat()
		.map(({ name, default: value }) => [name, Number(value)]),
);

/** Reads the settings; what is missing or makes no sense is the default. */
export function readSettings(context: IExecuteFunctions): Settings {
	const options = context.getNodeParameter('options', 0, {}) as IDataObject;
	const setting = (name: SettingName, least: number) => {
		const usual = settingDefaults.get(name) ?? least;
		const value = Number(options[name] ?? usual);
		return value >= least ? value : usual;
	};
	return {
		calls: { atOnce: setting('callsAtOnce', 1), perSecond: setting('callsPerSecond', 0) },
		checks: { atOnce: setting('checksAtOnce', 1), perSecond: setting('checksPerSecond', 0) },
		requests: {
			timeoutMs: setting('requestTimeout', 1) * 1000,
			retry: { retries: setting('maxRetries', 0), withinMs: setting('retryFor', 0) * 1000 },
		},
		handOverAfterMs:
			options.surviveRestarts === true ? setting('handOverAfter', 0) * 1000 : Infinity,
	};
}

/** A collection of options, in the order of their names as n8n wants it. */
export function optionsCollection(...groups: INodeProperties[][]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: groups.flat().sort((a, b) => a.displayName.localeCompare(b.displayName)),
	};
}
