import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getCountries } from 'libphonenumber-js';
import {
	loadAuthority,
	standingClock,
	startSimulator,
	testNumbers,
	type SimulatedCall,
	type Simulator,
} from './index';
import { acceptedCallId, callTo, createClient, type Client } from './client';

const START = Date.UTC(2026, 0, 31, 23, 59, 58, 7);
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let simulator: Simulator;
let client: Client;

beforeEach(async () => {
	simulator = await startSimulator({
		authority: await loadAuthority(process.env.VOICE2PHONE_AUTHORITY as string),
		apiKey: 'good-key',
		clock: standingClock(START),
	});
	client = createClient(simulator);
});

afterEach(async () => {
	await client.close();
	await simulator.close();
});

describe('the two requests, as documented', () => {
	test('a call is made and its status read', async () => {
		const made = await client.place(callTo('+14255550101'));
		expect(made.statusCode).toBe(200);
		expect(made.headers['content-type']).toMatch(/^application\/json/);
		expect(made.body).toEqual({ CallId: expect.stringMatching(GUID) });

		const { CallId } = made.body as { CallId: string };
		const status = await client.status(CallId);
		expect(status.statusCode).toBe(200);
		expect(status.text).toBe(
			`{"CallId":"${CallId}","Status":2,"CreatedDateUtc":"2026-01-31T23:59:58.007",` +
				'"UpdatedDateUtc":"2026-01-31T23:59:58.007","Dtmf":"1"}',
		);
	});

	test('the accepted call holds what was sent', async () => {
		const callId = await acceptedCallId(client, callTo('+44 7400 123456', 'Hello\nüber'));
		expect(simulator.calls.get(callId)).toMatchObject({
			callId,
			number: '+447400123456',
			countryCode: 'US',
			message: 'Hello\nüber',
			dtmf: { '1': 'Thank you', '2': 'Goodbye' },
			acceptedAt: START,
		});
	});

	test.each([
		['4252337837', 'US', '+14252337837'],
		['(425) 233-7837', 'US', '+14252337837'],
		['1 425 233 7837', 'US', '+14252337837'],
		['+1 425-233-7837', 'DE', '+14252337837'],
		['020 7946 0018', 'GB', '+442079460018'],
		['5', 'US', '5'],
	])('number %s of %s is understood as %s', async (Number, CountryCode, expected) => {
		await acceptedCallId(client, { Phone: { Number, CountryCode }, Message: 'Hello' });
		expect(simulator.acceptedCalls().map(({ number }) => number)).toEqual([expected]);
	});

	test('every assigned country code is known', async () => {
		// libphonenumber has no metadata for seven countries without telephones of their own, and has
		// three codes that ISO 3166-1 does not assign.
		const without = ['AQ', 'BV', 'GS', 'HM', 'PN', 'TF', 'UM'];
		const notAssigned = ['AC', 'TA', 'XK'];
		const statusOf = async (CountryCode: string) =>
			(await client.place({ Phone: { Number: '+14255550101', CountryCode }, Message: 'Hello' }))
				.statusCode;

		for (const code of [...getCountries(), ...without]) {
			const expected = notAssigned.includes(code) ? 400 : 200;
			expect([code, await statusOf(code)]).toEqual([code, expected]);
		}
	});
});

describe('the API key', () => {
	const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

	test.each([basic('good-key:'), basic('good-key:').replace('Basic', 'basic'), 'good-key'])(
		'%s is good',
		async (authorization) => {
			expect(
				(await client.place(callTo('+14255550101'), { headers: { authorization } })).statusCode,
			).toBe(200);
			expect(simulator.requests[0].authorization).toBe(authorization);
		},
	);

	test.each([
		['no key', ''],
		['another key', 'other-key'],
		['a key with an end', 'good-key2'],
		['Basic with another key', basic('other-key:')],
		['Basic with a password', basic('good-key:password')],
		['Basic without a colon', basic('good-key')],
		['Basic with the key as password', basic(':good-key')],
		['Basic with the key in clear', 'Basic good-key'],
		['Bearer', 'Bearer good-key'],
	])('%s is refused', async (_name, authorization) => {
		const headers = { authorization };
		const made = await client.place(callTo('+14255550101'), { headers });
		expect([made.statusCode, made.body]).toEqual([401, { Message: expect.any(String) }]);
		expect((await client.send('/nowhere', { headers })).statusCode).toBe(401);
		expect(simulator.calls.size).toBe(0);
	});
});

