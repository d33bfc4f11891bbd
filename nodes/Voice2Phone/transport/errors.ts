import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';

import type { Problem } from '../core/words';
import type { Failure, FailureReason } from '../core/calls/outcome';

/** What a person is told: what happened, and what to do. */
interface Explanation {
	message: string;
	description: string;
}

/** Hides the API key, also in the form in which it is sent, wherever it stands in a text. */
export type Redact = (text: string) => string;

export function redactor(apiKey: string): Redact {
	const key = apiKey.trim();
	if (key === '') return (text) => text;
	const secrets = [key, Buffer.from(`${key}:`).toString('base64')];
	return (text) =>
		secrets.reduce((redacted, secret) => redacted.replaceAll(secret, '[API key]'), text);
}

const NOBODY_CALLED = 'Nobody was called.';
const READING_IS_SAFE = 'Reading a status calls nobody.';
const OTHER_SCHEME =
	'Check the API Key in the credential. If it is right, choose the other Authentication Scheme there.';

/** Why nobody was called. */
const REJECTIONS: Partial<Record<FailureReason, (failure: Failure) => Explanation>> = {
	badRequest: () => ({
		message: 'Voice2Phone refused the request to call (400)',
		description: `Check Country, Phone Number, Message and Keypad Responses. ${NOBODY_CALLED}`,
	}),
	unauthorized: () => ({
		message: 'Voice2Phone refused the API key (401)',
		description: `${OTHER_SCHEME} ${NOBODY_CALLED}`,
	}),
	requestFailed: () => ({
		message: 'Voice2Phone accepted the parameters, but could not carry out the request (402)',
		description: `Check the number and your Voice2Phone account, then run the workflow again. ${NOBODY_CALLED}`,
	}),
	notFound: () => ({
		message: 'Voice2Phone did not find the address for making calls (404)',
		description: `Check for a newer version of this node. ${NOBODY_CALLED}`,
	}),
	tooManyRequests: ({ retryAfterMs }) => ({
		message: 'Voice2Phone received too many requests (429)',
		description: `${askedToWait(retryAfterMs)}Lower Calls per Second, or raise Max Retries and Retry For in the options. ${NOBODY_CALLED}`,
	}),
	unreachable: ({ code }) => ({
		message: 'Voice2Phone could not be reached',
		description: `Check the network of this n8n (${code || 'no connection'}), then run the workflow again. ${NOBODY_CALLED}`,
	}),
	untrustedCertificate: ({ code }) => ({
		message: 'The connection to Voice2Phone could not be trusted',
		description: `The certificate was refused (${code}). Check the clock and the proxy of this n8n. ${NOBODY_CALLED}`,
	}),
};

/** Why it is not known whether somebody was called. */
const UNKNOWNS: Partial<Record<FailureReason, (failure: Failure) => string>> = {
	serverError: ({ statusCode }) => `Voice2Phone answered with a server error (${statusCode})`,
	timedOut: () => 'Voice2Phone did not answer in time',
	connectionLost: ({ code }) =>
		`the connection to Voice2Phone was lost${code ? ` (${code.replace(/^E(?=CONN)/, '')})` : ''}`,
	unreadableAnswer: () => 'the answer of Voice2Phone could not be read',
	noCallId: () => 'Voice2Phone answered without a CallId',
	unexpectedAnswer: ({ statusCode }) =>
		`Voice2Phone answered with a status that it does not document (${statusCode})`,
};

const WHAT_TO_DO_IF_UNKNOWN =
	'Find out in your Voice2Phone account or from the person whether the phone rang. This node does not dial this item again on its own, also not by Retry On Fail; to take the risk, turn on Dial Again If Unknown in the options.';

/** The error for an item that nobody was called for. */
export function rejectedCall(
	node: INode,
	failure: Failure,
	itemIndex: number,
	redact: Redact,
): NodeApiError {
	const explain = REJECTIONS[failure.reason];
	const explanation = explain?.(failure) ?? {
		message: `Voice2Phone refused the request to call (${failure.statusCode})`,
		description: NOBODY_CALLED,
	};
	return apiError(node, explanation, failure, itemIndex, redact);
}

