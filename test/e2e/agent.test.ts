import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import {
	outputItems,
	type Credential,
	type SavedWorkflow,
	type Workflow,
} from '../../playground/n8nClient';
import { startScriptedModel, type ScriptedModel, type ToolCall } from '../support/scriptedModel';
import { nodeParameters } from '../support/parameters';
import { linear, node, voice2Phone as callNode } from '../support/workflow';
import { receivedItems, useN8n } from './support';

const bed = useN8n();
let model: ScriptedModel;
let modelCredential: Credential;

beforeAll(async () => {
	model = await startScriptedModel();
	modelCredential = await bed.client.saveCredential('openAiApi', 'Scripted model', {
		apiKey: 'none',
		url: model.url,
	});
});
afterAll(async () => await model?.close());

/** The parameters of a call of which the model chooses the number and the words, as the editor writes them. */
const chosenByModel: INodeParameters = {
	operation: 'callAndWait',
	countryCode: 'auto',
	phoneNumber:
		"={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('Phone_Number', `The customer, with + and country code`, 'string') }}",
	message:
		"={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('Message', `What is said`, 'string') }}",
	dtmf: {
		entries: [
			{
				key: '2',
				label: 'Call Back',
				message:
					"={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('entries0_Message', `What is said after 2`, 'string') }}",
			},
		],
	},
	allowedNumbers: '+1 425 555 01*',
};

/** The Voice2Phone node as an agent's tool; its options flat. */
function phoneTool(options: INodeParameters = {}, parameters: INodeParameters = {}): INode {
	return voice2Phone('n8n-nodes-voice2phone.voice2PhoneTool', 'Call Customer', {
		...chosenByModel,
		...parameters,
		options: { checkEvery: 1, ...options },
	});
}

function voice2Phone(type: string, name: string, parameters: INodeParameters): INode {
	const { id } = bed.credential;
	const credentials = { voice2PhoneApi: { id, name: bed.credential.name } };
	return node(type, 1, name, nodeParameters(parameters), { credentials }).nodes[0];
}

/** Publishes a workflow in which an agent has this tool; with `review`, that node stands between them. */
async function saveAgent(name: string, tool: INode, review?: INode): Promise<SavedWorkflow> {
	const agent = node('@n8n/n8n-nodes-langchain.agent', 3.1, 'AI Agent', {
		promptType: 'define',
		text: 'Do your work.',
		options: {},
	});
	const { id } = modelCredential;
	const chatModel = node(
		'@n8n/n8n-nodes-langchain.lmChatOpenAi',
		1.2,
		'Model',
		{ model: { __rl: true, mode: 'id', value: 'scripted' }, options: {} },
		{ credentials: { openAiApi: { id, name: modelCredential.name } } },
	).nodes[0];
	const workflow = linear(...receivedItems(), agent);
	workflow.nodes.push(chatModel, tool);
	workflow.connections.Model = {
		ai_languageModel: [[{ node: 'AI Agent', type: 'ai_languageModel', index: 0 }]],
	};
	const connect = (from: string, to: string) => {
		workflow.connections[from] = { ai_tool: [[{ node: to, type: 'ai_tool', index: 0 }]] };
	};
	if (review) {
		workflow.nodes.push(review);
		connect(tool.name, review.name);
	}
	connect(review?.name ?? tool.name, 'AI Agent');
	return await bed.save(name, workflow);
}

/** Lets the agent use its tools as the turns say, one after the other, and end. */
async function act(
	workflow: SavedWorkflow,
	turns: ToolCall[][],
	item: IDataObject = {},
	run: 'runProduction' | 'runManually' = 'runProduction',
) {
	model.script(...turns, 'Done.');
	const execution = await bed[run](workflow, [item]);
	expect(execution.status).toBe('success');
	expect(outputItems(execution, 'AI Agent').map(({ json }) => json)).toEqual([{ output: 'Done.' }]);
	return execution;
}

