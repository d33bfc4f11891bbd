// By imports in the test itself jest finds the tests of a file, and so does the planting of faults.
import '../../../nodes/Voice2Phone/guards/calledKeys';
import { call, DAY, HOUR, slept, START, take, Worker } from '../../support/keyWorkers';
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

	it('that was called is left alone also by who dials again where that is unknown', async () => {
		const worker = new Worker(new ProcessedData());
		await call(worker.key('a', START));
		const asked = [1, 2].map(async () => await take(worker.key('a', START), true));
		expect(await Promise.all(asked)).toEqual(['called', 'called']);
		await worker.key('a', START).forget();
		expect(await take(worker.key('a', START))).toBe('free');
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

describe('a key whose call is under way', () => {
	const manyTurns = async () => {
		for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
	};

	it('keeps nobody waiting who wants another key, in this node or another', async () => {
		const store = new ProcessedData();
		const worker = new Worker(store);
		const under = worker.key('a', START);
		await take(under);
		expect(await call(worker.key('b', START))).toBe('free');
		expect(await call(worker.key('a', START, { isTest: true }))).toBe('free');
		expect(await call(worker.key('a', START, { scope: 'workflow' }))).toBe('free');
		await under.settle('accepted');
	});

	it('is waited for by all: one is called after the other', async () => {
		const worker = new Worker(new ProcessedData());
		const [first, second] = [worker.key('a', START), worker.key('a', START)];
		await take(first);
		const secondTaken = take(second);
		await first.settle('rejected');
		expect(await secondTaken).toBe('free');
		let third: string | undefined;
		const thirdTaken = take(worker.key('a', START)).then((state) => (third = state));
		await manyTurns();
		expect(third).toBeUndefined();
		await second.settle('accepted');
		expect(await thirdTaken).toBe('called');
	});

	it('is waited for by a dry run, and before it is forgotten', async () => {
		const worker = new Worker(new ProcessedData());
		const key = worker.key('a', START);
		await take(key);
		const done: unknown[] = [];
		const peeking = worker
			.key('a', START)
			.peek()
			.then((state) => done.push(state));
		const forgetting = worker
			.key('a', START)
			.forget()
			.then(() => done.push('forgotten'));
		await manyTurns();
		expect(done).toEqual([]);
		await key.settle('accepted');
		await Promise.all([peeking, forgetting]);
		expect(done).toEqual(['called', 'forgotten']);
		expect(await call(worker.key('a', START))).toBe('free');
	});
});

describe('n8n’s words where it fails', () => {
	const failed = {
		message: 'Once Per could not be noted, so nobody was called',
		description: expect.stringContaining('n8n said: "no database"') as string,
	};

	it('are told before a call and in a dry run, and keep nobody waiting', async () => {
		const store = new ProcessedData();
		const worker = new Worker(store);
		await call(worker.key('known', START));
		const failing = jest
			.spyOn(store, 'checkProcessedAndRecord')
			.mockRejectedValue(new Error('no database'));
		await expect(take(worker.key('a', START))).rejects.toMatchObject(failed);
		await expect(worker.key('a', START).peek()).rejects.toMatchObject(failed);
		failing.mockRestore();
		expect(await call(worker.key('a', START))).toBe('free');
	});

	it('of a call that cannot be forgotten are told, and keep nobody waiting', async () => {
		const store = new ProcessedData();
		const worker = new Worker(store);
		await call(worker.key('a', START));
		const failing = jest
			.spyOn(store, 'removeProcessed')
			.mockRejectedValue(new Error('no database'));
		await expect(worker.key('a', START).forget()).rejects.toThrow('no database');
		failing.mockRestore();
		expect(await call(worker.key('a', START))).toBe('called');
	});
});

describe('a key for which the store has no room', () => {
	it.each([
		['node', /Lower Remember For/],
		['workflow', /Clear Deduplication History/],
	] as const)('is not called, unless it was before: %s', async (scope, advice) => {
		const store = new ProcessedData();
		const worker = new Worker(store);
		const keyOf = (text: string) => worker.key(text, START, { scope });
		await call(keyOf('called'));
		await call(keyOf('unknown'), 'unknown');
		const full = jest.spyOn(store, 'getProcessedDataCount').mockResolvedValue(150_000);
		const before = store.entries();
		const later = (text: string) => new Worker(store).key(text, START, { scope });
		const noRoom = {
			message: 'Call Only Once cannot remember more values, so nobody was called',
			description: expect.stringMatching(advice) as string,
		};
		await expect(take(later('new'))).rejects.toMatchObject(noRoom);
		await expect(take(later('new'), true)).rejects.toMatchObject(noRoom);
		await expect(take(later('unknown'), true)).rejects.toMatchObject(noRoom);
		expect(await take(later('unknown'))).toBe('unknown');
		expect(await take(later('called'))).toBe('called');
		expect(store.entries()).toEqual(before);

		full.mockRestore();
		expect(await call(later('new'))).toBe('free');
		expect(await call(later('unknown'), 'accepted', true)).toBe('unknown');
	});

	it('keeps nobody waiting', async () => {
		const store = new ProcessedData();
		const worker = new Worker(store);
		const full = jest.spyOn(store, 'getProcessedDataCount').mockResolvedValue(150_000);
		await expect(take(worker.key('a', START))).rejects.toThrow('cannot remember');
		full.mockRestore();
		expect(await call(new Worker(store).key('a', START))).toBe('free');
		await expect(take(worker.key('a', START))).resolves.toBe('called');
	});
});

describe('a key that another worker overwrites', () => {
	it.each([
		[0, 1],
		[1, 2],
		[3, 4],
		[9, 5],
	])('%i times, is noted %i times: till it is seen to have stayed', async (times, notes) => {
		const store = new ProcessedData();
		const worker = new Worker(store);
		const key = worker.key('a', START);
		await take(key);
		const record = store.checkProcessedAndRecord.bind(store);
		let left = times;
		const recording = jest
			.spyOn(store, 'checkProcessedAndRecord')
			.mockImplementation(async (values, ...where) => {
				if (left-- > 0) await store.removeProcessed(values, ...where);
				return await record(values, ...where);
			});
		slept.length = 0;
		await key.settle('accepted');
		expect(recording).toHaveBeenCalledTimes(notes);
		// In between it sleeps for as long as others need to write what they have read.
		expect(slept).toHaveLength(Math.min(times, 5));
		for (const ms of slept) {
			expect(ms).toBeGreaterThanOrEqual(200);
			expect(ms).toBeLessThan(400);
		}
		recording.mockRestore();
		expect(await take(worker.key('a', START))).toBe('called');
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
