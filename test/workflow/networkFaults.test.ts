import { createSecureServer as createHttp2Server } from 'node:http2';
import { gzipSync } from 'node:zlib';
import type { Socket } from 'node:net';
import { generate } from 'selfsigned';
import { createAuthority, loadAuthority, type Authority } from '../simulator';
import {
	deadAddresses,
	TroubledNetwork,
	unresolved,
	type Trouble,
} from '../support/troubledNetwork';
import { items, linear, manualTrigger, voice2Phone } from '../support/workflow';
import { createWorkflowRunner, type WorkflowRunner } from '../support/workflowRunner';

/*
 * What can go wrong between n8n and the API, made with real sockets and run through n8n's real HTTP helper.
 * Each row compares what the node said with what a server could have read. "Nobody was called" must be
 * true each time. "It is not known" is safe, but keeps a person from being called: where no request was
 * read, it is a false alarm, and has to be marked as one.
 */

let network: TroubledNetwork;
let engine: WorkflowRunner;
let foreign: Authority;
let selfSigned: { cert: string; key: string };
const simulator: { environment: Record<string, string>; apiKey: string } = {
	environment: {},
	apiKey: 'the-key-of-the-account',
};

beforeAll(async () => {
	const directory = process.env.VOICE2PHONE_AUTHORITY ?? '';
	network = new TroubledNetwork(await loadAuthority(directory));
	foreign = await createAuthority(`${directory}-foreign`);
	const own = await generate([{ name: 'commonName', value: 'api.voice2phone.com' }], {
		keyType: 'ec',
		algorithm: 'sha256',
	});
	selfSigned = { cert: own.cert, key: own.private };
	engine = await createWorkflowRunner({ simulator });
});
afterEach(async () => await network.close());

const pause = async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms));

const CALL_ID = '54b16dd7-8e68-4a2a-973d-063e39a6998c';
const JSON_HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const ACCEPTED = JSON.stringify({ CallId: CALL_ID });
const alert = (description: number) => Buffer.from([0x15, 3, 1, 0, 2, 2, description]);
const html = (title: string) => `<html><body><h1>${title}</h1></body></html>`;
const page = (status: string, headers = '') => {
	const body = html(status);
	return `HTTP/1.1 ${status}\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`;
};

type Row = [what: string, said: RegExp, trouble: Trouble, falseAlarm?: 'false alarm'];
type Serve = NonNullable<Trouble['serve']>;

const direct = (serve: Serve): Trouble => ({ route: 'direct', serve });
const proxy = (serve: Serve): Trouble => ({ route: 'proxy', serve });
/** A server of plain TCP that answers the first bytes that come. */
const answering = (bytes: string | Buffer) =>
	direct((socket) => void socket.once('data', () => socket.end(bytes)));
/** A proxy that answers CONNECT with these bytes. */
const refusing = (bytes: string) =>
	proxy((socket) => void socket.once('data', () => socket.end(bytes)));
/** A server that reads a whole request and then does this. */
const reading = (act: (secure: Socket) => void) =>
	direct((socket) => network.secure(socket, (secure) => act(secure)));

const UNREACHABLE = /^Voice2Phone could not be reached, item 0$/;
const UNTRUSTED = /^The connection to Voice2Phone could not be trusted, item 0$/;
const PROXY = /^The proxy of this n8n refused the connection to Voice2Phone/;
const proxySaid = (status: number) =>
	new RegExp(
		`^The proxy of this n8n refused the connection to Voice2Phone \\(${status}\\), item 0$`,
	);
const unknown = (why: string) => new RegExp(`^It is not known whether the phone rang: ${why}`);

