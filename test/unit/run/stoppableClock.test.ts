import { Pace } from '../../../nodes/Voice2Phone/core/pacing';
import { StoppableClock } from '../../../nodes/Voice2Phone/run/stoppableClock';

describe('A machine whose clock is set back', () => {
	beforeEach(
		() => void jest.useFakeTimers({ now: Date.UTC(2026, 0, 1, 12), doNotFake: ['nextTick'] }),
	);
	afterEach(() => void jest.useRealTimers());

	it('does not make time go back, and time goes on from there', () => {
		const clock = new StoppableClock();
		const began = clock.now();
		jest.setSystemTime(began - 3_600_000);
		expect(clock.now()).toBe(began);
		jest.setSystemTime(began - 3_600_000 + 5_000);
		expect(clock.now()).toBe(began + 5_000);
		expect(clock.wallTime()).toBe(began - 3_600_000 + 5_000);
	});

	it('does not keep the next call waiting', async () => {
		const clock = new StoppableClock();
		const pace = new Pace({ atOnce: 1, perSecond: 1 }, clock);
		await pace.run(async () => 'first');
		jest.setSystemTime(Date.now() - 3_600_000);
		const second = pace.run(async () => 'second');
		await jest.advanceTimersByTimeAsync(1_000);
		await expect(Promise.race([second, Promise.resolve('still waiting')])).resolves.toBe('second');
	});
});
