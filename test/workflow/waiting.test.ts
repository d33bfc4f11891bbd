import { useEngine } from '../support/engine';
import {
	items,
	linear,
	manualTrigger,
	noOp,
	voice2Phone,
	withBranch,
	type NodeSettings,
} from '../support/workflow';

const bed = useEngine();

const dtmf = {
	entries: [
		{ key: '1', label: 'Confirm', message: 'Thank you' },
		{ key: '2', label: '', message: 'Goodbye' },
	],
};
const callAndWait = (parameters = {}, settings: NodeSettings = {}) =>
	voice2Phone(
		{
			operation: 'callAndWait',
			countryCode: 'US',
			phoneNumber: '={{ $json.phone }}',
			message: 'Hello',
			dtmf,
			options: { callsAtOnce: 20, callsPerSecond: 0, checkEvery: 0.1 },
			...parameters,
		},
		settings,
	);
const options = (changes: object) => ({
	options: { callsAtOnce: 20, callsPerSecond: 0, checkEvery: 0.1, ...changes },
});
const phones = (...numbers: string[]) => items(numbers.map((phone) => ({ phone })));
const requests = (method: string) =>
	bed.simulator.requests.filter((request) => request.method === method);
const pause = async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms));

describe('Make Call and Wait for Response', () => {
	it('gives out the API’s fields, the pressed key and its label', async () => {
		const result = await bed.engine.run(
			linear(manualTrigger(), phones('425 555 0101', '425 555 0102'), callAndWait()),
		);
		const [first, second] = result.output('Voice2Phone');
		const [call] = bed.simulator.acceptedCalls('+14255550101');
		expect(first.json).toEqual({
			outcome: 'keyPressed',
			pressedKey: '1',
			pressedLabel: 'Confirm',
			calledNumber: '+14255550101',
			notCalledBecause: null,
			...call.status(),
			calledAt: expect.any(String) as string,
		});
		expect(second.json).toMatchObject({ pressedKey: '2', pressedLabel: 'Goodbye' });
		expect(second.pairedItem).toEqual({ item: 1 });
		expect(call.dtmf).toEqual({ '1': 'Thank you', '2': 'Goodbye' });
	});

	it.each([
		['0103', { outcome: 'otherKey', pressedKey: '3', pressedLabel: null }],
		['0110', { outcome: 'noKey', pressedKey: null, Dtmf: '' }],
		['0112', { outcome: 'keyPressed', pressedKey: '1', Dtmf: '12' }],
		['0161', { outcome: 'noKey', Status: '2' }],
		['0170', { outcome: 'noKey', pressedKey: null }],
		['0171', { outcome: 'noKey', Dtmf: null }],
		['0172', { outcome: 'keyPressed', pressedKey: '1', Dtmf: 1 }],
		['0180', { outcome: 'keyPressed', CreatedDateUtc: expect.stringMatching(/^\/Date/) as string }],
	])('understands the person at 425 555 %s', async (number, expected) => {
		const result = await bed.engine.run(
			linear(manualTrigger(), phones(`425 555 ${number}`), callAndWait()),
		);
		expect(result.output('Voice2Phone')[0].json).toMatchObject(expected);
	});

	it.each([
		['0120', 1],
		['0160', 7],
		['0162', null],
		['0163', undefined],
	])('gives no meaning to what 425 555 %s says, and times out', async (number, status) => {
		const result = await bed.engine.run(
			linear(
				manualTrigger(),
				phones(`425 555 ${number}`),
				callAndWait(options({ waitAtMost: 0.01 })),
			),
		);
		const [{ json }] = result.output('Voice2Phone');
		expect(json).toMatchObject({ outcome: 'timedOut', pressedKey: null });
		// One every tenth of a second, and one at the end.
		expect(requests('GET').length).toBeLessThanOrEqual(7);
		expect(json.Status).toBe(status ?? null);
		expect(json.CallId).toBe(bed.simulator.acceptedCalls()[0].callId);
	});

	it('takes the status codes that the user calls finished', async () => {
		const result = await bed.engine.run(
			linear(
				manualTrigger(),
				phones('425 555 0160'),
				callAndWait(options({ finishedStatusCodes: '2, 7' })),
			),
		);
		expect(result.output('Voice2Phone')[0].json).toMatchObject({ outcome: 'noKey', Status: 7 });
	});

	it('throws on time-out if the user wants that, with the call ID in the message', async () => {
		const result = await bed.engine.run(
			linear(
				manualTrigger(),
				phones('425 555 0120'),
				callAndWait(options({ waitAtMost: 0.01, onTimeOut: 'throwError' })),
			),
		);
		const [{ callId }] = bed.simulator.acceptedCalls();
		expect(result.error?.message).toContain(`still open after 0.01 minutes, CallId ${callId}`);
	});

	it('watches all calls together: none has to end before the next one is asked for', async () => {
		const running = bed.engine.start(
			linear(
				manualTrigger(),
				phones(...Array<string>(40).fill('425 555 0299')),
				callAndWait(options({ checksPerSecond: 0, checksAtOnce: 1 })),
			),
		);
		const asked = () => new Set(requests('GET').map(({ path }) => path));
		while (asked().size < 40) await pause(20);
		bed.simulator.clock.advance(99_000);
		const result = await running.finished;
		expect(result.output('Voice2Phone').map(({ json }) => json.pressedKey)).toEqual(
			Array(40).fill('1'),
		);
	});

	it('asks no more often in a second than the option says, all calls together', async () => {
		const running = bed.engine.start(
			linear(
				manualTrigger(),
				phones(...Array<string>(20).fill('425 555 0120')),
				callAndWait(options({ checksPerSecond: 5, waitAtMost: 1 })),
			),
		);
		await pause(4000);
		running.cancel();
		await running.finished;
		const times = requests('GET').map(({ receivedAt }) => receivedAt);
		const seconds = (times[times.length - 1] - times[0]) / 1000;
		expect(times.length).toBeGreaterThan(5);
		// On a busy machine requests that left in time may arrive together: the sum tells.
		expect(times.length).toBeLessThanOrEqual(5 * seconds + 10);
	});

	it('is not disturbed by faults that pass by', async () => {
		for (const fault of [
			{ kind: 'status', statusCode: 503 },
			{ kind: 'cut', when: 'beforeProcessing' },
			{ kind: 'malformedBody' },
			{ kind: 'status', statusCode: 429, retryAfter: 0 },
		] as const) {
			bed.simulator.faults.next(fault, { match: 'GET' });
		}
		const result = await bed.engine.run(
			linear(manualTrigger(), phones('425 555 0101'), callAndWait()),
		);
		expect(result.output('Voice2Phone')[0].json).toMatchObject({ pressedKey: '1' });
		expect(result.output('Voice2Phone')[0].json).not.toHaveProperty('lastCheckFailed');
		expect(requests('GET')).toHaveLength(5);
	});

	it('says that the last check failed when the wait ends on a fault', async () => {
		bed.simulator.faults.next(
			{ kind: 'status', statusCode: 503 },
			{ match: 'GET', count: Infinity },
		);
		const result = await bed.engine.run(
			linear(manualTrigger(), phones('425 555 0101'), callAndWait(options({ waitAtMost: 0.01 }))),
		);
		expect(result.output('Voice2Phone')[0].json).toMatchObject({
			CallId: bed.simulator.acceptedCalls()[0].callId,
			outcome: 'timedOut',
			lastCheckFailed: 'Voice2Phone answered with 503',
		});
	});

	it('ends an item on a fault that lasts, with its call ID, and goes on with the others', async () => {
		bed.simulator.faults.next(
			{ kind: 'status', statusCode: 404 },
			{ match: ({ method, number }) => method === 'GET' && number === '+14255550101' },
		);
		const result = await bed.engine.run(
			linear(
				manualTrigger(),
				phones('425 555 0101', '425 555 0102'),
				callAndWait({}, { onError: 'continueRegularOutput' }),
			),
		);
		const [failed, answered] = result.output('Voice2Phone');
		const [{ callId }] = bed.simulator.acceptedCalls('+14255550101');
		expect(failed.json.error).toContain(`(404), CallId ${callId}`);
		expect(answered.json).toMatchObject({ pressedKey: '2' });
	});

	it('stops waiting for all when one fails for good, and names the call IDs', async () => {
		bed.simulator.faults.next(
			{ kind: 'status', statusCode: 404 },
			{ match: ({ method, number }) => method === 'GET' && number === '+14255550101' },
		);
		const { error } = await bed.engine.run(
			linear(manualTrigger(), phones('425 555 0101', '425 555 0120'), callAndWait()),
		);
		const [first, second] = bed.simulator.acceptedCalls();
		expect(error?.message).toContain(`(404), CallId ${first.callId}`);
		expect(error?.description).toContain(`item 1: ${second.callId}`);
	});

	it('slows all checks down when one is answered with 429', async () => {
		bed.simulator.faults.next(
			{ kind: 'status', statusCode: 429, retryAfter: 2 },
			{ match: ({ method }) => method === 'GET' && requests('GET').length >= 10 },
		);
		const running = bed.engine.start(
			linear(
				manualTrigger(),
				phones(...Array<string>(5).fill('425 555 0120')),
				callAndWait(options({ checksAtOnce: 1 })),
			),
		);
		const refused = () => requests('GET').findIndex(({ statusCode }) => statusCode === 429);
		while (refused() === -1 || requests('GET').length < refused() + 2) await pause(20);
		running.cancel();
		await running.finished;
		const [{ receivedAt }, next] = requests('GET').slice(refused());
		expect(next.receivedAt - receivedAt).toBeGreaterThanOrEqual(1900);
	});

	it('calls the Test Number in a manual run, and says so', async () => {
		const result = await bed.engine.run(
			linear(
				manualTrigger(),
				phones('425 555 0102'),
				callAndWait({ testMode: 'testNumber', testNumber: '+1 425 555 0101' }),
			),
		);
		expect(result.output('Voice2Phone')[0].json).toMatchObject({
			pressedKey: '1',
			calledNumber: '+14255550101',
		});
	});

	it('goes on waiting for the calls that exist when Retry On Fail runs it again', async () => {
		bed.simulator.faults.next({ kind: 'status', statusCode: 401 }, { match: 'GET' });
		const result = await bed.engine.run(
			linear(
				manualTrigger(),
				phones('425 555 0101', '425 555 0102'),
				callAndWait({}, { retryOnFail: true, maxTries: 2 }),
			),
		);
		expect(result.output('Voice2Phone').map(({ json }) => json.pressedKey)).toEqual(['1', '2']);
		expect(requests('POST')).toHaveLength(2);
	});

	it('ends at once when the execution is cancelled, and asks no more', async () => {
		const running = bed.engine.start(
			linear(manualTrigger(), phones(...Array<string>(200).fill('425 555 0120')), callAndWait()),
		);
		while (requests('GET').length < 20) await pause(20);
		const cancelled = Date.now();
		running.cancel();
		await running.finished;
		expect(Date.now() - cancelled).toBeLessThan(1000);
		// What was on its way at that moment may still arrive.
		await pause(200);
		const asked = bed.simulator.requests.length;
		await pause(1000);
		expect(bed.simulator.requests).toHaveLength(asked);
	});

	it('ends with the workflow’s time-out', async () => {
		const { status } = await bed.engine.run(
			linear(manualTrigger(), phones('425 555 0120'), callAndWait()),
			{ executionTimeout: 800 },
		);
		expect(status).toBe('canceled');
	});

	it.each([
		[{ waitAtMost: 0 }, /Wait Limit must be more than 0/],
		[{ checkEvery: 'often' }, /Check Every must be more than 0/],
		[{ finishedStatusCodes: 'done' }, /Finished Status Codes "done" must be whole numbers/],
	])('refuses %o before anybody is called', async (wrong, message) => {
		const { error } = await bed.engine.run(
			linear(manualTrigger(), phones('425 555 0101'), callAndWait(options(wrong))),
		);
		expect(error?.message).toMatch(message);
		expect(bed.simulator.requests).toEqual([]);
	});
});