describe('what is refused with 400', () => {
	const good = callTo('+14255550101');

	test.each<[string, unknown]>([
		['no object', [good]],
		['no Phone', { ...good, Phone: undefined }],
		['Phone as text', { ...good, Phone: '+14255550101' }],
		['no Number', { ...good, Phone: { CountryCode: 'US' } }],
		['an empty Number', { ...good, Phone: { Number: '', CountryCode: 'US' } }],
		['a Number without a digit', { ...good, Phone: { Number: '+', CountryCode: 'US' } }],
		['a Number as number', { ...good, Phone: { Number: 4252337837, CountryCode: 'US' } }],
		['no CountryCode', { ...good, Phone: { Number: '+14255550101' } }],
		['a name as CountryCode', { ...good, Phone: { ...good.Phone, CountryCode: 'USA' } }],
		['a lower case CountryCode', { ...good, Phone: { ...good.Phone, CountryCode: 'us' } }],
		['an unknown CountryCode', { ...good, Phone: { ...good.Phone, CountryCode: 'ZZ' } }],
		['an empty CountryCode', { ...good, Phone: { ...good.Phone, CountryCode: '' } }],
		['no Message', { ...good, Message: undefined }],
		['an empty Message', { ...good, Message: '' }],
		['a blank Message', { ...good, Message: ' \n' }],
		['a Message as number', { ...good, Message: 1 }],
		['Dtmf as list', { ...good, Dtmf: ['Thank you'] }],
		['Dtmf as text', { ...good, Dtmf: '1' }],
		['a key that no phone has', { ...good, Dtmf: { A: 'Thank you' } }],
		['two keys in one', { ...good, Dtmf: { '12': 'Thank you' } }],
		['an empty key', { ...good, Dtmf: { '': 'Thank you' } }],
		['an empty message of a key', { ...good, Dtmf: { '1': '' } }],
		['a message of a key as number', { ...good, Dtmf: { '1': 1 } }],
	])('%s', async (_name, body) => {
		const made = await client.place(body);
		expect([made.statusCode, made.body]).toEqual([400, { Message: expect.any(String) }]);
		expect(simulator.calls.size).toBe(0);
	});

	test.each(['text/plain', 'application/json2', 'application/x-www-form-urlencoded', ''])(
		'Content-Type "%s"',
		async (type) => {
			const made = await client.place(good, { headers: { 'content-type': type } });
			expect(made.statusCode).toBe(400);
			expect(simulator.calls.size).toBe(0);
		},
	);

	test('what is no JSON', async () => {
		const body = '{ Phone: { "Number": "4252337837" } }';
		const headers = { 'content-type': 'application/json' };
		const made = await client.send('/call', { method: 'POST', headers, body });
		expect(made.statusCode).toBe(400);
		expect(simulator.requests[0]).toMatchObject({ rawBody: body, body: undefined });
	});

	test.each<[string, object]>([
		['without Dtmf', { ...good, Dtmf: undefined }],
		['with Dtmf null', { ...good, Dtmf: null }],
		['with an empty list as Dtmf', { ...good, Dtmf: [] }],
		[
			'with every touch key',
			{ ...good, Dtmf: Object.fromEntries([...'0123456789*#'].map((key) => [key, 'Hello'])) },
		],
	])('but not a call %s', async (_name, body) => {
		expect((await client.place(body)).statusCode).toBe(200);
	});

	test('but not a Content-Type with a character set', async () => {
		const headers = { 'content-type': 'application/json; charset=utf-8' };
		expect((await client.place(good, { headers })).statusCode).toBe(200);
	});
});

test.each([
	['GET', '/'],
	['GET', '/call'],
	['GET', '/call/'],
	['GET', '/call/54b16dd7-8e68-4a2a-973d-063e39a6998c'],
	['GET', '/call/1'],
	['POST', '/call/'],
	['POST', '/call?x=1'],
	['POST', '/calls'],
	['PUT', '/call'],
	['DELETE', '/call/{callId}'],
	['GET', '/call/{callId}/'],
	['GET', '/call/{callId}?x=1'],
])('%s %s is not found', async (method, path) => {
	const callId = await acceptedCallId(client, callTo('+14255550101'));
	const response = await client.send(path.replace('{callId}', callId), {
		method,
		headers: { 'content-type': 'application/json' },
		body: method === 'GET' ? undefined : JSON.stringify(callTo('+14255550101')),
	});
	expect([response.statusCode, response.body]).toEqual([404, { Message: expect.any(String) }]);
	expect(simulator.calls.size).toBe(1);
});

