import type { IExecuteFunctions } from 'n8n-workflow';
import { dayMarks, dayOf } from '../../../nodes/Voice2Phone/core/calls/keyMarks';
import {
	KeyStore,
	MOST_MARKS,
	rowName,
	type Change,
	type Scope,
} from '../../../nodes/Voice2Phone/guards/keyStore';

const DAY = 24 * 60 * 60 * 1000;
const START = Date.UTC(2026, 10, 25, 12);
const MONTH = { now: START, rememberMs: 30 * DAY };
/** From here on, what is old is dropped. */
const MANY = 140_000;

/** So many values of others. */
interface Others {
	name: string;
	count: number;
}

/**
 * A row as n8n keeps it, oldest first; ProcessedData shows what it does. What others have recorded takes no
 * time here, however much it is.
 */
class LongRow {
	entries: Array<string | Others> = [];

	/** What n8n was asked for, in order. */
	readonly asked: Array<{ record?: string[]; remove?: string[]; count?: true }> = [];

	/** Whether n8n fails, from now on or so often. */
	failsTo: { record?: number; remove?: number } = {};

	constructor(private readonly scope: Scope) {}

	async checkProcessedAndRecord(
		values: string[],
		scope: Scope,
		options: { mode: string; maxEntries?: number },
	) {
		await this.answer(scope, options, { record: values }, 'record');
		const known = new Set(this.entries);
		const [added, processed] = [true, false].map((isNew) =>
			values.filter((value) => known.has(value) !== isNew),
		);
		this.entries.push(...added);
		if (options.maxEntries) this.dropOldest(this.length - options.maxEntries);
		return { new: added, processed };
	}

	async removeProcessed(values: string[], scope: Scope, options: { mode: string }) {
		await this.answer(scope, options, { remove: values }, 'remove');
		this.entries = this.entries.filter((entry) => !values.includes(entry as string));
	}

	async getProcessedDataCount(scope: Scope, options: { mode: string }) {
		await this.answer(scope, options, { count: true });
		return this.length;
	}

	get length(): number {
		return this.entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
	}

	has(value: string): boolean {
		return this.entries.includes(value);
	}

	/** How many values of others are left. */
	left(name: string): number {
		const others = this.entries.filter((entry) => typeof entry === 'object' && entry.name === name);
		return others.reduce((sum, entry) => sum + sizeOf(entry), 0);
	}

	private async answer(
		scope: Scope,
		options: object,
		asked: LongRow['asked'][number],
		failing?: 'record' | 'remove',
	) {
		this.asked.push(asked);
		await new Promise(setImmediate);
		expect({ scope, ...options }).toMatchObject({ scope: this.scope, mode: 'entries' });
		if (failing && (this.failsTo[failing] ?? 0) > 0) {
			this.failsTo[failing]!--;
			throw new Error(`cannot ${failing}`);
		}
	}

	private dropOldest(count: number) {
		for (let rest = count; rest > 0;) {
			const [oldest] = this.entries;
			const dropped = Math.min(rest, sizeOf(oldest));
			rest -= dropped;
			if (dropped === sizeOf(oldest)) this.entries.shift();
			else (oldest as Others).count -= dropped;
		}
	}
}

const sizeOf = (entry: string | Others): number => (typeof entry === 'string' ? 1 : entry.count);

let workflows = 0;

/** The row of a new workflow, or of its one node: as this process has it, and as n8n does. */
function rowOf(scope: Scope = 'node') {
	const row = new LongRow(scope);
	const workflow = { id: `workflow ${++workflows}` };
	const context = { getWorkflow: () => workflow, getNode: () => ({ id: 'node' }) };
	const store = KeyStore.of(context as unknown as IExecuteFunctions, scope);
	const helpers = row as unknown as IExecuteFunctions['helpers'];
	return {
		row,
		/** What n8n was asked for since this was last read. */
		asked: () => row.asked.splice(0),
		change: async (change: Change) => [...(await store.change(helpers, change))],
		admit: async (record: string[], newcomer = MONTH) => {
			const found = await store.admit(helpers, record, newcomer);
			return found === 'full' ? found : [...found];
		},
		isEmpty: async () => await store.isEmpty(helpers),
	};
}

