import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';

import { withAdvice } from '../transport/errors';
import type { NodeError } from './batch';
import { failedReview, isHumanReview } from './call/humanReview';
import type { Result } from './operation';

/** What one item came to. */
export type Outcome = { result: Result } | { error: NodeError };

/** The items that come out of the node: each item that came in, once, in order and linked to it. */
export function toOutputs(
	node: INode,
	outcomes: Outcome[],
	outputCount: number,
): INodeExecutionData[][] {
	const outputs = Array.from({ length: outputCount }, (): INodeExecutionData[] => []);
	outcomes.forEach((outcome, itemIndex) => {
		if ('error' in outcome) {
			outputs[0].push(errorItem(node, itemIndex, outcome.error));
			return;
		}
		const { json, output = 0 } = outcome.result;
		outputs[output].push({ json: withoutError(json), pairedItem: { item: itemIndex } });
	});
	return outputs;
}

/**
 * For the error output, n8n adds the fields of the input item to a json that holds nothing but an error,
 * and not to one beside an error object. But with Retry On Fail such a json, if it is the first, makes n8n
 * run the whole node again; with an error object, n8n makes the json itself, and only afterwards.
 */
export function errorItem(node: INode, itemIndex: number, thrown: NodeError): INodeExecutionData {
	const pairedItem = { item: itemIndex };
	const error = withAdvice(node, thrown);
	if (isHumanReview(node)) return { json: failedReview(error), pairedItem };
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
