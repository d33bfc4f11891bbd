import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startN8n, type N8n } from '../../playground/n8n';
import {
	N8nError,
	withCredential,
	type Credential,
	type SavedWorkflow,
} from '../../playground/n8nClient';
import { startChild, type Child } from './childProcess';
import type { Usage } from './probe';
import type { SimulatorProgram, Tally } from './simulatorProgram';
import { OTHER_BUILD, webhookPath, type Contender } from './workflows';

/** What a case of the benchmark gets. */
export interface CaseOptions {
	bench: Workbench;
	/** Few items and one round. */
	quick: boolean;
	/** How long the case may take, about. */
	seconds: number;
	/** How many items, where the user has said so. */
	items?: number;
	/** How often each contender has its turn, where the user has said so. */
	turns?: number;
	/** The folder of another build of this package, where there is one. */
	against?: string;
}

/** What an execution took. */
export interface Measurement extends Usage {
	/** Milliseconds from the execution's start to its end, as n8n has noted them. */
	wallMs: number;
	tally: Tally;
}

const packageFolder = resolve(__dirname, '../..');
const fixtures = join(__dirname, 'fixtures');

/** An n8n with the contenders' packages, and a simulator beside it, each in a process of its own. */
export class Workbench {
	private readonly published = new Map<string, SavedWorkflow>();

	private constructor(
		readonly simulator: Child<SimulatorProgram>,
		readonly address: ReturnType<SimulatorProgram['address']>,
		private readonly dataFolder: string,
		private n8n: N8n,
		private readonly credential: Credential,
		private readonly askProbe: AskProbe,
	) {}

	/**
	 * @param database what n8n needs in its environment to use another database than SQLite
	 * @param otherBuild the folder of another build of this package, which n8n gets beside this one
	 */
	static async open(
		database: Record<string, string> = {},
		otherBuild?: string,
	): Promise<Workbench> {
		const dataFolder = await mkdtemp(join(tmpdir(), 'voice2phone-bench-'));
		const simulator = await startChild<SimulatorProgram>('simulatorProgram.ts');
		try {
			const address = await simulator.call('address');
			const { environment, ask } = await probe();
			const n8n = await startN8n({
				dataFolder,
				packages: [
					packageFolder,
					fixtures,
					...(otherBuild ? [await renamed(otherBuild, dataFolder)] : []),
				],
				environment: { ...address.environment, ...environment, ...database },
			});
			const credential = await n8n.client.saveCredential('voice2PhoneApi', 'Simulator', {
				apiKey: address.apiKey,
				authScheme: 'basic',
			});
			return new Workbench(simulator, address, dataFolder, n8n, credential, ask);
		} catch (error) {
			await simulator.stop();
			throw error;
		}
	}

	/** Gives n8n a fresh process: what earlier executions left in its memory is gone. */
	async restart(): Promise<void> {
		this.n8n = await this.n8n.restart();
	}

	/**
	 * Runs a contender's workflow once and measures the execution.
	 *
	 * @param body what the webhook gets
	 * @throws when the execution fails
	 */
	async run(contender: Contender, body: object): Promise<Measurement> {
		const workflow = await this.publish(contender);
		await this.askProbe('begin');
		const response = await this.n8n.client.callWebhook(webhookPath(contender.name), body);
		await response.arrayBuffer();
		if (!response.ok)
			throw new Error(`"${contender.name}" failed: ${await this.fault(workflow.id)}`);
		const { startedAt, stoppedAt } = await this.finished(workflow.id);
		const usage = await this.askProbe<Usage>('end');
		return {
			...usage,
			wallMs: Date.parse(stoppedAt) - Date.parse(startedAt),
			tally: await this.simulator.call('tally'),
		};
	}

	/**
	 * Lets a contender call so many people, and measures the execution.
	 *
	 * @throws when not each of them was called exactly once
	 */
	async makeCalls(contender: Contender, count: number, latencyMs: number): Promise<Measurement> {
		await this.simulator.call('reset', latencyMs);
		const measurement = await this.run(contender, { count });
		const { acceptedCalls, calledTwice } = measurement.tally;
		if (acceptedCalls !== count || calledTwice > 0) {
			throw new Error(
				`"${contender.name}" called ${acceptedCalls} of ${count} people, ${calledTwice} of them twice.`,
			);
		}
		return measurement;
	}

