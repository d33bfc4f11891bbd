import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import type { INode, INodeParameters } from 'n8n-workflow';

import { startN8n, type N8n, type N8nOptions, type N8nProcess } from '../../playground/n8n';
import {
	outputItems,
	withCredential,
	type Credential,
	type Execution,
	type ExecutionSummary,
	type SavedWorkflow,
} from '../../playground/n8nClient';
import {
	noticeSoon,
	startPostgres,
	startRedis,
	startWorker,
	type Service,
} from '../queue/services';
import { standingClock, startSimulator, type RecordedRequest, type Simulator } from '../simulator';
import { nodeParameters } from '../support/parameters';

/*
 * What becomes of waiting executions when n8n is killed: shown with the real n8n, which looks for
 * executions to be woken once a minute, so each scenario takes minutes.
 *
 *   npx tsx test/e2e/durableWait.ts                        all scenarios
 *   npx tsx test/e2e/durableWait.ts --only phases,many     some of them
 *   npx tsx test/e2e/durableWait.ts --only many --count 20 fewer executions at once
 *
 * The exit code is 0 only when every row is as it has to be.
 */

interface Row {
	'n8n was killed': string;
	execution: string;
	answer: string;
	calls: number;
	'seconds to the answer': string;
	'as expected': boolean;
}

const PACKAGE = join(__dirname, '..', '..');
const options = { surviveRestarts: true, handOverAfter: 1, checkEvery: 1, callsPerSecond: 0 };
const rows: Row[] = [];
const { values } = parseArgs({
	options: { only: { type: 'string' }, count: { type: 'string', default: '100' } },
});

/** An n8n with the node, and a simulator in place of Voice2Phone. */
class Bed {
	n8n!: N8n;

	simulator!: Simulator;

	readonly workers: N8nProcess[] = [];

	private credential!: Credential;

	private folder = '';

	private readonly services: Service[] = [];

	private environment: Record<string, string> = {};

	/**
	 * @param workers how many of them run the executions, in queue mode; 0 for an n8n of one process
	 * @param database SQLite is n8n's default; queue mode needs PostgreSQL
	 */
	async open(workers: number, database: 'sqlite' | 'postgres'): Promise<this> {
		this.folder = await mkdtemp(join(tmpdir(), 'durable-wait-'));
		// People press keys only when a scenario lets time pass.
		this.simulator = await startSimulator({ clock: standingClock() });
		this.environment = { ...this.simulator.environment };
		if (database === 'postgres') await this.use(startPostgres());
		if (workers > 0) {
			await this.use(startRedis());
			Object.assign(this.environment, noticeSoon);
		}
		this.n8n = await startN8n(this.options('main'));
		for (let index = 0; index < workers; index++) await this.startWorker();
		this.credential = await this.n8n.client.saveCredential('voice2PhoneApi', 'Simulator', {
			apiKey: this.simulator.apiKey,
			authScheme: 'basic',
		});
		return this;
	}

	private async use(starting: Promise<Service>): Promise<void> {
		const service = await starting;
		this.services.push(service);
		Object.assign(this.environment, service.environment);
	}

	/** The rows of n8n's executions that PostgreSQL has inserted, updated and deleted so far, by table. */
	async rowsWritten(): Promise<string> {
		// PostgreSQL counts with a delay.
		await sleep(15_000);
		return await this.sql(`SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables
			WHERE relname LIKE 'execution%' AND n_tup_ins > 0 ORDER BY relname`);
	}

	async setStatus(executionId: string, status: 'crashed' | 'waiting'): Promise<void> {
		await this.sql(`UPDATE execution_entity SET status = '${status}' WHERE id = ${executionId}`);
	}

	private async sql(query: string): Promise<string> {
		const { stdout } = await promisify(execFile)('psql', [
			...['-h', '127.0.0.1', '-p', this.environment.DB_POSTGRESDB_PORT, '-U', 'postgres'],
			...['-A', '-t', '-c', query],
		]);
		return stdout.trim().replaceAll('\n', ', ');
	}

	private options(name: string): N8nOptions {
		const { environment } = this;
		return { dataFolder: join(this.folder, name), packages: [PACKAGE], environment };
	}

	async startWorker(): Promise<void> {
		this.workers.push(await startWorker(this.options(`worker ${this.workers.length}`)));
	}

