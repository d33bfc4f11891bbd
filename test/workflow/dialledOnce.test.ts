import type { IExecuteFunctions, INodeType, IWorkflowBase } from 'n8n-workflow';
import { useEngine } from '../support/engine';
import {
	editFields,
	items,
	linear,
	loopOverItems,
	manualTrigger,
	node,
	noOp,
	voice2Phone,
	type NodeSettings,
} from '../support/workflow';
import {
	createWorkflowRunner,
	processedData,
	type WorkflowResult,
} from '../support/workflowRunner';

/** As n8n's tool "Call n8n Workflow": the inner workflow is not told who started the outermost one. */
const callWorkflow: INodeType = {
	description: {
		displayName: 'Call Workflow',
		name: 'callWorkflow',
		group: ['output'],
		version: 1,
		description: '',
		defaults: { name: 'Call Workflow' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [{ displayName: 'Workflow', name: 'workflow', type: 'json', default: '{}' }],
	},
	async execute(this: IExecuteFunctions) {
		const code = JSON.parse(this.getNodeParameter('workflow', 0) as string) as IWorkflowBase;
		const parentExecution = {
			executionId: this.getExecutionId(),
			workflowId: this.getWorkflow().id ?? '',
		};
		const options = { parentExecution };
		await this.executeWorkflow({ code }, this.getInputData(), undefined, options);
		return [this.getInputData()];
	},
};

const bed = useEngine({ nodeTypes: { 'test.callWorkflow': callWorkflow } });

const call = (options = {}, settings: NodeSettings = {}, changes = {}) =>
	voice2Phone(
		{
			operation: 'makeCall',
			countryCode: 'US',
			phoneNumber: '={{ $json.phone }}',
			message: 'Hello',
			options: { callsAtOnce: 1, callsPerSecond: 0, ...options },
			...changes,
		},
		settings,
	);
const three = items([
	{ phone: '425 555 0101' },
	{ phone: '425 555 0102' },
	{ phone: '425 555 0103' },
]);
const retryOnFail: NodeSettings = { retryOnFail: true, maxTries: 3 };
const acceptedNumbers = () => bed.simulator.acceptedCalls().map(({ number }) => number);
const THREE = ['+14255550101', '+14255550102', '+14255550103'];

describe('Retry On Fail', () => {
	it('dials only the item that failed, and gives out the call IDs of the first try', async () => {
		bed.simulator.faults.next({ kind: 'status', statusCode: 402 }, { match: '+14255550103' });
		const result = await bed.engine.run(linear(manualTrigger(), three, call({}, retryOnFail)));

		expect(acceptedNumbers()).toEqual(THREE);
		expect(result.output('Voice2Phone').map(({ json }) => json.CallId)).toEqual(
			bed.simulator.acceptedCalls().map(({ callId }) => callId),
		);
	});

	it('does not dial an item whose outcome is unknown, and says why', async () => {
		bed.simulator.faults.next(
			{ kind: 'status', statusCode: 500, accept: true },
			{ match: '+14255550102' },
		);
		const result = await bed.engine.run(linear(manualTrigger(), three, call({}, retryOnFail)));
		expect(bed.simulator.duplicates()).toEqual([]);
		expect(bed.simulator.acceptedCalls('+14255550102')).toHaveLength(1);
		expect(result.error?.message).toMatch(/may have been placed by an earlier try/);
	});

	it('dials it when the user takes the risk', async () => {
		bed.simulator.faults.next({ kind: 'cut', when: 'beforeProcessing' }, { match: '+14255550102' });
		const options = { dialAgainWhenUnknown: true };
		const result = await bed.engine.run(linear(manualTrigger(), three, call(options, retryOnFail)));
		expect(result.status).toBe('success');
		expect(acceptedNumbers()).toEqual(THREE);
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'makes no further call when the first item brought an error of its own along: %s',
		async (onError) => {
			const withError = items([
				{ phone: '425 555 0142', error: 'from before' },
				{ phone: '425 555 0102' },
			]);
			const result = await bed.engine.run(
				linear(manualTrigger(), withError, call({}, { ...retryOnFail, onError })),
			);
			expect(bed.simulator.requests).toHaveLength(2);
			expect([0, 1].flatMap((output) => result.output('Voice2Phone', output))).toHaveLength(2);
		},
	);

	it('does not dial again when another node with the same items is retried', async () => {
		const second = call({}, { ...retryOnFail, name: 'Second' });
		bed.simulator.faults.next(
			{ kind: 'status', statusCode: 402 },
			{ match: ({ number }) => number === THREE[0] && bed.simulator.calls.size === 3 },
		);
		const source = items([
			{ phone: '425 555 0101' },
			{ phone: '425 555 0102' },
			{ phone: '425 555 0103' },
		]);
		const result = await bed.engine.run(
			linear(
				manualTrigger(),
				source,
				call(),
				items([{ phone: '425 555 0101' }], { name: 'One' }),
				second,
			),
		);
		expect(result.status).toBe('success');
		expect(acceptedNumbers()).toEqual([...THREE, THREE[0]]);
	});
});

describe('Retry in the executions list', () => {
	it('dials only who was not dialled, and gives out all call IDs', async () => {
		bed.simulator.faults.next({ kind: 'status', statusCode: 402 }, { match: '+14255550103' });
		const failed = await bed.engine.run(linear(manualTrigger(), three, call()), {
			mode: 'webhook',
		});
		expect(failed.status).toBe('error');

		const result = await bed.engine.retry(failed);
		expect(result.status).toBe('success');
		expect(acceptedNumbers()).toEqual(THREE);
		expect(result.output('Voice2Phone').map(({ json }) => json.CallId)).toEqual(
			bed.simulator.acceptedCalls().map(({ callId }) => callId),
		);
	});

	it('dials an item that was edited in between', async () => {
		bed.simulator.faults.next({ kind: 'status', statusCode: 402 }, { match: '+14255550103' });
		const failed = await bed.engine.run(linear(manualTrigger(), three, call()));
		const edited = structuredClone(failed.workflow);
		const [node] = edited.nodes.filter(({ name }) => name === 'Voice2Phone');
		node.parameters.message = 'Hello again';
		await bed.engine.retry(failed, { workflow: edited });
		expect(bed.simulator.acceptedCalls().map(({ message }) => message)).toEqual([
			'Hello',
			'Hello',
			'Hello again',
			'Hello again',
			'Hello again',
		]);
	});
});

describe('What is another call', () => {
	it('a pass of Loop Over Items is, even with the same request', async () => {
		const same = items(Array.from({ length: 3 }, () => ({ phone: '425 555 0101' })));
		const result = await bed.engine.run(
			linear(manualTrigger(), same, loopOverItems([call({}, retryOnFail)]), noOp()),
		);
		expect(acceptedNumbers()).toEqual(Array(3).fill(THREE[0]));
		expect(new Set(result.output('No Operation').map(({ json }) => json.CallId)).size).toBe(3);
	});

	it('a new execution is', async () => {
		const workflow = linear(manualTrigger(), three, call());
		await bed.engine.run(workflow);
		await bed.engine.run(workflow);
		expect(acceptedNumbers()).toEqual([...THREE, ...THREE]);
	});
});

describe('Call IDs', () => {
	it('stand in the error when the node stops', async () => {
		bed.simulator.faults.next({ kind: 'status', statusCode: 402 }, { match: '+14255550103' });
		const { error } = await bed.engine.run(linear(manualTrigger(), three, call()));
		const [first, second] = bed.simulator.acceptedCalls();
		expect(error?.description).toContain(
			`2 others were called: item 0: ${first.callId}, item 1: ${second.callId}.`,
		);
		expect(error?.description).toContain('Retry in the executions list');
	});

	it('of the first try stand in the error of a retry that stops too', async () => {
		bed.simulator.faults.next(
			{ kind: 'status', statusCode: 402 },
			{ match: '+14255550103', count: 2 },
		);
		const failed = await bed.engine.run(linear(manualTrigger(), three, call()));
		const { error } = await bed.engine.retry(failed);
		for (const { callId } of bed.simulator.acceptedCalls()) {
			expect(error?.description).toContain(callId);
		}
		expect(acceptedNumbers()).toEqual(THREE.slice(0, 2));
	});

	it('stand beside the error that came first', async () => {
		bed.simulator.faults.next(
			{ kind: 'status', statusCode: 402 },
			{ match: ({ inFlight, number }) => inFlight === 2 && number === THREE[1] },
		);
		bed.simulator.faults.next({ kind: 'delay', milliseconds: 400 }, { match: '+14255550142' });
		const two = items([{ phone: '425 555 0142' }, { phone: '425 555 0102' }]);
		const { error } = await bed.engine.run(linear(manualTrigger(), two, call({ callsAtOnce: 2 })));
		expect(error?.message).toMatch(/\(402\), item 1$/);
	});

	it('stand in the order of their items, whichever came first', async () => {
		bed.simulator.faults.next({ kind: 'delay', milliseconds: 400 }, { match: '+14255550101' });
		bed.simulator.faults.next({ kind: 'status', statusCode: 402 }, { match: '+14255550103' });
		const { error } = await bed.engine.run(
			linear(manualTrigger(), three, call({ callsAtOnce: 2 })),
		);
		const [first, second] = THREE.map((number) => bed.simulator.acceptedCalls(number)[0]?.callId);
		expect(error?.description).toContain(`item 0: ${first}, item 1: ${second}.`);
	});

	it('are shortened when there are many', async () => {
		const many = items([
			...Array.from({ length: 30 }, () => ({ phone: '425 555 0101' })),
			{ phone: '425 555 0142' },
		]);
		const { error } = await bed.engine.run(linear(manualTrigger(), many, call()));
		expect(error?.description?.match(/item \d+: [0-9a-f-]{36}/g)).toHaveLength(20);
		expect(error?.description).toContain('and 10 more');
	});

	it('of requests that are on their way are waited for when another item stops the node', async () => {
		bed.simulator.faults.next({ kind: 'delay', milliseconds: 400 }, { match: '+14255550101' });
		bed.simulator.faults.next({ kind: 'status', statusCode: 402 }, { match: '+14255550102' });
		const { error } = await bed.engine.run(
			linear(manualTrigger(), three, call({ callsAtOnce: 2 })),
		);
		const accepted = bed.simulator.acceptedCalls();
		expect(accepted.map(({ number }) => number)).toEqual([THREE[0]]);
		expect(error?.description).toContain(accepted[0].callId);
	});
});

describe('Pacing', () => {
	it('keeps as many requests on their way as the option says', async () => {
		bed.simulator.latencyMs = 30;
		const many = items(Array.from({ length: 12 }, () => ({ phone: '425 555 0101' })));
		await bed.engine.run(linear(manualTrigger(), many, call({ callsAtOnce: 4 })));
		const inFlight = bed.simulator.requests.map((request) => request.inFlight);
		expect(Math.max(...inFlight)).toBe(4);
	});

	it('is as usual where an option makes no sense', async () => {
		await bed.engine.run(linear(manualTrigger(), three, call({ callsAtOnce: 0, maxRetries: -1 })));
		expect(acceptedNumbers()).toEqual(THREE);
	});

	it('lets an item that has to come back go before those that never had a turn', async () => {
		bed.simulator.faults.next(
			{ kind: 'status', statusCode: 429, retryAfter: 0 },
			{ match: THREE[0] },
		);
		const others = Array.from({ length: 5 }, () => ({ phone: '425 555 0102' }));
		await bed.engine.run(
			linear(manualTrigger(), items([{ phone: '425 555 0101' }, ...others]), call()),
		);
		expect(acceptedNumbers().indexOf(THREE[0])).toBeLessThan(3);
	});

	it('places no more calls in a second than the option says', async () => {
		const many = items(Array.from({ length: 12 }, () => ({ phone: '425 555 0101' })));
		await bed.engine.run(
			linear(manualTrigger(), many, call({ callsAtOnce: 12, callsPerSecond: 10 })),
		);
		const times = bed.simulator.requests.map(({ receivedAt }) => receivedAt);
		// 1,100 ms from the first start to the last, less what the first took longer to arrive.
		expect(times[11] - times[0]).toBeGreaterThanOrEqual(600);
	});

	it('slows the whole batch down when one item is answered with 429, and gets all through', async () => {
		bed.simulator.faults.next({ kind: 'status', statusCode: 429, retryAfter: 1 });
		const many = items(Array.from({ length: 6 }, () => ({ phone: '425 555 0101' })));
		const result = await bed.engine.run(linear(manualTrigger(), many, call({ callsAtOnce: 2 })));
		expect(result.output('Voice2Phone')).toHaveLength(6);
		const [refused, , ...later] = bed.simulator.requests;
		// Two were on their way when the answer came; nobody else starts within the second.
		for (const { receivedAt } of later) {
			expect(receivedAt - refused.receivedAt).toBeGreaterThanOrEqual(950);
		}
		expect(bed.simulator.acceptedCalls()).toHaveLength(6);
	});

	it('gives up a 429 when the server asks for more time than there is, and says so', async () => {
		bed.simulator.faults.next({ kind: 'status', statusCode: 429, retryAfter: 120 });
		const { error } = await bed.engine.run(
			linear(manualTrigger(), items([{ phone: '425 555 0101' }]), call()),
		);
		expect(error?.message).toBe('Voice2Phone received too many requests (429), item 0');
		expect(error?.description).toMatch(/asks to wait 120 seconds.*Nobody was called/);
	});

	it('tries again when the request never left', async () => {
		await bed.simulator.down(true);
		const running = bed.engine.start(
			linear(manualTrigger(), items([{ phone: '425 555 0101' }]), call()),
		);
		await new Promise((resolve) => setTimeout(resolve, 300));
		await bed.simulator.down(false);
		expect((await running.finished).status).toBe('success');
		expect(acceptedNumbers()).toEqual([THREE[0]]);
	});
});

describe('Cancelling', () => {
	it('ends a backoff at once and places no call afterwards', async () => {
		bed.simulator.faults.next({ kind: 'status', statusCode: 429, retryAfter: 30 });
		const running = bed.engine.start(linear(manualTrigger(), three, call()));
		await new Promise((resolve) => bed.simulator.once('request', resolve));
		await new Promise((resolve) => setTimeout(resolve, 100));
		const cancelled = Date.now();
		running.cancel();
		await running.finished;
		expect(Date.now() - cancelled).toBeLessThan(1000);
		expect(bed.simulator.requests).toHaveLength(1);
	});

	it('ends a slow request at once and places no call afterwards', async () => {
		bed.simulator.faults.next({ kind: 'timeout', when: 'beforeProcessing' });
		const running = bed.engine.start(
			linear(manualTrigger(), three, call({}, { onError: 'continueRegularOutput' })),
		);
		await new Promise((resolve) => bed.simulator.once('request', resolve));
		const cancelled = Date.now();
		running.cancel();
		await running.finished;
		expect(Date.now() - cancelled).toBeLessThan(1000);
		expect(bed.simulator.requests).toHaveLength(1);
	});
});

describe('Cancelling with Retry On Fail', () => {
	it('notes nobody as perhaps called, although n8n runs the node again', async () => {
		bed.simulator.faults.next({ kind: 'status', statusCode: 429, retryAfter: 30 });
		const running = bed.engine.start(linear(manualTrigger(), three, call({}, retryOnFail)));
		await new Promise((resolve) => bed.simulator.once('request', resolve));
		await new Promise((resolve) => setTimeout(resolve, 100));
		running.cancel();
		const canceled = await running.finished;
		const result = await bed.engine.retry(canceled);
		expect(result.status).toBe('success');
		expect(acceptedNumbers()).toEqual(THREE);
	});
});

describe('Test Mode', () => {
	const inTrial = { testMode: 'testNumber', testNumber: '+1 425 555 0109' };
	const callInTrial = (options = {}, settings: NodeSettings = {}, changes = {}) =>
		call(options, settings, { ...inTrial, ...changes });
	const calledNumbers = (result: WorkflowResult) =>
		result.output('Voice2Phone').map(({ json }) => json.calledNumber);

	it('takes every call of a manual run, and the item says so', async () => {
		const result = await bed.engine.run(linear(manualTrigger(), three, callInTrial()));
		expect(acceptedNumbers()).toEqual(Array(3).fill('+14255550109'));
		expect(calledNumbers(result)).toEqual(Array(3).fill('+14255550109'));
	});

	it('takes no call of a production run', async () => {
		const result = await bed.engine.run(linear(manualTrigger(), three, callInTrial()), {
			mode: 'webhook',
		});
		expect(acceptedNumbers()).toEqual(THREE);
		expect(calledNumbers(result)).toEqual(THREE);
	});

	it('takes the calls too when a manual run is retried from the list', async () => {
		bed.simulator.faults.next({ kind: 'status', statusCode: 402 });
		const failed = await bed.engine.run(linear(manualTrigger(), three, callInTrial()));
		await bed.engine.retry(failed);
		expect(acceptedNumbers()).toEqual(Array(3).fill('+14255550109'));
	});

	it('stands also with the calls that a retry gives out again', async () => {
		bed.simulator.faults.next(
			{ kind: 'status', statusCode: 402 },
			{ match: () => bed.simulator.calls.size === 2 },
		);
		const result = await bed.engine.run(
			linear(manualTrigger(), three, callInTrial({}, retryOnFail)),
		);
		expect(calledNumbers(result)).toEqual(Array(3).fill('+14255550109'));
	});

	it('lets the Allowed Numbers judge the number that was meant', async () => {
		const allowing = { allowedNumbers: THREE[0] };
		const run = async (phone: string) =>
			await bed.engine.run(linear(manualTrigger(), items([{ phone }]), callInTrial(allowing)));
		expect((await run('425 555 0102')).error?.message).toMatch(/0102 is not among the Allowed/);
		expect((await run('425 555 0101')).status).toBe('success');
		expect(acceptedNumbers()).toEqual(['+14255550109']);
	});

	it('does not use up Call Only Once for the person who was meant', async () => {
		const workflow = linear(manualTrigger(), three, callInTrial({ oncePer: 'a' }));
		await bed.engine.run(workflow);
		await bed.engine.run(workflow, { mode: 'webhook' });
		expect(acceptedNumbers()).toEqual(['+14255550109', THREE[0]]);
	});

	it('takes none when a production run is retried from the list', async () => {
		bed.simulator.faults.next({ kind: 'status', statusCode: 402 });
		const failed = await bed.engine.run(linear(manualTrigger(), three, callInTrial()), {
			mode: 'webhook',
		});
		await bed.engine.retry(failed);
		expect(acceptedNumbers()).toEqual(THREE);
	});

	it.each([
		['manual', '+14255550109'],
		['webhook', THREE[0]],
	] as const)(
		'knows who started an execution (%s) that is retried where a node before had failed',
		async (mode, number) => {
			const workflow = linear(
				manualTrigger(),
				items([{ phone: '425 555 0101' }]),
				editFields('no JSON'),
				callInTrial(),
			);
			const failed = await bed.engine.run(workflow, { mode });
			const mended = structuredClone(workflow);
			mended.nodes[2].parameters.jsonOutput = '={{ $json }}';
			expect((await bed.engine.retry(failed, { workflow: mended })).status).toBe('success');
			expect(acceptedNumbers()).toEqual([number]);
		},
	);

	it.each([
		['manual', '+14255550109'],
		['webhook', THREE[0]],
	] as const)(
		'knows in a sub-workflow who started the outermost one: %s',
		async (outermostMode, number) => {
			const one = items([{ phone: '425 555 0101' }]);
			const result = await bed.engine.run(linear(manualTrigger(), one, callInTrial()), {
				mode: 'integrated',
				outermostMode,
			});
			expect(calledNumbers(result)).toEqual([number]);
			expect(acceptedNumbers()).toEqual([number]);
		},
	);

	it.each([
		['manual', '+14255550109'],
		['webhook', THREE[0]],
	] as const)(
		'knows in a sub-workflow who started the one above, where n8n tells no more: %s',
		async (mode, number) => {
			const whenCalled = node('n8n-nodes-base.executeWorkflowTrigger', 1.1, 'When Called', {});
			const inner = JSON.stringify(linear(whenCalled, callInTrial()));
			const calling = node('test.callWorkflow', 1, 'Call Workflow', { workflow: inner });
			const one = items([{ phone: '425 555 0101' }]);
			const result = await bed.engine.run(linear(manualTrigger(), one, calling), { mode });
			expect(result.status).toBe('success');
			expect(acceptedNumbers()).toEqual([number]);
		},
	);

	it('is refused in a sub-workflow that cannot know who started it', async () => {
		const { error } = await bed.engine.run(linear(manualTrigger(), three, callInTrial()), {
			mode: 'integrated',
		});
		expect(error?.description).toMatch(/Test Mode cannot tell whether a person started this/);
		expect(bed.simulator.requests).toEqual([]);
	});

	it('is checked before anybody is called', async () => {
		const { error } = await bed.engine.run(
			linear(manualTrigger(), three, callInTrial({}, {}, { testNumber: '0109' })),
		);
		expect(error?.description).toMatch(/^Items 0–2: Test Number "0109"/);
		expect(bed.simulator.requests).toEqual([]);
	});
});

describe('Call Only Once', () => {
	const leads = items([
		{ phone: '425 555 0101', lead: 'a' },
		{ phone: '425 555 0102', lead: 7 },
	]);
	const keyed = (options = {}, settings: NodeSettings = {}) =>
		call({ oncePer: '={{ $json.lead }}', ...options }, settings);
	const calledBefore = expect.objectContaining({
		outcome: 'notCalled',
		notCalledBecause: 'calledBefore',
		CallId: null,
	}) as object;

	it('keeps a later execution from calling again, also after n8n was started anew', async () => {
		const workflow = linear(manualTrigger(), leads, keyed());
		await bed.engine.run(workflow);
		const restarted = await createWorkflowRunner({ simulator: bed.simulator });
		const result = await restarted.run(workflow, { mode: 'webhook' });
		expect(acceptedNumbers()).toEqual(THREE.slice(0, 2));
		expect(result.output('Voice2Phone').map(({ json }) => json)).toEqual([
			calledBefore,
			calledBefore,
		]);
		expect(result.output('Voice2Phone').map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
		]);
	});

	it('calls the same key once within one batch', async () => {
		const twice = items([
			{ phone: '425 555 0101', lead: 'a' },
			{ phone: '425 555 0101', lead: 'a' },
		]);
		const result = await bed.engine.run(linear(manualTrigger(), twice, keyed({ callsAtOnce: 2 })));
		expect(acceptedNumbers()).toEqual([THREE[0]]);
		expect(result.output('Voice2Phone')[1].json).toEqual(calledBefore);
	});

	it('is free again after a call was rejected', async () => {
		const workflow = linear(manualTrigger(), leads, keyed());
		bed.simulator.faults.next({ kind: 'status', statusCode: 402 }, { match: THREE[0] });
		await bed.engine.run(workflow);
		await bed.engine.run(workflow);
		expect(acceptedNumbers()).toEqual([THREE[0], THREE[1]]);
	});

	it('counts as unknown when its run ended before the answer, and dials only when the user takes the risk', async () => {
		const one = items([{ phone: '425 555 0101', lead: 'a' }]);
		bed.simulator.faults.next({ kind: 'cut', when: 'beforeProcessing' });
		await bed.engine.run(linear(manualTrigger(), one, keyed()));

		const again = await bed.engine.run(linear(manualTrigger(), one, keyed()));
		expect(again.error?.message).toMatch(/may have been placed by an earlier try/);
		expect(acceptedNumbers()).toEqual([]);

		await bed.engine.run(linear(manualTrigger(), one, keyed({ dialAgainWhenUnknown: true })));
		const last = await bed.engine.run(linear(manualTrigger(), one, keyed()));
		expect(acceptedNumbers()).toEqual([THREE[0]]);
		expect(last.output('Voice2Phone')[0].json).toEqual(calledBefore);
	});

	it('is noted again when another worker has written its older copy of the store', async () => {
		const workflow = linear(
			manualTrigger(),
			items([{ phone: '425 555 0101', lead: 'a' }]),
			keyed(),
		);
		bed.simulator.once('call', () => processedData.clear());
		await bed.engine.run(workflow);
		const again = await bed.engine.run(workflow);
		expect(acceptedNumbers()).toEqual([THREE[0]]);
		expect(again.output('Voice2Phone')[0].json).toEqual(calledBefore);
	});

	it('counts for its own node, or for all nodes of the workflow that share the scope', async () => {
		const one = items([{ phone: '425 555 0101', lead: 'a' }]);
		const pass = (rememberedBy: string) =>
			linear(
				manualTrigger(),
				one,
				keyed({ rememberedBy }, { name: 'First' }),
				items([{ phone: '425 555 0101', lead: 'a' }], { name: 'Again' }),
				keyed({ rememberedBy }, { name: 'Second' }),
			);
		await bed.engine.run(pass('node'));
		expect(acceptedNumbers()).toHaveLength(2);
		await bed.engine.run(pass('workflow'));
		expect(acceptedNumbers()).toHaveLength(3);
	});

	it('is forgotten after its time', async () => {
		const brief = { rememberFor: 1 / 86_400 };
		const workflow = linear(manualTrigger(), leads, keyed(brief));
		await bed.engine.run(workflow);
		await bed.engine.run(workflow);
		expect(acceptedNumbers()).toHaveLength(2);
		await new Promise((resolve) => setTimeout(resolve, 1300));
		await bed.engine.run(workflow);
		expect(acceptedNumbers()).toHaveLength(4);
	});

	it('is remembered for its days, however often it is asked for, and not much longer', async () => {
		const workflow = linear(manualTrigger(), leads, keyed());
		const now = Date.now();
		const onDay = async (day: number) => {
			const clock = jest.spyOn(Date, 'now').mockReturnValue(now + day * 86_400_000);
			try {
				await bed.engine.run(workflow);
			} finally {
				clock.mockRestore();
			}
			return acceptedNumbers().length;
		};
		expect(await onDay(0)).toBe(2);
		expect(await onDay(22)).toBe(2);
		expect(await onDay(29)).toBe(2);
		expect(await onDay(38)).toBe(4);
	});

	it('is noted for each of many calls at once, although n8n’s store forgets values of the same moment', async () => {
		const many = items(
			Array.from({ length: 8 }, (_, lead) => ({ phone: '425 555 0101', lead: `lead ${lead}` })),
		);
		const workflow = linear(manualTrigger(), many, keyed({ callsAtOnce: 8 }));
		await bed.engine.run(workflow);
		await bed.engine.run(workflow);
		expect(acceptedNumbers()).toHaveLength(8);
	});

	it('keeps everybody from being called when n8n cannot note it', async () => {
		const store = jest
			.spyOn(processedData, 'checkProcessedAndRecord')
			.mockRejectedValue(new Error('no database'));
		try {
			const { error } = await bed.engine.run(linear(manualTrigger(), leads, keyed()));
			expect(error?.message).toBe('Once Per could not be noted, so nobody was called');
			expect(bed.simulator.requests).toEqual([]);
		} finally {
			store.mockRestore();
		}
	});

	it('is noted at the second attempt when n8n fails once', async () => {
		const store = jest
			.spyOn(processedData, 'checkProcessedAndRecord')
			.mockRejectedValueOnce(new Error('UNIQUE constraint failed'));
		try {
			await bed.engine.run(linear(manualTrigger(), leads, keyed()));
			expect(acceptedNumbers()).toHaveLength(2);
		} finally {
			store.mockRestore();
		}
	});

	it('counts as unknown when n8n cannot note that the call was placed, and the call stands', async () => {
		const one = items([{ phone: '425 555 0101', lead: 'a' }]);
		const record = processedData.checkProcessedAndRecord.bind(processedData);
		const store = jest
			.spyOn(processedData, 'checkProcessedAndRecord')
			.mockImplementation(async (...request) => {
				if (bed.simulator.acceptedCalls().length > 0) throw new Error('no database');
				return await record(...request);
			});
		try {
			const result = await bed.engine.run(linear(manualTrigger(), one, keyed()));
			expect(result.output('Voice2Phone')[0].json.CallId).toBe(
				bed.simulator.acceptedCalls()[0].callId,
			);
		} finally {
			store.mockRestore();
		}
		const again = await bed.engine.run(linear(manualTrigger(), one, keyed()));
		expect(again.error?.message).toMatch(/may have been placed by an earlier try/);
		expect(acceptedNumbers()).toHaveLength(1);
	});

	it('gives the call ID again when the same execution is retried', async () => {
		bed.simulator.faults.next({ kind: 'status', statusCode: 402 }, { match: THREE[1] });
		const result = await bed.engine.run(linear(manualTrigger(), leads, keyed({}, retryOnFail)));
		expect(result.output('Voice2Phone').map(({ json }) => json.CallId)).toEqual(
			bed.simulator.acceptedCalls().map(({ callId }) => callId),
		);
	});

	it.each([
		[
			undefined,
			/Item 0: Once Per is the same for all items, because `{{ \$json.lead }}` gave nothing/,
		],
		['', /Item 0: Once Per is empty/],
		[' ', /Item 0: Once Per is empty/],
	])('must not be empty: %o', async (lead, words) => {
		const none = items([{ phone: '425 555 0101', lead }]);
		const { error } = await bed.engine.run(linear(manualTrigger(), none, keyed()));
		expect(error?.message).toMatch(words);
		expect(bed.simulator.requests).toEqual([]);
	});
});
