import { call, DAY, START, take, Worker } from '../../support/keyWorkers';
import { ProcessedData } from '../../support/processedData';

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
