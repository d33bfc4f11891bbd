/* Sends one request through n8n and takes its answer, in bounded time and memory. Nothing else sends one. */
import {
	NodeApiError,
	sleep,
	type ICredentialsDecrypted,
	type IExecuteFunctions,
	type IHttpRequestOptions,
	type IN8nHttpFullResponse,
	type INode,
} from 'n8n-workflow';

import { answerIn, readFault } from '../core/calls/networkFaults';
import type { HttpResult } from '../core/calls/outcome';
import { LONGEST_TIMER_MS, type Clock } from '../core/pacing';
import { CREDENTIAL_TYPE, type ApiCredential } from './apiCredential';

const API = 'https://api.voice2phone.com';

export interface ApiRequest {
	method: 'GET' | 'POST';
	path: string;
	body?: object;
	/** Milliseconds until a request without a whole answer is given up. */
	timeoutMs: number;
	/** When to give up in any case, in the clock's time. */
	until?: number;
}

/** The API's answers have some 200 bytes. Of one that is longer than this nothing but the status counts. */
const MOST_BYTES = 64 * 1024;

/**
 * The HTTP client's own time-out comes first, because its error tells how far the request came. It does not
 * end a body that trickles, nor a connection that the server switched to another protocol.
 */
const GRACE_MS = 500;

/** Without a reason, Node.js would make an error with a stack for each timer that is not needed any more. */
const REQUEST_ENDED = new Error('The request has ended');

/**
 * n8n gives the answers of these statuses out as errors, which show who answered: the server, or a proxy
 * that refused the connection. Two have to come as they are: 200 cannot be a proxy's refusal, and a request
 * that fails with 401 is sent again by n8n, a POST too. Needs n8n-workflow 2.10; older ones take it for true.
 * Before 2.34, n8n's errors lose the answer: there all come as they are, and a proxy's refusal looks like the server's.
 */
const SHOWN_AS_ERRORS = errorsShowAnswers()
	? Array.from({ length: 399 }, (_, index) => 201 + index).filter((status) => status !== 401)
	: [];

function errorsShowAnswers(): boolean {
	return new NodeApiError({} as INode, new Error('An answer') as never).cause !== undefined;
}

/**
 * Rejects only when the node stops while a GET is on its way. A POST that is on its way comes to its end in
 * any case, so that no call ID is lost.
 */
export async function exchange(
	context: IExecuteFunctions,
	credential: ApiCredential,
	clock: Clock,
	{ method, path, body, timeoutMs, until = Infinity }: ApiRequest,
): Promise<HttpResult> {
	const left = until - clock.now();
	if (left <= 0) return { ...TIME_IS_UP, stage: 'unprepared' };
	const connection = new Connection();
	const request: IHttpRequestOptions = {
		method,
		url: API + path,
		body,
		json: true,
		timeout: Math.ceil(Math.min(timeoutMs, left, LONGEST_TIMER_MS)),
		returnFullResponse: true,
		// Otherwise the whole body, of any size, is in memory before it can be looked at.
		encoding: 'stream',
		ignoreHttpStatusErrors: { ignore: true, except: SHOWN_AS_ERRORS },
		// A redirect would carry the API key to another host.
		disableFollowRedirect: true,
		// n8n puts its own signal in the place of `abortSignal`. This one ends the connection.
		agentOptions: { signal: connection.signal } as IHttpRequestOptions['agentOptions'],
	};
	const timer = new AbortController();
	const limitMs = Math.min(timeoutMs + GRACE_MS, left, LONGEST_TIMER_MS);
	const sleeping = method === 'GET' ? clock.sleep(limitMs, timer.signal) : sleepOn(limitMs, timer);
	const timeUp = sleeping.then(() => connection.soFar);
	let result: HttpResult | undefined;
	try {
		result = await Promise.race([send(context, credential, clock, request, connection), timeUp]);
		return result;
	} finally {
		timer.abort(REQUEST_ENDED);
		// What was not read to its end would go on coming in.
		if (result === undefined || !isWhole(result)) connection.end();
	}
}

type HttpAnswer = Extract<HttpResult, { kind: 'answer' }>;
type HttpFault = Extract<HttpResult, { kind: 'fault' }>;

