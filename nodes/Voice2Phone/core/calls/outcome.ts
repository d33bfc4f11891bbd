/* Judges what came back for a request: the one place where answers of the server are parsed, and none is trusted. */
import { HIDDEN, type Redact } from '../redact';
import { cutText, plain } from '../words';
import { isGuid } from './callRequest';
import { kindOf, type FaultKind, type NetworkFault } from './networkFaults';

/** What came back for one HTTP request: an answer of any status, or a fault instead of one. */
export type HttpResult =
	| {
			kind: 'answer';
			statusCode: number;
			headers: Record<string, unknown>;
			/** JSON, or the text when it is none; undefined when it was too large or was cut off. */
			body: unknown;
			/** Whether it is certain that a proxy answered, in place of the server. */
			isFromProxy?: boolean;
	  }
	| ({ kind: 'fault' } & NetworkFault);

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
	| 'repeatedCallId'
	| 'otherCall'
	| 'unreachable'
	| 'proxyRefused'
	| 'notPrepared'
	| 'noTurn'
	| 'untrustedCertificate'
	| 'timedOut'
	| 'connectionLost';

export interface Failure {
	reason: FailureReason;
	statusCode?: number;
	/** The network's error code, for example ECONNRESET. */
	code?: string;
	/** What the server said, in one line, without the API key. */
	serverWords?: string;
	/** What n8n said, when it could not prepare the request. */
	n8nWords?: string;
	retryAfterMs?: number;
	/** Whether an answer was no JSON, which those of the API are. */
	isNoJson?: boolean;
}

/**
 * What became of a request to make a call.
 * - accepted: there is a call ID.
 * - rejected: nobody was called; `retryable` when the same request may be sent again.
 * - unknown: the call may have been placed. Never sent again on its own.
 */
export type CallOutcome =
	| { kind: 'accepted'; callId: string; body: { CallId: string } }
	| { kind: 'rejected'; failure: Failure; retryable: boolean }
	| { kind: 'unknown'; failure: Failure };

/** The fields of a status that the API documents; one that is missing or of another type is left out. */
export type CallStatus = {
	CallId?: string;
	/** What its numbers mean is not documented. */
	Status?: number | string | null;
	/** UTC, for example 2016-08-01T18:33:08.997. */
	CreatedDateUtc?: string | null;
	UpdatedDateUtc?: string | null;
	Dtmf?: number | string | null;
};

/** What became of a request for a call's status. A transient failure may be asked again: a GET changes nothing. */
export type StatusOutcome =
	{ kind: 'read'; body: CallStatus } | { kind: 'failed'; failure: Failure; transient: boolean };

const asItIs: Redact = (text) => text;

/** What a fault means for a request to make a call, and whether the same request may be sent again. */
const REJECTIONS: Partial<Record<FaultKind, { reason: FailureReason; retryable: boolean }>> = {
	neverLeft: { reason: 'unreachable', retryable: true },
	notPrepared: { reason: 'notPrepared', retryable: true },
	proxyRefused: { reason: 'proxyRefused', retryable: true },
	certificate: { reason: 'untrustedCertificate', retryable: false },
};

const REASONS_BY_STATUS: Record<number, FailureReason> = {
	400: 'badRequest',
	401: 'unauthorized',
	402: 'requestFailed',
	404: 'notFound',
	407: 'proxyRefused',
	429: 'tooManyRequests',
};

/**
 * Judges the answer to `POST /call`. Never throws.
 *
 * @param hide hides the API key in what the server said
 */
export function judgeCall(result: HttpResult, now: number, hide: Redact = asItIs): CallOutcome {
	if (result.kind === 'fault') {
		const rejection = REJECTIONS[kindOf(result)];
		if (!rejection) return { kind: 'unknown', failure: faultFailure(result, hide) };
		return {
			kind: 'rejected',
			failure: faultFailure(result, hide),
			retryable: rejection.retryable,
		};
	}
	const { statusCode, body } = result;
	const failed = (reason: FailureReason) => answerFailure(result, reason, now, hide);
	if (isSuccess(result)) {
		const record = asRecord(body);
		if (!record) return { kind: 'unknown', failure: failed('unreadableAnswer') };
		const callId = readCallId(record.CallId, hide);
		return callId
			? { kind: 'accepted', callId, body: { CallId: callId } }
			: { kind: 'unknown', failure: failed('noCallId') };
	}
	const failure = failed(reasonOf(result));
	if (failure.reason === 'proxyRefused') {
		return { kind: 'rejected', failure, retryable: isPassing(statusCode) };
	}
	return statusCode >= 400 && statusCode < 500
		? { kind: 'rejected', failure, retryable: statusCode === 429 }
		: { kind: 'unknown', failure };
}

