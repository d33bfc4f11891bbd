import { call, DAY, HOUR, START, take, Worker } from '../../support/keyWorkers';
import { ProcessedData } from '../../support/processedData';

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
