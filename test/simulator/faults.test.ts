import { once } from 'node:events';
import { connect } from 'node:net';
import {
	loadAuthority,
	standingClock,
	startSimulator,
	type ConnectionFault,
	type Fault,
	type FaultRate,
	type Simulator,
} from './index';
import { acceptedCallId, callTo, createClient, type Client } from './client';

const ONE = '+14255550101';
const TWO = '+14255550102';

let simulator: Simulator;
let client: Client;

beforeEach(async () => {
	simulator = await startSimulator({
		authority: await loadAuthority(process.env.VOICE2PHONE_AUTHORITY as string),
		clock: standingClock(),
	});
	client = createClient(simulator);
});

afterEach(async () => {
	await client.close();
	await simulator.close();
});

const statusCodes = async (numbers: string[]) => {
	const codes: number[] = [];
	for (const number of numbers) codes.push((await client.place(callTo(number))).statusCode);
	return codes;
};

describe('a status fault', () => {
	test('is answered instead of a call, which is not placed', async () => {
		simulator.faults.next({ kind: 'status', statusCode: 503 });
		const made = await client.place(callTo(ONE));
		expect([made.statusCode, made.body]).toEqual([503, { Message: expect.any(String) }]);
		expect(made.headers).not.toHaveProperty('retry-after');
		expect(simulator.calls.size).toBe(0);
		expect(simulator.requests[0]).toMatchObject({
			statusCode: 503,
			fault: { kind: 'status', statusCode: 503 },
		});
	});

	test('can be answered although the call is placed', async () => {
		simulator.faults.next({ kind: 'status', statusCode: 502, accept: true });
		expect((await client.place(callTo(ONE))).statusCode).toBe(502);
		const [call] = simulator.acceptedCalls(ONE);
		expect(simulator.requests[0]).toMatchObject({ statusCode: 502, callId: call.callId });
	});

	test.each<[number | Date | string, string]>([
		[30, '30'],
		[new Date(Date.UTC(2026, 10, 25, 7, 30)), 'Wed, 25 Nov 2026 07:30:00 GMT'],
		['soon', 'soon'],
	])('sends Retry-After %s', async (retryAfter, header) => {
		simulator.faults.next({ kind: 'status', statusCode: 429, retryAfter });
		expect((await client.place(callTo(ONE))).headers['retry-after']).toBe(header);
	});

	test.each<[unknown, string]>([
		[{ error: 'Busy' }, '{"error":"Busy"}'],
		['Bad gateway', 'Bad gateway'],
		['', ''],
	])('sends the body %j', async (body, text) => {
		simulator.faults.next({ kind: 'status', statusCode: 500, body });
		expect((await client.place(callTo(ONE))).text).toBe(text);
	});
});

test.each<[string, Fault, string]>([
	['malformed', { kind: 'malformedBody' }, '<html><body>This is not JSON.</body></html>'],
	['truncated', { kind: 'truncatedBody' }, '{"CallId":"<the first 13 of the ID>'],
	['without a CallId', { kind: 'noCallId' }, '{}'],
])('a body can be %s, with the call placed', async (_name, fault, expected) => {
	simulator.faults.next(fault);
	const made = await client.place(callTo(ONE));
	const [{ callId }] = simulator.acceptedCalls(ONE);
	expect(made.statusCode).toBe(200);
	expect(made.text).toBe(expected.replace('<the first 13 of the ID>', callId.slice(0, 14)));
	expect(simulator.requests[0]).toMatchObject({ callId, fault, statusCode: 200 });
});

describe('a connection can be cut', () => {
	test.each<[string, Fault, number]>([
		['before the call is placed', { kind: 'cut', when: 'beforeProcessing' }, 0],
		['after it was placed', { kind: 'cut', when: 'afterProcessing' }, 1],
	])('%s', async (_name, fault, placed) => {
		simulator.faults.next(fault);
		await expect(client.place(callTo(ONE))).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
		expect(simulator.acceptedCalls(ONE)).toHaveLength(placed);
		expect(simulator.requests).toHaveLength(1);
		expect(simulator.requests[0].fault).toEqual(fault);
		expect(simulator.requests[0].statusCode).toBeUndefined();
	});

	test('in the middle of the body', async () => {
		simulator.faults.next({ kind: 'cut', when: 'midBody' });
		// The answer had begun, so that the failure is one of reading the body.
		await expect(client.place(callTo(ONE))).rejects.toThrow('other side closed');
		expect(simulator.acceptedCalls(ONE)).toHaveLength(1);
		expect(simulator.requests[0]).toMatchObject({ statusCode: 200, fault: { kind: 'cut' } });
	});
});

