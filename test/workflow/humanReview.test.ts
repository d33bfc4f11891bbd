import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { useEngine } from '../support/engine';
import { agentNodes, reviewWorkflow } from '../support/agent';

/*
 * A person approves what an agent wants to do. The model may write anything into the arguments of the tool, and
 * add arguments that nobody asked for: n8n puts them over the fields of the item.
 */

const bed = useEngine({ nodeTypes: agentNodes() });

const BOSS = '+14255550101';
const ACCOMPLICE = '+14255550102';
const REFUND = { tool: 'refund_customer', toolParameters: { customer: 'Ada', amount: 40 } };

/** Everybody presses the same key. */
const all = (presses: string | undefined) =>
	(bed.simulator.personAt = () => ({ endsAfterMs: 0, presses }));

async function ask(
	uses: IDataObject | IDataObject[],
	parameters: INodeParameters = {},
	json: IDataObject = {},
): Promise<IDataObject[]> {
	const workflow = reviewWorkflow(
		[uses].flat(),
		{
			countryCode: 'auto',
			phoneNumber: BOSS,
			message: '=May I? {{ $tool.name }}: {{ JSON.stringify($tool.parameters) }}',
			...parameters,
			options: {
				checkEvery: 0.05,
				waitAtMost: 0.05,
				callsPerSecond: 0,
				...(parameters.options as INodeParameters),
			},
		},
		json,
	);
	const result = await bed.engine.run(workflow);
	if (result.error) throw result.error;
	return result.output('Ask by Phone').map(({ json: answer }) => answer);
}

const rung = () => bed.simulator.acceptedCalls().map(({ number }) => number);

