import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import {
	DataDeduplicationService,
	ExecutionLifecycleHooks,
	ExternalSecretsProxy,
	PackageDirectoryLoader,
	WorkflowExecute,
	WorkflowHasIssuesError,
} from 'n8n-core';
import type {
	ExecutionError,
	ExecutionStatus,
	INodeExecutionData,
	INodeType,
	INodeTypes,
	IPinData,
	IRun,
	IRunData,
	IRunExecutionData,
	ITaskData,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
	Logger,
	LogLevel,
	LogMetadata,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import {
	createRunExecutionData,
	jsonParse,
	jsonStringify,
	LoggerProxy,
	NodeHelpers,
	Workflow,
} from 'n8n-workflow';
import { baseNodes } from './baseNodes';
import { CredentialsHelper, type StoredCredentials } from './credentialsHelper';
import { ProcessedData } from './processedData';
import { SuspendedExecutions, type Execution, type Time } from './suspendedExecutions';
import type { Simulator } from '../simulator';
import type { WorkflowJson } from './workflow';

/** One line that n8n or the node logged. */
export interface LogLine {
	level: Exclude<LogLevel, 'silent'>;
	message: string;
	metadata: LogMetadata;
}

export interface WorkflowRunnerOptions {
	/** Leads to `https://api.voice2phone.com`, and knows the key that is good there. */
	simulator: Pick<Simulator, 'environment' | 'apiKey'>;
	/** Further node types, by full type name. */
	nodeTypes?: Record<string, INodeType>;
	/** The community package to load; this one by default. It has to be built. */
	packageDirectory?: string;
	/** With it n8n wakes executions that nodes put to wait. */
	time?: Time;
}

export interface RunOptions {
	/** `manual` (the default) is a click in the editor, the others are an active workflow. */
	mode?: 'manual' | 'trigger' | 'webhook' | 'evaluation' | 'integrated';
	/** The mode of the workflow that started all others, as n8n hands it to a sub-workflow (`integrated`). */
	outermostMode?: 'manual' | 'webhook';
	/** By credential type; by default our API's, with the simulator's key. */
	credentials?: StoredCredentials;
	/** The workflow's time-out in milliseconds (n8n's setting is in seconds). */
	executionTimeout?: number;
}

export interface RetryOptions extends Omit<RunOptions, 'mode'> {
	/** "Retry with currently saved workflow": the workflow as it is now. */
	workflow?: WorkflowJson;
}

/** An execution under way. */
export interface RunningExecution {
	/** What the Stop button does. */
	cancel(): void;
	/** Resolves when the node that was running has ended, whatever the outcome, or has put it to wait. */
	readonly finished: Promise<WorkflowResult>;
	/** Resolves when the execution has ended for good, however often it was put to wait before. */
	readonly ended: Promise<WorkflowResult>;
	/** n8n's; undefined when n8n did not even start it. */
	readonly id: string | undefined;
}

/** Loads the package and starts workflows with it. */
export interface WorkflowRunner {
	start(workflow: WorkflowJson, options?: RunOptions): RunningExecution;
	run(workflow: WorkflowJson, options?: RunOptions): Promise<WorkflowResult>;
	/**
	 * "Retry" in the list of executions, as `packages/cli/src/executions/execution.service.ts` of n8n
	 * 2.40 does it: the saved execution goes on at the node that failed, in mode `retry`.
	 *
	 * @throws when the execution succeeded: n8n offers no retry then
	 */
	retry(failed: WorkflowResult, options?: RetryOptions): Promise<WorkflowResult>;
	/** All executions, with the inner ones that nodes started. */
	readonly executions: SuspendedExecutions<RunOptions>;
	/** Loads the package again, as n8n does when it starts. */
	reload(): Promise<void>;
}

/**
 * The data that nodes recorded with `checkProcessedAndRecord`. It outlives runners, as n8n's database
 * outlives n8n: a new runner is n8n started again, `processedData.clear()` a new database.
 */
export const processedData = new ProcessedData();

/** How an execution ended. */
export class WorkflowResult {
	readonly status: ExecutionStatus;
	/** The error the execution ended with; errors of nodes that continue are in `runs` and `output`. */
	readonly error: ExecutionError | undefined;
	readonly runData: IRunData;
	/** The execution's data as n8n saves it: the JSON that people with access to the execution can read. */
	readonly saved: string;

	constructor(
		readonly workflow: WorkflowJson,
		run: Pick<IRun, 'status' | 'data'>,
		readonly logs: readonly LogLine[],
	) {
		this.status = run.status;
		this.error = run.data.resultData.error;
		this.runData = run.data.resultData.runData;
		this.saved = jsonStringify(run.data, { replaceCircularRefs: true });
	}

	/** The runs of a node, in order; none if it was not reached. */
	runs(nodeName: string): ITaskData[] {
		if (!this.workflow.nodes.some(({ name }) => name === nodeName)) {
			throw new Error(`The workflow has no node "${nodeName}".`);
		}
		return this.runData[nodeName] ?? [];
	}

	/**
	 * The items at an output of a node in its last run, or in the given one.
	 *
	 * @throws with the execution's error when the node has no such run
	 */
	output(nodeName: string, outputIndex = 0, runIndex = -1): INodeExecutionData[] {
		const run = this.runs(nodeName).at(runIndex);
		if (!run?.data) {
			throw new Error(`"${nodeName}" has no output in that run. ${this.error?.message ?? ''}`, {
				cause: this.error,
			});
		}
		return run.data.main[outputIndex] ?? [];
	}
}

/**
 * Runs workflows through n8n's own engine with the built package, the real HTTP helpers and the real
 * credential code; only the database, the encryption and the nodes of n8n are stand-ins.
 *
 * The process has to trust the simulator's authority since its start, and `N8N_USER_FOLDER` has to name a
 * temporary folder; the global set-up of jest sees to both.
 */
export async function createWorkflowRunner({
	simulator,
	nodeTypes: extraNodeTypes = {},
	packageDirectory = resolve(__dirname, '../..'),
	time,
}: WorkflowRunnerOptions): Promise<WorkflowRunner> {
	await startEngine();
	const load = async () => {
		const loading = new PackageDirectoryLoader(packageDirectory);
		try {
			await loading.loadAll();
		} catch (cause) {
			throw new Error(`${packageDirectory} does not load. Run "npm run build" first.`, { cause });
		}
		return loading;
	};
	let loader = await load();

	const ownNodes = { ...baseNodes, ...extraNodeTypes };
	const nodeTypes: INodeTypes = {
		getByName: (type) => nodeTypes.getByNameAndVersion(type),
		getByNameAndVersion(type, version) {
			if (ownNodes[type]) return ownNodes[type];
			const [packageName, name] = type.split('.');
			if (packageName !== loader.packageName) throw new Error(`Unknown node type "${type}".`);
			return NodeHelpers.getVersionedNodeType(loader.getNode(name).type, version);
		},
		getKnownTypes: () => ({}),
	};

	/** Begins an execution, or goes on with it where `saved` says. */
	function run(
		{ id: executionId, workflow: json, mode, environment: options }: Execution<RunOptions>,
		saved: IRunExecutionData | undefined,
	) {
		// n8n's agents ask for the proxy at every request, so several runners can take turns.
		Object.assign(process.env, simulator.environment);

		// An active workflow does not look at pinned data.
		const pinData = mode === 'manual' ? json.pinData : undefined;
		const workflow = workflowOf(json, mode, pinData);
		const { executionTimeout } = options;
		const credentials = {
			voice2PhoneApi: { apiKey: simulator.apiKey },
			...options.credentials,
		};
		const additionalData = executionEnvironment({
			executionId,
			workflowId: workflow.id,
			hooks: new ExecutionLifecycleHooks(mode, executionId, json as IWorkflowBase),
			credentialsHelper: new CredentialsHelper(
				(name) => loader.getCredential(name).type,
				credentials,
			),
			executionTimeoutTimestamp: executionTimeout && Date.now() + executionTimeout,
			rootExecutionMode: options.outermostMode,
			executeWorkflow: executions.executeWorkflow(options),
			getRunExecutionData: async (id) => await executions.dataOf(id),
		});
		const engine = new WorkflowExecute(additionalData, mode, saved);
		return saved ? engine.processRunExecutionData(workflow) : engine.run({ workflow, pinData });
	}

	const workflowOf = (json: WorkflowJson, mode: WorkflowExecuteMode, pinData?: IPinData) =>
		new Workflow({
			id: 'workflow',
			name: json.name,
			nodes: structuredClone(json.nodes),
			connections: json.connections,
			active: mode !== 'manual',
			nodeTypes,
			settings: { executionOrder: 'v1', ...json.settings },
			pinData,
		});

	const executions = new SuspendedExecutions<RunOptions>(time, run);

	function execute(
		json: WorkflowJson,
		mode: WorkflowExecuteMode,
		options: RunOptions,
		failed?: WorkflowResult,
	): RunningExecution {
		const { executionTimeout } = options;
		const saved = failed && dataForRetry(failed, workflowOf(json, mode));
		const logs: LogLine[] = [];
		logSinks.add(logs);
		const result = (run: Pick<IRun, 'status' | 'data'>) => new WorkflowResult(json, run, logs);
		try {
			const { id, run } = executions.start({ workflow: json, mode, environment: options }, saved);
			const cancel = () => run.cancel();
			const timer = executionTimeout && !time && setTimeout(cancel, executionTimeout);
			if (executionTimeout) void time?.sleep(executionTimeout).then(cancel);
			const finished = run.then(result).finally(() => {
				if (timer) clearTimeout(timer);
				logSinks.delete(logs);
			});
			const ended = executions.ended(id).then(result);
			return { id, cancel, finished, ended };
		} catch (error) {
			logSinks.delete(logs);
			if (!(error instanceof WorkflowHasIssuesError)) throw error;
			// The engine does not start a workflow with, for example, an empty required field.
			const data = createRunExecutionData({ resultData: { error } });
			const refused = Promise.resolve(result({ status: 'error', data }));
			return { id: undefined, cancel() {}, finished: refused, ended: refused };
		}
	}

	const start: WorkflowRunner['start'] = (workflow, options = {}) =>
		execute(workflow, options.mode ?? 'manual', options);
	return {
		start,
		run: async (workflow, options) => await start(workflow, options).finished,
		async retry(failed, { workflow = failed.workflow, ...options } = {}) {
			if (failed.status === 'success') {
				throw new Error('The execution succeeded, so it cannot be retried.');
			}
			return await execute(workflow, 'retry', options, failed).finished;
		},
		executions,
		async reload() {
			loader = await load();
		},
	};
}

/** The saved execution without the error it ended with, to go on with the nodes of the workflow. */
function dataForRetry({ saved }: WorkflowResult, workflow: Workflow): IRunExecutionData {
	const data = jsonParse<IRunExecutionData>(saved);
	const { resultData, executionData } = data;
	if (resultData.lastNodeExecuted) {
		delete resultData.error;
		const runs = resultData.runData[resultData.lastNodeExecuted];
		if (runs?.at(-1)?.error) runs.pop();
	}
	for (const entry of executionData?.nodeExecutionStack ?? []) {
		const node = workflow.getNode(entry.node.name);
		if (!node) throw new Error(`Could not find the node "${entry.node.name}" in workflow.`);
		entry.node = node;
	}
	return data;
}

let engineStarted: Promise<void> | undefined;
const logSinks = new Set<LogLine[]>();

/** Does, once, what n8n does at its start: HTTP defaults, logger, deduplication. */
function startEngine(): Promise<void> {
	return (engineStarted ??= (async () => {
		if (!process.env.N8N_USER_FOLDER) {
			throw new Error(
				'Set N8N_USER_FOLDER to a temporary folder first: n8n-core writes its settings there.',
			);
		}
		// The copies that n8n-core uses itself; at the top of node_modules there may be other versions.
		const requireOfCore = createRequire(require.resolve('n8n-core'));
		const { Container } = requireOfCore('@n8n/di') as typeof import('@n8n/di');
		const common = requireOfCore('@n8n/backend-common') as typeof import('@n8n/backend-common');
		const network = requireOfCore('@n8n/backend-network') as typeof import('@n8n/backend-network');

		const logAt =
			(level: LogLine['level']) =>
			(message: string, metadata: LogMetadata = {}) =>
				logSinks.forEach((lines) => lines.push({ level, message, metadata }));
		const logger: Logger & { scoped(): Logger } = {
			error: logAt('error'),
			warn: logAt('warn'),
			info: logAt('info'),
			debug: logAt('debug'),
			scoped: () => logger,
		};
		Container.set(common.Logger, logger as unknown as InstanceType<typeof common.Logger>);
		LoggerProxy.init(logger);
		network.configureGlobalAxiosDefaults();
		await DataDeduplicationService.init(processedData);
	})());
}

/** What an execution knows of the n8n around it. */
function executionEnvironment(
	own: Pick<
		IWorkflowExecuteAdditionalData,
		| 'executionId'
		| 'workflowId'
		| 'credentialsHelper'
		| 'executionTimeoutTimestamp'
		| 'executeWorkflow'
		| 'getRunExecutionData'
		| 'rootExecutionMode'
	> & { hooks: ExecutionLifecycleHooks },
): IWorkflowExecuteAdditionalData {
	const url = 'http://localhost:5678/';
	const notHere = (what: string) => async (): Promise<never> => {
		throw new Error(`${what} need a whole n8n: test them end to end, not in the workflow runner.`);
	};
	return {
		...own,
		currentNodeExecutionIndex: 0,
		variables: {},
		externalSecretsProxy: new ExternalSecretsProxy(),
		restApiUrl: url,
		instanceBaseUrl: url,
		formBaseUrl: url,
		formWaitingBaseUrl: url,
		formTestBaseUrl: url,
		webhookBaseUrl: url,
		webhookWaitingBaseUrl: url,
		webhookTestBaseUrl: url,
		mcpBaseUrl: url,
		mcpTestBaseUrl: url,
		setExecutionStatus() {},
		logAiEvent() {},
		getRuntimeCredential: notHere('Runtime credentials'),
		startRunnerTask: notHere('Task runners'),
	};
}