describe('a row of the store', () => {
	it('is one for a node, and another one for its workflow', () => {
		const at = (workflow: string, node: string) =>
			({ getWorkflow: () => ({ id: workflow }), getNode: () => ({ id: node }) }) as never;
		expect(rowName(at('1', 'a'), 'node')).toBe(rowName(at('1', 'a'), 'node'));
		expect(rowName(at('1', 'a'), 'workflow')).toBe(rowName(at('1', 'b'), 'workflow'));
		const names = [
			rowName(at('1', 'a'), 'node'),
			rowName(at('1', 'b'), 'node'),
			rowName(at('2', 'a'), 'node'),
			rowName(at('1', 'a'), 'workflow'),
			rowName(at('2', 'a'), 'workflow'),
		];
		expect(new Set(names).size).toBe(names.length);
	});

	it('is worked on by one, whichever run of the node asks', async () => {
		const row = new LongRow('node');
		const workflow = { id: `workflow ${++workflows}` };
		const helpers = row as unknown as IExecuteFunctions['helpers'];
		const storeOfRun = () =>
			KeyStore.of(
				{ getWorkflow: () => workflow, getNode: () => ({ id: 'node' }) } as never,
				'node',
			);
		await Promise.all(
			['a', 'b', 'c'].map(async (value) => await storeOfRun().change(helpers, { record: [value] })),
		);
		expect(row.asked).toEqual([{ record: ['a'] }, { record: ['b', 'c'] }]);
	});

	it('tells what was recorded before, and nothing else', async () => {
		const { row, change } = rowOf();
		expect(await change({ record: ['a', 'b'] })).toEqual([]);
		expect(await change({ record: ['b', 'c', 'c'] })).toEqual(['b']);
		expect(await change({})).toEqual([]);
		expect(row.entries).toEqual(['a', 'b', 'c']);
	});

	it('removes before it records', async () => {
		const { row, change } = rowOf();
		await change({ record: ['a', 'b'] });
		expect(await change({ remove: ['a', 'never'], record: ['a', 'b'] })).toEqual(['b']);
		expect(row.entries).toEqual(['b', 'a']);
		await change({ remove: ['b'] });
		expect(row.entries).toEqual(['a']);
	});

	it('is not touched for nothing', async () => {
		const { asked, change, isEmpty } = rowOf();
		await change({});
		await change({ remove: [], record: [] });
		expect(asked()).toEqual([]);
		expect(await isEmpty()).toBe(true);
		await change({ record: ['a'] });
		expect(await isEmpty()).toBe(false);
	});

	it('records the day of a call with the first call of it', async () => {
		const { row, asked, change } = rowOf();
		const day = dayOf(START);
		await change({ record: ['a'] });
		expect(row.entries).toEqual(['a']);
		await change({ record: ['a'], calledAt: START });
		expect(row.entries).toEqual(['a', ...dayMarks(day)]);
		asked();
		await change({ record: ['a'], calledAt: START + 1 });
		expect(asked()).toEqual([{ record: ['a'] }]);
		const first = change({ record: ['a'] });
		await Promise.all([
			change({ record: ['a'] }),
			change({ record: ['a'], calledAt: START }),
			change({ record: ['b'], calledAt: START + DAY }),
		]);
		await first;
		expect(row.entries).toEqual(['a', ...dayMarks(day), ...dayMarks(day + 1), 'b']);
	});

	it('records the day later when n8n could not', async () => {
		const { row, change } = rowOf();
		row.failsTo = { record: 2 };
		await expect(change({ record: ['a'], calledAt: START })).rejects.toThrow('cannot record');
		await change({ record: ['a'], calledAt: START });
		expect(row.entries).toEqual([...dayMarks(dayOf(START)), 'a']);
	});
});

