import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IDataObject, INode } from 'n8n-workflow';
import {
	outputItems,
	type Credential,
	type Execution,
	type SavedWorkflow,
	type Workflow,
} from '../../playground/n8nClient';
import { makeDoNotCallTable, PATIENCE, useN8n } from './support';

const bed = useN8n();

const EXAMPLES = join(__dirname, '../../docs/workflows');

/** The header that the recipes with an address of their own ask for, and the credential that has it. */
const KEY = { name: 'X-Recipe-Key', value: 'a long random value' };
let headerAuth: Credential;
beforeAll(async () => {
	headerAuth = await bed.client.saveCredential('httpHeaderAuth', 'Recipe key', KEY);
});

/** What a calendar or a sheet holds, by the name of the node that reads it. */
type Accounts = Record<string, IDataObject[]>;

/** The node in place of one that needs an account at Google: it gives these rows, or what it would write. */
function withoutAccount(node: INode, rows: IDataObject[] = []): INode {
	if (!/\.google(Calendar|Sheets)$/.test(node.type)) return node;
	const { columns } = node.parameters as { columns?: { value: Record<string, string> } };
	if (!columns) {
		const jsCode = `return ${JSON.stringify(rows.map((json) => ({ json })))};`;
		return { ...node, type: 'n8n-nodes-base.code', typeVersion: 2, parameters: { jsCode } };
	}
	const assignments = Object.entries(columns.value).map(([name, value]) => ({
		id: name,
		name,
		type: name === 'row_number' ? 'number' : 'string',
		value,
	}));
	return {
		...node,
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		parameters: { assignments: { assignments }, options: {} },
	};
}

/** A webhook in place of a schedule, so that a test need not wait for the hour. */
function withoutSchedule(node: INode): INode {
	if (node.type !== 'n8n-nodes-base.scheduleTrigger') return node;
	return {
		...node,
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		webhookId: node.id,
		parameters: { httpMethod: 'POST', path: 'schedule', options: {} },
	};
}

/** An example as a user has it: nothing is changed but the credentials, and `edit` in its text. */
async function readExample(
	file: string,
	edit = (text: string) => text,
	accounts: Accounts = {},
): Promise<Workflow> {
	const text = await readFile(join(EXAMPLES, file), 'utf8');
	const workflow = JSON.parse(edit(text)) as Workflow;
	const { id, name } = bed.credential;
	for (const node of workflow.nodes) {
		expect(node.credentials).toBeUndefined();
		if (node.type.startsWith('n8n-nodes-voice2phone.')) {
			node.credentials = { voice2PhoneApi: { id, name } };
		}
		if (node.parameters.authentication === 'headerAuth') {
			node.credentials = { httpHeaderAuth: { id: headerAuth.id, name: headerAuth.name } };
		}
	}
	const nodes = workflow.nodes.map((node) =>
		withoutSchedule(withoutAccount(node, accounts[node.name])),
	);
	return { ...workflow, nodes };
}

