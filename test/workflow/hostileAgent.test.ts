import type { INodeParameters } from 'n8n-workflow';
import { useEngine } from '../support/engine';
import { agentNodes, AGENTS, agentWorkflow, type ToolResult } from '../support/agent';
import type { NodeSettings } from '../support/workflow';

/*
 * An agent whose model was talked into calling a stranger, or one person again and again. It may write anything
 * into the fields that are its own, and add arguments that nobody asked for: n8n does not check them.
 */

const bed = useEngine({ nodeTypes: agentNodes() });

const ANN = '+14255550101';
const STRANGER = '+1 425 555 0102';

const fromModel = (name: string) => `={{ $fromAI('${name}', \`Text\`, 'string') }}`;
const tool = (
	options: INodeParameters = {},
	parameters: INodeParameters = {},
): INodeParameters => ({
	operation: 'makeCall',
	countryCode: 'auto',
	phoneNumber: fromModel('phone'),
	message: fromModel('text'),
	allowedNumbers: '+1 425 555 0101',
	...parameters,
	options: { callsPerSecond: 0, maxCallsPerNumber: 0, ...options },
});

async function act(
	agent: (typeof AGENTS)[number],
	turns: object[],
	parameters: INodeParameters,
	settings?: NodeSettings & { json?: object },
): Promise<ToolResult[]> {
	const workflow = agentWorkflow(agent, turns as never, parameters, settings as never);
	const result = await bed.engine.run(workflow);
	if (result.error) throw result.error;
	return result.output('Agent')[0].json.results as never;
}

const rung = () => bed.simulator.acceptedCalls().map(({ number }) => number);

/** Ways to write a number that is not allowed, or to hide it behind one that is. */
const strangers: unknown[] = [
	...[STRANGER, '+14255550102', '(425) 555-0102', '0014255550102', '011 1 425 555 0102'],
	...['4255550102', '1-425-555-0102', 'tel:+14255550102', 'TEL:+14255550102', "'+14255550102"],
	...['sip:+14255550102@example.com', 'callto:+14255550102', '＋１４２５５５５０１０２'],
	...[
		'+𝟭 𝟰𝟮𝟱 𝟱𝟱𝟱 𝟬𝟭𝟬𝟮',
		'+1 425 555 01𝟬𝟮',
		'+1 425 555 010२',
		'+1 425 555 010٢',
		'+1 425 555 010²',
	],
	...[
		'+1 425 555 010②',
		'+1 425 555 010\u200b2',
		'\u202e2010555524 1+\u202c',
		'+1 425 555 010\u20602',
	],
	...['+14255550101,+14255550102', '+14255550102,+14255550101', '+14255550101;+14255550102'],
	...['+14255550101 +14255550102', '+14255550101\n+14255550102', '+14255550102\n+14255550101'],
	...['+14255550101/02', '+14255550101-02', '+14255550101 / 2', '+1425555010[1-2]', '+1425555010?'],
	...['+14255550101 or +14255550102', '+14255550101*', '+1425555010*', '*', '+*', '+1*', '+', ''],
	...[
		'+14255550101;phone-context=+1',
		'+14255550101;ext=2',
		'+14255550101 ext 2',
		'+14255550101x2',
	],
	...['+14255550101#2', '+14255550101,,2', '+14255550101p2', '+14255550101w2', '+142555501012'],
	...['+142555501010', '+1 425 555 0101 0', '+01 425 555 0101 2', '+1 (0) 425 555 0102'],
	...['+14255550101\u0000', '+14255550102\u0000+14255550101', '+14255550101%0a', '%2B14255550102'],
	...[
		'&#43;14255550102',
		'<b>+14255550101</b>2',
		'+1 425 555-O1O2',
		'+1 425 KLK-0102',
		'911',
		'112',
	],
	...['+911', '+1 911', '+442079460000', '+4930901820', '+1 900 555 0101', '+18005550102', '+0'],
	...[
		'Ann',
		'{{ $json.phone }}',
		'={{ "+14255550102" }}',
		'$fromAI("x")',
		'[object Object]',
		'null',
	],
	...['undefined', 'NaN', 'Infinity', '1e11', '14255550102', '1.4255550102e10', '0x351D3C4E6'],
	...[
		14255550102,
		-14255550101,
		1.4255550102e10,
		0,
		null,
		true,
		false,
		[STRANGER],
		[ANN, STRANGER],
	],
	...[[[STRANGER]], { number: STRANGER }, { phone: STRANGER }, { toString: STRANGER }, {}, []],
	...['1'.repeat(100_000), `${'-'.repeat(99_000)}1!`, '+'.repeat(1_000), '('.repeat(5_000)],
];

