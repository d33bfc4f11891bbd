/* What the executions of a durable wait know, as JSON: it travels through n8n's database. */
import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

import type { OpenCall, WaitRequest } from '../../core/waiting/answer';
import type { WaitPhase } from '../../core/waiting/durableWait';
import type { Explanation } from '../../errors/explain';
import type { NodeError } from '../../errors/nodeErrors';
import type { ItemOutcome, Result } from '../../run/items';

/** What travels through n8n's database must be JSON. */
type StoredRequest = Omit<WaitRequest, 'finishedStatusCodes'> & { finishedStatusCodes: string[] };
export type StoredCall = Omit<OpenCall, 'request'> & { request: StoredRequest };
export type StoredOutcome =
	{ open: StoredCall } | { result: Result } | { failed: Explanation & { callId?: string } };

/** All that an inner execution knows, as the json of its one item. The API key is not in it. */
export interface WaitState {
	phase: WaitPhase;
	termEnd: number;
	/** One for each item of the node, in order. */
	outcomes: StoredOutcome[];
	outputCount: number;
	splitsByKey: boolean;
	/** Whether an item that fails becomes an error item and the others go on, and what kind of one. */
	continuesOnFail: boolean;
	onError: INode['onError'];
	/** The execution that waits: where, and until when at the longest. */
	parent: { executionId: string; nodeName: string; waitTill: number };
	/** The execution that a standby looks after. */
	supervisorId?: string;
	/** How often the status is read at most. */
	checkEveryMs: number;
}

/** Marks the items that go out if nobody hands back a result; the result replaces them. */
export const WAIT_LOST =
	'n8n lost this wait, so it is not known whether a key was pressed. Wait for Response with this CallId reads it, and dials nobody';

export function openCalls({ outcomes }: WaitState): StoredCall[] {
	return outcomes.flatMap((outcome) => ('open' in outcome ? [outcome.open] : []));
}

export function item(state: WaitState): INodeExecutionData {
	return { json: state as unknown as IDataObject, pairedItem: { item: 0 } };
}

export function toStored(outcome: ItemOutcome): StoredOutcome {
	if ('result' in outcome) {
		const { open } = outcome.result;
		return open ? { open: callToStored(open) } : { result: outcome.result };
	}
	return failedOutcome(outcome.error);
}

/** An item that failed, and its call where it has one. */
export function failedOutcome({ message, description }: NodeError, callId?: string): StoredOutcome {
	return { failed: { message, description: description ?? '', callId } };
}

export function callToStored(call: OpenCall): StoredCall {
	const finishedStatusCodes = [...call.request.finishedStatusCodes];
	return { ...call, request: { ...call.request, finishedStatusCodes } };
}

export function fromStored(call: StoredCall): OpenCall {
	const finishedStatusCodes = new Set(call.request.finishedStatusCodes);
	return { ...call, request: { ...call.request, finishedStatusCodes } };
}
