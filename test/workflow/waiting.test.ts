import { callAndWait, makeCall, waitForResponse, type Calling } from '../support/calls';
import { phone, service, type Phone, type Plan } from '../support/phone';
import { run, start } from '../support/run';
import { minutes, seconds, time } from '../support/time';

const keys = [
	{ key: '1', label: 'Confirm', reply: 'Thank you' },
	{ key: '2', label: '', reply: 'Goodbye' },
];
const wait = (who: Phone | Phone[], calling: Calling = {}) =>
	callAndWait(who, { keys, callsPerSecond: 0, ...calling });
const goesOn = { settings: { onError: 'continueRegularOutput' } } as const;

/** Phones whose people press these keys at once. */
const pressing = (...pressed: string[]) =>
	pressed.map((each) => {
		const made = phone();
		made.answers().presses(each);
		return made;
	});
/** Phones that are never answered. */
const silent = (count: number) =>
	Array.from({ length: count }, () => {
		const made = phone();
		made.isOff();
		return made;
	});

describe('Make Call and Wait for Response', () => {
	it('gives out the API’s fields, the pressed key and its label', async () => {
		const [ann, bob] = pressing('1', '2');
		const result = await run(wait([ann, bob]));
		expect(result.item(0).json).toEqual({
			outcome: 'keyPressed',
			pressedKey: '1',
			pressedLabel: 'Confirm',
			calledNumber: ann.number,
			notCalledBecause: null,
			...ann.status(),
			calledAt: new Date(ann.call.acceptedAt).toISOString(),
		});
		result.item(1).is({ pressedKey: '2', pressedLabel: 'Goodbye' });
		expect(ann.call.dtmf).toEqual({ '1': 'Thank you', '2': 'Goodbye' });
	});

	const date = (milliseconds: number) => `/Date(${milliseconds})/`;
	it.each<[string, (plan: Plan) => Plan, object]>([
		[
			'presses a key that was not offered',
			(plan) => plan.presses('3'),
			{ outcome: 'otherKey', pressedKey: '3', pressedLabel: null },
		],
		[
			'presses nothing, recorded as an empty text',
			(plan) => plan.recordedAs({ Dtmf: '' }),
			{ outcome: 'noKey', pressedKey: null, Dtmf: '' },
		],
		[
			'presses two keys',
			(plan) => plan.presses('12'),
			{ outcome: 'keyPressed', pressedKey: '1', Dtmf: '12' },
		],
		[
			'hangs up, with a status that is a text',
			(plan) => plan.recordedAs({ Status: '2' }),
			{ outcome: 'noKey', Status: '2' },
		],
		['hangs up', (plan) => plan.hangsUp(), { outcome: 'noKey', pressedKey: null }],
		[
			'hangs up, recorded as null',
			(plan) => plan.recordedAs({ Dtmf: null }),
			{ outcome: 'noKey', Dtmf: null },
		],
		[
			'presses a key that is recorded as a number',
			(plan) => plan.presses('1').recordedAs({ Dtmf: 1 }),
			{ outcome: 'keyPressed', pressedKey: '1', Dtmf: 1 },
		],
		[
			'presses a key on a date of another form',
			(plan) => plan.presses('1').recordedAs({}, date),
			{ outcome: 'keyPressed', CreatedDateUtc: expect.stringMatching(/^\/Date/) as string },
		],
	])('understands a person who %s', async (_, does, expected) => {
		const ann = phone();
		does(ann.answers());
		(await run(wait(ann))).item(0).is(expected);
	});

	it.each<[string, (ann: Phone) => void, unknown]>([
		['is never over', (ann) => ann.isOff(), 1],
		['has an unknown status', (ann) => ann.answers().recordedAs({ Status: 7 }), 7],
		['has the status null', (ann) => ann.answers().recordedAs({ Status: null }), null],
		['has no status', (ann) => ann.answers().recordedAs({ Status: undefined }), undefined],
	])('gives no meaning to a call that %s, and times out', async (_, does, status) => {
		const ann = phone();
		does(ann);
		const result = await run(wait(ann, { waitAtMost: seconds(30) }));
		result.item(0).is({ outcome: 'timedOut', pressedKey: null, CallId: ann.callId });
		expect(result.item(0).json.Status).toBe(status ?? null);
		expect(time.now() - ann.call.acceptedAt).toBe(seconds(30));
		// After two seconds, then every five, and at the end.
		expect(service.heard('checks')).toBe(7);
	});

	it('takes the status codes that the user calls finished', async () => {
		const ann = phone();
		ann.answers().recordedAs({ Status: 7 });
		const result = await run(wait(ann, { finishedStatusCodes: '2, 7' }));
		result.item(0).is({ outcome: 'noKey', Status: 7 });
	});

	it('throws on time-out if the user wants that, with the call ID in the message', async () => {
		const [ann] = silent(1);
		const result = await run(wait(ann, { waitAtMost: minutes(2), onTimeOut: 'throwError' }));
		result.failed(new RegExp(`still open after 2 minutes, CallId ${ann.callId}`));
	});

	it('watches all calls together: none has to end before the next one is asked for', async () => {
		const phones = Array.from({ length: 40 }, () => phone());
		const running = start(wait(phones, { checksPerSecond: 0, checksAtOnce: 1 }));
		const rings = [];
		for (const each of phones) rings.push(await each.rings());
		await time.passes(seconds(5));
		for (const each of phones) expect(service.heard('checks', each)).toBeGreaterThan(0);
		for (const ring of rings) ring.presses('1');
		expect((await running).items.map(({ pressedKey }) => pressedKey)).toEqual(Array(40).fill('1'));
	});

	it('asks no more often in a second than the option says, all calls together', async () => {
		await run(wait(silent(20), { checksPerSecond: 5, waitAtMost: seconds(20) }));
		const times = service.heardAt('checks');
		expect(times.length).toBeGreaterThan(50);
		for (const [index, at] of times.entries()) {
			expect(times[index + 5] ?? Infinity).toBeGreaterThanOrEqual(at + 999);
		}
	});

	it('is not disturbed by faults that pass by', async () => {
		const [ann] = pressing('1');
		for (const fault of [
			{ kind: 'status', statusCode: 503 },
			{ kind: 'cut', when: 'beforeProcessing' },
			{ kind: 'malformedBody' },
			{ kind: 'status', statusCode: 429, retryAfter: 0 },
		] as const) {
			service.fails(fault, { kind: 'checks' });
		}
		const result = await run(wait(ann));
		result.item(0).is({ pressedKey: '1' });
		expect(result.item(0).json).not.toHaveProperty('lastCheckFailed');
		expect(service.heard('checks')).toBe(5);
	});

	it('says that the last check failed when the wait ends on a fault', async () => {
		const [ann] = pressing('1');
		service.fails({ kind: 'status', statusCode: 503 }, { kind: 'checks', times: Infinity });
		(await run(wait(ann))).item(0).is({
			CallId: ann.callId,
			outcome: 'timedOut',
			lastCheckFailed: 'Voice2Phone answered with 503',
		});
	});

	it('ends an item on a fault that lasts, with its call ID, and goes on with the others', async () => {
		const [ann, bob] = pressing('1', '2');
		service.fails({ kind: 'status', statusCode: 404 }, { kind: 'checks', whose: ann });
		const result = await run(wait([ann, bob], goesOn));
		result.item(0).failed(new RegExp(`\\(404\\), CallId ${ann.callId}`));
		result.item(1).is({ pressedKey: '2' });
	});

	it('stops waiting for all when one fails for good, and names the call IDs', async () => {
		const [ann] = pressing('1');
		const [bob] = silent(1);
		service.fails({ kind: 'status', statusCode: 404 }, { kind: 'checks', whose: ann });
		const began = time.now();
		const result = await run(wait([ann, bob]));
		result.failed(
			new RegExp(`\\(404\\), CallId ${ann.callId}`),
			new RegExp(`item 1: ${bob.callId}`),
		);
		expect(time.now() - began).toBeLessThan(seconds(5));
	});

	it('slows all checks down when one is answered with 429', async () => {
		service.fails(
			{ kind: 'status', statusCode: 429, retryAfter: 20 },
			{ kind: 'checks', after: 9 },
		);
		await run(wait(silent(5), { checksAtOnce: 1, checksPerSecond: 0, waitAtMost: minutes(1) }));
		const times = service.heardAt('checks');
		expect(times[9] - times[8]).toBeLessThan(seconds(5));
		expect(times[10] - times[9]).toBeGreaterThanOrEqual(seconds(20));
	});

	it('calls the Test Number in a manual run, and says so', async () => {
		const [ann] = pressing('1');
		const bob = phone();
		(await run(wait(bob, { testNumber: ann }))).item(0).is({
			pressedKey: '1',
			calledNumber: ann.number,
		});
		bob.rang(0);
	});

	it('goes on waiting for the calls that exist when Retry On Fail runs it again', async () => {
		const [ann, bob] = pressing('1', '2');
		service.fails({ kind: 'status', statusCode: 401 }, { kind: 'checks' });
		const result = await run(wait([ann, bob], { settings: { retryOnFail: true, maxTries: 2 } }));
		result.item(0).is({ pressedKey: '1' });
		result.item(1).is({ pressedKey: '2' });
		ann.rang(1);
		bob.rang(1);
	});

	it('ends at once when the execution is cancelled, and asks no more', async () => {
		const running = start(wait(silent(60)));
		await service.hears('checks', 20);
		const stopped = time.now();
		running.stop();
		await running;
		expect(time.now()).toBe(stopped);
		// What was on its way at that moment may still arrive.
		await time.quiet();
		const asked = service.heard('checks');
		await time.passes(minutes(1));
		expect(service.heard('checks')).toBe(asked);
	});

	it('ends with the workflow’s time-out', async () => {
		const { execution } = await run(wait(silent(1)), { executionTimeout: seconds(30) });
		expect(execution.status).toBe('canceled');
	});

	it.each<[Calling, RegExp]>([
		[{ waitAtMost: 0 }, /Wait Limit must be more than 0/],
		[{ waitAtMost: '1e400' }, /Wait Limit must be more than 0/],
		[{ waitAtMost: -1 }, /Wait Limit must be more than 0/],
		[{ checkEvery: 'often' }, /Check Every must be more than 0/],
		[{ finishedStatusCodes: 'done' }, /Finished Statuses "done" must be whole numbers/],
	])('refuses %o before anybody is called', async (wrong, message) => {
		(await run(wait(phone(), wrong))).failed(message);
		service.heardNothing();
	});
});