const nobodyCalled: Row[] = [
	['the name does not exist', UNREACHABLE, { route: 'direct', lookup: unresolved('ENOTFOUND') }],
	['the name service fails', UNREACHABLE, { route: 'direct', lookup: unresolved('EAI_FAIL') }],
	['the name service is busy', UNREACHABLE, { route: 'direct', lookup: unresolved('EAI_AGAIN') }],
	['the name has no address', UNREACHABLE, { route: 'direct', lookup: unresolved('EAI_NODATA') }],
	['nothing listens', UNREACHABLE, { route: 'direct' }],
	['nothing listens on several addresses', UNREACHABLE, { route: 'direct', lookup: deadAddresses }],
	['the connection is closed at once', UNREACHABLE, direct((socket) => void socket.destroy())],
	[
		'the connection is reset at once',
		UNREACHABLE,
		direct((socket) => void socket.resetAndDestroy()),
	],
	['the connection is closed during the handshake', UNREACHABLE, answering('')],
	[
		'the connection is reset during the handshake',
		UNREACHABLE,
		direct((socket) => void socket.once('data', () => socket.resetAndDestroy())),
	],
	['nothing is answered to the handshake', UNREACHABLE, direct(() => undefined)],
	[
		'half a handshake is answered',
		UNREACHABLE,
		direct((socket) => void socket.once('data', () => socket.write(Buffer.from('160303', 'hex')))),
	],
	['plain HTTP is spoken on the port', UNREACHABLE, answering(page('400 Bad Request'))],
	['a redirect comes in plain HTTP', UNREACHABLE, answering(page('301 Moved', 'Location: /\r\n'))],
	['another protocol is spoken on the port', UNREACHABLE, answering('SSH-2.0-OpenSSH_9.6\r\n')],
	['noise is answered', UNREACHABLE, answering(Buffer.alloc(200, 0xfe))],
	['TLS alert "handshake failure"', UNREACHABLE, answering(alert(40))],
	['TLS alert "protocol version"', UNREACHABLE, answering(alert(70))],
	['TLS alert "unrecognized name"', UNREACHABLE, answering(alert(112))],
	['TLS alert "internal error"', UNREACHABLE, answering(alert(80))],
	[
		'only an old version of TLS is spoken',
		UNREACHABLE,
		direct((socket) =>
			network.afterHandshake(socket, () => undefined, {
				minVersion: 'TLSv1',
				maxVersion: 'TLSv1.1',
				ciphers: 'DEFAULT@SECLEVEL=0',
			}),
		),
	],
	[
		'the certificate has expired',
		UNTRUSTED,
		direct((socket) => network.secure(socket, () => undefined, network.expired)),
	],
	[
		'the certificate is of another host',
		UNTRUSTED,
		direct((socket) => network.secure(socket, () => undefined, network.otherHost)),
	],
	[
		'the certificate is of a foreign authority',
		UNTRUSTED,
		direct((socket) =>
			network.secure(socket, () => undefined, { cert: foreign.certPem, key: foreign.keyPem }),
		),
	],
	[
		'the certificate is signed by itself',
		UNTRUSTED,
		direct((socket) => network.secure(socket, () => undefined, selfSigned)),
	],
	['the proxy is not there', UNREACHABLE, { route: 'proxy' }],
	['the proxy closes the connection at once', PROXY, proxy((socket) => void socket.end())],
	['the proxy closes the connection after CONNECT', PROXY, refusing('')],
	[
		'the proxy resets the connection after CONNECT',
		UNREACHABLE,
		proxy((socket) => void socket.once('data', () => socket.resetAndDestroy())),
	],
	['the proxy never answers', UNREACHABLE, proxy(() => undefined)],
	...[201, 204, 302, 400, 403, 404, 407, 429, 500, 502, 503, 504].map((status): Row => [
		`the proxy answers CONNECT with ${status}`,
		proxySaid(status),
		refusing(page(`${status} of the proxy`, 'Via: 1.1 proxy\r\n')),
	]),
	[
		'the proxy answers with half a page',
		proxySaid(502),
		refusing('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 5000\r\n\r\n<html>'),
	],
	[
		'the proxy answers with a page that has no end',
		proxySaid(503),
		proxy(
			(socket) => void socket.once('data', () => socket.write('HTTP/1.1 503 Busy\r\n\r\n<html>')),
		),
	],
	[
		'noise comes in the tunnel',
		UNREACHABLE,
		proxy((socket) => network.tunnel(socket, () => void socket.end(Buffer.alloc(200, 0xfe)))),
	],
	['the proxy speaks no HTTP', PROXY, refusing('SSH-2.0-OpenSSH_9.6\r\nno header\r\n\r\n')],
	['the proxy answers with a broken header', PROXY, refusing('HTTP/1.1 200 OK\r\nbroken\r\n\r\n')],
	[
		'the proxy closes the tunnel',
		UNREACHABLE,
		proxy((socket) => network.tunnel(socket, () => void socket.end())),
	],
	[
		'the proxy resets the tunnel during the handshake',
		UNREACHABLE,
		proxy((socket) =>
			network.tunnel(socket, () => void socket.once('data', () => socket.resetAndDestroy())),
		),
	],
	['nothing answers in the tunnel', UNREACHABLE, proxy((socket) => network.tunnel(socket))],
	[
		'plain HTTP is spoken in the tunnel',
		UNREACHABLE,
		proxy((socket) =>
			network.tunnel(socket, () => void socket.once('data', () => socket.end(page('403 No')))),
		),
	],
	[
		'the proxy reads the traffic, and its authority is not trusted',
		UNTRUSTED,
		proxy((socket) =>
			network.tunnel(socket, () =>
				network.secure(socket, () => undefined, { cert: foreign.certPem, key: foreign.keyPem }),
			),
		),
	],
];

