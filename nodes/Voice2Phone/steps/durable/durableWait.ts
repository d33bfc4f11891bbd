/* Kept waits: hands a wait to n8n, and does what an inner execution does. */
import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type IWorkflowBase,
} from 'n8n-workflow';

import { deadlineOf, type OpenCall, type WaitRequest } from '../../core/waiting/answer';
import {
	asksFirst,
	isJustStarted,
	lastResort,
	nextStep,
	type ParentState,
	type WaitPhase,
	type WaitRole,
} from '../../core/waiting/durableWait';
import { listed } from '../../core/words';
import { withCalls } from '../../errors/nodeErrors';
import { toOutputs, type ItemOutcome, type Result } from '../../run/items';
import { NodeRun } from '../../run/nodeRun';
import { checkCall, openFields, timedOutResult } from '../waitForResponse';

/** What travels through n8n's database must be JSON. */
type StoredRequest = Omit<WaitRequest, 'finishedStatusCodes'> & { finishedStatusCodes: string[] };
type StoredCall = Omit<OpenCall, 'request'> & { request: StoredRequest };
type StoredOutcome =
	{ open: StoredCall } | { result: Result } | { failed: { message: string; description: string } };

/** All that an inner execution knows, as the json of its one item. The API key is not in it. */
interface WaitState {
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

/** n8n loads community packages when it starts. */
const loadedAt = Date.now();

/** The node that every inner execution begins with. */
const START = 'Start';
const AFTER_FAULT_MS = 60_000;
/** n8n wakes executions up to a minute late. The last look still has so long for its answer. */
const LATE_LOOK_MS = 10_000;

/** Marks the items that go out if nobody hands back a result; the result replaces them. */
const WAIT_LOST =
	'n8n lost this wait, so it is not known whether a key was pressed. Wait for Response with this CallId reads it, and dials nobody';

/**
 * Hands the calls that are still open to an inner execution of n8n and suspends the present one until the
 * result is there. n8n then does not run the node again: what the inner execution returned last goes out
 * of the node, or, if that should be lost, the items as they are put here, as timed out.
 *
 * @returns what the executions list shows while the execution waits
 */
export async function suspendWait(
	run: NodeRun,
	outcomes: ItemOutcome[],
): Promise<INodeExecutionData[][]> {
	const { context, outputCount, splitsByKey, continuesOnFail } = run;
	const calls = outcomes.flatMap((outcome) =>
		'result' in outcome && outcome.result.open ? [outcome.result.open] : [],
	);
	const waitTill = lastResort(calls.map(deadlineOf));
	const state: WaitState = {
		phase: 'new',
		termEnd: 0,
		outcomes: outcomes.map(toStored),
		outputCount,
		splitsByKey,
		continuesOnFail,
		onError: run.node.onError,
		parent: { executionId: context.getExecutionId(), nodeName: run.node.name, waitTill },
		checkEveryMs: Math.min(...calls.map(({ request }) => request.checkEveryMs)),
	};
	try {
		const supervisorId = await startInner(context, 'supervisor', state);
		await startInner(context, 'standby', { ...state, supervisorId });
	} catch (thrown) {
		return notKept(run, outcomes, thrown as Error);
	}

	const unanswered = toOutputs(
		run.node,
		outcomes.map((outcome) =>
			'result' in outcome && outcome.result.open
				? { result: timedOutResult({ ...outcome.result.open, lastFault: WAIT_LOST }, run) }
				: outcome,
		),
		outputCount,
	);
	const execution = context.getExecuteData();
	execution.data = { main: unanswered };
	// n8n takes the output that an item goes out of for the input that it came from.
	const source = execution.source?.main[0];
	if (source) execution.source = { main: unanswered.map(() => source) };
	context.setMetadata({ forwardAllOutputs: true });
	await context.putExecutionToWait(new Date(waitTill));
	return toOutputs(run.node, outcomes, outputCount);
}

/** n8n refused to keep the wait: the calls were placed all the same, so their IDs are named. */
function notKept(run: NodeRun, outcomes: ItemOutcome[], thrown: Error): INodeExecutionData[][] {
	const { node, errors, callIds, unknownItems } = run;
	const failed = outcomes.map((outcome, itemIndex): ItemOutcome => {
		if (!('result' in outcome && outcome.result.open)) return outcome;
		const error = errors.waitNotKept(outcome.result.open.callId, thrown, itemIndex);
		if (!run.continuesOnFail) throw withCalls(error, callIds, unknownItems);
		return { error };
	});
	return toOutputs(node, failed, run.outputCount);
}

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
				const until = Math.max(deadlineOf(call), Date.now() + LATE_LOOK_MS);
				const result = await checkCall(call, run, until);
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

/**
 * Starts an inner execution, which suspends itself. When it ends, a watcher resumes the execution that sent
 * it; a supervisor the one that waits, whoever sent it; a standby nobody.
 *
 * @returns its ID
 */
async function startInner(
	context: IExecuteFunctions,
	role: WaitRole,
	state: WaitState,
): Promise<string> {
	const { executionId } = await context.executeWorkflow(
		{ code: innerWorkflow(context, role, state) },
		[item(state)],
		undefined,
		{
			parentExecution: {
				executionId: role === 'watcher' ? context.getExecutionId() : state.parent.executionId,
				workflowId: context.getWorkflow().id as string,
				shouldResume: role !== 'standby',
			},
		},
	);
	return executionId;
}

/**
 * Start → Check Calls → Deliver Responses, with a way back from Check Calls to itself. Nothing of it is
 * stored when it has ended well or badly: what it came to is in the execution that waits.
 */
function innerWorkflow(
	context: IExecuteFunctions,
	role: WaitRole,
	{ splitsByKey }: WaitState,
): IWorkflowBase {
	const { type, typeVersion, credentials, parameters } = context.getNode();
	const start: INode = {
		id: 'start',
		name: START,
		type: 'n8n-nodes-base.executeWorkflowTrigger',
		typeVersion: 1.1,
		position: [0, 0],
		parameters: { inputSource: 'passthrough' },
	};
	const check: INode = {
		id: 'check',
		name: 'Check Calls',
		type,
		typeVersion,
		position: [200, 0],
		// A reference: the key itself stays where n8n keeps it.
		credentials,
		// So that a watcher that died does not end its supervisor.
		onError: 'continueRegularOutput',
		parameters: {
			resource: 'call',
			operation: 'waitForResponse',
			callId: 'in the item',
			splitByKey: splitsByKey,
			options: requestSettings(parameters.options as INodeParameters | undefined),
			waitStep: role,
		},
	};
	const end: INode =
		role !== 'supervisor'
			? {
					...start,
					id: 'end',
					name: 'Back',
					type: 'n8n-nodes-base.noOp',
					typeVersion: 1,
					parameters: {},
				}
			: {
					...check,
					id: 'deliver',
					name: 'Deliver Responses',
					onError: 'stopWorkflow',
					parameters: { ...check.parameters, waitStep: 'deliver' },
				};
	end.position = [400, 0];
	const to = (node: INode) => [{ node: node.name, type: 'main' as const, index: 0 }];
	return {
		id: context.getWorkflow().id as string,
		name: 'Voice2Phone: waiting for responses',
		active: false,
		isArchived: false,
		activeVersionId: null,
		createdAt: new Date(),
		updatedAt: new Date(),
		nodes: [start, check, end],
		connections: {
			[start.name]: { main: [to(check)] },
			[check.name]: { main: [to(check), to(end)] },
		},
		settings: {
			executionOrder: 'v1',
			// The longest wait is the node's own, and it ends the inner executions too.
			executionTimeout: -1,
			callerPolicy: 'any',
			saveDataErrorExecution: 'none',
			saveDataSuccessExecution: 'none',
			saveExecutionProgress: false,
		},
	};
}

/** The options that say how to ask, without those that only the node that waits may have. */
function requestSettings(options: INodeParameters = {}): INodeParameters {
	const { technical } = options;
	return technical ? { technical } : {};
}

function openCalls({ outcomes }: WaitState): StoredCall[] {
	return outcomes.flatMap((outcome) => ('open' in outcome ? [outcome.open] : []));
}

function item(state: WaitState): INodeExecutionData {
	return { json: state as unknown as IDataObject, pairedItem: { item: 0 } };
}

function toStored(outcome: ItemOutcome): StoredOutcome {
	if ('result' in outcome) {
		const { open } = outcome.result;
		return open ? { open: callToStored(open) } : { result: outcome.result };
	}
	const { message, description } = outcome.error;
	return { failed: { message, description: description ?? '' } };
}

function callToStored(call: OpenCall): StoredCall {
	const finishedStatusCodes = [...call.request.finishedStatusCodes];
	return { ...call, request: { ...call.request, finishedStatusCodes } };
}

function fromStored(call: StoredCall): OpenCall {
	const finishedStatusCodes = new Set(call.request.finishedStatusCodes);
	return { ...call, request: { ...call.request, finishedStatusCodes } };
}