async function publishExample(
	file: string,
	edit?: (text: string) => string,
	accounts?: Accounts,
): Promise<SavedWorkflow> {
	const saved = await bed.client.saveWorkflow(await readExample(file, edit, accounts));
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

/** Who was called, in this order, written as in the recipes. */
function called(): string[] {
	return bed.simulator
		.acceptedCalls()
		.map(({ number }) => number.replace(/^\+1(...)(...)/, '+1 $1 $2 '));
}

/** What a run by hand begins with, and a change without which it could not end at every hour of the day. */
interface Trial {
	file: string;
	trigger: string;
	json: IDataObject;
	edit?: (text: string) => string;
	accounts?: Accounts;
	/** How often the user's own phone rings; once, unless said. */
	rings?: number;
}

/** As Prometheus Alertmanager and Grafana send it. */
const alert = (summary: string, startsAt: string, status = 'firing') => ({
	status,
	fingerprint: summary,
	startsAt,
	labels: { alertname: summary },
	annotations: { summary },
});

/** An appointment as Google Calendar gives it. */
const appointment = (id: string, fields: IDataObject) => ({
	id,
	status: 'confirmed',
	summary: id,
	start: { dateTime: '2099-03-02T15:30:00-08:00' },
	...fields,
});

const trials: Trial[] = [
	{
		file: 'confirm-appointment.json',
		trigger: 'Appointment Form',
		json: { Name: 'Ada', 'Phone Number': '(425) 555-0102', Day: '2027-03-01', Time: '3:30 pm' },
	},
	{
		file: 'crm-call-and-update.json',
		trigger: 'New Lead',
		json: { body: { leadId: 'L-1', name: 'Ada', phone: '+1 425 555 0102' } },
	},
	{
		file: 'alarm-escalation.json',
		trigger: 'Alarm',
		json: { body: { text: 'The disk is full.' } },
	},
	{
		file: 'fill-a-shift.json',
		trigger: 'Open Shift',
		json: { Shift: 'Saturday, 6 am to 2 pm', 'People Needed': 1 },
		edit: (text) => text.replace('"atOnce": 2', '"atOnce": 1'),
	},
	{
		file: 'call-again-until-reached.json',
		trigger: 'Delivery',
		json: { body: { orderId: 'A-17', name: 'Ada', phone: '+1 425 555 0110' } },
	},
	{
		file: 'opt-out.json',
		trigger: 'Campaign',
		json: { Message: 'Hello.' },
		edit: (text) => text.replace(/,\\n +\{ \\"name\\": \\"Grace.*?(?=\\n\])/, ''),
	},
	{
		file: 'calling-hours.json',
		trigger: 'Call Me Back',
		json: { Name: 'Ada', 'Phone Number': '(425) 555-0102' },
		edit: (text) => withHours(text, '00:00', '24:00'),
	},
	{
		file: 'calendar-reminder.json',
		trigger: 'Every Afternoon',
		json: {},
		accounts: {
			'Tomorrow’s Appointments': [appointment('Ada', { location: 'Tel. (425) 555-0102' })],
		},
	},
	{
		file: 'web-lead-to-sales.json',
		trigger: 'Call Me',
		json: { Name: 'Ada', 'Phone Number': '(425) 555-0102', Consent: ['Call me'] },
		edit: (text) => withHours(text, '00:00', '24:00'),
		rings: 2,
	},
	{
		file: 'monitoring-alarm.json',
		trigger: 'Alarm',
		json: { body: { status: 'firing', alerts: [alert('The disk is full', '2026-01-01')] } },
	},
	{
		file: 'sheet-campaign.json',
		trigger: 'Every Weekday',
		json: {},
		edit: (text) => withHours(text, '00:00', '24:00'),
		accounts: { Customers: [{ row_number: 2, Phone: 4255550102, Name: 'Ada', Answer: '' }] },
	},
	{
		file: 'voice-code.json',
		trigger: 'Code',
		json: { body: { phone: '+1 425 555 0102', code: '047112' } },
		// A trial whose end the test can see.
		edit: (text) => text.replace('"saveManualExecutions": false', '"saveManualExecutions": true'),
	},
];

/** The hours of a recipe, on all days. */
function withHours(text: string, from: string, until: string): string {
	return text
		.replace('"friday"', '"friday", "saturday", "sunday"')
		.replace('"from": "09:00"', `"from": "${from}"`)
		.replace('"until": "20:00"', `"until": "${until}"`);
}

describe.each(trials)(
	'A run by hand of $file',
	({ file, trigger, json, edit = (text) => text, accounts, rings = 1 }) => {
		beforeAll(() => makeDoNotCallTable(bed.client));

		const run = async (editMore = (text: string) => text) => {
			const workflow = await readExample(file, (text) => editMore(edit(text)), accounts);
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
				text.replaceAll('"testNumber": ""', '"testNumber": "+1 425 555 0201"'),
			);
			expect(execution.status).toBe('success');
			expect(bed.simulator.acceptedCalls().map(({ number }) => number)).toEqual(
				Array<string>(rings).fill('+14255550201'),
			);
		});
	},
);

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
	/** As in the file: the first presses nothing, the second 1, the third 2. */
	const [first, second, third] = ['+1 425 555 0110', '+1 425 555 0101', '+1 425 555 0102'];
	let workflow: SavedWorkflow | undefined;
	afterEach(async () => workflow && (await retire(workflow)));
	const raise = async (edit = (text: string) => text) => {
		workflow = await publishExample('alarm-escalation.json', (text) =>
			edit(text.replace('"minutesBetween": 5', '"minutesBetween": 0')),
		);
		return await bed.client.executionOf(workflow.id, () =>
			bed.client.callWebhook('alarm', { text: 'The disk is full.' }),
		);
	};

	it('calls the second person when the first pressed nothing, and then nobody else', async () => {
		const execution = await raise();
		expect(called()).toEqual([first, second]);
		expect(results(execution, ends)).toEqual({
			Taken: { takenBy: '+14255550101', alarm: 'The disk is full.' },
		});
		expect(bed.simulator.acceptedCalls()[1].message).toContain('The disk is full. Press 1 to take');
	});

	it('goes on when the first call fails and the second person passes the alarm on', async () => {
		const busy = '+1 425 555 0142';
		const execution = await raise((text) =>
			text
				.replace(first, busy)
				.replace(second, third)
				.replace(/(.*)0102/, '$10201'),
		);
		expect(called()).toEqual([third, '+1 425 555 0201']);
		expect(results(execution, ends)).toMatchObject({ Taken: { takenBy: '+14255550201' } });
	});

	it('says once that nobody took the alarm, after all rounds', async () => {
		const execution = await raise((text) => text.replace(second, '+1 425 555 0109'));
		// Who pressed 2 has passed the alarm on for good.
		expect(called()).toEqual([first, '+1 425 555 0109', third, first, '+1 425 555 0109']);
		expect(execution.status).toBe('success');
		expect(results(execution, ends)).toEqual({
			'Nobody Took It': { alarm: 'The disk is full.', problem: 'nobody accepted' },
		});
		expect(outputItems(execution, 'Nobody Took It')).toHaveLength(1);
	});

	it('loses no alarm when no call can be made', async () => {
		const execution = await raise((text) => text.replace(first, '+1 425'));
		expect(bed.simulator.requests).toEqual([]);
		expect(results(execution, ends)).toEqual({
			'Nobody Took It': {
				alarm: 'The disk is full.',
				problem: expect.stringContaining('Phone Numbers have a wrong entry 1') as string,
			},
		});
	});
});

