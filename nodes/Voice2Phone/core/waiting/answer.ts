/* When a call is over, and what was pressed. */
import type { OfferedKey } from '../calls/keys';
import type { CallFields, CallOutcomeName } from '../outputs';

/** How long to wait for one call, and when it counts as over. */
export interface WaitRequest {
	waitAtMostMs: number;
	checkEveryMs: number;
	/** The `Status` values, as text, that mean a call is over. The API does not document them. */
	finishedStatusCodes: ReadonlySet<string>;
	throwOnTimeOut: boolean;
	keys: readonly OfferedKey[];
}

/** How a wait ended, with the names that the output items have. */
export interface Answer {
	outcome: Exclude<CallOutcomeName, 'notCalled'>;
	/** The first pressed key that the call offers, else the first pressed key, else null. */
	pressedKey: string | null;
	/** The label of the pressed key, else its message, else null. */
	pressedLabel: string | null;
	/** Only there when a key was pressed that opts out, also beside another one. */
	optedOut?: true;
}

const FIRST_CHECK_MS = 2_000;

/**
 * How long to wait before a check. The first comes soon, for those who answer at once.
 *
 * @param checks how many checks there were
 * @returns milliseconds
 */
export function checkDelay(checks: number, checkEveryMs: number): number {
	return checks === 0 ? Math.min(FIRST_CHECK_MS, checkEveryMs) : checkEveryMs;
}

/**
 * What a call's status says of its end, or undefined while the call is open. Over means that a key was
 * pressed, or that the status is one of those the user calls finished; no other status has a meaning.
 */
export function readAnswer(
	status: Record<string, unknown>,
	{ finishedStatusCodes, keys }: Pick<WaitRequest, 'finishedStatusCodes' | 'keys'>,
): Answer | undefined {
	const pressed = [...pressedKeys(status.Dtmf)].map((key) => offeredKey(key, keys));
	const answers = pressed.filter(({ repeats }) => !repeats);
	if (answers.length > 0) {
		const offered = answers.find(({ isOffered }) => isOffered);
		const { key, label, message } = offered ?? answers[0];
		return {
			// Where no keys are named, every key is an answer.
			outcome: offered || keys.length === 0 ? 'keyPressed' : 'otherKey',
			pressedKey: key,
			pressedLabel: label || message || null,
			...(answers.some(({ optsOut }) => optsOut) && { optedOut: true }),
		};
	}
	return isFinished(status.Status, finishedStatusCodes) ? NO_KEY : undefined;
}

export const NO_KEY: Answer = { outcome: 'noKey', pressedKey: null, pressedLabel: null };
export const TIMED_OUT: Answer = { outcome: 'timedOut', pressedKey: null, pressedLabel: null };

/**
 * A status can say that a call is over a moment before the pressed key is written into it. So a call that
 * is over without a key is read once more, this long after.
 */
const LOOK_AGAIN_MS = 3_000;

/** How long before the end of a wait its last look begins, so that the answer comes in time. */
const LAST_LOOK_MS = 2_000;
/** The same when that look finds the call over without a key, which has to be seen twice. */
const LAST_LOOK_AGAIN_MS = 500;

/** A wait, as far as these rules look at it. */
export type Wait = Pick<OpenCall, 'began' | 'request' | 'overSince'>;

/** When the longest wait has passed, in milliseconds since 1970. */
export function deadlineOf({
	began,
	request,
}: {
	began: number;
	request: Pick<WaitRequest, 'waitAtMostMs'>;
}): number {
	return began + request.waitAtMostMs;
}

/**
 * When the status is to be read next, or the wait ends: the last look begins a little before the end.
 *
 * @param checks how many checks there were
 * @returns milliseconds since 1970, the deadline at the latest
 */
export function nextLook(wait: Wait, checks: number, now: number): number {
	const { request, overSince } = wait;
	const deadline = deadlineOf(wait);
	const lastLook =
		overSince === undefined
			? deadline - Math.min(LAST_LOOK_MS, request.waitAtMostMs / 10)
			: deadline - Math.min(LAST_LOOK_AGAIN_MS, request.waitAtMostMs / 40);
	if (now >= lastLook) return deadline;
	const usual = now + checkDelay(checks, request.checkEveryMs);
	const again = overSince === undefined ? Infinity : overSince + LOOK_AGAIN_MS;
	return Math.min(usual, now < again ? again : Infinity, lastLook);
}

/**
 * What a look at the status means for a wait.
 *
 * @param status undefined when it could not be read
 * @returns how the wait ended; or that it goes on, and since when the call reads as over without a key
 */
export function look(
	wait: Wait,
	status: Record<string, unknown> | undefined,
	now: number,
): { answer: Answer } | { answer?: undefined; overSince: number | undefined } {
	const answer = status && readAnswer(status, wait.request);
	if (answer && answer !== NO_KEY) return { answer };
	const overSince = answer ? (wait.overSince ?? now) : status ? undefined : wait.overSince;
	if (answer && overSince !== undefined && now >= overSince + LOOK_AGAIN_MS) return { answer };
	if (now < deadlineOf(wait)) return { overSince };
	return { answer: overSince === undefined ? TIMED_OUT : NO_KEY };
}

/** ITU-T Q.23: a phone has 0–9, * and #; the standard has A–D besides. */
const TOUCH_KEYS = /^[0-9*#A-D]+$/;

/** The keys in `Dtmf`; none when it says something else, for example "timeout" or -1. */
export function pressedKeys(dtmf: unknown): string {
	const text = typeof dtmf === 'string' || typeof dtmf === 'number' ? String(dtmf).trim() : '';
	return TOUCH_KEYS.test(text) ? text : '';
}

function isFinished(status: unknown, codes: ReadonlySet<string>): boolean {
	return (
		(typeof status === 'string' || typeof status === 'number') && codes.has(String(status).trim())
	);
}

/** A pressed key as the call offers it. */
function offeredKey(
	pressed: string,
	keys: readonly OfferedKey[],
): OfferedKey & { isOffered: boolean } {
	const offered = keys.find(({ key }) => key === pressed);
	return offered
		? { ...offered, isOffered: true }
		: { key: pressed, label: '', message: '', isOffered: false };
}

/** A call whose end is waited for, and what is known of it so far. */
export interface OpenCall {
	callId: string;
	itemIndex: number;
	request: WaitRequest;
	/** When the wait began, in milliseconds since 1970. */
	began: number;
	/** What is known of the call beyond its status. */
	known: Partial<CallFields>;
	/** The API's fields as they came last. */
	status: Partial<CallFields>;
	/** The fields of the input item, when they are to come out too. */
	input: Record<string, unknown>;
	/** Why the last check failed, or null when it did not. */
	lastFault: string | null;
	/** Since when the call reads as over without a key, in milliseconds since 1970. */
	overSince?: number;
}
