/* What an inner execution does when it wakes up. */
import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import {
	asksFirst,
	isJustStarted,
	nextStep,
	type ParentState,
	type WaitRole,
} from '../../core/waiting/durableWait';
import { listed } from '../../core/words';
import { toOutputs, type ItemOutcome } from '../../run/items';
import { NodeRun } from '../../run/nodeRun';
import { checkCall, openFields } from '../waitForResponse';
import { START, startInner } from './innerExecution';
import {
	callToStored,
	deadlineOf,
	fromStored,
	item,
	openCalls,
	WAIT_LOST,
	type WaitState,
} from './state';

/** n8n loads community packages when it starts. */
const loadedAt = Date.now();

const AFTER_FAULT_MS = 60_000;

/** Runs a step of an inner execution; the node's parameter "Wait Step" says which. */
export async function resumeWait(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const step = context.getNodeParameter('waitStep', 0) as WaitRole | 'deliver';
	const state = readState(context);
	if (step === 'deliver') return deliver(context, state);
	try {
		return await watch(context, step, state);
	} catch {
		// A fault of n8n, its database for instance, must not end the wait.
		const now = Date.now();
		if (now > state.parent.waitTill) return finish(state);
		return await sleepUntil(context, now + AFTER_FAULT_MS, state);
	}
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

/** Asks for the status of every open call once, and notes in the state what came of it. */
async function checkOpenCalls(context: IExecuteFunctions, state: WaitState): Promise<void> {
	let run: NodeRun | undefined;
	let refusal: unknown;
	try {
		run = await NodeRun.open(context);
	} catch (thrown) {
		refusal = thrown;
	}
	await Promise.all(
		state.outcomes.map(async (outcome, itemIndex) => {
			if (!('open' in outcome)) return;
			try {
				if (!run) throw refusal;
				const call = fromStored(outcome.open);
				const result = await checkCall(call, run);
				state.outcomes[itemIndex] = result ? { result } : { open: callToStored(call) };
			} catch (thrown) {
				const { message, description } = thrown as NodeOperationError;
				state.outcomes[itemIndex] = { failed: { message, description: description ?? '' } };
			}
		}),
	);
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
	const node = { ...context.getNode(), onError: state.onError };
	const outcomes = state.outcomes.map((outcome, itemIndex): ItemOutcome => {
		if ('failed' in outcome) {
			const { message, description } = outcome.failed;
			return { error: new NodeOperationError(node, message, { description, itemIndex }) };
		}
		if ('result' in outcome) return outcome;
		const { input } = outcome.open;
		return { result: { json: { ...input, ...openFields(outcome.open) } as IDataObject } };
	});
	const failure = outcomes.find((outcome) => 'error' in outcome);
	if (failure && !state.continuesOnFail) {
		const calls = outcomes.flatMap((outcome, itemIndex) =>
			'result' in outcome && outcome.result.json.CallId
				? [`item ${itemIndex}: ${String(outcome.result.json.CallId)}`]
				: [],
		);
		if (calls.length > 0) {
			failure.error.description += `\nThe other calls: ${listed(calls)}. Wait for Response reads what came of them, and dials nobody.`;
		}
		throw failure.error;
	}
	return toOutputs(node, outcomes, state.outputCount);
}