describe('what is wished while n8n works on the row', () => {
	it('is done at once, and each is told of what is its own', async () => {
		const { row, asked, change, admit } = rowOf();
		await change({ record: ['a', 'b', 'c'] });
		asked();
		const results = await Promise.all([
			change({ record: ['first'] }),
			change({ remove: ['a'], record: ['b', 'd'] }),
			change({ remove: ['c', 'a'], record: ['d', 'c'] }),
			admit(['b', 'e']),
		]);
		expect(results).toEqual([[], ['b'], [], ['b']]);
		expect(asked()).toEqual([
			{ record: ['first'] },
			{ remove: ['a', 'c'] },
			{ count: true },
			{ record: ['b', 'd', 'c', 'e'] },
		]);
		expect(row.entries).toEqual(['b', 'first', 'd', 'c', 'e']);
	});

	it('fails for those alone whose values cannot be removed', async () => {
		const { row, change, admit } = rowOf();
		row.failsTo = { remove: 2 };
		const results = await Promise.allSettled([
			change({ record: ['first'] }),
			change({ remove: ['a'], record: ['b'] }),
			change({ record: ['c'] }),
			admit(['d']),
		]);
		expect(results).toMatchObject([
			{ value: [] },
			{ reason: { message: 'cannot remove' } },
			{ value: [] },
			{ value: [] },
		]);
		expect(row.entries).toEqual(['first', 'c', 'd']);
	});

	it('fails for all when nothing can be recorded, and not for the next one', async () => {
		const { row, change, admit } = rowOf();
		await change({ record: ['a'] });
		const first = change({ record: ['first'] });
		const failing = Promise.allSettled([change({ record: ['b'] }), admit(['c'])]);
		await first;
		row.failsTo = { record: 2 };
		expect(await failing).toMatchObject(
			Array(2).fill({ status: 'rejected', reason: { message: 'cannot record' } }),
		);
		expect(await change({ record: ['a', 'b'] })).toEqual(['a']);
	});

	it('is tried a second time: the first writes of two processes meet', async () => {
		const { row, change } = rowOf();
		row.failsTo = { record: 1, remove: 1 };
		expect(await change({ remove: ['b'], record: ['a'] })).toEqual([]);
		expect(row.entries).toEqual(['a']);
	});
});