describe('Wait for Response', () => {
	const wait = (parameters = {}) =>
		voice2Phone(
			{
				operation: 'waitForResponse',
				dtmf: { entries: [{ key: '2', label: 'Cancel' }] },
				options: { checkEvery: 0.1 },
				...parameters,
			},
			{ name: 'Wait' },
		);
	const makeCall = voice2Phone({
		operation: 'makeCall',
		countryCode: 'US',
		phoneNumber: '={{ $json.phone }}',
		message: 'Hello',
	});

	it('waits for a call that was placed before, and never dials', async () => {
		const result = await bed.engine.run(
			linear(manualTrigger(), phones('425 555 0102'), makeCall, wait()),
		);
		expect(result.output('Wait')[0].json).toMatchObject({
			CallId: bed.simulator.acceptedCalls()[0].callId,
			outcome: 'keyPressed',
			pressedKey: '2',
			pressedLabel: 'Cancel',
		});
		expect(requests('POST')).toHaveLength(1);
	});

	it('names the call IDs that it waited for when one fails', async () => {
		bed.simulator.faults.next({ kind: 'status', statusCode: 404 }, { match: 'GET' });
		const { error } = await bed.engine.run(
			linear(manualTrigger(), phones('425 555 0120', '425 555 0120'), makeCall, wait()),
		);
		for (const { callId } of bed.simulator.acceptedCalls()) {
			expect(`${error?.message} ${error?.description}`).toContain(callId);
		}
	});

	it('splits by its own keys', async () => {
		const result = await bed.engine.run(
			linear(
				manualTrigger(),
				phones('425 555 0102', '425 555 0101'),
				makeCall,
				wait({ splitByKey: true }),
			),
		);
		// No Key (also another key), Timed Out, Not Called, 2 Cancel
		expect([0, 1, 2, 3].map((output) => result.output('Wait', output).length)).toEqual([
			1, 0, 0, 1,
		]);
	});
});

