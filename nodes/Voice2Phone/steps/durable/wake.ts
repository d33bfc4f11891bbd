/* What an inner execution does when it wakes up. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { deadlineOf } from '../../core/waiting/answer';
import {
	asksFirst,
	isJustStarted,
	nextStep,
	type ParentState,
	type WaitRole,
} from '../../core/waiting/durableWait';
import { NodeErrors, withWaitedFor, type NodeError } from '../../errors/nodeErrors';
import { toOutputs, type ItemOutcome } from '../../run/items';
import { NodeRun } from '../../run/nodeRun';
import { checkCall, timedOutResult } from '../waitForResponse';
import { START, startInner } from './innerExecution';
import {
	callToStored,
	failedOutcome,
	fromStored,
	item,
	openCalls,
	WAIT_LOST,
	type WaitState,
} from './state';

/** n8n loads community packages when it starts. */
const loadedAt = Date.now();

const AFTER_FAULT_MS = 60_000;
const LONGEST_FAULT_MS = 10 * 60_000;
/** n8n wakes executions up to a minute late: a look after the longest wait still has so long for its answer. */
const LATE_LOOK_MS = 10_000;

/** Runs a step of an inner execution; the node's parameter "Wait Step" says which. */
export async function resumeWait(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const step = context.getNodeParameter('waitStep', 0) as WaitRole | 'deliver';
	const state = readState(context);
	if (step === 'deliver') return deliver(context, state);
	try {
		return await watch(context, step, state);
	} catch (thrown) {
		return await afterFault(context, state, thrown as Error);
	}
}

/**
 * A fault of n8n, of its database for instance, must not end the wait: what is open is asked for again. When
 * the fault stays until long after the longest wait, the calls come out as timed out.
 */
async function afterFault(
	context: IExecuteFunctions,
	state: WaitState,
	{ message }: Error,
): Promise<INodeExecutionData[][]> {
	const now = Date.now();
	const calls = openCalls(state);
	for (const call of calls) call.lastFault = `n8n could not ask for the status: ${message}`;
	const hasGivenUp = now > Math.max(...calls.map(deadlineOf)) + LONGEST_FAULT_MS;
	if (hasGivenUp || now > state.parent.waitTill) return finish(state);
	return await sleepUntil(context, now + AFTER_FAULT_MS, state);
}

/**
 * In queue mode n8n resumes the supervisor of a watcher that died with its worker by an item that holds
 * nothing but an error. What was to be done is then in the item that the execution began with.
 */
function readState(context: IExecuteFunctions): WaitState {
	const [{ json }] = context.getInputData();
	if ('phase' in json) return json as unknown as WaitState;
	const first = context.evaluateExpression(`{{ $('${START}').first().json }}`, 0);
	return { ...(first as unknown as WaitState), phase: 'watched' };
}

async function watch(
	context: IExecuteFunctions,
	role: WaitRole,
	state: WaitState,
): Promise<INodeExecutionData[][]> {
	const { phase, termEnd, supervisorId } = state;
	const justStarted = isJustStarted(loadedAt, Date.now());
	if (asksFirst({ role, phase, justStarted })) {
		await checkOpenCalls(context, state);
		if (role === 'supervisor') state.phase = 'returned';
	}
	const now = Date.now();
	const deadlines = openCalls(state).map(deadlineOf);
	const isSettled =
		deadlines.length === 0 ||
		(!state.continuesOnFail && state.outcomes.some((outcome) => 'failed' in outcome));
	const step = nextStep(
		{
			role,
			phase: state.phase,
			justStarted,
			isSettled,
			// The execution above is suspended only after this one, so at first it is not yet seen to wait.
			parent: phase === 'new' ? 'waiting' : await parentState(context, state),
			supervisorWakes:
				supervisorId === undefined ? undefined : await wakingTime(context, supervisorId),
			termEnd,
			lastDeadline: Math.max(...deadlines),
			now,
		},
		Math.min(now + state.checkEveryMs, ...deadlines),
	);
	if (step.kind === 'finish') return finish(state);

	if (step.kind === 'send') {
		const sent = role === 'standby' ? 'supervisor' : 'watcher';
		const startedId = await startInner(context, sent, {
			...state,
			phase: 'new',
			termEnd: step.termEnd,
		});
		if (role === 'standby') state.supervisorId = startedId;
	}
	return await sleepUntil(context, step.until, { ...state, phase: step.phase });
}