describe('test numbers', () => {
	test('the documentation has the same table', () => {
		const readme = readFileSync(join(__dirname, '..', 'simulator', 'README.md'), 'utf8');
		const rows = [...readme.matchAll(/^\| (\+1 [^|]+?) +\| ([^|]+?) +\|$/gm)];
		expect(rows.map(([, number, does]) => [number, does])).toEqual(
			testNumbers.map(({ number, does }) => [number, does]),
		);
	});

	const over = { Status: 2, CreatedDateUtc: '2026-01-31T23:59:58.007' };
	const statuses: Record<string, object> = {
		'+14255550101': { ...over, Dtmf: '1' },
		'+14255550102': { ...over, Dtmf: '2' },
		'+14255550103': { ...over, Dtmf: '3' },
		'+14255550104': { ...over, Dtmf: '*' },
		'+14255550105': { ...over, Dtmf: '#' },
		'+14255550109': { ...over, Dtmf: '9' },
		'+14255550110': { ...over, Dtmf: '' },
		'+14255550112': { ...over, Dtmf: '12' },
		'+14255550160': { ...over, Status: 7 },
		'+14255550161': { ...over, Status: '2' },
		'+14255550162': { ...over, Status: null },
		'+14255550163': { CreatedDateUtc: over.CreatedDateUtc },
		'+14255550170': over,
		'+14255550171': { ...over, Dtmf: null },
		'+14255550172': { ...over, Dtmf: 1 },
		'+14255550173': { ...over, Dtmf: null },
		'+14255550180': { ...over, CreatedDateUtc: '/Date(1769903998007)/', Dtmf: '1' },
		'+14255550200': { ...over, Dtmf: '1' },
		'+14255550300': { ...over, Dtmf: '2' },
	};

	test.each(Object.entries(statuses))('%s is over at once', async (number, expected) => {
		const callId = await acceptedCallId(client, callTo(number));
		const { CallId, UpdatedDateUtc, ...rest } = (await client.status(callId)).body as Record<
			string,
			unknown
		>;
		expect(rest).toEqual(expected);
		expect(CallId).toBe(callId);
		expect(UpdatedDateUtc).toBe(rest.CreatedDateUtc);
	});

	test.each([
		['+14255550140', 400],
		['+14255550142', 402],
	])('%s is refused with %i', async (number, statusCode) => {
		expect((await client.place(callTo(number))).statusCode).toBe(statusCode);
		expect(simulator.calls.size).toBe(0);
	});

	test('+14255550150 is answered with 500, but the call is placed', async () => {
		const made = await client.place(callTo('+14255550150'));
		expect(made.statusCode).toBe(500);
		expect(made.text).not.toContain('CallId');
		const [call] = simulator.acceptedCalls('+14255550150');
		expect((await client.status(call.callId)).body).toMatchObject({ Status: 2, Dtmf: '1' });
	});

	test('all are tried here', () => {
		const tried = [
			...Object.keys(statuses),
			'+14255550120',
			'+14255550140',
			'+14255550142',
			'+14255550150',
		];
		expect(tried.sort()).toEqual(
			testNumbers.map(({ number }) => number.replaceAll(' ', '').replace('NN', '00')).sort(),
		);
	});
});

describe('a call goes on by the clock', () => {
	const statusAt = async (callId: string, second: number) => {
		simulator.clock.advance(START + second * 1000 - simulator.clock.now());
		const { CallId, CreatedDateUtc, ...rest } = (await client.status(callId)).body as Record<
			string,
			unknown
		>;
		expect([CallId, CreatedDateUtc]).toEqual([callId, '2026-01-31T23:59:58.007']);
		return rest;
	};

	test('from placed to the pressed key', async () => {
		const callId = await acceptedCallId(client, callTo('+14255550330'));
		const call = simulator.calls.get(callId) as SimulatedCall;

		expect(await statusAt(callId, 0)).toEqual({
			Status: 0,
			UpdatedDateUtc: '2026-01-31T23:59:58.007',
		});
		expect(await statusAt(callId, 1)).toEqual({
			Status: 1,
			UpdatedDateUtc: '2026-01-31T23:59:58.257',
		});
		expect(call.answeredAt).toBeUndefined();
		expect(await statusAt(callId, 29)).toEqual({
			Status: 1,
			UpdatedDateUtc: '2026-02-01T00:00:13.007',
		});
		expect(call.answeredAt).toBe(START + 15_000);
		expect([call.finishedAt, call.pressed]).toEqual([undefined, undefined]);
		expect(await statusAt(callId, 30)).toEqual({
			Status: 2,
			UpdatedDateUtc: '2026-02-01T00:00:28.007',
			Dtmf: '2',
		});
		expect([call.finishedAt, call.pressed]).toEqual([START + 30_000, '2']);
		expect(await statusAt(callId, 90)).toMatchObject({ UpdatedDateUtc: '2026-02-01T00:00:28.007' });
	});

	test('the key can be written after the call is over', async () => {
		const callId = await acceptedCallId(client, callTo('+14255550173'));
		expect(await statusAt(callId, 1.9)).toMatchObject({ Status: 2, Dtmf: null });
		expect(await statusAt(callId, 2)).toMatchObject({ Status: 2, Dtmf: '1' });
	});

	test('who never answers stays open', async () => {
		const callId = await acceptedCallId(client, callTo('+14255550120'));
		expect(await statusAt(callId, 1e6)).toEqual({
			Status: 1,
			UpdatedDateUtc: '2026-01-31T23:59:58.257',
		});
		expect(simulator.calls.get(callId)?.answeredAt).toBeUndefined();
	});

	test('any other number presses the first mapped key after two seconds', async () => {
		const callId = await acceptedCallId(client, {
			...callTo('+14252337837'),
			Dtmf: { '7': 'Seven', '*': 'Star' },
		});
		expect(await statusAt(callId, 1.9)).toMatchObject({ Status: 1 });
		expect(await statusAt(callId, 2)).toMatchObject({ Status: 2, Dtmf: '7' });
	});

	test('any other number presses nothing when no key is mapped, after the delay that was set', async () => {
		simulator.defaultDelayMs = 5000;
		const callId = await acceptedCallId(client, { ...callTo('+14252337837'), Dtmf: undefined });
		expect(await statusAt(callId, 4.9)).toMatchObject({ Status: 1 });
		expect(await statusAt(callId, 5)).toEqual({
			Status: 2,
			UpdatedDateUtc: '2026-02-01T00:00:03.007',
		});
	});
});

