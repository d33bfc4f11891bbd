import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { loadAuthority } from '../simulator';
import { TroubledNetwork } from '../support/troubledNetwork';
import { items, linear, manualTrigger, voice2Phone, type Step } from '../support/workflow';
import { createWorkflowRunner, type WorkflowRunner } from '../support/workflowRunner';

/*
 * A server that may be broken, or no server of Voice2Phone at all: nothing that it says is trusted, and
 * nothing that it repeats of the API key comes out, neither in items nor in errors, logs or saved executions.
 */

const API_KEY = 'Zk7"x/Q+b&9<t>W-3.a$';
let network: TroubledNetwork;
let engine: WorkflowRunner;
const simulator: { environment: Record<string, string>; apiKey: string } = {
	environment: {},
	apiKey: API_KEY,
};

beforeAll(async () => {
	network = new TroubledNetwork(await loadAuthority(process.env.VOICE2PHONE_AUTHORITY ?? ''));
	engine = await createWorkflowRunner({ simulator });
});
afterEach(async () => await network.close());

type Answer = (request: IncomingMessage) => { status?: number; body: unknown };

/** Runs a workflow whose every request is answered so. */
async function runAgainst(answer: Answer, step: Step, count = 1, apiKey = API_KEY) {
	const respond = (request: IncomingMessage, response: ServerResponse) => {
		const { status = 200, body } = answer(request);
		response.writeHead(status, { 'Content-Type': 'application/json' });
		response.end(typeof body === 'string' ? body : JSON.stringify(body));
	};
	const serve = (socket: import('node:net').Socket) => network.web(socket, respond);
	simulator.environment = (await network.open({ route: 'direct', serve })) as Record<
		string,
		string
	>;
	const input = items(Array.from({ length: count }, () => ({})));
	const credentials = { voice2PhoneApi: { apiKey, authScheme: 'basic' } };
	return await engine.run(linear(manualTrigger(), input, step), { credentials });
}

const parameters = {
	countryCode: 'US',
	phoneNumber: '425 555 0101',
	message: 'Hello',
	options: { requestTimeout: 2, maxRetries: 0, checkEvery: 0.1, waitAtMost: 0.02 },
};
const makeCall = voice2Phone({ operation: 'makeCall', ...parameters });
const callAndWait = voice2Phone({ operation: 'callAndWait', ...parameters });
const isPost = ({ method }: IncomingMessage) => method === 'POST';
const idIn = ({ url }: IncomingMessage) => (url ?? '').split('/').pop();

