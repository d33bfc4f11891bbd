/* When a request may begin, and when it may be sent again. */
import type { Failure } from './calls/outcome';

/** Time as the rules see it, so that a test can hold it in its hand. All values in milliseconds. */
export interface Clock {
	now(): number;
	/**
	 * Rejects at once when the execution is cancelled or the node stops.
	 *
	 * @param wake ends the sleep early, and well
	 */
	sleep(ms: number, wake?: AbortSignal): Promise<void>;
}

/** JavaScript's timers hold 32 bits: one that is to wait longer fires at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Sleeps for any time, by timers that hold it.
 *
 * @param sleep sleeps once, LONGEST_TIMER_MS at most
 * @param isAwake ends the sleep between two timers
 */
export async function sleepLong(
	ms: number,
	sleep: (ms: number) => Promise<void>,
	isAwake: () => boolean = () => false,
): Promise<void> {
	let rest = ms;
	do {
		const piece = Math.min(rest, LONGEST_TIMER_MS);
		await sleep(piece);
		rest -= piece;
	} while (rest > 0 && !isAwake());
}

export interface PaceLimits {
	/** How many tasks run at the same time, 1 or more. */
	atOnce: number;
	/** How many tasks start in a second at most; 0 means no limit. */
	perSecond: number;
	/** Milliseconds for which nothing but "too many requests" is put up with; without limit if undefined. */
	patienceMs?: number;
}

export interface TurnOptions<T> {
	/** Whether the task had a turn before; it then goes before those who never had one. */
	again?: boolean;
	/** When to stop waiting, in the clock's time. Such a task waits through "too many requests" till then. */
	until?: number;
	/**
	 * Takes the place of a task that would have to wait for too long. Without it, the task waits on.
	 *
	 * @param failure the answer that slowed the pace down, if one did
	 */
	instead?: (failure: Failure | undefined) => T;
}

/** Why a task has no turn. */
interface NoTurn {
	failure: Failure | undefined;
}

interface Waiter {
	/** Lets the task begin, or tells it why it does not. */
	admit: (noTurn?: NoTurn) => void;
	refuse: (reason: Error) => void;
	/** Whether it is told at once when it would have to wait for too long. */
	isImpatient: boolean;
	stopTimer?: () => void;
	isAdmitted?: boolean;
	/** Whether the waiter has left before its turn. */
	isGone?: boolean;
}

/** The slowest that repeated "too many requests" answers make a pace: one start in five seconds. */
const SLOWEST_INTERVAL_MS = 5_000;
const FIRST_SLOW_INTERVAL_MS = 100;

/**
 * Opening a connection takes n8n some milliseconds, in which it does nothing else. So many are opened at a
 * stretch; then others have their turn.
 */
const STARTS_AT_A_STRETCH = 5;
const STRETCH_MS = 10;

/**
 * Starts tasks in the order in which they asked, so many at once and so many a second. All requests of
 * one kind in a node run go through one pace: what slows one item down slows down all of them. When the
 * other side says "too many requests" for longer than `patienceMs`, those who wait are refused: else phones
 * would ring hours later, at a time that nobody chose.
 */
export class Pace {
	private readonly waiting: Waiter[] = [];

	private firstWaiting = 0;

	/** Those who come back for another try go before those who never had one. */
	private readonly returning: Waiter[] = [];

	private running = 0;

	private nextStart = 0;

	private stretchBegan = -Infinity;

	private startsInStretch = 0;

	private readonly usualInterval: number;

	private interval: number;

	/** Wakes the pace that sleeps until the next start. */
	private sleeper: AbortController | undefined;

	/** Since when each answer was "too many requests". */
	private blockedSince: number | undefined;

	private slowedBy: Failure | undefined;

	/** Until when those who cannot wait so long are refused. */
	private closedUntil = -Infinity;

	private reason: Error | undefined;

	constructor(
		private readonly limits: PaceLimits,
		private readonly clock: Clock,
	) {
		this.usualInterval = limits.perSecond > 0 ? 1000 / limits.perSecond : 0;
		this.interval = this.usualInterval;
	}

	/** Why no further task may begin; undefined while they may. */
	get stopReason(): Error | undefined {
		return this.reason;
	}

	/**
	 * Runs the task when its turn comes. Rejects with the reason of `stop` when it had not begun by then,
	 * otherwise settles as the task does.
	 */
	async run<T>(task: () => Promise<T>, options: TurnOptions<T> = {}): Promise<T> {
		const noTurn = await this.turn(options);
		if (noTurn && options.instead) return options.instead(noTurn.failure);
		try {
			return await task();
		} finally {
			this.running--;
			this.admit();
		}
	}

	/**
	 * The other side said "too many requests": nobody starts for so long, and then at half the rate.
	 *
	 * @param failure what those are told who cannot wait so long
	 */
	slowDown(ms: number, failure?: Failure): void {
		const now = this.clock.now();
		this.blockedSince ??= now;
		this.slowedBy = failure;
		this.nextStart = Math.max(this.nextStart, now + ms);
		this.interval = Math.min(
			Math.max(this.interval * 2, FIRST_SLOW_INTERVAL_MS),
			Math.max(SLOWEST_INTERVAL_MS, this.usualInterval),
		);
		if (this.nextStart - this.blockedSince <= (this.limits.patienceMs ?? Infinity)) return;
		this.closedUntil = this.nextStart;
		for (const waiter of this.waiters()) if (waiter.isImpatient) this.turnAway(waiter);
	}