const callTo = (phoneNumber: string): ToolCall => ({
	tool: 'Call_Customer',
	arguments: {
		Phone_Number: phoneNumber,
		Message: 'Your order is ready.',
		entries0_Message: 'We call you back.',
	},
});

/** What the model was told of each use of its tool, as n8n puts it: a list with one object. */
const told = () => model.toolResults.map((text) => (JSON.parse(text) as IDataObject[])[0]);

describe('The node as a tool of an AI agent', () => {
	it('calls whom the model chose, with its words, and tells it the pressed key in few words', async () => {
		await act(await saveAgent('Tool', phoneTool({}, { splitByKey: true })), [
			[callTo('+1 425 555 0102')],
		]);
		const [call, ...others] = bed.simulator.acceptedCalls();
		expect(others).toEqual([]);
		expect(call).toMatchObject({
			number: '+14255550102',
			message: 'Your order is ready.',
			dtmf: { 2: 'We call you back.' },
		});
		expect(told()).toEqual([
			{
				CallId: call.callId,
				outcome: 'keyPressed',
				pressedKey: '2',
				pressedLabel: 'Call Back',
				spokenMessage: 'Your order is ready.',
			},
		]);
		expect(model.toolResults[0].length).toBeLessThan(200);

		expect(model.offeredTools.get('Call_Customer')).toMatchObject({
			description: 'Call and wait for key press in Voice2Phone',
			parameters: {
				properties: {
					Phone_Number: { type: 'string', description: 'The customer, with + and country code' },
					Message: { type: 'string', description: 'What is said' },
					entries0_Message: { type: 'string', description: 'What is said after 2' },
				},
				required: ['Phone_Number', 'Message', 'entries0_Message'],
			},
		});
	});

	it('does not call a number that is not allowed, and tells the model why', async () => {
		const workflow = await saveAgent(
			'Allowed',
			phoneTool({}, { allowedNumbers: '+1 425 555 0102' }),
		);
		await act(workflow, [[callTo('+1 425 555 0103')], [callTo('+1 425 555 0102')]]);
		expect(bed.simulator.acceptedCalls().map(({ number }) => number)).toEqual(['+14255550102']);
		const [refused, called] = told();
		expect(refused.error).toMatch(
			/Phone Number \+14255550103 is not among the Allowed Numbers\. Call one that is/,
		);
		expect(called).toMatchObject({ outcome: 'keyPressed', pressedKey: '2' });
	});

	it('calls nobody whom the model chose while no number is allowed', async () => {
		const workflow = await saveAgent('None allowed', phoneTool({}, { allowedNumbers: '' }));
		await act(workflow, [[callTo('+1 425 555 0102')]]);
		expect(bed.simulator.requests).toEqual([]);
		expect(told()[0].error).toMatch(/Allowed Numbers is empty, and the agent chooses the number/);
	});

	it('in a run by hand calls the Test Number, and without one nobody', async () => {
		const tool = (testNumber: string) => phoneTool({}, { testMode: 'testNumber', testNumber });
		const turns = [[callTo('+1 425 555 0102')]];
		await act(await saveAgent('Test', tool('+1 425 555 0103')), turns, {}, 'runManually');
		await act(await saveAgent('No test number', tool('')), turns, {}, 'runManually');
		expect(bed.simulator.acceptedCalls().map(({ number }) => number)).toEqual(['+14255550103']);
		expect(told()[0].error).toMatch(/Test Number is empty, and a manual run calls the Test Number/);
	});

	it.each([
		['runProduction', '+14255550102'],
		['runManually', '+14255550103'],
	] as const)(
		'behind "Call n8n Workflow" rings whom the start was for (%s)',
		async (run, number) => {
			const child = await bed.save(
				`Behind a tool, ${run}`,
				linear(
					node('n8n-nodes-base.executeWorkflowTrigger', 1.1, 'When Executed', {
						inputSource: 'passthrough',
					}),
					callNode({
						operation: 'makeCall',
						phoneNumber: '+1 425 555 0102',
						message: 'Your order is ready.',
						testMode: 'testNumber',
						testNumber: '+1 425 555 0103',
					}),
				),
			);
			const tool = node('@n8n/n8n-nodes-langchain.toolWorkflow', 2.2, 'Ring Customer', {
				description: 'Rings the customer',
				workflowId: { __rl: true, mode: 'id', value: child.id },
			}).nodes[0];
			const workflow = await saveAgent(`Workflow as tool, ${run}`, tool);
			await act(workflow, [[{ tool: 'Ring_Customer', arguments: { input: 'now' } }]], {}, run);
			expect(bed.simulator.acceptedCalls().map((each) => each.number)).toEqual([number]);
		},
	);

	it('refuses the same call again, and tells the model what came of the first', async () => {
		const workflow = await saveAgent('Refuse', phoneTool({ onSameCall: 'refuse' }));
		await act(workflow, [[callTo('+1 425 555 0102')], [callTo('+1 (425) 555-0102')]]);
		const [{ callId }, ...others] = bed.simulator.acceptedCalls();
		expect(others).toEqual([]);
		expect(told()).toEqual([
			expect.objectContaining({ CallId: callId }),
			{
				error: expect.stringMatching(
					`was placed before in this execution, CallId ${callId}, .*Nobody was called`,
				) as string,
			},
		]);
	});

	it.each([
		['one after the other', [[callTo('+1 425 555 0102')], [callTo('+1 425 555 0102')]]],
		['at once', [[callTo('+1 425 555 0102'), callTo('+1 425 555 0102')]]],
	])('gives the first call out for the same calls %s', async (when, turns) => {
		const workflow = await saveAgent(`First ${when}`, phoneTool());
		await act(workflow, turns);
		const [{ callId }, ...others] = bed.simulator.acceptedCalls();
		expect(others).toEqual([]);
		const answer = expect.objectContaining({ CallId: callId, pressedKey: '2' }) as object;
		expect(told()).toEqual([answer, answer]);
	});

	it('dials for each of the same calls when the user wants that', async () => {
		const workflow = await saveAgent('Dial', phoneTool({ onSameCall: 'dial' }));
		await act(workflow, [[callTo('+1 425 555 0102')], [callTo('+1 425 555 0102')]]);
		const callIds = bed.simulator.acceptedCalls().map(({ callId }) => callId);
		expect(callIds).toHaveLength(2);
		expect(told().map(({ CallId }) => CallId)).toEqual(callIds);
	});

	it('tells the model what to do when it is not known whether the phone rang', async () => {
		const workflow = await saveAgent('Unknown', phoneTool());
		await act(workflow, [[callTo('+1 425 555 0150')], [callTo('+1 425 555 0150')]]);
		expect(bed.simulator.acceptedCalls()).toHaveLength(1);
		const [first, second] = told();
		expect(first.error).toMatch(/whether the phone rang: server error 500.*Find out .* phone rang/);
		expect(second.error).toMatch(/may have been placed by an earlier try, so it was not dialled/);
	});
});

