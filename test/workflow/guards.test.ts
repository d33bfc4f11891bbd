import {
	callAndWait,
	callUntilAccepted,
	getStatus,
	makeCall,
	waitForResponse,
} from '../support/calls';
import { phone, service, type Phone } from '../support/phone';
import { run, start } from '../support/run';
import { hours, seconds, time } from '../support/time';
import { items, linear, loopOverItems, manualTrigger } from '../support/workflow';
import { bed } from '../support/bed';

const NOT_CALLED = 2;
const ALL_DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** Hours of a clock in UTC that are open now, or that begin so many hours from now. */
const hoursFromNow = (from: number, until: number) => {
	const at = (offset: number) =>
		`${new Date(time.now() + hours(offset)).toISOString().slice(11, 13)}:00`;
	return { days: ALL_DAYS, from: at(from), until: at(until), timeZone: 'UTC' };
};

describe('Calling Hours', () => {
	it('let people be called inside', async () => {
		const ann = phone();
		ann.answers().presses('1');
		(await run(callAndWait(ann, hoursFromNow(-2, 3)))).item(0).is({ pressedKey: '1' });
		ann.rang(1);
	});

	it('say outside when the person may be called, at an output of its own', async () => {
		const ann = phone();
		const calling = { splitByKey: true, keys: [{ key: '1', reply: 'Bye' }], ...hoursFromNow(3, 6) };
		const { json } = (await run(callAndWait(ann, calling))).item(0).cameOutOf(NOT_CALLED);
		expect(json).toMatchObject({
			outcome: 'notCalled',
			notCalledBecause: 'outsideHours',
			CallId: null,
			localTime: expect.stringContaining('UTC') as string,
		});
		const from = new Date(String(json.callableFrom));
		expect(from.getTime()).toBeGreaterThan(time.now());
		expect(from.toISOString()).toMatch(/:00:00\.000Z$/);
		ann.rang(0);
	});

	it('are asked again right before each request: who waits beyond them is not called', async () => {
		const people = Array.from({ length: 6 }, () => phone());
		for (const each of people.slice(0, 3)) each.answers().hangsUp();
		const minute = new Date(time.now());
		await time.passes(hours(1) - (minute.getTime() % hours(1)) - 2_500);
		const calling = { callsPerSecond: 1, callsAtOnce: 1, ...hoursFromNow(-3, 1) };
		const result = await run(makeCall(people, calling));
		expect(result.items.map(({ notCalledBecause }) => notCalledBecause ?? 'called')).toEqual([
			'called',
			'called',
			'called',
			'outsideHours',
			'outsideHours',
			'outsideHours',
		]);
		for (const [index, each] of people.entries()) each.rang(index < 3 ? 1 : 0);
	});

	it('end a campaign at nine in the evening, and say when it can go on', async () => {
		const people = Array.from({ length: 100 }, () => phone());
		for (const each of people) each.answers().hangsUp();
		const calling = { days: ALL_DAYS, from: '09:00', until: '21:00', timeZone: 'Europe/Berlin' };
		const evening = Math.ceil(time.now() / hours(24)) * hours(24) + hours(20) - seconds(10);
		await time.passes(evening - time.now());
		const campaign = async (whom: Phone[]) => {
			const result = await run(makeCall(whom, { ...calling, callsPerSecond: 5 }));
			return whom.filter((_, index) => {
				const { json } = result.item(index);
				if (json.CallId) return false;
				expect(json).toMatchObject({
					notCalledBecause: 'outsideHours',
					callableFrom: new Date(evening + hours(12) + seconds(10)).toISOString(),
					localTime: expect.stringContaining(' 21:00 (Europe/Berlin)') as string,
				});
				return true;
			});
		};
		const left = await campaign(people);
		// Ten seconds at five a second, the first at once.
		expect(left).toEqual(people.slice(50));
		const times = service.heardAt('calls');
		expect(Math.max(...times)).toBeLessThan(evening + seconds(10));
		await time.passes(hours(12));
		expect(await campaign(left)).toEqual([]);
		for (const each of people) each.rang(1);
	});

	it.each([
		[{ from: '25:00' }, /Hours From/],
		[{ timeZone: 'Mars/Base' }, /Time Zone/],
		[{ notOn: 'tomorrow' }, /Not On/],
		[{ days: [] }, /Days/],
	])('that cannot be read let nobody be called: %o', async (wrong, message) => {
		(await run(makeCall(phone(), { ...hoursFromNow(-2, 3), ...wrong }))).failed(message);
		service.heardNothing();
	});
});

