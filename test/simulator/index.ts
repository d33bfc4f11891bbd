import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import { createServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	isAuthorized,
	isSameNumber,
	numberIn,
	parseJson,
	readCallRequest,
	refusal,
	type Answer,
} from './api';
import { createAuthority, type Authority } from './authority';
import { behaviourOf, type Behaviour } from './behaviours';
import { SimulatedCall } from './call';
import { Clock } from './clock';
import { replyTo, send, type RecordedRequest } from './exchange';
import { Faults, isProcessed } from './faults';
import { createProxy } from './proxy';

export { createAuthority, loadAuthority, type Authority } from './authority';
export { testNumbers, type Behaviour, type TestNumber } from './behaviours';
export type { SimulatedCall } from './call';
export { Clock, standingClock } from './clock';
export type { RecordedRequest } from './exchange';
export type {
	ConnectionFault,
	ConnectionFaultRate,
	Fault,
	FaultRate,
	Faults,
	RequestMatch,
} from './faults';

export interface SimulatorOptions {
	/** Default: one made for this simulator in a temporary folder, which `close` removes. */
	authority?: Authority;
	/** Of the TLS server; default: a free one. */
	port?: number;
	/** Of the CONNECT proxy; default: a free one. */
	proxyPort?: number;
	/** The one key that is good. */
	apiKey?: string;
	/** Real milliseconds from a request to its answer; default 0. */
	latencyMs?: number;
	/** Milliseconds of the clock after which a person at a number without set behaviour presses a key. */
	defaultDelayMs?: number;
	/** The time of the simulated people; default: the machine's, which can be put forward. */
	clock?: Clock;
}

interface Events {
	/** A request has come and its answer is decided, but not sent yet. */
	request: [RecordedRequest];
	/** A call was accepted. */
	call: [SimulatedCall];
	/** The proxy refused this `host:port` or URL. */
	refusal: [string];
}

const HOST = '127.0.0.1';
const BACKLOG = 4096;
const CALL_PATH = /^\/call\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** What tells one intended call from another. */
const subjectOf = ({ number, message }: SimulatedCall) => `${number} ${message}`;

/** Listens on loopback. Rejects with EADDRINUSE when the port is taken. */
async function listen(server: Server, port = 0): Promise<number> {
	server.listen({ host: HOST, port, backlog: BACKLOG });
	await once(server, 'listening');
	return (server.address() as AddressInfo).port;
}

/** Listens on a port that was chosen before, which some outgoing connection may hold for a moment. */
async function listenAgain(server: Server, port: number | undefined): Promise<number> {
	for (let attempt = 1; ; attempt += 1) {
		try {
			return await listen(server, port);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt === 50) throw error;
			await sleep(100);
		}
	}
}

/** A stateful fake of the Voice2Phone API over TLS. `startSimulator` makes one. */
export class Simulator extends EventEmitter<Events> {
	/** Every request, in the order of arrival. */
	readonly requests: RecordedRequest[] = [];
	/** Accepted calls by `CallId`, in the order of acceptance. */
	readonly calls = new Map<string, SimulatedCall>();
	/** What the proxy was asked for and refused, as `host:port` or URL. */
	readonly refusedTargets: string[] = [];
	readonly faults = new Faults();
	readonly apiKey: string;
	readonly clock: Clock;
	/** Path of the certificate that clients have to trust. */
	readonly caFile: string;
	latencyMs: number;
	defaultDelayMs: number;
	/** Says what the person at a number in E.164 form does; where it does not, the table does. */
	personAt: (number: string) => Behaviour | undefined = () => undefined;
	/** TLS port; set once the simulator listens. */
	port = 0;
	/** Proxy port; set once the simulator listens. */
	proxyPort = 0;

	private readonly server: HttpsServer;
	private readonly proxy: HttpServer;
	private readonly sockets = new Set<Socket>();
	private inFlight = 0;
	private connectRefusedWith?: number;

