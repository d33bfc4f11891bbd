import * as n8nWorkflow from 'n8n-workflow';
import {
	NodeOperationError,
	sleep,
	type IExecuteFunctions,
	type INode,
	type NodeApiError,
} from 'n8n-workflow';

import { Journal, type JournalStore } from '../core/calls/journal';
import { Pace, type Clock } from '../core/pacing';
import { redactor, type Redact } from '../transport/errors';
import { VoiceApi } from '../transport/request';
import { isHumanReview } from './call/humanReview';
import { readSettings } from './call/options';

/** An error that n8n shows as it is. */
export type NodeError = NodeApiError | NodeOperationError;

const CANNOT_SUSPEND =
	'Survive Restarts had no effect: the node waited itself, and a restart of n8n would have lost the answer. It needs n8n 2.39 or newer, and with Split by Key one item at a time (Loop Over Items).';

/**
 * Whether an item that fails becomes an item all the same, and the others go on. In a human review it
 * does, because n8n tells the agent of an error that the person refused.
 */
export function goesOn(context: IExecuteFunctions): boolean {
	return context.continueOnFail() || isHumanReview(context.getNode());
}

/** What all items of one node run share: its pace, its journal, its clock and what was achieved so far. */
export class Batch {
	readonly node: INode;

	readonly clock: Clock;

	readonly journal: Journal;

	readonly api: VoiceApi;

	/** The call IDs known so far, by item index: whatever ends the node, they reach the user. */
	readonly callIds = new Map<number, string>();

	/** The items whose call may have been placed, without a call ID that would tell. */
	readonly unknownItems = new Set<number>();

	/** Whether the node has one output per key. As an AI tool it has not: only its first output reaches the agent. */
	readonly splitsByKey: boolean;

	/** How many outputs the node has, n8n's error output not counted. */
	readonly outputCount: number;

	/** Milliseconds of waiting after which n8n keeps the wait; Infinity when the node keeps it. */
	readonly handOverAfterMs: number;

	private readonly paces: Pace[];

	private readonly lastTurns = new Map<string, Promise<unknown>>();

	private readonly sleepers = new Set<AbortController>();

	private reason: NodeError | undefined;

	/** Whether an item that fails becomes an error item and the others go on. */
	readonly goesOn: boolean;

	private constructor(
		readonly context: IExecuteFunctions,
		readonly redact: Redact,
	) {
		const settings = readSettings(context);
		this.node = context.getNode();
		this.goesOn = goesOn(context);
		this.splitsByKey =
			context.getNodeParameter('splitByKey', 0, false) === true && !this.node.type.endsWith('Tool');
		this.outputCount = this.splitsByKey
			? context.getNodeOutputs().filter(({ category }) => category !== 'error').length
			: 1;
		this.handOverAfterMs = this.canSuspend() ? settings.handOverAfterMs : Infinity;
		if (settings.handOverAfterMs < Infinity && !this.canSuspend()) {
			context.addExecutionHints({ message: CANNOT_SUSPEND, location: 'outputPane' });
		}
		this.clock = { now: () => Date.now(), sleep: async (ms) => await this.sleep(ms) };
		const calls = new Pace(settings.calls, this.clock);
		const checks = new Pace(settings.checks, this.clock);
		this.paces = [calls, checks];
		this.api = new VoiceApi(context, this.clock, calls, checks, settings.requests);
		const runIndex = Number(context.evaluateExpression('{{ $runIndex }}', 0));
		this.journal = new Journal(journalStore(context), runIndex);
	}

	/** Rejects with n8n's own error when there is no usable credential. */
	static async open(context: IExecuteFunctions): Promise<Batch> {
		const { apiKey } = await context.getCredentials<{ apiKey: string }>('voice2PhoneApi');
		const batch = new Batch(context, redactor(String(apiKey ?? '')));
		const signal = context.getExecutionCancelSignal();
		const cancel = () =>
			batch.stop(new NodeOperationError(batch.node, 'The execution was canceled'));
		if (signal?.aborted) cancel();
		signal?.addEventListener('abort', cancel, { once: true });
		return batch;
	}

	/** Why nothing further may begin; undefined while all is well. */
	get stopReason(): NodeError | undefined {
		return this.reason;
	}

	/**
	 * Lets nothing further begin and ends all waiting at once. Requests that are on their way come to
	 * their end, so that no call ID is lost. The first reason counts.
	 */
	stop(reason: NodeError): void {
		if (this.reason) return;
		this.reason = reason;
		for (const pace of this.paces) pace.stop(reason);
		for (const sleeper of this.sleepers) sleeper.abort(reason);
	}

	/** Fails an item: with "Stop Workflow" nothing further begins. */
	fail(error: NodeError): never {
		if (!this.goesOn) this.stop(error);
		throw error;
	}

	/** Runs tasks of the same key one after the other, whatever becomes of each. */
	async inTurn<T>(key: string, task: () => Promise<T>): Promise<T> {
		const turn = (this.lastTurns.get(key) ?? Promise.resolve()).then(task, task);
		this.lastTurns.set(key, turn);
		return await turn;
	}

	/**
	 * Whether n8n can keep a wait of this node run. When it wakes an execution it links the items by their
	 * place in each output, so several items on several outputs would be linked wrongly. A tool has to
	 * answer its agent itself. n8n does not tell its version; the export is in those that resume all
	 * outputs of a node.
	 */
	private canSuspend(): boolean {
		return (
			'N8N_NODES_API_VERSION' in n8nWorkflow &&
			!this.node.type.endsWith('Tool') &&
			!(this.splitsByKey && this.context.getInputData().length > 1)
		);
	}

	/**
	 * n8n's sleep heeds a signal only since n8n-workflow 2.34, so the signal is heeded here too. Each
	 * sleeper has its own, since thousands of listeners on one make Node.js warn of a leak.
	 */
	private async sleep(ms: number): Promise<void> {
		if (this.reason) throw this.reason;
		const sleeper = new AbortController();
		this.sleepers.add(sleeper);
		try {
			await new Promise<void>((resolve, reject) => {
				sleeper.signal.addEventListener('abort', () => reject(sleeper.signal.reason as Error));
				void sleep(ms, sleeper.signal).then(resolve, reject);
			});
		} finally {
			this.sleepers.delete(sleeper);
		}
	}
}

function journalStore(context: IExecuteFunctions): JournalStore {
	const store = context.getContext('node') as { calls?: JournalStore };
	store.calls ??= {};
	return store.calls;
}