/** The forms of a key that are looked for, in lower case. */
function formsOf(key: string): string[] {
	const buffer = Buffer.from(key);
	return [
		key,
		buffer.toString('base64').replace(/=+$/, ''),
		Buffer.from(`${key}:`).toString('base64').replace(/=+$/, '').slice(0, -2),
		buffer.toString('hex'),
		encodeURIComponent(key),
		JSON.stringify(key).slice(1, -1),
		key.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;'),
		key.slice(0, 10),
	].map((form) => form.toLowerCase());
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('The API key', () => {
	it.each<[string, (key: string) => { status?: number; body: unknown }]>([
		['in a further field', (key) => ({ body: { CallId: randomUUID(), Account: { ApiKey: key } } })],
		['as the call ID', (key) => ({ body: { CallId: key } })],
		['in documented fields', (key) => ({ body: { Dtmf: key, CreatedDateUtc: base64(`${key}:`) } })],
		['at the end of long words', (key) => ({ status: 402, body: `${'x'.repeat(289)} ${key}` })],
		['in JSON', (key) => ({ status: 402, body: { detail: key, header: base64(`${key}:`) } })],
		['without padding', (key) => ({ status: 402, body: base64(`${key}:`).replace(/=+$/, '') })],
		['in other case', (key) => ({ status: 402, body: key.toUpperCase() })],
		['in base64', (key) => ({ status: 500, body: { Message: base64(key) } })],
		['for a URL', (key) => ({ status: 400, body: { Message: encodeURIComponent(key) } })],
		['in bytes', (key) => ({ status: 400, body: Buffer.from(key).toString('hex') })],
		['in a web page', (key) => ({ status: 502, body: `<p>${key.replaceAll('&', '&amp;')}</p>` })],
	])('that the server repeats is hidden: %s', async (_, answer) => {
		for (const key of [API_KEY, randomUUID()]) {
			for (const step of [makeCall, callAndWait]) {
				const result = await runAgainst(
					(request) =>
						step === makeCall || !isPost(request)
							? answer(key)
							: { body: { CallId: randomUUID() } },
					step,
					1,
					key,
				);
				const shown = JSON.stringify([result.saved, result.logs, result.error]).toLowerCase();
				for (const form of formsOf(key)) {
					expect(shown).not.toContain(form);
					expect(shown).not.toContain(JSON.stringify(form).slice(1, -1));
				}
			}
		}
	});

	it('that the server repeats with a tag inside of it is hidden', async () => {
		const key = randomUUID();
		const Message = `<b>${key.slice(0, 20)}<wbr>${key.slice(20)}</b> is no key`;
		const { error } = await runAgainst(
			() => ({ status: 402, body: { Message } }),
			makeCall,
			1,
			key,
		);
		expect(error?.description).toContain('Voice2Phone said: "[API key] is no key"');
	});

	it('that is exchanged during a wait is used from then on', async () => {
		const callId = randomUUID();
		const stored = { apiKey: 'old-api-key', authScheme: 'apiKey' };
		const heard: Array<string | undefined> = [];
		const serve = (socket: import('node:net').Socket) =>
			network.web(socket, (request, response) => {
				heard.push(request.headers.authorization);
				if (isPost(request)) {
					stored.apiKey = 'new-api-key';
					response.end(JSON.stringify({ CallId: callId }));
				} else if (request.headers.authorization === 'new-api-key') {
					response.end(JSON.stringify({ CallId: callId, Status: 2, Dtmf: '1' }));
				} else response.writeHead(401).end('{}');
			});
		simulator.environment = (await network.open({ route: 'direct', serve })) as Record<
			string,
			string
		>;
		const result = await engine.run(linear(manualTrigger(), items([{}]), callAndWait), {
			credentials: { voice2PhoneApi: stored },
		});
		expect(result.output('Voice2Phone')[0].json).toMatchObject({ pressedKey: '1' });
		expect(heard).toEqual(['old-api-key', 'old-api-key', 'new-api-key']);
	});
});

describe('A call ID', () => {
	it.each<[string, unknown]>([
		['a path', '../account/delete?x='],
		['one with a query', `${randomUUID()}?a=1#`],
		['one with a line of its own for the log', `${randomUUID()}\na line of the log`],
		['60,000 letters', 'a'.repeat(60_000)],
		['no characters', '\uFFFD\uFFFD\uFFFD'],
		['the ID of nothing', '00000000-0000-0000-0000-000000000000'],
		['a number', 12],
		['null', null],
	])('that is none is not asked for, and stands in no log: %s', async (_, CallId) => {
		const result = await runAgainst(() => ({ body: { CallId } }), callAndWait);
		expect(result.error?.message).toBe(
			'It is not known whether the phone rang: the answer has no CallId, item 0',
		);
		expect(network.requests).toEqual(['POST /call HTTP/1.1']);
		expect(JSON.stringify(result.logs)).not.toContain('placed the call');
	});

	it('that is given for three calls counts for the first', async () => {
		const CallId = randomUUID();
		const step = voice2Phone(
			{ operation: 'makeCall', ...parameters },
			{ onError: 'continueRegularOutput' },
		);
		const result = await runAgainst(() => ({ body: { CallId } }), step, 3);
		const [first, ...others] = result.output('Voice2Phone').map(({ json }) => json);
		expect(first.CallId).toBe(CallId);
		for (const { error } of others) {
			expect(error).toMatch(
				/not known whether the phone rang: the answer has the CallId of another/,
			);
		}
	});

	/** The first call gets its ID, the second is refused once; in the second try it is given the ID of the first. */
	const givenAgain = (CallId: string): Answer => {
		let calls = 0;
		return (request) => {
			if (!isPost(request)) return { body: { CallId, Status: 2, Dtmf: calls < 3 ? '2' : '1' } };
			return ++calls === 2 ? { status: 401, body: {} } : { body: { CallId } };
		};
	};
	const twoTries = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };

	it('that was given in the first try of Retry On Fail is no ID of a call in the second', async () => {
		const CallId = randomUUID();
		const options = { ...parameters.options, callsAtOnce: 1, callsPerSecond: 0 };
		const step = voice2Phone({ operation: 'makeCall', ...parameters, options }, twoTries);
		const { error } = await runAgainst(givenAgain(CallId), step, 2);
		expect(error?.message).toMatch(/not known whether the phone rang.*CallId of another.*item 1/);
		expect(error?.description).toContain(CallId);
	});

	it('that was given to one person in the first try lets no other person accept in the second', async () => {
		const step = voice2Phone(
			{
				operation: 'callUntilAccepted',
				countryCode: 'US',
				phoneNumbers: '425 555 0101, 425 555 0102',
				message: 'Alarm. Press 1 to accept, or 2 to decline.',
				dtmf: {
					entries: [
						{ key: '1', meaning: 'accepts', message: 'Thank you.' },
						{ key: '2', meaning: 'declines', message: 'Thank you.' },
					],
				},
				options: { requestTimeout: 2, maxRetries: 0, callsPerSecond: 0 },
			},
			twoTries,
		);
		const result = await runAgainst(givenAgain(randomUUID()), step);
		const [{ json }] = result.output('Voice2Phone', 1);
		expect(json).toMatchObject({
			outcome: 'nobody',
			acceptedBy: [],
			attempts: [{ outcome: 'declined' }, { outcome: 'unknown' }],
		});
	});
});

