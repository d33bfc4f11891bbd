import { backoff, Pace, retryDelay, type Clock } from '../../../nodes/Voice2Phone/core/pacing';

/** A clock that stands still until it is told to go on. */
class HeldClock implements Clock {
	private time = 0;

	private sleepers: Array<{ at: number; wake: () => void }> = [];

	now = () => this.time;

	sleep = async (ms: number) =>
		await new Promise<void>((wake) => this.sleepers.push({ at: this.time + ms, wake }));

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

describe('a retry', () => {
	const limits = { retries: 3, withinMs: 10_000 };

	it('waits as long as the server asks', () => {
		expect(retryDelay(limits, 1, 0, 7000, 0)).toBe(7000);
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