	async close(): Promise<void> {
		await this.n8n.kill();
		for (const worker of this.workers) await worker.kill();
		for (const service of this.services) await service.stop();
		await this.simulator.close();
		await rm(this.folder, { recursive: true, force: true });
	}

	async killAndRestart(): Promise<void> {
		await this.n8n.kill();
		this.n8n = await this.n8n.restart();
	}

	/** A published workflow: webhook → one item per phone → the node → "Result", which follows the links. */
	async workflow(
		path: string,
		parameters: INodeParameters = {},
		settings: Partial<INode> = {},
	): Promise<SavedWorkflow> {
		const node = (name: string, type: string, typeVersion: number, of: INodeParameters): INode => ({
			id: name,
			name,
			type,
			typeVersion,
			position: [0, 0],
			parameters: of,
		});
		const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
		const saved = await this.n8n.client.saveWorkflow(
			withCredential(
				{
					name: path,
					nodes: [
						{
							...node('Webhook', 'n8n-nodes-base.webhook', 2, { httpMethod: 'POST', path }),
							webhookId: path,
						},
						node('Phones', 'n8n-nodes-base.splitOut', 1, {
							fieldToSplitOut: 'body.phones',
							options: { destinationFieldName: 'phone' },
						}),
						{
							...node(
								'Call',
								'n8n-nodes-voice2phone.voice2Phone',
								1,
								nodeParameters({
									operation: 'callAndWait',
									countryCode: 'US',
									phoneNumber: '={{ $json.phone }}',
									message: 'Hello',
									dtmf: {
										entries: [
											{ key: '1', label: 'Yes', message: 'Thank you' },
											{ key: '2', label: 'No', message: 'Goodbye' },
										],
									},
									options,
									...parameters,
								}),
							),
							credentials: { voice2PhoneApi: { id: '', name: '' } },
							...settings,
						},
						node('Result', 'n8n-nodes-base.set', 3.4, {
							mode: 'manual',
							includeOtherFields: true,
							assignments: {
								assignments: [
									{
										id: 'from',
										name: 'from',
										type: 'string',
										value: "={{ $('Phones').item.json.phone }}",
									},
								],
							},
							options: {},
						}),
					],
					connections: {
						Webhook: { main: [to('Phones')] },
						Phones: { main: [to('Call')] },
						Call: { main: [0, 1, 2, 3, 4].map(() => to('Result')) },
					},
					settings: { executionOrder: 'v1' },
				},
				this.credential,
			),
		);
		await this.n8n.client.publish(saved);
		return saved;
	}

	async start(workflow: SavedWorkflow, ...phones: string[]): Promise<void> {
		await this.n8n.client.callWebhook(workflow.name, { phones });
	}

	/** The executions of the workflow itself, without the inner ones, oldest first. */
	async outer(workflow: SavedWorkflow) {
		const all = await this.all(workflow);
		return all.filter(({ mode }) => mode === 'webhook').reverse();
	}

	/** The inner executions that n8n holds for the workflow. */
	async inner(workflow: SavedWorkflow) {
		const all = await this.all(workflow);
		return all.filter(({ mode }) => mode === 'integrated');
	}

