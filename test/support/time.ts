/** The one clock of a test that uses it: that of the people, of the node's sleeps and of n8n's wake-ups. */
import { setImmediate, setTimeout } from 'node:timers/promises';
import { createRequire } from 'node:module';
import { finished, Readable } from 'node:stream';
import type * as n8nWorkflow from 'n8n-workflow';
import { Clock } from '../simulator';

/*
 * Why time is virtual: a node that waits five minutes for a key must not make a test take five minutes,
 * and a shorter Check Every would test other numbers than people have. So `Date` stands still, the node's
 * only way to sleep (the `sleep` of n8n-workflow) is replaced here, and time jumps to what is due next.
 *
 * It jumps only when all is quiet: no HTTP request is under way and the event loop has nothing left to do.
 * A request so takes no virtual time, however busy the machine is; and requests that a pace keeps apart do
 * not overlap: where they have to, turn the pace off. Timers of Node.js stay real: they end
 * requests that are never answered.
 *
 * While the test holds something (a live call), time stands still until the test lets it pass or awaits
 * what happens next.
 *
 * Import this file before others that load n8n-core; whoever imports it has a standing `Date`.
 */
const mockWithSleep = (): typeof n8nWorkflow =>
	// The same also where a test loads the package again: n8n tells errors by their classes.
	(withSleep ??= {
		...jest.requireActual<typeof n8nWorkflow>('n8n-workflow'),
		sleep: async (ms: number, signal?: AbortSignal) => await time.sleep(ms, signal),
	});
let withSleep: typeof n8nWorkflow | undefined;
jest.mock('n8n-workflow', () => mockWithSleep());

export const seconds = (count: number) => count * 1000;
export const minutes = (count: number) => seconds(count * 60);
export const hours = (count: number) => minutes(count * 60);

/** What is used here of the HTTP client of n8n. */
interface Axios {
	interceptors: Record<
		'request' | 'response',
		{ use<T>(pass: (value: T) => T, fail?: (error: Error) => Promise<T>): void }
	>;
}

/** A request is under way until its answer is read, when the node reads the answer itself. */
function whenRead(response: unknown, then: () => void): void {
	const { data } = (response ?? {}) as { data?: unknown };
	if (data instanceof Readable) finished(data, then);
	else then();
}

interface Sleeper {
	at: number;
	wake: () => void;
}

/** So long, by the machine's clock, nothing happens until nothing is expected to happen. */
const STANDSTILL_MS = 1_500;
/** Turns of the event loop in which nothing happens, until all counts as quiet. */
const QUIET_TURNS = 10;

/** See the top of the file. All values in milliseconds, points in time since 1970. */
class VirtualTime {
	/** What the simulator's people live by. */
	readonly clock = new Clock(() => this.current);

	private current = Date.UTC(2026, 0, 1);

	private sleepers: Sleeper[] = [];

	/** How far time may go while something is held. */
	private allowed = 0;

	private readonly holds = new Set<object>();

	/** What time passes for although it is held. */
	private readonly awaited = new Set<object>();

	private requests = 0;

	/** Counts whatever happens, to tell whether all is quiet. */
	private happened = 0;

	private isDriven = false;

	/** After a test nobody wakes up any more. */
	private isOver = true;

	now(): number {
		return this.current;
	}

	/** Resolves when so much time has passed. Rejects with the signal's reason. */
	async sleep(ms: number, signal?: AbortSignal): Promise<void> {
		signal?.throwIfAborted();
		if (this.isOver) return await new Promise(() => {});
		// n8n-workflow's sleep of no time lets others work.
		if (ms <= 0) return void (await setImmediate());
		await new Promise<void>((resolve, reject) => {
			const sleeper = { at: this.current + ms, wake: resolve };
			this.sleepers.push(sleeper);
			signal?.addEventListener('abort', () => {
				this.sleepers = this.sleepers.filter((other) => other !== sleeper);
				reject(signal.reason as Error);
			});
			this.drive();
		});
	}

	/** Lets so much time pass, held or not. Resolves when all has happened that happens in it. */
	async passes(ms: number): Promise<void> {
		const end = this.current + ms;
		this.allowed = Math.max(this.allowed, end);
		await this.sleep(ms);
		await this.quiet();
	}

