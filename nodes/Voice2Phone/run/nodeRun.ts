/* What all items of one node run share: its pace, its journal, its clock, its errors, and what was achieved so far. */
import * as n8nWorkflow from 'n8n-workflow';
import type { IDataObject, IExecuteFunctions, INode } from 'n8n-workflow';

import { roleOf, type Role } from '../agent/roles';
import { Journal, type JournalStore } from '../core/calls/journal';
import { NOBODY } from '../core/outputs';
import { Pace } from '../core/pacing';
import { NodeErrors, type NodeError } from '../errors/nodeErrors';
import { readSettings, Rehearsal } from '../parameters/options';
import { ApiCredential } from '../transport/apiCredential';
import { VoiceApi } from '../transport/voiceApi';
import { BusyNumbers } from './busyNumbers';
import { StoppableClock } from './stoppableClock';

const CANNOT_SUSPEND =
	'Survive Restarts had no effect: the node waited itself, and a restart of n8n would have lost the answer. It needs n8n 2.39 or newer, and with Split by Key one item at a time (Loop Over Items).';

/** True: a failed item becomes an error item, and the others go on. */
export function continuesOnFail(context: IExecuteFunctions): boolean {
	return context.continueOnFail() || roleOf(context.getNode()).alwaysContinues;
}

/** The outputs of the node; an AI tool has one, whatever its parameters say. */
export function outputsOf(
	context: IExecuteFunctions,
): Pick<NodeRun, 'splitsByKey' | 'hasOutputs' | 'errorOutput' | 'outputCount'> {
	const { canSplitByKey } = roleOf(context.getNode());
	const splitsByKey = canSplitByKey && context.getNodeParameter('splitByKey', 0, false) === true;
	const isMatter =
		canSplitByKey && context.getNodeParameter('operation', 0, '') === 'callUntilAccepted';
	const hasOutputs = splitsByKey || isMatter;
	const outputCount = hasOutputs
		? context.getNodeOutputs().filter(({ category }) => category !== 'error').length
		: 1;
	return { splitsByKey, hasOutputs, errorOutput: isMatter ? NOBODY : 0, outputCount };
}

export class NodeRun {
	readonly node: INode;

	readonly role: Role;

	readonly errors: NodeErrors;

	readonly clock = new StoppableClock();

	readonly journal: Journal;

	readonly api: VoiceApi;

	/** What the guards note in a dry run. */
	readonly rehearsal: Rehearsal;

	/** The call IDs known so far, by item index: whatever ends the node, they reach the user. */
	readonly callIds = new Map<number, string>();

	/** The items whose call may have been placed, without a call ID that would tell. */
	readonly unknownItems = new Set<number>();

	/** Whether the node has one output per key. */
	readonly splitsByKey: boolean;

	/** Whether the node has more than one output, n8n's error output not counted. */
	readonly hasOutputs: boolean;

	/** Where failed items go that come out all the same: where they do the least harm. */
	readonly errorOutput: number;

	/** The numbers that Call Until Accepted is calling now. */
	readonly busyNumbers = new BusyNumbers();

	/** How many outputs the node has, n8n's error output not counted. */
	readonly outputCount: number;

	/** Milliseconds of waiting after which n8n keeps the wait; Infinity when the node keeps it. */
	readonly handOverAfterMs: number;

	/** True: a failed item becomes an error item, and the others go on. */
	readonly continuesOnFail: boolean;

	private readonly includesInputFields: boolean;

	private readonly paces: Pace[];

	/** The last turn of each key. An agent can use one tool twice at the same time, so the runs share them. */
	private readonly lastTurns: Map<string, Promise<unknown>>;

	private reason: NodeError | undefined;

	private stopListening = () => {};

