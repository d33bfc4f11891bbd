import { createHash } from 'node:crypto';
import { isSameNumber } from './api';
import type { RecordedRequest } from './exchange';

/** What goes wrong with one request. "Processed" means: a good `POST /call` places its call. */
export type Fault =
	/** Answered with this status code; processed only with `accept`. */
	| {
			kind: 'status';
			statusCode: number;
			/** `Retry-After`: a number is seconds, a date is sent as HTTP date, text as it is. */
			retryAfter?: number | Date | string;
			/** `Location`, where a redirect leads. */
			location?: string;
			/** Sent as JSON, text as it is; default: a `Message`. */
			body?: unknown;
			accept?: boolean;
	  }
	/** Processed, and answered so much later. */
	| { kind: 'delay'; milliseconds: number }
	/** Never answered; the connection stays open. */
	| { kind: 'timeout'; when: 'beforeProcessing' | 'afterProcessing' }
	/** The connection is cut: unprocessed, processed but unanswered, or in the middle of the answer's body. */
	| { kind: 'cut'; when: 'beforeProcessing' | 'afterProcessing' | 'midBody' }
	/** Processed, and answered with 200 and a body that is no JSON. */
	| { kind: 'malformedBody' }
	/** Processed, and answered with 200 and the first half of the JSON, as a complete HTTP message. */
	| { kind: 'truncatedBody' }
	/** Processed, and answered with 200 and `{}`. */
	| { kind: 'noCallId' };

/** What goes wrong with a connection before TLS is agreed, so that no request can be sent on it. */
export type ConnectionFault =
	/** The proxy answers CONNECT with this status code. */
	| { kind: 'refused'; statusCode: number }
	/** In place of the answer to CONNECT, or of the answer to the first bytes of TLS. */
	| { kind: 'closed' | 'reset'; when: 'connect' | 'handshake' }
	/** The first bytes of TLS are answered with plain HTTP. */
	| { kind: 'plainHttp' };

/** Which requests are meant: an HTTP method, a phone number in international form, or a function. */
export type RequestMatch = string | ((request: RecordedRequest) => boolean);

/** A fault and the share of requests, 0 to 1, that it hits. */
export interface FaultRate {
	fault: Fault;
	rate: number;
	match?: RequestMatch;
}

/** A fault and the share of connections, 0 to 1, that it hits. */
export interface ConnectionFaultRate {
	fault: ConnectionFault;
	rate: number;
}

/** Whether a request that meets the fault still does its work. */
export function isProcessed(fault: Fault): boolean {
	if (fault.kind === 'status') return fault.accept === true;
	if (fault.kind === 'timeout' || fault.kind === 'cut') return fault.when !== 'beforeProcessing';
	return true;
}

function matches(match: RequestMatch | undefined, request: RecordedRequest): boolean {
	if (match === undefined) return true;
	if (typeof match === 'function') return match(request);
	if (/^[A-Z]+$/.test(match)) return match === request.method;
	return isSameNumber(request.number, match);
}

/** A number in [0, 1) that depends on the text alone. */
const draw = (text: string) =>
	createHash('sha1').update(text).digest().readUInt32BE(0) / 0x1_0000_0000;

/** The one whose share a number from 0 to 1 falls into. */
function pick<T extends { rate: number }>(shares: readonly T[], drawn: number): T | undefined {
	let rest = drawn;
	for (const share of shares) {
		if (rest < share.rate) return share;
		rest -= share.rate;
	}
	return undefined;
}

/** The faults that a test asked for, and the choice among them for each request and connection. */
export class Faults {
	private queue: Array<{ fault: Fault; remaining: number; match?: RequestMatch }> = [];
	private seeded?: { seed: number; rates: readonly FaultRate[]; seen: Map<string, number> };
	private seededConnections?: { seed: number; rates: readonly ConnectionFaultRate[]; seen: number };

	/** How many connections were hit since the last `clear`. */
	connectionsHit = 0;
	private limit?: { perSecond: number; retryAfterSeconds?: number };
	private passed: number[] = [];

	/**
	 * Queues a fault for the next requests that match, one by default; `count: Infinity` is for all
	 * until `clear`. Entries are used in the order in which they were queued.
	 */
	next(fault: Fault, { count = 1, match }: { count?: number; match?: RequestMatch } = {}): void {
		this.queue.push({ fault, remaining: count, match });
	}

	/**
	 * Hits requests at random, but the same ones in each run with the same seed: the draw depends on
	 * the seed, the method, the number and message of the call, and how often that came before, not on
	 * the order in which parallel requests happen to arrive. The rates that match one request should
	 * add up to 1 at most.
	 */
	seed(seed: number, rates: readonly FaultRate[]): void {
		this.seeded = { seed, rates, seen: new Map() };
	}

	/**
	 * Hits connections to the API at random, the same ones in each run by the order in which they are made:
	 * before there is a request, nothing else tells one from another.
	 */
	seedConnections(seed: number, rates: readonly ConnectionFaultRate[]): void {
		this.seededConnections = { seed, rates, seen: 0 };
	}

	/**
	 * Answers 429 to what comes above so many requests in any second of the simulator's clock, with
	 * `Retry-After` where seconds are given; `undefined` lifts the limit.
	 */
	rateLimit(limit: { perSecond: number; retryAfterSeconds?: number } | undefined): void {
		this.limit = limit;
		this.passed = [];
	}

	/** Forgets all faults and limits. */
	clear(): void {
		this.queue = [];
		this.seeded = undefined;
		this.seededConnections = undefined;
		this.connectionsHit = 0;
		this.rateLimit(undefined);
	}

	/**
	 * The fault that hits a request, if one does: the rate limit first, then the queue, then chance.
	 *
	 * @param subject what the request is about, the same in each run
	 */
	choose(request: RecordedRequest, subject: string): Fault | undefined {
		return this.overLimit(request) ?? this.queued(request) ?? this.drawn(request, subject);
	}

	/** The fault that hits the next connection to the API, if one does. */
	chooseForConnection(): ConnectionFault | undefined {
		if (!this.seededConnections) return undefined;
		const { seed, rates } = this.seededConnections;
		const fault = pick(rates, draw(`${seed} connection ${this.seededConnections.seen++}`))?.fault;
		if (fault) this.connectionsHit += 1;
		return fault;
	}

	private overLimit({ receivedAt }: RecordedRequest): Fault | undefined {
		if (!this.limit) return undefined;
		this.passed = this.passed.filter((at) => at > receivedAt - 1000);
		if (this.passed.length >= this.limit.perSecond) {
			return { kind: 'status', statusCode: 429, retryAfter: this.limit.retryAfterSeconds };
		}
		this.passed.push(receivedAt);
		return undefined;
	}

	private queued(request: RecordedRequest): Fault | undefined {
		const entry = this.queue.find(({ match }) => matches(match, request));
		if (!entry) return undefined;
		entry.remaining -= 1;
		if (entry.remaining <= 0) this.queue.splice(this.queue.indexOf(entry), 1);
		return entry.fault;
	}

	private drawn(request: RecordedRequest, subject: string): Fault | undefined {
		if (!this.seeded) return undefined;
		const { seed, rates, seen } = this.seeded;
		const identity = `${request.method} ${subject}`;
		const before = seen.get(identity) ?? 0;
		seen.set(identity, before + 1);

		const meant = rates.filter(({ match }) => matches(match, request));
		return pick(meant, draw(`${seed} ${before} ${identity}`))?.fault;
	}
}
