import type { IExecuteFunctions } from 'n8n-workflow';
import type * as n8nWorkflow from 'n8n-workflow';
import type * as calledKeys from '../../../nodes/Voice2Phone/guards/calledKeys';
import type { KeyState } from '../../../nodes/Voice2Phone/core/calls/keyMarks';
import { ProcessedData } from '../../support/processedData';
import { seeded } from '../../support/random';

// Each worker loads the node anew, but not n8n.
const mockN8n = (): typeof n8nWorkflow =>
	(n8n ??= {
		...jest.requireActual<typeof n8nWorkflow>('n8n-workflow'),
		sleep: async () => await new Promise(setImmediate),
	});
let n8n: typeof n8nWorkflow | undefined;
jest.mock('n8n-workflow', () => mockN8n());

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 10, 25, 12);

type CalledKey = calledKeys.CalledKey;
type Key = ConstructorParameters<typeof calledKeys.CalledKey>[1];

/** An n8n process: what it keeps in its memory ends with it. */
class Worker {
	private readonly module: typeof calledKeys;

	constructor(
		readonly store: ProcessedData,
		private readonly node = { id: 'node', name: 'Voice2Phone' },
	) {
		let loaded: unknown;
		jest.isolateModules(() => {
			loaded = jest.requireActual('../../../nodes/Voice2Phone/guards/calledKeys');
		});
		this.module = loaded as typeof calledKeys;
	}

	key(text: string, now: number, changes: Partial<Key> = {}): CalledKey {
		const workflow = { id: 'workflow' };
		const where = { workflow, node: this.node } as never;
		const context = {
			getNode: () => this.node,
			getWorkflow: () => workflow,
			helpers: {
				checkProcessedAndRecord: async (items: string[], scope: never, options: never) =>
					await this.store.checkProcessedAndRecord(items, scope, where, options),
				removeProcessed: async (items: string[], scope: never, options: never) =>
					await this.store.removeProcessed(items, scope, where, options),
				getProcessedDataCount: async (scope: never, options: never) =>
					await this.store.getProcessedDataCount(scope, where, options),
			},
		} as unknown as IExecuteFunctions;
		const key = { text, isTest: false, scope: 'node' as const, rememberMs: 30 * DAY, ...changes };
		return new this.module.CalledKey(context, key, now);
	}
}

const take = async (key: CalledKey, evenIfUnknown = false) => await key.take({ evenIfUnknown });

/** Takes the key, and settles it when it was taken. */
async function call(
	key: CalledKey,
	outcome: 'accepted' | 'rejected' | 'unknown' = 'accepted',
	evenIfUnknown = false,
): Promise<KeyState> {
	const state = await take(key, evenIfUnknown);
	if (state === 'free' || (state === 'unknown' && evenIfUnknown)) await key.settle(outcome);
	return state;
}

