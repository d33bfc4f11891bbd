import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { outputItems, until, type Execution, type SavedWorkflow } from '../../playground/n8nClient';
import type { RecordedRequest } from '../simulator';
import { editFields, voice2Phone, withBranch, type NodeSettings } from '../support/workflow';
import { PATIENCE, useN8n } from './support';

const bed = useN8n();

const call = (options = {}, settings: NodeSettings = {}) =>
	voice2Phone(
		{
			operation: 'makeCall',
			countryCode: 'US',
			phoneNumber: '={{ $json.phone }}',
			message: '={{ $json.text }}',
			options: { callsAtOnce: 1, callsPerSecond: 0, ...options },
		},
		settings,
	);
const three = ['0101', '0102', '0103'].map((line) => ({ phone: `425 555 ${line}`, text: 'Hello' }));
const THREE = ['+14255550101', '+14255550102', '+14255550103'];
const retryOnFail: NodeSettings = { retryOnFail: true, maxTries: 3 };

const acceptedNumbers = () => bed.simulator.acceptedCalls().map(({ number }) => number);
/** What Make Call gives out for the calls that were placed. */
const placedCalls = () =>
	bed.simulator.acceptedCalls().map(({ callId, number }) => ({
		CallId: callId,
		calledNumber: number,
		calledAt: expect.any(String) as string,
	}));
const posts = () => bed.simulator.requests.filter(({ method }) => method === 'POST');
const jsonOf = (execution: Execution, name = 'Voice2Phone') =>
	outputItems(execution, name).map(({ json }) => json);

describe('Three calls of which the third is refused once', () => {
	beforeEach(() => {
		bed.simulator.faults.next({ kind: 'status', statusCode: 402 }, { match: THREE[2] });
	});

	it.each(['runProduction', 'runManually'] as const)(
		'are three with Retry On Fail, and all come out (%s)',
		async (run) => {
			const workflow = await bed.saveSteps(`Retry On Fail, ${run}`, call({}, retryOnFail));
			const execution = await bed[run](workflow, three);
			expect(execution.status).toBe('success');
			expect(acceptedNumbers()).toEqual(THREE);
			expect(posts()).toHaveLength(4);
			expect(jsonOf(execution)).toEqual(placedCalls());
		},
	);

	it.each(['runProduction', 'runManually'] as const)(
		'are three with "Retry" in the executions list, and all come out (%s)',
		async (run) => {
			const workflow = await bed.saveSteps(`Retry, ${run}`, call());
			const failed = await bed[run](workflow, three);
			expect(failed.status).toBe('error');
			expect(acceptedNumbers()).toEqual(THREE.slice(0, 2));

			const execution = await bed.client.retry(failed.id);
			expect(execution).toMatchObject({ status: 'success', retryOf: failed.id });
			expect(acceptedNumbers()).toEqual(THREE);
			expect(jsonOf(execution)).toEqual(placedCalls());
		},
	);
});

describe('A first item that carries an error', () => {
	it.each([
		['of its own, and is called', '425 555 0101'],
		['of its own, and is refused', '425 555 0142'],
	])('%s, makes n8n place no further call under Retry On Fail', async (_, phone) => {
		const workflow = await bed.saveSteps(
			'Error brought along',
			call({}, { ...retryOnFail, onError: 'continueRegularOutput' }),
		);
		const execution = await bed.runProduction(workflow, [
			{ ...three[0], phone, error: 'from before' },
			...three.slice(1),
		]);
		expect(posts()).toHaveLength(3);
		expect(jsonOf(execution)).toHaveLength(3);
	});

	it('and leaves by the error output, makes none either', async () => {
		const workflow = await bed.saveSteps(
			'Error output',
			withBranch(
				call({}, { ...retryOnFail, onError: 'continueErrorOutput' }),
				1,
				editFields("={{ { phone: $('Items').item.json.phone } }}", { name: 'On Error' }),
			),
		);
		const execution = await bed.runProduction(workflow, [
			{ ...three[0], phone: '425 555 0142' },
			...three.slice(1),
		]);
		expect(posts()).toHaveLength(3);
		expect(jsonOf(execution, 'On Error')).toEqual([{ phone: '425 555 0142' }]);
	});
});