describe('the log', () => {
	test('has every request, in order', async () => {
		const body = callTo('4255550101');
		const callId = await acceptedCallId(client, body);
		simulator.clock.advance(10);
		await client.status(callId);
		await client.send('/nowhere', { headers: { 'x-test': 'yes' } });

		const [made, looked, lost] = simulator.requests;
		expect(made).toMatchObject({
			receivedAt: START,
			method: 'POST',
			path: '/call',
			authorization: 'good-key',
			rawBody: JSON.stringify(body),
			body,
			number: '+14255550101',
			callId,
			statusCode: 200,
			inFlight: 1,
		});
		expect(looked).toMatchObject({
			receivedAt: START + 10,
			method: 'GET',
			path: `/call/${callId}`,
			rawBody: '',
			number: '+14255550101',
		});
		expect(looked.callId).toBeUndefined();
		expect(lost).toMatchObject({ path: '/nowhere', statusCode: 404, headers: { 'x-test': 'yes' } });
		expect(simulator.requests).toHaveLength(3);
	});

	test('counts the requests that are open at once', async () => {
		const leave = new AbortController();
		simulator.faults.next({ kind: 'timeout', when: 'beforeProcessing' }, { count: 2 });
		const unanswered = [1, 2].map(() => client.send('/', { signal: leave.signal }));
		while (simulator.requests.length < 2) await once(simulator, 'request');
		await client.send('/');
		leave.abort();
		await Promise.allSettled(unanswered);

		expect(simulator.requests.map(({ inFlight }) => inFlight)).toEqual([1, 2, 3]);

		// The server hears a little later than the client that a connection has ended.
		do await client.send('/');
		while (simulator.requests.at(-1)?.inFlight !== 1);
	});

	test('finds calls by number, and calls that were placed twice', async () => {
		const [first, , second] = [
			await acceptedCallId(client, callTo('+14255550101', 'one')),
			await acceptedCallId(client, callTo('+14255550101', 'two')),
			await acceptedCallId(client, callTo('4255550101', 'one')),
			await acceptedCallId(client, callTo('+14255550102', 'one')),
		];
		await client.place(callTo('+14255550142', 'one'));
		await client.place(callTo('+14255550142', 'one'));

		const ids = (calls: SimulatedCall[]) => calls.map(({ callId }) => callId);
		expect(simulator.acceptedCalls()).toHaveLength(4);
		expect(simulator.acceptedCalls('1 (425) 555-0102')).toHaveLength(1);
		expect(simulator.acceptedCalls('+1 425 555 0199')).toEqual([]);
		expect(simulator.duplicates().map(ids)).toEqual([[first, second]]);
	});

	test('is told as it grows', async () => {
		const told: unknown[] = [];
		simulator.on('call', (call) => told.push(call.number));
		simulator.on('request', ({ statusCode, callId }) => told.push([statusCode, callId]));
		const callId = await acceptedCallId(client, callTo('+14255550101'));
		await client.send('/nowhere');
		expect(told).toEqual(['+14255550101', [200, callId], [404, undefined]]);
	});

	test('reset forgets it, and the faults and settings', async () => {
		const callId = await acceptedCallId(client, callTo('+14255550101'));
		simulator.faults.next({ kind: 'status', statusCode: 503 }, { count: Infinity });
		simulator.latencyMs = 60_000;
		simulator.defaultDelayMs = 0;
		simulator.reset();

		expect([simulator.requests, simulator.calls.size]).toEqual([[], 0]);
		expect((await client.status(callId)).statusCode).toBe(404);
		expect([simulator.latencyMs, simulator.defaultDelayMs]).toEqual([0, 2000]);
	});
});