describe('a key', () => {
	it('is free, then called; free again when it was rejected; unknown when nobody knows', async () => {
		const worker = new Worker(new ProcessedData());
		expect(await call(worker.key('a', START), 'rejected')).toBe('free');
		expect(await call(worker.key('a', START), 'unknown')).toBe('free');
		expect(await call(worker.key('a', START))).toBe('unknown');
		expect(await call(worker.key('a', START), 'rejected', true)).toBe('unknown');
		expect(await call(worker.key('a', START))).toBe('unknown');
		expect(await call(worker.key('a', START), 'accepted', true)).toBe('unknown');
		expect(await call(worker.key('a', START))).toBe('called');
		expect(await call(worker.key('b', START))).toBe('free');
	});

	it('is unknown when n8n was killed during its call', async () => {
		const store = new ProcessedData();
		await take(new Worker(store).key('a', START));
		expect(await call(new Worker(store).key('a', START + DAY))).toBe('unknown');
	});

	it('is not known by test calls, by other nodes, nor by the workflow', async () => {
		const store = new ProcessedData();
		const worker = new Worker(store);
		await call(worker.key('a', START));
		expect(await call(worker.key('a', START, { isTest: true }))).toBe('free');
		expect(await call(worker.key('a', START, { scope: 'workflow' }))).toBe('free');
		const other = new Worker(store, { id: 'other', name: 'Other' });
		expect(await call(other.key('a', START))).toBe('free');
		expect(await call(other.key('a', START, { scope: 'workflow' }))).toBe('called');
	});

	it('is free when its call is forgotten', async () => {
		const worker = new Worker(new ProcessedData());
		await call(worker.key('a', START - 1));
		await call(worker.key('b', START));
		await worker.key('a', START).forget();
		expect(await call(worker.key('a', START + HOUR))).toBe('free');
		expect(await call(worker.key('b', START + HOUR))).toBe('called');
		await worker.key('a', START + HOUR).forget();
		expect(await call(worker.key('a', START + HOUR))).toBe('free');
		expect(await call(worker.key('a', START + HOUR))).toBe('called');
	});

	it('is waited for while its call is under way, and released whatever happens', async () => {
		const store = new ProcessedData();
		const worker = new Worker(store);
		const first = worker.key('a', START);
		await take(first);
		const order: string[] = [];
		const others = [1, 2].map(async (count) => {
			order.push(`${count} ${await call(worker.key('a', START))}`);
		});
		for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
		expect(order).toEqual([]);
		const failing = jest
			.spyOn(store, 'checkProcessedAndRecord')
			.mockRejectedValue(new Error('no database'));
		await expect(first.settle('accepted')).rejects.toThrow('no database');
		failing.mockRestore();
		await Promise.all(others);
		expect(order).toEqual(['1 unknown', '2 unknown']);
	});
});

describe('a question that is refused', () => {
	it('leaves nothing behind, so that it never prolongs', async () => {
		const store = new ProcessedData();
		const worker = new Worker(store);
		await call(worker.key('a', START), 'unknown');
		await call(worker.key('b', START));
		for (let day = 7; day <= 28; day += 7) {
			expect(await call(worker.key('a', START + day * DAY))).toBe('unknown');
			expect(await call(worker.key('b', START + day * DAY))).toBe('called');
		}
		expect(await call(worker.key('a', START + 31 * DAY))).toBe('free');
		expect(await call(worker.key('b', START + 31 * DAY))).toBe('free');
	});

	it('and a dry run leave the store as it was', async () => {
		const store = new ProcessedData();
		const worker = new Worker(store);
		expect(await worker.key('a', START).peek()).toBe('free');
		expect(store.rowCount).toBe(0);
		await call(worker.key('a', START));
		const before = store.entries();
		expect(await worker.key('a', START).peek()).toBe('called');
		expect(await worker.key('b', START).peek()).toBe('free');
		expect(await worker.key('a', START + 40 * DAY).peek()).toBe('free');
		expect(await call(worker.key('a', START))).toBe('called');
		expect(store.entries()).toEqual(before);
	});
});

