/* n8n's store of processed values: one row for each workflow or node, which n8n reads and writes whole. */
import type { IExecuteFunctions } from 'n8n-workflow';

import { bygoneDays, dayMarks, dayOf, MARKS_OF_A_DAY } from '../core/calls/keyMarks';

/** For which nodes a row is. */
export type Scope = 'node' | 'workflow';

/** What is to be done to the store. */
export interface Change {
	/** Removed first, whether it is in the store or not. */
	remove?: readonly string[];
	record?: readonly string[];
	/** When a call was placed: its day is recorded too. */
	calledAt?: number;
}

/** When a new key is noted, and how long keys are remembered, in milliseconds. */
export interface Newcomer {
	now: number;
	rememberMs: number;
}

type Helpers = IExecuteFunctions['helpers'];

interface Waiting {
	helpers: Helpers;
	change: Change;
	newcomer: Newcomer | undefined;
	resolve(found: ReadonlySet<string> | 'full'): void;
	reject(error: Error): void;
}

/** Without `maxEntries` n8n drops nothing. */
const ENTRIES = { mode: 'entries' } as const;
/** Four marks a key, seven at most, and those of the days. The row is then 4 MB. */
export const MOST_MARKS = 150_000;
/** From here on, what need not be remembered any more is dropped. */
const MANY_MARKS = 140_000;
/** So many are dropped at once, if there are. */
const ROOM_TO_MAKE = 2_000;
/** Other processes write too: so often the marks are counted. */
const GROUPS_PER_COUNT = 64;

/**
 * The row of one workflow or node. Whatever is wished while n8n works on the row is joined and done at once,
 * as databases join their commits: so the cost of a call does not grow with the row. It is also what keeps
 * this process from overwriting itself, since n8n reads the row and writes it later without a lock.
 */
export class KeyStore {
	private waiting: Waiting[] = [];

	private isAtWork = false;

	private marks = 0;

	private groups = 0;

	/** The day that is recorded already. */
	private notedDay = NaN;

	/** The search for old marks that found none: there will be none before another day. */
	private lastVainSearch = '';

	private constructor(private readonly scope: Scope) {}

	/** The one store of this process for a row. */
	static of(context: IExecuteFunctions, scope: Scope): KeyStore {
		const row = rowName(context, scope);
		const known = stores.get(row);
		if (known) return known;
		const store = new KeyStore(scope);
		stores.set(row, store);
		return store;
	}

	/**
	 * Removes and records, room or not.
	 *
	 * @returns what of it was recorded before
	 * @throws what n8n throws
	 */
	async change(helpers: Helpers, change: Change): Promise<ReadonlySet<string>> {
		return (await this.enqueue(helpers, change)) as ReadonlySet<string>;
	}

	/**
	 * Records a new key, while there is room.
	 *
	 * @returns what of it was recorded before; "full": nothing was recorded
	 * @throws what n8n throws
	 */
	async admit(
		helpers: Helpers,
		record: readonly string[],
		newcomer: Newcomer,
	): Promise<ReadonlySet<string> | 'full'> {
		return await this.enqueue(helpers, { record }, newcomer);
	}

	/** Whether there is no mark in the row. */
	async isEmpty(helpers: Helpers): Promise<boolean> {
		return (await helpers.getProcessedDataCount(this.scope, ENTRIES)) === 0;
	}

	private async enqueue(
		helpers: Helpers,
		change: Change,
		newcomer?: Newcomer,
	): Promise<ReadonlySet<string> | 'full'> {
		return await new Promise((resolve, reject) => {
			this.waiting.push({ helpers, change, newcomer, resolve, reject });
			void this.work();
		});
	}

	private async work(): Promise<void> {
		if (this.isAtWork) return;
		this.isAtWork = true;
		while (this.waiting.length > 0) {
			const group = this.waiting;
			this.waiting = [];
			await this.serve(group);
		}
		this.isAtWork = false;
	}