describe('One wrong number among 500 items', () => {
	it('keeps every request from being sent, and is named', async () => {
		const items = Array.from({ length: 500 }, () => three[0]);
		items[321] = { ...three[0], phone: '425 555' };
		const workflow = await bed.saveSteps('One wrong number', call());
		const { status, data } = await bed.runProduction(workflow, items);
		expect(status).toBe('error');
		expect(data.resultData.error?.message).toMatch(/^Item 321: Phone Number .*425 555/);
		expect(bed.simulator.requests).toEqual([]);
	});
});

describe('"Stop"', () => {
	/** Stops the execution and says how long n8n took, in milliseconds. */
	async function stop(executionId: string): Promise<number> {
		const asked = Date.now();
		await bed.client.stop(executionId);
		const { status, stoppedAt } = await bed.client.finished(executionId);
		expect(status).toBe('canceled');
		return new Date(stoppedAt!).getTime() - asked;
	}

	it('ends a backoff within a second, and no call is placed afterwards', async () => {
		bed.simulator.faults.next({ kind: 'status', statusCode: 429, retryAfter: 3 });
		const workflow = await bed.saveSteps('Stop in a backoff', call({}, retryOnFail));
		const executionId = await bed.startProduction(workflow, three);
		await until('the first request', PATIENCE, () => bed.simulator.requests.at(0));
		// The answer needs a moment to arrive; it tells the node to wait for three seconds.
		await sleep(300);
		expect(await stop(executionId)).toBeLessThan(1000);
		await sleep(4000);
		expect(bed.simulator.requests).toHaveLength(1);
	});

	it('ends a slow request within a second, and no call is placed afterwards', async () => {
		bed.simulator.faults.next({ kind: 'timeout', when: 'beforeProcessing' });
		const workflow = await bed.saveSteps(
			'Stop in a request',
			call({}, { ...retryOnFail, onError: 'continueRegularOutput' }),
		);
		const executionId = await bed.startProduction(workflow, three);
		await until('the first request', PATIENCE, () => bed.simulator.requests.at(0));
		expect(await stop(executionId)).toBeLessThan(1000);

		// n8n has hung up when a further request is the only one that the server has open.
		await until('the request to be given up', PATIENCE, async () => {
			const { apiKey } = bed.simulator;
			await bed.client.testCredential(bed.credential, { apiKey, authScheme: 'basic' });
			return bed.simulator.requests.at(-1)?.inFlight === 1 || undefined;
		});
		expect(posts()).toHaveLength(1);
	});

	it.each([
		['calls all again without a key', {}, [THREE[0], ...THREE]],
		['calls the others with Call Only Once', { oncePer: '={{ $json.phone }}' }, THREE],
	])(
		'leaves call IDs in the log alone: a retry by the API begins anew and %s',
		async (name, options, numbers) => {
			const workflow = await bed.saveSteps(
				`Stop, ${name}`,
				call({ callsPerSecond: 0.5, ...options }),
			);
			const executionId = await bed.startProduction(workflow, three);
			const [{ callId }] = await until('the first call', PATIENCE, () => {
				const placed = bed.simulator.acceptedCalls();
				return placed.length > 0 ? placed : undefined;
			});
			await until('its line in the log', PATIENCE, async () => {
				return (await readFile(bed.n8n.logFile, 'utf8')).includes(callId) || undefined;
			});
			await stop(executionId);
			expect((await bed.client.execution(executionId)).data.resultData.runData).toEqual({});

			await bed.client.retry(executionId);
			expect(acceptedNumbers()).toEqual(numbers);
		},
	);
});