/** Ends an inner execution: its state goes to the execution above it. */
function finish(state: WaitState): INodeExecutionData[][] {
	return [[], [item({ ...state, phase: 'returned' })]];
}

/** Suspends an inner execution: what a node got then goes out of its first output, which leads back to it. */
async function sleepUntil(
	context: IExecuteFunctions,
	time: number,
	state: WaitState,
): Promise<INodeExecutionData[][]> {
	const again = [[item(state)]];
	context.getExecuteData().data = { main: again };
	await context.putExecutionToWait(new Date(time));
	return again;
}

/**
 * Asks for the status of every open call once, and notes in the state what came of it.
 *
 * @throws what n8n throws when the credential cannot be read: then nothing was asked
 */
async function checkOpenCalls(context: IExecuteFunctions, state: WaitState): Promise<void> {
	const run = await NodeRun.open(context);
	await Promise.all(
		state.outcomes.map(async (outcome, itemIndex) => {
			if (!('open' in outcome)) return;
			const call = fromStored(outcome.open);
			try {
				const until = Math.max(deadlineOf(call), run.clock.now() + LATE_LOOK_MS);
				const result = await checkCall(call, run, until);
				state.outcomes[itemIndex] = result ? { result } : { open: callToStored(call) };
			} catch (thrown) {
				state.outcomes[itemIndex] = failedOutcome(thrown as NodeError, call.callId);
			}
		}),
	);
	run.close();
}

/** What becomes of the execution that waits, by what n8n has stored of it. */
async function parentState(
	context: IExecuteFunctions,
	{ parent }: WaitState,
): Promise<ParentState> {
	const data = await context.getExecutionDataById(parent.executionId);
	const next = data?.executionData?.nodeExecutionStack[0];
	if (!data || data.resultData.error || !next) return 'over';
	const isOurs =
		next.node.name === parent.nodeName &&
		(!data.waitTill || new Date(data.waitTill).getTime() === parent.waitTill);
	if (!isOurs) return 'elsewhere';
	// While the rest of the workflow runs, n8n still stores what the node was resumed with.
	const hasResult =
		next.metadata?.resumeError !== undefined ||
		!next.data.main.flat().some((waiting) => waiting?.json.lastCheckFailed === WAIT_LOST);
	return hasResult ? 'over' : 'waiting';
}

/** When a suspended execution is to wake up, in milliseconds since 1970; undefined when it is gone. */
async function wakingTime(
	context: IExecuteFunctions,
	executionId: string,
): Promise<number | undefined> {
	const waitTill = (await context.getExecutionDataById(executionId))?.waitTill;
	return waitTill && new Date(waitTill).getTime();
}

/** The outputs of the node that waits. */
function deliver(context: IExecuteFunctions, state: WaitState): INodeExecutionData[][] {
	// The error belongs to the node that waited, not to the one of this inner execution.
	const node = { ...context.getNode(), name: state.parent.nodeName, onError: state.onError };
	const errors = new NodeErrors(node);
	const view = {
		splitsByKey: state.splitsByKey,
		toJson: (input: object, fields: object) => ({ ...input, ...fields }) as IDataObject,
	};
	const outcomes = state.outcomes.map((outcome, itemIndex): ItemOutcome => {
		if ('failed' in outcome) return { error: errors.again(outcome.failed, itemIndex) };
		return 'open' in outcome ? { result: timedOutResult(fromStored(outcome.open), view) } : outcome;
	});
	const failure = outcomes.find((outcome) => 'error' in outcome);
	if (failure && !state.continuesOnFail) throw withWaitedFor(failure.error, callIdsOf(state));
	return toOutputs(node, outcomes, state.outputCount);
}

function callIdsOf({ outcomes }: WaitState): Map<number, string> {
	const callIds = new Map<number, string>();
	outcomes.forEach((outcome, itemIndex) => {
		const callId =
			'open' in outcome
				? outcome.open.callId
				: 'failed' in outcome
					? outcome.failed.callId
					: outcome.result.json.CallId;
		if (callId) callIds.set(itemIndex, String(callId));
	});
	return callIds;
}
