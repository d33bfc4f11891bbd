import { once } from 'node:events';
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';
import { useEngine } from '../support/engine';
import {
	editFields,
	items,
	linear,
	loopOverItems,
	manualTrigger,
	node,
	withBranch,
	type NodeSettings,
} from '../support/workflow';
import {
	createWorkflowRunner,
	processedData,
	type WorkflowRunner,
} from '../support/workflowRunner';

/*
 * What n8n does with a node that calls an API, shown with the simplest such node. The product stands on
 * these facts; when a newer n8n-core changes one, it is seen here first.
 */

type Behaviour = {
	/** Notes calls in the node context, under this key, and does not repeat those it finds there. */
	remember?: 'item' | 'runAndItem';
	/** What becomes of an item whose call failed. */
	onFailure?: 'throw' | 'itemError' | 'jsonError';
	ignoreStatus?: boolean;
	/** Records the number as processed before it calls, and skips those recorded before. */
	once?: boolean;
};

/** Calls each item's number, one by one. */
const callEach: INodeType = {
	description: {
		displayName: 'Call Each',
		name: 'callEach',
		group: ['output'],
		version: 1,
		description: '',
		defaults: { name: 'Call Each' },
		inputs: ['main'],
		outputs: ['main'],
		credentials: [{ name: 'voice2PhoneApi', required: true }],
		properties: [{ displayName: 'Do', name: 'do', type: 'json', default: {} }],
	},
	async execute(this: IExecuteFunctions) {
		const { remember, onFailure, ignoreStatus, once } = this.getNodeParameter('do', 0) as Behaviour;
		const placed = this.getContext('node');
		const output: INodeExecutionData[] = [];
		for (const [item, { json }] of this.getInputData().entries()) {
			const runIndex = this.evaluateExpression('{{ $runIndex }}', item) as number;
			const key = remember === 'item' ? `${item}` : `${runIndex}/${item}`;
			if (remember && placed[key]) {
				output.push({ json: placed[key], pairedItem: { item } });
				continue;
			}
			if (once) {
				const number = json.number as string;
				const options = { mode: 'entries' as const };
				const check = await this.helpers.checkProcessedAndRecord([number], 'workflow', options);
				if (check.processed.length > 0) continue;
			}
			try {
				const answer = (await this.helpers.httpRequestWithAuthentication.call(
					this,
					'voice2PhoneApi',
					{
						method: 'POST',
						url: 'https://api.voice2phone.com/call',
						body: { Phone: { Number: json.number, CountryCode: 'US' }, Message: 'Hello' },
						json: true,
						ignoreHttpStatusErrors: ignoreStatus,
					},
				)) as IDataObject;
				if (remember) placed[key] = answer;
				this.logger.info('Call placed', { callId: answer.CallId as string });
				output.push({ json: answer, pairedItem: { item } });
			} catch (error) {
				if (onFailure === 'itemError') {
					output.push({ json, error: error as NodeApiError, pairedItem: { item } });
				} else if (onFailure === 'jsonError') {
					output.push({ json: { error: (error as Error).message }, pairedItem: { item } });
				} else {
					throw error;
				}
			}
		}
		return [output];
	},
};

const numbers = ['+12065550100', '+12065550101', '+12065550102'];
const people = items(numbers.map((number) => ({ number })));

const callAll = (behaviour: Behaviour = {}, settings: NodeSettings = {}) =>
	node(
		'test.callEach',
		1,
		'Call Each',
		{ do: behaviour },
		{
			credentials: { voice2PhoneApi: { id: '1', name: 'Voice2Phone account' } },
			...settings,
		},
	);

const nodeTypes = { 'test.callEach': callEach };
const bed = useEngine();
let engine: WorkflowRunner;
const startN8n = () => createWorkflowRunner({ simulator: bed.simulator, nodeTypes });

beforeAll(async () => {
	engine = await startN8n();
});

const failOnce = (number: string, statusCode = 500) =>
	bed.simulator.faults.next({ kind: 'status', statusCode }, { match: number });
const callsPerNumber = () => numbers.map((number) => bed.simulator.acceptedCalls(number).length);

