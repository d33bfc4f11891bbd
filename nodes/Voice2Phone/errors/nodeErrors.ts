/* Makes n8n's error objects of texts: every error that the node throws or gives out comes from here. */
import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';

import type { Failure } from '../core/calls/outcome';
import type { AttemptResult } from '../core/calls/untilAccepted';
import type { Redact } from '../core/redact';
import { asSentence, listed, plain, type Problem } from '../core/words';
import {
	explainRejection,
	explainUnknown,
	explainUnreadStatus,
	WHAT_TO_DO_IF_UNKNOWN,
	type Explanation,
} from './explain';

/** An error that n8n shows as it is. */
export type NodeError = NodeApiError | NodeOperationError;

const MOST_LINES = 10;

const NODE_IS_FULL =
	'Lower Remember For: older values are then forgotten. Or let a copy of this node take its place: a copy remembers nobody.';
const WORKFLOW_IS_FULL =
	'To forget all values, run a Remove Duplicates node in this workflow with the operation Clear Deduplication History and the scope Workflow. Or set Remembered By to This Node.';

/** The errors of one node. It hides the API key in what the server said, and lets nothing become HTML. */
export class NodeErrors {
	constructor(
		private readonly node: INode,
		private readonly redact: Redact = (text) => text,
	) {}

	/** What was thrown, as an error of this node that belongs to the item. */
	from(thrown: unknown, itemIndex: number): NodeError {
		return thrown instanceof NodeApiError
			? thrown
			: new NodeOperationError(this.node, thrown as Error, { itemIndex });
	}

	/** An error that was stored as text. */
	again(explanation: Explanation, itemIndex: number): NodeOperationError {
		return this.operationError(explanation, itemIndex);
	}

	noSuchOutput(output: number, itemIndex: number): NodeOperationError {
		return this.operationError(
			{
				message: `Item ${itemIndex} belongs to output ${output}, which this node does not have`,
				description:
					'Open the node, check Keys to Press and Split by Key, and save the workflow. The call stands: do not run it again.',
			},
			itemIndex,
		);
	}

	noCredential(): NodeOperationError {
		return new NodeOperationError(this.node, 'No credential is selected', {
			description:
				'Choose one at the top of this panel, or create it with your API key. Nobody was called.',
		});
	}

	/** @param fault as `faultOfApiKey` has it */
	unusableKey(fault: string): NodeOperationError {
		return new NodeOperationError(this.node, asSentence(`API Key in the credential ${fault}`), {
			description: 'Nobody was called.',
		});
	}

	/**
	 * What ended a matter, with every call of it so far.
	 *
	 * @param goesOn true: it becomes an error item, of which n8n keeps only the message
	 */
	withAttempts(
		error: NodeError,
		attempts: readonly AttemptResult[],
		{ goesOn }: { goesOn: boolean },
	): NodeError {
		const calls = attempts.map(
			({ name, phone, CallId, outcome }) =>
				`${name ? `${name}, ` : ''}${phone}: ${outcome}${CallId ? `, CallId ${CallId}` : ''}`,
		);
		if (calls.length === 0) return error;
		const soFar = plain(`Calls of item ${error.context.itemIndex} so far: ${listed(calls)}.`);
		if (goesOn) {
			error.message = `${asSentence(error.message)} ${soFar}`;
			return error;
		}
		error.description = [
			error.description,
			soFar,
			'Press Retry in the executions list to go on: nobody is called again whose call stands.',
		]
			.filter(Boolean)
			.join('\n');
		return error;
	}

	canceled(): NodeOperationError {
		return new NodeOperationError(this.node, 'The execution was canceled');
	}

	/** An item that nobody was called for. */
	rejectedCall(failure: Failure, itemIndex: number): NodeApiError {
		return this.apiError(explainRejection(failure), failure, itemIndex);
	}

	/** An item whose call may have been placed. */
	unknownCall(failure: Failure, itemIndex: number): NodeApiError {
		return this.apiError(explainUnknown(failure), failure, itemIndex);
	}

