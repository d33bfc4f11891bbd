import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { INodeParameters } from 'n8n-workflow';
import { startN8n, type N8n, type N8nOptions, type N8nProcess } from '../../playground/n8n';
import {
	outputItems,
	withCredential,
	type Credential,
	type Execution,
	type ExecutionSummary,
	type SavedWorkflow,
	type Workflow,
} from '../../playground/n8nClient';
import { makeDoNotCallTable } from '../e2e/support';
import { startSimulator, type Simulator } from '../simulator';
import { linear, node, voice2Phone } from '../support/workflow';
import {
	CONCURRENCY,
	noticeSoon,
	startPostgres,
	startRedis,
	startWorker,
	type Service,
} from './services';

/** Numbers of the simulator: when the person presses 1. */
const AT_ONCE = '+1 425 555 0101';
const AFTER_5_SECONDS = '+1 425 555 0205';
const EXECUTIONS = 500;
/** The worker is killed when so many calls have been placed, so that many are still to come. */
const KILLED_AFTER = 150;
/** What is waited for is a condition; this bounds it. */
const LONG_MS = 600_000;
/** From the acceptance of a call to the note of its CallId in the worker's log, on a slow machine. */
const ANSWER_MS = 3000;

const services: Service[] = [];
const processes: N8nProcess[] = [];
let simulator: Simulator;
let folder: string;
let options: (name: string) => N8nOptions;
let main: N8n;
let credential: Credential;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'voice2phone-queue-'));
	simulator = await startSimulator({ latencyMs: 200 });
	const redis = await startRedis();
	services.push(redis);
	const postgres = await startPostgres();
	services.push(postgres);

	options = (name) => ({
		dataFolder: join(folder, name),
		packages: [process.env.VOICE2PHONE_TARBALL!],
		n8nFolder: process.env.N8N_FOLDER,
		environment: {
			...simulator.environment,
			...redis.environment,
			...postgres.environment,
			...(!process.env.QUEUE_DEFAULTS && noticeSoon),
		},
	});
	main = await startN8n(options('main'));
	processes.push(main);
	credential = await main.client.saveCredential('voice2PhoneApi', 'Simulator', {
		apiKey: simulator.apiKey,
		authScheme: 'basic',
	});
}, 900_000);

afterAll(async () => {
	for (const each of processes) await each.kill();
	for (const service of services) await service.stop();
	await simulator?.close();
	if (folder) await rm(folder, { recursive: true, force: true });
});

test('500 executions on two workers, one of which is killed: nobody is called twice, no call is lost', async () => {
	const workflow = await saveWorkflow('alarms');
	const killed = await addWorker('first');
	await addWorker('second');
	let killedAt = Infinity;
	simulator.on('call', () => {
		if (simulator.calls.size !== KILLED_AFTER) return;
		killedAt = Date.now();
		void killed.kill('SIGKILL');
	});

	const began = Date.now();
	await inParallel(alarms, async (alarm) => {
		expect((await main.client.callWebhook('alarms', { alarm, phone: AT_ONCE })).status).toBe(200);
	});
	const sentAfter = Date.now() - began;
	const executions = await inParallel(await endedExecutions(workflow, EXECUTIONS), ({ id }) =>
		main.client.execution(id),
	);
	const endedAfter = Date.now() - began;

	const succeeded = executions.filter(({ status }) => status === 'success');
	const stalled = executions.filter(({ status }) => status !== 'success');
	const callIds = new Map(succeeded.map((each) => [alarmOf(each), callIdOf(each)]));
	const returned = new Set(callIds.values());
	const orphans = simulator.acceptedCalls().filter(({ callId }) => !returned.has(callId));
	const log = readFileSync(killed.logFile, 'utf8');
	const unnamed = orphans.filter(({ callId }) => !log.includes(callId));
	const seconds = stalled.map(({ stoppedAt }) => (Date.parse(stoppedAt!) - killedAt) / 1000);
	console.log({
		sentAfter,
		endedAfter,
		succeeded: succeeded.length,
		stalled: stalled.map(({ status, data }) => `${status}: ${data.resultData.error?.message}`),
		'seconds from the kill to their end': seconds,
		placed: simulator.calls.size,
		'placed and in flight at the killed worker': orphans.length,
		'of those, not named in its log': unnamed.length,
	});

	expect(simulator.duplicates()).toEqual([]);
	expect(executions).toHaveLength(EXECUTIONS);
	// Each worker had its hands full.
	expect(stalled.length).toBeGreaterThan(0);
	expect(stalled.length).toBeLessThanOrEqual(CONCURRENCY);
	// An execution that succeeded has the call that it asked for, …
	for (const [alarm, callId] of callIds) {
		expect(simulator.calls.get(callId)?.message).toBe(`Alarm ${alarm}`);
	}
	// … and every other call was in flight at the killed worker, which is one per execution at most.
	expect(simulator.calls.size).toBe(succeeded.length + orphans.length);
	expect(orphans.length).toBeLessThanOrEqual(stalled.length);
	for (const { message } of orphans) expect(callIds.has(Number(message.slice(6)))).toBe(false);
	// What its log does not name had been placed just before, so that its answer had not come yet.
	for (const { acceptedAt } of unnamed) expect(killedAt - acceptedAt).toBeLessThan(ANSWER_MS);
}, 900_000);