describe('a row that has many values', () => {
	/** Old values, days on which somebody was called so many days ago, and other values till there are `all`. */
	function longRow({ old = 0, days = [40], all = MANY, scope = 'node' as Scope } = {}) {
		const long = rowOf(scope);
		const marks = days.flatMap((each) => dayMarks(dayOf(START) - each));
		long.row.entries = [{ name: 'old', count: old }, ...marks];
		long.row.entries.push({ name: 'other', count: all - long.row.length });
		return long;
	}

	it('admits a key as long as there is room for all of it', async () => {
		const { row, admit } = longRow({ days: [], all: MOST_MARKS - 2 });
		const before = structuredClone(row.entries);
		expect(await admit(['a', 'b', 'c'])).toBe('full');
		expect(row.entries).toEqual(before);
		expect(await admit(['a', 'b'])).toEqual([]);
		expect(row.entries).toEqual([...before, 'a', 'b']);
		expect(await admit(['c'])).toBe('full');
	});

	it('admits what fits beside all that is wished at the same time', async () => {
		const { row, change, admit } = longRow({ days: [], all: MOST_MARKS - 4 });
		const results = await Promise.all([
			change({ record: ['first'] }),
			admit(['a', 'b']),
			change({ remove: ['never'] }),
			change({ record: ['c', 'd'] }),
		]);
		expect(results).toEqual([[], 'full', [], []]);
		expect(['a', 'b', 'c', 'd'].filter((value) => row.has(value))).toEqual(['c', 'd']);
	});

	it('notes what became of a call, room or not', async () => {
		const { row, asked, change } = longRow({ days: [], all: MOST_MARKS });
		expect(await change({ record: ['a'] })).toEqual([]);
		expect(asked()).toEqual([{ record: ['a'] }]);
		expect(row.has('a')).toBe(true);
	});

	it('drops nothing while there is room', async () => {
		const { row, asked, admit } = longRow({ old: 3_000, all: MANY - 1 });
		await admit(['a']);
		expect(asked()).toEqual([{ count: true }, { record: ['a'] }]);
		expect(row.left('old')).toBe(3_000);
	});

	it.each([32, 40, 62, 63, 380])(
		'drops what is older than a day %p days ago, to make room for many',
		async (days) => {
			const { row, admit } = longRow({ old: 3_000, days: [days] });
			expect(await admit(['a'])).toEqual([]);
			expect(row.length).toBeLessThanOrEqual(MANY - 2_000);
			expect(row.length).toBeGreaterThan(MANY - 2_000 - 32);
			expect(row.left('other')).toBe(MANY - 3_000 - 32);
			expect(row.entries.slice(-2)).toEqual([{ name: 'other', count: MANY - 3_032 }, 'a']);
		},
	);

	it('drops no more than the keys need', async () => {
		const { row, admit } = longRow({ old: 3_000 });
		const marks = Array.from({ length: 16 }, (_, index) => `mark ${index}`);
		await admit(marks);
		expect(row.length).toBe(MANY - 2_000);
	});

	it('drops nothing that is younger than the last day that is gone, and forgets that day', async () => {
		const { row, admit } = longRow({ old: 100, days: [42, 41, 40] });
		await admit(['a']);
		const days = [42, 41, 40].map((each) => dayMarks(dayOf(START) - each));
		expect(days.map(([first]) => row.has(first))).toEqual([false, false, false]);
		expect(row.left('other')).toBe(MANY - 100 - 3 * 32);
		expect(row.entries[row.entries.length - 1]).toBe('a');
	});

	it('drops more at once the more days are gone', async () => {
		const { row, asked, admit } = longRow({ old: 3_000, days: [44, 43, 42, 41] });
		await admit(['a']);
		const drops = asked().filter(({ record }) => record?.length === 0);
		expect(drops).toHaveLength(Math.ceil(2_001 / (4 * 32)));
		expect(row.left('old')).toBe(3_000 - drops.length * 4 * 32);
	});

	it.each([20, 31])('drops nothing of the last month: a day %p days ago', async (days) => {
		const { row, admit } = longRow({ old: 3_000, days: [days] });
		const before = structuredClone(row.entries);
		expect(await admit(['a'])).toEqual([]);
		expect(row.entries).toEqual([...before, 'a']);
	});

	it('drops nothing that one of the keys is to be remembered for', async () => {
		const { row, change, admit } = longRow({ old: 3_000 });
		await Promise.all([
			change({ record: ['first'] }),
			admit(['a']),
			admit(['b'], { now: START, rememberMs: 60 * DAY }),
		]);
		expect(row.left('old')).toBe(3_000);
	});

	it('drops by the latest time of the keys', async () => {
		const { row, change, admit } = longRow({ old: 3_000, days: [31] });
		await Promise.all([
			change({ record: ['first'] }),
			admit(['a']),
			admit(['b'], { ...MONTH, now: START + DAY }),
		]);
		expect(row.left('old')).toBeLessThan(3_000);
	});

	it('drops nothing that nodes share, since each may remember for another time', async () => {
		const { row, asked, admit } = longRow({ old: 3_000, scope: 'workflow' });
		await admit(['a']);
		expect(asked()).toEqual([{ count: true }, { record: ['a'] }]);
		expect(row.left('old')).toBe(3_000);
	});

	it('is not searched again in vain on the same day, unless less is to be remembered', async () => {
		const { asked, admit } = longRow({ days: [20] });
		let keys = 0;
		const writes = async (newcomer: typeof MONTH) => {
			asked();
			await admit([`key ${keys++}`], newcomer);
			return asked().filter(({ record }) => record).length;
		};
		expect(await writes(MONTH)).toBe(3);
		expect(await writes(MONTH)).toBe(1);
		expect(await writes({ ...MONTH, now: START + 3_600_000 })).toBe(1);
		expect(await writes({ ...MONTH, now: START + DAY })).toBe(3);
		expect(await writes({ ...MONTH, rememberMs: 10 * DAY })).toBeGreaterThan(3);
	});

	it('is searched again on the same day where something was found', async () => {
		const { row, admit } = longRow({ old: 5_000 });
		await admit(['a']);
		expect(row.length).toBeLessThanOrEqual(MANY - 2_000);
		row.entries.push({ name: 'more', count: 2_000 });
		for (let key = 1; key <= 64; key++) await admit([`key ${key}`]);
		expect(row.length).toBeLessThan(MANY - 1_000);
		expect(row.left('more')).toBe(2_000);
	});
});

describe('how many values a row has', () => {
	it('is counted now and then, since other processes record too', async () => {
		const { row, admit } = rowOf();
		await admit(['key 0']);
		row.entries.push({ name: 'other', count: MOST_MARKS });
		const admitted: number[] = [];
		for (let key = 1; key <= 64; key++) {
			if ((await admit([`key ${key}`])) !== 'full') admitted.push(key);
		}
		expect(admitted).toEqual(Array.from({ length: 63 }, (_, index) => index + 1));
		expect(row.asked.filter(({ count }) => count)).toHaveLength(2);
	});

	it('is known meanwhile from what was recorded and removed', async () => {
		const { row, asked, change, admit } = rowOf();
		const isCounted = () => asked().some(({ count }) => count);
		row.entries.push({ name: 'other', count: MANY - 6 });
		await admit(['a', 'b', 'c']);
		expect(isCounted()).toBe(true);
		await admit(['a', 'b', 'd']);
		expect(isCounted()).toBe(false);
		await change({ remove: ['a', 'b'] });
		await admit(['e', 'f', 'g', 'h']);
		expect(isCounted()).toBe(false);
		await admit(['i']);
		expect(isCounted()).toBe(true);
	});
});
