import type { IExecuteFunctions, INode, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { roleOf } from '../agent/roles';
import { hintsOfRun, type FoundHint } from '../core/calls/messageCheck';
import { sharedKeyHint } from '../core/calls/onceKey';
import { cutText, plain, type Problem } from '../core/words';
import { NodeErrors, withAdvice, withCalls, type NodeError } from '../errors/nodeErrors';
import { ItemParameters, SharedParameters } from '../parameters/options';
import { isDryRun } from '../parameters/testMode';
import { toOutputs, type ItemOutcome } from '../run/items';
import { hintsOf } from '../run/hints';
import { continuesOnFail, NodeRun, outputsOf } from '../run/nodeRun';
import { suspendWait } from '../steps/durable/suspend';
import { resumeWait } from '../steps/durable/wake';
import type { Operation } from './operation';
import { findOperation } from './registry';
import { mapInTurns } from './turns';

/**
 * The only loop over items. All items are read and checked before the first request is sent; then all
 * of them are worked on at the run's pace, and each comes out exactly once, in the order it came in.
 *
 * @throws NodeOperationError that names all wrong parameters, or the error of the first item that failed
 * together with the call IDs of the others; in the continue modes only when the execution is cancelled
 */
export async function route(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	try {
		const isWaitStep = context.getNodeParameter('waitStep', 0, '') !== '';
		return isWaitStep ? await resumeWait(context) : await routeItems(context);
	} catch (thrown) {
		const error = thrown as NodeError;
		throw roleOf(context.getNode()).advisesInMessage ? withAdvice(error) : error;
	}
}

async function routeItems(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const node = context.getNode();
	const errors = new NodeErrors(node);
	const items = context.getInputData();
	const operation = findOperation(context.getNodeParameter('operation', 0) as string, roleOf(node));

	const isCanceled = () => context.getExecutionCancelSignal()?.aborted === true;
	const shared = new SharedParameters(context);
	const readings = await mapInTurns(
		items,
		(_, itemIndex) => readItem(operation, new ItemParameters(shared, itemIndex)),
		() => !isCanceled(),
	);
	if (isCanceled()) throw errors.canceled();
	if (!continuesOnFail(context)) refuseWrongParameters(errors, readings);

	let run: NodeRun;
	try {
		run = await NodeRun.open(context, { isDryRun: isDryRun(context) });
	} catch (thrown) {
		const error = node.credentials?.voice2PhoneApi ? errors.from(thrown, 0) : errors.noCredential();
		if (!continuesOnFail(context)) throw error;
		const { message, description } = error;
		const failed = items.map((_, itemIndex) => ({
			error: errors.again({ message, description: description ?? '' }, itemIndex),
		}));
		const { outputCount, errorOutput } = outputsOf(context);
		return toOutputs(node, failed, outputCount, errorOutput);
	}

	try {
		return await performAll(operation, readings, run);
	} finally {
		run.close();
	}
}

async function performAll(
	operation: Operation<unknown>,
	readings: Reading[],
	run: NodeRun,
): Promise<INodeExecutionData[][]> {
	const { errors } = run;
	const outcomes = await Promise.all(
		await mapInTurns(readings, async (reading, itemIndex): Promise<ItemOutcome> => {
			if (!reading.ok) return { error: errors.wrongItem(reading.problems, itemIndex) };
			try {
				return { result: await operation.perform(reading.value, itemIndex, run) };
			} catch (thrown) {
				const error = errors.from(thrown, itemIndex);
				if (!run.continuesOnFail) run.stop(error);
				return { error };
			}
		}),
	);
	if (run.stopReason) throw withCalls(run.stopReason, run.callIds, run.unknownItems);
	if (outcomes.some((outcome) => 'result' in outcome && outcome.result.open)) {
		return await suspendWait(run, outcomes);
	}
	for (const message of [...hintsOf(outcomes), ...hintsOfReading(readings)]) {
		run.context.addExecutionHints({ message: plain(message), location: 'outputPane' });
	}
	return toOutputs(run.node, outcomes, run.outputCount, run.errorOutput);
}

/** What was read of an item, and what is odd with it. */
type Reading =
	| { ok: true; value: unknown; hints: FoundHint[]; onceKey: string | undefined }
	| { ok: false; problems: Problem[] };

function hintsOfReading(readings: Reading[]): string[] {
	const found = readings.filter((reading) => reading.ok);
	const shared = sharedKeyHint(found.flatMap(({ onceKey }) => onceKey ?? []));
	return [...hintsOfRun(found.flatMap(({ hints }) => hints)), ...(shared ? [`${shared}.`] : [])];
}

function readItem<Request>(operation: Operation<Request>, item: ItemParameters): Reading {
	try {
		const value = operation.read(item);
		return value !== undefined && item.problems.length === 0
			? { ok: true, value, hints: item.hints, onceKey: item.onceKey }
			: { ok: false, problems: item.problems };
	} catch (thrown) {
		const { properties } = operation;
		return {
			ok: false,
			problems: [
				...item.problems,
				unreadable(thrown as Unreadable, item.context.getNode(), properties),
			],
		};
	}
}

/** An error of n8n that could not evaluate a parameter: n8n puts the parameter and what stands in it there. */
type Unreadable = Error & { context?: { parameter?: unknown } };

const LONGEST_SOURCE = 80;

function unreadable(
	{ message, context, cause }: Unreadable,
	{ parameters }: INode,
	properties: INodeProperties[],
): Problem {
	const named = Object.keys(parameters).find((name) => parameters[name] === cause);
	const [name] = String(context?.parameter ?? named).split('.');
	const property = properties.find((each) => each.name === name);
	const source = typeof cause === 'string' ? cause.slice(1) : '';
	const shown = cutText(source, LONGEST_SOURCE);
	const where = shown && `, in \`${shown}${shown === source ? '' : '…'}\``;
	return {
		field: property?.displayName ?? 'Parameters',
		reason: `could not be read: ${message}${where}`,
	};
}

function refuseWrongParameters(errors: NodeErrors, readings: Reading[]): void {
	const problemsByItem = new Map<number, Problem[]>();
	readings.forEach((reading, itemIndex) => {
		if (!reading.ok) problemsByItem.set(itemIndex, reading.problems);
	});
	if (problemsByItem.size > 0) throw errors.wrongParameters(problemsByItem);
}