	/** An answer that was no "too many requests": the pace comes back step by step. */
	recover(): void {
		this.blockedSince = undefined;
		const faster = this.interval * 0.9;
		this.interval =
			faster < FIRST_SLOW_INTERVAL_MS / 2
				? this.usualInterval
				: Math.max(faster, this.usualInterval);
	}

	/** Lets no further task begin; those that wait are refused with the reason. */
	stop(reason: Error): void {
		this.reason = reason;
		for (const waiter of this.waiters()) this.dismiss(waiter, () => waiter.refuse(reason));
	}

	private async turn({ again, until, instead }: TurnOptions<unknown>): Promise<NoTurn | undefined> {
		if (this.reason) throw this.reason;
		const isImpatient = instead !== undefined && until === undefined;
		if (isImpatient && this.clock.now() < this.closedUntil) return { failure: this.slowedBy };
		return await new Promise((resolve, reject) => {
			const waiter: Waiter = { admit: resolve, refuse: reject, isImpatient };
			(again ? this.returning : this.waiting).push(waiter);
			this.admit();
			if (until === undefined || !instead || waiter.isAdmitted) return;
			const timer = new AbortController();
			waiter.stopTimer = () => timer.abort();
			const leave = () => {
				if (!waiter.isAdmitted) this.turnAway(waiter);
			};
			// The clock refuses to sleep when the node stops; `stop` then tells those who wait.
			this.clock.sleep(Math.max(0, until - this.clock.now()), timer.signal).then(leave, () => {});
		});
	}

	private waiters(): Waiter[] {
		return [...this.returning, ...this.waiting.slice(this.firstWaiting)];
	}

	private turnAway(waiter: Waiter): void {
		this.dismiss(waiter, () => waiter.admit({ failure: this.slowedBy }));
	}

	private dismiss(waiter: Waiter, tell: () => void): void {
		if (waiter.isGone) return;
		waiter.isGone = true;
		waiter.stopTimer?.();
		tell();
		// A timer must not outlive those who wait for it: it may be set for days.
		if (!this.hasWaiter()) this.sleeper?.abort();
	}

	private admit(): void {
		while (this.running < this.limits.atOnce && this.hasWaiter()) {
			const now = this.clock.now();
			if (now < this.nextStart) {
				this.admitLater(Math.min(this.nextStart - now, LONGEST_TIMER_MS));
				return;
			}
			if (Math.abs(now - this.stretchBegan) >= STRETCH_MS) {
				this.stretchBegan = now;
				this.startsInStretch = 0;
			}
			// Few tasks at once are no crowd, however soon one follows the other.
			if (Math.min(this.running, this.startsInStretch) >= STARTS_AT_A_STRETCH) {
				this.admitLater(STRETCH_MS);
				return;
			}
			this.startsInStretch++;
			this.running++;
			this.nextStart = now + this.interval;
			const waiter = this.nextWaiter();
			waiter.isAdmitted = true;
			waiter.stopTimer?.();
			waiter.admit();
		}
	}

	private admitLater(ms: number): void {
		if (this.sleeper) return;
		const sleeper = new AbortController();
		this.sleeper = sleeper;
		const wake = () => {
			this.sleeper = undefined;
			this.admit();
		};
		// The clock refuses to sleep when the execution is cancelled; `stop` then tells those who wait.
		this.clock.sleep(ms, sleeper.signal).then(wake, () => undefined);
	}

	/** Drops those who have left from the front. */
	private hasWaiter(): boolean {
		while (this.returning[0]?.isGone) this.returning.shift();
		while (this.waiting[this.firstWaiting]?.isGone) this.passFirst();
		return this.returning.length > 0 || this.firstWaiting < this.waiting.length;
	}

	private nextWaiter(): Waiter {
		return this.returning.shift() ?? this.passFirst();
	}

	private passFirst(): Waiter {
		const waiter = this.waiting[this.firstWaiting++];
		// Array.shift() moves all that follows; with 50,000 items that would be felt.
		if (this.firstWaiting > 1024 && this.firstWaiting * 2 > this.waiting.length) {
			this.waiting.splice(0, this.firstWaiting);
			this.firstWaiting = 0;
		}
		return waiter;
	}
}

const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 30_000;

/**
 * Exponential backoff with jitter: 0.5–1 s, 1–2 s, 2–4 s … up to 15–30 s, so that many clients that
 * failed together do not come back together.
 *
 * @param tries how many tries were made, 1 or more
 * @param random a number from 0 to 1
 * @returns milliseconds
 */
export function backoff(tries: number, random: number): number {
	const ceiling = Math.min(FIRST_BACKOFF_MS * 2 ** (tries - 1), LONGEST_BACKOFF_MS);
	return ceiling * (0.5 + random / 2);
}

export interface RetryLimits {
	/** How often a request is sent again at most; 0 means never. */
	retries: number;
	/** Milliseconds after the first try in which a further one may begin. */
	withinMs: number;
}

/**
 * When a request may be sent again, or undefined when it may not.
 *
 * @param tries how many tries were made, 1 or more
 * @param elapsedMs since the first try began
 * @param retryAfterMs what the server asked for, if it did
 * @returns milliseconds to wait
 */
export function retryDelay(
	{ retries, withinMs }: RetryLimits,
	tries: number,
	elapsedMs: number,
	retryAfterMs: number | undefined,
	random: number,
): number | undefined {
	if (tries > retries) return undefined;
	// A server that said "at once" and refuses again, or one whose clock is behind, has said no time.
	const asked = retryAfterMs === 0 && tries > 1 ? undefined : retryAfterMs;
	const delay = asked ?? backoff(tries, random);
	return elapsedMs + delay <= withinMs ? delay : undefined;
}