describe('Fill a shift', () => {
	const ends = ['Filled', 'Still Open'];
	let workflow: SavedWorkflow | undefined;
	afterEach(async () => workflow && (await retire(workflow)));
	const fill = async (needed: string, edit?: (text: string) => string) => {
		workflow = await publishExample('fill-a-shift.json', edit);
		return await bed.client.executionOf(workflow.id, () =>
			bed.client.submitForm('open-shift', ['Saturday, 6 am to 2 pm', needed]),
		);
	};

	it('calls two at a time, and nobody else when as many have accepted as are needed', async () => {
		const neverAnswers = '+1 425 555 0120';
		const execution = await fill('1', (text) => text.replace('+1 425 555 0102', neverAnswers));
		expect(called()).toEqual([neverAnswers, '+1 425 555 0101']);
		expect(results(execution, ends)).toEqual({
			Filled: { shift: 'Saturday, 6 am to 2 pm', whoComes: 'Grace' },
		});
		expect(bed.simulator.acceptedCalls()[0].message).toContain(
			'open: Saturday, 6 am to 2 pm. Press',
		);
	});

	it('names who comes when too few do', async () => {
		const execution = await fill('4');
		expect(called()).toHaveLength(4);
		expect(results(execution, ends)).toEqual({
			'Still Open': { shift: 'Saturday, 6 am to 2 pm', whoComes: 'Grace, Linus, Margaret' },
		});
	});
});