describe('Wait for Response', () => {
	const waiting = (splitByKey = false) =>
		waitForResponse({ keys: [{ key: '2', label: 'Cancel' }], splitByKey });

	it('waits for a call that was placed before, and never dials', async () => {
		const [ann] = pressing('2');
		(await run([makeCall(ann), waiting()])).item(0).is({
			CallId: ann.callId,
			outcome: 'keyPressed',
			pressedKey: '2',
			pressedLabel: 'Cancel',
		});
		ann.rang(1);
	});

	it('names the call IDs that it waited for when one fails', async () => {
		const [ann, bob] = silent(2);
		service.fails({ kind: 'status', statusCode: 404 }, { kind: 'checks' });
		const { error } = (await run([makeCall([ann, bob]), waiting()])).execution;
		for (const { callId } of [ann, bob]) {
			expect(`${error?.message} ${error?.description}`).toContain(callId);
		}
	});

	it('splits by its own keys', async () => {
		const result = await run([makeCall(pressing('2', '1')), waiting(true)]);
		// No Key (also another key), Timed Out, Not Called, 2 Cancel
		result.item(0).cameOutOf(3);
		result.item(1).cameOutOf(0);
		expect(result.outputCount).toBe(4);
		expect(result.items).toHaveLength(2);
	});
});

