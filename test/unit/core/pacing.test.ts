import type { Failure } from '../../../nodes/Voice2Phone/core/calls/outcome';
import {
	backoff,
	LONGEST_TIMER_MS,
	Pace,
	retryDelay,
	sleepLong,
	type Clock,
} from '../../../nodes/Voice2Phone/core/pacing';

/** A clock that stands still until it is told to go on. */
class HeldClock implements Clock {
	private time = 0;

	private sleepers: Array<{ at: number; wake: () => void }> = [];

	now = () => this.time;

	/** How many timers are set. */
	get timers(): number {
		return this.sleepers.length;
	}

	sleep = async (ms: number, signal?: AbortSignal) =>
		await new Promise<void>((resolve) => {
			const sleeper = { at: this.time + ms, wake: resolve };
			this.sleepers.push(sleeper);
			signal?.addEventListener('abort', () => {
				this.sleepers.splice(this.sleepers.indexOf(sleeper), 1);
				resolve();
			});
		});

	async advance(ms: number): Promise<void> {
		const end = this.time + ms;
		await settle();
		for (;;) {
			const next = this.sleepers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
			if (!next) break;
			this.sleepers.splice(this.sleepers.indexOf(next), 1);
			this.time = Math.max(this.time, next.at);
			next.wake();
			await settle();
		}
		this.time = end;
	}
}

const settle = async () => await new Promise<void>((resolve) => setImmediate(resolve));

