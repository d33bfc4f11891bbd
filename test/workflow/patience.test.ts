import { callAndWait, makeCall, getStatus } from '../support/calls';
import { phone, service } from '../support/phone';
import { run, start } from '../support/run';
import { hours, minutes, seconds, time } from '../support/time';

/* The times that a user sets are laws, whatever the service asks for. */

const busy = (retryAfter?: number | string) => ({
	kind: 'status' as const,
	statusCode: 429,
	retryAfter,
});
const eightPhones = () => Array.from({ length: 8 }, phone);
const goesOn = { settings: { onError: 'continueRegularOutput' as const } };

describe('A service that is busy for longer than Retry For', () => {
	it.each([79_000, 9_999_999_999, '9'.repeat(50)])(
		'lets all items fail soon, with the same words: Retry-After %s',
		async (retryAfter) => {
			const phones = eightPhones();
			service.fails(busy(retryAfter), { kind: 'calls' });
			const began = time.now();
			const result = await run(makeCall(phones, { ...goesOn, callsAtOnce: 1 }));
			expect(time.now() - began).toBeLessThan(minutes(1));
			const seconds = Math.min(Number(retryAfter), 2 ** 31);
			phones.forEach((each, index) => {
				result.item(index).failed(/^Voice2Phone received too many requests \(429\), item \d$/);
				each.rang(0);
			});
			expect(service.heard('calls')).toBe(1);
			const errors = result.execution.runs('Make Call')[0].data?.main[0]?.map(({ error }) => error);
			for (const error of errors ?? []) {
				expect(error?.description).toContain(`asks to wait ${seconds} seconds`);
				expect(error?.description).toContain('Nobody was called.');
			}
			await time.passes(hours(24));
			for (const each of phones) each.rang(0);
		},
	);

	it('lets all items fail when it stays busy, and calls nobody hours later', async () => {
		const phones = eightPhones();
		service.fails(busy(50), { kind: 'calls', times: Infinity });
		const began = time.now();
		await run(makeCall(phones, { ...goesOn, callsAtOnce: 1 }));
		expect(time.now() - began).toBeLessThan(minutes(2));
		expect(service.heard('calls')).toBeLessThanOrEqual(3);
		for (const each of phones) each.rang(0);
	});

	it('stops a status from being read', async () => {
		const ann = phone();
		ann.answers().presses('1');
		service.fails(busy(79_000), { kind: 'checks' });
		const began = time.now();
		(await run([makeCall(ann), getStatus()])).failed(/too many requests \(429\), CallId/);
		expect(time.now() - began).toBeLessThan(minutes(1));
		ann.rang(1);
	});
});

describe('A service that is busy for a moment', () => {
	it.each([
		['1.5', 2],
		['0.2', 1],
		['7', 7],
	])('is asked again when it said: Retry-After %s', async (retryAfter, expected) => {
		const [ann, bob] = [phone(), phone()];
		for (const each of [ann, bob]) each.answers().presses('1');
		service.fails(busy(retryAfter), { kind: 'calls' });
		await run(makeCall([ann, bob], { callsAtOnce: 1 }));
		const [first, second] = service.heardAt('calls');
		expect(second - first).toBeGreaterThanOrEqual(seconds(expected));
		expect(second - first).toBeLessThan(seconds(expected) + 500);
		ann.rang(1);
		bob.rang(1);
	});

	it.each([0, 'Sun, 06 Nov 1994 08:49:37 GMT'])(
		'is asked again as long as without the header, though it says "at once": %s',
		async (retryAfter) => {
			const ann = phone();
			service.fails(busy(retryAfter), { kind: 'calls', times: Infinity });
			const began = time.now();
			(await run(makeCall(ann))).failed(/too many requests/);
			expect(time.now() - began).toBeGreaterThan(seconds(14));
			expect(time.now() - began).toBeLessThan(minutes(1));
			ann.rang(0);
		},
	);

	it.each(['-1', '+5', '"5"', 'soon'])(
		'is asked again after a second or less when it said no time: %s',
		async (retryAfter) => {
			const ann = phone();
			ann.answers().presses('1');
			service.fails(busy(retryAfter), { kind: 'calls' });
			await run(makeCall(ann));
			const [first, second] = service.heardAt('calls');
			expect(second - first).toBeGreaterThanOrEqual(500);
			expect(second - first).toBeLessThanOrEqual(1000);
			ann.rang(1);
		},
	);
});

