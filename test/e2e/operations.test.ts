import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { outputItems, type Execution, type SavedWorkflow } from '../../playground/n8nClient';
import {
	editFields,
	linear,
	loopOverItems,
	node,
	noOp,
	voice2Phone,
	withBranch,
	type NodeSettings,
} from '../support/workflow';
import { receivedItems, useN8n, webhookPath } from './support';

const bed = useN8n();

const people = [
	{ name: 'Ann', phone: '(425) 555-0101' },
	{ name: 'Bob', phone: '425 555 0102' },
	{ name: 'Cy', phone: '425 555 0110' },
];
const call = (parameters: INodeParameters = {}, settings: NodeSettings = {}) =>
	voice2Phone(
		{
			operation: 'makeCall',
			countryCode: 'US',
			phoneNumber: '={{ $json.phone }}',
			message: '=Hello {{ $json.name }}',
			...parameters,
		},
		settings,
	);
const offeredKeys = {
	entries: [
		{ key: '1', label: 'Confirm', message: 'Thank you' },
		{ key: '2', label: '', message: 'Goodbye' },
	],
};
const wait = { checkEvery: 1, waitAtMost: 1 };

const callIds = () => bed.simulator.acceptedCalls().map(({ callId }) => callId);
/** What Make Call gives out for the calls that were placed. */
const placedCalls = () =>
	bed.simulator.acceptedCalls().map(({ callId, number }) => ({
		CallId: callId,
		calledNumber: number,
		calledAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
	}));
const jsonOf = (execution: Execution, name: string, output?: { run?: number; output?: number }) =>
	outputItems(execution, name, output).map(({ json }) => json);

/** How a workflow can be run: by its webhook when it is published, or by hand in the editor. */
const ways = {
	production: async (workflow: SavedWorkflow, items: IDataObject[]) =>
		await bed.runProduction(workflow, items),
	manual: async (workflow: SavedWorkflow, items: IDataObject[]) =>
		await bed.runManually(workflow, items),
};

describe.each(['production', 'manual'] as const)('In a %s execution', (way) => {
	it('Make Call sends what the API documents, and gives out the call IDs', async () => {
		const workflow = await bed.saveSteps(
			`Make Call, ${way}`,
			call({ dtmf: { entries: [{ key: '1', message: '=Thank you {{ $json.name }}' }] } }),
		);
		const execution = await ways[way](workflow, people);
		expect(execution).toMatchObject({
			status: 'success',
			mode: way === 'manual' ? way : 'webhook',
		});
		expect(bed.simulator.requests.map(({ body }) => body)).toEqual(
			['Ann', 'Bob', 'Cy'].map((name, index) => ({
				Phone: { Number: `+142555501${['01', '02', '10'][index]}`, CountryCode: 'US' },
				Message: `Hello ${name}`,
				Dtmf: { '1': `Thank you ${name}` },
			})),
		);
		expect(jsonOf(execution, 'Voice2Phone')).toEqual(placedCalls());
	});

	it('Get Status gives out what the API says', async () => {
		const workflow = await bed.saveSteps(
			`Get Status, ${way}`,
			call({}, { name: 'Make Call' }),
			voice2Phone({ operation: 'getStatus' }),
		);
		const execution = await ways[way](workflow, people);
		expect(jsonOf(execution, 'Voice2Phone')).toEqual(
			bed.simulator.acceptedCalls().map((each) => JSON.parse(JSON.stringify(each.status()))),
		);
	});

	it('Call and Wait for Response brings the pressed keys', async () => {
		const workflow = await bed.saveSteps(
			`Call and Wait, ${way}`,
			call({ operation: 'callAndWait', dtmf: offeredKeys, options: wait }),
		);
		const execution = await ways[way](workflow, people);
		const [ann, bob, cy] = callIds();
		expect(jsonOf(execution, 'Voice2Phone')).toMatchObject([
			{ CallId: ann, outcome: 'keyPressed', pressedKey: '1', pressedLabel: 'Confirm', Dtmf: '1' },
			{ CallId: bob, outcome: 'keyPressed', pressedKey: '2', pressedLabel: 'Goodbye', Dtmf: '2' },
			{ CallId: cy, outcome: 'noKey', pressedKey: null, pressedLabel: null },
		]);
	});

	it('Wait for Response brings them too, for calls that were placed before', async () => {
		const workflow = await bed.saveSteps(
			`Wait for Response, ${way}`,
			call({}, { name: 'Make Call' }),
			voice2Phone({
				operation: 'waitForResponse',
				dtmf: { entries: [{ key: '1', label: 'Confirm' }] },
				options: wait,
			}),
		);
		const execution = await ways[way](workflow, people);
		const [ann, bob, cy] = callIds();
		expect(jsonOf(execution, 'Voice2Phone')).toMatchObject([
			{ CallId: ann, outcome: 'keyPressed', pressedKey: '1', pressedLabel: 'Confirm' },
			{ CallId: bob, outcome: 'otherKey', pressedKey: '2', pressedLabel: null },
			{ CallId: cy, outcome: 'noKey', pressedKey: null },
		]);
		expect(bed.simulator.acceptedCalls()).toHaveLength(3);
	});
});