describe('a pace', () => {
	it('lets only so many tasks run at once, in the order in which they asked', async () => {
		const pace = new Pace({ atOnce: 2, perSecond: 0 }, new HeldClock());
		const started: number[] = [];
		const finish: Array<() => void> = [];
		for (let task = 0; task < 5; task++) {
			void pace.run(async () => {
				started.push(task);
				await new Promise<void>((resolve) => finish.push(resolve));
			});
		}
		await settle();
		expect(started).toEqual([0, 1]);
		finish[1]();
		await settle();
		expect(started).toEqual([0, 1, 2]);
		finish[0]();
		finish[2]();
		await settle();
		expect(started).toEqual([0, 1, 2, 3, 4]);
	});

	it('opens many connections a few at a time, so that n8n does other work between them', async () => {
		const clock = new HeldClock();
		const pace = new Pace({ atOnce: 50, perSecond: 0 }, clock);
		const startedAt: number[] = [];
		for (let task = 0; task < 60; task++) {
			void pace.run(async () => {
				startedAt.push(clock.now());
				await new Promise(() => {});
			});
		}
		await clock.advance(1000);
		expect(startedAt).toHaveLength(50);
		const ends = Array.from({ length: 10 }, (_, stretch) => startedAt.at(stretch * 5 + 4));
		expect(ends).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
	});

	it('does so too when many answers come at the same moment', async () => {
		const clock = new HeldClock();
		const pace = new Pace({ atOnce: 50, perSecond: 0 }, clock);
		const startedAt: number[] = [];
		let answer = () => {};
		const answered = new Promise<void>((resolve) => (answer = resolve));
		for (let task = 0; task < 80; task++) {
			void pace.run(async () => {
				startedAt.push(clock.now());
				await (task < 50 ? answered : new Promise(() => {}));
			});
		}
		await clock.advance(1000);
		answer();
		await clock.advance(1000);
		const ends = Array.from({ length: 6 }, (_, stretch) => startedAt.at(50 + stretch * 5 + 4));
		expect(ends).toEqual([1000, 1010, 1020, 1030, 1040, 1050]);
	});

	it('starts only so many tasks in a second', async () => {
		const clock = new HeldClock();
		const pace = new Pace({ atOnce: 100, perSecond: 4 }, clock);
		const startedAt: number[] = [];
		for (let task = 0; task < 6; task++)
			void pace.run(async () => void startedAt.push(clock.now()));
		await clock.advance(2000);
		expect(startedAt).toEqual([0, 250, 500, 750, 1000, 1250]);
	});

	it('starts nobody while it is slowed down, then at half the rate, and comes back', async () => {
		const clock = new HeldClock();
		const pace = new Pace({ atOnce: 1, perSecond: 10 }, clock);
		const startedAt: number[] = [];
		const start = () => void pace.run(async () => void startedAt.push(clock.now()));
		start();
		await settle();
		pace.slowDown(3000);
		for (let task = 0; task < 3; task++) start();
		await clock.advance(5000);
		expect(startedAt).toEqual([0, 3000, 3200, 3400]);
		for (let answers = 0; answers < 10; answers++) pace.recover();
		for (let task = 0; task < 3; task++) start();
		await clock.advance(1000);
		expect(startedAt.slice(4)).toEqual([5000, 5100, 5200]);
	});

	it.each([
		['five seconds', 0, [3000, 8000, 13_000]],
		['its own limit', 0.1, [3000, 13_000, 23_000]],
	])('keeps the longest pause, and is never slower than %s', async (_, perSecond, starts) => {
		const clock = new HeldClock();
		const pace = new Pace({ atOnce: 1, perSecond }, clock);
		pace.slowDown(3000);
		for (let answers = 0; answers < 9; answers++) pace.slowDown(1000);
		const startedAt: number[] = [];
		for (let task = 0; task < 3; task++)
			void pace.run(async () => void startedAt.push(clock.now()));
		await clock.advance(30_000);
		expect(startedAt).toEqual(starts);
	});

	it('lets those who come back go before those who wait for their first turn', async () => {
		const pace = new Pace({ atOnce: 1, perSecond: 0 }, new HeldClock());
		const started: string[] = [];
		let finish = () => {};
		void pace.run(async () => await new Promise<void>((resolve) => (finish = resolve)));
		void pace.run(async () => void started.push('first try'));
		void pace.run(async () => void started.push('second try'), { again: true });
		await settle();
		finish();
		await settle();
		expect(started).toEqual(['second try', 'first try']);
	});

	it('refuses those who wait when it is stopped, and lets those who run come to their end', async () => {
		const pace = new Pace({ atOnce: 1, perSecond: 0 }, new HeldClock());
		let finish: (value: string) => void = () => {};
		const running = pace.run(
			async () => await new Promise<string>((resolve) => (finish = resolve)),
		);
		const waiting = pace.run(async () => 'never');
		await settle();
		pace.stop(new Error('stopped'));
		await expect(waiting).rejects.toThrow('stopped');
		await expect(pace.run(async () => 'late')).rejects.toThrow('stopped');
		finish('done');
		await expect(running).resolves.toBe('done');
	});

	it('goes on after a task that failed', async () => {
		const pace = new Pace({ atOnce: 1, perSecond: 0 }, new HeldClock());
		await expect(pace.run(async () => await Promise.reject(new Error('failed')))).rejects.toThrow();
		await expect(pace.run(async () => 'next')).resolves.toBe('next');
	});

	it('comes back from a slow pace step by step, not at once', async () => {
		const clock = new HeldClock();
		const pace = new Pace({ atOnce: 1, perSecond: 10 }, clock);
		pace.slowDown(0);
		pace.recover();
		const startedAt: number[] = [];
		for (let task = 0; task < 3; task++)
			void pace.run(async () => void startedAt.push(clock.now()));
		await clock.advance(1000);
		expect(startedAt).toEqual([0, 180, 360]);
	});

	it('is without limit again after seven answers, when it had none', async () => {
		const clock = new HeldClock();
		const pace = new Pace({ atOnce: 1, perSecond: 0 }, clock);
		const startTwo = async () => {
			const startedAt: number[] = [];
			const begin = clock.now();
			for (let task = 0; task < 2; task++)
				void pace.run(async () => void startedAt.push(clock.now() - begin));
			await clock.advance(1000);
			return startedAt;
		};
		pace.slowDown(0);
		for (let answers = 0; answers < 6; answers++) pace.recover();
		const [, second] = await startTwo();
		expect(second).toBeGreaterThan(50);
		expect(second).toBeLessThan(55);
		pace.recover();
		expect(await startTwo()).toEqual([0, 0]);
	});

	it('lets go of its timer when it is stopped', async () => {
		const clock = new HeldClock();
		const pace = new Pace({ atOnce: 9, perSecond: 1 }, clock);
		void pace.run(async () => {});
		const waiting = [1, 2].map(async () => await pace.run(async () => {}));
		await settle();
		expect(clock.timers).toBe(1);
		expect(pace.stopReason).toBeUndefined();
		const reason = new Error('stopped');
		pace.stop(reason);
		expect(pace.stopReason).toBe(reason);
		for (const each of waiting) await expect(each).rejects.toBe(reason);
		expect(clock.timers).toBe(0);
	});

	it('gives those who come back a turn when nobody else waits, and none to who has left', async () => {
		const pace = new Pace({ atOnce: 1, perSecond: 0 }, new HeldClock());
		const started: string[] = [];
		await pace.run(async () => void started.push('alone'), { again: true });
		const clock = new HeldClock();
		const busy = new Pace({ atOnce: 1, perSecond: 0 }, clock);
		let finish = () => {};
		void busy.run(async () => await new Promise<void>((resolve) => (finish = resolve)));
		const left = busy.run(async () => 'a turn', { again: true, until: 5, instead: () => 'left' });
		void busy.run(async () => void started.push('next'), { again: true });
		await clock.advance(5);
		await expect(left).resolves.toBe('left');
		finish();
		await settle();
		expect(started).toEqual(['alone', 'next']);
	});

	it('keeps the order through thousands of tasks', async () => {
		const pace = new Pace({ atOnce: 3, perSecond: 0 }, new HeldClock());
		const started: number[] = [];
		const tasks = Array.from({ length: 5000 }, (_, task) => task);
		await Promise.all(
			tasks.map(async (task) => await pace.run(async () => void started.push(task))),
		);
		expect(started).toEqual(tasks);
	});
});