describe('The clock of Calling Hours', () => {
	it('is that of the workflow where the user says so', async () => {
		const ann = phone();
		const calling = makeCall(ann, { ...hoursFromNow(3, 6), timeZone: 'workflow' });
		const workflow = linear(manualTrigger(), items([{ phone: ann.number }]), calling);
		const settings = { timezone: 'Asia/Tokyo' };
		const result = await bed.engine.run({ ...workflow, settings });
		const [{ json }] = result.output('Make Call');
		expect(json.localTime).toContain('(Asia/Tokyo)');
		ann.rang(0);
	});

	it('cannot be told for a number of all North America, and a hint says what to do', async () => {
		const tollFree = phone('+18005550199');
		const calling = { days: ALL_DAYS, from: '09:00', until: '10:00' };
		const result = await run(makeCall(tollFree, calling));
		result.item(0).is({ notCalledBecause: 'outsideHours', callableFrom: null });
		expect(result.hints.join()).toContain('Choose a Time Zone in Calling Hours');
		tollFree.rang(0);
	});
});

describe('Do Not Call', () => {
	it('is read for the country of each number', async () => {
		const [berlin, vienna] = [phone('+4930901820'), phone('+431901820')];
		const result = await run(
			makeCall(
				[
					{ phone: vienna, country: 'AT' },
					{ phone: berlin, country: 'DE' },
				],
				{ country: '={{ $json.country }}', doNotCall: '030 901820' },
			),
		);
		result.item(0).is({ CallId: vienna.callId });
		result.item(1).is({ notCalledBecause: 'doNotCall' });
		vienna.rang(1);
		berlin.rang(0);
	});

	it('is read anew for each item that has a list of its own', async () => {
		const [ann, bob] = [phone(), phone()];
		const people = [
			{ phone: ann, list: '+44 20 7946 0000' },
			{ phone: bob, list: bob.number },
		];
		const result = await run(makeCall(people, { doNotCall: '={{ $json.list }}' }));
		result.item(0).is({ CallId: ann.callId });
		result.item(1).is({ notCalledBecause: 'doNotCall' });
		ann.rang(1);
		bob.rang(0);
	});

	it('is asked in a trial for the Test Number, which is the one that would ring', async () => {
		const [ann, own] = [phone(), phone()];
		const listed = await run(makeCall(ann, { testNumber: own, doNotCall: own.number }));
		listed.item(0).is({ notCalledBecause: 'doNotCall' });
		own.rang(0);
		const meant = await run(makeCall(ann, { testNumber: own, doNotCall: ann.number }));
		meant.item(0).is({ CallId: own.callId });
		own.rang(1);
	});

	it.each([
		['text', (number: string) => number],
		['lines', (number: string) => `+44 20 7946 0000\n${number.replace('+1', '001 ')}\n`],
		[
			'national',
			(number: string) => `(${number.slice(2, 5)}) ${number.slice(5, 8)}-${number.slice(8)}`,
		],
	])('keeps a number from being called, however it is written: %s', async (_, write) => {
		const [ann, bob] = [phone(), phone()];
		bob.answers().hangsUp();
		const result = await run(makeCall([ann, bob], { doNotCall: write(ann.number) }));
		result.item(0).is({ outcome: 'notCalled', notCalledBecause: 'doNotCall' });
		result.item(1).is({ CallId: bob.callId });
		ann.rang(0);
	});

	it('takes the rows of a sheet', async () => {
		const ann = phone();
		const doNotCall = `={{ [{ Phone: "${ann.number}", name: "Ann" }, { Phone: "+44 20 7946 0000" }] }}`;
		(await run(makeCall(ann, { doNotCall }))).item(0).is({ notCalledBecause: 'doNotCall' });
		ann.rang(0);
	});

	it.each([
		['the numbers as numbers', [{ phone: 'NUMBER' }]],
		["a spreadsheet's apostrophe", [{ phone: "'+1TEN" }]],
		['blanks and a column of another name', [{ id: 1, 'Mobile Phone': ' TEN ' }]],
		['rows without anything', [{}, { id: 2, createdAt: 'today', phone: null }, { phone: 'TEN' }]],
		["n8n's items", [{ json: { Tel: 'TEN' } }]],
	])('takes rows with %s', async (_, rows) => {
		const ann = phone();
		const list = JSON.stringify(rows)
			.replaceAll('}}', '} }')
			.replace('"NUMBER"', ann.number.slice(2))
			.replace('TEN', ann.number.slice(2));
		(await run(makeCall(ann, { doNotCall: `={{ ${list} }}` })))
			.item(0)
			.is({ notCalledBecause: 'doNotCall' });
		ann.rang(0);
	});

	it.each(['={{ [] }}', '={{ [{}] }}', '={{ "" }}'])(
		'says that it is empty: %s',
		async (doNotCall) => {
			const [ann, bob] = [phone(), phone()];
			for (const each of [ann, bob]) each.answers().hangsUp();
			const { hints } = await run(makeCall([ann, bob], { doNotCall }));
			expect(hints).toEqual([
				'Do Not Call of item 0 and 1 more: is empty, so it kept nobody from being called.',
			]);
		},
	);

	it.each([
		['={{ ["Phone", "+1 425 555 0100"] }}', /row 1/],
		['={{ [{ phone: null, name: "Ann" }] }}', /row 1/],
		['={{ [{ note: "Ann" }] }}', /has no column Phone Number/],
		['={{ { data: [{ phone: "+1 425 555 0100" }] } }}', /has no column Phone Number/],
		['={{ "[object Object]" }}', /line 1/],
		['+1 425 555 0100\n12345', /Do Not Call/],
		['={{ $json.nothing }}', /Do Not Call/],
	])('that cannot be read lets nobody be called: %o', async (doNotCall, message) => {
		(await run(makeCall(phone(), { doNotCall }))).failed(message);
		service.heardNothing();
	});
});

