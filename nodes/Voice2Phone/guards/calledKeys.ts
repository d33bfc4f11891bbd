import { sleep, type IDeduplicationOutput, type IExecuteFunctions } from 'n8n-workflow';

import { NodeErrors } from '../errors/nodeErrors';

/** How long a key keeps others from being called again, and for which nodes it counts. */
export interface Deduplication {
	key: string;
	/** A test call must not keep the person whom it was meant for from being called. */
	isTest: boolean;
	scope: 'node' | 'workflow';
	rememberMs: number;
}

export type KeyState = 'free' | 'called' | 'unknown';

/** n8n keeps the marks of one workflow or node in one row, which is rewritten at each call: so it must stay small. */
const MOST_MARKS = 50_000;
const PERIODS = 4;
const MOST_NOTES = 5;

/**
 * One deduplication key in n8n's store of processed values, which survives restarts and is shared by all
 * executions. The store knows only whether a value is in it, not since when: so a key leaves a mark for
 * each quarter of the time that it is to be remembered, and a further one while its call is open.
 */
export class CalledKey {
	private readonly marks: string[];

	private readonly openMark: string;

	private readonly place: string;

	private added: string[] = [];

	private settled: () => void = () => {};

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly deduplication: Deduplication,
		now: number,
	) {
		const { key, isTest, scope, rememberMs } = deduplication;
		const calls = isTest ? 'test' : 'call';
		const period = Math.floor((now * PERIODS) / rememberMs);
		this.marks = Array.from(
			{ length: PERIODS + 1 },
			(_, ahead) => `voice2phone ${calls} ${key} ${rememberMs} ${period + ahead}`,
		);
		this.openMark = `voice2phone open ${calls} ${key} ${rememberMs}`;
		const nodeId = scope === 'node' ? context.getNode().id : '';
		this.place = `${context.getWorkflow().id} ${nodeId} ${this.openMark}`;
	}

	/**
	 * Notes the key, to be called just before the request is sent. "free" means that nobody was called
	 * under it; "unknown" that a run noted it and was killed before it knew what became of the call.
	 */
	async take(): Promise<KeyState> {
		while (onTheirWay.has(this.place)) await onTheirWay.get(this.place);
		onTheirWay.set(
			this.place,
			new Promise<void>((resolve) => {
				this.settled = () => {
					onTheirWay.delete(this.place);
					resolve();
				};
			}),
		);
		try {
			const state = await this.note();
			if (state === 'called') this.settled();
			return state;
		} catch (error) {
			this.settled();
			throw new NodeErrors(this.context.getNode()).keyNotNoted(error as Error);
		}
	}

	/**
	 * How the key stands, for a dry run. n8n cannot look without noting, so what was noted is removed again.
	 */
	async peek(): Promise<KeyState> {
		const state = await this.note();
		if (state === 'free') await this.remove(this.added);
		return state;
	}

	/**
	 * To be called when it is known what became of the call, or that it is not known. A key under which
	 * somebody was called is remembered, one under which nobody was is free again.
	 */
	async settle(outcome: 'accepted' | 'rejected' | 'unknown'): Promise<void> {
		try {
			if (outcome === 'rejected') return await this.remove(this.added);
			await this.noteAgain(outcome === 'accepted' ? this.marks : [...this.marks, this.openMark]);
			if (outcome === 'accepted') await this.remove([this.openMark]);
		} finally {
			this.settled();
		}
	}

	private async note(): Promise<KeyState> {
		const { new: added, processed } = await this.record([...this.marks, this.openMark]);
		this.added = added.map(String);
		if (!processed.includes(this.marks[0])) return 'free';
		// What was noted just now would make the key be remembered for longer.
		await this.remove(this.added);
		return processed.includes(this.openMark) ? 'unknown' : 'called';
	}

	/**
	 * Another worker that read the row before the marks were in it can have written it back without them
	 * while the request was on its way. What is missing is noted again, until it is seen to have stayed.
	 */
	private async noteAgain(marks: string[]): Promise<void> {
		for (let tries = 1; tries <= MOST_NOTES; tries++) {
			const { new: missing } = await this.record(marks);
			if (missing.length === 0) return;
			// Long enough for whoever has read the row meanwhile to write it, and not the same for all.
			await sleep(200 * (1 + Math.random()));
		}
	}

	private async record(values: string[]): Promise<IDeduplicationOutput> {
		return await this.inTurn(
			async ({ checkProcessedAndRecord }) =>
				await checkProcessedAndRecord(values, this.deduplication.scope, STORE_OPTIONS),
		);
	}

	private async remove(values: string[]): Promise<void> {
		if (values.length === 0) return;
		await this.inTurn(
			async ({ removeProcessed }) =>
				await removeProcessed(values, this.deduplication.scope, STORE_OPTIONS),
		);
	}

	/**
	 * n8n reads the row, changes it and writes it without a lock: within one process, one after the other.
	 * Between processes the very first write of a row can meet another one and fail; then there is a row.
	 */
	private async inTurn<T>(use: (helpers: IExecuteFunctions['helpers']) => Promise<T>): Promise<T> {
		const attempt = async () => await use(this.context.helpers);
		const turn = lastUse.then(async () => await attempt().catch(attempt));
		lastUse = turn.catch(() => undefined);
		return await turn;
	}
}

const STORE_OPTIONS = { mode: 'entries', maxEntries: MOST_MARKS } as const;

/** The keys whose call this process is placing at this moment; who wants the same one waits for what comes of it. */
const onTheirWay = new Map<string, Promise<void>>();

let lastUse: Promise<unknown> = Promise.resolve();