describe('On the wire', () => {
	it.each([
		['basic', (key: string) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`],
		['apiKey', (key: string) => key],
	])('the scheme "%s" sends the key as it says', async (authScheme, authorization) => {
		const { apiKey } = bed.simulator;
		await bed.client.saveCredential('voice2PhoneApi', bed.credential.name, { apiKey, authScheme });
		const workflow = await bed.saveSteps(
			`Scheme ${authScheme}`,
			call({}, { name: 'Make Call' }),
			voice2Phone({ operation: 'getStatus' }),
		);
		const execution = await bed.runProduction(workflow, people.slice(0, 1));
		expect(execution.status).toBe('success');
		expect(
			bed.simulator.requests.map(({ method, ...each }) => [method, each.authorization]),
		).toEqual(['POST', 'GET'].map((method) => [method, authorization(apiKey)]));
	});
});

describe('Among n8n’s own nodes', () => {
	it('a submitted form rings the phone that it names', async () => {
		const form = node('n8n-nodes-base.formTrigger', 2.3, 'Form', {
			formTitle: 'Shall we call you?',
			formFields: {
				values: [
					{ fieldLabel: 'Your Name', fieldType: 'text', requiredField: true },
					{ fieldLabel: 'Phone Number', fieldType: 'text', requiredField: true },
				],
			},
			options: { path: 'e2e-call-me' },
		});
		form.nodes[0].webhookId = 'e2e-call-me';
		const workflow = await bed.save(
			'Form',
			linear(
				form,
				call({
					countryCode: 'auto',
					phoneNumber: "={{ $json['Phone Number'] }}",
					message: "=Hello {{ $json['Your Name'] }}, you filled in a form at {{ $now.year }}",
				}),
			),
		);
		const execution = await bed.client.executionOf(workflow.id, () =>
			bed.client.submitForm('e2e-call-me', ['Ann "Q" O’Neil', '+1 (425) 555-0101']),
		);
		expect(execution.status).toBe('success');
		expect(bed.simulator.acceptedCalls()).toMatchObject([
			{
				number: '+14255550101',
				message: `Hello Ann "Q" O’Neil, you filled in a form at ${new Date().getFullYear()}`,
			},
		]);
	});

	it('a sub-workflow calls, and the parent gets the call IDs', async () => {
		const child = await bed.save(
			'Sub-workflow',
			linear(
				node('n8n-nodes-base.executeWorkflowTrigger', 1.1, 'When Executed', {
					inputSource: 'passthrough',
				}),
				call(),
			),
		);
		const workflow = await bed.saveSteps(
			'Parent',
			node('n8n-nodes-base.executeWorkflow', 1.2, 'Execute Workflow', {
				workflowId: { __rl: true, mode: 'id', value: child.id },
				options: {},
			}),
		);
		const execution = await bed.runProduction(workflow, people);
		expect(execution.status).toBe('success');
		expect(bed.simulator.acceptedCalls()).toHaveLength(3);
		expect(jsonOf(execution, 'Execute Workflow')).toEqual(placedCalls());
	});

	it('each pass of Loop Over Items calls its items, and all come out of the loop', async () => {
		const five = Array.from({ length: 5 }, (_, index) => ({
			name: `No. ${index}`,
			phone: '4255550101',
		}));
		const workflow = await bed.saveSteps(
			'Loop',
			loopOverItems([call()], { batchSize: 2 }),
			noOp({ name: 'Done' }),
		);
		const execution = await bed.runProduction(workflow, five);
		expect(bed.simulator.acceptedCalls().map(({ message }) => message)).toEqual(
			five.map(({ name }) => `Hello ${name}`),
		);
		expect(jsonOf(execution, 'Done').map(({ CallId }) => CallId)).toEqual(callIds());
	});

	it('file and fields of the input stay with it, and later nodes reach them', async () => {
		const [webhook] = receivedItems();
		const workflow = await bed.save(
			'Binary',
			linear(
				webhook,
				call({ phoneNumber: '={{ $json.body.phone }}', message: '={{ $json.body.text }}' }),
				editFields(
					"={{ { CallId: $json.CallId, note: $('Webhook').item.json.body.note, file: $('Webhook').item.binary.letter.fileName } }}",
				),
			),
		);
		const letter = Buffer.from([0, 1, 2, 0xff, 0xfe, 10, 13]);
		const form = new FormData();
		form.append('phone', '425 555 0101');
		form.append('text', 'You have a letter');
		form.append('note', 'Ring twice');
		form.append('letter', new Blob([letter]), 'letter.bin');
		const execution = await bed.client.executionOf(workflow.id, () =>
			fetch(`${bed.n8n.url}/webhook/${webhookPath(workflow)}`, {
				method: 'POST',
				headers: { connection: 'close' },
				body: form,
			}),
		);

		expect(jsonOf(execution, 'Edit Fields')).toEqual([
			{ CallId: callIds()[0], note: 'Ring twice', file: 'letter.bin' },
		]);
		const [input] = outputItems(execution, 'Webhook');
		expect(input.json.body).toEqual({
			phone: '425 555 0101',
			text: 'You have a letter',
			note: 'Ring twice',
		});
		expect(await bed.client.binaryData(input.binary!.letter.id!)).toEqual(letter);
	});

	it('each key leads down its own branch', async () => {
		const outputs = ['No Key', 'Timed Out', 'Not Called', '1 Confirm', 'Key 2'];
		// In another order than the outputs.
		const answers = [
			['Key 2', '4255550102'],
			['1 Confirm', '4255550101'],
			['Timed Out', '4255550120'],
			['No Key', '4255550109'],
			['No Key', '4255550110'],
		];
		const split = call({
			operation: 'callAndWait',
			splitByKey: true,
			dtmf: offeredKeys,
			options: { checkEvery: 1, waitAtMost: 0.05, oncePer: '={{ $json.phone }}' },
		});
		const branched = outputs.reduce(
			(step, name, output) => withBranch(step, output, noOp({ name })),
			split,
		);
		const workflow = await bed.saveSteps('Split by key', branched);
		const people = answers.map(([name, phone]) => ({ name, phone }));
		const execution = await bed.runProduction(workflow, people);
		expect(execution.status).toBe('success');
		for (const output of outputs) {
			const called = jsonOf(execution, output).map(
				({ CallId }) => bed.simulator.calls.get(String(CallId))?.message,
			);
			expect(called).toEqual(
				answers.filter(([name]) => name === output).map(([name]) => `Hello ${name}`),
			);
		}

		const again = await bed.runProduction(workflow, people);
		expect(jsonOf(again, 'Not Called')).toMatchObject(
			answers.map(() => ({ outcome: 'notCalled', notCalledBecause: 'calledBefore' })),
		);
		expect(bed.simulator.acceptedCalls()).toHaveLength(answers.length);
	});
});

describe('When one of three calls is refused', () => {
	const refused = { name: 'Bob', phone: '425 555 0142' };
	const withRefused = [people[0], refused, people[2]];

	it('"Stop Workflow" ends the execution and names the calls that were placed', async () => {
		const workflow = await bed.saveSteps(
			'Stop Workflow',
			call({ options: { callsAtOnce: 1 } }),
			noOp({ name: 'After' }),
		);
		const { status, data } = await bed.runProduction(workflow, withRefused);
		expect(status).toBe('error');
		expect(data.resultData.error).toMatchObject({
			message: expect.stringMatching(/could not carry out the request \(402\), item 1$/),
			description: expect.stringContaining(`item 0: ${callIds()[0]}`),
		});
		expect(bed.simulator.acceptedCalls()).toHaveLength(1);
		expect(data.resultData.runData).not.toHaveProperty('After');
	});

	it('"Continue" gives out all three, the refused one with its error', async () => {
		const workflow = await bed.saveSteps(
			'Continue',
			call({}, { onError: 'continueRegularOutput' }),
			noOp({ name: 'After' }),
		);
		const execution = await bed.runProduction(workflow, withRefused);
		const [ann, cy] = placedCalls();
		expect(jsonOf(execution, 'After')).toEqual([
			ann,
			expect.objectContaining({ error: expect.stringMatching(/\(402\), item 1$/) }),
			cy,
		]);
	});

	it('"Continue (using error output)" sends the refused one there, with its input', async () => {
		const step = withBranch(
			call({}, { onError: 'continueErrorOutput' }),
			1,
			noOp({ name: 'On Error' }),
		);
		const workflow = await bed.saveSteps('Error output', step, noOp({ name: 'On Success' }));
		const execution = await bed.runProduction(workflow, withRefused);
		expect(jsonOf(execution, 'On Success')).toEqual(placedCalls());
		expect(jsonOf(execution, 'On Error')).toEqual([
			{ ...refused, error: expect.stringMatching(/\(402\), item 1$/) },
		]);
	});
});

describe('A thousand items', () => {
	it('are called once each, and come out in their order', async () => {
		const thousand = Array.from({ length: 1000 }, (_, index) => ({
			name: `No. ${index}`,
			phone: '4255550101',
		}));
		const workflow = await bed.saveSteps(
			'A thousand',
			call({ options: { callsAtOnce: 50, callsPerSecond: 0, maxCalls: 0 } }),
		);
		const execution = await bed.runProduction(workflow, thousand);
		expect(execution.status).toBe('success');
		expect(bed.simulator.duplicates()).toEqual([]);
		const called = jsonOf(execution, 'Voice2Phone').map(
			({ CallId }) => bed.simulator.calls.get(String(CallId))?.message,
		);
		expect(called).toEqual(thousand.map(({ name }) => `Hello ${name}`));
	});
});
