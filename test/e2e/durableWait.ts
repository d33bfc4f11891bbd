import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { INode, INodeParameters } from 'n8n-workflow';

import { startN8n, type N8n } from '../../playground/n8n';
import {
	outputItems,
	withCredential,
	type Credential,
	type Execution,
	type ExecutionSummary,
	type SavedWorkflow,
} from '../../playground/n8nClient';
import { standingClock, startSimulator, type RecordedRequest, type Simulator } from '../simulator';

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

	private credential!: Credential;

	private folder = '';

	async open(): Promise<this> {
		this.folder = await mkdtemp(join(tmpdir(), 'durable-wait-'));
		// People press keys only when a scenario lets time pass.
		this.simulator = await startSimulator({ clock: standingClock() });
		this.n8n = await startN8n({
			dataFolder: this.folder,
			packages: [PACKAGE],
			environment: this.simulator.environment,
		});
		this.credential = await this.n8n.client.saveCredential('voice2PhoneApi', 'Simulator', {
			apiKey: this.simulator.apiKey,
			authScheme: 'basic',
		});
		return this;
	}

	async close(): Promise<void> {
		await this.n8n.kill();
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
							...node('Call', 'n8n-nodes-voice2phone.voice2Phone', 1, {
								resource: 'call',
								operation: 'sendAndWait',
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
			await until(300, `the inner executions of "${workflow.name}" to end`, async () => {
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
				right === 100 &&
				bed.simulator.calls.size === 100 &&
				bed.simulator.duplicates().length === 0,
		});
		console.log(JSON.stringify(rows.at(-1)));
		await bed.nothingLeft([workflow]);
	},
};

async function main(): Promise<void> {
	const names = values.only?.split(',') ?? Object.keys(scenarios);
	for (const name of names) {
		const bed = await new Bed().open();
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
