/** n8n's part in executions that wait: its table of executions, inner executions, and the wake-ups. */
import type {
	ExecutionStatus,
	INodeExecutionData,
	IRun,
	IRunExecutionData,
	IWorkflowExecuteAdditionalData,
	IWorkflowSettings,
	RelatedExecution,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { createRunExecutionData, deepCopy, jsonParse, jsonStringify } from 'n8n-workflow';
import type { WorkflowJson } from './workflow';

/** The time that n8n wakes executions by; all values in milliseconds. */
export interface Time {
	now(): number;
	sleep(ms: number): Promise<void>;
}

/** A run of n8n's engine. */
export interface EngineRun extends Promise<IRun> {
	cancel(): void;
}

/** What is needed to run an execution, at first and again. */
export interface Execution<Environment> {
	id: string;
	workflow: WorkflowJson;
	mode: WorkflowExecuteMode;
	/** The execution above: where the result of this one goes. */
	parent?: RelatedExecution;
	/** What all executions know of the n8n around them. */
	environment: Environment;
}

interface Row<Environment> extends Execution<Environment> {
	status: ExecutionStatus;
	data: IRunExecutionData;
	waitTill?: number | null;
	/** Counts how often n8n had been killed when the execution was begun or woken. */
	generation: number;
	running?: EngineRun;
	readonly end: Deferred<IRun>;
}

interface Deferred<T> {
	promise: Promise<T>;
	resolve: (value: T) => void;
}

type ExecuteWorkflow = IWorkflowExecuteAdditionalData['executeWorkflow'];

const TRACKER_MS = 60_000;
const TRACKER_LOOKS_AHEAD_MS = 70_000;

/**
 * Does what n8n 2.40 does in `packages/cli/src`: `wait-tracker.ts` (who is woken, and who resumes whom),
 * `workflow-helpers.ts` (what a resumed execution goes on with), `workflow-execute-additional-data.ts`
 * (inner executions) and `execution-lifecycle` (what is stored and what is deleted). The table is in
 * memory and n8n's repeated tries are left out.
 */
export class SuspendedExecutions<Environment> {
	private readonly rows = new Map<string, Row<Environment>>();

	/** Executions whose wake-up n8n has a timer for. */
	private readonly timed = new Set<string>();

	private generation = 0;

	private count = 0;

	/** The n8n that looks for executions to be woken. */
	private tracker: number | undefined;

	/**
	 * @param time without it n8n never wakes an execution
	 * @param run begins an execution, or goes on with it from the stored data
	 */
	constructor(
		private readonly time: Time | undefined,
		private readonly run: (
			execution: Execution<Environment>,
			data: IRunExecutionData | undefined,
		) => EngineRun,
	) {}

	/** Begins an execution. Throws what the engine throws at once, an incomplete workflow for example. */
	start(
		execution: Omit<Execution<Environment>, 'id'>,
		data?: IRunExecutionData,
	): { id: string; run: EngineRun } {
		const row: Row<Environment> = {
			...execution,
			id: String(++this.count),
			status: 'running',
			data: data ?? createRunExecutionData({}),
			generation: this.generation,
			end: deferred(),
		};
		this.rows.set(row.id, row);
		return { id: row.id, run: this.begin(row, data) };
	}

	/** Resolves when the execution has ended for good, however often it was suspended before. */
	async ended(id: string): Promise<IRun> {
		return await this.row(id).end.promise;
	}

	/** The executions that n8n holds, oldest first. */
	list(): Array<Pick<Row<Environment>, 'id' | 'status' | 'mode' | 'waitTill' | 'workflow'>> {
		return [...this.rows.values()];
	}

	/** What `getExecutionDataById` of a node returns. */
	async dataOf(id: string): Promise<IRunExecutionData | undefined> {
		const row = this.rows.get(id);
		return row && stored(row);
	}

	/** `executeWorkflow` of a node, for a workflow that the node brings along. */
	readonly executeWorkflow =
		(environment: Environment): ExecuteWorkflow =>
		async ({ code }, _additionalData, { inputData, parentExecution }) => {
			if (!code) throw new Error('The workflow runner starts no saved workflows.');
			const workflow = deepCopy(code) as WorkflowJson;
			const [startNode] = workflow.nodes.filter(({ type }) => /executeWorkflowTrigger$/.test(type));
			const input: INodeExecutionData[] = inputData ?? [{ json: {} }];
			const { id, run } = this.start(
				{ workflow, mode: 'integrated', parent: parentExecution, environment },
				createRunExecutionData({
					executionData: {
						nodeExecutionStack: [
							{
								node: startNode,
								data: { main: [input] },
								metadata: { parentExecution },
								source: null,
							},
						],
					},
					parentExecution,
				}),
			);
			const { status, data, waitTill } = await run;
			if (status !== 'success' && status !== 'waiting') {
				const { error } = data.resultData;
				throw Object.assign(new Error(error?.message), error);
			}
			return { executionId: id, data: lastRun(data)?.data?.main ?? [null], waitTill };
		};

	/** n8n is killed and started again: what runs is lost, what waits is not. */
	kill(): void {
		this.generation += 1;
		this.timed.clear();
		for (const { id, status } of this.list()) if (status === 'running') this.lose(id);
		this.track(true);
	}

	/** The process that ran the execution has died, in some moment in which it ran. */
	lose(id: string): void {
		const row = this.row(id);
		row.generation = -1;
		row.status = 'crashed';
		row.waitTill = undefined;
		row.running?.cancel();
	}

	/**
	 * A worker of queue mode dies with the execution that it runs. n8n notices, ends the execution with this
	 * error, and resumes the execution above with it.
	 */
	async killWorkerOf(id: string, message: string): Promise<void> {
		this.lose(id);
		const row = this.row(id);
		row.status = 'error';
		const error = { name: 'MaxStalledCountError', message } as Error;
		row.data = createRunExecutionData({ resultData: { error: error as never, runData: {} } });
		await this.resumeParent(row);
	}

	/** What n8n does to suspended executions in the moments after its start: "crashed", then "waiting". */
	setStatus(id: string, status: 'crashed' | 'waiting'): void {
		this.row(id).status = status;
	}

	/** The Stop button, for an execution that waits. */
	stop(id: string): void {
		const row = this.row(id);
		row.status = 'canceled';
		row.waitTill = undefined;
		row.data.resultData.error = { name: 'ManualExecutionCancelledError' } as never;
	}

	/** Forgets all, as a new database. */
	clear(): void {
		this.generation += 1;
		for (const { running } of this.rows.values()) running?.cancel();
		this.rows.clear();
		this.timed.clear();
	}

	private begin(row: Row<Environment>, data: IRunExecutionData | undefined): EngineRun {
		const { generation } = row;
		const running = this.run(row, data);
		row.running = running;
		const saved = running.then((run) => {
			// A killed n8n stores nothing, and nobody waits for it any more.
			if (row.generation !== generation || generation !== this.generation) return NEVER;
			this.save(row, run);
			return run;
		});
		return Object.assign(saved, { cancel: () => running.cancel() });
	}

	/** What n8n does when an execution has come to its end, or to a wait. */
	private save(row: Row<Environment>, run: IRun): void {
		const { status, data } = run;
		row.running = undefined;
		row.status = status;
		row.data = data;
		row.waitTill = run.waitTill && new Date(run.waitTill).getTime();
		if (status === 'waiting') {
			this.track();
			return;
		}
		if (isDeleted(status, row.workflow.settings)) this.rows.delete(row.id);
		row.end.resolve(run);
	}

	/** Looks once a minute which executions are due soon, and in the moment in which n8n starts. */
	private track(isStart = false): void {
		const { time, generation } = this;
		if (this.tracker === generation || !time) return;
		this.tracker = generation;
		void (async () => {
			if (isStart) this.look(time);
			while (generation === this.generation && this.waiting().length > 0) {
				await time.sleep(TRACKER_MS - (time.now() % TRACKER_MS));
				if (generation === this.generation) this.look(time);
			}
			if (generation === this.generation) this.tracker = undefined;
		})();
	}

	private look(time: Time): void {
		const { generation } = this;
		for (const { id, waitTill } of this.waiting()) {
			if (this.timed.has(id) || !waitTill || waitTill > time.now() + TRACKER_LOOKS_AHEAD_MS)
				continue;
			this.timed.add(id);
			void time.sleep(waitTill - time.now()).then(() => {
				if (generation === this.generation) void this.wake(id);
			});
		}
	}

	private waiting(): Array<Row<Environment>> {
		return [...this.rows.values()]
			.filter(({ status }) => status === 'waiting')
			.sort((a, b) => (a.waitTill ?? 0) - (b.waitTill ?? 0));
	}

	/** Goes on with an execution, and with the one above when this one has ended. */
	private async wake(id: string): Promise<void> {
		this.timed.delete(id);
		const row = this.rows.get(id);
		// Somebody else has resumed it, or it is over: n8n only logs that.
		if (row?.status !== 'waiting') return;
		row.status = 'running';
		row.waitTill = undefined;
		row.generation = this.generation;
		const { status } = await this.begin(row, stored(row));
		if (status !== 'waiting') await this.resumeParent(row);
	}

	private async resumeParent(ended: Row<Environment>): Promise<void> {
		const { parent } = ended;
		if (!parent || parent.shouldResume === false) return;
		const row = this.rows.get(parent.executionId);
		const next = row?.status === 'waiting' && row.data.executionData?.nodeExecutionStack[0];
		if (next) {
			const data = stored(ended);
			const { error } = data.resultData;
			const output = lastRun(data)?.data;
			if (error) next.metadata = { ...next.metadata, resumeError: error };
			else if (output) next.data = output;
		}
		await this.wake(parent.executionId);
	}

	private row(id: string): Row<Environment> {
		const row = this.rows.get(id);
		if (!row) throw new Error(`n8n has no execution ${id}.`);
		return row;
	}
}

function deferred<T>(): Deferred<T> {
	let resolve!: Deferred<T>['resolve'];
	const promise = new Promise<T>((resolved) => (resolve = resolved));
	return { promise, resolve };
}

/** n8n stores JSON: what is read is a copy, in which a date is a text. */
function stored({ data }: { data: IRunExecutionData }): IRunExecutionData {
	return jsonParse(jsonStringify(data, { replaceCircularRefs: true }));
}

const NEVER = new Promise<never>(() => {});

function lastRun({ resultData }: IRunExecutionData) {
	return resultData.runData[resultData.lastNodeExecuted ?? '']?.at(-1);
}

function isDeleted(status: ExecutionStatus, settings: IWorkflowSettings = {}): boolean {
	const setting =
		status === 'success' ? settings.saveDataSuccessExecution : settings.saveDataErrorExecution;
	return setting === 'none';
}
