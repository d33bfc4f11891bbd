import { Readable } from 'node:stream';
import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';
import { LONGEST_TIMER_MS } from '../../../nodes/Voice2Phone/core/pacing';
import { StoppableClock } from '../../../nodes/Voice2Phone/run/stoppableClock';
import { ApiCredential } from '../../../nodes/Voice2Phone/transport/apiCredential';
import { exchange, type ApiRequest } from '../../../nodes/Voice2Phone/transport/exchange';

const call = { method: 'POST', path: '/call', body: { Message: 'Hello' } } as const;
const check = { method: 'GET', path: '/call/1' } as const;
const KILOBYTE = 1024;

type Sent = IHttpRequestOptions & { agentOptions: { signal: AbortSignal } };

/** Sends one request through an n8n whose HTTP helper answers by `answer`. */
async function send(
	answer: (request: Sent) => unknown,
	request: Partial<ApiRequest> = call,
	openCredential: () => Promise<unknown> = async () => ({ apiKey: 'key' }),
	node: object = { credentials: { voice2PhoneApi: { id: '7', name: 'My account' } } },
) {
	const sent: Sent[] = [];
	const credentials: unknown[] = [];
	const context = {
		getNode: () => node,
		getCredentials: openCredential,
		helpers: {
			async httpRequestWithAuthentication(type: string, options: Sent, more: object) {
				sent.push(options);
				credentials.push([type, more]);
				return await answer(options);
			},
		},
	} as unknown as IExecuteFunctions;
	const clock = new StoppableClock();
	const credential = ApiCredential.unread(context);
	const result = await exchange(context, credential, clock, {
		timeoutMs: 100,
		...call,
		...request,
	} as ApiRequest);
	return { result, sent, credentials };
}

const answerOf = (statusCode: number, body: unknown, headers?: object) => async () => ({
	statusCode,
	headers,
	body,
});
const never = async () => await new Promise<never>(() => {});

/** A body that begins, and then nothing more of it comes. */
function standingStill(text: string): Readable {
	const stream = new Readable({ read: () => {} });
	stream.push(text);
	return stream;
}

/** A body whose connection is cut in the middle. */
function cut(text: string): Readable {
	return Readable.from(
		(async function* () {
			yield Buffer.from(text);
			await new Promise(setImmediate);
			throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
		})(),
	);
}

const ok = async () => await answerOf(200, Readable.from([Buffer.from('{"CallId":"1"}')]))();

describe('what n8n is asked to send', () => {
	it('is the documented request, with the key of the credential, and nothing follows a redirect', async () => {
		const { sent, credentials } = await send(ok);
		expect(sent).toEqual([
			{
				method: 'POST',
				url: 'https://api.voice2phone.com/call',
				body: { Message: 'Hello' },
				json: true,
				timeout: 100,
				returnFullResponse: true,
				encoding: 'stream',
				ignoreHttpStatusErrors: { ignore: true, except: expect.any(Array) as number[] },
				disableFollowRedirect: true,
				agentOptions: { signal: expect.any(AbortSignal) as AbortSignal },
			},
		]);
		expect(credentials).toEqual([
			[
				'voice2PhoneApi',
				{
					credentialsDecrypted: {
						id: '7',
						name: 'My account',
						type: 'voice2PhoneApi',
						data: { apiKey: 'key' },
					},
				},
			],
		]);
	});

	it.each([{}, { credentials: {} }, { credentials: { voice2PhoneApi: { id: null, name: null } } }])(
		'has the key also where the node names no credential: %j',
		async (node) => {
			const { credentials } = await send(ok, call, undefined, node);
			expect(credentials).toEqual([
				[
					'voice2PhoneApi',
					{
						credentialsDecrypted: {
							id: '',
							name: '',
							type: 'voice2PhoneApi',
							data: { apiKey: 'key' },
						},
					},
				],
			]);
		},
	);

	it('shows who answered, but for what n8n would send again and what only the server says', async () => {
		const { sent } = await send(ok, check);
		const { except } = sent[0].ignoreHttpStatusErrors as { except: number[] };
		expect(except).toEqual(expect.arrayContaining([201, 302, 400, 402, 407, 429, 500, 599]));
		for (const status of [200, 401, 600]) expect(except).not.toContain(status);
	});

	it.each([
		[0.4, undefined, 1],
		[2_000, undefined, 2_000],
		[2_000, 500, 500],
		[3e9, undefined, LONGEST_TIMER_MS],
	])('has %p ms, with %p ms left: %p', async (timeoutMs, left, timeout) => {
		jest.useFakeTimers({ now: 0 });
		try {
			const { sent } = await send(ok, { ...check, timeoutMs, until: left });
			expect(sent.map((each) => each.timeout)).toEqual([timeout]);
		} finally {
			jest.useRealTimers();
		}
	});

	it.each([0, -1])('is nothing when %p ms are left', async (left) => {
		jest.useFakeTimers({ now: 0 });
		try {
			const { result, sent } = await send(ok, { ...check, until: left });
			expect(result).toEqual({
				kind: 'fault',
				code: 'ETIMEDOUT',
				message: 'The whole answer did not come in time',
				stage: 'unprepared',
			});
			expect(sent).toEqual([]);
		} finally {
			jest.useRealTimers();
		}
	});
});

