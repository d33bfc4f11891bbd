/*
 * A wait that outlives n8n is kept by three executions besides the workflow's own one, which is suspended
 * and only gets the result. A "watcher" wakes up about once a minute and asks for the status. Only an
 * execution that runs dies with n8n, so the one that runs most can be replaced: a watcher serves for a
 * term, and if it has not come back by then its "supervisor" asks for the status itself and sends the next
 * one. What remains is that n8n dies while a supervisor works or hands the result back: a "standby" looks
 * now and then whether the supervisor is there, and sends another.
 */

/** Who an inner execution is. */
export type WaitRole = 'supervisor' | 'watcher' | 'standby';

/**
 * How far an inner execution is when it wakes up.
 * - `new`: nothing was done yet
 * - `watching`: a watcher that is to ask for the status
 * - `returned`: a supervisor whose watcher came back, or that has asked itself
 * - `watched`: a supervisor whose watcher did not come back in its term
 * - `standing`: a standby that is to look after the supervisor
 */
export type WaitPhase = 'new' | 'watching' | 'returned' | 'watched' | 'standing';

/**
 * What becomes of the execution that waits. "elsewhere": it waits for something else by now; "over": it
 * has ended, or has got its result.
 */
export type ParentState = 'waiting' | 'elsewhere' | 'over';

export interface WaitView {
	role: WaitRole;
	phase: WaitPhase;
	/** Whether n8n was started a moment ago. */
	justStarted: boolean;
	/** Whether nothing is left to wait for. */
	isSettled: boolean;
	parent: ParentState;
	/** When the supervisor is to wake up, for a standby; undefined when it is gone. */
	supervisorWakes?: number;
	/** When the term of the watcher ends. All times in milliseconds since 1970. */
	termEnd: number;
	/** When the last open call counts as timed out. */
	lastDeadline: number;
	now: number;
}

/**
 * What an inner execution does next. `finish` hands its state to the execution above it; `sleep` suspends
 * it until a time, and `phase` is how it then wakes up; `send` starts the execution below it (a watcher; for
 * a standby, a supervisor) and sleeps.
 */
export type WaitStep =
	| { kind: 'finish' }
	| { kind: 'sleep'; until: number; phase: WaitPhase }
	| { kind: 'send'; termEnd: number; until: number; phase: WaitPhase };

/** How long a watcher serves: a crash costs no answer, but so long a delay at most. */
const TERM_MS = 5 * 60_000;
/** What a watcher may be late: n8n looks for executions to be woken once a minute. */
const GRACE_MS = 2 * 60_000;
/** How often a standby looks after the supervisor. */
const STANDBY_MS = 5 * 60_000;
const LOOK_AGAIN_MS = 10 * 60_000;
/**
 * For so long after its start n8n may be busy with repairs: it marks suspended executions as crashed and,
 * a moment later, as suspended again. What resumes one in that moment is lost.
 */
const REPAIR_MS = 90_000;
/** Long after all else must have happened; while n8n is down for less, no answer is lost. */
const LAST_RESORT_MS = 24 * 3_600_000;

/** Whether the step begins with asking for the status. */
export function asksFirst({
	role,
	phase,
	justStarted,
}: Pick<WaitView, 'role' | 'phase' | 'justStarted'>): boolean {
	return !justStarted && phase === (role === 'watcher' ? 'watching' : 'watched');
}

/** Whether n8n was started a moment ago, by when it loaded the node. */
export function isJustStarted(loadedAt: number, now: number): boolean {
	return now < loadedAt + REPAIR_MS;
}

/**
 * @param view as it is after asking
 * @param nextCheck when the status is to be read again
 */
export function nextStep(view: WaitView, nextCheck: number): WaitStep {
	const { role, phase, justStarted, isSettled, parent, termEnd, lastDeadline, now } = view;
	if (justStarted && phase !== 'new') {
		// All that was due while n8n was down wakes up at once, and whoever is watched over is to be first.
		const grace = { watcher: 0, supervisor: GRACE_MS, standby: 2 * GRACE_MS }[role];
		return { kind: 'sleep', until: now + REPAIR_MS + grace, phase };
	}
	if (role === 'standby') return standbyStep(view);
	if (role === 'watcher') {
		if (isSettled || parent === 'over' || (phase === 'watching' && now >= termEnd)) {
			return { kind: 'finish' };
		}
		return { kind: 'sleep', until: nextCheck, phase: 'watching' };
	}
	if (parent === 'over') return { kind: 'finish' };
	// n8n would hand the result to whatever the execution waits for.
	if (parent === 'elsewhere') {
		return { kind: 'sleep', until: now + LOOK_AGAIN_MS, phase: 'returned' };
	}
	if (isSettled) return { kind: 'finish' };
	const end = Math.min(now + TERM_MS, lastDeadline);
	return { kind: 'send', termEnd: end, until: end + GRACE_MS, phase: 'watched' };
}

function standbyStep({ phase, parent, supervisorWakes, termEnd, now }: WaitView): WaitStep {
	if (parent === 'over') return { kind: 'finish' };
	const until = now + STANDBY_MS;
	const isServed =
		phase === 'new' ||
		parent === 'elsewhere' ||
		(supervisorWakes !== undefined && now < supervisorWakes + GRACE_MS);
	return isServed
		? { kind: 'sleep', until, phase: 'standing' }
		: { kind: 'send', termEnd, until, phase: 'standing' };
}

/** When the execution goes on in any case, even if all that watched for it has died. */
export function lastResort(deadlines: number[]): number {
	return Math.max(...deadlines) + LAST_RESORT_MS;
}