	/**
	 * Lets time pass, held or not, until the promise settles.
	 *
	 * @throws when nothing is left to happen and it has not settled
	 */
	async passesUntil<T>(what: string, promise: Promise<T>): Promise<T> {
		const awaited = {};
		this.awaited.add(awaited);
		this.drive();
		const ended = new AbortController();
		try {
			return await Promise.race([promise, this.standstill(what, ended.signal)]);
		} finally {
			this.awaited.delete(awaited);
			ended.abort();
		}
	}

	/** Stops the time until `release`; several holds count each. */
	hold(): { release(): void } {
		const hold = {};
		if (this.holds.size === 0) this.allowed = this.current;
		this.holds.add(hold);
		return {
			release: () => {
				this.holds.delete(hold);
				this.drive();
			},
		};
	}

	/** Resolves when no request is under way and nobody has anything to do before time goes on. */
	async quiet(): Promise<void> {
		for (let turns = 0, seen = -1; turns < QUIET_TURNS; turns++) {
			if (this.requests > 0) await setTimeout(1);
			else await setImmediate();
			if (this.requests > 0 || this.happened !== seen) turns = 0;
			seen = this.happened;
		}
	}

	/** Begins another day for a test. */
	begin(): void {
		this.isOver = false;
		this.holds.clear();
		this.awaited.clear();
		this.goTo(this.current + hours(24));
	}

	/** Forgets who sleeps; who begins to sleep from now on is forgotten too. */
	end(): void {
		this.isOver = true;
		this.sleepers = [];
	}

	/** Counts the requests of n8n's HTTP client while they are under way. */
	watchRequests(): void {
		const requireOfCore = createRequire(require.resolve('n8n-core'));
		const network = createRequire(requireOfCore.resolve('@n8n/backend-network'));
		const { interceptors } = network('axios') as Axios;
		const ended = () => {
			this.requests -= 1;
			this.happened += 1;
		};
		interceptors.request.use((request) => {
			this.requests += 1;
			return request;
		});
		interceptors.response.use(
			(response) => {
				whenRead(response, ended);
				return response;
			},
			async (error: Error & { response?: unknown }) => {
				whenRead(error.response, ended);
				return await Promise.reject(error);
			},
		);
	}

	private drive(): void {
		this.happened += 1;
		if (!this.isDriven) void this.jump();
	}

	/** Goes from one sleeper to the next, as far as time may go. */
	private async jump(): Promise<void> {
		for (this.isDriven = true; ;) {
			await this.quiet();
			const next = this.sleepers.reduce<Sleeper | undefined>(
				(first, sleeper) => (first && first.at <= sleeper.at ? first : sleeper),
				undefined,
			);
			if (!next || (this.isHeld && next.at > this.allowed)) {
				this.isDriven = false;
				return;
			}
			this.sleepers.splice(this.sleepers.indexOf(next), 1);
			this.goTo(Math.max(this.current, next.at));
			next.wake();
			this.happened += 1;
		}
	}

	private get isHeld(): boolean {
		return this.holds.size > 0 && this.awaited.size === 0;
	}

	/** Rejects when nothing has happened for some time of the machine. */
	private async standstill(what: string, signal: AbortSignal): Promise<never> {
		let seen = -1;
		do {
			seen = this.happened;
			await setTimeout(STANDSTILL_MS, undefined, { signal });
			// On a busy machine this timer may come before what was to happen long ago.
			await this.quiet();
		} while (this.happened !== seen || this.requests > 0);
		throw new Error(`${what}, and nothing is left to happen.`);
	}

	private goTo(at: number): void {
		this.current = at;
		jest.setSystemTime(at);
	}
}

export const time = new VirtualTime();

jest.useFakeTimers({
	now: time.now(),
	doNotFake: [
		'hrtime',
		'nextTick',
		'performance',
		'queueMicrotask',
		'requestAnimationFrame',
		'cancelAnimationFrame',
		'requestIdleCallback',
		'cancelIdleCallback',
		'setImmediate',
		'clearImmediate',
		'setInterval',
		'clearInterval',
		'setTimeout',
		'clearTimeout',
	],
});
beforeAll(() => time.watchRequests());
beforeEach(() => time.begin());
afterEach(() => time.end());
