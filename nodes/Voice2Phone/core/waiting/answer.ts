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
	{ finishedStatusCodes, keys }: WaitRequest,
): Answer | undefined {
	const pressed = pressedKeys(status.Dtmf);
	if (pressed !== '') {
		const characters = [...pressed];
		const offered = keys.find(({ key }) => key === characters.find((one) => isOffered(one, keys)));
		return {
			// Where no keys are named, every key is an answer.
			outcome: offered || keys.length === 0 ? 'keyPressed' : 'otherKey',
			pressedKey: offered?.key ?? characters[0],
			pressedLabel: offered?.label || offered?.message || null,
		};
	}
	if (isCode(status.Status) && finishedStatusCodes.has(String(status.Status).trim())) {
		return { outcome: 'noKey', pressedKey: null, pressedLabel: null };
	}
	return undefined;
}

function pressedKeys(dtmf: unknown): string {
	return isCode(dtmf) ? String(dtmf).trim() : '';
}

function isCode(value: unknown): value is string | number {
	return typeof value === 'string' || typeof value === 'number';
}

function isOffered(pressed: string, keys: readonly OfferedKey[]): boolean {
	return keys.some(({ key }) => key === pressed);
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
}
