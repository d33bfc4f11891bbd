/* The loop of checks over one open call. */
import { outputIndex, toFields, type CallFields, type CallOutcomeName } from '../core/outputs';
import {
	deadlineOf,
	look,
	nextLook,
	NO_KEY,
	readAnswer,
	TIMED_OUT,
	type Answer,
	type OpenCall,
	type WaitRequest,
} from '../core/waiting/answer';
import { failureText } from '../errors/explain';
import type { PlaceRequest } from '../parameters/placing';
import type { Result } from '../run/items';
import type { NodeRun } from '../run/nodeRun';
import { placeCall } from './placeCall';

/** Places a call and waits for its answer. */
export async function callAndWaitForResponse(
	request: PlaceRequest & WaitRequest,
	itemIndex: number,
	run: NodeRun,
): Promise<Result> {
	const placed = await placeCall(request, itemIndex, run);
	switch (placed.kind) {
		case 'placed': {
			const { callId, fields } = placed;
			const result = await waitForResponse(callId, request, itemIndex, run, fields);
			if (placed.isOwn && !result.open) await tellGuards(request, result, fields.calledAt, run);
			return result;
		}
		case 'rehearsed':
			return madeUpResult(request, placed.fields, itemIndex, run);
		case 'notCalled':
			return notCalledResult(placed.fields, itemIndex, run);
	}
}

/** What a guard then fails to do takes no answer away. */
async function tellGuards(
	{ guards }: PlaceRequest,
	{ json }: Result,
	calledAt: string | undefined,
	run: NodeRun,
): Promise<void> {
	try {
		await guards.answered(json.outcome as CallOutcomeName, Date.parse(calledAt ?? ''));
	} catch (error) {
		run.context.logger.warn(`Voice2Phone: ${(error as Error).message}`);
	}
}

/** The result of a dry run, as if the made-up key had been pressed. */
function madeUpResult(
	request: PlaceRequest & WaitRequest,
	fields: Partial<CallFields>,
	itemIndex: number,
	run: NodeRun,
): Result {
	const answer = readAnswer({ Dtmf: request.dryRunKey }, request) ?? NO_KEY;
	return {
		json: run.toJson(
			run.inputFields(itemIndex),
			toFields({ ...answer, notCalledBecause: 'dryRun', ...fields }),
		),
		output: run.splitsByKey ? outputIndex(answer, request.keys) : 0,
	};
}

/** The result of an item that nobody was called for. */
export function notCalledResult(
	fields: Record<string, unknown>,
	itemIndex: number,
	run: NodeRun,
): Result {
	return {
		json: run.toJson(run.inputFields(itemIndex), fields),
		output: run.splitsByKey ? outputIndex({ outcome: 'notCalled', pressedKey: null }, []) : 0,
	};
}

/**
 * Reads the status of a call until it is over, the longest wait has passed, or the wait is to be handed
 * over to n8n. Faults that pass by cost nothing but a check; it never dials.
 *
 * @param known what is known of the call beyond its status
 * @returns how the wait ended; or the call itself, when the wait goes on outside of this run of the node
 * @throws NodeApiError when Voice2Phone refuses to say; NodeOperationError on time-out, if the user wants that
 */
export async function waitForResponse(
	callId: string,
	request: WaitRequest,
	itemIndex: number,
	run: NodeRun,
	known: Partial<CallFields> = {},
): Promise<Result> {
	const { clock } = run;
	const began = clock.now();
	const call: OpenCall = {
		callId,
		itemIndex,
		request,
		began,
		known: { ...known, CallId: callId },
		status: {},
		input: run.inputFields(itemIndex),
		lastFault: null,
	};
	const handOver = began + run.handOverAfterMs;
	const end = Math.min(deadlineOf(call), handOver);
	for (let checks = 0; ; checks++) {
		const now = clock.now();
		const next = Math.min(nextLook(call, checks, now), end);
		await clock.sleep(Math.max(0, next - now));
		const result = next < end ? await checkCall(call, run, end) : conclude(call, run);
		if (result) return result;
		if (clock.now() >= handOver) return openResult(call, run);
	}
}

/**
 * Reads the status of a call once, and notes it in the call.
 *
 * @param until when to give up, in milliseconds since 1970
 * @returns how the wait ended, or undefined while it goes on
 * @throws as `waitForResponse` does
 */
export async function checkCall(
	call: OpenCall,
	run: NodeRun,
	until: number,
): Promise<Result | undefined> {
	const outcome = await run.api.checkStatus(call.callId, until);
	if (outcome.kind === 'read') {
		call.status = outcome.body as Partial<CallFields>;
		call.lastFault = null;
		return conclude(call, run, outcome.body);
	}
	if (!outcome.transient) {
		throw run.errors.unreadStatus(outcome.failure, call.itemIndex, call.callId);
	}
	call.lastFault = failureText(outcome.failure);
	return conclude(call, run);
}

/**
 * What a look at the status means; without one, what the time means.
 *
 * @returns how the wait ended, or undefined while it goes on
 */
function conclude(
	call: OpenCall,
	run: NodeRun,
	status?: Record<string, unknown>,
): Result | undefined {
	const { request, callId, itemIndex } = call;
	const seen = look(call, status, run.clock.now());
	if (!seen.answer) {
		call.overSince = seen.overSince;
		return undefined;
	}
	if (seen.answer.outcome === 'timedOut' && request.throwOnTimeOut) {
		throw run.errors.stillOpen(callId, request.waitAtMostMs, itemIndex);
	}
	return endOfWait(call, seen.answer, run);
}

/** How a result is shown: what of it, and at which output. */
type ResultView = Pick<NodeRun, 'splitsByKey' | 'toJson'>;

/** The result of a call whose wait was lost. */
export function timedOutResult(call: OpenCall, view: ResultView): Result {
	return endOfWait(call, TIMED_OUT, view);
}

/** What is known of a call while it is open. */
function openResult(call: OpenCall, run: NodeRun): Result {
	const fields = toFields({ ...call.known, ...call.status });
	return { json: run.toJson(call.input, fields), open: call };
}

function endOfWait(call: OpenCall, answer: Answer, view: ResultView): Result {
	const fields = toFields({
		...call.known,
		...call.status,
		...answer,
		...(call.lastFault && { lastCheckFailed: call.lastFault }),
	});
	return {
		json: view.toJson(call.input, fields),
		pressed: call.status.Dtmf,
		output: view.splitsByKey ? outputIndex(answer, call.request.keys) : 0,
	};
}