	/** Never throws: an error reaches each whom it concerns. */
	private async serve(group: Waiting[]): Promise<void> {
		const [{ helpers }] = group;
		const removing = group.filter(({ change }) => change.remove?.length);
		let open = group;
		try {
			await this.remove(helpers, unique(removing.map(({ change }) => change.remove)));
		} catch (error) {
			for (const { reject } of removing) reject(error as Error);
			open = open.filter((member) => !removing.includes(member));
		}

		try {
			if (!(await this.makeRoom(helpers, open))) {
				for (const { newcomer, resolve } of open) if (newcomer) resolve('full');
				open = open.filter(({ newcomer }) => !newcomer);
			}
			const days = open.flatMap(({ change }) => change.calledAt ?? []).map(dayOf);
			const day = days.find((each) => each !== this.notedDay);
			const found = await this.record(
				helpers,
				unique([day && dayMarks(day), ...open.map(({ change }) => change.record)]),
			);
			if (day) this.notedDay = day;
			for (const { change, resolve } of open) {
				resolve(new Set(change.record?.filter((value) => found.has(value))));
			}
		} catch (error) {
			for (const { reject } of open) reject(error as Error);
		}
	}

	private async remove(helpers: Helpers, values: string[]): Promise<void> {
		if (values.length === 0) return;
		await twice(async () => await helpers.removeProcessed(values, this.scope, ENTRIES));
		this.marks -= values.length;
	}

	/** @returns those that were in the row before */
	private async record(helpers: Helpers, values: string[]): Promise<Set<string>> {
		if (values.length === 0) return new Set();
		const { new: added, processed } = await twice(
			async () => await helpers.checkProcessedAndRecord(values, this.scope, ENTRIES),
		);
		this.marks += added.length;
		return new Set(processed.map(String));
	}

	/** Whether there is room for the new keys of a group, once what is too old was dropped. */
	private async makeRoom(helpers: Helpers, group: Waiting[]): Promise<boolean> {
		const newcomers = group.flatMap(({ newcomer }) => newcomer ?? []);
		if (newcomers.length === 0) return true;
		const wanted = group.reduce((sum, { change }) => sum + (change.record?.length ?? 0), 0);
		if (this.groups++ % GROUPS_PER_COUNT === 0 || this.marks + wanted > MANY_MARKS) {
			this.marks = await helpers.getProcessedDataCount(this.scope, ENTRIES);
		}
		const now = Math.max(...newcomers.map((newcomer) => newcomer.now));
		const rememberMs = Math.max(...newcomers.map((newcomer) => newcomer.rememberMs));
		if (this.marks + wanted > MANY_MARKS) await this.dropOld(helpers, now, rememberMs, wanted);
		return this.marks + wanted <= MOST_MARKS;
	}

	/**
	 * Drops marks that are older than what is to be remembered. n8n drops the oldest ones of a row only, and
	 * does not say which: so no more are dropped than are known to be old. Nodes that share a row may remember
	 * for different times, so nothing is dropped there.
	 */
	private async dropOld(
		helpers: Helpers,
		now: number,
		rememberMs: number,
		wanted: number,
	): Promise<void> {
		const search = `${dayOf(now)} ${rememberMs}`;
		if (this.scope === 'workflow' || this.lastVainSearch === search) return;
		const [month, year] = bygoneDays(now, rememberMs);
		let days = await this.findDays(helpers, month);
		if (days.length === 0) days = await this.findDays(helpers, year);
		if (days.length === 0) this.lastVainSearch = search;
		while (days.length > 0 && this.marks + wanted > MANY_MARKS - ROOM_TO_MAKE) {
			const maxEntries = this.marks - days.length * MARKS_OF_A_DAY;
			await helpers.checkProcessedAndRecord([], this.scope, { ...ENTRIES, maxEntries });
			this.marks = maxEntries;
			days = await this.findDays(helpers, days);
		}
	}

	/** Those of the days whose marks are all in the row. */
	private async findDays(helpers: Helpers, days: number[]): Promise<number[]> {
		const first = (day: number) => dayMarks(day)[0];
		const found = await this.record(helpers, days.map(first));
		const absent = days.filter((day) => !found.has(first(day)));
		await this.remove(helpers, absent.map(first));
		return days.filter((day) => found.has(first(day)));
	}
}

/** Names a row in this process. */
export function rowName(context: IExecuteFunctions, scope: Scope): string {
	return `${context.getWorkflow().id} ${scope === 'node' ? context.getNode().id : ''}`;
}

const stores = new Map<string, KeyStore>();

/** The same value twice in one call would be new both times. */
const unique = (lists: Array<readonly string[] | 0 | undefined>): string[] => [
	...new Set(lists.flatMap((list) => list || [])),
];

/** The very first write of a row can meet that of another process and fail; then there is a row. */
async function twice<T>(attempt: () => Promise<T>): Promise<T> {
	return await attempt().catch(attempt);
}