	/** Profiles n8n's main process while something is measured. */
	async profile(
		task: () => Promise<Measurement>,
	): Promise<{ profile: CpuProfile; measurement: Measurement }> {
		await this.askProbe('startProfile');
		const measurement = await task();
		return { profile: await this.askProbe('stopProfile'), measurement };
	}

	async close(): Promise<void> {
		await this.n8n.stop();
		await this.simulator.stop();
		await rm(this.dataFolder, { recursive: true, force: true });
	}

	private async publish({ name, workflow }: Contender): Promise<SavedWorkflow> {
		const known = this.published.get(name);
		if (known) return known;
		const { client } = this.n8n;
		const saved = await client.saveWorkflow(withCredential(workflow, this.credential));
		await client.publish(saved);
		this.published.set(name, saved);
		return saved;
	}

	/** What n8n says of the newest execution, which has failed: the webhook's answer does not say why. */
	private async fault(workflowId: string): Promise<string> {
		const [{ id }] = await this.n8n.client.executions(workflowId, 1);
		const { data } = await this.n8n.client.finished(id);
		const { error } = data.resultData;
		return error ? `${error.message} ${error.description ?? ''}` : 'n8n has saved no error.';
	}

	/** The newest execution, which the webhook's answer may overtake on its way into the database. */
	private async finished(workflowId: string): Promise<{ startedAt: string; stoppedAt: string }> {
		for (let attempt = 1; ; attempt++) {
			try {
				const [newest] = await this.n8n.client.executions(workflowId, 1);
				const { id, startedAt, stoppedAt, status } = newest;
				if (status === 'success' && stoppedAt) return { startedAt, stoppedAt };
				if (!['running', 'success'].includes(status))
					throw new Error(`Execution ${id} ended as "${status}".`);
			} catch (error) {
				// n8n answers with 503 while a busy machine keeps it from its database.
				if (!(error instanceof N8nError && error.statusCode === 503)) throw error;
			}
			if (attempt === 300) throw new Error(`No end of an execution of ${workflowId} was saved.`);
			await sleep(100);
		}
	}
}

/** A copy of a build of this package that n8n takes for another package. */
async function renamed(build: string, dataFolder: string): Promise<string> {
	const folder = join(dataFolder, 'otherBuild');
	await mkdir(folder);
	await cp(join(build, 'dist'), join(folder, 'dist'), { recursive: true });
	const manifest = JSON.parse(await readFile(join(build, 'package.json'), 'utf8')) as {
		n8n: object;
	};
	// Both nodes use the credential of this build.
	const { name, n8n } = { name: OTHER_BUILD, n8n: { ...manifest.n8n, credentials: [] } };
	await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, name, n8n }));
	return folder;
}

/** The part of V8's CPU profile that is read here: https://chromedevtools.github.io/devtools-protocol/tot/Profiler */
export interface CpuProfile {
	nodes: Array<{
		id: number;
		callFrame: { functionName: string; url: string };
		children?: number[];
	}>;
	/** IDs of the nodes that were on top of the stack. */
	samples: number[];
	/** Microseconds of the system's monotonic clock. */
	startTime: number;
	/** Microseconds between two samples. */
	timeDeltas: number[];
}

export type AskProbe = <T>(question: string) => Promise<T>;

/** The environment that puts the probe into an n8n, and the way to ask it. */
export async function probe(): Promise<{ environment: Record<string, string>; ask: AskProbe }> {
	const port = await freePort();
	return {
		environment: {
			NODE_OPTIONS: `--require=${join(__dirname, 'probe.ts')}`,
			BENCH_PROBE_PORT: String(port),
		},
		async ask(question) {
			const response = await fetch(`http://127.0.0.1:${port}/${question}`);
			return (await response.json()) as never;
		},
	};
}