	/** @internal Use `startSimulator`. */
	constructor(
		private readonly options: SimulatorOptions & { authority: Authority },
		private readonly onClose: () => Promise<void> = async () => {},
	) {
		super();
		this.apiKey = options.apiKey ?? 'simulator-api-key';
		this.clock = options.clock ?? new Clock();
		this.caFile = options.authority.caFile;
		this.latencyMs = options.latencyMs ?? 0;
		this.defaultDelayMs = options.defaultDelayMs ?? 2000;

		const { certPem: cert, keyPem: key } = options.authority;
		this.server = createServer({ cert, key }, (message, response) => {
			const chunks: Buffer[] = [];
			this.inFlight += 1;
			response.once('close', () => (this.inFlight -= 1));
			message.on('data', (chunk: Buffer) => chunks.push(chunk));
			message.on('end', () => {
				this.answer(this.record(message, Buffer.concat(chunks).toString()), response);
			});
		});
		// A server that ends an idle connection races with the client's next request on it.
		this.server.keepAliveTimeout = 0;
		this.proxy = createProxy({
			onConnection: (socket) => this.server.emit('connection', socket),
			onRefusal: (target) => {
				this.refusedTargets.push(target);
				this.emit('refusal', target);
			},
			refusedWith: () => this.connectRefusedWith,
			fault: () => this.faults.chooseForConnection(),
		});
		for (const server of [this.server, this.proxy] as Server[]) {
			server.on('connection', (socket: Socket) => {
				this.sockets.add(socket);
				socket.once('close', () => this.sockets.delete(socket));
			});
		}
	}

	/** Address of the TLS server itself, for clients that use no proxy. */
	get url(): string {
		return `https://${HOST}:${this.port}`;
	}

	get proxyUrl(): string {
		return `http://${HOST}:${this.proxyPort}`;
	}

	/**
	 * What a process needs in its environment to reach the simulator as `https://api.voice2phone.com`.
	 * In both spellings, because clients prefer the lower case: a variable of that name in the
	 * developer's shell would otherwise lead test calls to the real service.
	 */
	get environment(): Record<string, string> {
		const noProxy = 'localhost,127.0.0.1,::1';
		return {
			HTTPS_PROXY: this.proxyUrl,
			https_proxy: this.proxyUrl,
			NO_PROXY: noProxy,
			no_proxy: noProxy,
			NODE_EXTRA_CA_CERTS: this.caFile,
		};
	}

	/** The accepted calls in order, to one number (in international form) or to all. */
	acceptedCalls(number?: string): SimulatedCall[] {
		const calls = [...this.calls.values()];
		if (number === undefined) return calls;
		return calls.filter((call) => isSameNumber(call.number, number));
	}

	/** The judge of "nobody is called twice": accepted calls with the same number and message, by group. */
	duplicates(): SimulatedCall[][] {
		const groups = new Map<string, SimulatedCall[]>();
		for (const call of this.calls.values()) {
			const key = subjectOf(call);
			const group = groups.get(key);
			if (group) group.push(call);
			else groups.set(key, [call]);
		}
		return [...groups.values()].filter((group) => group.length > 1);
	}

	/**
	 * Takes the service off the network or back: while it is down, both ports refuse connections
	 * (ECONNREFUSED) and those that were open are cut.
	 */
	async down(isDown: boolean): Promise<void> {
		if (isDown) await this.stop();
		else if (!this.server.listening) {
			await listenAgain(this.server, this.port);
			await listenAgain(this.proxy, this.proxyPort);
		}
	}

	/** Makes the proxy refuse every CONNECT with a status code; `undefined` ends that. */
	refuseConnect(statusCode: number | undefined): void {
		this.connectRefusedWith = statusCode;
	}

	/** Forgets requests, calls, faults and limits. The clock runs on, and `down` is not undone. */
	reset(): void {
		this.requests.length = 0;
		this.calls.clear();
		this.refusedTargets.length = 0;
		this.faults.clear();
		this.refuseConnect(undefined);
		this.latencyMs = this.options.latencyMs ?? 0;
		this.defaultDelayMs = this.options.defaultDelayMs ?? 2000;
	}