	/** All executions of the workflow, newest first; n8n lists a hundred at a time. */
	private async all({ id }: SavedWorkflow): Promise<ExecutionSummary[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId: id }));
		const found = new Map<string, ExecutionSummary>();
		for (let last = ''; ;) {
			const { results } = await this.n8n.client.request<{ results: ExecutionSummary[] }>(
				'GET',
				`/executions?limit=100&filter=${filter}${last && `&lastId=${last}`}`,
			);
			for (const each of results) found.set(each.id, each);
			if (results.length < 100) break;
			last = results.at(-1)!.id;
		}
		return [...found.values()].sort((a, b) => Number(b.id) - Number(a.id));
	}

	async suspended(workflow: SavedWorkflow, count = 1): Promise<void> {
		await until(600, `${count} executions to be suspended`, async () => {
			const executions = await this.outer(workflow);
			return executions.filter(({ status }) => status === 'waiting').length === count;
		});
	}

	/** How many of the workflow's own executions wait, of the newest hundred and the inner ones beside. */
	async counts(workflow: SavedWorkflow): Promise<{ waiting: number }> {
		return {
			waiting: (await this.outer(workflow)).filter(({ status }) => !ENDED.includes(status)).length,
		};
	}

	/** Waits until n8n holds no inner execution any more. */
	async nothingLeft(workflows: SavedWorkflow[]): Promise<void> {
		for (const workflow of workflows) {
			await until(600, `the inner executions of "${workflow.name}" to end`, async () => {
				return (await this.inner(workflow)).every(({ status }) => ENDED.includes(status));
			});
			const left = (await this.inner(workflow)).map(({ id, status }) => `${id} ${status}`);
			console.log(`${workflow.name}: inner executions left: ${left.join(', ') || 'none'}`);
		}
	}

	/** The first execution of the workflow, when it has ended; or as it is when the time is over. */
	async ended(workflow: SavedWorkflow, seconds: number): Promise<Execution> {
		const isOver = async () => ENDED.includes((await this.outer(workflow))[0].status);
		await until(seconds, 'the end', isOver).catch(() => undefined);
		return await this.n8n.client.execution((await this.outer(workflow))[0].id);
	}

	/** Resolves with the next request to the API that the test accepts. */
	async request(accept: (request: RecordedRequest) => boolean): Promise<void> {
		await new Promise<void>((resolve) => {
			const listen = (request: RecordedRequest) => {
				if (!accept(request)) return;
				this.simulator.off('request', listen);
				resolve();
			};
			this.simulator.on('request', listen);
		});
	}

	report(
		killed: string,
		{ status, data, startedAt, stoppedAt }: Execution,
		phones: string[],
		expected: { status: string; keys?: Array<string | null> },
	): void {
		const results = [0, 1, 2, 3, 4]
			.flatMap((run) => data.resultData.runData.Result?.[run]?.data?.main[0] ?? [])
			.map(({ json }) => json)
			.filter(({ from }) => phones.includes(from as string));
		const keys = phones.map(
			(phone) => results.find(({ from }) => from === phone)?.pressedKey as string | null,
		);
		const calls = phones.map((phone) => this.simulator.acceptedCalls(`+1${phone}`).length);
		const seconds = (new Date(stoppedAt ?? 0).getTime() - new Date(startedAt).getTime()) / 1000;
		const wanted = expected.keys ?? [];
		rows.push({
			'n8n was killed': killed,
			execution: status,
			answer: results.length > 0 ? keys.join(',') : '–',
			calls: Math.max(...calls),
			'seconds to the answer': results.length > 0 ? seconds.toFixed(0) : '–',
			'as expected':
				status === expected.status &&
				calls.every((count) => count === 1) &&
				results.length === wanted.length &&
				wanted.every((key, index) => keys[index] === key),
		});
		console.log(JSON.stringify(rows.at(-1)));
	}
}

function row(killed: string, execution: string, answer: string, isRight: boolean): Row {
	const made: Row = {
		'n8n was killed': killed,
		execution,
		answer,
		calls: 1,
		'seconds to the answer': '',
		'as expected': isRight,
	};
	console.log(JSON.stringify(made));
	return made;
}

async function until(seconds: number, what: string, look: () => Promise<boolean>): Promise<void> {
	const deadline = Date.now() + seconds * 1000;
	while (!(await look())) {
		if (Date.now() > deadline) throw new Error(`Waited ${seconds} s for ${what}, in vain`);
		await sleep(500);
	}
}

const ENDED = ['success', 'error', 'crashed', 'canceled'];