describe('Call again until the customer is reached', () => {
	const ends = ['Reached', 'Not Reached'];
	let workflow: SavedWorkflow;
	beforeAll(async () => {
		workflow = await publishExample('call-again-until-reached.json', (text) =>
			text.replace('"minutesBetween": 20', '"minutesBetween": 0.02'),
		);
	});
	afterEach(() => {
		bed.simulator.personAt = () => undefined;
	});
	const deliver = async () =>
		await bed.client.executionOf(workflow.id, () =>
			bed.client.callWebhook('delivery', { orderId: 'A-17', name: 'Ada', phone: '+14255559999' }),
		);

	it('calls again who did not answer', async () => {
		bed.simulator.personAt = () =>
			called().length < 1 ? { endsAfterMs: 0 } : { presses: '2', endsAfterMs: 0 };
		const execution = await deliver();
		expect(called()).toHaveLength(2);
		expect(results(execution, ends)).toEqual({
			Reached: { orderId: 'A-17', delivery: 'another day' },
		});
	});

	it('gives up after three tries', async () => {
		bed.simulator.personAt = () => ({ endsAfterMs: 0 });
		const execution = await deliver();
		expect(called()).toHaveLength(3);
		expect(results(execution, ends)).toEqual({ 'Not Reached': { orderId: 'A-17', tries: 3 } });
	});
});

/** The list of customers in the recipe on opting out. */
const CUSTOMERS = /"value": "\[.*Linus.*\]"/;

const peopleOf = (numbers: Array<string | number>) =>
	`"value": ${JSON.stringify(JSON.stringify(numbers.map((phone) => ({ name: 'Ada', phone }))))}`;

/** By number; the recipe offers 1 and 9. */
const PRESSED: Record<string, string> = {
	'+14255550151': '9',
	'+14255550152': '19',
	'+14255550153': '91',
};

/** A number of the United States, from its area code on. */
const IN_EIGHT_WAYS: Array<(digits: string) => string | number> = [
	(digits) => `+1${digits}`,
	(digits) => `001 ${digits}`,
	(digits) => `(${digits.slice(0, 3)}) ${digits.slice(3, 6)}-${digits.slice(6)}`,
	(digits) => `+1 ${digits.slice(0, 3)}.${digits.slice(3, 6)}.${digits.slice(6)}`,
	(digits) => `1-${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(6)}`,
	(digits) => Number(digits),
	(digits) => `tel:+1-${digits.slice(0, 3)}-${digits.slice(3)}`,
	(digits) => `\uFF0B\uFF11\u00A0${digits.slice(0, 3)}\u2011${digits.slice(3)}`,
];

