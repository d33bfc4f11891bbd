import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { refusal, type Answer } from './api';
import type { Fault } from './faults';

/** A request as it arrived, and what became of it. */
export interface RecordedRequest {
	/** Milliseconds since 1970 on the simulator's clock. */
	receivedAt: number;
	method: string;
	path: string;
	headers: IncomingHttpHeaders;
	authorization?: string;
	rawBody: string;
	/** The body as JSON; undefined when it is none. */
	body: unknown;
	/** The number of the call that the request is about, E.164 form, where it can be told. */
	number?: string;
	/** Requests that were open when this one arrived, itself included. */
	inFlight: number;
	/** Of the call that the request placed, if it placed one. */
	callId?: string;
	/** The fault that was injected, if one was. */
	fault?: Fault;
	/** What was answered; undefined when nothing was. */
	statusCode?: number;
}

/** The bytes of an answer. */
export interface Reply {
	statusCode: number;
	headers: Record<string, string>;
	body: string;
	/** Cut the connection after the first half of the body. */
	cut: boolean;
}

const encode = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));

const firstHalf = (text: string) => text.slice(0, Math.ceil(text.length / 2));

function headersOf({ retryAfter, location }: Extract<Fault, { kind: 'status' }>) {
	const headers: Record<string, string> = {};
	if (retryAfter !== undefined) {
		headers['Retry-After'] =
			retryAfter instanceof Date ? retryAfter.toUTCString() : String(retryAfter);
	}
	if (location !== undefined) headers.Location = location;
	return headers;
}

/**
 * What goes over the wire, given the answer of the API and the fault that hits the request.
 *
 * @param answer undefined when the request was not processed
 * @returns undefined when nothing is to be answered
 */
export function replyTo(answer: Answer | undefined, fault: Fault | undefined): Reply | undefined {
	const reply = (statusCode: number, body: unknown, headers = {}): Reply => ({
		statusCode,
		headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
		body: encode(body),
		cut: false,
	});

	if (fault?.kind === 'status') {
		const body = fault.body ?? refusal(fault.statusCode, 'A fault was asked for.').body;
		return reply(fault.statusCode, body, headersOf(fault));
	}
	if (!answer || fault?.kind === 'timeout') return undefined;

	const { statusCode, body } = answer;
	switch (fault?.kind) {
		case 'cut':
			return fault.when === 'midBody' ? { ...reply(statusCode, body), cut: true } : undefined;
		case 'malformedBody':
			return reply(200, '<html><body>This is not JSON.</body></html>');
		case 'truncatedBody':
			return reply(200, firstHalf(encode(body)));
		case 'noCallId':
			return reply(200, {});
		default:
			return reply(statusCode, body);
	}
}

/** Sends the reply; without one, or where it says so, the connection is cut. */
export function send(reply: Reply | undefined, response: ServerResponse): void {
	if (!reply) {
		response.destroy();
		return;
	}
	response.writeHead(reply.statusCode, {
		...reply.headers,
		'Content-Length': Buffer.byteLength(reply.body),
	});
	if (reply.cut) response.write(firstHalf(reply.body), () => response.destroy());
	else response.end(reply.body);
}