/**
 * Judges the answer to `GET /call/{callId}`. Never throws.
 *
 * @param callId of the call that was asked for: the status of another one is no answer
 * @param hide hides the API key in what the server said
 */
export function judgeStatus(
	result: HttpResult,
	now: number,
	callId?: string,
	hide: Redact = asItIs,
): StatusOutcome {
	if (result.kind === 'fault') {
		const failure = faultFailure(result, hide);
		return { kind: 'failed', failure, transient: failure.reason !== 'untrustedCertificate' };
	}
	const failed = (reason: FailureReason) => answerFailure(result, reason, now, hide);
	if (isSuccess(result)) {
		const status = readStatus(result.body, hide);
		if (!status) {
			return { kind: 'failed', failure: failed('unreadableAnswer'), transient: true };
		}
		if (callId && status.CallId && status.CallId.toLowerCase() !== callId.toLowerCase()) {
			return { kind: 'failed', failure: failed('otherCall'), transient: true };
		}
		return { kind: 'read', body: status };
	}
	const failure = failed(reasonOf(result));
	return { kind: 'failed', failure, transient: isPassing(result.statusCode) };
}

/** Texts of a status that are longer than this are none that the API documents. */
const LONGEST_FIELD = 1000;

/** The documented fields of a status; undefined when the body has none of them. */
function readStatus(body: unknown, hide: Redact): CallStatus | undefined {
	const record = asRecord(body);
	if (!record) return undefined;
	const callId = readCallId(record.CallId, hide);
	// An ID in another form cannot be compared, so the status may be that of another call.
	if (!callId && record.CallId !== undefined && record.CallId !== null) return undefined;
	const { Status, CreatedDateUtc, UpdatedDateUtc, Dtmf } = record;
	const status: CallStatus = {
		...(callId && { CallId: callId }),
		...(isStatusCode(Status) && { Status }),
		...(isText(CreatedDateUtc) && { CreatedDateUtc: shown(CreatedDateUtc, hide) }),
		...(isText(UpdatedDateUtc) && { UpdatedDateUtc: shown(UpdatedDateUtc, hide) }),
		...((isText(Dtmf) || typeof Dtmf === 'number') && { Dtmf: shown(Dtmf, hide) }),
	};
	return Object.keys(status).length > 0 ? status : undefined;
}

/** The nil GUID is what .NET puts where no ID was set. */
const NO_ID = '00000000-0000-0000-0000-000000000000';

function readCallId(value: unknown, hide: Redact): string | undefined {
	const callId = typeof value === 'string' ? value.trim() : '';
	return isGuid(callId) && callId !== NO_ID && hide(callId) !== HIDDEN ? callId : undefined;
}

/** A whole number, or one in a text, or null. */
function isStatusCode(value: unknown): value is number | string | null {
	return (
		value === null ||
		Number.isSafeInteger(value) ||
		(typeof value === 'string' && /^ *-?\d{1,15} *$/.test(value))
	);
}

function isText(value: unknown): value is string | null {
	return value === null || (typeof value === 'string' && value.length <= LONGEST_FIELD);
}

function shown<T>(value: T, hide: Redact): T | string {
	return typeof value === 'string' ? hide(value) : value;
}

/** RFC 9111, section 1.2.2: what a number of seconds means that is too large to hold. */
const MOST_SECONDS = 2 ** 31;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTH = `(?<month>${MONTHS.join('|')})`;
const TIME = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)';
const DAY_NAME = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const LONG_DAY_NAME = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';

/** RFC 9110, section 5.6.7. All three are UTC; servers that leave the zone out mean the same. */
const HTTP_DATES = [
	`${DAY_NAME}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME}(?: GMT)?`,
	`${LONG_DAY_NAME}, (?<day>\\d\\d)-${MONTH}-(?<shortYear>\\d\\d) ${TIME}(?: GMT)?`,
	`${DAY_NAME} ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})`,
].map((form) => new RegExp(`^${form}$`));

/**
 * The time a server asks to wait, from a `Retry-After` header (RFC 9110, section 10.2.3): seconds, also
 * decimal ones, which are rounded up, or an HTTP date. All else counts as if it were missing.
 *
 * @returns milliseconds, 0 or more; undefined when there is no header that can be read
 */
export function retryAfterMs(header: unknown, now: number): number | undefined {
	if (typeof header !== 'string') return undefined;
	const value = header.trim();
	if (/^\d+(\.\d+)?$/.test(value)) {
		return Math.min(Math.ceil(Number(value)), MOST_SECONDS) * 1000;
	}
	const date = httpDate(value, now);
	return date === undefined ? undefined : Math.max(0, date - now);
}

