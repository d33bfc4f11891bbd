import { setTimeout as sleep } from 'node:timers/promises';
import { EnvHttpProxyAgent, request } from 'undici';
import { toBody, type CallBody } from '../../nodes/Voice2Phone/core/calls/callRequest';
import { retryAfterMs } from '../../nodes/Voice2Phone/core/calls/outcome';
import type { Phone } from '../../nodes/Voice2Phone/core/numbers/phoneNumber';

const API = 'https://api.voice2phone.com';
/** A call that does not exist: asking for it rings nobody. */
const NO_CALL = '/call/00000000-0000-0000-0000-000000000000';
/** Longer than the node's own default, since a late answer to the call is worth having. */
const ANSWER_WITHIN_MS = 60_000;

export type Scheme = 'basic' | 'apiKey';

/** One request and what came back. */
export interface Exchange {
	/** What was asked, in words. */
	asked: string;
	/** Milliseconds since 1970 at which it was sent. */
	sentAt: number;
	/** Milliseconds from then to the end of the answer. */
	tookMs: number;
	statusCode?: number;
	headers: Record<string, string | string[] | undefined>;
	/** As it came; empty when nothing did. */
	body: string;
	/** Why there was no answer: the network's error code. */
	fault?: string;
}

/** The call's status as one look found it. */
export interface Look extends Exchange {
	/** The body as JSON object, undefined when it is none. */
	status?: Record<string, unknown>;
}

export interface Findings {
	/** The request for a call that does not exist, with the key in each scheme. */
	goodKey: Record<Scheme, Exchange>;
	/** The same with a key that is wrong; missing for a scheme in which the good key was refused. */
	badKey: Partial<Record<Scheme, Exchange>>;
	/** The schemes that were not refused, the best proved first. */
	usable: Scheme[];
	/** A request to call that names no phone, so that it can ring none. */
	incomplete?: Exchange;
	/** The one call. */
	call?: Exchange;
	looks: Look[];
}

export interface ProbeOptions {
	apiKey: string;
	phone: Phone;
	/** Milliseconds between two looks at the call. */
	lookEveryMs: number;
	/** The watching ends when for so many milliseconds nothing has changed, */
	unchangedForMs: number;
	/** or after so many milliseconds. */
	watchAtMostMs: number;
	/** Lets no call be placed any more, and ends the watching. */
	signal: AbortSignal;
	/** Is told how far the probe is. */
	say: (line: string) => void;
}

interface Question {
	asked: string;
	method: 'GET' | 'POST';
	path: string;
	authorization: string;
	body?: unknown;
}

/** Asks for two keys, one after the other: how `Dtmf` shows several is not documented. */
function testCall(phone: Phone): CallBody {
	return toBody({
		phone,
		message: 'This is the test call that you asked for. Please press 1.',
		keys: [
			{ key: '1', label: '', message: 'You pressed one. Now press 2.' },
			{ key: '2', label: '', message: 'You pressed two. Goodbye.' },
		],
	});
}

/**
 * Asks the API what its documentation leaves open: five or six requests that ring nobody, one call, and
 * one look at it after the other. Nothing is sent twice, so the call is placed once at most; it is not
 * placed when the key is refused in both schemes, or when the API takes the incomplete request for good.
 *
 * @throws Error when the API cannot be reached at all
 */