	/** An item whose request was on its way when an earlier try ended. */
	unknownFromEarlierTry(itemIndex: number): NodeOperationError {
		return this.operationError(
			{
				message: `The call of item ${itemIndex} may have been placed by an earlier try, so it was not dialled again`,
				description: WHAT_TO_DO_IF_UNKNOWN,
			},
			itemIndex,
		);
	}

	/** A request that this execution made before, when the user wants no second call. */
	sameCallRefused(callId: string, itemIndex: number): NodeOperationError {
		return this.operationError(
			{
				message: `The same call was placed before in this execution, CallId ${callId}, item ${itemIndex}`,
				description:
					'Nobody was called. To read what became of the first call, use Get Status with this Call ID; to allow the second, change Same Call Again in the options.',
			},
			itemIndex,
		);
	}

	/** The same in a dry run, where no call has an ID. */
	sameCallWouldBeRefused(itemIndex: number): NodeOperationError {
		return this.operationError(
			{
				message: `The same call comes before in this execution, item ${itemIndex}`,
				description: 'To allow the second, change Same Call Again in the options.',
			},
			itemIndex,
		);
	}

	/** A status that could not be read. n8n keeps only the message of an error item, so the call ID stands there. */
	unreadStatus(failure: Failure, itemIndex: number, callId: string): NodeApiError {
		const { message, description } = explainUnreadStatus(failure);
		return this.apiError(
			{ message: `${message}, CallId ${callId}`, description },
			failure,
			itemIndex,
		);
	}

	/** A call that nobody answered in time, when the user wants an error then. */
	stillOpen(callId: string, waitAtMostMs: number, itemIndex: number): NodeOperationError {
		return this.operationError(
			{
				message: `The call was still open after ${waitAtMostMs / 60_000} minutes, CallId ${callId}, item ${itemIndex}`,
				description:
					'The call goes on, and nobody is dialled again by waiting longer: use Wait for Response with this Call ID, or raise Wait Limit.',
			},
			itemIndex,
		);
	}

	/** n8n refused to keep the wait for a call. */
	waitNotKept(callId: string, { message }: Error, itemIndex: number): NodeOperationError {
		return this.operationError(
			{
				message: `n8n could not keep the wait for the response to the call, CallId ${callId}: ${message}`,
				description:
					'Use Wait for Response with this Call ID: nobody is dialled again. If it happens again, turn Survive Restarts off.',
			},
			itemIndex,
		);
	}

	/** n8n's store refused a deduplication key. */
	keyNotNoted(error: Error): NodeOperationError {
		return new NodeOperationError(this.node, error, {
			message: 'Once Per could not be noted, so nobody was called',
			description: `Save the workflow, and if it has a Remove Duplicates node, set Remembered By to This Node. n8n said: "${plain(error.message)}"`,
		});
	}

	/** A value of Once Per that n8n's store has no room for. */
	noRoomForKey(rememberedBy: 'node' | 'workflow'): NodeOperationError {
		return new NodeOperationError(
			this.node,
			'Call Only Once cannot remember more values, so nobody was called',
			{ description: rememberedBy === 'node' ? NODE_IS_FULL : WORKFLOW_IS_FULL },
		);
	}

	/** All items whose parameters are wrong, before any call was placed. */
	wrongParameters(problemsByItem: Map<number, Problem[]>): NodeOperationError {
		const items = [...problemsByItem];
		const [firstIndex, firstProblems] = items[0];
		if (items.length === 1) return this.wrongItem(firstProblems, firstIndex);
		const itemsByWords = new Map<string, number[]>();
		for (const [itemIndex, problems] of items) {
			const words = sentences(problems);
			itemsByWords.set(words, [...(itemsByWords.get(words) ?? []), itemIndex]);
		}
		const lines = [...itemsByWords].map(([words, indexes]) => `${itemNames(indexes)}: ${words}`);
		const named = lines.slice(0, MOST_LINES);
		const more = [...itemsByWords.values()].slice(MOST_LINES).flat().length;
		if (more > 0) named.push(`And ${more} more.`);
		return this.operationError(
			{
				message: `${items.length} items have wrong parameters, so nobody was called`,
				description: named.join('\n'),
			},
			firstIndex,
		);
	}