describe('A status', () => {
	const waitFor = async (status: (callId: string | undefined) => unknown) =>
		await runAgainst(
			(request) =>
				isPost(request) ? { body: { CallId: randomUUID() } } : { body: status(idIn(request)) },
			callAndWait,
		);

	it('of another call is no answer', async () => {
		const result = await waitFor(() => ({ CallId: randomUUID(), Status: 2, Dtmf: '1' }));
		expect(result.output('Voice2Phone')[0].json).toMatchObject({
			outcome: 'timedOut',
			pressedKey: null,
			Dtmf: null,
			lastCheckFailed: 'Voice2Phone answered with the status of another call (200)',
		});
	});

	it('has no field but those that the API documents', async () => {
		const result = await waitFor((CallId) => ({
			CallId,
			Status: 2,
			Dtmf: '1',
			approved: true,
			outcome: 'noKey',
			error: 'boo',
			__proto__: { polluted: true },
		}));
		const [{ json }] = result.output('Voice2Phone');
		expect(json).toMatchObject({ outcome: 'keyPressed', pressedKey: '1', Dtmf: '1' });
		for (const field of ['approved', 'error', 'errorField', 'polluted', '__proto__']) {
			expect(Object.keys(json)).not.toContain(field);
		}
	});

	it.each<[string, unknown]>([
		['a list', ['1']],
		['an object', { 1: 1 }],
		['true', true],
		['-1', -1],
		['1.5', 1.5],
		['5,000 keys', '1'.repeat(5000)],
		['"timeout"', 'timeout'],
	])('presses no key with %s', async (_, Dtmf) => {
		const result = await waitFor((CallId) => ({ CallId, Status: 2, Dtmf }));
		expect(result.output('Voice2Phone')[0].json).toMatchObject({
			outcome: 'noKey',
			pressedKey: null,
		});
	});
});

/** What a broken or hostile server may answer to any request; `id` is the call that is asked for. */
const ANSWERS: Array<[string, (key: string, id: string) => { status?: number; body: unknown }]> = [
	['nothing', () => ({ body: '' })],
	['null', () => ({ body: null })],
	['a number', () => ({ body: 1 })],
	['a list', () => ({ body: [{ CallId: randomUUID() }] })],
	['half of JSON', () => ({ body: '{"CallId":"54b16dd7' })],
	['two JSON texts', () => ({ body: '{"CallId":"a"}{"CallId":"b"}' })],
	['a name twice', () => ({ body: `{"CallId":"${randomUUID()}","CallId":"${randomUUID()}"}` })],
	['30,000 brackets', () => ({ body: '['.repeat(30_000) })],
	['brackets that are closed', () => ({ body: '['.repeat(20_000) + ']'.repeat(20_000) })],
	['60,000 tags', () => ({ status: 500, body: '<'.repeat(60_000) })],
	['tags and blanks', () => ({ status: 402, body: '< '.repeat(30_000) })],
	['60,000 blanks', () => ({ status: 402, body: ' '.repeat(60_000) })],
	['entities', () => ({ status: 402, body: '&amp;'.repeat(12_000) })],
	['a megabyte', () => ({ body: `"${'x'.repeat(1_000_000)}"` })],
	['a megabyte of an error', () => ({ status: 402, body: 'x'.repeat(1_000_000) })],
	['200 with an error', (key) => ({ body: { error: `bad ${key}`, CallId: null } })],
	['201', () => ({ status: 201, body: { CallId: randomUUID() } })],
	['202 without an ID', () => ({ status: 202, body: {} })],
	['204', () => ({ status: 204, body: '' })],
	['206', (key) => ({ status: 206, body: { a: key } })],
	['304', () => ({ status: 304, body: '' })],
	...[301, 302, 303, 307, 308].map((status): (typeof ANSWERS)[number] => [
		`${status}`,
		(key) => ({ status, body: key }),
	]),
	...[400, 401, 402, 403, 404, 405, 408, 409, 410, 418, 422, 451, 499].map(
		(status): (typeof ANSWERS)[number] => [
			`${status}`,
			(key) => ({ status, body: { Message: `<a href=//evil.example>${key}</a> ${base64(key)}` } }),
		],
	),
	...[500, 501, 502, 503, 504, 520, 599].map((status): (typeof ANSWERS)[number] => [
		`${status}`,
		(key) => ({ status, body: { error: { text: key, more: [base64(`${key}:`)] } } }),
	]),
	['a status that is all keys', (_, CallId) => ({ body: { CallId, Dtmf: '0123456789*#ABCD' } })],
	['a status of no type', (_, CallId) => ({ body: { CallId, Status: {}, Dtmf: [], a: 1 } })],
	['the key as Dtmf', (key, CallId) => ({ body: { CallId, Status: 2, Dtmf: key } })],
	[
		'names of objects',
		(_, CallId) => ({ body: `{"CallId":"${CallId}","__proto__":{"Dtmf":"1"}}` }),
	],
	['an approval', (_, CallId) => ({ body: { CallId, approved: true, chatInput: 'Approved' } })],
	['numbers without end', (_, CallId) => ({ body: `{"CallId":"${CallId}","Status":1e999}` })],
];