describe('a pace under "too many requests"', () => {
	const refusal: Failure = {
		reason: 'tooManyRequests',
		statusCode: 429,
		retryAfterMs: 79_000_000,
	};
	/** Eight tasks; the first is answered with "too many requests" as often as `answers` says. */
	const start = (clock: HeldClock, answers: Array<number | undefined>, patienceMs = 60_000) => {
		const pace = new Pace({ atOnce: 1, perSecond: 0, patienceMs }, clock);
		const startedAt: number[] = [];
		const refused: unknown[] = [];
		for (let task = 0; task < 8; task++) {
			void pace.run(
				async () => {
					startedAt.push(clock.now());
					const ms = answers.shift();
					if (ms === undefined) pace.recover();
					else pace.slowDown(ms, refusal);
				},
				{ instead: (failure) => void refused.push(failure) },
			);
		}
		return { pace, startedAt, refused };
	};

	it('refuses those behind at once who would have to wait too long, with the same failure', async () => {
		const clock = new HeldClock();
		const { pace, startedAt, refused } = start(clock, [79_000_000]);
		await settle();
		expect(startedAt).toEqual([0]);
		expect(refused).toHaveLength(7);
		for (const failure of refused) expect(failure).toBe(refusal);
		expect(clock.timers).toBe(0);
		const late = pace.run(async () => undefined, { instead: (failure) => failure });
		await expect(late).resolves.toBe(refusal);
		let patientAt = -1;
		void pace.run(async () => void (patientAt = clock.now()));
		await clock.advance(78_999_999);
		expect([startedAt, patientAt]).toEqual([[0], -1]);
		await clock.advance(1);
		expect([startedAt, patientAt]).toEqual([[0], 79_000_000]);
		const dayLater = pace.run(async () => 'called', { instead: () => 'refused' });
		await clock.advance(5000);
		await expect(dayLater).resolves.toBe('called');
	});

	it('lets those wait on who have nothing else to do, however long it takes', async () => {
		const clock = new HeldClock();
		const pace = new Pace({ atOnce: 1, perSecond: 0, patienceMs: 60_000 }, clock);
		pace.slowDown(1000, refusal);
		const startedAt: number[] = [];
		void pace.run(async () => void startedAt.push(clock.now()));
		void pace.run(async () => void startedAt.push(clock.now()), { until: 5000 });
		await settle();
		pace.slowDown(79_000_000, refusal);
		await clock.advance(100_000_000);
		expect(startedAt[0]).toBe(79_000_000);
		expect(startedAt[1]).toBeGreaterThan(79_000_000);
	});

	it('sets a timer only for who waits for a turn, and none behind it', async () => {
		const clock = new HeldClock();
		await clock.advance(1_000_000);
		const pace = new Pace({ atOnce: 1, perSecond: 0 }, clock);
		let finish = () => {};
		const running = pace.run(
			async () => await new Promise<string>((resolve) => (finish = () => resolve('done'))),
			{ until: 1_005_000, instead: () => 'no turn' },
		);
		void pace.run(async () => 'impatient', { instead: () => 'refused' });
		await settle();
		expect(clock.timers).toBe(0);
		const next = pace.run(async () => 'had a turn', { until: 1_009_000, instead: () => 'no turn' });
		expect(clock.timers).toBe(1);
		finish();
		await expect(running).resolves.toBe('done');
		await expect(next).resolves.toBe('had a turn');
		expect(clock.timers).toBe(0);
		void pace.run(async () => await new Promise<void>(() => {}));
		const late = pace.run(async () => 'a turn', { until: 1_010_000, instead: () => 'no turn' });
		await clock.advance(10_000);
		await expect(late).resolves.toBe('no turn');
	});

	it('goes on after a time that all may wait', async () => {
		const clock = new HeldClock();
		const { startedAt, refused } = start(clock, [60_000]);
		await clock.advance(100_000);
		expect(startedAt).toHaveLength(8);
		expect(startedAt[1]).toBe(60_000);
		expect(refused).toEqual([]);
	});

	it('loses its patience when short waits follow one another and nobody gets through', async () => {
		const clock = new HeldClock();
		const { startedAt, refused } = start(clock, [50_000, 50_000]);
		await clock.advance(1_000_000);
		expect(startedAt).toEqual([0, 50_000]);
		expect(refused).toHaveLength(6);
	});

	it('is patient again when somebody got through', async () => {
		const clock = new HeldClock();
		const { startedAt, refused } = start(clock, [50_000, undefined, 50_000, undefined, 50_000]);
		await clock.advance(1_000_000);
		expect(startedAt).toHaveLength(8);
		expect(refused).toEqual([]);
	});

	it('lets those wait who say until when, and not a moment longer', async () => {
		const clock = new HeldClock();
		const pace = new Pace({ atOnce: 1, perSecond: 0, patienceMs: 60_000 }, clock);
		pace.slowDown(3_600_000, refusal);
		const ends: string[] = [];
		const wait = (until: number) =>
			void pace.run(async () => void ends.push(`turn at ${clock.now()}`), {
				until,
				instead: (failure) => void ends.push(`${failure?.statusCode} at ${clock.now()}`),
			});
		wait(4_000_000);
		wait(300_000);
		await clock.advance(5_000_000);
		expect(ends).toEqual(['429 at 300000', 'turn at 3600000']);
		expect(clock.timers).toBe(0);
	});

	it('ends a wait for one’s turn also when others take too long', async () => {
		const clock = new HeldClock();
		const pace = new Pace({ atOnce: 1, perSecond: 0 }, clock);
		void pace.run(async () => await new Promise<void>(() => {}));
		const waiting = pace.run(async () => 'never', { until: 5_000, instead: () => 'no turn' });
		await clock.advance(5_000);
		await expect(waiting).resolves.toBe('no turn');
	});

	it('sets no timer that JavaScript cannot hold', async () => {
		const slept: number[] = [];
		const clock: Clock = {
			now: () => 0,
			sleep: async (ms) => {
				slept.push(ms);
				await new Promise<void>(() => {});
			},
		};
		const pace = new Pace({ atOnce: 1, perSecond: 1e-9 }, clock);
		void pace.run(async () => 'first');
		void pace.run(async () => 'second');
		await settle();
		expect(slept).toEqual([LONGEST_TIMER_MS]);
	});
});