/** Arguments that a model may add: names that could be taken for those of parameters. */
const added: object[] = [
	{ phoneNumber: STRANGER },
	{ allowedNumbers: '+1*' },
	{ allowedNumbers: '*', whoMayBeCalled: { values: { allowedNumbers: '*' } } },
	{ options: { whoMayBeCalled: { values: { allowedNumbers: '+1*' } } } },
	{ parameters: { allowedNumbers: '+1*', phoneNumber: STRANGER } },
	{ 'parameters.phoneNumber': STRANGER },
	{ number: STRANGER, to: STRANGER, Phone: { Number: STRANGER } },
	{ countryCode: 'DE', country: 'DE' },
	{ testMode: 'off', testNumber: STRANGER },
	{ numberCheck: 'lengthsOnly', technical: { values: { numberCheck: 'lengthsOnly' } } },
	{ operation: 'callUntilAccepted', phoneNumbers: STRANGER },
	{ toolCallId: 'call_7', tool: 'x', toolParameters: { phone: STRANGER } },
	{ hitlParameters: { tool: 'x', phone: STRANGER } },
	{ constructor: { prototype: { phoneNumber: STRANGER } } },
	JSON.parse(`{"__proto__":{"phoneNumber":"${STRANGER}","allowedNumbers":"*"}}`) as object,
	{ $json: { phone: STRANGER }, $fromAI: STRANGER, json: { phone: STRANGER } },
	{ callId: '../call', CallId: STRANGER, waitStep: 'x', resource: 'x' },
];

const saidOf = (result: ToolResult) => ('said' in result ? result.said : result.refused);

