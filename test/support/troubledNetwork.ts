/** A network in which something is wrong at a given place, with real sockets on loopback. */
import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from 'node:tls';
import type { Authority } from '../simulator';

const API_HOST = 'api.voice2phone.com';

type Lookup = net.LookupFunction;

/** What the client meets: a name service, and what answers on the connection that the client makes. */
export interface Trouble {
	/** "proxy": n8n has a proxy set, and `serve` is the proxy. "direct": `serve` is behind the API's name. */
	route: 'direct' | 'proxy';
	/** Undefined: nothing listens on the port. */
	serve?: (socket: Socket, network: TroubledNetwork) => void;
	/** Default: the name leads to loopback. */
	lookup?: Lookup;
}

const toLoopback =
	(...addresses: string[]): Lookup =>
	(_host, _options, done) => {
		const found = addresses.map((address) => ({ address, family: net.isIPv6(address) ? 6 : 4 }));
		(done as (error: null, found: object[]) => void)(null, found);
	};

/** A name that leads to several addresses on which nothing listens. */
export const deadAddresses = toLoopback('127.0.0.1', '127.0.0.2', '127.0.0.3');

/** A name service that fails with a code of getaddrinfo. */
export const unresolved =
	(code: string): Lookup =>
	(host, _options, done) => {
		const error = Object.assign(new Error(`getaddrinfo ${code} ${host}`), {
			code,
			errno: -3000,
			syscall: 'getaddrinfo',
			hostname: host,
		});
		done(error, '', 4);
	};

const connectOf = net.Socket.prototype.connect;

/** `open` puts it in the place of the internet, `close` takes it away again. */
export class TroubledNetwork {
	/** The lines that HTTP requests began with which a server could read: after TLS, as the API would. */
	readonly requests: string[] = [];

	private server = net.createServer();

	private readonly sockets = new Set<Socket>();

	constructor(private readonly authority: Authority) {}

	/** @returns what n8n needs in its environment */
	async open({
		route,
		serve,
		lookup = toLoopback('127.0.0.1'),
	}: Trouble): Promise<NodeJS.ProcessEnv> {
		this.requests.length = 0;
		this.server = net.createServer((socket) => {
			this.sockets.add(socket);
			socket.on('error', () => socket.destroy());
			serve?.(socket, this);
		});
		this.server.listen(0, '127.0.0.1');
		await once(this.server, 'listening');
		const { port } = this.server.address() as AddressInfo;
		// The port was free a moment ago, so that nothing listens on it now.
		if (!serve) await this.end();
		if (route === 'direct') leadTo(port, lookup);
		const proxy = route === 'proxy' ? `http://127.0.0.1:${port}` : '';
		return { HTTPS_PROXY: proxy, https_proxy: proxy, NO_PROXY: '', no_proxy: '' };
	}

	async close(): Promise<void> {
		net.Socket.prototype.connect = connectOf;
		if (this.server.listening) await this.end();
	}

	/** Answers the CONNECT of a client with these bytes; then the client can begin TLS. */
	tunnel(socket: Socket, then?: (socket: Socket) => void, bytes = 'HTTP/1.1 200 OK\r\n\r\n'): void {
		socket.once('data', () => {
			socket.write(bytes);
			then?.(socket);
		});
	}

	/** Speaks TLS on the connection and lets the given server answer the bytes of the HTTP request itself. */
	secure(
		socket: Socket,
		answer: (secure: TLSSocket, request: string) => void,
		options: TlsOptions = {},
	): void {
		const server = createTlsServer({ ...this.certificate, ...options }, (secure) => {
			secure.on('error', () => secure.destroy());
			let received = '';
			const read = (chunk: Buffer) => {
				received += chunk.toString('latin1');
				// The body of the request comes in the same packet, or is of no interest.
				if (!received.includes('\r\n\r\n')) return;
				secure.off('data', read);
				this.requests.push(received.split('\r\n')[0]);
				answer(secure, received);
			};
			secure.on('data', read);
		});
		server.on('tlsClientError', () => socket.destroy());
		server.emit('connection', socket);
	}

	/** A server that agrees on TLS and does something before it has read a request. */
	afterHandshake(socket: Socket, act: (secure: TLSSocket) => void, options: TlsOptions = {}): void {
		const server = createTlsServer({ ...this.certificate, ...options }, (secure) => {
			secure.on('error', () => secure.destroy());
			act(secure);
		});
		server.on('tlsClientError', () => socket.destroy());
		server.emit('connection', socket);
	}

	/** A web server whose answer is this. */
	web(
		socket: Socket,
		answer: (
			request: import('node:http').IncomingMessage,
			response: import('node:http').ServerResponse,
		) => void,
	): void {
		const server = createHttpsServer(this.certificate, (request, response) => {
			this.requests.push(`${request.method} ${request.url} HTTP/1.1`);
			answer(request, response);
		});
		server.emit('connection', socket);
	}

	get certificate(): TlsOptions {
		return { cert: this.authority.certPem, key: this.authority.keyPem };
	}

	get expired(): TlsOptions {
		return { cert: this.authority.expiredPem, key: this.authority.keyPem };
	}

	get otherHost(): TlsOptions {
		return { cert: this.authority.otherHostPem, key: this.authority.keyPem };
	}

	private async end(): Promise<void> {
		const closed = once(this.server.close(), 'close');
		for (const socket of this.sockets) socket.destroy();
		this.sockets.clear();
		await closed;
	}
}

/** Leads connections to the API's name to a port of loopback. Node.js looks both up when it connects. */
function leadTo(port: number, lookup: Lookup): void {
	net.Socket.prototype.connect = function (this: Socket, ...given: unknown[]) {
		const [first] = [given[0]].flat() as Array<{ host?: string }>;
		if (first?.host === API_HOST) Object.assign(first, { port, lookup });
		return connectOf.apply(this, given as Parameters<typeof connectOf>);
	} as typeof connectOf;
}