const scenarios: Record<string, (bed: Bed) => Promise<void>> = {
	/** Killed while a call is placed, while the node waits itself, and while n8n keeps the wait. */
	async phases(bed) {
		const suspended = await bed.workflow('suspended');
		const items = await bed.workflow('items', {}, { onError: 'continueRegularOutput' });
		const split = await bed.workflow('split', { splitByKey: true });
		const polling = await bed.workflow('polling', { options: { ...options, handOverAfter: 60 } });
		const placing = await bed.workflow('placing');

		const mixed = ['4255550290', '4255550101', '4255550389'];
		await bed.start(suspended, '4255550399');
		await bed.start(items, ...mixed, '4255550140');
		await bed.start(split, '4255550391');
		for (const workflow of [suspended, items, split]) await bed.suspended(workflow);
		await bed.start(polling, '4255550298');
		await bed.request(({ method }) => method === 'GET');
		bed.simulator.latencyMs = 5_000;
		const placed = bed.request(({ method }) => method === 'POST');
		await bed.start(placing, '4255550299');
		await placed;
		await bed.n8n.kill();

		bed.simulator.latencyMs = 0;
		bed.simulator.clock.advance(120_000);
		bed.n8n = await bed.n8n.restart();
		bed.report('placing', await bed.ended(placing, 60), ['4255550299'], { status: 'crashed' });
		bed.report('waiting itself', await bed.ended(polling, 60), ['4255550298'], {
			status: 'crashed',
		});
		bed.report('suspended', await bed.ended(suspended, 240), ['4255550399'], {
			status: 'success',
			keys: ['2'],
		});
		bed.report('suspended, split by key', await bed.ended(split, 240), ['4255550391'], {
			status: 'success',
			keys: ['2'],
		});
		const several = await bed.ended(items, 240);
		const output = outputItems(several, 'Result').map(({ json }) => json);
		const failed = output.at(3);
		bed.report('suspended, 3 items and a refused one', several, mixed, {
			status:
				output.length === 4 && failed?.from === '4255550140' && failed.error ? several.status : '?',
			keys: ['1', '1', '2'],
		});
		await bed.nothingLeft([suspended, items, split]);
	},

	/** Killed while the inner execution asks for the status. */
	async inner(bed) {
		const workflow = await bed.workflow('inner', { options: { ...options, waitAtMost: 2 } });
		await bed.start(workflow, '4255550399');
		await bed.suspended(workflow);
		bed.simulator.latencyMs = 5_000;
		await bed.request(({ method }) => method === 'GET');
		await bed.n8n.kill();
		bed.simulator.latencyMs = 0;
		bed.simulator.clock.advance(120_000);
		bed.n8n = await bed.n8n.restart();
		bed.report('inside the inner check', await bed.ended(workflow, 600), ['4255550399'], {
			status: 'success',
			keys: ['2'],
		});
		await bed.nothingLeft([workflow]);
	},

	/** Killed while a watcher asks, and again while the supervisor asks in its place. */
	async supervisor(bed) {
		const workflow = await bed.workflow('supervisor', { options: { ...options, waitAtMost: 2 } });
		await bed.start(workflow, '4255550399');
		await bed.suspended(workflow);
		for (const asks of ['the watcher', 'the supervisor']) {
			bed.simulator.latencyMs = 5_000;
			await bed.request(({ method }) => method === 'GET');
			await bed.killAndRestart();
			console.log(`${new Date().toISOString()} killed while ${asks} asked`);
		}
		bed.simulator.latencyMs = 0;
		bed.simulator.clock.advance(120_000);
		bed.report(
			'inside the checks of watcher and supervisor',
			await bed.ended(workflow, 1200),
			['4255550399'],
			{ status: 'success', keys: ['2'] },
		);
		await bed.nothingLeft([workflow]);
	},

	/**
	 * The result is handed back in the moment in which an n8n that has just started has marked the waiting
	 * execution as crashed, before it marks it as waiting again.
	 */
	async repair(bed) {
		const workflow = await bed.workflow('repair');
		await bed.start(workflow, '4255550399');
		await bed.suspended(workflow);
		const [{ id }] = await bed.outer(workflow);
		await bed.setStatus(id, 'crashed');
		bed.simulator.clock.advance(120_000);
		await until(300, 'the result to be handed back in vain', async () => {
			const left = await bed.inner(workflow);
			return left.filter(({ status }) => !ENDED.includes(status)).length === 1;
		});
		await bed.setStatus(id, 'waiting');
		bed.report('(repaired while the result came)', await bed.ended(workflow, 900), ['4255550399'], {
			status: 'success',
			keys: ['2'],
		});
		await bed.nothingLeft([workflow]);
	},

	/** n8n is asked to stop, as an update does it. */
	async stop(bed) {
		const workflow = await bed.workflow('stop');
		const itself = await bed.workflow('stop itself', { options: { ...options, handOverAfter: 5 } });
		await bed.start(workflow, '4255550399');
		await bed.suspended(workflow);
		await bed.start(itself, '4255550398');
		await bed.request(({ method }) => method === 'GET');
		bed.n8n = await bed.n8n.restart();
		bed.simulator.clock.advance(120_000);
		bed.report('(stopped in peace, suspended)', await bed.ended(workflow, 240), ['4255550399'], {
			status: 'success',
			keys: ['2'],
		});
		bed.report('(stopped in peace, waiting itself)', await bed.ended(itself, 240), ['4255550398'], {
			status: 'success',
			keys: ['2'],
		});
		await bed.nothingLeft([workflow, itself]);
	},

	/** Settings of the node and the workflow beside the option. */
	async settings(bed) {
		const retries = await bed.workflow('retries', {}, { retryOnFail: true, maxTries: 3 });
		const manual = await bed.workflow('manual');
		await bed.start(retries, '4255550399');
		await bed.suspended(retries);
		const pinned = await bed.n8n.client.saveWorkflow({
			...manual,
			pinData: { Webhook: [{ json: { body: { phones: ['4255550398'] } } }] },
		});
		const id = await bed.n8n.client.runManually(pinned, 'Webhook');
		await until(60, 'the manual execution to be suspended', async () => {
			return (await bed.n8n.client.execution(id)).status === 'waiting';
		});
		await bed.n8n.kill();
		bed.simulator.clock.advance(120_000);
		bed.n8n = await bed.n8n.restart();
		bed.report('suspended, Retry On Fail', await bed.ended(retries, 240), ['4255550399'], {
			status: 'success',
			keys: ['2'],
		});
		const execution = await bed.n8n.client.finished(id, 240_000);
		bed.report('suspended, manual execution', execution, ['4255550398'], {
			status: 'success',
			keys: ['2'],
		});
		await bed.nothingLeft([retries, manual]);
	},

	/** Queue mode: workers are killed while the execution is suspended, and while they read the status. */
	async queue(bed) {
		const suspended = await bed.workflow('queue');
		const asking = await bed.workflow('queue asking', { options: { ...options, waitAtMost: 2 } });
		const killWorkers = async () => {
			for (const worker of bed.workers) await worker.kill();
		};
		await bed.start(suspended, '4255550399');
		await bed.suspended(suspended);
		await killWorkers();
		await bed.n8n.kill();
		bed.simulator.clock.advance(120_000);
		bed.n8n = await bed.n8n.restart();
		await bed.startWorker();
		bed.report('queue mode, all of n8n', await bed.ended(suspended, 300), ['4255550399'], {
			status: 'success',
			keys: ['2'],
		});
		await bed.nothingLeft([suspended]);

		await bed.start(asking, '4255550398');
		await bed.suspended(asking);
		bed.simulator.latencyMs = 5_000;
		await bed.request(({ method }) => method === 'GET');
		await killWorkers();
		bed.simulator.latencyMs = 0;
		bed.simulator.clock.advance(120_000);
		await bed.startWorker();
		bed.report('queue mode, a worker that asks', await bed.ended(asking, 900), ['4255550398'], {
			status: 'success',
			keys: ['2'],
		});
		await bed.nothingLeft([asking]);
	},

	/** Stopped by a person: the inner executions end too. */
	async cancel(bed) {
		const workflow = await bed.workflow('cancel');
		await bed.start(workflow, '4255550120');
		await bed.suspended(workflow);
		await bed.n8n.client.stop((await bed.outer(workflow))[0].id);
		await bed.nothingLeft([workflow]);
		bed.report('(stopped by a person)', await bed.ended(workflow, 10), ['4255550120'], {
			status: 'canceled',
		});
	},

	/** Voice2Phone refuses to say what became of one of two calls, when the execution is suspended. */
	async errors(bed) {
		const phones = ['4255550398', '4255550399'];
		const stops = await bed.workflow('stops');
		const goesOn = await bed.workflow('goesOn', {}, { onError: 'continueErrorOutput' });
		for (const workflow of [stops, goesOn]) {
			await bed.start(workflow, ...phones);
			await bed.suspended(workflow);
		}
		const known = new Set<string>();
		for (const { callId, number } of bed.simulator.acceptedCalls()) {
			if (number.endsWith('0398')) bed.simulator.calls.delete(callId);
			else known.add(callId);
		}
		bed.simulator.clock.advance(120_000);
		const stopped = await bed.ended(stops, 240);
		const { message = '', description = '' } = stopped.data.resultData.error ?? {};
		const names = [...known].filter((callId) => `${description}`.includes(callId));
		rows.push(
			row('(an item fails, Stop Workflow)', stopped.status, `${message}`, names.length === 1),
		);
		const went = await bed.ended(goesOn, 240);
		const [regular, errors] = [0, 1].map((output) => outputItems(went, 'Call', { output }));
		const isRight =
			regular.length === 1 &&
			regular[0].json.pressedKey === '2' &&
			errors.length === 1 &&
			errors[0].json.phone === phones[0];
		rows.push(row('(an item fails, error output)', went.status, JSON.stringify(errors), isRight));
		await bed.nothingLeft([stops, goesOn]);
	},

	/** What waits cost n8n's database, and how late their answers are noticed. */
	async costs(bed) {
		const workflow = await bed.workflow('costs', { options: { ...options, waitAtMost: 30 } });
		const count = 20;
		const log = async (when: string) => console.log(`${when}: ${await bed.rowsWritten()}`);
		await log('before');
		for (let index = 0; index < count; index++) await bed.start(workflow, '4255550399');
		await bed.suspended(workflow, count);
		await log(`${count} suspended`);
		await sleep(10 * 60_000);
		await log('after 10 minutes');
		bed.simulator.clock.advance(120_000);
		const answered = Date.now();
		await until(300, 'all to end', async () => (await bed.counts(workflow)).waiting === 0);
		const delays = (await bed.outer(workflow))
			.map(({ stoppedAt }) => Math.round((Date.parse(stoppedAt!) - answered) / 1000))
			.sort((a, b) => a - b);
		console.log(`seconds from the answer to the end of the execution: ${delays.join(' ')}`);
		await log('answered');
		await bed.nothingLeft([workflow]);
		await log('nothing left');
	},

	/** Many at once, and two kills. */
	async many(bed) {
		const count = Number(values.count);
		const workflow = await bed.workflow('many', {
			message: '={{ "Hello " + $execution.id }}',
			options: { ...options, waitAtMost: 30 },
		});
		const phones = Array.from({ length: count }, (_, index) => `42555503${90 + (index % 9)}`);
		const wanted = new Map<string, string>();
		for (let first = 0; first < phones.length; first += 5) {
			await Promise.all(
				phones.slice(first, first + 5).map(async (phone, index) => {
					await bed.start(workflow, (first + index) % 2 ? phone : phone.replace('55503', '55502'));
				}),
			);
		}
		await bed.suspended(workflow, count);
		for (const call of bed.simulator.calls.values()) {
			wanted.set(call.callId, call.number.includes('55502') ? '1' : '2');
		}
		await bed.killAndRestart();
		await sleep(15_000);
		await bed.n8n.kill();
		bed.simulator.clock.advance(120_000);
		const restarted = Date.now();
		bed.n8n = await bed.n8n.restart();
		await until(600, 'all to end', async () => (await bed.counts(workflow)).waiting === 0).catch(
			(error) => console.log(String(error)),
		);
		const seconds = Math.round((Date.now() - restarted) / 1000);
		const executions = await bed.outer(workflow);
		let right = 0;
		for (const { id } of executions) {
			const [result] = outputItems(await bed.n8n.client.execution(id), 'Result');
			if (result && result.json.pressedKey === wanted.get(String(result.json.CallId))) right += 1;
		}
		rows.push({
			'n8n was killed': `${count} suspended, killed twice`,
			execution: `${executions.filter(({ status }) => status === 'success').length} success`,
			answer: `${right} right`,
			calls: bed.simulator.calls.size,
			'seconds to the answer': `all ${seconds} s after the start`,
			'as expected':
				right === count &&
				bed.simulator.calls.size === count &&
				bed.simulator.duplicates().length === 0,
		});
		console.log(JSON.stringify(rows.at(-1)));
		await bed.nothingLeft([workflow]);
	},
};

async function main(): Promise<void> {
	const names = values.only?.split(',') ?? Object.keys(scenarios);
	for (const name of names) {
		const workers = name === 'queue' ? 2 : 0;
		const database = ['queue', 'costs', 'repair'].includes(name) ? 'postgres' : 'sqlite';
		const bed = await new Bed().open(workers, database);
		try {
			await scenarios[name](bed);
		} finally {
			await bed.close();
		}
	}
	console.table(rows);
	if (!rows.every((row) => row['as expected'])) process.exitCode = 1;
}

main()
	.catch((error) => {
		console.error(error);
		process.exitCode = 1;
	})
	.finally(() => process.exit());