describe('Opt out', () => {
	let workflow: SavedWorkflow | undefined;
	beforeAll(() => makeDoNotCallTable(bed.client));
	afterEach(async () => {
		bed.simulator.personAt = () => undefined;
		if (workflow) await retire(workflow);
	});
	const campaign = async (edit?: (text: string) => string) => {
		bed.simulator.reset();
		workflow = await publishExample('opt-out.json', edit);
		return await bed.client.executionOf(workflow.id, () =>
			bed.client.submitForm('campaign', ['Hello, this is Miller Garden Houses.']),
		);
	};
	const answers = (execution: Execution) =>
		Object.fromEntries(
			outputItems(execution, 'Answer').map(({ json: { name, answer } }) => [name, answer]),
		);

	it('calls nobody again who pressed 9, however the number is written', async () => {
		const first = await campaign();
		expect(called()).toHaveLength(3);
		expect(answers(first)).toEqual({ Ada: 'Talk', Grace: 'No Calls', Linus: 'noKey' });
		expect(outputItems(first, 'Add to the List').map(({ json }) => json.phone)).toEqual([
			'+14255550109',
		]);
		await retire(workflow!);

		const again = await campaign((text) => text.replace('+1 425 555 0109', '001 (425) 555-0109'));
		expect(called()).toEqual(['+1 425 555 0101', '+1 425 555 0110']);
		expect(answers(again)).toEqual({ Ada: 'Talk', Grace: 'doNotCall', Linus: 'noKey' });
		expect(outputItems(again, 'Add to the List')).toEqual([]);
	});

	it('calls nobody who pressed 9 beside another key, in whichever of eight ways the number is written', async () => {
		bed.simulator.personAt = (number) => ({ endsAfterMs: 0, presses: PRESSED[number] });
		const first = await campaign((text) => text.replace(CUSTOMERS, peopleOf(Object.keys(PRESSED))));
		expect(called()).toHaveLength(3);
		expect(outputItems(first, 'Add to the List').map(({ json }) => json.phone)).toEqual(
			Object.keys(PRESSED),
		);
		await retire(workflow!);

		const numbers = Object.keys(PRESSED).flatMap((number) =>
			IN_EIGHT_WAYS.map((write) => write(number.slice(2))),
		);
		const again = await campaign((text) =>
			text
				.replace(CUSTOMERS, peopleOf(numbers))
				.replace('"countryCode": "auto"', '"countryCode": "US"'),
		);
		expect(again.status).toBe('success');
		expect(outputItems(again, 'Answer').map(({ json }) => json.answer)).toEqual(
			numbers.map(() => 'doNotCall'),
		);
		expect(bed.simulator.requests).toEqual([]);
	});
});

describe('Call at decent hours', () => {
	const ends = ['Talk', 'Write', 'Not Reached'];
	const timeThere = (at: number) =>
		new Intl.DateTimeFormat('en-GB', {
			timeZone: 'America/Los_Angeles',
			hour: '2-digit',
			minute: '2-digit',
		}).format(at);

	it('waits for the hour of the person, and calls then', async () => {
		// The hours begin at a full minute, 40 to 100 seconds from now.
		const opens = Math.ceil((Date.now() + 40_000) / 60_000) * 60_000;
		const workflow = await publishExample('calling-hours.json', (text) =>
			withHours(text, timeThere(opens), timeThere(opens + 60 * 60_000)),
		);
		const execution = await bed.client.executionOf(
			workflow.id,
			() => bed.client.submitForm('call-me-back', ['Ada', '(425) 555-0102']),
			PATIENCE,
		);
		await retire(workflow);
		expect(outputItems(execution, 'Call', { run: 0, output: 2 })[0].json).toMatchObject({
			notCalledBecause: 'outsideHours',
			callableFrom: new Date(opens).toISOString(),
		});
		expect(called()).toEqual(['+1 425 555 0102']);
		expect(bed.simulator.acceptedCalls()[0].acceptedAt).toBeGreaterThanOrEqual(opens);
		expect(results(execution, ends)).toEqual({ Write: { name: 'Ada', wish: 'a letter' } });
	});
});

