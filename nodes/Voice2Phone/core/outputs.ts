/* What comes out of the node: the fields of its items, and the names and the order of its outputs. */
import type { OfferedKey } from './calls/keys';

/** Why nobody was called. */
export type NotCalledReason =
	'calledBefore' | 'doNotCall' | 'dryRun' | 'limitReached' | 'outsideHours';

/** An item that nobody was called for, because a guard said no. */
export interface NotCalled {
	because: NotCalledReason;
	/** What else the guard knows, for example `callableFrom`. */
	fields: Partial<CallFields>;
}

/** What an item came to. Calls of "Call Until Accepted" end as accepted or nobody. */
export type CallOutcomeName = 'keyPressed' | 'otherKey' | 'noKey' | 'timedOut' | 'notCalled';

/** The fields of an item. The API's fields keep the names that the API gives them. */
export interface CallFields {
	outcome: CallOutcomeName;
	/** The first pressed key that the call offers, else the first pressed key. */
	pressedKey: string | null;
	pressedLabel: string | null;
	/** E.164. In a manual run it is the Test Number. */
	calledNumber: string | null;
	notCalledBecause: NotCalledReason | null;
	CallId: string | null;
	Status: number | null;
	Dtmf: string | number | null;
	CreatedDateUtc: string | null;
	UpdatedDateUtc: string | null;
	/** When the call was placed, ISO 8601 in UTC. */
	calledAt?: string;
	/** Whether a dry run would call, and what it would do then. */
	wouldCall?: boolean;
	dryRun?: DryRun;
	/** When the person may be called at the earliest, ISO 8601 in UTC; null when it is not known. */
	callableFrom?: string | null;
	/** The time where the person is. */
	localTime?: string;
	optedOut?: boolean;
	/** What was said, where an AI agent wrote it and it was made for ears. */
	spokenMessage?: string;
	/** Why the last check of a call failed that was still open. */
	lastCheckFailed?: string;
}

/** What a call would do. */
export interface DryRun {
	/** E.164, as it would be dialled. */
	number: string;
	message: string;
	/** What is said after each key. */
	replies: Record<string, string>;
	/** How long it takes to speak the message, estimated. */
	seconds: { from: number; to: number };
}

/** Fields that all items have, in their order in the editor's table. */
const EMPTY = {
	outcome: null,
	pressedKey: null,
	pressedLabel: null,
	calledNumber: null,
	notCalledBecause: null,
	CallId: null,
	Status: null,
	Dtmf: null,
	CreatedDateUtc: null,
	UpdatedDateUtc: null,
};

/** The same fields in the same order for each item, null where there is nothing. */
export function toFields(known: Partial<CallFields>): Record<string, unknown> {
	return { ...EMPTY, ...known };
}

/** The fields of an item that nobody was called for. */
export function notCalledFields({ because, fields }: NotCalled): Record<string, unknown> {
	return toFields({ outcome: 'notCalled', notCalledBecause: because, ...fields });
}

/**
 * The names of the outputs under Split by Key, in their order. "No Key" is first because n8n sends the
 * items of a node that fails as a whole to the first output, where they do the least harm. The keys come
 * last: so adding one at the end moves no wire.
 */
export function outputNames(keys: readonly OfferedKey[]): string[] {
	return [
		'No Key',
		'Timed Out',
		'Not Called',
		...keys.map(({ key, label }) => (label ? `${key} ${label}` : `Key ${key}`)),
	];
}

/** The index of the output under Split by Key to which an item goes. */
export function outputIndex(
	{ outcome, pressedKey }: Pick<CallFields, 'outcome' | 'pressedKey'>,
	keys: readonly OfferedKey[],
): number {
	switch (outcome) {
		case 'timedOut':
			return 1;
		case 'notCalled':
			return 2;
		case 'keyPressed': {
			const index = keys.findIndex(({ key }) => key === pressedKey);
			return index === -1 ? 0 : index + 3;
		}
		default:
			return 0;
	}
}

interface OutputParameters {
	operation?: string;
	splitByKey?: boolean;
	waitStep?: string;
	dtmf?: { entries?: OfferedKey[] };
}

/**
 * The node's outputs for its parameters. n8n runs the text of this function inside an expression, where
 * nothing but its arguments exists.
 */
function outputsOf(
	{ operation, splitByKey, waitStep, dtmf }: OutputParameters,
	names: typeof outputNames,
): Array<{ type: 'main'; displayName?: string }> {
	// The inner executions of a wait: an output back to the step itself, and one for the end of the wait.
	if (waitStep) return [{ type: 'main' }, { type: 'main' }];
	const waits =
		operation === undefined || operation === 'callAndWait' || operation === 'waitForResponse';
	if (!waits || !splitByKey) return [{ type: 'main' }];
	return names(dtmf?.entries ?? []).map((displayName) => ({ type: 'main', displayName }));
}

/** The expression by which the editor and the engine know the outputs of a node. */
export const outputsExpression: `={{${string}}}` = `={{(${outputsOf})($parameter, ${outputNames})}}`;