describe('When n8n is killed in the middle of a batch', () => {
	const people = ['Ann', 'Bob', 'Cy', 'Di', 'Ed'];
	const callEach = (options = {}) =>
		call({ retryFor: 3600, ...options }, { onError: 'continueRegularOutput' });
	const key = { oncePer: '={{ $json.text }}' };
	/** In each, Ann and Bob have been called. Cy's call is open, or is still to be placed. */
	const batches = {
		'no key, between two calls': callEach(),
		'no key, during a call': callEach(),
		'key, between two calls': callEach(key),
		'key, during a call': callEach(key),
	};
	type Batch = keyof typeof batches;
	const names = Object.keys(batches) as Batch[];

	const workflows = {} as Record<Batch, SavedWorkflow>;
	const executionIds = {} as Record<Batch, string>;
	const placedBefore = {} as Record<Batch, string[]>;
	let answered: string[];
	const itemsOf = (batch: Batch) =>
		people.map((name) => ({ phone: '425 555 0101', text: `${batch}: ${name}` }));
	const called = (batch: Batch) =>
		bed.simulator
			.acceptedCalls()
			.filter(({ message }) => message.startsWith(batch))
			.map(({ message }) => message.slice(batch.length + 2));
	const log = async () => await readFile(bed.n8n.logFile, 'utf8');

	beforeAll(async () => {
		bed.simulator.reset();
		const match = (text: string) => ({
			count: Infinity,
			match: ({ rawBody }: RecordedRequest) => rawBody.includes(text),
		});
		bed.simulator.faults.next(
			{ kind: 'status', statusCode: 429, retryAfter: 3000 },
			match('between two calls: Cy'),
		);
		bed.simulator.faults.next(
			{ kind: 'timeout', when: 'afterProcessing' },
			match('during a call: Cy'),
		);
		for (const batch of names) {
			workflows[batch] = await bed.saveSteps(batch, batches[batch]);
			executionIds[batch] = await bed.startProduction(workflows[batch], itemsOf(batch));
		}
		await until('Cy’s turn in each batch', PATIENCE, () => {
			const turns = posts().filter(({ rawBody }) => rawBody.includes(': Cy'));
			return turns.length === names.length || undefined;
		});
		for (const batch of names) placedBefore[batch] = called(batch);
		answered = posts()
			.filter(({ callId, rawBody }) => callId && !rawBody.includes(': Cy'))
			.map(({ callId }) => callId!);
		await bed.n8n.kill('SIGKILL');
		bed.n8n = await bed.n8n.restart();
	});

	it('the log has the IDs of the calls that were answered', async () => {
		expect(answered).toHaveLength(8);
		const text = await log();
		for (const callId of answered) expect(text).toContain(callId);
	});

	it('n8n lists the execution as crashed, without what the node did', async () => {
		for (const batch of names) {
			const { status, data } = await bed.client.finished(executionIds[batch]);
			expect(status).toBe('crashed');
			expect(JSON.stringify(data)).not.toContain(answered[0]);
			expect(data.resultData.runData.Voice2Phone[0].data).toBeUndefined();
		}
	});

	it.each([
		['no key, between two calls', ['Ann', 'Bob']],
		['no key, during a call', ['Ann', 'Bob', 'Cy']],
	] as const)('%s: "Retry" begins anew and calls all, some a second time', async (...given) => {
		const [batch, before] = given;
		expect(placedBefore[batch]).toEqual(before);
		const execution = await bed.client.retry(executionIds[batch]);
		expect(execution.status).toBe('success');
		expect(called(batch)).toEqual(people);
		expect(jsonOf(execution)).toEqual(placedCalls());
	});

	const calledBefore = expect.objectContaining({
		outcome: 'notCalled',
		notCalledBecause: 'calledBefore',
		CallId: null,
	}) as object;

	it('key, between two calls: "Retry" calls just those who were not', async () => {
		const batch = 'key, between two calls';
		expect(placedBefore[batch]).toEqual(['Ann', 'Bob']);
		const execution = await bed.client.retry(executionIds[batch]);
		expect(called(batch)).toEqual(['Cy', 'Di', 'Ed']);
		const [cy, di, ed] = placedCalls();
		expect(jsonOf(execution)).toEqual([calledBefore, calledBefore, cy, di, ed]);
	});

	it('key, during a call: "Retry" calls those who were not, and says whose call is unknown', async () => {
		const batch = 'key, during a call';
		expect(placedBefore[batch]).toEqual(['Ann', 'Bob', 'Cy']);
		const execution = await bed.client.retry(executionIds[batch]);
		expect(called(batch)).toEqual(['Di', 'Ed']);
		const [di, ed] = placedCalls();
		expect(jsonOf(execution)).toEqual([
			calledBefore,
			calledBefore,
			{
				error: expect.stringMatching(/^The call of item 2 may have been placed by an earlier try/),
			},
			di,
			ed,
		]);
	});

	it('key: a new execution calls nobody again', async () => {
		for (const batch of ['key, between two calls', 'key, during a call'] as const) {
			const execution = await bed.runProduction(workflows[batch], itemsOf(batch));
			expect(execution.status).toBe('success');
			expect(jsonOf(execution)).toHaveLength(5);
			expect(called(batch)).toEqual([]);
		}
	});
});