	/** Ends both servers and every connection. */
	async close(): Promise<void> {
		await this.stop();
		await this.onClose();
	}

	/** @internal */
	async start(): Promise<void> {
		this.port = await listen(this.server, this.options.port);
		this.proxyPort = await listenAgain(this.proxy, this.options.proxyPort);
	}

	private async stop(): Promise<void> {
		const closed = [this.server, this.proxy]
			.filter((server) => server.listening)
			.map((server) => once(server.close(), 'close'));
		for (const socket of this.sockets) socket.destroy();
		await Promise.all(closed);
	}

	private record({ method = '', url: path = '', headers }: IncomingMessage, rawBody: string) {
		const body = parseJson(rawBody);
		const request: RecordedRequest = {
			receivedAt: this.clock.now(),
			method,
			path,
			headers,
			authorization: headers.authorization,
			rawBody,
			body,
			number: this.callAt(path)?.number ?? numberIn(body),
			inFlight: this.inFlight,
		};
		this.requests.push(request);
		return request;
	}

	private callAt(path: string): SimulatedCall | undefined {
		return this.calls.get(CALL_PATH.exec(path)?.[1].toLowerCase() ?? '');
	}

	/** Decides on the answer at once, so that the log is in the order of arrival, and sends it in time. */
	private answer(request: RecordedRequest, response: ServerResponse): void {
		const call = this.callAt(request.path);
		const fault = this.faults.choose(request, call ? subjectOf(call) : request.rawBody);
		const answer = !fault || isProcessed(fault) ? this.process(request) : undefined;
		const reply = replyTo(answer, fault);
		request.fault = fault;
		request.statusCode = reply?.statusCode;
		this.emit('request', request);

		if (fault?.kind === 'timeout') return;
		const delay = this.latencyMs + (fault?.kind === 'delay' ? fault.milliseconds : 0);
		if (delay === 0) return send(reply, response);
		const timer = setTimeout(() => send(reply, response), delay);
		response.once('close', () => clearTimeout(timer));
	}

	private process(request: RecordedRequest): Answer {
		const { method, path } = request;
		if (!isAuthorized(request.authorization, this.apiKey)) {
			return refusal(401, 'No valid API key was provided.');
		}
		if (method === 'POST' && path === '/call') return this.placeCall(request);
		const call = method === 'GET' ? this.callAt(path) : undefined;
		return call ? { statusCode: 200, body: call.status() } : refusal(404, 'Not found.');
	}

	private placeCall(request: RecordedRequest): Answer {
		const read = readCallRequest(request.headers['content-type'], request.body);
		if ('refused' in read) return read.refused;

		const { number, dtmf } = read.request;
		const behaviour = this.personAt(number) ??
			behaviourOf(number) ?? {
				presses: Object.keys(dtmf)[0],
				endsAfterMs: this.defaultDelayMs,
			};
		if (behaviour.refusedWith) {
			return refusal(behaviour.refusedWith, 'No call can be made to this number.');
		}

		const call = new SimulatedCall(read.request, behaviour, this.clock);
		this.calls.set(call.callId, call);
		request.callId = call.callId;
		this.emit('call', call);
		return behaviour.answeredWith
			? refusal(behaviour.answeredWith, 'Something went wrong after the call was placed.')
			: { statusCode: 200, body: { CallId: call.callId } };
	}
}

async function createTemporaryAuthority() {
	const directory = await mkdtemp(join(tmpdir(), 'voice2phone-simulator-'));
	return {
		authority: await createAuthority(directory),
		remove: () => rm(directory, { recursive: true, force: true }),
	};
}

/** Starts the TLS server and the proxy on loopback. Rejects with EADDRINUSE when a set port is taken. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
	const { authority, remove } = options.authority
		? { authority: options.authority, remove: undefined }
		: await createTemporaryAuthority();
	const simulator = new Simulator({ ...options, authority }, remove);
	try {
		await simulator.start();
	} catch (error) {
		await simulator.close();
		throw error;
	}
	return simulator;
}