export async function probe(options: ProbeOptions): Promise<Findings> {
	const { apiKey, phone, signal, say } = options;
	const dispatcher = new EnvHttpProxyAgent();
	const ask = async (question: Question) => await exchange(dispatcher, question);
	const askForNoCall = async (scheme: Scheme, key: string, which: string) =>
		await ask({
			asked: `GET a call that does not exist, ${schemeNames[scheme]}, ${which} key`,
			method: 'GET',
			path: NO_CALL,
			authorization: authorizationOf(scheme, key),
		});

	try {
		say('Asking for a call that does not exist, with the key in both schemes …');
		const goodKey = {
			basic: await askForNoCall('basic', apiKey, 'good'),
			apiKey: await askForNoCall('apiKey', apiKey, 'good'),
		};
		const { fault } = goodKey.basic;
		if (fault && goodKey.apiKey.fault) {
			throw new Error(
				`${API} cannot be reached (${fault}). Check the network and HTTPS_PROXY. Nobody was called.`,
			);
		}
		const findings: Findings = { goodKey, badKey: {}, usable: [], looks: [] };
		const open = schemes.filter((scheme) => !goodKey[scheme].fault && !isRefused(goodKey[scheme]));
		for (const scheme of open) {
			findings.badKey[scheme] = await askForNoCall(scheme, 'not-a-key', 'wrong');
		}
		// A scheme in which a wrong key is refused has proved that it reads the key.
		const proved = open.filter((scheme) => isRefused(findings.badKey[scheme]));
		findings.usable = [...proved, ...open.filter((scheme) => !proved.includes(scheme))];
		const [scheme] = findings.usable;
		if (!scheme) return findings;

		const authorization = authorizationOf(scheme, apiKey);
		say('Sending a request to call without a phone …');
		findings.incomplete = await ask({
			asked: 'POST a call without a phone',
			method: 'POST',
			path: '/call',
			authorization,
			body: { Message: 'This request names no phone.' },
		});
		if (isSuccess(findings.incomplete) || signal.aborted) return findings;

		say('Placing the call. Answer it, press 1, and 2 when you are asked to.');
		findings.call = await ask({
			asked: 'POST a call',
			method: 'POST',
			path: '/call',
			authorization,
			body: testCall(phone),
		});
		const callId = jsonOf(findings.call.body)?.CallId;
		if (isSuccess(findings.call) && typeof callId === 'string') {
			say('Watching the call. Ctrl-C ends the watching and writes the report.');
			const look = async () => {
				const seen = await ask({
					asked: 'GET the call',
					method: 'GET',
					path: `/call/${encodeURIComponent(callId)}`,
					authorization,
				});
				return { ...seen, status: isSuccess(seen) ? jsonOf(seen.body) : undefined };
			};
			await watch(look, findings.looks, options);
		}
		return findings;
	} finally {
		await dispatcher.close();
	}
}

const schemes: readonly Scheme[] = ['basic', 'apiKey'];

export const schemeNames: Readonly<Record<Scheme, string>> = {
	basic: 'Standard (Basic)',
	apiKey: 'Key Only',
};

function authorizationOf(scheme: Scheme, key: string): string {
	return scheme === 'apiKey' ? key : `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
}

/** Whether an answer says that the key is not good. */
export const isRefused = (answer: Exchange | undefined): boolean =>
	answer?.statusCode === 401 || answer?.statusCode === 403;

export const isSuccess = ({ statusCode = 0 }: Exchange) => statusCode >= 200 && statusCode < 300;

function jsonOf(body: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(body);
		return typeof value === 'object' && value !== null
			? (value as Record<string, unknown>)
			: undefined;
	} catch {
		return undefined;
	}
}

/** Looks again and again, and keeps every look. "Too many requests" makes it slower. */
async function watch(
	look: () => Promise<Look>,
	looks: Look[],
	{ lookEveryMs, unchangedForMs, watchAtMostMs, signal, say }: ProbeOptions,
): Promise<void> {
	const began = Date.now();
	let changedAt = began;
	let interval = lookEveryMs;
	let last = '';
	while (!signal.aborted) {
		const seen = await look();
		looks.push(seen);
		if (seen.status && seen.body !== last) {
			last = seen.body;
			changedAt = Date.now();
			const { Status, Dtmf } = seen.status;
			const seconds = ((changedAt - began) / 1000).toFixed(1);
			say(`  ${seconds} s: Status ${JSON.stringify(Status)}, Dtmf ${JSON.stringify(Dtmf)}`);
		}
		if (Date.now() - changedAt >= unchangedForMs || Date.now() - began >= watchAtMostMs) return;
		let pause = interval;
		if (seen.statusCode === 429) {
			interval *= 2;
			pause = Math.max(interval, retryAfterMs(seen.headers['retry-after'], Date.now()) ?? 0);
		}
		await sleep(pause, undefined, { signal }).catch(() => undefined);
	}
}

/** Sends one request, follows no redirect, and turns a fault of the network into a result. */
async function exchange(dispatcher: EnvHttpProxyAgent, question: Question): Promise<Exchange> {
	const { asked, method, path, authorization, body } = question;
	const sentAt = Date.now();
	const took = () => Date.now() - sentAt;
	try {
		const response = await request(API + path, {
			dispatcher,
			method,
			headers: {
				authorization,
				accept: 'application/json',
				...(body !== undefined && { 'content-type': 'application/json' }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
			signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
		});
		const { statusCode, headers } = response;
		const text = await response.body.text();
		return { asked, sentAt, tookMs: took(), statusCode, headers, body: text };
	} catch (error) {
		const { code, name } = error as NodeJS.ErrnoException;
		return { asked, sentAt, tookMs: took(), headers: {}, body: '', fault: code ?? name };
	}
}
