/* What a failed request means for a person: what happened, and what to do. Plain text, no error objects. */
import type { Failure, FailureReason } from '../core/calls/outcome';

/** What a person is told: what happened, and what to do. */
export interface Explanation {
	message: string;
	description: string;
}

const NOBODY_CALLED = 'Nobody was called.';
const READING_IS_SAFE = 'Reading a status calls nobody.';
const OTHER_SCHEME =
	'Check the API Key in the credential. If it is right, choose the other Authentication Scheme there.';

/** Why nobody was called. */
const REJECTIONS: Partial<Record<FailureReason, (failure: Failure) => Explanation>> = {
	badRequest: () => ({
		message: 'Voice2Phone refused the request to call (400)',
		description: `Check Country, Phone Number, Message and Keys to Press. ${NOBODY_CALLED}`,
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

export const WHAT_TO_DO_IF_UNKNOWN =
	'Find out in your Voice2Phone account or from the person whether the phone rang. This node does not dial this item again on its own, also not by Retry On Fail; to take the risk, turn on Dial Again If Unknown in the options.';

/** Why nobody was called. */
export function explainRejection(failure: Failure): Explanation {
	return (
		REJECTIONS[failure.reason]?.(failure) ?? {
			message: `Voice2Phone refused the request to call (${failure.statusCode})`,
			description: NOBODY_CALLED,
		}
	);
}

/** Why it is not known whether somebody was called. */
export function explainUnknown(failure: Failure): Explanation {
	const what = UNKNOWNS[failure.reason]?.(failure) ?? 'the answer was lost';
	return {
		message: `The call may have been placed, but it is not known: ${what}`,
		description: WHAT_TO_DO_IF_UNKNOWN,
	};
}

/** Why a status could not be read. */
export function explainUnreadStatus(failure: Failure): Explanation {
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
				description: `Raise Timeout in the options, or run the node again. ${READING_IS_SAFE}`,
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

/** A failure in a few words, for an item that came out all the same. */
export function failureText({ reason, statusCode, code }: Failure): string {
	return statusCode
		? `Voice2Phone answered with ${statusCode}`
		: `${reason}${code ? ` (${code})` : ''}`;
}

function askedToWait(retryAfterMs: number | undefined): string {
	return retryAfterMs === undefined
		? ''
		: `Voice2Phone asks to wait ${Math.ceil(retryAfterMs / 1000)} seconds. `;
}