describe('A wait', () => {
	it.each([
		[minutes(5), 3_600],
		[minutes(0.2), 300],
		[minutes(5), 9_999_999_999],
	])('of %i ms ends when the user said, though a check is to come after %i s', async (...given) => {
		const [waitAtMost, retryAfter] = given;
		const ann = phone();
		ann.isOff();
		service.fails(busy(retryAfter), { kind: 'checks' });
		const began = time.now();
		const result = await run(callAndWait(ann, { waitAtMost }));
		result.item(0).is({ outcome: 'timedOut', lastCheckFailed: 'Voice2Phone answered with 429' });
		expect(time.now() - began).toBe(waitAtMost);
		expect(service.heard('checks')).toBe(1);
	});

	it('goes on when the service is ready again', async () => {
		const ann = phone();
		ann.answers().presses('1');
		service.fails(busy(60), { kind: 'checks' });
		const result = await run(callAndWait(ann));
		result.item(0).is({ outcome: 'keyPressed' });
		const [first, second] = service.heardAt('checks');
		expect(second - first).toBeGreaterThanOrEqual(minutes(1));
	});

	it.each([408, 421, 425])('goes on when a check is answered with %i', async (statusCode) => {
		const ann = phone();
		ann.answers().presses('1');
		service.fails({ kind: 'status', statusCode }, { kind: 'checks' });
		(await run(callAndWait(ann))).item(0).is({ outcome: 'keyPressed' });
		expect(service.heard('checks')).toBe(2);
	});

	it('is handed to n8n when the user said, though the service is busy', async () => {
		const ann = phone();
		service.fails(busy(86_400), { kind: 'checks' });
		const began = time.now();
		const waiting = { surviveRestarts: true, handOverAfter: seconds(20), waitAtMost: minutes(10) };
		const running = start(callAndWait(ann, waiting), { mode: 'webhook' });
		const ring = await ann.rings();
		await running.suspends();
		expect(time.now() - began).toBe(seconds(20));
		ring.presses('1');
		(await running).item(0).is({ outcome: 'keyPressed' });
	});

	it('has its last look shortly before its end', async () => {
		const ann = phone();
		ann.answers().after(seconds(297)).presses('1');
		const result = await run(callAndWait(ann, { waitAtMost: minutes(5) }));
		result.item(0).is({ outcome: 'keyPressed' });
	});

	it('waits for a turn among many calls no longer than the user said', async () => {
		const phones = Array.from({ length: 20 }, phone);
		for (const each of phones) each.isOff();
		const began = time.now();
		const result = await run(
			callAndWait(phones, {
				callsPerSecond: 0,
				checksPerSecond: 0.1,
				waitAtMost: minutes(1),
			}),
		);
		expect(time.now() - began).toBe(minutes(1));
		phones.forEach((_, index) => result.item(index).is({ outcome: 'timedOut' }));
	});
});

describe('A call that is over without a key', () => {
	it('has the key that is written two seconds later', async () => {
		const ann = phone();
		ann.answers().presses('1').isWrittenAfter(seconds(3.9));
		const result = await run(callAndWait(ann, { keys: [{ key: '1', reply: 'Thanks' }] }));
		result.item(0).is({ outcome: 'keyPressed', pressedKey: '1' });
		expect(service.heard('checks')).toBe(2);
	});

	it('has the key that is written shortly before the wait ends', async () => {
		const ann = phone();
		ann.answers().after(seconds(57)).presses('1').isWrittenAfter(seconds(2.4));
		const began = time.now();
		const result = await run(callAndWait(ann, { waitAtMost: minutes(1) }));
		result.item(0).is({ outcome: 'keyPressed', pressedKey: '1' });
		expect(time.now() - began).toBeLessThan(minutes(1));
	});

	it('has none when there is none a moment later', async () => {
		const ann = phone();
		ann.answers().hangsUp();
		const began = time.now();
		(await run(callAndWait(ann))).item(0).is({ outcome: 'noKey', pressedKey: null });
		expect(time.now() - began).toBe(seconds(5));
		expect(service.heard('checks')).toBe(2);
	});

	it.each(['timeout', 'hangup', 'none', '-1', -1, 'timeout after 10 s'])(
		'has none when it says %p',
		async (Dtmf) => {
			const ann = phone();
			ann.answers().recordedAs({ Dtmf });
			const result = await run(callAndWait(ann, { keys: [{ key: '1', reply: 'Thanks' }] }));
			result.item(0).is({ outcome: 'noKey', pressedKey: null, Dtmf });
		},
	);

	it('is looked at once more in a wait that n8n keeps', async () => {
		const ann = phone();
		const waiting = { surviveRestarts: true, waitAtMost: minutes(30) };
		const running = start(callAndWait(ann, waiting), { mode: 'webhook' });
		const ring = await ann.rings();
		await running.suspends();
		const asked = service.heard('checks');
		ring.hangsUp();
		(await running).item(0).is({ outcome: 'noKey' });
		expect(service.heard('checks') - asked).toBe(2);
	});
});
