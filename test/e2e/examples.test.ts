import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
	outputItems,
	type Execution,
	type SavedWorkflow,
	type Workflow,
} from '../../playground/n8nClient';
import { PATIENCE, useN8n } from './support';

const bed = useN8n();

const EXAMPLES = join(__dirname, '../../docs/workflows');

/** An example as a user has it: nothing is changed but the credential, and `edit` in its text. */
async function readExample(file: string, edit = (text: string) => text): Promise<Workflow> {
	const text = await readFile(join(EXAMPLES, file), 'utf8');
	const workflow = JSON.parse(edit(text)) as Workflow;
	const { id, name } = bed.credential;
	for (const node of workflow.nodes) {
		expect(node.credentials).toBeUndefined();
		if (node.type.startsWith('n8n-nodes-voice2phone.')) {
			node.credentials = { voice2PhoneApi: { id, name } };
		}
	}
	return workflow;
}

async function publishExample(
	file: string,
	edit?: (text: string) => string,
): Promise<SavedWorkflow> {
	const saved = await bed.client.saveWorkflow(await readExample(file, edit));
	await bed.client.publish(saved);
	return saved;
}

/** Takes a published workflow off its address, so that another one can have it. */
async function retire({ id }: SavedWorkflow): Promise<void> {
	await bed.client.request('POST', `/workflows/${id}/deactivate`);
}

/** The first item of each of these nodes that ran, by the node's name. */
function results(execution: Execution, nodes: string[]): Record<string, unknown> {
	return Object.fromEntries(
		nodes
			.map((node) => [node, outputItems(execution, node).at(0)?.json] as const)
			.filter(([, json]) => json !== undefined),
	);
}

describe.each([
	[
		'confirm-appointment.json',
		'Appointment Form',
		{ Name: 'Ada', 'Phone Number': '(425) 555-0102', Day: '2027-03-01', Time: '3:30 pm' },
	],
	[
		'crm-call-and-update.json',
		'New Lead',
		{ body: { leadId: 'L-1', name: 'Ada', phone: '+1 425 555 0102' } },
	],
	['alarm-escalation.json', 'Alarm', { body: { text: 'The disk is full.' } }],
])('A run by hand of %s', (file, trigger, json) => {
	const run = async (edit?: (text: string) => string) => {
		const workflow = await readExample(file, edit);
		const saved = await bed.client.saveWorkflow({
			...workflow,
			pinData: { [trigger]: [{ json }] },
		});
		return await bed.client.finished(await bed.client.runManually(saved, trigger), PATIENCE);
	};

	it('calls nobody while it is as imported', async () => {
		const execution = await run();
		expect(bed.simulator.requests).toEqual([]);
		expect(JSON.stringify(execution.data)).toMatch('Test Number is empty');
	});

	it('calls the user’s own phone once Test Number is filled in', async () => {
		const execution = await run((text) =>
			text.replace('"testNumber": ""', '"testNumber": "+1 425 555 0201"'),
		);
		expect(execution.status).toBe('success');
		expect(bed.simulator.acceptedCalls().map(({ number }) => number)).toEqual(['+14255550201']);
	});
});

describe('Confirm an appointment', () => {
	const branches = ['Not Reached', 'Confirmed', 'Cancelled', 'Call Back'];
	let workflow: SavedWorkflow;
	beforeAll(async () => {
		workflow = await publishExample('confirm-appointment.json');
	});

	it.each([
		['1', '(425) 555-0101', 'Confirmed', 'confirmed'],
		['2', '(425) 555-0102', 'Cancelled', 'cancelled'],
		['3', '(425) 555-0103', 'Call Back', 'to be talked about'],
		['no key', '(425) 555-0110', 'Not Reached', 'open'],
		['a key that was not offered', '(425) 555-0109', 'Not Reached', 'open'],
	])(
		'goes on at the branch of the person who pressed %s',
		async (_, phone, branch, appointment) => {
			const execution = await bed.client.executionOf(workflow.id, () =>
				bed.client.submitForm('confirm-appointment', ['Ada', phone, '2027-03-01', '3:30 pm']),
			);
			expect(execution.status).toBe('success');
			expect(results(execution, branches)).toEqual({
				[branch]: { name: 'Ada', phone, appointment },
			});
			const [call] = bed.simulator.acceptedCalls();
			expect(call.message).toMatch(
				/^Hello Ada, this is .* Your appointment is on Monday, March 1, at 3:30 pm\. Press 1 to/,
			);
			expect(Object.keys(call.dtmf)).toEqual(['1', '2', '3']);
		},
	);
});

