/** Time as the rules see it, so that a test can hold it in its hand. All values in milliseconds. */
export interface Clock {
	now(): number;
	/** Rejects at once when the execution is cancelled or the node stops. */
	sleep(ms: number): Promise<void>;
}

export interface PaceLimits {
	/** How many tasks run at the same time, 1 or more. */
	atOnce: number;
	/** How many tasks start in a second at most; 0 means no limit. */
	perSecond: number;
}

interface Waiter {
	admit: () => void;
	refuse: (reason: Error) => void;
}

/** The slowest that repeated "too many requests" answers make a pace: one start in five seconds. */
const SLOWEST_INTERVAL_MS = 5_000;
const FIRST_SLOW_INTERVAL_MS = 100;

/**
 * Starts tasks in the order in which they asked, so many at once and so many a second. All requests of
 * one kind in a node run go through one pace: what slows one item down slows down all of them.
 */
export class Pace {
	private readonly waiting: Waiter[] = [];

	private firstWaiting = 0;

	/** Those who come back for another try go before those who never had one. */
	private readonly returning: Waiter[] = [];

	private running = 0;

	private nextStart = 0;

	private readonly usualInterval: number;

	private interval: number;

	private asleep = false;

	private stopReason: Error | undefined;

	constructor(
		private readonly limits: PaceLimits,
		private readonly clock: Clock,
	) {
		this.usualInterval = limits.perSecond > 0 ? 1000 / limits.perSecond : 0;
		this.interval = this.usualInterval;
	}

	/**
	 * Runs the task when its turn comes. Rejects with the reason of `stop` when it had not begun by then,
	 * otherwise settles as the task does.
	 */
	async run<T>(task: () => Promise<T>, { again = false } = {}): Promise<T> {
		await this.turn(again);
		try {
			return await task();
		} finally {
			this.running--;
			this.admit();
		}
	}

	/** The other side said "too many requests": nobody starts for so long, and then at half the rate. */
	slowDown(ms: number): void {
		this.nextStart = Math.max(this.nextStart, this.clock.now() + ms);
		this.interval = Math.min(
			Math.max(this.interval * 2, FIRST_SLOW_INTERVAL_MS),
			Math.max(SLOWEST_INTERVAL_MS, this.usualInterval),
		);
	}

	/** An answer that was no "too many requests": the pace comes back step by step. */
	recover(): void {
		if (this.interval === this.usualInterval) return;
		const faster = this.interval * 0.9;
		this.interval =
			faster < FIRST_SLOW_INTERVAL_MS / 2
				? this.usualInterval
				: Math.max(faster, this.usualInterval);
	}

	/** Lets no further task begin; those that wait are refused with the reason. */
	stop(reason: Error): void {
		this.stopReason = reason;
		const refused = [...this.returning.splice(0), ...this.waiting.slice(this.firstWaiting)];
		this.waiting.length = 0;
		this.firstWaiting = 0;
		for (const { refuse } of refused) refuse(reason);
	}

	private async turn(again: boolean): Promise<void> {
		return await new Promise<void>((resolve, reject) => {
			if (this.stopReason) {
				reject(this.stopReason);
				return;
			}
			(again ? this.returning : this.waiting).push({ admit: resolve, refuse: reject });
			this.admit();
		});
	}

	private admit(): void {
		while (this.running < this.limits.atOnce && this.hasWaiter()) {
			const now = this.clock.now();
			if (now < this.nextStart) {
				this.admitLater(this.nextStart - now);
				return;
			}
			this.running++;
			this.nextStart = now + this.interval;
			this.nextWaiter().admit();
		}
	}

	private admitLater(ms: number): void {
		if (this.asleep) return;
		this.asleep = true;
		const wake = () => {
			this.asleep = false;
			this.admit();
		};
		// The clock refuses to sleep when the execution is cancelled; `stop` then tells those who wait.
		this.clock.sleep(ms).then(wake, () => undefined);
	}

	private hasWaiter(): boolean {
		return this.returning.length > 0 || this.firstWaiting < this.waiting.length;
	}

	private nextWaiter(): Waiter {
		const returning = this.returning.shift();
		if (returning) return returning;
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
	const delay = retryAfterMs ?? backoff(tries, random);
	return elapsedMs + delay <= withinMs ? delay : undefined;
}