describe('Remind of appointments in a calendar', () => {
	const answers = ['Not Reached', 'Confirmed', 'Call Back', 'No Phone Number'];
	let workflow: SavedWorkflow | undefined;
	afterAll(async () => workflow && (await retire(workflow)));
	/** One workflow, whose calendar changes: another one would not know whom this one called. */
	const remind = async (appointments: IDataObject[]) => {
		bed.simulator.reset();
		const changed = await readExample('calendar-reminder.json', undefined, {
			'Tomorrow’s Appointments': appointments,
		});
		const saved = await bed.client.saveWorkflow({ ...changed, id: workflow?.id });
		workflow = saved;
		await bed.client.publish(saved);
		const execution = await bed.client.executionOf(saved.id, () =>
			bed.client.callWebhook('schedule', {}),
		);
		expect(execution.status).toBe('success');
		return Object.fromEntries(
			answers.map((node) => [
				node,
				[0, 1].flatMap((run) =>
					outputItems(execution, node, { run }).map(({ json }) => String(json.id)),
				),
			]),
		);
	};

	it('calls who has a line with a phone number, and no dial-in number of a meeting', async () => {
		const seen = await remind([
			appointment('Ada', { description: 'Check-up<br><b>Phone:</b> +1 425 555 0101<br>' }),
			appointment('Grace', { location: 'Room 2\nMobile (425) 555-0102' }),
			appointment('Linus', { description: 'Phone number\n+1 425 555 0110' }),
			appointment('Margaret', { description: 'Tel: +1 425 555 01' }),
			appointment('Meeting', {
				description: 'Join by phone\n(US) +1 425 555 0103\nDial +1 425 555 0104',
			}),
			appointment('Leave', { start: { date: '2099-03-02' }, description: 'Tel: +1 425 555 0105' }),
		]);
		expect(called().sort()).toEqual(['+1 425 555 0101', '+1 425 555 0102', '+1 425 555 0110']);
		expect(bed.simulator.acceptedCalls()[0].message).toContain(
			'appointment tomorrow, Monday, March 2, at 3:30 PM. Press 1',
		);
		expect(seen).toEqual({
			'Not Reached': expect.arrayContaining(['Linus', 'Margaret']) as string[],
			Confirmed: ['Ada'],
			'Call Back': ['Grace'],
			'No Phone Number': ['Meeting'],
		});
	});

	it('calls nobody twice for one appointment, unless it was moved', async () => {
		const phone = { description: 'Phone: +1 425 555 0101' };
		const moved = { start: { dateTime: '2099-03-02T17:00:00-08:00' } };
		await remind([appointment('Barbara', phone)]);
		expect(called()).toHaveLength(1);
		expect(await remind([appointment('Barbara', phone)])).toMatchObject({ 'Not Reached': [] });
		expect(called()).toEqual([]);
		await remind([appointment('Barbara', { ...phone, ...moved })]);
		expect(called()).toHaveLength(1);
	});
});

describe('Call a web lead', () => {
	const ends = ['Write Instead', 'Not Me', 'Taken', 'Nobody Is Free'];
	const consent = JSON.stringify(['Call me at this number, by an automated call']);
	let workflow: SavedWorkflow;
	beforeAll(async () => {
		workflow = await publishExample('web-lead-to-sales.json', (text) =>
			withHours(text, '00:00', '24:00'),
		);
	});
	const submit = async (phone: string, { name = 'Ada', consents = consent } = {}) =>
		results(
			await bed.client.executionOf(workflow.id, () =>
				bed.client.submitForm('call-me', [name, phone, consents]),
			),
			ends,
		);

	it('calls the lead, and then the team until somebody takes it', async () => {
		const name = 'Ada <https://example.com> Lovelace';
		expect(await submit('(425) 555-0201', { name })).toEqual({
			Taken: {
				name: 'Ada httpsexample.com Lovelace',
				phone: '(425) 555-0201',
				takenBy: '+14255550101',
			},
		});
		expect(called()).toEqual(['+1 425 555 0201', '+1 425 555 0102', '+1 425 555 0101']);
		expect(bed.simulator.acceptedCalls()[0].message).not.toContain('Ada');

		bed.simulator.reset();
		expect(await submit('+1 425-555-0201')).toMatchObject({
			'Write Instead': { because: 'calledBefore' },
		});
		expect(bed.simulator.requests).toEqual([]);
	});

	it('tells who did not ask for the call', async () => {
		expect(await submit('425 555 0109')).toMatchObject({ 'Not Me': { phone: '425 555 0109' } });
		expect(called()).toHaveLength(1);
	});

	it.each([
		['without consent', '(425) 555-0101', { consents: '[]' }, {}],
		['that is no number', 'call me!', {}, {}],
		['that is expensive', '001 876 926 1234', {}, {}],
		[
			'of another country',
			'+44 20 7946 0000',
			{},
			{ 'Write Instead': { because: expect.stringContaining('United Kingdom') as string } },
		],
	])('calls no number %s', async (_, phone, more, expected) => {
		expect(await submit(phone, more)).toMatchObject(expected);
		expect(bed.simulator.requests).toEqual([]);
	});
});