/** The longest time, in milliseconds, for which n8n could do nothing else. */
async function longestPauseIn(task: () => Promise<void>): Promise<number> {
	let longest = 0;
	let last = performance.now();
	const look = () => {
		longest = Math.max(longest, performance.now() - last);
		last = performance.now();
	};
	const timer = setInterval(look, 5);
	await task();
	look();
	clearInterval(timer);
	return longest;
}

const matter = voice2Phone({
	operation: 'callUntilAccepted',
	countryCode: 'US',
	phoneNumbers: '425 555 0101, 425 555 0102',
	message: 'Hello',
	nextAfter: 0.005,
	dtmf: { entries: [{ key: '1', meaning: 'accepts', message: 'Thank you' }] },
	options: { requestTimeout: 2, maxRetries: 0, callsPerSecond: 0 },
});
const retried = voice2Phone(
	{
		operation: 'callAndWait',
		...parameters,
		options: { ...parameters.options, waitAtMost: 0.006 },
	},
	{ retryOnFail: true, maxTries: 2 },
);

describe(`Each of ${ANSWERS.length} answers`, () => {
	const told: string[] = [];
	afterAll(() => console.log(told.join('\n')));

	it.each(ANSWERS)(
		'rings nobody twice, leaks nothing, shows no HTML and lets n8n breathe: %s',
		async (...row) => {
			const [what, answerOf] = row;
			const ways = [
				['to the call', (request: IncomingMessage) => isPost(request)],
				['to the status', (request: IncomingMessage) => !isPost(request)],
			] as const;
			for (const [to, isMeant] of ways) {
				const steps = to === 'to the call' ? [makeCall, retried, matter] : [retried];
				for (const step of steps) {
					const numbers: string[] = [];
					let result: Awaited<ReturnType<typeof runAgainst>> | undefined;
					const pause = await longestPauseIn(async () => {
						result = await runAgainst((request) => {
							const bytes = request.method === 'POST' ? 'POST' : 'GET';
							if (bytes === 'POST') numbers.push(bytes);
							return isMeant(request)
								? answerOf(API_KEY, idIn(request) ?? '')
								: {
										body: isPost(request)
											? { CallId: randomUUID() }
											: { CallId: idIn(request), Status: 2, Dtmf: '1' },
									};
						}, step);
					});
					if (!result) throw new Error('The workflow did not run.');
					const shown = JSON.stringify([result.saved, result.logs, result.error]).toLowerCase();
					for (const form of formsOf(API_KEY))
						expect(shown).not.toContain(JSON.stringify(form).slice(1, -1));
					const { message = '', description = '' } = result.error ?? {};
					expect(`${message}${description}`).not.toMatch(/<|&[#a-z]/i);
					const isRefused = /nobody was called/i.test(`${description}${result.saved}`);
					// A refusal of the server may be tried again; whatever may have rung may not.
					const most = step === matter ? 2 : step === retried && isRefused ? 2 : 1;
					expect(numbers.length).toBeLessThanOrEqual(most);
					expect(pause).toBeLessThan(1_000);
					told.push(
						`${what} ${to}: ${numbers.length} calls, ${Math.round(pause)} ms, ${message || 'came out'}`,
					);
				}
			}
		},
	);
});
