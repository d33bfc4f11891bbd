/* What a request without an answer tells: whether it can have left this machine, by a table of network faults. */

/**
 * How far the connection came, as the client's socket shows.
 * - `unprepared`: n8n had made no request yet
 * - `noSocket`: the request never got a connection
 * - `plain`: the connection has no TLS. Only a proxy's refusal has none: https-proxy-agent gives it out on
 *   a socket of its own, and writes no request to the proxy
 * - `handshaking`: TLS was not agreed, so no byte of the request was sent
 * - `secure`: the request may have been sent
 */
export type Stage = 'unprepared' | 'noSocket' | 'plain' | 'handshaking' | 'secure';

/** A request that got no answer. */
export interface NetworkFault {
	/** Of the innermost cause that has one, for example ECONNRESET; empty when none has. */
	code: string;
	/** Name and message of each cause, one a line. */
	message: string;
	/** The system call that failed, for example connect. */
	syscall?: string;
	/** Undefined when the client does not show its socket. */
	stage?: Stage;
	/** Whether the HTTP client had made a request; undefined when that is not known. */
	hasRequest?: boolean;
	/** What became of each address, where several were tried. */
	attempts?: Array<{ code: string; syscall?: string }>;
}

/**
 * - `neverLeft`: nothing was sent, so nobody was called
 * - `notPrepared`: n8n failed before there was a request, so nobody was called
 * - `proxyRefused`: a proxy did not let the request through, so nobody was called
 * - `certificate`: the server's certificate was refused, so nobody was called
 * - `timedOut`, `unknown`: the request may have been sent
 */
export type FaultKind =
	'neverLeft' | 'notPrepared' | 'proxyRefused' | 'certificate' | 'timedOut' | 'unknown';

/** A row matches when all its conditions hold; a missing text is an empty one. */
interface FaultRow {
	kind: FaultKind;
	code?: RegExp;
	syscall?: RegExp;
	message?: RegExp;
	stage?: Stage;
	hasRequest?: boolean;
	/** Where it is written that the fault means this. */
	source: string;
}