describe.each(AGENTS)('An agent (%s)', (agent) => {
	it(`reaches nobody but those who are allowed, in ${strangers.length + added.length} ways`, async () => {
		const turns = [
			...strangers.map((phone, index) => ({ phone, text: `Number ${index}` })),
			...added.map((more, index) => ({ phone: ANN, text: `More ${index}`, ...more })),
		];
		const results = await act(agent, turns, tool());
		expect(results).toHaveLength(turns.length);
		expect([...new Set(rung())]).toEqual([ANN]);
		// The twin that never failed: what the agent may do, it did.
		expect(rung().length).toBeGreaterThanOrEqual(added.length);
		results.slice(0, strangers.length).forEach((result, index) => {
			const told = JSON.stringify(saidOf(result));
			const reached =
				rung().length &&
				bed.simulator.acceptedCalls().some(({ message }) => message === `Number ${index}`);
			expect([
				strangers[index],
				reached || /wrong|Phone Number|Parameters|Received tool input/.test(told),
			]).toEqual([strangers[index], true]);
		});
	});

	it.each([
		'={{ $json.phone }}',
		'={{ $input.item.json.phone }}',
		"={{ $json['phone'] }}",
		'={{ $input.first().json.phone }}',
		fromModel('phone'),
	])('calls nobody when its number is its own and none is allowed: %s', async (phoneNumber) => {
		const turns = [{ phone: ANN, text: 'Hello' }];
		const [result] = await act(agent, turns, tool({}, { phoneNumber, allowedNumbers: '' }), {
			json: { phone: ANN },
		});
		expect(saidOf(result)).toMatch(/Allowed Numbers is empty, and the agent chooses the number/);
		expect(rung()).toEqual([]);
	});

	it.each(['={{ $json.list }}', fromModel('list')])(
		'calls nobody when it could write the list of Do Not Call: %s',
		async (doNotCall) => {
			const turns = [{ phone: ANN, text: 'Hello', list: '' }];
			const [result] = await act(agent, turns, tool({ doNotCall }));
			expect(saidOf(result)).toContain('Do Not Call is read from $json, $input or $fromAI');
			expect(rung()).toEqual([]);
		},
	);

	it('calls nobody when Allowed Numbers is an expression', async () => {
		const turns = [{ phone: ANN, text: 'Hello', list: ANN }];
		const [result] = await act(agent, turns, tool({}, { allowedNumbers: '={{ $json.list }}' }));
		expect(saidOf(result)).toContain('Allowed Numbers has "{{ $json.list }}"');
		expect(rung()).toEqual([]);
	});

	it.each(['={{ $json.phone }}', fromModel('phone')])(
		'calls nobody in Ask for Approval as a tool when it chooses who approves: %s',
		async (phoneNumber) => {
			const parameters = { operation: 'sendAndWait', phoneNumber, allowedNumbers: '' };
			const [result] = await act(agent, [{ phone: ANN, text: 'Hello' }], tool({}, parameters));
			expect(saidOf(result)).toMatch(/Phone Number is read from \$json, \$input or \$fromAI/);
			// It has no such field.
			expect(saidOf(result)).not.toMatch(/Allowed Numbers/);
			expect(rung()).toEqual([]);
		},
	);

	it('asks whom the builder chose in Ask for Approval as a tool', async () => {
		bed.simulator.personAt = () => ({ endsAfterMs: 0, presses: '1' });
		const parameters = { operation: 'sendAndWait', phoneNumber: ANN, allowedNumbers: '' };
		const options = { waitAtMost: 0.05, checkEvery: 0.05 };
		const [result] = await act(agent, [{ text: 'Hello' }], tool(options, parameters));
		expect(saidOf(result)).toMatchObject({ approved: true });
		expect(rung()).toEqual([ANN]);
	});

	it('calls nobody when it chooses the country of a number and none is allowed', async () => {
		const parameters = {
			phoneNumber: '30 901820',
			countryCode: fromModel('land'),
			allowedNumbers: '',
		};
		const turns = [{ land: 'DE', text: 'Hello' }];
		const [result] = await act(agent, turns, tool({}, parameters));
		expect(saidOf(result)).toMatch(/Allowed Numbers is empty/);
		expect(rung()).toEqual([]);
	});

	it('rings the number of the builder, whatever it adds, where no field of it is the model’s', async () => {
		const parameters = {
			phoneNumber: "={{ $('Items').first().json.phone }}",
			message: 'Hello',
			allowedNumbers: '',
		};
		const results = await act(agent, [{}, ...added], tool({ onSameCall: 'dial' }, parameters), {
			json: { phone: ANN },
		});
		expect(results.every((result) => 'said' in result)).toBe(true);
		expect(rung()).toEqual(results.map(() => ANN));
	});

	it('rings a person once with the same words, however it writes them and the number', async () => {
		const numbers = [
			...[ANN, '+1 425 555 0101', '(+1) 425 555 0101', '+1 (425) 555-0101', '+1.425.555.0101'],
			...['tel:+14255550101', '+1-425-555-0101', '＋１４２５５５５０１０１', '+1 425 555 01𝟬𝟭'],
			...[' +14255550101\n', '0014255550101', '+1\u00a0425\u00a0555\u00a00101', "'+14255550101"],
		];
		const texts = [
			...[
				'Hello Ann',
				' Hello Ann ',
				'**Hello Ann**',
				'Hello  Ann',
				'<b>Hello</b> Ann',
				'# Hello Ann',
			],
			...['`Hello` Ann', 'Hello Ann 😀', '> Hello Ann', '_Hello_ Ann'],
		];
		const turns = numbers.flatMap((phone) => texts.map((text) => ({ phone, text })));
		expect(turns.length).toBeGreaterThan(100);
		const results = await act(agent, turns, tool());
		const [{ callId }] = bed.simulator.acceptedCalls();
		expect(rung()).toEqual([ANN]);
		for (const result of results) expect(saidOf(result)).toMatchObject({ CallId: callId });
	});

	it('rings a person once with words that sound the same', async () => {
		const texts = [
			"It's André's turn - “now”...",
			'It’s André’s turn – "now"…',
			'It\'s Andre\u0301\'s turn - "now"',
			'It\'s\u00a0André\'s turn\u200b - "now"!',
		];
		await act(
			agent,
			texts.map((text) => ({ phone: ANN, text })),
			tool(),
		);
		expect(rung()).toEqual([ANN]);
	});

	it('is heard as it wrote where nothing would be left of it without its marks', async () => {
		const turns = [{ phone: ANN, text: '<p></p>' }];
		await act(agent, turns, tool({ messageCheck: 'off' }));
		expect(bed.simulator.acceptedCalls()[0].message).toBe('<p></p>');
	});

	it('is told of the first call when Same Call Again refuses, and rings nobody', async () => {
		const turns = Array.from({ length: 20 }, () => ({ phone: ANN, text: 'Hello' }));
		const results = await act(agent, turns, tool({ onSameCall: 'refuse' }));
		expect(rung()).toEqual([ANN]);
		for (const result of results.slice(1)) expect(saidOf(result)).toMatch(/same call was placed/);
	});

	it('rings a person no more often than Max Calls per Number says, with ever other words', async () => {
		const turns = Array.from({ length: 30 }, (_, index) => ({
			phone: ANN,
			text: `Hello ${index}`,
		}));
		await act(agent, turns, tool({ maxCallsPerNumber: 3 }));
		expect(rung()).toEqual([ANN, ANN, ANN]);
	});

	it.each(['dial', 'returnFirst', 'refuse'])(
		'and Retry On Fail do not dial again when it is not known whether the phone rang: %s',
		async (onSameCall) => {
			bed.simulator.faults.next({ kind: 'status', statusCode: 500, accept: true }, { count: 9 });
			const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
			const turns = [{ phone: ANN, text: 'Hello' }];
			const [result] = await act(agent, turns, tool({ onSameCall }), settings);
			expect(saidOf(result)).toMatch(/not known whether|may have been placed/);
			expect(bed.simulator.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
		},
	);

	it('and Retry On Fail ring the people of Call Until Accepted once', async () => {
		const BOB = '+14255550103';
		bed.simulator.personAt = (number) => ({
			endsAfterMs: 0,
			presses: number === BOB ? '1' : '2',
		});
		bed.simulator.faults.next({ kind: 'status', statusCode: 401 }, { match: BOB });
		const matter = {
			operation: 'callUntilAccepted',
			phoneNumbers: `${ANN}, ${BOB}`,
			allowedNumbers: '',
			dtmf: {
				entries: [
					{ key: '1', meaning: 'accepts', message: 'Thank you.' },
					{ key: '2', meaning: 'declines', message: 'Thank you.' },
				],
			},
		};
		const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		const turns = [{ text: 'Alarm' }, { text: '**Alarm**' }, { text: 'Alarm!' }];
		const results = await act(agent, turns, tool({}, matter), settings);
		expect(rung()).toEqual([ANN, BOB]);
		for (const result of results) {
			expect(saidOf(result)).toMatchObject({
				outcome: 'accepted',
				acceptedBy: [{ phone: BOB }],
				attempts: [{ phone: ANN, outcome: 'declined' }, { phone: BOB }],
			});
		}
	});

	it('rings the people of Call Until Accepted again when nobody was rung before', async () => {
		bed.simulator.personAt = () => ({ endsAfterMs: 0, presses: '1' });
		bed.simulator.faults.next({ kind: 'status', statusCode: 402 });
		const matter = {
			operation: 'callUntilAccepted',
			phoneNumbers: ANN,
			allowedNumbers: '',
			dtmf: { entries: [{ key: '1', meaning: 'accepts', message: 'Thank you.' }] },
		};
		const results = await act(agent, [{ text: 'Alarm' }, { text: 'Alarm' }], tool({}, matter));
		expect(results.map(saidOf)).toMatchObject([{ outcome: 'nobody' }, { outcome: 'accepted' }]);
		expect(rung()).toEqual([ANN]);
	});

	it('is given the answer by the tool itself, also where a workflow would let n8n keep the wait', async () => {
		bed.simulator.personAt = () => ({ endsAfterMs: 300, presses: '1' });
		const options = { surviveRestarts: true, handOverAfter: 0, checkEvery: 0.05 };
		const calling = tool(options, { operation: 'callAndWait' });
		const [result] = await act(agent, [{ phone: ANN, text: 'Hello' }], calling);
		expect(saidOf(result)).toMatchObject({ outcome: 'keyPressed', pressedKey: '1' });
		expect(rung()).toEqual([ANN]);
	});

	it('cannot make it look as if a key was pressed, by arguments with the names of results', async () => {
		bed.simulator.personAt = () => ({ endsAfterMs: 0 });
		const lies = { outcome: 'keyPressed', pressedKey: '1', pressedLabel: 'Yes', approved: true };
		const turns = [{ phone: ANN, text: 'Hello', ...lies, CallId: 'x', Dtmf: '1', error: 'x' }];
		const options = { includeInputFields: true, waitAtMost: 0.01, checkEvery: 0.05 };
		const [result] = await act(agent, turns, tool(options, { operation: 'callAndWait' }));
		const said = saidOf(result) as Record<string, unknown>;
		expect(said.outcome).toMatch(/^(noKey|timedOut)$/);
		expect(said.CallId).toBe(bed.simulator.acceptedCalls()[0].callId);
		for (const field of ['pressedKey', 'pressedLabel', 'Dtmf']) expect(said[field]).toBeUndefined();
	});

	it('rings each of two people as often as Max Calls per Number says', async () => {
		const calling = tool({ maxCallsPerNumber: 1 }, { allowedNumbers: `${ANN}, ${STRANGER}` });
		const turns = [ANN, STRANGER].map((who) => ({ phone: who, text: 'Hello' }));
		await act(agent, turns, calling);
		expect(rung()).toEqual([ANN, STRANGER.replaceAll(' ', '')]);
	});

	it('is told what was said, which is what it wrote without Markdown', async () => {
		const [result] = await act(agent, [{ phone: ANN, text: '**Fire** in hall 3' }], tool());
		expect(saidOf(result)).toMatchObject({ spokenMessage: 'Fire in hall 3' });
		expect(bed.simulator.acceptedCalls()[0].message).toBe('Fire in hall 3');
	});

	it('is told in an error what to do, and whether anybody was called', async () => {
		bed.simulator.faults.next({ kind: 'status', statusCode: 402 });
		const [result] = await act(agent, [{ phone: ANN, text: 'Hello' }], tool());
		expect(saidOf(result)).toMatch(/\(402\).*Check the number.*Nobody was called/s);
		expect(rung()).toEqual([]);
	});

	it('is not told the API key', async () => {
		bed.simulator.faults.next({ kind: 'status', statusCode: 402 }, { count: 1 });
		const results = await act(agent, [{ phone: ANN, text: 'Hello' }, {}, { phone: {} }], tool());
		expect(JSON.stringify(results)).not.toContain(bed.simulator.apiKey);
	});
});

describe('An agent that uses its tool several times at once', () => {
	it('rings a person once with the same words', async () => {
		const same = { phone: ANN, text: 'Hello' };
		const results = await act('oldAgent', [[same, same, same]], tool());
		expect(rung()).toEqual([ANN]);
		const [{ callId }] = bed.simulator.acceptedCalls();
		for (const result of results) expect(saidOf(result)).toMatchObject({ CallId: callId });
	});

	it('rings the people of Call Until Accepted once, and is told of the same acceptance', async () => {
		bed.simulator.personAt = () => ({ endsAfterMs: 0, presses: '1' });
		const matter = {
			operation: 'callUntilAccepted',
			phoneNumbers: ANN,
			allowedNumbers: '',
			dtmf: { entries: [{ key: '1', meaning: 'accepts', message: 'Thank you.' }] },
		};
		const same = { text: 'Alarm' };
		const results = await act('oldAgent', [[same, same]], tool({}, matter));
		expect(rung()).toEqual([ANN]);
		expect(results.map(saidOf)).toMatchObject([{ outcome: 'accepted' }, { outcome: 'accepted' }]);
	});
});
