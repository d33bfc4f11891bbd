import { useEngine } from '../support/engine';
import { items, linear, manualTrigger, noOp, voice2Phone, withBranch } from '../support/workflow';

const bed = useEngine();

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** A call whose every field comes from the item. */
const fromItem = {
	operation: 'makeCall',
	countryCode: '={{ $json.country }}',
	phoneNumber: '={{ $json.phone }}',
	message: '=Hello {{ $json.name }}, please press one',
	dtmf: { entries: [{ key: '1', message: '=Thank you {{ $json.name }}' }] },
};
const people = [
	{ name: 'Ann', phone: '(425) 555-0101', country: 'us' },
	{ name: 'Bob', phone: '+1 425 555 0102', country: ' US ' },
	{ name: 'Cy', phone: 4255550103, country: 'US' },
];

describe('Make Call', () => {
	it('keeps the order of the items when the answers come in another one', async () => {
		bed.simulator.faults.next({ kind: 'delay', milliseconds: 300 }, { match: '+14255550101' });
		const result = await bed.engine.run(
			linear(manualTrigger(), items(people), voice2Phone(fromItem)),
		);
		const called = result
			.output('Voice2Phone')
			.map(({ json }) => bed.simulator.calls.get(String(json.CallId))?.number);
		expect(called).toEqual(['+14255550101', '+14255550102', '+14255550103']);
	});

	it('sends nothing for any item when one is wrong, and names every wrong one', async () => {
		const wrong = [{ ...people[0], phone: 'none' }, people[1], { ...people[2], country: 'UK' }];
		const { error } = await bed.engine.run(
			linear(manualTrigger(), items(wrong), voice2Phone(fromItem)),
		);
		expect(error?.message).toBe('2 items have wrong parameters, so nobody was called');
		expect(error?.description).toMatch(/^Item 0: Phone Number .*"none".*\nItem 2: Country .*GB/);
		expect(bed.simulator.requests).toEqual([]);
	});

	it('names all that is wrong with an item', async () => {
		const wrong = { ...people[0], phone: '12' };
		const dtmf = { entries: [{ key: '1', message: '' }] };
		const { error } = await bed.engine.run(
			linear(
				manualTrigger(),
				items([wrong]),
				voice2Phone({ ...fromItem, message: '={{ "" }}', dtmf }),
			),
		);
		expect(error?.message).toMatch(/^Item 0: Phone Number .* Message is empty.* Keys to Press/);
	});

	it('names ten of many wrong items and how many more there are', async () => {
		const wrong = Array.from({ length: 12 }, (_, index) => ({ ...people[0], phone: `1${index}` }));
		const { error } = await bed.engine.run(
			linear(manualTrigger(), items(wrong), voice2Phone(fromItem)),
		);
		const lines = error?.description?.split('\n') ?? [];
		expect(lines).toHaveLength(11);
		expect(lines[10]).toBe('And 2 more.');
	});

	it('makes error items of the wrong ones only, when the node goes on', async () => {
		const wrong = [people[0], { ...people[1], phone: '' }, people[2]];
		const step = voice2Phone(fromItem, { onError: 'continueErrorOutput' });
		const result = await bed.engine.run(
			linear(
				manualTrigger(),
				items(wrong),
				withBranch(step, 1, noOp({ name: 'On Error' })),
				noOp({ name: 'On Success' }),
			),
		);
		expect(result.output('On Success').map(({ json }) => json.CallId)).toEqual([
			expect.stringMatching(GUID),
			expect.stringMatching(GUID),
		]);
		const [failed] = result.output('On Error');
		expect(failed.json).toEqual({
			...wrong[1],
			error: expect.stringMatching(/^Item 1: Phone Number/),
		});
		expect(result.output('Voice2Phone', 1)[0].pairedItem).toEqual({ item: 1 });
	});

	it('gives each item out once, as result or with its error, in the mode "continue"', async () => {
		const phones = ['4255550101', '4255550142', '4255550150', '4255550102'];
		const result = await bed.engine.run(
			linear(
				manualTrigger(),
				items(phones.map((phone) => ({ ...people[0], phone }))),
				voice2Phone(fromItem, { onError: 'continueRegularOutput' }),
			),
		);
		const output = result.output('Voice2Phone');
		expect(output.map(({ json }) => typeof json.CallId)).toEqual([
			'string',
			'undefined',
			'undefined',
			'string',
		]);
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual(
			[0, 1, 2, 3].map((item) => ({ item })),
		);
		expect(output[1].json.error).toMatch(/\(402\), item 1/);
		expect(output[2].json.error).toMatch(/whether the phone rang: server error 500, item 2/);
	});

	it('makes error items of all when there is no credential and the node goes on', async () => {
		const result = await bed.engine.run(
			linear(
				manualTrigger(),
				items(people),
				voice2Phone(fromItem, { onError: 'continueRegularOutput' }),
			),
			{ credentials: { voice2PhoneApi: undefined } },
		);
		expect(result.status).toBe('success');
		expect(result.output('Voice2Phone').map(({ json }) => json)).toEqual(
			people.map(() => ({
				error: expect.stringMatching(/Credential .* does not exist/) as string,
			})),
		);
	});

	it('gives out who was called and when, and nothing that the API does not document', async () => {
		const CallId = '54b16dd7-8e68-4a2a-973d-063e39a6998c';
		bed.simulator.faults.next(status(200, { CallId, error: 'none' }));
		const result = await bed.engine.run(
			linear(manualTrigger(), items([people[0]]), voice2Phone(fromItem)),
		);
		expect(result.output('Voice2Phone').map(({ json }) => json)).toEqual([
			{
				CallId,
				calledNumber: '+14255550101',
				calledAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
			},
		]);
	});

	it('gives the fields of the input out too, where the user wants them', async () => {
		const result = await bed.engine.run(
			linear(
				manualTrigger(),
				items([{ ...people[0], error: 'none' }]),
				voice2Phone({ ...fromItem, options: { includeInputFields: true } }),
			),
		);
		// n8n would make an error of a field "error".
		expect(result.output('Voice2Phone')[0].json).toMatchObject({
			name: 'Ann',
			errorField: 'none',
			CallId: expect.stringMatching(GUID) as string,
		});
	});

	const status = (statusCode: number, body?: unknown) =>
		({ kind: 'status', statusCode, body }) as const;
	it.each([
		[
			status(400, { Message: 'Bad number' }),
			/refused the request to call \(400\), item 0/,
			/Bad number/,
		],
		[status(401), /refused the API key \(401\)/, /other Authentication Scheme.*Nobody was called/s],
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
		bed.simulator.faults.next(fault);
		const { error } = await bed.engine.run(
			linear(
				manualTrigger(),
				items([people[0]]),
				voice2Phone({ ...fromItem, options: { requestTimeout: 1 } }),
			),
		);
		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(description);
		expect(error?.description).not.toMatch(/Not known whether/);
		expect(bed.simulator.requests).toHaveLength(1);
	});

	it('says that Voice2Phone could not be reached, and that nobody was called', async () => {
		await bed.simulator.down(true);
		try {
			const { error } = await bed.engine.run(
				linear(
					manualTrigger(),
					items([people[0]]),
					voice2Phone({ ...fromItem, options: { maxRetries: 0 } }),
				),
			);
			expect(error?.message).toBe('Voice2Phone could not be reached, item 0');
			expect(error?.description).toMatch(/ECONNREFUSED.*Nobody was called/);
		} finally {
			await bed.simulator.down(false);
		}
	});

	it('never shows the API key, even when the server repeats it', async () => {
		const basic = Buffer.from(`${bed.simulator.apiKey}:`).toString('base64');
		bed.simulator.faults.next(status(402, `Refused ${bed.simulator.apiKey} and Basic ${basic}`));
		const result = await bed.engine.run(
			linear(manualTrigger(), items([people[0]]), voice2Phone(fromItem)),
		);
		expect(result.error?.description).toContain('Refused [API key] and Basic [API key]');
		const everything = result.saved + JSON.stringify(result.logs);
		expect(everything).not.toContain(bed.simulator.apiKey);
		expect(everything).not.toContain(basic);
	});

	it('logs the call ID in words, and the number only masked', async () => {
		const { logs } = await bed.engine.run(
			linear(manualTrigger(), items([people[0]]), voice2Phone(fromItem)),
		);
		const [{ callId }] = bed.simulator.acceptedCalls();
		expect(logs.filter(({ message }) => message.includes(callId))).toHaveLength(1);
		expect(JSON.stringify(logs)).not.toMatch(/555-?0101/);
	});
});
