/* Hands a wait to n8n. */
import type { INodeExecutionData } from 'n8n-workflow';

import { deadlineOf } from '../../core/waiting/answer';
import { lastResort } from '../../core/waiting/durableWait';
import { withCalls } from '../../errors/nodeErrors';
import { toOutputs, type ItemOutcome } from '../../run/items';
import type { NodeRun } from '../../run/nodeRun';
import { timedOutResult } from '../waitForResponse';
import { startInner } from './innerExecution';
import { toStored, WAIT_LOST, type WaitState } from './state';

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
