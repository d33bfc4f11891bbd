/* The loop of checks over one open call. */
import type { IDataObject } from 'n8n-workflow';

import { outputIndex } from '../core/outputs';
import {
	checkDelay,
	readAnswer,
	type Answer,
	type OpenCall,
	type WaitRequest,
} from '../core/waiting/answer';
import { failureText } from '../errors/explain';
import type { Result } from '../run/items';
import type { NodeRun } from '../run/nodeRun';

/**
 * Reads the status of a call until it is over, the longest wait has passed, or the wait is to be handed
 * over to n8n. Faults that pass by cost nothing but a check; it never dials.
 *
 * @returns the API's fields as they came last, `before` (what is known of the call), and how the wait
 * ended; or the call itself, when the wait goes on outside of this run of the node
 * @throws NodeApiError when Voice2Phone refuses to say; NodeOperationError on time-out, if the user wants that
 */
export async function waitForResponse(
	callId: string,
	request: WaitRequest,
	itemIndex: number,
	run: NodeRun,
	before: IDataObject = {},
): Promise<Result> {
	const { clock } = run;
	const began = clock.now();
	const json = { CallId: callId, ...before };
	const call: OpenCall = { callId, itemIndex, request, began, before, json, lastFault: null };
	for (let checks = 0; ; checks++) {
		const nextCheck = clock.now() + checkDelay(checks, request.checkEveryMs);
		const latest = began + Math.min(request.waitAtMostMs, run.handOverAfterMs);
		await clock.sleep(Math.max(0, Math.min(nextCheck, latest) - clock.now()));
		const result = await checkCall(call, run);
		if (result) return result;
		if (clock.now() >= began + run.handOverAfterMs)
			return { json: call.json as IDataObject, open: call };
	}
}

/**
 * Reads the status of a call once, and notes it in the call.
 *
 * @returns how the wait ended, or undefined while it goes on
 * @throws as `waitForResponse` does
 */
export async function checkCall(call: OpenCall, run: NodeRun): Promise<Result | undefined> {
	const { callId, request, itemIndex } = call;
	const { api, clock, errors } = run;
	const outcome = await api.checkStatus(callId);
	let answer: Answer | undefined;
	if (outcome.kind === 'read') {
		call.json = { ...call.before, ...(outcome.body as IDataObject) };
		call.lastFault = null;
		answer = readAnswer(outcome.body, request);
	} else if (outcome.transient) {
		call.lastFault = failureText(outcome.failure);
	} else {
		throw errors.unreadStatus(outcome.failure, itemIndex, callId);
	}
	const isOver = clock.now() >= call.began + request.waitAtMostMs;
	if (!answer && isOver && request.throwOnTimeOut) {
		throw errors.stillOpen(callId, request.waitAtMostMs, itemIndex);
	}
	if (!answer && !isOver) return undefined;
	return endOfWait(call, answer ?? TIMED_OUT, clock.now(), run.splitsByKey);
}

const TIMED_OUT: Answer = { outcome: 'timedOut', pressedKey: null, pressedLabel: null };

/** The result of a call whose wait was lost. */
export function timedOutResult(call: OpenCall, { clock, splitsByKey }: NodeRun): Result {
	return endOfWait(call, TIMED_OUT, clock.now(), splitsByKey);
}

function endOfWait(call: OpenCall, answer: Answer, now: number, splitsByKey: boolean): Result {
	return {
		json: {
			// In the editor's table, what people look for stands first.
			CallId: call.callId,
			...answer,
			...call.json,
			...answer,
			waitedSeconds: Math.round((now - call.began) / 100) / 10,
			...(call.lastFault && { lastCheckFailed: call.lastFault }),
		},
		output: splitsByKey ? outputIndex(answer, call.request.keys) : 0,
	};
}