	private constructor(
		readonly context: IExecuteFunctions,
		credential: ApiCredential,
	) {
		const settings = readSettings(context);
		this.node = context.getNode();
		this.role = roleOf(this.node);
		this.errors = new NodeErrors(this.node, credential.hide);
		this.continuesOnFail = continuesOnFail(context);
		this.includesInputFields = settings.includesInputFields;
		({
			splitsByKey: this.splitsByKey,
			hasOutputs: this.hasOutputs,
			errorOutput: this.errorOutput,
			outputCount: this.outputCount,
		} = outputsOf(context));
		this.handOverAfterMs = this.canSuspend() ? settings.handOverAfterMs : Infinity;
		if (settings.handOverAfterMs < Infinity && !this.canSuspend()) {
			context.addExecutionHints({ message: CANNOT_SUSPEND, location: 'outputPane' });
		}
		const patienceMs = settings.retry.withinMs;
		const calls = new Pace({ ...settings.calls, patienceMs }, this.clock);
		const checks = new Pace({ ...settings.checks, patienceMs }, this.clock);
		this.paces = [calls, checks];
		const runIndex = Number(context.evaluateExpression('{{ $runIndex }}', 0));
		this.journal = new Journal(journalStore(context), runIndex);
		this.rehearsal = Rehearsal.of(context.getContext('node'), runIndex);
		this.lastTurns = lastTurnsOf(context.getContext('node'));
		this.api = new VoiceApi(context, credential, this.clock, calls, checks, settings, (callId) =>
			this.journal.takeCallId(callId),
		);
	}

	/**
	 * @param isDryRun true: no request will be sent, so no credential is needed
	 * @throws n8n's own error when there is no credential; NodeOperationError when its key cannot be sent
	 */
	static async open(context: IExecuteFunctions, { isDryRun = false } = {}): Promise<NodeRun> {
		const credential = isDryRun
			? ApiCredential.unread(context)
			: await ApiCredential.open(context, Date.now());
		const fault = isDryRun ? undefined : credential.fault;
		if (fault) throw new NodeErrors(context.getNode()).unusableKey(fault);
		const run = new NodeRun(context, credential);
		run.heedCancel(context.getExecutionCancelSignal());
		return run;
	}

	/** n8n's signal lives as long as the execution, which may run this node thousands of times. */
	close(): void {
		this.stopListening();
	}

	private heedCancel(signal: AbortSignal | undefined): void {
		const cancel = () => this.stop(this.errors.canceled());
		if (signal?.aborted) cancel();
		signal?.addEventListener('abort', cancel, { once: true });
		this.stopListening = () => signal?.removeEventListener('abort', cancel);
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
		this.clock.stop(reason);
	}

	/** The fields of the input item that are to come out too. */
	inputFields(itemIndex: number): IDataObject {
		return this.includesInputFields ? this.context.getInputData()[itemIndex].json : {};
	}

	/** The json of an item: its input fields where the user wants them, and what an agent needs where it is a tool. */
	toJson(input: Record<string, unknown>, fields: Record<string, unknown>): IDataObject {
		const { outputFields } = this.role;
		const shown = outputFields
			? Object.entries(fields).filter(([name, value]) => outputFields.has(name) && value !== null)
			: Object.entries(fields);
		// What comes in may be a stranger's: it must not stand where this node has nothing to say.
		const others = Object.entries(input).filter(([name]) => !Object.hasOwn(fields, name));
		return Object.fromEntries([...others, ...shown]) as IDataObject;
	}

	/** Fails an item: with "Stop Workflow" nothing further begins. */
	fail(error: NodeError): never {
		if (!this.continuesOnFail) this.stop(error);
		throw error;
	}

	/** Runs tasks of the same key in this execution one after the other, whatever becomes of each. */
	async inTurn<T>(key: string, task: () => Promise<T>): Promise<T> {
		const turn = (this.lastTurns.get(key) ?? Promise.resolve()).then(task, task);
		this.lastTurns.set(key, turn);
		try {
			return await turn;
		} finally {
			if (this.lastTurns.get(key) === turn) this.lastTurns.delete(key);
		}
	}

	/**
	 * Whether n8n can keep a wait of this node run. When it wakes an execution it links the items by their
	 * place in each output, so several items on several outputs would be linked wrongly. n8n does not tell
	 * its version; the export is in those that resume all outputs of a node.
	 */
	private canSuspend(): boolean {
		return (
			'N8N_NODES_API_VERSION' in n8nWorkflow &&
			this.role.canSuspend &&
			!(this.splitsByKey && this.context.getInputData().length > 1)
		);
	}
}

const turnsByExecution = new WeakMap<object, Map<string, Promise<unknown>>>();

/** @param execution stands for the execution as long as n8n has it in its memory */
function lastTurnsOf(execution: object): Map<string, Promise<unknown>> {
	const known = turnsByExecution.get(execution);
	const turns = known ?? new Map<string, Promise<unknown>>();
	if (!known) turnsByExecution.set(execution, turns);
	return turns;
}

function journalStore(context: IExecuteFunctions): JournalStore {
	const store = context.getContext('node') as { calls?: JournalStore };
	store.calls ??= {};
	return store.calls;
}