/** The error for an item whose call may have been placed. */
export function unknownCall(
	node: INode,
	failure: Failure,
	itemIndex: number,
	redact: Redact,
): NodeApiError {
	const what = UNKNOWNS[failure.reason]?.(failure) ?? 'the answer was lost';
	return apiError(
		node,
		{
			message: `The call may have been placed, but it is not known: ${what}`,
			description: WHAT_TO_DO_IF_UNKNOWN,
		},
		failure,
		itemIndex,
		redact,
	);
}

/** The error for an item whose request was on its way when an earlier try ended. */
export function unknownFromEarlierTry(node: INode, itemIndex: number): NodeOperationError {
	return new NodeOperationError(
		node,
		`The call of item ${itemIndex} may have been placed by an earlier try, so it was not dialled again`,
		{ description: WHAT_TO_DO_IF_UNKNOWN, itemIndex },
	);
}

/** The error for a request that this execution made before, when the user wants no second call. */
export function sameCallRefused(
	node: INode,
	callId: string,
	itemIndex: number,
): NodeOperationError {
	return new NodeOperationError(
		node,
		`The same call was placed before in this execution, CallId ${callId}, item ${itemIndex}`,
		{
			description:
				'Nobody was called. To read what became of the first call, use Get Status with this Call ID; to allow the second, change Same Call Again in the options.',
			itemIndex,
		},
	);
}

/** The error for a status that could not be read. */
export function unreadStatus(
	node: INode,
	failure: Failure,
	itemIndex: number,
	callId: string,
	redact: Redact,
): NodeApiError {
	const { message, description } = explainStatus(failure);
	// n8n keeps only the message of an error item in its json, so the call ID has to stand there.
	return apiError(
		node,
		{ message: `${message}, CallId ${callId}`, description },
		failure,
		itemIndex,
		redact,
	);
}

/** A failure in a few words, for an item that came out all the same. */
export function failureText({ reason, statusCode, code }: Failure): string {
	return statusCode
		? `Voice2Phone answered with ${statusCode}`
		: `${reason}${code ? ` (${code})` : ''}`;
}

function explainStatus(failure: Failure): Explanation {
	const { statusCode, code } = failure;
	switch (failure.reason) {
		case 'badRequest':
			return {
				message: 'Voice2Phone refused the request for the status (400)',
				description: 'Check the Call ID.',
			};
		case 'unauthorized':
			return { message: 'Voice2Phone refused the API key (401)', description: OTHER_SCHEME };
		case 'notFound':
			return {
				message: 'Voice2Phone does not know this call (404)',
				description:
					'Check the Call ID, and that the credential belongs to the account that placed the call.',
			};
		case 'tooManyRequests':
			return {
				message: 'Voice2Phone received too many requests (429)',
				description: `${askedToWait(failure.retryAfterMs)}Lower Checks per Second, or raise Max Retries and Retry For in the options. The call goes on.`,
			};
		case 'serverError':
			return {
				message: `Voice2Phone answered with a server error (${statusCode})`,
				description: `Run the node again later. ${READING_IS_SAFE}`,
			};
		case 'unreadableAnswer':
			return {
				message: 'The status that Voice2Phone sent could not be read',
				description: `Run the node again later. ${READING_IS_SAFE}`,
			};
		case 'timedOut':
			return {
				message: 'Voice2Phone did not answer in time',
				description: `Raise Request Timeout in the options, or run the node again. ${READING_IS_SAFE}`,
			};
		case 'unreachable':
		case 'connectionLost':
			return {
				message: 'Voice2Phone could not be reached',
				description: `Check the network of this n8n (${code || 'no connection'}), then run the node again. ${READING_IS_SAFE}`,
			};
		case 'untrustedCertificate':
			return {
				message: 'The connection to Voice2Phone could not be trusted',
				description: `The certificate was refused (${code}). Check the clock and the proxy of this n8n.`,
			};
		default:
			return {
				message: `Voice2Phone did not give the status (${statusCode})`,
				description: 'Check the Call ID and the credential, then run the node again.',
			};
	}
}