describe('an answer', () => {
	it.each<[string, unknown, unknown]>([
		['JSON', Readable.from([Buffer.from('{"CallId"'), Buffer.from(':"1"}')]), { CallId: '1' }],
		['JSON behind a byte order mark', Readable.from([Buffer.from('\uFEFF{"a":1}')]), { a: 1 }],
		['JSON with such a mark in it', Readable.from([Buffer.from('["\uFEFFa"]')]), ['\uFEFFa']],
		['text', Readable.from([Buffer.from('Sorry')]), 'Sorry'],
		['nothing', Readable.from([]), ''],
		['what n8n has read already', { CallId: '1' }, { CallId: '1' }],
		['null', null, null],
	])('of %s is read', async (_, body, read) => {
		const { result, sent } = await send(answerOf(200, body, { date: 'today' }));
		expect(result).toEqual({
			kind: 'answer',
			statusCode: 200,
			headers: { date: 'today' },
			body: read,
		});
		expect(sent[0].agentOptions.signal.aborted).toBe(false);
	});

	it('without headers has none', async () => {
		const { result } = await send(answerOf(200, {}));
		expect(result).toMatchObject({ headers: {} });
	});

	it.each([
		[64 * KILOBYTE, 'x'.repeat(64 * KILOBYTE), false],
		[64 * KILOBYTE + 1, undefined, true],
	])('of %p bytes: only its status counts when it is too long', async (size, body, isEnded) => {
		const text = Readable.from([Buffer.alloc(size - 10, 'x'), Buffer.alloc(10, 'x')]);
		const { result, sent } = await send(answerOf(402, text));
		expect(result).toEqual({ kind: 'answer', statusCode: 402, headers: {}, body });
		expect(sent[0].agentOptions.signal.aborted).toBe(isEnded);
	});

	it.each([300, 402, 500])('of %p that is cut off counts by its status', async (status) => {
		const { result, sent } = await send(answerOf(status, cut('{"Err')));
		expect(result).toEqual({ kind: 'answer', statusCode: status, headers: {}, body: undefined });
		expect(sent[0].agentOptions.signal.aborted).toBe(true);
	});

	it('that would have held the call ID and is cut off is a fault', async () => {
		const { result, sent } = await send(answerOf(200, cut('{"CallId":')));
		expect(result).toMatchObject({ kind: 'fault', code: 'ECONNRESET', stage: 'secure' });
		expect(sent[0].agentOptions.signal.aborted).toBe(true);
	});

	it('that n8n throws is the answer all the same, of the server or of a proxy', async () => {
		const thrown = (socket: object) => async () =>
			await Promise.reject(
				Object.assign(new Error('Request failed'), {
					response: { status: '407', headers: { a: 'b' }, data: 'Who are you?' },
					request: { socket },
				}),
			);
		const answer = { kind: 'answer', statusCode: 407, headers: { a: 'b' }, body: 'Who are you?' };
		expect((await send(thrown({ encrypted: true }))).result).toEqual({
			...answer,
			isFromProxy: false,
		});
		expect((await send(thrown({}))).result).toEqual({ ...answer, isFromProxy: true });
	});

	it('of a proxy that is cut off counts by its status', async () => {
		const { result } = await send(
			async () =>
				await Promise.reject(
					Object.assign(new Error('Request failed'), {
						response: { status: 201, data: cut('<htm') },
						request: { socket: {} },
					}),
				),
		);
		expect(result).toMatchObject({ kind: 'answer', statusCode: 201, body: undefined });
	});

	it('that never comes is a fault in the words of the network', async () => {
		const { result } = await send(
			async () =>
				await Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })),
		);
		expect(result).toMatchObject({
			kind: 'fault',
			code: 'ECONNREFUSED',
			message: 'Error: connect',
		});
	});
});