describe('Several guards', () => {
	it('are all asked, also when the first lets the call go', async () => {
		const ann = phone();
		const doNotCall = '+44 20 7946 0000';
		(await run(makeCall(ann, { doNotCall, ...hoursFromNow(3, 6) })))
			.item(0)
			.is({ outcome: 'notCalled', notCalledBecause: 'outsideHours' });
		ann.rang(0);
	});
});

describe('Max Calls per Execution', () => {
	it('holds over the passes of a loop, with fifty at once', async () => {
		const people = Array.from({ length: 50 }, () => phone());
		for (const each of people) each.answers().hangsUp();
		const calling = makeCall(people, { maxCalls: 3, callsPerSecond: 0, callsAtOnce: 50 });
		const workflow = linear(
			manualTrigger(),
			items(people.map(({ number }) => ({ phone: number }))),
			loopOverItems([calling], { batchSize: 10 }),
		);
		await bed.engine.run(workflow);
		expect(bed.simulator.acceptedCalls()).toHaveLength(3);
		for (const each of people) each.rang(each.ringCount);
	});

	it('holds in five passes of fifty at once, and under Retry in the list of executions', async () => {
		const people = Array.from({ length: 249 }, () => phone());
		for (const each of people) each.answers().hangsUp();
		const numbers = [...people.map(({ number }) => number), 'wrong, in the last pass'];
		const calling = makeCall(people, { maxCalls: 3, callsPerSecond: 0, callsAtOnce: 50 });
		const workflow = linear(
			manualTrigger(),
			items(numbers.map((number) => ({ phone: number }))),
			loopOverItems([calling], { batchSize: 50 }),
		);
		const failed = await bed.engine.run(workflow);
		expect(failed.error?.message).toMatch(/Phone Number "wrong/);
		expect(failed.runs('Make Call')).toHaveLength(5);
		expect(service.heard('calls')).toBe(3);
		const again = await bed.engine.retry(failed);
		expect(again.error?.message).toMatch(/Phone Number "wrong/);
		// The last pass has its turn once more, with all numbers right.
		const corrected = structuredClone(workflow);
		for (const node of corrected.nodes) {
			if (node.name === 'Make Call') {
				node.parameters.phoneNumber = `={{ $json.phone.replace(/^wrong.*/, '${numbers[200]}') }}`;
			}
		}
		const last = await bed.engine.retry(again, { workflow: corrected });
		expect(last.status).toBe('success');
		const reasons = last.output('Make Call').map(({ json }) => json.notCalledBecause);
		expect(reasons).toEqual(Array.from({ length: 50 }, () => 'limitReached'));
		expect(service.heard('calls')).toBe(3);
		for (const each of people) each.rang(each.ringCount);
	});

	it('is not used up by a call that nobody got', async () => {
		const [ann, bob, cy] = [phone(), phone(), phone()];
		service.refuses(ann, 402);
		bob.answers().hangsUp();
		const settings = { onError: 'continueRegularOutput' } as const;
		const result = await run(makeCall([ann, bob, cy], { maxCalls: 1, callsAtOnce: 1, settings }));
		result.item(1).is({ CallId: bob.callId });
		result.item(2).is({ notCalledBecause: 'limitReached' });
		cy.rang(0);
	});

	it('is not used up by an item that another guard keeps from being called', async () => {
		const [ann, bob] = [phone(), phone()];
		const once = { oncePer: '={{ $json.phone }}', callsAtOnce: 1 };
		await run(makeCall(ann, once));
		const result = await run(makeCall([ann, bob], { ...once, maxCalls: 1 }));
		result.item(0).is({ notCalledBecause: 'calledBefore' });
		result.item(1).is({ CallId: bob.callId });
		for (const each of [ann, bob]) each.rang(1);
	});

	it('is not kept from later items by those whose key is looked up meanwhile', async () => {
		const [ann, bob, cy] = [phone(), phone(), phone()];
		for (const each of [bob, cy]) each.answers().hangsUp();
		const once = { oncePer: '={{ $json.phone }}' };
		await run(makeCall(ann, once));
		const atOnce = { ...once, maxCalls: 2, callsPerSecond: 0, callsAtOnce: 3 };
		const result = await run(makeCall([ann, bob, cy], atOnce));
		result.item(0).is({ notCalledBecause: 'calledBefore' });
		result.item(1).is({ CallId: bob.callId });
		result.item(2).is({ CallId: cy.callId });
		ann.rang(1);
	});

	it('is used up by a call that may have been placed', async () => {
		const [ann, bob] = [phone(), phone()];
		service.cuts('afterProcessing', ann);
		const settings = { onError: 'continueRegularOutput' } as const;
		const result = await run(makeCall([ann, bob], { maxCalls: 1, callsAtOnce: 1, settings }));
		result.item(0).failed(/not known whether the phone rang/);
		result.item(1).is({ notCalledBecause: 'limitReached' });
		ann.rang(1);
		bob.rang(0);
	});

	it('is used up once by a call that comes through at its third try', async () => {
		const [ann, bob] = [phone(), phone()];
		service.fails({ kind: 'status', statusCode: 429 }, { kind: 'calls', whose: ann, times: 2 });
		const calling = makeCall([ann, bob], { maxCalls: 1 });
		const people = items([ann, bob].map(({ number }) => ({ phone: number })));
		const workflow = linear(manualTrigger(), people, loopOverItems([calling]));
		const result = await bed.engine.run(workflow);
		expect(result.output('Make Call')[0].json).toMatchObject({ notCalledBecause: 'limitReached' });
		ann.rang(1);
		bob.rang(0);
	});

	it('lets the first items be called, also when their keys were called long ago', async () => {
		const people = Array.from({ length: 4 }, () => phone());
		for (const each of people) each.answers().hangsUp();
		const once = { oncePer: '={{ $json.phone }}', rememberFor: 1, callsPerSecond: 0 };
		await run(makeCall(people[0], once));
		await time.passes(hours(48));
		const result = await run(makeCall(people, { ...once, maxCalls: 2 }));
		result.item(0).is({ CallId: people[0].callId });
		result.item(1).is({ CallId: people[1].callId });
		for (const index of [2, 3]) result.item(index).is({ notCalledBecause: 'limitReached' });
		people[0].rang(2);
		people[1].rang(1);
	});

	it.each([-1, 1.5, 'many', '', ' ', [[]], true, '={{ null }}', '={{ $json.nothing }}'])(
		'refuses %o, which would limit nothing',
		async (maxCalls) => {
			(await run(makeCall(phone(), { maxCalls }))).failed(/Max Calls per Execution must be/);
			service.heardNothing();
		},
	);

	it.each([0, '0', '3'])('takes %o', async (maxCalls) => {
		const ann = phone();
		ann.answers().hangsUp();
		(await run(makeCall(ann, { maxCalls }))).item(0).is({ CallId: ann.callId });
	});
});

describe('An item that was not called', () => {
	it('says why behind Wait for Response and Get Status too', async () => {
		const ann = phone();
		const doNotCall = ann.number;
		for (const next of [waitForResponse(), getStatus()]) {
			const result = await run([makeCall(ann, { doNotCall }), next]);
			result.item(0).is({ outcome: 'notCalled', notCalledBecause: 'doNotCall' });
		}
		ann.rang(0);
	});
});

describe('Items that were not called', () => {
	it('are counted by their reasons in a hint', async () => {
		const [ann, bob, cy] = [phone(), phone(), phone()];
		const doNotCall = `${ann.number}, ${bob.number}`;
		const { hints } = await run(makeCall([ann, bob, cy], { doNotCall }));
		expect(hints).toEqual(['2 of 3 items were not called: 2 on the Do Not Call list.']);
		cy.rang(1);
	});
});

describe('A dry run', () => {
	const dry = { testMode: 'dryRun', madeUpKey: '2' } as const;
	const keys = [
		{ key: '1', label: 'Yes', reply: 'Thanks' },
		{ key: '2', label: 'No', reply: 'Bye' },
	];

	it('needs no credential, calls nobody, and tries the branch of the made-up key', async () => {
		const [ann, bob] = [phone(), phone()];
		const calling = {
			...dry,
			keys,
			splitByKey: true,
			doNotCall: bob.number,
			message: 'Hello there',
		};
		const settings = { credentials: undefined };
		const result = await run(callAndWait([ann, bob], { ...calling, settings }));
		result
			.item(0)
			.cameOutOf(4)
			.is({
				outcome: 'keyPressed',
				pressedKey: '2',
				pressedLabel: 'No',
				notCalledBecause: 'dryRun',
				wouldCall: true,
				CallId: null,
				dryRun: {
					number: ann.number,
					message: 'Hello there',
					replies: { '1': 'Thanks', '2': 'Bye' },
				},
			});
		result.item(1).cameOutOf(NOT_CALLED).is({ notCalledBecause: 'doNotCall', wouldCall: false });
		service.heardNothing();
	});

	it('makes up no key that is not on a phone', async () => {
		const calling = callAndWait(phone(), { ...dry, keys, madeUpKey: '12' });
		(await run(calling)).failed(/Made-Up Key "12" is not on a phone/);
	});

	it('of manual runs alone lets an active workflow call', async () => {
		const ann = phone();
		const calling = makeCall(ann, { testMode: 'manualDryRun' });
		(await run(calling)).item(0).is({ outcome: 'notCalled', notCalledBecause: 'dryRun' });
		service.heardNothing();
		ann.answers().hangsUp();
		(await run(calling, { mode: 'webhook' })).item(0).is({ CallId: ann.callId });
	});

	it('leaves the journal and n8n’s store as they were', async () => {
		const ann = phone();
		const calling = { oncePer: 'lead 77', maxCalls: 1 };
		(await run(makeCall(ann, { ...dry, ...calling }))).item(0).is({ wouldCall: true });
		(await run(makeCall(ann, { ...dry, ...calling }))).item(0).is({ wouldCall: true });
		ann.answers().hangsUp();
		(await run(makeCall(ann, calling))).item(0).is({ CallId: ann.callId });
		(await run(makeCall(ann, { ...dry, ...calling })))
			.item(0)
			.is({ notCalledBecause: 'calledBefore' });
		ann.rang(1);
	});

	it('counts over the passes of a loop', async () => {
		const people = Array.from({ length: 10 }, () => phone());
		for (const each of people) each.answers().hangsUp();
		const calling = { maxCalls: 5, oncePer: '={{ $json.phone.slice(-1) % 8 }}' };
		const verdicts = async (more: object) => {
			const step = makeCall(people, { ...calling, ...more });
			const execution = await bed.engine.run(
				linear(
					manualTrigger(),
					items(people.map(({ number }) => ({ phone: number }))),
					loopOverItems([step], { batchSize: 3 }),
				),
			);
			return execution
				.runs('Make Call')
				.flatMap(({ data }) => data?.main[0] ?? [])
				.map(({ json }) => (json.wouldCall || json.CallId ? 'called' : json.notCalledBecause));
		};
		const said = await verdicts(dry);
		expect(said.filter((each) => each === 'called')).toHaveLength(5);
		expect(await verdicts({})).toEqual(said);
		for (const each of people) each.rang(each.ringCount);
	});

	it('says the same when it is tried again', async () => {
		const [ann, bob] = [phone(), phone()];
		const settings = { retryOnFail: true, maxTries: 3 };
		const calling = { maxCalls: 1, onSameCall: 'refuse', settings };
		const result = await run(makeCall([ann, bob, ann], { ...dry, ...calling }));
		result.failed('The same call comes before in this execution, item 2');
		const more = {
			...calling,
			settings: { ...settings, onError: 'continueRegularOutput' as const },
		};
		const continued = await run(makeCall([ann, bob, ann], { ...dry, ...more }));
		continued.item(0).is({ wouldCall: true });
		continued.item(1).is({ notCalledBecause: 'limitReached' });
		continued.item(2).failed(/The same call comes before/);
		service.heardNothing();
	});

	it('lets the first of two equal calls answer for the second, where the run would', async () => {
		const [ann, bob] = [phone(), phone()];
		const calling = { ...dry, keys, onSameCall: 'returnFirst' };
		const result = await run(callAndWait([ann, bob, ann], calling));
		for (const index of [0, 1]) result.item(index).is({ wouldCall: true, pressedKey: '2' });
		result.item(2).is({ wouldCall: false, pressedKey: '2', notCalledBecause: 'dryRun' });
		expect(result.hints.join()).toContain('2 of 3 items would be called');
		expect(result.hints.join()).toContain('1 would not: 1 the same call again');
		service.heardNothing();
	});

	it('tells what the run then does, item by item', async () => {
		const people = Array.from({ length: 12 }, () => phone());
		for (const each of people) each.answers().hangsUp();
		const calling = {
			maxCalls: 4,
			oncePer: '={{ $json.phone.slice(-1) % 6 }}',
			doNotCall: people
				.slice(0, 3)
				.map(({ number }) => number)
				.join('\n'),
			callsAtOnce: 1,
			callsPerSecond: 0,
		};
		const rehearsed = await run(makeCall(people, { ...calling, ...dry }));
		const really = await run(makeCall(people, calling));
		expect(
			rehearsed.items.map(({ wouldCall, notCalledBecause }) =>
				wouldCall ? 'called' : notCalledBecause,
			),
		).toEqual(really.items.map(({ notCalledBecause }) => notCalledBecause ?? 'called'));
		for (const each of people) each.rang(each.ringCount);
	});
});

describe('Test Mode', () => {
	it('refuses a manual run without a Test Number', async () => {
		(await run(makeCall(phone(), { testMode: 'testNumber' }))).failed(/Test Number is empty/);
		(await run(callUntilAccepted([phone()], { testMode: 'testNumber' }))).failed(/Test Number/);
		service.heardNothing();
	});

	it.each([' ', '\t\n', '\u00A0', '425 555 0100', 'undefined', '={{ $vars.myPhone }}'])(
		'refuses a manual run with the Test Number %j',
		async (testNumber) => {
			(await run(makeCall(phone(), { testMode: 'testNumber', testNumber }))).failed(/Test Number/);
			service.heardNothing();
		},
	);

	it.each(['testNumber', 'manualDryRun'] as const)(
		'%s calls nobody where n8n does not tell who started the execution',
		async (testMode) => {
			const [customer, own] = [phone(), phone()];
			const step = makeCall(customer, { testMode, testNumber: own });
			(await run(step, { mode: 'integrated' })).failed(/Test Mode cannot tell whether a person/);
			service.heardNothing();
		},
	);

	it('dryRun calls nobody in any mode', async () => {
		const step = makeCall(phone(), { testMode: 'dryRun' });
		for (const mode of ['manual', 'trigger', 'webhook', 'evaluation', 'integrated'] as const) {
			(await run(step, { mode })).item(0).is({ notCalledBecause: 'dryRun', wouldCall: true });
		}
		service.heardNothing();
	});

	it.each(['manual', 'evaluation'] as const)('rings the Test Number in mode %s', async (mode) => {
		const [customer, own] = [phone(), phone()];
		own.answers().hangsUp();
		const running = start(makeCall(customer, { testNumber: own }), { mode } as object);
		(await running).item(0).is({ calledNumber: own.number });
		customer.rang(0);
		own.rang(1);
	});
});