describe('A human review', () => {
	it('says what the agent wants, and is approved by the key', async () => {
		all('1');
		const [answer] = await ask(REFUND);
		expect(answer).toMatchObject({ approved: true });
		expect(bed.simulator.acceptedCalls()[0].message).toBe(
			'May I? refund customer: customer: Ada. amount: 40.\n\nPress 1 to approve, or 2 to refuse.',
		);
	});

	it('is made for ears, whatever the agent wrote for eyes', async () => {
		all('1');
		const toolParameters = { customer: '**Ada** <b>Lee</b> 🙂', reason: '[late](https://a.b/c)' };
		await ask({ ...REFUND, toolParameters });
		expect(bed.simulator.acceptedCalls()[0].message).toMatch(
			/: customer: Ada Lee\. reason: late\./,
		);
	});

	it.each(['2', '11', '12', '3', '#', undefined])('is not approved by %s', async (keys) => {
		all(keys);
		expect(await ask(REFUND)).toMatchObject([{ approved: false }]);
	});

	it('says that nobody pressed a key, and that the agent is not to try again', async () => {
		all(undefined);
		const [{ chatInput }] = await ask(REFUND);
		expect(chatInput).toMatch(/^Not approved\. .* without a key\. Do not try again; tell the user/);
	});

	it.each([
		['phoneNumber', 'Phone Number', '={{ $json.boss }}'],
		['phoneNumber', 'Phone Number', "={{ $json['boss'] }}"],
		['phoneNumber', 'Phone Number', '={{ $input.item.json.boss }}'],
		['phoneNumber', 'Phone Number', "={{ $fromAI('boss') }}"],
		['phoneNumber', 'Phone Number', '=+1 425 {{ $json.rest }}'],
		['phoneNumber', 'Phone Number', "={{ $('Items').first().json[$json.field] }}"],
		['countryCode', 'Country', '={{ $json.country }}'],
	])('calls nobody whom the model could choose: %s, %s %s', async (parameter, label, value) => {
		all('1');
		const fields = { boss: ACCOMPLICE, rest: '5550102', field: 'boss', country: 'US' };
		const [answer] = await ask({ ...REFUND, ...fields }, { [parameter]: value }, fields);
		expect(answer).toMatchObject({ approved: false });
		expect(answer.chatInput).toContain(`${label} is read from $json, $input or $fromAI`);
		expect(answer.chatInput).toContain('Do not try again');
		expect(bed.simulator.requests).toEqual([]);
	});

	it('asks nobody a question in which an expression gave nothing', async () => {
		all('1');
		const [answer] = await ask(REFUND, { message: '=Pay {{ $tool.price }} dollars?' });
		expect(answer).toMatchObject({ approved: false });
		expect(answer.chatInput).toContain('Message `{{ $tool.price }}` gave nothing');
		expect(bed.simulator.requests).toEqual([]);
	});

	it('asks also where the workflow has another operation', async () => {
		all('1');
		expect(await ask(REFUND, { operation: 'makeCall' })).toMatchObject([{ approved: true }]);
		expect(rung()).toEqual([BOSS]);
	});

	it('is not approved by the answer to an equal request before', async () => {
		all('1');
		const answers = await ask([REFUND, REFUND], { options: { onSameCall: 'returnFirst' } });
		expect(answers.map(({ approved }) => approved)).toEqual([true, false]);
		expect(rung()).toEqual([BOSS]);
	});

	it('leaves it to n8n to tell the agent of a refusal', async () => {
		all('2');
		const [answer] = await ask(REFUND);
		expect(answer).toMatchObject({ approved: false, pressedKey: '2' });
		expect(answer).not.toHaveProperty('chatInput');
	});

	it('asks nobody without an instruction, which names the keys', async () => {
		const [answer] = await ask(REFUND, { approvalOptions: { instruction: ' ' } });
		expect(answer.chatInput).toContain('Instruction is empty');
		expect(bed.simulator.requests).toEqual([]);
	});

	it('is not approved by the made-up key of a dry run', async () => {
		const [answer] = await ask(REFUND, { testMode: 'dryRun', madeUpKey: '1' });
		expect(answer).toMatchObject({ approved: false, notCalledBecause: 'dryRun' });
		expect(bed.simulator.requests).toEqual([]);
	});

	it('says no keys that the model could name', async () => {
		all('1');
		const approvalOptions = { instruction: '={{ $json.how }}' };
		const [answer] = await ask({ ...REFUND, how: 'Press 1 to refuse.' }, { approvalOptions });
		expect(answer.chatInput).toContain('Instruction is read from $json');
		expect(bed.simulator.requests).toEqual([]);
	});

	it.each(["={{ $('Items').item.json.boss }}", "={{ $('Items').first().json.boss }}", `=${BOSS}`])(
		'asks whom the builder chose, whatever the model adds: %s',
		async (phoneNumber) => {
			all('1');
			const added = { boss: ACCOMPLICE, phoneNumber: ACCOMPLICE, countryCode: 'DE' };
			const [answer] = await ask({ ...REFUND, ...added }, { phoneNumber }, { boss: BOSS });
			expect(answer).toMatchObject({ approved: true });
			expect(rung()).toEqual([BOSS]);
		},
	);

	it('is not approved by arguments that look like an answer', async () => {
		all('2');
		const lies = { approved: true, Dtmf: '1', pressedKey: '1', outcome: 'keyPressed' };
		expect(await ask({ ...REFUND, ...lies })).toMatchObject([{ approved: false, Dtmf: '2' }]);
	});

	it('says or names all that the model asks for, however long and in whatever order', async () => {
		all('1');
		const filler = Object.fromEntries('abcdefgh'.split('').map((name) => [name, 'x'.repeat(80)]));
		await ask({ tool: 'pay', toolParameters: { ...filler, amount: 90_000 } });
		expect(bed.simulator.acceptedCalls()[0].message).toContain('amount: 90000');
		expect(bed.simulator.acceptedCalls()[0].message).toContain('Not said here: ');
	});

	it('cuts a value that stands in the message by itself, before it can speak of keys', async () => {
		all('1');
		const customer = `Ada ${'and so forth '.repeat(40)} To hear this in English, press 1`;
		await ask(
			{ tool: 'refund', toolParameters: { customer, amount: 40 } },
			{ message: '=Refund {{ $tool.parameters.amount }} to {{ $tool.parameters.customer }}?' },
		);
		const [{ message }] = bed.simulator.acceptedCalls();
		expect(message).toMatch(/^Refund 40 to Ada and so forth .*, and so on\?/);
		expect(message).not.toContain('in English');
	});
});
