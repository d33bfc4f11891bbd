/* Turns what became of each item into n8n's items, each linked to the item that it came from. */
import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

import { failedReview } from '../agent/humanReview';
import { roleOf } from '../agent/roles';
import type { OpenCall } from '../core/waiting/answer';
import { NodeErrors, withAdvice, type NodeError } from '../errors/nodeErrors';

/** What one item came to; `output` is the index of the node's output, 0 unless said otherwise. */
export interface Result {
	json: IDataObject;
	output?: number;
	/** What the API says was pressed, of any type. An agent is shown a part of the fields only. */
	pressed?: unknown;
	/** The call that goes on being waited for when this run of the node has ended. */
	open?: OpenCall;
}

/** What one item came to: a result, or why there is none. */
export type ItemOutcome = { result: Result } | { error: NodeError };

/** The items that come out of the node: each item that came in, once, in order and linked to it. */
export function toOutputs(
	node: INode,
	outcomes: ItemOutcome[],
	outputCount: number,
	errorOutput = 0,
): INodeExecutionData[][] {
	const outputs = Array.from({ length: outputCount }, (): INodeExecutionData[] => []);
	const adviceSaid = new Set<unknown>();
	outcomes.forEach((outcome, itemIndex) => {
		if ('error' in outcome) {
			outputs[errorOutput].push(errorItem(node, itemIndex, outcome.error, adviceSaid));
			return;
		}
		const { json, output = 0 } = outcome.result;
		if (!outputs[output]) throw new NodeErrors(node).noSuchOutput(output, itemIndex);
		outputs[output].push({ json: withoutError(json), pairedItem: { item: itemIndex } });
	});
	return outputs;
}

/**
 * For the error output, n8n adds the fields of the input item to a json that holds nothing but an error,
 * and not to one beside an error object. But with Retry On Fail such a json, if it is the first, makes n8n
 * run the whole node again; with an error object, n8n makes the json itself, and only afterwards.
 */
function errorItem(
	node: INode,
	itemIndex: number,
	thrown: NodeError,
	adviceSaid: Set<unknown>,
): INodeExecutionData {
	const pairedItem = { item: itemIndex };
	const role = roleOf(node);
	const { description } = thrown;
	// The same advice for many items is read, and paid for, once.
	const isNew = !adviceSaid.has(description);
	adviceSaid.add(description);
	const error = role.advisesInMessage && isNew ? withAdvice(thrown) : thrown;
	if (role.name === 'review') return { json: failedReview(error), pairedItem };
	return node.onError === 'continueErrorOutput' && !node.retryOnFail
		? { json: { error: error.message }, pairedItem }
		: { json: {}, error, pairedItem };
}

/**
 * n8n runs the whole node again when Retry On Fail is on and the json of the first item has a field
 * "error", whoever put it there. Such a field gets another name.
 */
function withoutError(json: IDataObject): IDataObject {
	if (json.error === undefined) return json;
	const { error: errorField, ...others } = json;
	return { ...others, errorField };
}
