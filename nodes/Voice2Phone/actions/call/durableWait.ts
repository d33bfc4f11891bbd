import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type IWorkflowBase,
} from 'n8n-workflow';

import type { WaitRequest } from '../../core/polling';
import {
	asksFirst,
	isJustStarted,
	lastResort,
	nextStep,
	type ParentState,
	type WaitPhase,
	type WaitRole,
} from '../../core/suspendedWait';
import { listed, withCalls } from '../../transport/errors';
import { Batch } from '../batch';
import { toOutputs, type Outcome } from '../outputs';
import type { Result } from '../operation';
import { checkCall, timedOutResult, type OpenCall } from './waitForResponse.operation';

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
	goesOn: boolean;
	onError: INode['onError'];
	/** The execution that waits: where, and until when at the longest. */
	parent: { executionId: string; nodeName: string; waitTill: number };
	/** How often the status is read at most. */
	checkEveryMs: number;
}

/** n8n loads community packages when it starts. */
const loadedAt = Date.now();

/**
 * Hands the calls that are still open to an inner execution of n8n and suspends the present one until the
 * result is there. n8n then does not run the node again: what the inner execution returned last goes out
 * of the node, or, if that should be lost, the items as they are put here, as timed out.
 *
 * @returns what the executions list shows while the execution waits
 */
export async function suspendWait(
	batch: Batch,
	outcomes: Outcome[],
): Promise<INodeExecutionData[][]> {
	const { context, outputCount, splitsByKey, goesOn } = batch;
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
		goesOn,
		onError: batch.node.onError,
		parent: { executionId: context.getExecutionId(), nodeName: batch.node.name, waitTill },
		checkEveryMs: Math.min(...calls.map(({ request }) => request.checkEveryMs)),
	};
	try {
		await startInner(context, 'supervisor', state);
	} catch (thrown) {
		return notKept(batch, outcomes, thrown as Error);
	}

	const unanswered = toOutputs(
		batch.node,
		outcomes.map((outcome) =>
			'result' in outcome && outcome.result.open
				? { result: timedOutResult(outcome.result.open, batch) }
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
	return toOutputs(batch.node, outcomes, outputCount);
}

/** n8n refused to keep the wait: the calls were placed all the same, so their IDs are named. */
function notKept(batch: Batch, outcomes: Outcome[], { message }: Error): INodeExecutionData[][] {
	const { node, callIds, unknownItems } = batch;
	const failed = outcomes.map((outcome, itemIndex): Outcome => {
		if (!('result' in outcome && outcome.result.open)) return outcome;
		const error = new NodeOperationError(
			node,
			`n8n could not keep the wait for the response to the call, CallId ${outcome.result.open.callId}: ${message}`,
			{
				description:
					'Use Wait for Response with this Call ID: nobody is dialled again. If it happens again, turn Survive Restarts off.',
				itemIndex,
			},
		);
		if (!batch.goesOn) throw withCalls(error, callIds, unknownItems);
		return { error };
	});
	return toOutputs(node, failed, batch.outputCount);
}

/** Runs a step of an inner execution; the node's parameter "Wait Step" says which. */
export async function resumeWait(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const state = context.getInputData()[0].json as unknown as WaitState;
	const step = context.getNodeParameter('waitStep', 0) as WaitRole | 'deliver';
	return step === 'deliver' ? deliver(context, state) : await watch(context, step, state);
}

async function watch(
	context: IExecuteFunctions,
	role: WaitRole,
	state: WaitState,
): Promise<INodeExecutionData[][]> {
	const { phase, termEnd } = state;
	const justStarted = isJustStarted(loadedAt, Date.now());
	if (asksFirst({ role, phase, justStarted })) {
		await checkOpenCalls(context, state);
		if (role === 'supervisor') state.phase = 'returned';
	}
	const now = Date.now();
	const deadlines = openCalls(state).map(deadlineOf);
	const isSettled =
		deadlines.length === 0 ||
		(!state.goesOn && state.outcomes.some((outcome) => 'failed' in outcome));
	const step = nextStep(
		{
			role,
			phase: state.phase,
			justStarted,
			isSettled,
			// The execution above is suspended only after this one, so at first it is not yet seen to wait.
			parent: phase === 'new' ? 'waiting' : await parentState(context, state),
			termEnd,
			lastDeadline: Math.max(...deadlines),
			now,
		},
		Math.min(now + state.checkEveryMs, ...deadlines),
	);
	if (step.kind === 'finish') return [[], [item({ ...state, phase: 'returned' })]];

	if (step.kind === 'send') {
		await startInner(context, 'watcher', { ...state, phase: 'new', termEnd: step.termEnd });
	}
	// What a suspended node got goes out of its first output, which leads back to it.
	const again = [[item({ ...state, phase: step.phase })]];
	context.getExecuteData().data = { main: again };
	await context.putExecutionToWait(new Date(step.until));
	return again;
}

/** Asks for the status of every open call once, and notes in the state what came of it. */
async function checkOpenCalls(context: IExecuteFunctions, state: WaitState): Promise<void> {
	let batch: Batch | undefined;
	let refusal: unknown;
	try {
		batch = await Batch.open(context);
	} catch (thrown) {
		refusal = thrown;
	}
	await Promise.all(
		state.outcomes.map(async (outcome, itemIndex) => {
			if (!('open' in outcome)) return;
			try {
				if (!batch) throw refusal;
				const call = fromStored(outcome.open);
				const result = await checkCall(call, batch);
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
	return isOurs ? 'waiting' : 'elsewhere';
}

/** The outputs of the node that waits. */
function deliver(context: IExecuteFunctions, state: WaitState): INodeExecutionData[][] {
	const node = { ...context.getNode(), onError: state.onError };
	const outcomes = state.outcomes.map((outcome, itemIndex): Outcome => {
		if ('failed' in outcome) {
			const { message, description } = outcome.failed;
			return { error: new NodeOperationError(node, message, { description, itemIndex }) };
		}
		if ('result' in outcome) return outcome;
		return { result: { json: outcome.open.json } };
	});
	const failure = outcomes.find((outcome) => 'error' in outcome);
	if (failure && !state.goesOn) {
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

async function startInner(
	context: IExecuteFunctions,
	role: WaitRole,
	state: WaitState,
): Promise<void> {
	await context.executeWorkflow(
		{ code: innerWorkflow(context, role, state) },
		[item(state)],
		undefined,
		{
			parentExecution: {
				executionId: context.getExecutionId(),
				workflowId: context.getWorkflow().id as string,
				shouldResume: true,
			},
		},
	);
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
		name: 'Start',
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
		role === 'watcher'
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
	const { checksAtOnce, checksPerSecond, maxRetries, requestTimeout, retryFor } = options;
	const settings = { checksAtOnce, checksPerSecond, maxRetries, requestTimeout, retryFor };
	return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function deadlineOf({ began, request }: OpenCall | StoredCall): number {
	return began + request.waitAtMostMs;
}

function openCalls({ outcomes }: WaitState): StoredCall[] {
	return outcomes.flatMap((outcome) => ('open' in outcome ? [outcome.open] : []));
}

function item(state: WaitState): INodeExecutionData {
	return { json: state as unknown as IDataObject, pairedItem: { item: 0 } };
}

function toStored(outcome: Outcome): StoredOutcome {
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
