import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCall } from '../support/calls';
import { phone, service } from '../support/phone';
import { run } from '../support/run';
import { seconds, time } from '../support/time';

const OPERATORS_PAGE = join(__dirname, '../../docs/for-operators.md');

/** A call whose every field comes from the item. */
const fromItem = {
	country: '={{ $json.country }}',
	message: '=Hello {{ $json.name }}, please press one',
	keys: [{ key: '1', reply: '=Thank you {{ $json.name }}' }],
};
const goesOn = { ...fromItem, settings: { onError: 'continueRegularOutput' } } as const;

/** Three people, and their phones, which are answered. */
function people() {
	const phones = [phone(), phone(), phone()];
	for (const each of phones) each.answers().presses('1');
	const items = [
		{ name: 'Ann', phone: phones[0], country: 'us' },
		{ name: 'Bob', phone: phones[1], country: ' US ' },
		{ name: 'Cy', phone: phones[2], country: 'US' },
	];
	return { phones, items };
}

describe('Make Call', () => {
	it('keeps the order of the items when the answers come in another one', async () => {
		const { phones, items } = people();
		service.isSlow(phones[0], 300);
		const result = await run(makeCall(items, { ...fromItem, callsPerSecond: 0 }));
		expect(service.heardAtOnce('calls')).toBeGreaterThan(1);
		expect(result.items.map(({ CallId }) => CallId)).toEqual(phones.map((each) => each.callId));
	});

	it('sends nothing for any item when one is wrong, and names every wrong one', async () => {
		const [first, second, third] = people().items;
		const wrong = [{ ...first, phone: 'none' }, second, { ...third, country: 'UK' }];
		(await run(makeCall(wrong, fromItem))).failed(
			'2 items have wrong parameters, so nobody was called',
			/^Item 0: Phone Number .*"none".*\nItem 2: Country .*GB/,
		);
		service.heardNothing();
	});

	it('calls a number that is newer than the numbering plans, where Number Check says so', async () => {
		const newer = phone('+13575550100');
		(await run(makeCall(newer))).failed(/no area code there begins with 357/);
		newer.rang(0);
		const result = await run(makeCall(newer, { numberCheck: 'lengthsOnly' }));
		result.item(0).is({ calledNumber: newer.number });
		newer.rang(1);
	});

	it('names all that is wrong with an item', async () => {
		const wrong = { ...people().items[0], phone: '12' };
		const calling = { ...fromItem, message: '={{ "" }}', keys: [{ key: '1', reply: '' }] };
		(await run(makeCall(wrong, calling))).failed(
			/^Item 0: Phone Number .* Message is empty.* Keys to Press/,
		);
	});

	it('names ten of many wrong items and how many more there are', async () => {
		const [ann] = people().items;
		const wrong = Array.from({ length: 12 }, (_, index) => ({ ...ann, phone: `1${index}` }));
		const { error } = (await run(makeCall(wrong, fromItem))).execution;
		const lines = error?.description?.split('\n') ?? [];
		expect(lines).toHaveLength(11);
		expect(lines[10]).toBe('And 2 more.');
	});

	it('makes error items of the wrong ones only, when the node goes on', async () => {
		const { phones, items } = people();
		const wrong = { ...items[1], phone: '' };
		const calling = { ...fromItem, settings: { onError: 'continueErrorOutput' } } as const;
		const result = await run(makeCall([items[0], wrong, items[2]], calling));
		result.item(0).cameOutOf(0).is({ CallId: phones[0].callId });
		result.item(2).cameOutOf(0).is({ CallId: phones[2].callId });
		result
			.item(1)
			.cameOutOf(1)
			.failed(/^Item 1: Phone Number/);
		expect(result.item(1).json).toEqual({ ...wrong, error: expect.any(String) as string });
		phones[1].rang(0);
	});

	it('gives each item out once, as result or with its error, in the mode "continue"', async () => {
		const { phones, items } = people();
		service.refuses(phones[1], 402);
		service.fails(
			{ kind: 'status', statusCode: 500, accept: true },
			{ kind: 'calls', whose: phones[2] },
		);
		const dee = phone();
		dee.answers();
		const result = await run(makeCall([...items, { ...items[0], phone: dee }], goesOn));
		expect(result.items).toHaveLength(4);
		result.item(0).is({ CallId: phones[0].callId });
		result.item(1).failed(/\(402\), item 1/);
		result.item(2).failed(/whether the phone rang: server error 500, item 2/);
		result.item(3).is({ CallId: dee.callId });
		expect(result.items.map(({ CallId }) => typeof CallId)).toEqual([
			'string',
			'undefined',
			'undefined',
			'string',
		]);
		phones[1].rang(0);
		phones[2].rang(1);
	});

	it('says that no credential is selected, in words of its own', async () => {
		const settings = { credentials: undefined };
		(await run(makeCall(phone(), { settings }))).failed('No credential is selected', /API key/);
		service.heardNothing();
	});

	it('names an item whose call may have been placed while another one stopped the node', async () => {
		const [ann, bob] = [phone(), phone()];
		service.refuses(ann, 402);
		service.isSlow(bob, 2_500);
		const limits = { callsAtOnce: 2, callsPerSecond: 0, requestTimeout: seconds(1) };
		(await run(makeCall([ann, bob], limits))).failed(
			/\(402\), item 0$/,
			/Not known whether the call was placed: item 1\./,
		);
		ann.rang(0);
		bob.rang(bob.ringCount);
	});

	it('makes error items of all when there is no credential and the node goes on', async () => {
		const { items } = people();
		const credentials = { voice2PhoneApi: undefined };
		const result = await run(makeCall(items, goesOn), { credentials });
		expect(result.execution.status).toBe('success');
		expect(result.items).toEqual(
			items.map(() => ({
				error: expect.stringMatching(/Credential .* does not exist/) as string,
			})),
		);
	});

	it('gives out who was called and when, and nothing that the API does not document', async () => {
		const CallId = '54b16dd7-8e68-4a2a-973d-063e39a6998c';
		service.fails(status(200, { CallId, error: 'none' }), { kind: 'calls' });
		const { phones, items } = people();
		const result = await run(makeCall(items[0], fromItem));
		expect(result.items).toEqual([
			{ CallId, calledNumber: phones[0].number, calledAt: new Date(time.now()).toISOString() },
		]);
	});

	it('gives the fields of the input out too, where the user wants them', async () => {
		const { phones, items } = people();
		const calling = { ...fromItem, includeInputFields: true };
		const result = await run(makeCall({ ...items[0], error: 'none' }, calling));
		// n8n would make an error of a field "error".
		result.item(0).is({ name: 'Ann', errorField: 'none', CallId: phones[0].callId });
	});

	const status = (statusCode: number, body?: unknown) =>
		({ kind: 'status', statusCode, body }) as const;
	it.each([
		[
			status(400, { Message: 'Bad number' }),
			/refused the request to call \(400\), item 0/,
			/Bad number/,
		],
		[
			status(401),
			/refused the API key \(401\)/,
			/the other choice in How the Key Is Sent.*Nobody was called/s,
		],
		[status(402, 'No credit left'), /could not carry out.*\(402\)/, /No credit left/],
		[status(404), /did not find the address.*\(404\)/, /Nobody was called/],
		[status(418), /refused the request to call \(418\)/, /Nobody was called/],
		[status(500), /whether the phone rang: server error 500/, /does not dial this item again/],
		[status(503), /whether the phone rang: server error 503/, /does not dial this item again/],
		[
			{ kind: 'cut', when: 'afterProcessing' },
			/whether the phone rang: connection cut/,
			/Find out/,
		],
		[{ kind: 'cut', when: 'midBody' }, /whether the phone rang: connection cut/, /Find out/],
		[
			{ kind: 'timeout', when: 'afterProcessing' },
			/whether the phone rang: no answer in time/,
			/Find out/,
		],
		[{ kind: 'malformedBody' }, /whether the phone rang: the answer could not be read/, /Find out/],
		[{ kind: 'noCallId' }, /whether the phone rang: the answer has no CallId/, /Find out/],
	] as const)('%o: says what happened and what to do, after one request', async (...given) => {
		const [fault, message, description] = given;
		service.fails(fault, { kind: 'calls' });
		const calling = makeCall(people().items[0], { ...fromItem, requestTimeout: seconds(1) });
		const { error } = (await run(calling)).failed(message, description).execution;
		expect(error?.description).not.toMatch(/Not known whether/);
		expect(service.heard('calls')).toBe(1);
	});

	it('says that Voice2Phone could not be reached, and that nobody was called', async () => {
		const calling = makeCall(people().items[0], { ...fromItem, maxRetries: 0 });
		await service.isDown(async () => {
			(await run(calling)).failed(
				'Voice2Phone could not be reached, item 0',
				/ECONNREFUSED.*Nobody was called/,
			);
		});
	});

	it('never shows the API key, even when the server repeats it', async () => {
		const { phones, items } = people();
		const basic = Buffer.from(`${service.apiKey}:`).toString('base64');
		service.refuses(phones[0], 402, `Refused ${service.apiKey} and Basic ${basic}`);
		const { execution } = await run(makeCall(items[0], fromItem));
		expect(execution.error?.description).toContain('Refused [API key] and Basic [API key]');
		const everything = execution.saved + JSON.stringify(execution.logs);
		expect(everything).not.toContain(service.apiKey);
		expect(everything).not.toContain(basic);
	});

	it('logs the call ID in the words that docs/for-operators.md shows, and the number only masked', async () => {
		const { phones, items } = people();
		const { logs } = (await run(makeCall(items[0], fromItem))).execution;
		const { callId, number } = phones[0];
		const [, line] = /```\n(.+)\n```/.exec(readFileSync(OPERATORS_PAGE, 'utf8'))!;
		const ours = line.replace(/[\da-f-]{36}/, callId).replace(/\d\d$/, number.slice(-2));
		expect(logs.map(({ message }) => message)).toContain(ours);
		expect(logs.filter(({ message }) => message.includes(callId))).toHaveLength(1);
		expect(phones[0].number).toMatch(/555010\d$/);
		expect(JSON.stringify(logs)).not.toMatch(/555-?01\d\d/);
	});
});
