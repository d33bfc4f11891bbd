import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import type { CallBody } from '../core/calls/callRequest';
import {
	judgeCall,
	judgeStatus,
	type CallOutcome,
	type Failure,
	type HttpResult,
	type StatusOutcome,
} from '../core/calls/outcome';
import { retryDelay, type Clock, type Pace, type RetryLimits } from '../core/pacing';

const API = 'https://api.voice2phone.com';

export interface RequestLimits {
	/** Milliseconds until an unanswered request is given up. */
	timeoutMs: number;
	retry: RetryLimits;
}

/** What keeps a person from being dialled twice: asked before each try to place a call, told after it. */
export interface CallGuard {
	/** "free" lets the request be sent; anything else means that an earlier run called, or may have. */
	take(): Promise<'free' | 'called' | 'unknown'>;
	settle(outcome: CallOutcome): Promise<void>;
}

/** "notSent": the guard kept the request from being sent. */
export type PlaceOutcome = CallOutcome | { kind: 'notSent'; state: 'called' | 'unknown' };

/** The two requests that the API has. Nothing else in this package sends one. */
export class VoiceApi {
	constructor(
		private readonly context: IExecuteFunctions,
		private readonly clock: Clock,
		private readonly calls: Pace,
		private readonly checks: Pace,
		private readonly limits: RequestLimits,
	) {}

	/**
	 * Places a call under its guard. Sent again, within the retry limits, only when nobody can have been
	 * called: on 429, and when the request never left.
	 *
	 * @param conclude makes the result, or throws, before the next call may begin: so one that stops the
	 * node stops it in time
	 */
	async placeCall<T>(
		body: CallBody,
		guard: CallGuard,
		conclude: (outcome: PlaceOutcome) => T,
	): Promise<T> {
		return await this.retrying(
			this.calls,
			async (): Promise<PlaceOutcome> => {
				const state = await guard.take();
				if (state !== 'free') return { kind: 'notSent', state };
				const outcome = judgeCall(await this.send('POST', '/call', body), this.clock.now());
				await guard.settle(outcome);
				return outcome;
			},
			(outcome) => (outcome.kind === 'rejected' && outcome.retryable ? outcome.failure : undefined),
			conclude,
		);
	}

	/** Reads a call's status; sent again within the retry limits on 429, server errors and network faults. */
	async readStatus<T>(callId: string, conclude: (outcome: StatusOutcome) => T): Promise<T> {
		return await this.retrying(
			this.checks,
			async () => await this.get(callId),
			(outcome) => (outcome.kind === 'failed' && outcome.transient ? outcome.failure : undefined),
			conclude,
		);
	}

	/** Reads a call's status once, for those who will ask again anyway. A 429 slows all checks down. */
	async checkStatus(callId: string): Promise<StatusOutcome> {
		return await this.checks.run(async () => {
			const outcome = await this.get(callId);
			const failure = outcome.kind === 'failed' ? outcome.failure : undefined;
			this.adjust(this.checks, failure, failure?.retryAfterMs ?? 1_000);
			return outcome;
		});
	}

	private async get(callId: string): Promise<StatusOutcome> {
		return judgeStatus(await this.send('GET', `/call/${callId}`), this.clock.now());
	}

	private async retrying<Outcome, T>(
		pace: Pace,
		attempt: () => Promise<Outcome>,
		retryable: (outcome: Outcome) => Failure | undefined,
		conclude: (outcome: Outcome) => T,
	): Promise<T> {
		let began = 0;
		for (let tries = 1; ; tries++) {
			// All that the next request depends on happens before this one gives its place away.
			const end = await pace.run(
				async () => {
					if (tries === 1) began = this.clock.now();
					const outcome = await attempt();
					const failure = retryable(outcome);
					const delay = failure && this.delayOf(failure, tries, began);
					this.adjust(pace, failure, delay ?? failure?.retryAfterMs ?? 0);
					return delay === undefined ? { result: conclude(outcome) } : { delay };
				},
				{ again: tries > 1 },
			);
			if (end.delay === undefined) return end.result;
			await this.clock.sleep(end.delay);
		}
	}

	private delayOf(failure: Failure, tries: number, began: number): number | undefined {
		const elapsed = this.clock.now() - began;
		return retryDelay(this.limits.retry, tries, elapsed, failure.retryAfterMs, Math.random());
	}

	private adjust(pace: Pace, failure: Failure | undefined, delayMs: number): void {
		if (failure?.reason === 'tooManyRequests') pace.slowDown(delayMs);
		else pace.recover();
	}

	private async send(method: 'GET' | 'POST', path: string, body?: CallBody): Promise<HttpResult> {
		const request: IHttpRequestOptions = {
			method,
			url: API + path,
			body,
			json: true,
			timeout: this.limits.timeoutMs,
			returnFullResponse: true,
			// n8n sends a request again that was answered with 401, a POST too, unless we judge the status.
			ignoreHttpStatusErrors: true,
			// A redirect would carry the API key to another host.
			disableFollowRedirect: true,
		};
		try {
			const response = await this.context.helpers.httpRequestWithAuthentication.call(
				this.context,
				'voice2PhoneApi',
				request,
			);
			const { statusCode, headers, body: answer } = response;
			return { kind: 'answer', statusCode, headers: headers ?? {}, body: answer };
		} catch (error) {
			return faultOf(error);
		}
	}
}

/**
 * What n8n throws is a NodeApiError around axios' error around the network's: the code is found in the
 * outermost that has one. Nothing else is kept, since axios' error holds the request with the API key.
 */
function faultOf(error: unknown): HttpResult {
	const fault = {
		kind: 'fault' as const,
		code: '',
		message: '',
		syscall: undefined as string | undefined,
	};
	for (
		let link = error, depth = 0;
		link instanceof Error && depth < 5;
		link = link.cause, depth++
	) {
		const { code, syscall } = link as NodeJS.ErrnoException;
		if (!fault.code && typeof code === 'string') fault.code = code;
		if (!fault.syscall && typeof syscall === 'string') fault.syscall = syscall;
		fault.message += `${link.message}\n`;
	}
	return fault;
}
