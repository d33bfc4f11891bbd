/* What a failed request means for a person: what happened, and what to do. Plain text, no error objects. */
import type { Failure, FailureReason } from '../core/calls/outcome';

/** What a person is told: what happened, and what to do. */
export interface Explanation {
	message: string;
	description: string;
}

const NOBODY_CALLED = 'Nobody was called.';
/** Errors of the API are JSON. */
const MAYBE_A_PROXY =
	'The answer was no JSON, so it may come from a proxy or firewall, and not from Voice2Phone.';
const READING_IS_SAFE = 'Reading a status calls nobody.';
const OTHER_SCHEME =
	'Check the API Key in the credential. If it is right, try the other choice in How the Key Is Sent there.';

/** Why nobody was called. */
const REJECTIONS: Partial<Record<FailureReason, (failure: Failure) => Explanation>> = {
	badRequest: (failure) => ({
		message: 'Voice2Phone refused the request to call (400)',
		description: `${maybeAProxy(failure)}Check Country, Phone Number, Message and Keys to Press. ${NOBODY_CALLED}`,
	}),
	unauthorized: (failure) => ({
		message: 'Voice2Phone refused the API key (401)',
		description: `${maybeAProxy(failure)}${OTHER_SCHEME} ${NOBODY_CALLED}`,
	}),
	requestFailed: () => ({
		message: 'Voice2Phone accepted the parameters, but could not carry out the request (402)',
		description: `Check the number and your Voice2Phone account, then run the workflow again. ${NOBODY_CALLED}`,
	}),
	notFound: (failure) => ({
		message: 'Voice2Phone did not find the address for making calls (404)',
		description: `${maybeAProxy(failure)}Check for a newer version of this node. ${NOBODY_CALLED}`,
	}),
	tooManyRequests: ({ retryAfterMs }) => ({
		message: 'Voice2Phone received too many requests (429)',
		description: `${askedToWait(retryAfterMs)}Lower Calls per Second, or raise Max Retries and Retry For in the options. ${NOBODY_CALLED}`,
	}),
	unreachable: ({ code }) => ({
		message: 'Voice2Phone could not be reached',
		description: `Check the network of this n8n (${code || 'no connection'}), then run the workflow again. ${NOBODY_CALLED}`,
	}),
	proxyRefused: (failure) => explainProxy(failure, NOBODY_CALLED),
	notPrepared: (failure) => ({
		message: 'n8n could not prepare the request to call',
		description: `${whyNotPrepared(failure)}, then run the workflow again. ${NOBODY_CALLED}`,
	}),
	untrustedCertificate: ({ code }) => ({
		message: 'The connection to Voice2Phone could not be trusted',
		description: `The certificate was refused (${code}). Check the clock and the proxy of this n8n. ${NOBODY_CALLED}`,
	}),
};

function maybeAProxy({ isNoJson }: Failure): string {
	return isNoJson ? `${MAYBE_A_PROXY} ` : '';
}

function explainProxy({ statusCode }: Failure, end: string): Explanation {
	return {
		message: `The proxy of this n8n refused the connection to Voice2Phone${statusCode ? ` (${statusCode})` : ''}`,
		description:
			statusCode === 407
				? `The proxy asks for a user name and password. Put them into HTTPS_PROXY, as in http://name:password@proxy:8080. ${end}`
				: `Check that HTTPS_PROXY leads to a proxy, and that it lets api.voice2phone.com through. ${end}`,
	};
}

function whyNotPrepared({ code, n8nWords }: Failure): string {
	const said = n8nWords ? `n8n said: "${n8nWords}" ` : '';
	// The address of the API is always the same, so what is no URL is that of the proxy.
	return `${said}Check ${code === 'ERR_INVALID_URL' ? 'HTTPS_PROXY' : 'the credential'}`;
}

/** Why it is not known whether somebody was called. */
const UNKNOWNS: Partial<Record<FailureReason, (failure: Failure) => string>> = {
	serverError: ({ statusCode }) => `server error ${statusCode}`,
	timedOut: () => 'no answer in time',
	connectionLost: ({ code }) =>
		code === 'ERR_CANCELED'
			? 'the execution was stopped before the answer came'
			: `connection cut${code ? ` (${code})` : ''}`,
	unreadableAnswer: () => 'the answer could not be read',
	noCallId: () => 'the answer has no CallId',
	repeatedCallId: () => 'the answer has the CallId of another call',
	unexpectedAnswer: ({ statusCode }) => `status ${statusCode}, which Voice2Phone does not document`,
};

export const WHAT_TO_DO_IF_UNKNOWN =
	'Find out in your Voice2Phone account or from the person whether the phone rang. This node does not dial this item again on its own, also not by Retry On Fail; to take the risk, turn on Dial Again If Unknown in the options.';

/** Why nobody was called. */
export function explainRejection(failure: Failure): Explanation {
	return (
		REJECTIONS[failure.reason]?.(failure) ?? {
			message: `Voice2Phone refused the request to call (${failure.statusCode})`,
			description: `${maybeAProxy(failure)}${NOBODY_CALLED}`,
		}
	);
}

/** Why it is not known whether somebody was called. */
export function explainUnknown(failure: Failure): Explanation {
	const what = UNKNOWNS[failure.reason]?.(failure) ?? 'the answer was lost';
	return {
		message: `It is not known whether the phone rang: ${what}`,
		description: `The call may have been placed. ${maybeAProxy(failure)}${WHAT_TO_DO_IF_UNKNOWN}`,
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
		case 'otherCall':
			return {
				message: 'Voice2Phone answered with the status of another call',
				description: `Run the node again later. ${READING_IS_SAFE}`,
			};
		case 'proxyRefused':
			return explainProxy(failure, READING_IS_SAFE);
		case 'notPrepared':
			return {
				message: 'n8n could not prepare the request for the status',
				description: `${whyNotPrepared(failure)}, then run the node again. ${READING_IS_SAFE}`,
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

/** Failures without an answer, in a few words. */
const SHORT: Partial<Record<FailureReason, string>> = {
	connectionLost: 'connection cut',
	noTurn: 'there was no turn in time: Checks per Second makes all calls wait',
	notPrepared: 'n8n could not prepare the request',
	otherCall: 'Voice2Phone answered with the status of another call',
	proxyRefused: 'the proxy of this n8n refused the connection',
	timedOut: 'no answer in time',
	unreachable: 'Voice2Phone could not be reached',
	unreadableAnswer: 'the answer could not be read',
	untrustedCertificate: 'the certificate was refused',
};

/** A failure in a few words, for an item that came out all the same. */
export function failureText({ reason, statusCode, code }: Failure): string {
	const words = SHORT[reason];
	if (!words) return `Voice2Phone answered with ${statusCode}`;
	const detail = statusCode ?? code;
	return detail ? `${words} (${detail})` : words;
}

function askedToWait(retryAfterMs: number | undefined): string {
	return retryAfterMs === undefined
		? ''
		: `Voice2Phone asks to wait ${Math.ceil(retryAfterMs / 1000)} seconds. `;
}