	/** One item whose parameters are wrong. */
	wrongItem(problems: Problem[], itemIndex: number): NodeOperationError {
		return this.operationError(
			{
				message: `Item ${itemIndex}: ${sentences(problems)}`,
				description: 'Nobody was called.',
			},
			itemIndex,
		);
	}

	private operationError(
		{ message, description }: Explanation,
		itemIndex: number,
	): NodeOperationError {
		const words = plain(message);
		const error = new NodeOperationError(this.node, words, {
			description: plain(description),
			itemIndex,
		});
		return withMessage(error, words);
	}

	private apiError(
		{ message, description }: Explanation,
		{ statusCode, serverWords }: Failure,
		itemIndex: number,
	): NodeApiError {
		const quoted = serverWords ? ` Voice2Phone said: "${this.redact(serverWords)}"` : '';
		const words = `${message}, item ${itemIndex}`;
		const error = new NodeApiError(
			this.node,
			{},
			{
				message: words,
				description: plain(description + quoted),
				httpCode: statusCode?.toString(),
				itemIndex,
			},
		);
		return withMessage(error, words);
	}
}

/**
 * n8n puts words of its own in the place of a message that has a code such as ECONNRESET anywhere in it, also
 * inside of a word that somebody typed. An error item would then no longer say that the phone may have rung.
 */
function withMessage<T extends NodeError>(error: T, message: string): T {
	error.message = message;
	return error;
}

/** `Item 4`, `Items 0–2`, `Items 1, 4–6`. */
function itemNames(indexes: number[]): string {
	if (indexes.length === 1) return `Item ${indexes[0]}`;
	const runs: Array<[first: number, last: number]> = [];
	for (const index of indexes) {
		const run = runs.at(-1);
		if (run && index === run[1] + 1) run[1] = index;
		else runs.push([index, index]);
	}
	const names = runs.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`));
	return `Items ${listed(names)}`;
}

/** The problems of one item: `Country is empty. … Message is empty. …`. */
function sentences(problems: Problem[]): string {
	const each = problems.map(({ field, reason }) => asSentence(`${field} ${reason}`));
	// A setting that is read for each of many people is wrong once.
	return [...new Set(each)].join(' ');
}

/**
 * Adds to the error that ends the node what it did before: the call IDs, which were paid for and have no
 * output to leave by, and the items whose call may have been placed.
 */
export function withCalls(
	error: NodeError,
	callIds: ReadonlyMap<number, string>,
	unknownItems: ReadonlySet<number>,
): NodeError {
	const lines: string[] = [];
	const failed = error.context.itemIndex;
	const calls = [...callIds].filter(([item]) => item !== failed).sort(([a], [b]) => a - b);
	if (calls.length > 0) {
		const others = calls.length === 1 ? '1 other was' : `${calls.length} others were`;
		lines.push(
			`${others} called: ${listed(calls.map(([item, callId]) => `item ${item}: ${callId}`))}.`,
			'Do not run the workflow again: press Retry in the executions list, which calls only those who were not called.',
		);
	}
	// Of the item that failed itself, the message says so already.
	if ([...unknownItems].some((item) => item !== failed)) {
		const items = [...unknownItems].sort((a, b) => a - b);
		lines.push(`Not known whether the call was placed: item ${listed(items.map(String))}.`);
	}
	error.description = [error.description, ...lines].filter(Boolean).join('\n');
	return error;
}

/** Adds to the error that ends a wait the other calls that were waited for. */
export function withWaitedFor(error: NodeError, callIds: ReadonlyMap<number, string>): NodeError {
	const others = [...callIds].filter(([item]) => item !== error.context.itemIndex);
	if (others.length > 0) {
		const calls = listed(others.map(([item, callId]) => `item ${item}: ${callId}`));
		error.description += `\nThe other calls: ${calls}. Wait for Response reads what came of them, and dials nobody.`;
	}
	return error;
}

/** n8n tells an AI agent nothing but the message of an error: what to do has to stand there too. */
export function withAdvice(error: NodeError): NodeError {
	if (error.description) error.message = `${asSentence(error.message)} ${error.description}`;
	return error;
}