describe('Split by Key', () => {
	const [NO_KEY, TIMED_OUT, , CONFIRM, KEY_2, ERROR] = [0, 1, 2, 3, 4, 5];

	it('sends each item to the output of its key', async () => {
		const noKey = phone();
		noKey.answers().hangsUp();
		const phones = [noKey, ...pressing('1', '2', '3'), ...silent(1)];
		const result = await run(wait(phones, { splitByKey: true }));
		[NO_KEY, CONFIRM, KEY_2, NO_KEY, TIMED_OUT].forEach((output, item) => {
			result.item(item).cameOutOf(output);
		});
		expect(result.items).toHaveLength(5);
	});

	it('sends no error to a key: it goes to the error output', async () => {
		const [ann, bob] = pressing('1', '1');
		service.refuses(bob, 402);
		const calling = { splitByKey: true, settings: { onError: 'continueErrorOutput' } } as const;
		const result = await run(callAndWait([ann, bob, 'wrong'], { keys, ...calling }));
		result.item(0).cameOutOf(CONFIRM);
		result
			.item(1)
			.cameOutOf(ERROR)
			.failed(/\(402\)/);
		result
			.item(2)
			.cameOutOf(ERROR)
			.failed(/Phone Number/);
		expect(result.items).toHaveLength(3);
	});

	it('sends an error to No Key in the mode "continue", linked to its item', async () => {
		const [ann, bob] = pressing('1', '1');
		service.refuses(bob, 402);
		const result = await run(wait([ann, bob], { splitByKey: true, ...goesOn }));
		result.item(0).cameOutOf(CONFIRM);
		result
			.item(1)
			.cameOutOf(NO_KEY)
			.failed(/\(402\)/);
		expect(result.items).toHaveLength(2);
	});

	it('is off by default: one output', async () => {
		expect((await run(wait(pressing('1')))).outputCount).toBe(1);
	});
});