const TIME_IS_UP: HttpFault = {
	kind: 'fault',
	code: 'ETIMEDOUT',
	message: 'The whole answer did not come in time',
};

/** How far a request has come, and the way to end it. */
class Connection {
	isGivenUp = false;

	private isBegun = false;

	/** The answer without its body, which has not come to its end. */
	private head: HttpAnswer | undefined;

	private readonly controller = new AbortController();

	get signal(): AbortSignal {
		return this.controller.signal;
	}

	/** What is known when no more of the answer is waited for. */
	get soFar(): HttpResult {
		if (!this.isBegun) return { ...TIME_IS_UP, stage: 'unprepared' };
		return this.head && isRefusal(this.head) ? this.head : TIME_IS_UP;
	}

	/** From now on the request may be sent. */
	begun(): void {
		this.isBegun = true;
	}

	answered(head: HttpAnswer): void {
		this.head = head;
		if (this.isGivenUp) this.controller.abort();
	}

	/**
	 * Ends a connection whose answer has begun. Until then the HTTP client's own time-out does it: a socket
	 * that is ended before the client listens to it throws its error at the process.
	 */
	end(): void {
		this.isGivenUp = true;
		if (this.head) this.controller.abort();
	}
}

/** What a refusal means, its status says without a body. Of a success, the call ID would be lost. */
function isRefusal({ statusCode, isFromProxy }: HttpAnswer): boolean {
	return statusCode >= 300 || isFromProxy === true;
}

function isWhole(result: HttpResult): boolean {
	return result.kind === 'answer' && result.body !== undefined;
}

/** Sleeps although the node stops. n8n's sleep rejects when it is woken. */
async function sleepOn(ms: number, { signal }: AbortController): Promise<void> {
	await sleep(ms, signal).catch(() => undefined);
}

async function send(
	context: IExecuteFunctions,
	credential: ApiCredential,
	clock: Clock,
	request: IHttpRequestOptions,
	connection: Connection,
): Promise<HttpResult> {
	let credentialsDecrypted: ICredentialsDecrypted;
	try {
		credentialsDecrypted = await credential.current(clock.now());
	} catch (error) {
		return { kind: 'fault', ...readFault(error), stage: 'unprepared' };
	}
	if (connection.isGivenUp) return connection.soFar;
	connection.begun();
	try {
		const response = (await context.helpers.httpRequestWithAuthentication.call(
			context,
			CREDENTIAL_TYPE,
			request,
			{ credentialsDecrypted },
		)) as IN8nHttpFullResponse;
		const { statusCode, headers, body } = response;
		return await readAnswer({ kind: 'answer', statusCode, headers, body }, connection);
	} catch (error) {
		const answer = answerIn(error);
		if (!answer) return { kind: 'fault', ...readFault(error) };
		const { status, headers, data } = answer.response;
		const isFromProxy = answer.stage === 'plain';
		return await readAnswer(
			{ kind: 'answer', statusCode: Number(status), headers, body: data, isFromProxy },
			connection,
		);
	}
}

/** Never rejects. */
async function readAnswer(
	{ headers, body, ...answer }: Omit<HttpAnswer, 'headers'> & { headers?: unknown },
	connection: Connection,
): Promise<HttpResult> {
	const head = { ...answer, headers: (headers ?? {}) as HttpAnswer['headers'], body: undefined };
	connection.answered(head);
	if (!isStream(body)) return { ...head, body };
	try {
		return { ...head, body: parseJson(await readText(body)) };
	} catch (error) {
		return isRefusal(head) ? head : { kind: 'fault', ...readFault(error), stage: 'secure' };
	}
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
	return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

/** Undefined when the text is too long. Leaving the loop ends the stream, and what unpacks it. */
async function readText(stream: AsyncIterable<Uint8Array>): Promise<string | undefined> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of stream) {
		size += chunk.length;
		if (size > MOST_BYTES) return undefined;
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString();
}

function parseJson(text: string | undefined): unknown {
	if (text === undefined) return undefined;
	try {
		return JSON.parse(text.replace(/^\uFEFF/, ''));
	} catch {
		return text;
	}
}
