/* The node's parameters as a test names them: options flat, without the groups in which the editor shows them. */
import type { INodeParameters, NodeParameterValueType } from 'n8n-workflow';

const FIELDS_BY_GROUP = {
	callOnlyOnce: ['oncePer', 'rememberFor', 'rememberedBy', 'callAgainIfNoKey'],
	callingHours: ['days', 'from', 'until', 'notOn', 'timeZone'],
	pacing: ['maxCalls', 'maxCallsPerNumber', 'callsPerSecond', 'callsAtOnce'],
	severalPeople: ['needed', 'atOnce'],
	technical: [
		'checksAtOnce',
		'checksPerSecond',
		'dialAgainWhenUnknown',
		'finishedStatusCodes',
		'handOverAfter',
		'maxRetries',
		'numberCheck',
		'onSameCall',
		'requestTimeout',
		'retryFor',
	],
	waiting: ['waitAtMost', 'onTimeOut', 'checkEvery', 'surviveRestarts'],
	whoMayBeCalled: ['allowedNumbers', 'doNotCall'],
};

const groupByField = new Map(
	Object.entries(FIELDS_BY_GROUP).flatMap(([group, fields]) =>
		fields.map((field) => [field, group] as const),
	),
);

/** `{ callsAtOnce: 2 }` → `{ pacing: { values: { callsAtOnce: 2 } } }`, as n8n saves it. */
export function optionsOf(flat: INodeParameters): INodeParameters {
	const options: Record<string, NodeParameterValueType> = {};
	for (const [name, value] of Object.entries(flat)) {
		const group = groupByField.get(name);
		if (group) {
			const { values } = (options[group] ??= { values: {} }) as { values: INodeParameters };
			values[name] = value;
			// n8n fills in the default of a group that was added, a hundred calls.
			if (group === 'pacing') values.maxCalls ??= 0;
		} else {
			options[name] = value;
		}
	}
	return options;
}

/**
 * The parameters of the node as n8n saves them. Tests run workflows by hand, and most of them call the
 * numbers that they name: so Test Mode is off unless a test says otherwise.
 */
export function nodeParameters({ options, ...parameters }: INodeParameters): INodeParameters {
	return {
		testMode: 'off',
		...parameters,
		...(options !== undefined && { options: optionsOf(options as INodeParameters) }),
	};
}
