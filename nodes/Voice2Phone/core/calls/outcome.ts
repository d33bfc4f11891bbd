/** What came back for one HTTP request: an answer of any status, or a fault instead of one. */
export type HttpResult =
	| { kind: 'answer'; statusCode: number; headers: Record<string, unknown>; body: unknown }
	| { kind: 'fault'; code: string; message: string; syscall?: string };

export type FailureReason =
	| 'badRequest'
	| 'unauthorized'
	| 'requestFailed'
	| 'notFound'
	| 'tooManyRequests'
	| 'otherClientError'
	| 'serverError'
	| 'unexpectedAnswer'
	| 'unreadableAnswer'
	| 'noCallId'
	| 'unreachable'
	| 'untrustedCertificate'
	| 'timedOut'
	| 'connectionLost';

export interface Failure {
	reason: FailureReason;
	statusCode?: number;
	/** The network's error code, for example ECONNRESET. */
	code?: string;
	/** What the server said, as it said it. */
	serverWords?: string;
	retryAfterMs?: number;
}

/**
 * What became of a request to make a call.
 * - accepted: there is a call ID.
 * - rejected: nobody was called; `retryable` when the same request may be sent again.
 * - unknown: the call may have been placed. Never sent again on its own.
 */
export type CallOutcome =
	| { kind: 'accepted'; callId: string; body: Record<string, unknown> }
	| { kind: 'rejected'; failure: Failure; retryable: boolean }
	| { kind: 'unknown'; failure: Failure };

/** What became of a request for a call's status. A transient failure may be asked again: a GET changes nothing. */
export type StatusOutcome =
	| { kind: 'read'; body: Record<string, unknown> }
	| { kind: 'failed'; failure: Failure; transient: boolean };

/** Names that could not be resolved, hosts that did not take the connection. */
const NEVER_CONNECTED = new Set([
	'ENOTFOUND',
	'EAI_AGAIN',
	'ECONNREFUSED',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'EHOSTDOWN',
	'ENETDOWN',
]);

/** Codes with which Node.js refuses a server's certificate: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE_REFUSED =
	/^(CERT_|ERR_TLS_CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)/;

const REASONS_BY_STATUS: Record<number, FailureReason> = {
	400: 'badRequest',
	401: 'unauthorized',
	402: 'requestFailed',
	404: 'notFound',
	429: 'tooManyRequests',
};

/** Judges the answer to `POST /call`. */
export function judgeCall(result: HttpResult, now: number): CallOutcome {
	if (result.kind === 'fault') {
		const failure = faultFailure(result);
		if (failure.reason === 'unreachable') return { kind: 'rejected', failure, retryable: true };
		if (failure.reason === 'untrustedCertificate') {
			return { kind: 'rejected', failure, retryable: false };
		}
		return { kind: 'unknown', failure };
	}
	const { statusCode, body } = result;
	if (isSuccess(statusCode)) {
		const record = asRecord(body);
		if (!record)
			return { kind: 'unknown', failure: answerFailure(result, 'unreadableAnswer', now) };
		const callId = typeof record.CallId === 'string' ? record.CallId.trim() : '';
		return callId
			? { kind: 'accepted', callId, body: record }
			: { kind: 'unknown', failure: answerFailure(result, 'noCallId', now) };
	}
	const failure = answerFailure(result, reasonOf(statusCode), now);
	return statusCode >= 400 && statusCode < 500
		? { kind: 'rejected', failure, retryable: statusCode === 429 }
		: { kind: 'unknown', failure };
}

/** Judges the answer to `GET /call/{callId}`. */
export function judgeStatus(result: HttpResult, now: number): StatusOutcome {
	if (result.kind === 'fault') {
		const failure = faultFailure(result);
		return { kind: 'failed', failure, transient: failure.reason !== 'untrustedCertificate' };
	}
	if (isSuccess(result.statusCode)) {
		const body = asRecord(result.body);
		return body
			? { kind: 'read', body }
			: {
					kind: 'failed',
					failure: answerFailure(result, 'unreadableAnswer', now),
					transient: true,
				};
	}
	const failure = answerFailure(result, reasonOf(result.statusCode), now);
	return {
		kind: 'failed',
		failure,
		transient: failure.reason === 'tooManyRequests' || failure.reason === 'serverError',
	};
}

/**
 * The time a server asks to wait, from a `Retry-After` header in seconds or as an HTTP date
 * (RFC 9110, section 10.2.3).
 *
 * @returns milliseconds, 0 or more; undefined when there is no header that can be read
 */
export function retryAfterMs(header: unknown, now: number): number | undefined {
	if (typeof header !== 'string') return undefined;
	const value = header.trim();
	if (/^\d+$/.test(value)) return Number(value) * 1000;
	const date = Date.parse(value);
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function isSuccess(statusCode: number): boolean {
	return statusCode >= 200 && statusCode < 300;
}

function reasonOf(statusCode: number): FailureReason {
	const known = REASONS_BY_STATUS[statusCode];
	if (known) return known;
	if (statusCode >= 500) return 'serverError';
	return statusCode >= 400 ? 'otherClientError' : 'unexpectedAnswer';
}

function answerFailure(
	{ statusCode, headers, body }: Extract<HttpResult, { kind: 'answer' }>,
	reason: FailureReason,
	now: number,
): Failure {
	return {
		reason,
		statusCode,
		serverWords: wordsOf(body),
		retryAfterMs: retryAfterMs(headers['retry-after'], now),
	};
}

function faultFailure({ code, message, syscall }: Extract<HttpResult, { kind: 'fault' }>): Failure {
	if (CERTIFICATE_REFUSED.test(code)) return { reason: 'untrustedCertificate', code };
	const neverSent =
		NEVER_CONNECTED.has(code) ||
		syscall === 'connect' ||
		// Node.js says so when the connection ends during the TLS handshake, before any byte of the request.
		message.includes('before secure TLS connection was established');
	if (neverSent) return { reason: 'unreachable', code };
	const timedOut = code === 'ECONNABORTED' || code === 'ETIMEDOUT';
	return { reason: timedOut ? 'timedOut' : 'connectionLost', code };
}

function asRecord(body: unknown): Record<string, unknown> | undefined {
	return typeof body === 'object' && body !== null && !Array.isArray(body)
		? (body as Record<string, unknown>)
		: undefined;
}

const LONGEST_SERVER_WORDS = 300;

/**
 * The words of an error body. Their shape is not documented, so a text is taken as it is and a JSON body
 * by its message where it has one, whole otherwise.
 */
function wordsOf(body: unknown): string | undefined {
	const record = asRecord(body);
	const message = record?.Message ?? record?.message ?? record?.error ?? record?.Error;
	const words =
		typeof message === 'string'
			? message
			: typeof body === 'string'
				? body
				: JSON.stringify(body ?? '');
	const line = words
		.replace(/<[^>]*>/g, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	if (line === '' || line === '""' || line === '{}') return undefined;
	return line.length > LONGEST_SERVER_WORDS ? `${line.slice(0, LONGEST_SERVER_WORDS)}…` : line;
}
