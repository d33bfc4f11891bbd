import { readFileSync } from 'node:fs';
import { Agent, ProxyAgent, request } from 'undici';
import type { Simulator } from './index';

/** A good body of `POST /call` to a number. */
export const callTo = (Number: string, Message = 'Please press one') => ({
	Phone: { Number, CountryCode: 'US' },
	Message,
	Dtmf: { '1': 'Thank you', '2': 'Goodbye' },
});

/** What came back: the body as text, and as JSON where it is JSON. */
export interface Response {
	statusCode: number;
	headers: Record<string, string | string[] | undefined>;
	text: string;
	body: unknown;
}

export interface SendOptions {
	method?: string;
	headers?: Record<string, string>;
	body?: string;
	signal?: AbortSignal;
}

/** An HTTP client that trusts the simulator's authority and has its key. */
export function createClient(simulator: Simulator, { proxied = false } = {}) {
	const ca = readFileSync(simulator.caFile, 'utf8');
	const origin = proxied ? 'https://api.voice2phone.com' : simulator.url;
	const dispatcher = proxied
		? new ProxyAgent({ uri: simulator.proxyUrl, requestTls: { ca } })
		: new Agent({ connect: { ca } });

	async function send(path: string, options: SendOptions = {}): Promise<Response> {
		const { method = 'GET', headers = {}, body, signal } = options;
		const response = await request(origin + path, {
			dispatcher,
			method: method as 'GET',
			headers: { authorization: simulator.apiKey, ...headers },
			body,
			signal,
		});
		const text = await response.body.text();
		let parsed: unknown;
		try {
			parsed = JSON.parse(text);
		} catch {
			parsed = undefined;
		}
		return { statusCode: response.statusCode, headers: response.headers, text, body: parsed };
	}

	return {
		send,
		/** `POST /call` with this as JSON. */
		place: (body: unknown, options: SendOptions = {}) =>
			send('/call', {
				...options,
				method: 'POST',
				headers: { 'content-type': 'application/json', ...options.headers },
				body: JSON.stringify(body),
			}),
		/** `GET /call/{callId}`. */
		status: (callId: string) => send(`/call/${callId}`),
		close: () => dispatcher.destroy(),
	};
}

export type Client = ReturnType<typeof createClient>;

/** Places a call that is accepted and returns its ID. */
export async function acceptedCallId(client: Client, body: unknown): Promise<string> {
	const response = await client.place(body);
	expect(response.statusCode).toBe(200);
	return (response.body as { CallId: string }).CallId;
}