const notKnown: Row[] = [
	[
		'the connection is closed when TLS was agreed',
		unknown('connection cut'),
		direct((socket) => network.afterHandshake(socket, (secure) => void secure.end())),
		'false alarm',
	],
	[
		'a client certificate is asked for',
		unknown('connection cut'),
		direct((socket) => {
			const options = { requestCert: true, rejectUnauthorized: true, ca: foreign.caPem };
			network.secure(socket, () => undefined, options);
		}),
		'false alarm',
	],
	[
		'the proxy answers twice, at last with 200',
		unknown('the answer could not be read'),
		refusing('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'),
		'false alarm',
	],
	[
		'the request is read, then closed',
		unknown('connection cut'),
		reading((secure) => void secure.end()),
	],
	[
		'the request is read, then reset',
		unknown('connection cut'),
		direct((socket) => network.secure(socket, () => void socket.resetAndDestroy())),
	],
	['the request is read, then nothing', unknown('no answer in time'), reading(() => undefined)],
	[
		'half of the headers is answered',
		unknown('connection cut'),
		reading((secure) => void secure.end('HTTP/1.1 200 OK\r\nContent-')),
	],
	[
		'half of the body is answered',
		unknown('connection cut'),
		reading((secure) => void secure.end(`${JSON_HEAD}Content-Length: 200\r\n\r\n{"CallId":`)),
	],
	[
		'half of the body is answered, then reset',
		unknown('connection cut'),
		direct((socket) =>
			network.secure(socket, (secure) => {
				secure.write(`${JSON_HEAD}Content-Length: 200\r\n\r\n{"CallId":`, () =>
					setTimeout(() => socket.resetAndDestroy(), 50),
				);
			}),
		),
	],
	[
		'half of the body is answered, then nothing',
		unknown('no answer in time'),
		reading((secure) => void secure.write(`${JSON_HEAD}Content-Length: 200\r\n\r\n{"CallId":`)),
	],
	[
		'the body comes one blank at a time',
		unknown('no answer in time'),
		reading((secure) => {
			secure.write(`${JSON_HEAD}\r\n`);
			const timer = setInterval(() => secure.write(' '), 50);
			secure.once('close', () => clearInterval(timer));
		}),
	],
	[
		'the server switches to another protocol',
		unknown('(no answer in time|connection cut)'),
		reading(
			(secure) =>
				void secure.write('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
		),
	],
	[
		'the server is busy for ever',
		unknown('no answer in time'),
		reading((secure) => {
			const timer = setInterval(() => secure.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 50);
			secure.once('close', () => clearInterval(timer));
		}),
	],
	[
		'no HTTP is answered',
		unknown('connection cut'),
		reading((secure) => void secure.end('hello\r\n\r\n')),
	],
	[
		'HTTP/2 is answered',
		unknown('connection cut'),
		reading((secure) => void secure.end(Buffer.from('000000040000000000', 'hex'))),
	],
	[
		'the headers have no end',
		unknown('connection cut'),
		reading((secure) => {
			secure.write('HTTP/1.1 200 OK\r\n');
			const timer = setInterval(() => secure.write(`X-${'a'.repeat(2000)}: b\r\n`), 1);
			secure.once('close', () => clearInterval(timer));
		}),
	],
	[
		'the chunks of the body are broken',
		unknown('connection cut'),
		reading((secure) => void secure.end(`${JSON_HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n`)),
	],
	[
		'the packed body is broken',
		unknown('connection cut'),
		reading(
			(secure) =>
				void secure.end(`${JSON_HEAD}Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope`),
		),
	],
	...['500 Error', '502 Bad Gateway', '503 Busy', '504 Late'].map((status): Row => [
		`the server answers ${status}`,
		unknown(`server error ${status.slice(0, 3)}`),
		reading((secure) => void secure.end(page(status))),
	]),
	[
		'the body is JSON without a call ID',
		unknown('the answer has no CallId'),
		reading((secure) => void secure.end(`${JSON_HEAD}Content-Length: 11\r\n\r\n{"ok":true}`)),
	],
	[
		'the call ID leads elsewhere',
		unknown('the answer has no CallId'),
		direct((socket) =>
			network.web(socket, (_, response) => void response.end('{"CallId":"../account/delete?x="}')),
		),
	],
	[
		'the body is nested 30,000 times',
		unknown('the answer could not be read'),
		direct((socket) =>
			network.web(socket, (_, response) => {
				response.end('['.repeat(30_000) + ']'.repeat(30_000));
			}),
		),
	],
];

const refusedByServer: Row[] = [
	[
		'only HTTP/2 is spoken',
		/refused the request to call \(403\), item 0$/,
		direct((socket) => {
			createHttp2Server(network.certificate).emit('connection', socket);
		}),
	],
	[
		'the proxy answers CONNECT with 401, as the server does',
		/refused the API key \(401\), item 0$/,
		refusing(page('401 of the proxy')),
	],
	[
		'a web page comes with 404',
		/did not find the address for making calls \(404\), item 0$/,
		reading((secure) => void secure.end(page('404 Not Found'))),
	],
	[
		'a refusal has half a body',
		/could not carry out the request \(402\), item 0$/,
		reading((secure) => void secure.end('HTTP/1.1 402 No\r\nContent-Length: 90\r\n\r\n{"Mess')),
	],
	[
		'a refusal has a body without end',
		/refused the request to call \(400\), item 0$/,
		reading((secure) => void secure.write('HTTP/1.1 400 No\r\n\r\n{"Mess')),
	],
];

async function callThrough(trouble: Trouble) {
	simulator.environment = (await network.open(trouble)) as Record<string, string>;
	const began = performance.now();
	const result = await engine.run(
		linear(
			manualTrigger(),
			items([{}]),
			voice2Phone({
				operation: 'makeCall',
				countryCode: 'US',
				phoneNumber: '425 555 0101',
				message: 'Hello',
				options: { requestTimeout: 1, maxRetries: 0 },
			}),
		),
	);
	return { result, error: result.error, took: performance.now() - began };
}

const said: Array<{ fault: string; 'the server read': string; 'the node said': string }> = [];
afterAll(() => {
	const lines = said.map((row) => Object.values(row).join(' | '));
	console.log([`${said.length} faults: fault | read | said`, ...lines].join('\n'));
});

async function tryRow([what, words, trouble]: Row) {
	const { error, took } = await callThrough(trouble);
	said.push({
		fault: what,
		'the server read': network.requests.join(', ') || 'nothing',
		'the node said': error?.message ?? 'accepted',
	});
	expect(error?.message).toMatch(words);
	expect(took).toBeLessThan(2_500);
	return error?.description ?? '';
}

describe('It is true that nobody was called', () => {
	it.each(nobodyCalled)('when %s', async (...row) => {
		const description = await tryRow(row);
		expect(description).toMatch(/Nobody was called/);
		expect(network.requests).toEqual([]);
	});

	it.each(refusedByServer)('when %s', async (...row) => {
		expect(await tryRow(row)).toMatch(/Nobody was called/);
	});
});

describe('It is not known whether somebody was called', () => {
	it.each(notKnown)('when %s', async (...row) => {
		expect(await tryRow(row)).not.toMatch(/Nobody was called/);
		expect(network.requests).toHaveLength(row[3] ? 0 : 1);
	});
});

describe('An answer that is given up', () => {
	it('ends its connection', async () => {
		let closed: Promise<void> | undefined;
		await callThrough(
			reading((secure) => {
				secure.write(`${JSON_HEAD}\r\n`);
				const timer = setInterval(() => secure.write(' '), 50);
				closed = new Promise((resolve) => {
					secure.once('close', () => {
						clearInterval(timer);
						resolve();
					});
				});
			}),
		);
		await expect(Promise.race([closed, pause(2_000).then(() => 'open')])).resolves.toBeUndefined();
	});
});

describe('A body of any size', () => {
	const megabyte = Buffer.alloc(1024 * 1024, ' ');

	it.each<[string, number, RegExp, Record<string, string>, Buffer]>([
		['with 200', 200, unknown('the answer could not be read'), {}, megabyte],
		[
			'with 200, packed a thousand times',
			200,
			unknown('the answer could not be read'),
			{ 'Content-Encoding': 'gzip' },
			gzipSync(megabyte),
		],
		['with 402', 402, /could not carry out the request \(402\), item 0$/, {}, megabyte],
	])('is read for a few kilobytes: %s', async (_, status, words, headers, piece) => {
		let sent = 0;
		let isClosed = false;
		const { error } = await callThrough(
			direct((socket) =>
				network.web(socket, (_request, response) => {
					response.writeHead(status, headers);
					response.once('close', () => (isClosed = true));
					const send = () => {
						while (!isClosed && response.write(piece)) sent += piece.length;
						sent += piece.length;
					};
					response.on('drain', send);
					send();
				}),
			),
		);
		expect(error?.message).toMatch(words);
		expect(error?.description).not.toContain('said');
		while (!isClosed) await pause(10);
		// The sockets of both ends hold some.
		expect(sent).toBeLessThan(10 * 1024 * 1024);
	});
});

describe('A good answer', () => {
	it.each([
		['in one piece', (secure: Socket) => void secure.end(`${JSON_HEAD}\r\n${ACCEPTED}`)],
		[
			'in many pieces',
			(secure: Socket) => {
				const pieces = [...`${JSON_HEAD}\r\n${ACCEPTED}`];
				const timer = setInterval(() => {
					const piece = pieces.splice(0, 20).join('');
					if (piece) secure.write(piece);
					else {
						clearInterval(timer);
						secure.end();
					}
				}, 5);
			},
		],
		[
			'with a byte order mark',
			(secure: Socket) => void secure.end(`${JSON_HEAD}\r\n\uFEFF${ACCEPTED}`),
		],
		[
			'packed',
			(secure: Socket) => {
				secure.write(`${JSON_HEAD}Content-Encoding: gzip\r\n\r\n`);
				secure.end(gzipSync(ACCEPTED));
			},
		],
	])('%s is taken', async (_, act) => {
		const { result } = await callThrough(reading(act));
		expect(result.output('Voice2Phone')[0].json.CallId).toBe(CALL_ID);
	});

	it('is taken through a proxy', async () => {
		const { result } = await callThrough(
			proxy((socket) =>
				network.tunnel(socket, () =>
					network.web(socket, (_, response) => void response.end(ACCEPTED)),
				),
			),
		);
		expect(result.output('Voice2Phone')[0].json.CallId).toBe(CALL_ID);
	});
});