/** The first row that matches says what the fault means. */
const FAULTS: readonly FaultRow[] = [
	{
		kind: 'notPrepared',
		stage: 'unprepared',
		source: 'transport/exchange.ts: the credential could not be read',
	},
	{
		kind: 'certificate',
		code: /^(CERT_|CRL_|ERR_TLS_CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERROR_IN_C(ERT|RL)_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)/,
		source: 'nodejs.org/api/tls.html#x509-certificate-error-codes',
	},
	{
		kind: 'proxyRefused',
		message: /Proxy connection ended before receiving CONNECT response/,
		source: 'https-proxy-agent 7, parse-proxy-response.js, onend',
	},
	{
		kind: 'proxyRefused',
		message: /(Invalid header|No header received) from proxy CONNECT response/,
		source: 'https-proxy-agent 7, parse-proxy-response.js, ondata',
	},
	{
		kind: 'proxyRefused',
		stage: 'plain',
		source: 'https-proxy-agent 7, index.js: "fakeSocket", for every status but 200',
	},
	{
		kind: 'neverLeft',
		stage: 'noSocket',
		source: 'Node.js, lib/_http_client.js, tickOnSocket: "req.socket" is null until then',
	},
	{
		kind: 'neverLeft',
		stage: 'handshaking',
		source: 'Node.js, lib/_tls_wrap.js, onConnectSecure: "secureConnecting" is true until then',
	},
	{
		kind: 'neverLeft',
		syscall: /^getaddrinfo$/,
		source: 'getaddrinfo(3): the name was not resolved, whatever the code',
	},
	{
		kind: 'neverLeft',
		code: /^(ENOTFOUND|ENODATA|EAI_\w+)$/,
		source: 'nodejs.org/api/dns.html#error-codes, for errors that lost their system call',
	},
	{
		kind: 'neverLeft',
		syscall: /^connect$/,
		source: 'connect(2): the connection was not made, whatever the code',
	},
	{
		kind: 'neverLeft',
		code: /^(ECONNREFUSED|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/,
		// A connection that is cut off from its network says the same when it reads or writes.
		syscall: /^$/,
		source: 'connect(2), for errors that lost their system call',
	},
	{
		kind: 'timedOut',
		code: /^(ECONNABORTED|ETIMEDOUT|ESOCKETTIMEDOUT)$/,
		source: 'axios, lib/adapters/http.js, createTimeoutError; tcp(7)',
	},
	{
		kind: 'unknown',
		stage: 'secure',
		source: 'Node.js, lib/_http_client.js: the request is written as soon as TLS is agreed',
	},
	{
		kind: 'neverLeft',
		message: /before secure TLS connection was established/,
		source: 'Node.js, lib/_tls_wrap.js, onConnectEnd',
	},
	{
		kind: 'unknown',
		code: /BAD_RECORD_MAC|DECRYPTION_FAILED|UNEXPECTED_EOF|AFTER_CLOSE_NOTIFY|ALERT_INTERNAL_ERROR|RECORD_OVERFLOW/,
		source:
			'RFC 8446, sections 6.1 and 6.2: what can come after the handshake, when the request was sent',
	},
	{
		kind: 'unknown',
		message:
			/bad record mac|decryption failed|unexpected eof|after close notify|alert internal error|record overflow/i,
		source: 'the same in the words of OpenSSL, which Node.js 20 puts behind the code EPROTO',
	},
	{
		kind: 'neverLeft',
		code: /^(EPROTO|ERR_SSL_\w+)$/,
		source: 'OpenSSL, err.h and sslerr.h: TLS was not agreed',
	},
	{
		kind: 'notPrepared',
		code: /^ERR_(INVALID_(ARG|CHAR|HTTP_TOKEN|PROTOCOL|URL)\w*|HTTP_INVALID_HEADER_VALUE|UNESCAPED_CHARACTERS)$/,
		source: 'nodejs.org/api/errors.html: http.request() throws these',
	},
	{
		kind: 'notPrepared',
		code: /^ERR_(BAD_OPTION|BAD_OPTION_VALUE|NOT_SUPPORT|INVALID_URL)$/,
		source: 'axios, lib/adapters/http.js: settings that it refuses before "req.end()"',
	},
	{
		kind: 'neverLeft',
		code: /^ERR_CANCELED$/,
		hasRequest: false,
		source: 'axios, lib/core/dispatchRequest.js, throwIfCancellationRequested',
	},
	{
		kind: 'notPrepared',
		message: /^NodeOperationError: /m,
		hasRequest: false,
		source: 'n8n-core, authentication.js: thrown while the credential is read',
	},
	{
		kind: 'notPrepared',
		code: /^$/,
		syscall: /^$/,
		hasRequest: false,
		source: 'axios gives its errors a request or a code; what has neither came before it',
	},
];

/** What a fault means. What no row of the table knows is unknown. */
export function kindOf(fault: NetworkFault): FaultKind {
	const { attempts = [] } = fault;
	// Node.js tries all addresses of a name, and gives one code to the whole (lib/net.js, internalConnectMultiple).
	if (attempts.length > 0) {
		const kinds = attempts.map((attempt) => kindOf({ ...attempt, message: '' }));
		if (kinds.every((kind) => kind === 'neverLeft')) return 'neverLeft';
	}
	return FAULTS.find((row) => isMatch(row, fault))?.kind ?? 'unknown';
}

function isMatch({ code, syscall, message, stage, hasRequest }: FaultRow, fault: NetworkFault) {
	return (
		(code?.test(fault.code) ?? true) &&
		(syscall?.test(fault.syscall ?? '') ?? true) &&
		(message?.test(fault.message) ?? true) &&
		(stage === undefined || stage === fault.stage) &&
		(hasRequest === undefined || hasRequest === fault.hasRequest)
	);
}

const MOST_CAUSES = 10;
const LONGEST_MESSAGE = 500;

/**
 * Reads what was thrown for a request, down to its innermost cause. n8n throws a NodeApiError around axios'
 * error around the network's. Nothing of the request is kept, since it holds the API key.
 */
export function readFault(thrown: unknown): NetworkFault {
	const fault: NetworkFault = { code: '', message: '' };
	const messages: string[] = [];
	const causes = causesOf(thrown);
	// What n8n wraps is an Error. Without it, nothing is known of a request.
	const innermost = causes.at(-1);
	if (typeof innermost?.message === 'string' && innermost.name !== 'NodeApiError') {
		fault.hasRequest = false;
	}
	for (const link of causes) {
		if (typeof link.code === 'string' || typeof link.code === 'number') {
			fault.code = textOf(String(link.code));
		}
		if (link === innermost && link.name === 'NodeApiError') Object.assign(fault, leftIn(link));
		if (typeof link.syscall === 'string') fault.syscall = link.syscall;
		messages.push(`${textOf(link.name)}: ${textOf(link.message)}`);
		if (isObject(link.request)) {
			fault.hasRequest = true;
			fault.stage = stageOf(link.request);
		}
		if (Array.isArray(link.errors)) {
			fault.attempts = link.errors.filter(isObject).map(({ code, syscall }) => ({
				code: textOf(code),
				...(typeof syscall === 'string' && { syscall }),
			}));
		}
	}
	return { ...fault, message: messages.join('\n') };
}

/** Before n8n-workflow 2.34, an error of n8n's loses its cause, but for its code and its words: "read ECONNRESET". */
function leftIn({ httpCode, messages }: Record<string, unknown>): Partial<NetworkFault> {
	const [words] = Array.isArray(messages) ? (messages as unknown[]) : [];
	const [, syscall] = /^([a-z]+) E[A-Z]/.exec(textOf(words)) ?? [];
	return { code: textOf(httpCode), ...(syscall && { syscall }) };
}

/** An answer as axios has it. */
interface AxiosAnswer {
	status?: unknown;
	headers?: unknown;
	data?: unknown;
}

/** The answer inside of what was thrown: axios throws for each status that it was told to throw for. */
export function answerIn(thrown: unknown): { response: AxiosAnswer; stage?: Stage } | undefined {
	for (const { response, request } of causesOf(thrown)) {
		if (isObject(response) && response.status !== undefined) {
			return { response, stage: isObject(request) ? stageOf(request) : undefined };
		}
	}
	return undefined;
}

/** How far a request of Node.js came. */
function stageOf({ socket }: Record<string, unknown>): Stage | undefined {
	if (socket === null) return 'noSocket';
	if (!isObject(socket)) return undefined;
	if (socket.encrypted !== true) return 'plain';
	return socket.secureConnecting === true ? 'handshaking' : 'secure';
}

/** The error and its causes, outermost first; n8n wraps what is no Error of its own under `errorResponse`. */
function causesOf(thrown: unknown): Array<Record<string, unknown>> {
	const causes: Array<Record<string, unknown>> = [];
	let link = thrown;
	while (isObject(link) && causes.length < MOST_CAUSES) {
		causes.push(link);
		link = link.cause ?? link.errorResponse;
	}
	return causes;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value.slice(0, LONGEST_MESSAGE) : '';
}