describe('Call a lead and update the CRM', () => {
	const ends = ['Update the CRM', 'Note the Problem'];
	let workflow: SavedWorkflow;
	beforeAll(async () => {
		workflow = await publishExample('crm-call-and-update.json');
	});
	const send = async (leadId: string, phone: string) =>
		await bed.client.executionOf(workflow.id, () =>
			bed.client.callWebhook('new-lead', { leadId, name: 'Ada', phone }),
		);

	it('writes what the lead wants, once, even if the CRM sends the lead again', async () => {
		const first = await send('L-1', '+1 425 555 0102');
		const [{ callId }] = bed.simulator.acceptedCalls();
		expect(results(first, ends)).toEqual({
			'Update the CRM': { leadId: 'L-1', callOutcome: 'keyPressed', wish: 'E-mail', callId },
		});

		const second = await send('L-1', '+1 425 555 0102');
		expect(second.status).toBe('success');
		expect(results(second, ends)).toEqual({});
		expect(bed.simulator.acceptedCalls()).toHaveLength(1);
	});

	it('writes why a lead could not be called, who can then be sent again', async () => {
		const failed = await send('L-2', '+1 425 555 0142');
		expect(failed.status).toBe('success');
		expect(results(failed, ends)).toEqual({
			'Note the Problem': {
				leadId: 'L-2',
				callOutcome: 'failed',
				problem: expect.stringContaining('could not carry out the request (402)') as string,
			},
		});

		const again = await send('L-2', '+1 425 555 0110');
		expect(results(again, ends)).toMatchObject({
			'Update the CRM': { leadId: 'L-2', callOutcome: 'noKey', wish: 'unknown' },
		});
	});
});

describe('Escalate an alarm', () => {
	const ends = ['Taken', 'Nobody Took It'];
	/** As in the file: Ada presses nothing, Grace presses 1, Linus presses 2. */
	const [ada, grace, linus] = ['+1 425 555 0110', '+1 425 555 0101', '+1 425 555 0102'];
	let workflow: SavedWorkflow | undefined;
	afterEach(async () => workflow && (await retire(workflow)));
	const raise = async (edit?: (text: string) => string) => {
		workflow = await publishExample('alarm-escalation.json', edit);
		return await bed.client.executionOf(workflow.id, () =>
			bed.client.callWebhook('alarm', { text: 'The disk is full.' }),
		);
	};
	const called = () =>
		bed.simulator.acceptedCalls().map(({ message }) => /^Hello (\w+)/.exec(message)?.[1]);

	it('calls the second person when the first pressed nothing, and then nobody else', async () => {
		const execution = await raise();
		expect(called()).toEqual(['Ada', 'Grace']);
		expect(results(execution, ends)).toEqual({
			Taken: { takenBy: 'Grace', alarm: 'The disk is full.' },
		});
		expect(bed.simulator.acceptedCalls()[1].message).toContain('The disk is full. Press 1 to take');
	});

	it('calls nobody else when the first person pressed 1', async () => {
		const execution = await raise((text) => text.replace(ada, '+1 425 555 0201'));
		expect(called()).toEqual(['Ada']);
		expect(results(execution, ends)).toEqual({
			Taken: { takenBy: 'Ada', alarm: 'The disk is full.' },
		});
	});

	it('goes on when the first call fails and the second person passes the alarm on', async () => {
		const execution = await raise((text) =>
			text
				.replace(ada, '+1 425 555 0142')
				.replace(linus, '+1 425 555 0201')
				.replace(grace, '+1 425 555 0301'),
		);
		expect(called()).toEqual(['Grace', 'Linus']);
		expect(results(execution, ends)).toEqual({
			Taken: { takenBy: 'Linus', alarm: 'The disk is full.' },
		});
	});

	it('says once that nobody took the alarm, after the last person', async () => {
		const execution = await raise((text) => text.replace(grace, '+1 425 555 0109'));
		expect(called()).toEqual(['Ada', 'Grace', 'Linus']);
		expect(execution.status).toBe('success');
		expect(results(execution, ends)).toEqual({
			'Nobody Took It': { alarm: 'The disk is full.' },
		});
		expect(outputItems(execution, 'Nobody Took It')).toHaveLength(1);
	});
});
