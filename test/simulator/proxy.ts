import { createServer, STATUS_CODES, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionFault } from './faults';

const API = 'api.voice2phone.com:443';
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\]):(\d+)$/;

/** What the proxy needs to know of the simulator. */
export interface ProxyOptions {
	/** Takes over a connection whose client believes to have reached the API. */
	onConnection: (socket: Socket) => void;
	/** Is told each `host:port` or URL that was asked for and refused. */
	onRefusal: (target: string) => void;
	/** The status code with which every CONNECT is refused at the moment, if it is. */
	refusedWith: () => number | undefined;
	/** What goes wrong with the connection to the API that is asked for now, if anything does. */
	fault: () => ConnectionFault | undefined;
}

/**
 * An HTTP proxy for `HTTPS_PROXY`. CONNECT to the API leads to the simulator, CONNECT to loopback is
 * tunnelled, and all else is refused with 403: a test that goes astray reaches nobody.
 */
export function createProxy(options: ProxyOptions): Server {
	const { onConnection, onRefusal, refusedWith } = options;
	const proxy = createServer((request, response) => {
		onRefusal(request.url ?? '');
		response.writeHead(403, { 'Content-Type': 'text/plain' });
		response.end('The simulator refuses plain HTTP: only CONNECT to the API or to loopback.\n');
	});
	proxy.on('connect', (request, stream: Duplex, head: Buffer) => {
		const socket = stream as Socket;
		const target = request.url ?? '';
		const loopback = LOOPBACK.exec(target);
		const fault = target === API ? options.fault() : undefined;
		const status =
			refusedWith() ??
			(fault?.kind === 'refused' ? fault.statusCode : undefined) ??
			(target === API || loopback ? undefined : 403);
		socket.on('error', () => socket.destroy());

		if (status !== undefined) {
			onRefusal(target);
			socket.end(
				`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
			);
			return;
		}

		const when = fault && 'when' in fault ? fault.when : 'handshake';
		if (fault && when === 'connect') return end(socket, fault);
		if (head.length > 0) socket.unshift(head);
		const established = () => socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
		if (loopback) {
			const host = loopback[1].replace(/[[\]]/g, '');
			const upstream = connect(Number(loopback[2]), host, () => {
				established();
				socket.pipe(upstream).pipe(socket);
			});
			upstream.on('error', () => socket.destroy());
			socket.on('close', () => upstream.destroy());
		} else {
			established();
			if (fault) socket.once('data', () => end(socket, fault));
			else onConnection(socket);
		}
	});
	return proxy;
}

function end(socket: Socket, { kind }: ConnectionFault): void {
	if (kind === 'reset') socket.resetAndDestroy();
	else if (kind === 'plainHttp') socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
	else socket.end();
}
