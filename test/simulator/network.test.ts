import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import { once } from 'node:events';
import { connect, isIP, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import { promisify } from 'node:util';
import { request } from 'undici';
import { createAuthority, loadAuthority, startSimulator, type Simulator } from './index';
import { acceptedCallId, callTo, createClient, type Client } from './client';

const run = promisify(execFile);

let simulator: Simulator;
let direct: Client;
let proxied: Client;

beforeEach(async () => {
	simulator = await startSimulator();
	direct = createClient(simulator);
	proxied = createClient(simulator, { proxied: true });
});

afterEach(async () => {
	await Promise.all([direct.close(), proxied.close()]);
	await simulator.close();
});

/** Sends the bytes and returns all that comes back until the other side ends. */
async function exchange(port: number, bytes: string): Promise<string> {
	const socket = connect(port, '127.0.0.1').setEncoding('utf8');
	socket.write(bytes);
	let received = '';
	socket.on('data', (chunk: string) => {
		received += chunk;
	});
	await once(socket, 'close');
	return received;
}

describe('TLS', () => {
	test.each(['api.voice2phone.com', 'localhost', '127.0.0.1', '::1'])(
		'the certificate is good for %s',
		async (host) => {
			const { caPem, certPem } = await loadAuthorityOf(simulator);
			const socket = tls.connect({
				port: simulator.port,
				host: '127.0.0.1',
				ca: caPem,
				servername: isIP(host) ? '' : host,
				// Node.js 22 knows no IPv6 address in a certificate; OpenSSL, which is asked below, does.
				checkServerIdentity: () => undefined,
			});
			await once(socket, 'secureConnect');
			expect(socket.authorized).toBe(true);
			const certificate = socket.getPeerX509Certificate();
			expect(certificate?.toString()).toBe(certPem);
			expect(isIP(host) ? certificate?.checkIP(host) : certificate?.checkHost(host)).toBe(host);
			socket.destroy();
		},
	);

	const loadAuthorityOf = ({ caFile }: Simulator) => loadAuthority(join(caFile, '..'));

	test('a client that does not trust the authority gets no answer', async () => {
		await expect(request(`${simulator.url}/call`)).rejects.toMatchObject({
			code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		});
		expect(simulator.requests).toEqual([]);
	});

	test('plain HTTP fails', async () => {
		expect(await exchange(simulator.port, 'GET /call HTTP/1.1\r\nHost: x\r\n\r\n')).not.toContain(
			'HTTP/',
		);
		expect(simulator.requests).toEqual([]);
	});

	test('a connection serves many requests', async () => {
		const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
		const { caPem: ca } = await loadAuthorityOf(simulator);
		const localPort = async () => {
			const sent = https.get(simulator.url, { agent, ca });
			const [response] = (await once(sent, 'response')) as [http.IncomingMessage];
			const { localPort: port } = response.socket;
			response.resume();
			await once(response, 'end');
			return port;
		};
		expect(await localPort()).toBe(await localPort());
		agent.destroy();
	});

	test('many clients at once are all answered', async () => {
		const clients = Array.from({ length: 100 }, (_, index) =>
			createClient(simulator, { proxied: index % 2 === 0 }),
		);
		const made = await Promise.all(
			clients.map((client, index) => client.place(callTo('+14255550101', `message ${index}`))),
		);
		await Promise.all(clients.map((client) => client.close()));
		expect(made.map(({ statusCode }) => statusCode)).toEqual(clients.map(() => 200));
		expect(simulator.calls.size).toBe(100);
		expect(simulator.duplicates()).toEqual([]);
	});
});

describe('the authority', () => {
	let directory: string;
	beforeEach(async () => {
		directory = await mkdtemp(join(tmpdir(), 'authority-'));
	});
	afterEach(() => rm(directory, { recursive: true }));

	test('is read back as it was made', async () => {
		const made = await createAuthority(join(directory, 'new'));
		expect(await loadAuthority(join(directory, 'new'))).toEqual(made);
		expect(made.caFile).toBe(join(directory, 'new', 'ca.pem'));
		await expect(loadAuthority(directory)).rejects.toMatchObject({ code: 'ENOENT' });
	});

	test('given to a simulator is the one it uses, and stays', async () => {
		const authority = await createAuthority(directory);
		const other = await startSimulator({ authority });
		const client = createClient(other);
		expect((await client.send('/')).statusCode).toBe(404);
		await client.close();
		await other.close();
		expect(existsSync(authority.caFile)).toBe(true);
	});
});

describe('the proxy', () => {
	test('leads to the simulator as api.voice2phone.com', async () => {
		const callId = await acceptedCallId(proxied, callTo('+14255550101'));
		expect((await proxied.status(callId)).body).toMatchObject({ CallId: callId, Dtmf: '1' });
		expect(simulator.requests[0].headers.host).toBe('api.voice2phone.com');
		expect(simulator.refusedTargets).toEqual([]);
	});

	test('is found by a process that has the environment, whatever its shell had set', async () => {
		const script = `
			const { EnvHttpProxyAgent, request } = require('undici');
			request('https://api.voice2phone.com/call', { dispatcher: new EnvHttpProxyAgent() })
				.then(({ statusCode }) => process.stdout.write(String(statusCode)));`;
		const shell = {
			PATH: process.env.PATH,
			https_proxy: 'http://127.0.0.1:1',
			no_proxy: 'api.voice2phone.com',
		};
		const { stdout } = await run(process.execPath, ['-e', script], {
			env: { ...shell, ...simulator.environment },
		});
		expect(stdout).toBe('401');
		expect(simulator.requests).toHaveLength(1);
	});

	test.each([
		'example.com:443',
		'api.voice2phone.com:80',
		'10.0.0.1:443',
		'localhost.example.com:443',
	])('refuses %s', async (target) => {
		const told: string[] = [];
		simulator.on('refusal', (refused) => told.push(refused));
		const answer = await exchange(
			simulator.proxyPort,
			`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`,
		);
		expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
		expect(simulator.refusedTargets).toEqual([target]);
		expect(told).toEqual([target]);
	});

	test('refuses plain HTTP', async () => {
		const answer = await exchange(
			simulator.proxyPort,
			'GET http://api.voice2phone.com/call HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
		);
		expect(answer).toMatch(/^HTTP\/1\.1 403 /);
		expect(simulator.refusedTargets).toEqual(['http://api.voice2phone.com/call']);
	});

	test.each(['127.0.0.1', 'localhost'])('tunnels to %s, early bytes included', async (host) => {
		const server = http.createServer((_request, response) => response.end('from loopback'));
		await once(server.listen(0, '127.0.0.1'), 'listening');
		const { port } = server.address() as AddressInfo;
		const answer = await exchange(
			simulator.proxyPort,
			`CONNECT ${host}:${port} HTTP/1.1\r\nHost: x\r\n\r\n` +
				'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
		);
		server.close();
		expect(answer).toMatch(/^HTTP\/1\.1 200 .*\r\n\r\nHTTP\/1\.1 200 OK\r\n[^]*from loopback/);
		expect(simulator.refusedTargets).toEqual([]);
	});

	test('ends the connection when nobody listens on loopback', async () => {
		const server = http.createServer();
		await once(server.listen(0, '127.0.0.1'), 'listening');
		const { port } = server.address() as AddressInfo;
		await once(server.close(), 'close');
		const answer = await exchange(
			simulator.proxyPort,
			`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: x\r\n\r\n`,
		);
		expect(answer).toBe('');
	});

	test('loses no bytes of a client that starts TLS before it has its answer', async () => {
		const socket = connect(simulator.proxyPort, '127.0.0.1');
		let connected = false;
		let head: Buffer | undefined = Buffer.from('CONNECT api.voice2phone.com:443 HTTP/1.1\r\n\r\n');
		const early = new Duplex({
			write(chunk: Buffer, _encoding, done) {
				socket.write(head ? Buffer.concat([head, chunk]) : chunk, done);
				head = undefined;
			},
			read() {},
		});
		socket.on('data', (chunk: Buffer) => {
			const start = connected ? 0 : chunk.indexOf('\r\n\r\n') + 4;
			connected = true;
			if (start < chunk.length) early.push(chunk.subarray(start));
		});
		const { caPem: ca } = await loadAuthority(join(simulator.caFile, '..'));
		const secure = tls.connect({ socket: early, servername: 'api.voice2phone.com', ca });
		await once(secure, 'secureConnect');
		expect(secure.authorized).toBe(true);
		socket.destroy();
		secure.destroy();
	});
});

describe('trouble on the network', () => {
	test('down: both ports refuse, open connections are cut, and it comes back with its calls', async () => {
		const callId = await acceptedCallId(direct, callTo('+14255550101'));
		await acceptedCallId(proxied, callTo('+14255550101'));
		simulator.faults.next({ kind: 'timeout', when: 'beforeProcessing' }, { count: 2 });
		const open = [direct.send('/'), proxied.send('/')];
		while (simulator.requests.length < 4) await once(simulator, 'request');
		const [cut] = await Promise.all([Promise.allSettled(open), simulator.down(true)]);
		expect(cut.map(({ status }) => status)).toEqual(['rejected', 'rejected']);

		for (const client of [direct, proxied]) {
			await expect(client.send('/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
		}
		expect(simulator.requests).toHaveLength(4);

		await simulator.down(false);
		expect((await direct.status(callId)).statusCode).toBe(200);
		expect((await proxied.status(callId)).statusCode).toBe(200);
	});

	test('the proxy can refuse every CONNECT', async () => {
		simulator.refuseConnect(502);
		await expect(proxied.send('/')).rejects.toThrow('502');
		expect(simulator.requests).toEqual([]);
		expect(simulator.refusedTargets).toEqual(['api.voice2phone.com:443']);
		simulator.refuseConnect(undefined);
		expect((await proxied.send('/')).statusCode).toBe(404);
	});
});

test('a port in use is refused, and close frees ports and files', async () => {
	const { port, proxyPort, caFile } = simulator;
	await expect(startSimulator({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
	await expect(startSimulator({ proxyPort })).rejects.toMatchObject({ code: 'EADDRINUSE' });

	await simulator.close();
	expect(existsSync(caFile)).toBe(false);
	for (const freed of [port, proxyPort]) {
		await expect(once(connect(freed, '127.0.0.1'), 'connect')).rejects.toMatchObject({
			code: 'ECONNREFUSED',
		});
	}
});