describe('Call Until Accepted as a tool: "call the team until someone accepts"', () => {
	const DECLINES = '+1 425 555 0102';
	const ACCEPTS = '+1 425 555 0101';
	const keys = {
		entries: [
			{ key: '1', meaning: 'accepts', message: 'Thank you' },
			{ key: '2', meaning: 'declines', message: 'Goodbye' },
		],
	};
	const words = "={{ $fromAI('Message', `What is said`, 'string') }}";
	const whom = "={{ $fromAI('Phone_Numbers', `Whom to call, in this order`, 'string') }}";

	const team = (phoneNumbers: string, parameters: INodeParameters = {}) =>
		voice2Phone('n8n-nodes-voice2phone.voice2PhoneTool', 'Call Team', {
			operation: 'callUntilAccepted',
			phoneNumbers,
			message: words,
			dtmf: keys,
			...parameters,
		});
	const alarm = (text: string, people: string[]): ToolCall => ({
		tool: 'Call_Team',
		arguments: { Message: text, ...(people.length > 0 && { Phone_Numbers: people.join(', ') }) },
	});
	const called = () => bed.simulator.acceptedCalls().map(({ number }) => number);

	it('calls whom the model names, in this order, and says who accepted', async () => {
		const tool = team(whom, { allowedNumbers: '+1 425 555 01*' });
		await act(await saveAgent('Team of the model', tool), [
			[alarm('Fire.', [DECLINES, ACCEPTS, '+1 425 555 0103'])],
		]);
		const [declined, accepted, ...others] = bed.simulator.acceptedCalls();
		expect(others).toEqual([]);
		expect(accepted.message).toBe('Fire.');
		expect(told()).toMatchObject([
			{
				outcome: 'accepted',
				acceptedBy: [{ phone: '+14255550101', CallId: accepted.callId, pressedKey: '1' }],
				attempts: [
					{ CallId: declined.callId, outcome: 'declined' },
					{ CallId: accepted.callId, outcome: 'accepted' },
				],
			},
		]);
		expect(model.offeredTools.get('Call_Team')).toMatchObject({
			description: 'Call people until one accepts in Voice2Phone',
			parameters: { required: ['Phone_Numbers', 'Message'] },
		});
	});

	it('calls the people of the builder, and says the name of who accepted', async () => {
		const people = `={{ [{ name: 'Ann', phone: '${DECLINES}' }, { name: 'Bob', phone: '${ACCEPTS}' }] }}`;
		await act(await saveAgent('Team of the builder', team(people)), [[alarm('Fire.', [])]]);
		expect(called()).toEqual(['+14255550102', '+14255550101']);
		expect(told()).toMatchObject([{ outcome: 'accepted', acceptedBy: [{ name: 'Bob' }] }]);
	});

	it('calls nobody when one of the people is not allowed, and says who', async () => {
		const tool = team(whom, { allowedNumbers: ACCEPTS });
		await act(await saveAgent('Allowed team', tool), [[alarm('Fire.', [ACCEPTS, DECLINES])]]);
		expect(bed.simulator.requests).toEqual([]);
		expect(told()[0].error).toMatch(/\+14255550102 is not among the Allowed Numbers/);
	});

	it('calls nobody more often than Max Calls per Number says', async () => {
		const options = { pacing: { values: { maxCalls: 0, maxCallsPerNumber: 1 } } };
		const tool = team(whom, { allowedNumbers: '+1 425 555 01*', options });
		await act(await saveAgent('Limited team', tool), [
			[alarm('Fire.', [DECLINES])],
			[alarm('Fire, again.', [DECLINES, ACCEPTS])],
		]);
		expect(called()).toEqual(['+14255550102', '+14255550101']);
		expect(told()[1]).toMatchObject({
			outcome: 'accepted',
			attempts: [{ outcome: 'notCalled', reason: 'limitReached' }, { outcome: 'accepted' }],
		});
	});

	it.each([
		['one after the other', [[alarm('Fire.', [ACCEPTS])], [alarm('Fire.', [ACCEPTS])]]],
		['at once', [[alarm('Fire.', [ACCEPTS]), alarm('Fire.', [ACCEPTS])]]],
	])('calls nobody again for the same search, %s', async (when, turns) => {
		const tool = team(whom, { allowedNumbers: '+1 425 555 01*' });
		await act(await saveAgent(`Same team ${when}`, tool), turns);
		const [{ callId }, ...others] = bed.simulator.acceptedCalls();
		expect(others).toEqual([]);
		const answer = { outcome: 'accepted', acceptedBy: [{ CallId: callId }] };
		expect(told()).toMatchObject([answer, answer]);
	});
});