describe('Alarms of a monitoring tool', () => {
	const ends = ['Taken', 'Nobody Took It'];
	let workflow: SavedWorkflow | undefined;
	afterEach(async () => workflow && (await retire(workflow)));
	const publish = async (edit = (text: string) => text) => {
		workflow = await publishExample('monitoring-alarm.json', (text) =>
			edit(text.replace('"minutesBetween": 5', '"minutesBetween": 0')),
		);
	};
	const headers = { [KEY.name]: KEY.value };
	const raise = async (body: IDataObject) => {
		bed.simulator.reset();
		const execution = await bed.client.executionOf(workflow!.id, () =>
			bed.client.callWebhook('monitoring-alarm', body, { headers }),
		);
		return results(execution, ends);
	};

	it('calls once for a trouble of Alertmanager or Grafana, and not when it is over', async () => {
		await publish();
		const [disk, load] = [alert('The disk is full', '2026-01-01'), alert('Load', '2026-01-02')];
		const group = { groupKey: '{}:{job="db"}', status: 'firing' };
		expect(await raise({ ...group, alerts: [disk] })).toEqual({
			Taken: { alarm: 'The disk is full', takenBy: '+14255550101' },
		});
		expect(called()).toEqual(['+1 425 555 0110', '+1 425 555 0101']);
		expect(bed.simulator.acceptedCalls()[0].message).toContain(
			'monitoring. The disk is full. Press 1',
		);
		for (const alerts of [[disk], [load, disk]]) {
			expect(await raise({ ...group, alerts })).toEqual({});
			expect(bed.simulator.requests).toEqual([]);
		}
		const over = alert('The disk is full', '2026-01-01', 'resolved');
		expect(await raise({ ...group, status: 'resolved', alerts: [over] })).toEqual({});
		expect(bed.simulator.requests).toEqual([]);
	});

	it('reads what Uptime Kuma sends', async () => {
		await publish();
		const monitor = { id: 7, name: 'Shop' };
		const kuma = (status: number) => ({
			heartbeat: { status, time: '2026-01-01 10:00:00', msg: 'timeout https://shop.example/x' },
			monitor,
			msg: '…',
		});
		expect(await raise(kuma(0))).toMatchObject({ Taken: { alarm: 'Shop: timeout' } });
		expect(await raise(kuma(1))).toEqual({});
		expect(bed.simulator.requests).toEqual([]);
	});

	it('says that nobody took it, and calls again at the next message', async () => {
		await publish((text) => text.replace('\\n+1 425 555 0101', ''));
		const body = { status: 'firing', alerts: [alert('Fire', '2026-01-03')] };
		for (let time = 0; time < 2; time++) {
			expect(await raise(body)).toEqual({
				'Nobody Took It': { alarm: 'Fire', problem: 'nobody accepted' },
			});
			expect(called()).toHaveLength(2);
		}
	});

	it('takes no alarm without the key', async () => {
		await publish();
		const response = await bed.client.callWebhook('monitoring-alarm', { alerts: [] });
		expect(response.status).toBe(403);
	});
});