const MOST_ITEMS_NAMED = 10;

/** The error that names all items whose parameters are wrong, before any call was placed. */
export function wrongParameters(
	node: INode,
	problemsByItem: Map<number, Problem[]>,
): NodeOperationError {
	const items = [...problemsByItem];
	const [firstIndex, firstProblems] = items[0];
	if (items.length === 1) return wrongItem(node, firstProblems, firstIndex);
	const named = items
		.slice(0, MOST_ITEMS_NAMED)
		.map(([itemIndex, problems]) => `Item ${itemIndex}: ${sentences(problems)}`);
	const more = items.length - named.length;
	if (more > 0) named.push(`And ${more} more.`);
	return new NodeOperationError(
		node,
		`${items.length} items have wrong parameters, so nothing was sent for any item`,
		{ description: named.join('\n'), itemIndex: firstIndex },
	);
}

/** The error for one item whose parameters are wrong. */
export function wrongItem(node: INode, problems: Problem[], itemIndex: number): NodeOperationError {
	return new NodeOperationError(node, `Item ${itemIndex}: ${sentences(problems)}`, {
		description: 'Nothing was sent to Voice2Phone.',
		itemIndex,
	});
}

const MOST_CALLS_NAMED = 20;

/**
 * Adds to the error that ends the node what it did before: the call IDs, which were paid for and have no
 * output to leave by, and the items whose call may have been placed.
 */
export function withCalls(
	error: NodeApiError | NodeOperationError,
	callIds: ReadonlyMap<number, string>,
	unknownItems: ReadonlySet<number>,
): NodeApiError | NodeOperationError {
	const lines: string[] = [];
	if (callIds.size > 0) {
		const calls = [...callIds].sort(([a], [b]) => a - b);
		lines.push(
			`Call IDs so far: ${listed(calls.map(([item, callId]) => `item ${item}: ${callId}`))}.`,
			'To get all of them as items, press Retry in the executions list: these calls are not dialled again.',
		);
	}
	// Of the item that failed itself, the message says so already.
	if ([...unknownItems].some((item) => item !== error.context.itemIndex)) {
		const items = [...unknownItems].sort((a, b) => a - b);
		lines.push(`Not known whether the call was placed: item ${listed(items.map(String))}.`);
	}
	error.description = [error.description, ...lines].filter(Boolean).join('\n');
	return error;
}

/** n8n tells an AI agent nothing but the message of an error: as a tool, what to do has to stand there too. */
export function withAdvice(
	{ type }: INode,
	error: NodeApiError | NodeOperationError,
): NodeApiError | NodeOperationError {
	if (type.endsWith('Tool') && error.description) {
		error.message = `${asSentence(error.message)} ${error.description}`;
	}
	return error;
}

/** Ends a text with a full stop, unless it has an end. */
export function asSentence(text: string): string {
	return /[.?!]"?$/.test(text) ? text : `${text}.`;
}

export function listed(entries: string[]): string {
	const more = entries.length - MOST_CALLS_NAMED;
	const named = entries.slice(0, MOST_CALLS_NAMED).join(', ');
	return more > 0 ? `${named}, and ${more} more` : named;
}

function sentences(problems: Problem[]): string {
	return problems.map(({ field, reason }) => asSentence(`${field} ${reason}`)).join(' ');
}

function askedToWait(retryAfterMs: number | undefined): string {
	return retryAfterMs === undefined
		? ''
		: `Voice2Phone asks to wait ${Math.ceil(retryAfterMs / 1000)} seconds. `;
}

function apiError(
	node: INode,
	{ message, description }: Explanation,
	{ statusCode, serverWords }: Failure,
	itemIndex: number,
	redact: Redact,
): NodeApiError {
	const quoted = serverWords ? ` Voice2Phone said: "${redact(serverWords)}"` : '';
	return new NodeApiError(
		node,
		{},
		{
			message: `${message}, item ${itemIndex}`,
			description: description + quoted,
			httpCode: statusCode?.toString(),
			itemIndex,
		},
	);
}
