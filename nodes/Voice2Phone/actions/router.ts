import {
	NodeApiError,
	NodeOperationError,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
} from 'n8n-workflow';

import type { Parsed, Problem } from '../core/words';
import { withAdvice, withCalls, wrongItem, wrongParameters } from '../transport/errors';
import { Batch, goesOn, type NodeError } from './batch';
import { resumeWait, suspendWait } from './call/durableWait';
import type { Operation } from './operation';
import { errorItem, toOutputs, type Outcome } from './outputs';
import { findOperation } from './registry';
import { mapInTurns } from './turns';

/**
 * The only loop over items. All items are read and checked before the first request is sent; then all
 * of them are worked on at the batch's pace, and each comes out exactly once, in the order it came in.
 *
 * @throws NodeOperationError that names all wrong parameters, or the error of the first item that failed
 * together with the call IDs of the others; in the continue modes only when the execution is cancelled
 */
export async function route(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	try {
		const isWaitStep = context.getNodeParameter('waitStep', 0, '') !== '';
		return isWaitStep ? await resumeWait(context) : await routeItems(context);
	} catch (thrown) {
		throw withAdvice(context.getNode(), thrown as NodeError);
	}
}

async function routeItems(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const node = context.getNode();
	const items = context.getInputData();
	const operation = findOperation(context.getNodeParameter('operation', 0));

	const readings = await mapInTurns(items, (_, itemIndex) =>
		readItem(operation, context, itemIndex),
	);
	if (!goesOn(context)) refuseWrongParameters(node, readings);

	let batch: Batch;
	try {
		batch = await Batch.open(context);
	} catch (thrown) {
		const error = asNodeError(node, thrown, 0);
		if (!goesOn(context)) throw error;
		return [items.map((_, itemIndex) => errorItem(node, itemIndex, error))];
	}

	const outcomes = await Promise.all(
		await mapInTurns(readings, async (reading, itemIndex): Promise<Outcome> => {
			if (!reading.ok) return { error: wrongItem(node, reading.problems, itemIndex) };
			try {
				return { result: await operation.perform(reading.value, itemIndex, batch) };
			} catch (thrown) {
				const error = asNodeError(node, thrown, itemIndex);
				if (!batch.goesOn) batch.stop(error);
				return { error };
			}
		}),
	);
	if (batch.stopReason) throw withCalls(batch.stopReason, batch.callIds, batch.unknownItems);
	if (outcomes.some((outcome) => 'result' in outcome && outcome.result.open)) {
		return await suspendWait(batch, outcomes);
	}
	return toOutputs(node, outcomes, batch.outputCount);
}

function readItem<Request>(
	operation: Operation<Request>,
	context: IExecuteFunctions,
	itemIndex: number,
): Parsed<Request> {
	try {
		return operation.read(context, itemIndex);
	} catch (thrown) {
		const problem = {
			field: 'Parameters',
			reason: `could not be read: ${(thrown as Error).message}`,
		};
		return { ok: false, problems: [problem] };
	}
}

function refuseWrongParameters(node: INode, readings: Array<Parsed<unknown>>): void {
	const problemsByItem = new Map<number, Problem[]>();
	readings.forEach((reading, itemIndex) => {
		if (!reading.ok) problemsByItem.set(itemIndex, reading.problems);
	});
	if (problemsByItem.size > 0) throw wrongParameters(node, problemsByItem);
}

function asNodeError(node: INode, thrown: unknown, itemIndex: number): NodeError {
	return thrown instanceof NodeApiError
		? thrown
		: new NodeOperationError(node, thrown as Error, { itemIndex });
}
