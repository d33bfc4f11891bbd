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