describe('a node that runs again', () => {
	const flow = (behaviour: Behaviour, settings: NodeSettings = {}) =>
		linear(manualTrigger(), people, callAll(behaviour, settings));

	test('Retry On Fail runs it for all items, so those that succeeded are called again', async () => {
		failOnce(numbers[2]);
		const result = await engine.run(flow({}, { retryOnFail: true, maxTries: 2 }));
		expect(result.status).toBe('success');
		expect(callsPerNumber()).toEqual([2, 2, 1]);
	});

	test('the node context is kept from one try to the next', async () => {
		failOnce(numbers[2]);
		const flowWithMemory = flow({ remember: 'runAndItem' }, { retryOnFail: true, maxTries: 2 });
		const result = await engine.run(flowWithMemory);
		expect(callsPerNumber()).toEqual([1, 1, 1]);
		const callIds = bed.simulator.acceptedCalls().map(({ callId }) => callId);
		expect(result.output('Call Each').map(({ json }) => json.CallId)).toEqual(callIds);
	});

	test.each(['manual', 'trigger'] as const)(
		'the node context is kept by "Retry" in the list of executions (%s)',
		async (mode) => {
			failOnce(numbers[2]);
			const failed = await engine.run(flow({ remember: 'runAndItem' }), { mode });
			expect(failed.status).toBe('error');
			expect(callsPerNumber()).toEqual([1, 1, 0]);

			const retried = await engine.retry(failed);
			expect(retried.status).toBe('success');
			expect(callsPerNumber()).toEqual([1, 1, 1]);
			expect(retried.runs('Call Each')).toHaveLength(1);
		},
	);

	test('without a memory, "Retry" in the list calls everybody again', async () => {
		failOnce(numbers[2]);
		await engine.retry(await engine.run(flow({})));
		expect(callsPerNumber()).toEqual([2, 2, 1]);
	});

	test('"Retry" can take the workflow as it was saved since', async () => {
		failOnce(numbers[2]);
		const failed = await engine.run(flow({}));
		await engine.retry(failed, { workflow: flow({ remember: 'runAndItem', once: true }) });
		expect(callsPerNumber()).toEqual([2, 2, 1]);
		expect(processedData.has(numbers[2])).toBe(true);
	});

	test('a succeeded execution has no "Retry"', async () => {
		const result = await engine.run(flow({}));
		await expect(engine.retry(result)).rejects.toThrow('succeeded');
	});

	test('all passes of a loop share one node context: it needs the run index in its keys', async () => {
		const loop = (remember: Behaviour['remember']) =>
			linear(manualTrigger(), people, loopOverItems([callAll({ remember })]));
		await engine.run(loop('item'));
		expect(callsPerNumber()).toEqual([1, 0, 0]);

		bed.simulator.reset();
		const result = await engine.run(loop('runAndItem'));
		expect(callsPerNumber()).toEqual([1, 1, 1]);
		expect(result.output('Loop Over Items')).toHaveLength(3);
	});

	test('json.error in the first item makes Retry On Fail run it again, although it succeeded', async () => {
		failOnce(numbers[0]);
		await engine.run(flow({ onFailure: 'jsonError' }, { retryOnFail: true, maxTries: 2 }));
		expect(callsPerNumber()).toEqual([1, 2, 2]);
	});

	test('an error beside the json of the first item does not', async () => {
		failOnce(numbers[0]);
		await engine.run(flow({ onFailure: 'itemError' }, { retryOnFail: true, maxTries: 2 }));
		expect(callsPerNumber()).toEqual([0, 1, 1]);
	});
});

describe('the HTTP helper', () => {
	const flow = (behaviour: Behaviour) =>
		linear(manualTrigger(), items([{ number: numbers[0] }]), callAll(behaviour));

	test('signs with the credential, over TLS', async () => {
		await engine.run(flow({}));
		const [{ authorization }] = bed.simulator.requests;
		expect(authorization).toBe(
			`Basic ${Buffer.from(`${bed.simulator.apiKey}:`).toString('base64')}`,
		);
	});

	test('sends a POST again that was answered 401', async () => {
		const result = await engine.run(flow({}), {
			credentials: { voice2PhoneApi: { apiKey: 'wrong' } },
		});
		expect(result.status).toBe('error');
		expect(bed.simulator.requests.map(({ statusCode }) => statusCode)).toEqual([401, 401]);
	});

	test('sends it once when status codes are not errors', async () => {
		await engine.run(flow({ ignoreStatus: true }), {
			credentials: { voice2PhoneApi: { apiKey: 'wrong' } },
		});
		expect(bed.simulator.requests.map(({ statusCode }) => statusCode)).toEqual([401]);
	});

	test('gives up a request in flight when the execution is stopped', async () => {
		bed.simulator.faults.next({ kind: 'timeout', when: 'afterProcessing' });
		const requested = once(bed.simulator, 'request');
		const execution = engine.start(linear(manualTrigger(), people, callAll()));
		await requested;
		execution.cancel();
		const result = await execution.finished;
		expect(result.status).toBe('canceled');
		expect(callsPerNumber()).toEqual([1, 0, 0]);
	});

	test('stopping does not end Retry On Fail: the node runs again, only its requests are refused', async () => {
		bed.simulator.faults.next({ kind: 'timeout', when: 'afterProcessing' });
		const requested = once(bed.simulator, 'request');
		const call = callAll({ once: true }, { retryOnFail: true, maxTries: 2 });
		const execution = engine.start(linear(manualTrigger(), people, call));
		await requested;
		execution.cancel();
		await execution.finished;
		expect(callsPerNumber()).toEqual([1, 0, 0]);
		expect(processedData.has(numbers[1])).toBe(true);
	});

	test('gives up a request in flight at the time-out of the workflow', async () => {
		bed.simulator.faults.next({ kind: 'timeout', when: 'afterProcessing' }, { count: Infinity });
		const result = await engine.run(linear(manualTrigger(), people, callAll()), {
			executionTimeout: 100,
		});
		expect(result.status).toBe('canceled');
		expect(bed.simulator.requests.length).toBeLessThan(2);
	});
});