describe('many keys', () => {
	it('share the writes of the store', async () => {
		const store = new ProcessedData();
		const worker = new Worker(store);
		await call(worker.key('first', START));
		const record = jest.spyOn(store, 'checkProcessedAndRecord');
		const remove = jest.spyOn(store, 'removeProcessed');
		const outcomes = ['accepted', 'rejected', 'unknown'] as const;
		await Promise.all(
			Array.from({ length: 60 }, (_, index) =>
				call(worker.key(`lead ${index}`, START), outcomes[index % 3]),
			),
		);
		expect(record.mock.calls.length + remove.mock.calls.length).toBeLessThanOrEqual(6);
		expect(await call(worker.key('lead 0', START))).toBe('called');
		expect(await call(worker.key('lead 1', START))).toBe('free');
		expect(await call(worker.key('lead 2', START))).toBe('unknown');
	});

	it('are called once, however often they are asked for at once', async () => {
		const worker = new Worker(new ProcessedData());
		const states = await Promise.all(
			Array.from({ length: 200 }, async (_, index) => ({
				lead: index % 20,
				state: await call(worker.key(`lead ${index % 20}`, START)),
			})),
		);
		for (let lead = 0; lead < 20; lead++) {
			const ofLead = states.filter((each) => each.lead === lead).map(({ state }) => state);
			expect(ofLead.sort()).toEqual([...Array<string>(9).fill('called'), 'free']);
		}
	});

	it('are each told of a failure, and those that come later are not', async () => {
		const store = new ProcessedData();
		const worker = new Worker(store);
		const failing = jest
			.spyOn(store, 'checkProcessedAndRecord')
			.mockRejectedValue(new Error('no database'));
		const results = await Promise.allSettled(
			Array.from({ length: 5 }, (_, index) => call(worker.key(`lead ${index}`, START))),
		);
		expect(results.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
		failing.mockRestore();
		expect(await call(worker.key('lead 0', START))).toBe('free');
	});

	it('of two workers are not called again, although each worker overwrites what the other notes', async () => {
		const store = new ProcessedData();
		const workers = [new Worker(store), new Worker(store)];
		await call(workers[0].key('first', START));
		const round = async () =>
			await Promise.all(
				Array.from({ length: 100 }, async (_, index) => {
					const key = workers[index % 2].key(`alarm ${index}`, START);
					const state = await take(key);
					if (state !== 'free') return state;
					// The request takes longer than the store.
					for (let turns = 0; turns < 100; turns++) await new Promise(setImmediate);
					await key.settle('accepted');
					return state;
				}),
			);
		expect(new Set(await round())).toEqual(new Set(['free']));
		expect(await round()).not.toContain('free');
	});
});

describe('a store that is full', () => {
	/** What other keys left in it. */
	const fill = async (store: ProcessedData, marks: number, name: string, scope = 'node') => {
		const values = Array.from({ length: marks }, (_, index) => `${name} ${index}`);
		const where = { workflow: { id: 'workflow' }, node: { id: 'node' } } as never;
		await store.checkProcessedAndRecord(values, scope as never, where, { mode: 'entries' });
	};

	it('has room for 20,000 keys, and 10,000 more', async () => {
		const store = new ProcessedData();
		const worker = new Worker(store);
		const keys = Array.from({ length: 30_000 }, (_, index) => `lead ${index}`);
		const states = await Promise.all(keys.map((text) => call(worker.key(text, START))));
		expect(new Set(states)).toEqual(new Set(['free']));
		expect(await call(worker.key('lead 0', START + 29 * DAY))).toBe('called');
	});

	it.each([
		['node', /Lower Remember For/],
		['workflow', /Clear Deduplication History/],
	] as const)('lets nobody be called, and says what to do: %s', async (scope, advice) => {
		const store = new ProcessedData();
		const worker = new Worker(store);
		await call(worker.key('known', START, { scope }));
		await fill(store, 150_000, 'other', scope);
		const before = store.entries();
		const later = () => new Worker(store).key('lead', START, { scope });
		await expect(take(later())).rejects.toMatchObject({
			message: 'Call Only Once cannot remember more values, so nobody was called',
			description: expect.stringMatching(advice),
		});
		expect(await call(new Worker(store).key('known', START, { scope }))).toBe('called');
		expect(store.entries().join()).toBe(before.join());

		store.clear();
		expect(await take(worker.key('known', START, { scope }))).toBe('free');
	});

	it('drops what need not be remembered any more, and nothing else', async () => {
		const store = new ProcessedData();
		const LAST_DAY = 18;
		const rememberMs = 3 * DAY;
		let most = 0;
		for (let day = 0; day <= LAST_DAY; day++) {
			const worker = new Worker(store);
			const key = worker.key(`day ${day}`, START + day * DAY, { rememberMs });
			expect(await call(key)).toBe('free');
			await fill(store, day < 14 ? 10_000 : 1_000, `others of day ${day}`);
			most = Math.max(most, store.entries().length);
		}
		expect(most).toBeGreaterThan(140_000);
		expect(most).toBeLessThan(143_000);
		const worker = new Worker(store);
		const now = START + LAST_DAY * DAY;
		for (let day = LAST_DAY - 2; day <= LAST_DAY; day++) {
			expect(await worker.key(`day ${day}`, now, { rememberMs }).peek()).toBe('called');
		}
	});

	it('is of use again as soon as Remember For is lower', async () => {
		const store = new ProcessedData();
		for (let day = 0; day < 20; day++) {
			await call(new Worker(store).key(`day ${day}`, START + day * DAY));
			await fill(store, 7_500, `others of day ${day}`);
		}
		const worker = new Worker(store);
		const now = START + 20 * DAY;
		await expect(take(worker.key('lead', now, { rememberMs: 365 * DAY }))).rejects.toThrow();
		expect(await call(worker.key('lead', now, { rememberMs: 10 * DAY }))).toBe('free');
		expect(await call(worker.key('day 15', now, { rememberMs: 10 * DAY }))).toBe('called');
	});
});

describe('whatever happens in whatever order', () => {
	it.each(Array.from({ length: 30 }, (_, seed) => seed + 1))(
		'nobody is called twice in time, and nobody is kept out for longer: seed %i',
		async (seed) => {
			const random = seeded(seed);
			const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)];
			const store = new ProcessedData();
			const workers = [new Worker(store), new Worker(store)];
			const times = [30 * SECOND, HOUR, 5 * HOUR, DAY, 6 * DAY, 30 * DAY, 90 * DAY];
			const last = new Map<string, { at: number; rememberMs: number; state: KeyState }>();
			const placed = new Map<string, number[]>();
			let now = START;
			let rememberMs = pick(times);
			for (let step = 0; step < 150; step++) {
				now += Math.round(10 ** (random() * 10));
				if (random() < 0.1) rememberMs = pick(times);
				if (random() < 0.05) workers[Math.floor(random() * 2)] = new Worker(store);
				const text = pick(['a', 'b', 'c']);
				const worker = pick(workers);
				const known = last.get(text);
				if (known && random() < 0.05) {
					await worker.key(text, known.at, { rememberMs }).forget();
					last.delete(text);
					continue;
				}

				const before = store.entries();
				const key = worker.key(text, now, { rememberMs });
				const seen = await key.peek();
				expect(store.entries()).toEqual(before);
				const age = known ? now - known.at : Infinity;
				const longest = Math.max(rememberMs, known?.rememberMs ?? 0);
				if (known && age < rememberMs) {
					// An earlier call is a call too, where there still are marks of it: they name 16 days.
					const calls = placed.get(text) ?? [];
					const earlier = calls.some((at) => now - at < rememberMs + 16 * DAY);
					expect(earlier ? ['called', known.state] : [known.state]).toContain(seen);
				} else if (age >= rememberMs + Math.min(DAY, longest / 8)) expect(seen).toBe('free');

				const evenIfUnknown = random() < 0.3;
				expect(await take(key, evenIfUnknown)).toBe(seen);
				if (seen === 'called' || (seen === 'unknown' && !evenIfUnknown)) {
					expect(store.entries()).toEqual(before);
					continue;
				}
				const outcome = pick(['accepted', 'accepted', 'rejected', 'unknown', 'killed'] as const);
				if (outcome === 'killed') workers[workers.indexOf(worker)] = new Worker(store);
				else await key.settle(outcome);
				if (outcome === 'rejected') {
					if (seen === 'free') last.delete(text);
					continue;
				}
				const state = outcome === 'accepted' ? 'called' : 'unknown';
				if (outcome === 'accepted') placed.set(text, [...(placed.get(text) ?? []), now]);
				last.set(text, { at: now, rememberMs, state });
			}
		},
	);
});