/** Milliseconds since 1970; undefined for what is no HTTP date, or a day that does not exist. */
function httpDate(value: string, now: number): number | undefined {
	for (const form of HTTP_DATES) {
		const parts = form.exec(value)?.groups;
		if (!parts) continue;
		const [day, hour, minute, second] = [parts.day, parts.hour, parts.minute, parts.second].map(
			Number,
		);
		const year = parts.year ? Number(parts.year) : fullYear(Number(parts.shortYear), now);
		const midnight = new Date(Date.UTC(year, MONTHS.indexOf(parts.month), day));
		// The second 60 is a leap second.
		const exists = midnight.getUTCDate() === day && hour < 24 && minute < 60 && second <= 60;
		return exists ? midnight.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 : undefined;
	}
	return undefined;
}

/** RFC 9110: a year of two digits that seems to be more than 50 years ahead is in the past. */
function fullYear(shortYear: number, now: number): number {
	const thisYear = new Date(now).getUTCFullYear();
	const year = thisYear - (thisYear % 100) + shortYear;
	return year > thisYear + 50 ? year - 100 : year;
}

type HttpAnswer = Extract<HttpResult, { kind: 'answer' }>;

function isSuccess({ statusCode, isFromProxy }: HttpAnswer): boolean {
	return statusCode >= 200 && statusCode < 300 && !isFromProxy;
}

function reasonOf({ statusCode, isFromProxy }: HttpAnswer): FailureReason {
	if (isFromProxy) return 'proxyRefused';
	const known = REASONS_BY_STATUS[statusCode];
	if (known) return known;
	if (statusCode >= 500) return 'serverError';
	return statusCode >= 400 ? 'otherClientError' : 'unexpectedAnswer';
}

/**
 * Request Timeout and Misdirected Request (RFC 9110, sections 15.5.9 and 15.5.20), Too Early (RFC 8470,
 * section 5.2), Too Many Requests (RFC 6585, section 4).
 */
const PASSING = new Set([408, 421, 425, 429]);

/** Whether the same request may be answered otherwise a moment later. */
function isPassing(statusCode: number): boolean {
	return PASSING.has(statusCode) || statusCode >= 500;
}

function answerFailure(
	{ statusCode, headers, body, isFromProxy }: HttpAnswer,
	reason: FailureReason,
	now: number,
	hide: Redact,
): Failure {
	return {
		reason,
		statusCode,
		// The page of a proxy must not be quoted as the words of Voice2Phone.
		serverWords: isFromProxy ? undefined : wordsOf(body, hide),
		retryAfterMs: retryAfterMs(headers['retry-after'], now),
		...(typeof body === 'string' && body.trim() !== '' && { isNoJson: true }),
	};
}

function faultFailure(fault: NetworkFault, hide: Redact): Failure {
	const kind = kindOf(fault);
	const { code } = fault;
	if (kind === 'notPrepared') {
		const innermost = fault.message.slice(fault.message.lastIndexOf('\n') + 1);
		const n8nWords = wordsOf(innermost.replace(/^\w+: /, ''), hide);
		return { reason: 'notPrepared', code, n8nWords };
	}
	const rejection = REJECTIONS[kind];
	if (rejection) return { reason: rejection.reason, code };
	return { reason: kind === 'timedOut' ? 'timedOut' : 'connectionLost', code };
}

function asRecord(body: unknown): Record<string, unknown> | undefined {
	return typeof body === 'object' && body !== null && !Array.isArray(body)
		? (body as Record<string, unknown>)
		: undefined;
}

const LONGEST_LOOKED_AT = 4000;
const LONGEST_SERVER_WORDS = 300;

/**
 * The words of an error body. Their shape is not documented, so a text is taken as it is and a JSON body
 * by its message where it has one, whole otherwise. The key is hidden before anything is cut.
 */
function wordsOf(body: unknown, hide: Redact): string | undefined {
	const record = asRecord(body);
	const message = record?.Message ?? record?.message ?? record?.error ?? record?.Error;
	const words = [message, body].find((value) => typeof value === 'string') ?? asJson(body);
	const line = hide(words as string)
		.slice(0, LONGEST_LOOKED_AT)
		.replace(/<[^<>]*>/g, ' ')
		.replace(/\p{Surrogate}/gu, '\uFFFD')
		.replace(/\s+/g, ' ')
		.trim();
	if (line === '' || line === '""' || line === '{}') return undefined;
	const beginning = plain(cutText(line, LONGEST_SERVER_WORDS));
	return line.length > LONGEST_SERVER_WORDS ? `${beginning}…` : beginning;
}

/** JSON that is nested too deep for JavaScript to write gives no words. */
function asJson(body: unknown): string {
	try {
		return JSON.stringify(body) ?? '';
	} catch {
		return '';
	}
}