describe('The node as a human review between an agent and its tool', () => {
	const CUSTOMER = '+1 425 555 0103';
	const approvers = { approves: '+1 425 555 0201', refuses: '+1 425 555 0102' };
	const REQUEST = {
		tool: 'Call_Customer',
		arguments: { toolParameters: callTo(CUSTOMER).arguments, hitlParameters: {} },
	};
	/** Publishes an agent whose calls to customers have to be approved by the person whom the item names. */
	const saveReview = async (name: string, parameters: INodeParameters = {}) =>
		await saveAgent(
			name,
			phoneTool({ onSameCall: 'dial' }),
			voice2Phone('n8n-nodes-voice2phone.voice2PhoneHitlTool', 'Ask by Phone', {
				countryCode: 'auto',
				phoneNumber: "={{ $('Items').item.json.approver }}",
				...parameters,
				options: { checkEvery: 1, waitAtMost: 0.05, ...(parameters.options as object) },
			}),
		);
	const asked = (approver: string) => bed.simulator.acceptedCalls(approver);
	const customerCalls = () => bed.simulator.acceptedCalls(CUSTOMER);

	let workflow: SavedWorkflow;
	beforeAll(async () => {
		workflow = await saveReview('Review');
	});

	it('speaks the request in words, and lets the tool run after 1 was pressed', async () => {
		await act(workflow, [[REQUEST]], { approver: approvers.approves });
		const [review] = asked(approvers.approves);
		expect(review.message).toBe(
			'The agent wants to run this tool: call customer\n\nInput:\n' +
				'phone number: +1 425 555 0103. message: Your order is ready. entries0 message: We call you back.' +
				'\n\nPress 1 to approve, or 2 to refuse.',
		);
		expect(review.dtmf).toEqual({ 1: 'Approved. Thank you.', 2: 'Not approved. Thank you.' });
		const [call] = customerCalls();
		expect(call.acceptedAt).toBeGreaterThan(review.finishedAt!);
		expect(told()).toEqual([expect.objectContaining({ CallId: call.callId })]);
	});

	it.each([
		['2 was pressed', approvers.refuses, /^User rejected the tool call/],
		['1 and then 2 was pressed', '+1 425 555 0112', /^User rejected the tool call/],
		[
			'no key was pressed',
			'+1 425 555 0110',
			/"Not approved\. The call .* ended without a key\. Do not/,
		],
		[
			'nobody answered in time',
			'+1 425 555 0120',
			/"Not approved\. The call .* not answered in time\. Do/,
		],
	])('does not let the tool run when %s, and tells the model so', async (_, approver, reason) => {
		await act(workflow, [[REQUEST]], { approver });
		expect(asked(approver)).toHaveLength(1);
		expect(customerCalls()).toEqual([]);
		expect(told()).toEqual([{ output: expect.stringMatching(reason) as string }]);
	});

	it.each([
		[
			'the call failed',
			'+1 425 555 0142',
			/could not carry out the request \(402\).*Nobody was called/,
		],
		['the number is wrong', '+1 425', /Phone Number "\+1 425" /],
	])('does not let the tool run when %s, and tells the model why', async (_, approver, reason) => {
		await act(workflow, [[REQUEST]], { approver });
		expect(bed.simulator.acceptedCalls()).toEqual([]);
		const [{ output }] = told();
		expect(output).toMatch(/feedback: "Not approved\. The call that asks for approval failed\. /);
		expect(output).toMatch(reason);
		expect(output).toMatch(/Do not try again; tell the user\."/);
	});

	it('asks again for each use of the tool', async () => {
		await act(workflow, [[REQUEST, REQUEST], [REQUEST]], { approver: approvers.approves });
		expect(asked(approvers.approves)).toHaveLength(3);
		expect(customerCalls()).toHaveLength(3);
	});

	it('does not count an approval twice, whatever Same Call Again says', async () => {
		const once = await saveReview('Once', { options: { onSameCall: 'returnFirst' } });
		await act(once, [[REQUEST], [REQUEST]], { approver: approvers.approves });
		expect(asked(approvers.approves)).toHaveLength(1);
		expect(customerCalls()).toHaveLength(1);
		expect(told()[1].output).toMatch(/Not approved\. .* was placed before in this execution/);
	});

	it('speaks the words of the user, and takes the keys of the user for answers', async () => {
		const own = await saveReview('Own words', {
			message: '=May I? {{ JSON.stringify($tool.parameters) }}',
			approvalOptions: { approveKey: '9', instruction: 'Yes is 9, no is 1.', refuseKey: '1' },
		});
		await act(own, [[REQUEST]], { approver: approvers.approves });
		expect(customerCalls()).toEqual([]);
		expect(told()[0].output).toMatch(/^User rejected the tool call/);

		await act(own, [[REQUEST]], { approver: '+1 425 555 0109' });
		expect(customerCalls()).toHaveLength(1);
		for (const approver of [approvers.approves, '+1 425 555 0109']) {
			const [review] = asked(approver);
			expect(review.message).toMatch(
				/^May I\? phone number: \+1 425 555 0103\. message: Your order/,
			);
			expect(review.message).toMatch(/\n\nYes is 9, no is 1\.$/);
			expect(review.dtmf).toEqual({ 1: 'Not approved. Thank you.', 9: 'Approved. Thank you.' });
		}
	});

	it('in a run by hand asks at the Test Number, and without one nobody', async () => {
		const save = async (name: string, testNumber: string) =>
			await saveReview(name, { testMode: 'testNumber', testNumber });
		const item = { approver: approvers.refuses };
		await act(await save('Test', approvers.approves), [[REQUEST]], item, 'runManually');
		expect(asked(approvers.approves)).toHaveLength(1);
		expect(customerCalls()).toHaveLength(1);

		await act(await save('No test number', ''), [[REQUEST]], item, 'runManually');
		expect(bed.simulator.acceptedCalls()).toHaveLength(2);
		expect(told()[0].output).toMatch(/Not approved\. .* Test Number is empty/);
	});
});

describe('The example Approval by Phone', () => {
	/** The example, run from the chat in the editor; with the user's own number as Test Number. */
	async function chat(testNumber: string) {
		const file = join(__dirname, '../../docs/workflows/approval-by-phone.json');
		const example = JSON.parse(await readFile(file, 'utf8')) as Workflow;
		const give = (name: string, type: string, { id, name: credential }: Credential) => {
			const found = example.nodes.find((each) => each.name === name)!;
			expect(found.credentials).toBeUndefined();
			found.credentials = { [type]: { id, name: credential } };
		};
		give('Ask by Phone', 'voice2PhoneApi', bed.credential);
		give('OpenAI Chat Model', 'openAiApi', modelCredential);
		const { parameters } = example.nodes.find(({ name }) => name === 'Ask by Phone')!;
		expect(parameters).toMatchObject({ testMode: 'testNumber', testNumber: '' });
		parameters.testNumber = testNumber;
		const saved = await bed.client.saveWorkflow({
			...example,
			pinData: { Chat: [{ json: { sessionId: '1', chatInput: 'Refund 40 dollars to Ada.' } }] },
		});
		const refund = { customer: 'Ada', amount: 40, reason: 'The lamp was broken.' };
		model.script(
			[{ tool: 'Refund_Customer', arguments: { toolParameters: refund, hitlParameters: {} } }],
			'Ada has her money.',
		);
		return await bed.client.finished(await bed.client.runManually(saved, 'Chat'));
	}

	it('refunds after the approval', async () => {
		const execution = await chat('+1 425 555 0201');
		expect(
			bed.simulator.acceptedCalls().map(({ number, message }) => ({ number, message })),
		).toEqual([
			{
				number: '+14255550201',
				message:
					'The assistant wants to use the tool refund customer. customer: Ada. amount: 40. reason: ' +
					'The lamp was broken.\n\nPress 1 to approve, or 2 to refuse.',
			},
		]);
		expect(told()).toEqual([{ response: 'Refunded 40 dollars to Ada.' }]);
		expect(outputItems(execution, 'AI Agent')[0].json.output).toBe('Ada has her money.');
	});

	it('calls nobody and refunds nothing while it is as imported', async () => {
		await chat('');
		expect(bed.simulator.requests).toEqual([]);
		expect(told()[0].output).toMatch(/Not approved\. .* Test Number is empty/);
	});
});