describe('a long sleep', () => {
	const pieces = async (ms: number, isAwake?: () => boolean) => {
		const slept: number[] = [];
		await sleepLong(ms, async (piece) => void slept.push(piece), isAwake);
		return slept;
	};

	it('is made of timers that JavaScript holds', async () => {
		expect(LONGEST_TIMER_MS).toBe(2_147_483_647);
		expect(await pieces(0)).toEqual([0]);
		expect(await pieces(5)).toEqual([5]);
		expect(await pieces(LONGEST_TIMER_MS * 2 + 7)).toEqual([LONGEST_TIMER_MS, LONGEST_TIMER_MS, 7]);
	});

	it('has no end when it is to have none, but for who is woken', async () => {
		let left = 3;
		expect(await pieces(Infinity, () => --left === 0)).toHaveLength(3);
	});
});

describe('a retry', () => {
	const limits = { retries: 3, withinMs: 10_000 };

	it('waits as long as the server asks', () => {
		expect(retryDelay(limits, 1, 0, 7000, 0)).toBe(7000);
	});

	it('is made at once when the server says so, but only the first time', () => {
		expect(retryDelay(limits, 1, 0, 0, 0)).toBe(0);
		expect(retryDelay(limits, 2, 0, 0, 0)).toBe(backoff(2, 0));
	});

	it('may be the last one, and may begin in the last moment', () => {
		expect(retryDelay(limits, 3, 0, 7000, 0)).toBe(7000);
		expect(retryDelay(limits, 1, 3000, 7000, 0)).toBe(7000);
	});

	it('waits longer and longer by itself, up to 30 s, with half of it jitter', () => {
		expect([1, 2, 3, 4, 5, 6, 9].map((tries) => backoff(tries, 1))).toEqual([
			1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
		]);
		expect(backoff(1, 0)).toBe(500);
	});

	it.each([
		['the retries are used up', 4, 0, undefined],
		['the time is over', 1, 9_800, undefined],
		['the server asks for more time than there is', 1, 0, 60_000],
	])('is not made when %s', (_, tries, elapsed, retryAfter) => {
		expect(retryDelay(limits, tries, elapsed, retryAfter, 0.5)).toBeUndefined();
	});
});