describe('an answer can stay away', () => {
	test.each<[string, Fault, number]>([
		['before the call is placed', { kind: 'timeout', when: 'beforeProcessing' }, 0],
		['after it was placed', { kind: 'timeout', when: 'afterProcessing' }, 1],
	])('%s', async (_name, fault, placed) => {
		simulator.faults.next(fault);
		const leave = new AbortController();
		const unanswered = client.place(callTo(ONE), { signal: leave.signal });
		await once(simulator, 'request');
		expect((await client.send('/')).statusCode).toBe(404);
		leave.abort();

		await expect(unanswered).rejects.toMatchObject({ name: 'AbortError' });
		expect(simulator.acceptedCalls(ONE)).toHaveLength(placed);
		expect(simulator.requests[0].statusCode).toBeUndefined();
	});
});

describe('an answer can be late', () => {
	const millisecondsOf = async (work: Promise<unknown>) => {
		const start = performance.now();
		await work;
		return performance.now() - start;
	};

	test('by a fault, while the call is placed at once', async () => {
		simulator.faults.next({ kind: 'delay', milliseconds: 100 });
		let answered = false;
		const made = client.place(callTo(ONE)).then((response) => {
			answered = true;
			return response;
		});
		await once(simulator, 'call');
		expect(answered).toBe(false);
		expect((await made).statusCode).toBe(200);
	});

	test('by the latency of all requests and a fault together', async () => {
		await client.send('/');
		simulator.latencyMs = 60;
		simulator.faults.next({ kind: 'delay', milliseconds: 60 });
		expect(await millisecondsOf(client.send('/'))).toBeGreaterThan(118);
		expect(await millisecondsOf(client.send('/'))).toBeGreaterThan(58);
	});

	test('and is not waited for when the simulator closes', async () => {
		const timers = () =>
			process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
		simulator.faults.next({ kind: 'delay', milliseconds: 1e9 });
		const before = timers();
		const made = client.place(callTo(ONE));
		await Promise.all([
			expect(made).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' }),
			once(simulator, 'request').then(() => simulator.close()),
		]);
		expect(timers()).toBeLessThanOrEqual(before);
	});
});

describe('which requests a queued fault hits', () => {
	const busy: Fault = { kind: 'status', statusCode: 503 };

	test('the next one', async () => {
		simulator.faults.next(busy);
		expect(await statusCodes([ONE, ONE])).toEqual([503, 200]);
	});

	test('the next few', async () => {
		simulator.faults.next(busy, { count: 2 });
		expect(await statusCodes([ONE, TWO, ONE])).toEqual([503, 503, 200]);
	});

	test('those to a number, however it is written', async () => {
		simulator.faults.next(busy, { match: '+1 (425) 555-0102', count: 2 });
		expect(await statusCodes([ONE, '4255550102', ONE, TWO, TWO])).toEqual([
			200, 503, 200, 503, 200,
		]);
	});

	test('those of a method', async () => {
		const callId = await acceptedCallId(client, callTo(ONE));
		simulator.faults.next(busy, { match: 'GET' });
		expect(await statusCodes([ONE])).toEqual([200]);
		expect((await client.status(callId)).statusCode).toBe(503);
	});

	test('looks at a call of a number too', async () => {
		const callId = await acceptedCallId(client, callTo(ONE));
		const otherId = await acceptedCallId(client, callTo(TWO));
		simulator.faults.next(busy, { match: ONE });
		expect((await client.status(otherId)).statusCode).toBe(200);
		expect((await client.status(callId)).statusCode).toBe(503);
	});

	test('those that a function chooses', async () => {
		simulator.faults.next(busy, { match: ({ rawBody }) => rawBody.includes('second') });
		expect((await client.place(callTo(ONE, 'first'))).statusCode).toBe(200);
		expect((await client.place(callTo(ONE, 'second'))).statusCode).toBe(503);
	});

	test('in the order of the queue, until it is cleared', async () => {
		simulator.faults.next({ kind: 'status', statusCode: 500 });
		simulator.faults.next({ kind: 'status', statusCode: 502 }, { match: TWO });
		simulator.faults.next({ kind: 'status', statusCode: 504 }, { count: Infinity });
		expect(await statusCodes([ONE, ONE, TWO, TWO])).toEqual([500, 504, 502, 504]);
		simulator.faults.clear();
		expect(await statusCodes([ONE])).toEqual([200]);
	});
});