test('100 alarms that come twice to two workers: Call Only Once keeps each from being called again', async () => {
	simulator.reset();
	for (const each of processes.filter((each) => each !== main)) await each.kill();
	await addWorker('fifth');
	await addWorker('sixth');
	const workflow = await saveWorkflow('repeated', { oncePer: '={{ $json.body.alarm }}' });
	const repeated = alarms.slice(0, 100);
	const sendAll = async () =>
		await inParallel(repeated, async (alarm) => {
			await main.client.callWebhook('repeated', { alarm, phone: AT_ONCE });
		});
	await sendAll();
	await endedExecutions(workflow, 100);
	await sendAll();
	const executions = await inParallel(await endedExecutions(workflow, 200), ({ id }) =>
		main.client.execution(id),
	);
	const outcomes = executions.map(
		(each) => outputItems(each, 'Voice2Phone').at(0)?.json.outcome ?? each.status,
	);
	const count = (outcome: string) => outcomes.filter((each) => each === outcome).length;
	console.log({
		placed: simulator.calls.size,
		answered: count('keyPressed'),
		'not called': count('notCalled'),
		'may have been placed': count('error'),
	});
	expect(new Set(simulator.acceptedCalls().map(({ message }) => message)).size).toBe(100);
	expect(simulator.calls.size).toBe(100);
}, 900_000);

test('who pressed 9 is called by neither of two workers, in whichever execution', async () => {
	simulator.reset();
	for (const each of processes.filter((each) => each !== main)) await each.kill();
	await addWorker('seventh');
	await addWorker('eighth');
	await makeDoNotCallTable(main.client);
	const json = readFileSync(join(__dirname, '../../docs/workflows/opt-out.json'), 'utf8');
	const workflow = JSON.parse(json) as Workflow;
	const call = workflow.nodes.find(({ name }) => name === 'Call')!;
	call.credentials = { voice2PhoneApi: { id: credential.id, name: credential.name } };
	const saved = await main.client.saveWorkflow(workflow);
	await main.client.publish(saved);
	const campaign = async () => await main.client.submitForm('campaign', ['Hello.']);

	await campaign();
	await endedExecutions(saved, 1);
	const optedOut = '+14255550109';
	expect(simulator.acceptedCalls(optedOut)).toHaveLength(1);
	expect(simulator.calls.size).toBe(3);

	simulator.reset();
	await inParallel(alarms.slice(0, 20), campaign);
	const executions = await inParallel(await endedExecutions(saved, 21), ({ id }) =>
		main.client.execution(id),
	);
	expect(executions.map(({ status }) => status)).toEqual(Array(21).fill('success'));
	expect(simulator.calls.size).toBe(40);
	expect(simulator.requests.filter(({ number }) => number === optedOut)).toEqual([]);
}, 900_000);