describe('time', () => {
	const late = { kind: 'fault', code: 'ETIMEDOUT', message: expect.any(String) as string };

	beforeEach(() => void jest.useFakeTimers({ now: 0, doNotFake: ['setImmediate', 'nextTick'] }));
	afterEach(() => void jest.useRealTimers());

	/** What comes of a request, and after how many milliseconds. */
	async function timed(sending: ReturnType<typeof send>) {
		let endedAt: number | undefined;
		void sending.then(() => (endedAt = Date.now()));
		while (endedAt === undefined) await jest.advanceTimersByTimeAsync(10);
		return { ...(await sending), endedAt };
	}

	it.each([call, check])('is up while n8n gives no answer: $method', async (request) => {
		const { result, endedAt } = await timed(send(never, request));
		expect(result).toEqual(late);
		// The HTTP client's own time-out comes first, half a second earlier.
		expect(endedAt).toBe(600);
	});

	it('is up at the deadline of the wait, without grace', async () => {
		const { result, endedAt } = await timed(send(never, { ...check, until: 60 }));
		expect(result).toEqual(late);
		expect(endedAt).toBe(60);
	});

	it.each([
		[500, { kind: 'answer', statusCode: 500, headers: {}, body: undefined }],
		[200, late],
	])('is up while the body of %p trickles, and the connection is ended', async (status, seen) => {
		const { result, sent } = await timed(send(answerOf(status, standingStill('{'))));
		expect(result).toEqual(seen);
		expect(sent[0].agentOptions.signal.aborted).toBe(true);
	});

	it('that is up ends the connection as soon as the answer begins', async () => {
		let begin: (answer: unknown) => void = () => {};
		const { sent } = await timed(
			send(async () => await new Promise((resolve) => (begin = resolve))),
		);
		const { signal } = sent[0].agentOptions;
		expect(signal.aborted).toBe(false);
		begin({ statusCode: 200, body: standingStill('{') });
		await jest.advanceTimersByTimeAsync(1);
		expect(signal.aborted).toBe(true);
	});

	it('that is up while the credential is read means that nothing was sent, then or later', async () => {
		let read: (data: unknown) => void = () => {};
		const { result, sent } = await timed(
			send(ok, call, async () => await new Promise((resolve) => (read = resolve))),
		);
		expect(result).toEqual({ ...late, stage: 'unprepared' });
		read({ apiKey: 'key' });
		await jest.advanceTimersByTimeAsync(1);
		expect(sent).toEqual([]);
	});

	it('does not go on when there is an answer: n8n would not end', async () => {
		await send(ok, { ...call, timeoutMs: 30_000 });
		await send(ok, { ...check, timeoutMs: 30_000 });
		expect(jest.getTimerCount()).toBe(0);
	});

	it('is not waited for when the credential cannot be read', async () => {
		const { result, sent } = await send(
			ok,
			call,
			async () => await Promise.reject(new Error('database is locked')),
		);
		expect(result).toMatchObject({
			kind: 'fault',
			stage: 'unprepared',
			message: 'Error: database is locked',
		});
		expect(sent).toEqual([]);
	});
});
