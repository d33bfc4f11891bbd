import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callAndWait, callUntilAccepted, makeCall } from '../support/calls';
import { forgetPhones, phone, service, strayRings } from '../support/phone';
import { run, start } from '../support/run';
import { minutes, seconds, time } from '../support/time';

/* The words that tests of workflows are written in: a word that never fails would prove nothing. */

const keys = [
	{ key: '1', label: 'Yes', reply: 'Thank you' },
	{ key: '2', label: 'No', reply: 'Goodbye' },
];

describe('a phone that the test says something of', () => {
	it('is answered as planned, in the time of its person', async () => {
		const [ann, bob, cy, dee] = [phone(), phone(), phone(), phone()];
		ann.answers().presses('2');
		bob.answers().hangsUp();
		cy.answers().after(minutes(2)).presses('1');
		dee.isOff();
		const began = time.now();
		const result = await run(callAndWait([ann, bob, cy, dee], { keys, waitAtMost: minutes(3) }));
		result.item(0).is({ outcome: 'keyPressed', pressedLabel: 'No' });
		result.item(1).is({ outcome: 'noKey', pressedKey: null });
		result.item(2).is({ outcome: 'keyPressed', pressedKey: '1' });
		result.item(3).is({ outcome: 'timedOut' });
		expect(time.now() - began).toBeGreaterThanOrEqual(minutes(3));
		for (const each of [ann, bob, cy, dee]) each.rang(1);
	});

	it('is told from one that rang more often', async () => {
		const ann = phone();
		ann.answers().presses('1');
		await run(makeCall([ann, ann]));
		expect(() => ann.rang(1)).toThrow();
		expect(strayRings()).toEqual([`${ann.number} was called: "Hello"`]);
		ann.rang(2);
		expect(strayRings()).toEqual([]);
	});
});

describe('a live phone', () => {
	it('stays open until the test acts, and time stands still', async () => {
		const ann = phone();
		const running = start(callAndWait(ann, { keys, message: 'Alarm. Press 1 or 2.' }));
		const ring = await ann.rings();
		const began = time.now();
		await time.quiet();
		expect(time.now()).toBe(began);
		await time.passes(minutes(1));
		expect(time.now()).toBe(began + minutes(1));
		expect(service.heard('checks')).toBeGreaterThan(5);
		ring.hears('ALARM', 'press 1').presses('1');
		(await running).item(0).is({ outcome: 'keyPressed', pressedKey: '1' });
	});

	it('says what it heard', async () => {
		const ann = phone();
		const running = start(callAndWait(ann));
		const ring = await ann.rings();
		expect(() => ring.hears('Hello', 'Fire')).toThrow();
		ring.hangsUp();
		(await running).item(0).is({ outcome: 'noKey' });
	});

	it('lets each of several people act', async () => {
		const [ann, bob] = [phone(), phone()];
		const running = start(callAndWait([ann, bob], { keys }));
		const [first, second] = [await ann.rings(), await bob.rings()];
		second.presses('2');
		await time.passes(seconds(30));
		first.presses('1');
		const result = await running;
		result.item(0).is({ pressedKey: '1' });
		result.item(1).is({ pressedKey: '2' });
	});

	it('is waited for, although another one is open', async () => {
		const [ann, bob] = [phone(), phone()];
		const running = start(callAndWait([ann, bob], { callsAtOnce: 1, callsPerSecond: 0.01 }));
		(await ann.rings()).hears('hello');
		const began = time.now();
		await bob.rings();
		expect(time.now() - began).toBeGreaterThanOrEqual(seconds(90));
		(await running).item(0).is({ outcome: 'timedOut' });
	});

	it('is missed when it stays silent', async () => {
		await expect(phone().rings()).rejects.toThrow('did not ring');
	});
});

describe('a ring that the test did not name', () => {
	it('is found at a phone of the test', async () => {
		const ann = phone();
		await run(makeCall(ann));
		expect(strayRings()).toEqual([`${ann.number} was called: "Hello"`]);
		ann.rang(1);
	});

	it('is found at any other number', async () => {
		await run(makeCall('+1 425 555 0198'));
		expect(strayRings()).toEqual(['+14255550198 was called: "Hello"']);
		forgetPhones();
	});
});

describe('the service', () => {
	it('refuses to call one phone and not another', async () => {
		const [ann, bob] = [phone(), phone()];
		service.refuses(ann, 402, 'No credit left');
		const settings = { onError: 'continueRegularOutput' } as const;
		const result = await run(makeCall([ann, bob], { settings }));
		result.item(0).failed(/\(402\)/);
		result.item(1).is({ CallId: bob.callId });
		ann.rang(0);
		bob.rang(1);
	});

	it('cuts the connection after the phone rang', async () => {
		const ann = phone();
		service.cuts('afterProcessing');
		(await run(makeCall(ann))).failed(/whether the phone rang: connection cut/);
		ann.rang(1);
	});

	it('does not know a call any more', async () => {
		const ann = phone();
		const running = start(callAndWait(ann, { keys }));
		await ann.rings();
		const callId = ann.callId;
		service.forgets(ann);
		await time.passes(seconds(10));
		(await running).failed(new RegExp(`\\(404\\), CallId ${callId}`));
	});

	it('is asked for nothing when nothing is sent', async () => {
		service.heardNothing();
		const ann = phone();
		await run(makeCall(ann));
		expect(() => service.heardNothing()).toThrow();
		ann.rang(1);
	});
});

it('is that of the example in CONTRIBUTING, which runs as it stands there', async () => {
	const text = readFileSync(join(__dirname, '../../CONTRIBUTING.md'), 'utf8');
	const [, example] = /```ts\n(.+?)```/s.exec(text)!;
	const words = { callUntilAccepted, phone, start };
	const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as FunctionConstructor;
	await AsyncFunction(...Object.keys(words), example)(...Object.values(words));
	expect(strayRings()).toEqual([]);
});