test('what ran on a killed worker: Retry runs nothing, a new trigger calls again without Call Only Once', async () => {
	simulator.reset();
	const plain = await saveWorkflow('plain');
	const keyed = await saveWorkflow('keyed', { oncePer: '={{ $json.body.alarm }}' });
	for (const each of processes.filter((each) => each !== main)) await each.kill();
	const trigger = async ({ name }: SavedWorkflow) =>
		await main.client.callWebhook(name, { alarm: name, phone: AFTER_5_SECONDS });
	const called = () => simulator.acceptedCalls().map(({ message }) => message);

	const worker = await addWorker('third');
	await trigger(plain);
	await trigger(keyed);
	// Both know their CallId when they ask for the status.
	await until(() => simulator.requests.filter(({ method }) => method === 'GET').length >= 2);
	await worker.kill('SIGKILL');
	await addWorker('fourth');

	for (const workflow of [plain, keyed]) {
		const [stalled] = await endedExecutions(workflow, 1);
		expect(stalled.status).toBe('error');
		const retry = await main.client.retry(stalled.id);
		const retried = await main.client.finished(retry.id, LONG_MS);
		expect(retried.data.resultData).toMatchObject({
			error: { message: expect.stringContaining('failed to be processed too many times') },
			runData: {},
		});
	}
	expect(called().sort()).toEqual(['Alarm keyed', 'Alarm plain']);

	const again = async (workflow: SavedWorkflow) => {
		const execution = await main.client.executionOf(workflow.id, () => trigger(workflow), LONG_MS);
		return outputItems(execution, 'Voice2Phone')[0].json.outcome;
	};
	expect(await again(plain)).toBe('keyPressed');
	expect(await again(keyed)).toBe('notCalled');
	expect(called().sort()).toEqual(['Alarm keyed', 'Alarm plain', 'Alarm plain']);
}, 900_000);

async function until(isSo: () => boolean): Promise<void> {
	const deadline = Date.now() + LONG_MS;
	while (!isSo()) {
		if (Date.now() > deadline) throw new Error('Nothing asked for the status of the calls.');
		await sleep(100);
	}
}

async function addWorker(name: string): Promise<N8nProcess> {
	const worker = await startWorker(options(name));
	processes.push(worker);
	return worker;
}

/** A published workflow that calls because of the alarm in the body of its webhook. */
async function saveWorkflow(
	path: string,
	callOptions: INodeParameters = {},
): Promise<SavedWorkflow> {
	const webhook = node('n8n-nodes-base.webhook', 2, 'Webhook', {
		httpMethod: 'POST',
		path,
		options: {},
	});
	// Without an ID of its own, n8n would put the workflow's and the node's name before the path.
	webhook.nodes[0].webhookId = randomUUID();
	const call = voice2Phone({
		operation: 'callAndWait',
		countryCode: 'US',
		phoneNumber: '={{ $json.body.phone }}',
		message: '=Alarm {{ $json.body.alarm }}',
		dtmf: { entries: [{ key: '1', label: 'Taken', message: 'Thank you' }] },
		options: { checkEvery: 1, ...callOptions },
	});
	const saved = await main.client.saveWorkflow(
		withCredential(
			{ name: path, ...linear(webhook, call), settings: { executionOrder: 'v1' } },
			credential,
		),
	);
	await main.client.publish(saved);
	return saved;
}

const alarms = Array.from({ length: EXECUTIONS }, (_, index) => index + 1);

const alarmOf = (execution: Execution) =>
	(outputItems(execution, 'Webhook')[0].json.body as { alarm: number }).alarm;

const callIdOf = (execution: Execution) =>
	String(outputItems(execution, 'Voice2Phone')[0].json.CallId);

/** All executions of the workflow, once none of them is waiting or running. */
async function endedExecutions({ id }: SavedWorkflow, count: number): Promise<ExecutionSummary[]> {
	const deadline = Date.now() + LONG_MS;
	for (;;) {
		const all = await allExecutions(id);
		const open = all.filter(({ status }) => ['new', 'running', 'waiting'].includes(status));
		if (all.length >= count && open.length === 0) return all;
		if (Date.now() > deadline) throw new Error(`${open.length} executions have not ended.`);
		await sleep(2000);
	}
}

/** The list of executions comes in pages of 100. */
async function allExecutions(workflowId: string): Promise<ExecutionSummary[]> {
	const filter = encodeURIComponent(JSON.stringify({ workflowId }));
	const all = new Map<string, ExecutionSummary>();
	for (let path = `/executions?limit=100&filter=${filter}`; ;) {
		const { results } = await main.client.request<{ results: ExecutionSummary[] }>('GET', path);
		for (const each of results) all.set(each.id, each);
		if (results.length === 0) return [...all.values()];
		const oldest = Math.min(...results.map(({ id }) => Number(id)));
		path = `/executions?limit=100&filter=${filter}&lastId=${oldest}`;
	}
}

/** Does this for all, twenty at a time. */
async function inParallel<T, R>(all: readonly T[], task: (each: T) => Promise<R>): Promise<R[]> {
	const results: R[] = [];
	const queue = all.entries();
	const lane = async () => {
		for (const [index, each] of queue) results[index] = await task(each);
	};
	await Promise.all(Array.from({ length: 20 }, lane));
	return results;
}