describe('failures that do not stop the workflow', () => {
	const who = editFields('={{ { number: $("Items").item.json.number } }}');
	const message = 'The service was not able to process your request';

	test('continue: the error item keeps its place, but of its json only the message is left', async () => {
		failOnce(numbers[1]);
		const call = callAll({ onFailure: 'itemError' }, { onError: 'continueRegularOutput' });
		const result = await engine.run(linear(manualTrigger(), people, call, who));
		expect(result.status).toBe('success');
		expect(result.output('Call Each').map(({ json }) => json)).toEqual([
			{ CallId: expect.any(String) },
			{ error: message },
			{ CallId: expect.any(String) },
		]);
		expect(result.output('Edit Fields').map(({ json }) => json.number)).toEqual(numbers);
	});

	test.each([
		['itemError', { error: message }],
		['jsonError', { number: numbers[1], error: message }],
	] as const)('error output: the error item goes there (%s)', async (onFailure, json) => {
		failOnce(numbers[1]);
		const call = callAll({ onFailure }, { onError: 'continueErrorOutput' });
		const result = await engine.run(linear(manualTrigger(), people, withBranch(call, 1, who)));
		expect(result.output('Call Each', 0)).toHaveLength(2);
		expect(result.output('Call Each', 1).map((item) => item.json)).toEqual([json]);
		expect(result.output('Edit Fields').map((item) => item.json)).toEqual([{ number: numbers[1] }]);
	});

	test('error output: a thrown error sends all input items to the first output instead', async () => {
		failOnce(numbers[1]);
		const call = callAll({ onFailure: 'throw' }, { onError: 'continueErrorOutput' });
		const result = await engine.run(linear(manualTrigger(), people, call));
		expect(result.output('Call Each', 0).map(({ json }) => json)).toEqual(
			numbers.map((number) => ({ number })),
		);
		expect(result.output('Call Each', 1)).toEqual([]);
	});
});

describe('what a node recorded as processed', () => {
	const flow = linear(manualTrigger(), people, callAll({ once: true }));

	test('is known to later executions, in manual mode and after a restart of n8n too', async () => {
		await engine.run(flow);
		await engine.run(flow, { mode: 'trigger' });
		const restarted = await startN8n();
		const result = await restarted.run(flow);
		expect(callsPerNumber()).toEqual([1, 1, 1]);
		expect(result.output('Call Each')).toEqual([]);
	});

	test('is recorded at once, also when the node fails afterwards', async () => {
		failOnce(numbers[0]);
		await engine.run(flow);
		expect(processedData.has(numbers[0])).toBe(true);
		expect(processedData.has(numbers[1])).toBe(false);
	});
});

test('what a node logs reaches the log, and nothing of the key reaches the saved execution', async () => {
	failOnce(numbers[1]);
	const result = await engine.run(
		linear(manualTrigger(), people, callAll({ remember: 'runAndItem' })),
	);
	expect(result.status).toBe('error');
	const [call] = bed.simulator.acceptedCalls();
	expect(result.logs).toContainEqual({
		level: 'info',
		message: 'Call placed',
		metadata: { callId: call.callId },
	});
	expect(result.saved).toContain(call.callId);
	expect(result.saved).not.toContain(bed.simulator.apiKey);
});