describe('Call the rows of a sheet', () => {
	const answered = (execution: Execution) =>
		Object.fromEntries(
			[0, 1].flatMap((run) =>
				outputItems(execution, 'Write the Answer', { run }).map(
					({ json: { row_number, Answer } }) => [row_number, Answer],
				),
			),
		);
	const campaign = async (hours: [string, string], accounts: Accounts) => {
		bed.simulator.reset();
		const workflow = await publishExample(
			'sheet-campaign.json',
			(text) => withHours(text, ...hours),
			accounts,
		);
		const execution = await bed.client.executionOf(workflow.id, () =>
			bed.client.callWebhook('schedule', {}),
		);
		await retire(workflow);
		expect(execution.status).toBe('success');
		return execution;
	};
	const customers = [
		{ row_number: 2, Phone: 4255550101, Answer: '' },
		{ row_number: 3, Phone: '(425) 555-0109', Answer: '' },
		{ row_number: 4, Phone: '+1 425 555 0102' },
		{ row_number: 5, Phone: '425-555-0101', Answer: '' },
		{ row_number: 6, Phone: '+1 425 555 0103', Answer: 'No Offer' },
		{ row_number: 7, Phone: '425', Answer: '' },
		{ row_number: 8, Phone: '', Answer: '' },
	];

	it('writes each answer into its row, and who pressed 9 into the second sheet', async () => {
		const execution = await campaign(['00:00', '24:00'], {
			Customers: customers,
			'Do Not Call': [{ row_number: 2, Phone: '001 425 555 0102' }],
		});
		expect(called().sort()).toEqual(['+1 425 555 0101', '+1 425 555 0109']);
		expect(answered(execution)).toEqual({
			2: 'Offer',
			3: 'No Calls',
			4: 'doNotCall',
			5: 'calledBefore',
			7: expect.stringMatching(/^Problem: .*Phone Number/) as string,
		});
		expect(outputItems(execution, 'Add to Do Not Call').map(({ json }) => json.Phone)).toEqual([
			"'+14255550109",
		]);
	});

	it('leaves the rows as they are outside the hours', async () => {
		const hourThere = new Intl.DateTimeFormat('en-GB', {
			timeZone: 'America/Los_Angeles',
			hour: '2-digit',
		}).format();
		const execution = await campaign(
			Number(hourThere) < 12 ? ['20:00', '21:00'] : ['03:00', '04:00'],
			{ Customers: customers.slice(0, 2) },
		);
		expect(bed.simulator.requests).toEqual([]);
		expect(answered(execution)).toEqual({});
	});
});

describe('Read a one-time code', () => {
	let workflow: SavedWorkflow;
	beforeAll(async () => {
		// No test may depend on where in its ten minutes it begins.
		workflow = await publishExample('voice-code.json', (text) => text.replace('600000', '1e12'));
	});
	const send = async (body: IDataObject, headers = { [KEY.name]: KEY.value }) =>
		await bed.client.callWebhook('voice-code', body, { headers });

	it('speaks single digits, keeps no execution, and calls a number once', async () => {
		const code = '047112';
		const answer = (await (await send({ phone: '+1 (425) 555-0101', code })).json()) as IDataObject;
		const [call, ...more] = bed.simulator.acceptedCalls();
		expect(more).toEqual([]);
		expect(answer).toEqual({ called: true, CallId: call.callId, because: '' });
		expect(call.message).toContain('is: 0, 4, 7, 1, 1, 2. Again: 0, 4, 7, 1, 1, 2. Press 1');
		expect(call.dtmf['1']).toContain('0, 4, 7, 1, 1, 2.');

		const again = await (await send({ phone: '+14255550101', code })).json();
		expect(again).toMatchObject({ called: false, because: 'calledBefore' });
		expect(bed.simulator.acceptedCalls()).toHaveLength(1);
		expect(await bed.client.executions(workflow.id)).toEqual([]);
	});

	it.each([
		['a text in place of a code', { phone: '+1 425 555 0102', code: 'Hello' }, 'digits'],
		[
			'a number as code, which has lost its zeros',
			{ phone: '+1 425 555 0102', code: 4711 },
			'text',
		],
		['a number of another country', { phone: '+44 20 7946 0000', code: '4711' }, 'United Kingdom'],
		['a number that is expensive', { phone: '+1 876 926 1234', code: '4711' }, 'country'],
	])('refuses %s', async (_, body, because) => {
		expect(await (await send(body)).json()).toEqual({
			called: false,
			because: expect.stringContaining(because) as string,
		});
		expect(bed.simulator.requests).toEqual([]);
	});

	it('takes no code without the key', async () => {
		expect((await send({ phone: '+1 425 555 0102', code: '4711' }, {})).status).toBe(403);
		expect(bed.simulator.requests).toEqual([]);
	});
});