describe('seeded faults', () => {
	const rates: FaultRate[] = [
		{ fault: { kind: 'status', statusCode: 503 }, rate: 0.2 },
		{ fault: { kind: 'status', statusCode: 429, retryAfter: 1 }, rate: 0.1, match: 'POST' },
	];
	const messages = Array.from({ length: 200 }, (_, index) => `message ${index}`);

	/** What was answered for each message, tried twice, whatever the order. */
	const answers = async (order: string[]) => {
		const codes = new Map<string, number[]>();
		for (const message of [...order, ...order]) {
			const { statusCode } = await client.place(callTo(ONE, message));
			codes.set(message, [...(codes.get(message) ?? []), statusCode]);
		}
		return messages.map((message) => codes.get(message) as number[]);
	};

	test('are the same with the same seed, in any order, and others with another', async () => {
		simulator.faults.seed(7, rates);
		const first = await answers(messages);
		simulator.faults.seed(7, rates);
		expect(await answers([...messages].reverse())).toEqual(first);
		simulator.faults.seed(8, rates);
		expect(await answers(messages)).not.toEqual(first);

		const count = (code: number) => first.flat().filter((answered) => answered === code).length;
		expect(count(503) / 400).toBeCloseTo(0.2, 1);
		expect(count(429) / 400).toBeCloseTo(0.1, 1);
		expect(first.filter(([one, two]) => one !== two).length).toBeGreaterThan(20);
	});

	test('hit the polls of a call the same too, although its ID is another each time', async () => {
		const polls = async () => {
			const callId = await acceptedCallId(client, callTo(ONE));
			simulator.faults.seed(3, rates);
			const codes: number[] = [];
			for (let poll = 0; poll < 40; poll += 1) codes.push((await client.status(callId)).statusCode);
			simulator.faults.clear();
			return codes;
		};
		const first = await polls();
		expect(await polls()).toEqual(first);
		expect(new Set(first)).toEqual(new Set([200, 503]));
	});

	test('are recorded with the request', async () => {
		simulator.faults.seed(7, [{ fault: { kind: 'noCallId' }, rate: 1 }]);
		await client.place(callTo(ONE));
		expect(simulator.requests[0].fault).toEqual({ kind: 'noCallId' });
	});
});

describe('seeded faults of connections', () => {
	const proxied = async (fault: ConnectionFault) => {
		const through = createClient(simulator, { proxied: true });
		simulator.faults.seedConnections(1, [{ fault, rate: 1 }]);
		const failed = await through.place(callTo(ONE)).catch((error: Error) => error);
		simulator.faults.clear();
		expect((await through.place(callTo(ONE))).statusCode).toBe(200);
		await through.close();
		return `${(failed as Error).message} ${((failed as Error).cause as Error)?.message ?? ''}`;
	};

	test.each<[ConnectionFault, RegExp]>([
		[{ kind: 'refused', statusCode: 407 }, /407/],
		[{ kind: 'reset', when: 'connect' }, /ECONNRESET/],
		[{ kind: 'closed', when: 'handshake' }, /before secure TLS connection/],
		[{ kind: 'reset', when: 'handshake' }, /ECONNRESET/],
		[{ kind: 'plainHttp' }, /wrong version number|packet length too long/],
	])('%o lets no request through', async (fault, words) => {
		expect(await proxied(fault)).toMatch(words);
		expect(simulator.requests).toHaveLength(1);
	});

	test('can close in place of the answer to CONNECT', async () => {
		simulator.faults.seedConnections(1, [{ fault: { kind: 'closed', when: 'connect' }, rate: 1 }]);
		const socket = connect(simulator.proxyPort, '127.0.0.1');
		socket.write('CONNECT api.voice2phone.com:443 HTTP/1.1\r\n\r\n');
		let answer = '';
		socket.on('data', (chunk) => (answer += chunk));
		await once(socket, 'end');
		expect(answer).toBe('');
	});

	test('are the same with the same seed, and counted', async () => {
		const rates = [{ fault: { kind: 'plainHttp' as const }, rate: 0.2 }];
		const hits = (seed: number) => {
			simulator.faults.seedConnections(seed, rates);
			return Array.from({ length: 200 }, () => simulator.faults.chooseForConnection()?.kind);
		};
		const first = hits(7);
		expect(hits(7)).toEqual(first);
		expect(hits(8)).not.toEqual(first);
		const count = first.filter(Boolean).length;
		expect(count / 200).toBeCloseTo(0.2, 1);
		simulator.faults.clear();
		hits(7);
		expect(simulator.faults.connectionsHit).toBe(count);
	});
});

describe('the rate limit', () => {
	test('lets so many through in any second', async () => {
		simulator.faults.rateLimit({ perSecond: 2, retryAfterSeconds: 1 });
		expect(await statusCodes([ONE])).toEqual([200]);
		simulator.clock.advance(600);
		expect(await statusCodes([ONE, ONE])).toEqual([200, 429]);
		simulator.clock.advance(400);
		expect(await statusCodes([ONE, ONE])).toEqual([200, 429]);
		simulator.clock.advance(1000);
		expect(await statusCodes([ONE, ONE, ONE])).toEqual([200, 200, 429]);
		expect(simulator.calls.size).toBe(5);
		expect(simulator.requests[2].fault).toMatchObject({ kind: 'status', statusCode: 429 });

		const refused = await client.place(callTo(ONE));
		expect(refused.headers['retry-after']).toBe('1');
		simulator.faults.rateLimit(undefined);
		expect(await statusCodes([ONE, ONE])).toEqual([200, 200]);
	});

	test('sends no Retry-After unless told to, and uses up no queued fault', async () => {
		simulator.faults.next({ kind: 'status', statusCode: 500 });
		simulator.faults.rateLimit({ perSecond: 0 });
		const refused = await client.place(callTo(ONE));
		expect(refused.statusCode).toBe(429);
		expect(refused.headers).not.toHaveProperty('retry-after');
		simulator.faults.rateLimit(undefined);
		expect(await statusCodes([ONE])).toEqual([500]);
	});
});
