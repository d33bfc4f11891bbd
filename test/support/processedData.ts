import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type {
	DeduplicationItemTypes,
	DeduplicationScope,
	ICheckProcessedContextData,
	ICheckProcessedOptions,
	IDataDeduplicator,
	IDeduplicationOutput,
} from 'n8n-workflow';

const hash = (value: DeduplicationItemTypes): string =>
	createHash('md5').update(String(value)).digest('base64');

/**
 * n8n's table of processed data, in memory: the store behind `checkProcessedAndRecord` and its like.
 * Mode `entries` only. It behaves as `packages/cli/src/deduplication/deduplication-helper.ts` of n8n
 * 2.40 does, its peculiarities included: it keeps hashes; it reads a row and later writes the whole of
 * it without a lock, so of two calls at once one is forgotten, or rejected when the row is new; and a
 * value that stands twice in one call is new both times.
 */
export class ProcessedData implements IDataDeduplicator {
	private readonly rows = new Map<string, string[]>();

	async checkProcessedAndRecord(
		items: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		where: ICheckProcessedContextData,
		options: ICheckProcessedOptions,
	): Promise<IDeduplicationOutput> {
		const key = rowKey(scope, where, options);
		const stored = await this.read(key);
		const known = new Set(stored);
		const output: IDeduplicationOutput = { new: [], processed: [] };
		for (const item of items) output[known.has(hash(item)) ? 'processed' : 'new'].push(item);

		const entries = [...(stored ?? []), ...output.new.map(hash)];
		if (options.maxEntries) entries.splice(0, entries.length - options.maxEntries);
		if (stored === undefined) await this.insert(key, entries);
		else await this.update(key, entries);
		return output;
	}

	async removeProcessed(
		items: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		where: ICheckProcessedContextData,
		options: ICheckProcessedOptions,
	): Promise<void> {
		const key = rowKey(scope, where, options);
		const entries = await this.read(key);
		if (!entries) return;
		for (const item of items) {
			const index = entries.indexOf(hash(item));
			if (index !== -1) entries.splice(index, 1);
		}
		await this.update(key, entries);
	}

	async clearAllProcessedItems(
		scope: DeduplicationScope,
		where: ICheckProcessedContextData,
		options: ICheckProcessedOptions,
	): Promise<void> {
		this.rows.delete(rowKey(scope, where, options));
	}

	async getProcessedDataCount(
		scope: DeduplicationScope,
		where: ICheckProcessedContextData,
		options: ICheckProcessedOptions,
	): Promise<number> {
		return (await this.read(rowKey(scope, where, options)))?.length ?? 0;
	}

	/** Whether any workflow or node has recorded the value. */
	has(value: DeduplicationItemTypes): boolean {
		return [...this.rows.values()].some((entries) => entries.includes(hash(value)));
	}

	/** All hashes in the order in which they are stored, row after row. */
	entries(): string[] {
		return [...this.rows.values()].flat();
	}

	/** How many workflows and nodes have a row. */
	get rowCount(): number {
		return this.rows.size;
	}

	/** Forgets everything, as a new database. */
	clear(): void {
		this.rows.clear();
	}

	/** A copy of the row. As with a database, others can come between this and the writing. */
	private async read(key: string): Promise<string[] | undefined> {
		await setImmediate();
		return this.rows.get(key)?.slice();
	}

	private async insert(key: string, entries: string[]): Promise<void> {
		await setImmediate();
		if (this.rows.has(key)) {
			throw new Error(
				'UNIQUE constraint failed: processed_data.context, processed_data.workflowId',
			);
		}
		this.rows.set(key, entries);
	}

	private async update(key: string, entries: string[]): Promise<void> {
		await setImmediate();
		if (this.rows.has(key)) this.rows.set(key, entries);
	}
}

function rowKey(
	scope: DeduplicationScope,
	{ workflow, node }: ICheckProcessedContextData,
	{ mode }: ICheckProcessedOptions,
): string {
	if (mode !== 'entries') throw new Error(`ProcessedData of the tests has no mode "${mode}"`);
	return JSON.stringify([workflow.id, scope === 'node' ? node?.id : '']);
}

/** n8n's helpers of a node, at a store: what `this.helpers` has for it. */
export const helpersAt = (store: ProcessedData, where: ICheckProcessedContextData) => ({
	checkProcessedAndRecord: async (
		items: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		options: ICheckProcessedOptions,
	) => await store.checkProcessedAndRecord(items, scope, where, options),
	removeProcessed: async (
		items: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		options: ICheckProcessedOptions,
	) => await store.removeProcessed(items, scope, where, options),
	getProcessedDataCount: async (scope: DeduplicationScope, options: ICheckProcessedOptions) =>
		await store.getProcessedDataCount(scope, where, options),
});