describe('Split by Key', () => {
	const NO_KEY = 0;
	const TIMED_OUT = 1;
	const CONFIRM = 3;
	const KEY_2 = 4;

	it('sends each item to the output of its key', async () => {
		const result = await bed.engine.run(
			linear(
				manualTrigger(),
				phones('425 555 0101', '425 555 0102', '425 555 0103', '425 555 0110', '425 555 0120'),
				callAndWait({ splitByKey: true, ...options({ waitAtMost: 0.01 }) }),
			),
		);
		const itemsAt = (output: number) =>
			result.output('Voice2Phone', output).map(({ pairedItem }) => pairedItem);
		expect(itemsAt(CONFIRM)).toEqual([{ item: 0 }]);
		expect(itemsAt(KEY_2)).toEqual([{ item: 1 }]);
		expect(itemsAt(NO_KEY)).toEqual([{ item: 2 }, { item: 3 }]);
		expect(itemsAt(TIMED_OUT)).toEqual([{ item: 4 }]);
	});

	it('sends no error to a key: it goes to the error output', async () => {
		const step = callAndWait({ splitByKey: true }, { onError: 'continueErrorOutput' });
		const result = await bed.engine.run(
			linear(
				manualTrigger(),
				phones('425 555 0101', '425 555 0142', 'wrong'),
				withBranch(step, 5, noOp({ name: 'On Error' })),
			),
		);
		const counts = [0, 1, 2, 3, 4].map((output) => result.output('Voice2Phone', output).length);
		expect(counts).toEqual([0, 0, 0, 1, 0]);
		expect(result.output('On Error').map(({ json }) => json.error)).toEqual([
			expect.stringContaining('(402)'),
			expect.stringContaining('Phone Number'),
		]);
	});

	it('sends an error to No Key in the mode "continue", linked to its item', async () => {
		const result = await bed.engine.run(
			linear(
				manualTrigger(),
				phones('425 555 0101', '425 555 0142'),
				callAndWait({ splitByKey: true }, { onError: 'continueRegularOutput' }),
			),
		);
		const [failed, ...others] = result.output('Voice2Phone');
		expect(others).toEqual([]);
		expect(failed.json.error).toMatch(/\(402\)/);
		expect(failed.pairedItem).toEqual({ item: 1 });
	});

	it('is off by default: one output', async () => {
		const result = await bed.engine.run(
			linear(manualTrigger(), phones('425 555 0101'), callAndWait()),
		);
		expect(result.runs('Voice2Phone')[0].data?.main).toHaveLength(1);
	});
});
