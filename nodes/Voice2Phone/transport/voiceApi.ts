/* The two requests that the API has: paced, guarded and retried. */
import type { IExecuteFunctions } from 'n8n-workflow';

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
import type { ApiCredential } from './apiCredential';
import { exchange, type ApiRequest } from './exchange';

export interface RequestLimits {
	/** Milliseconds until a request without a whole answer is given up. */
	timeoutMs: number;
	retry: RetryLimits;
}

/** What may keep a call from being placed: asked before each try, told after it. */
export interface CallGuard<Refusal> {
	/** Undefined lets the request be sent. */
	take(): Promise<Refusal | undefined>;
	settle(outcome: CallOutcome): Promise<void>;
}

/** "notSent": the guard kept the request from being sent. */
export type PlaceOutcome<Refusal> = CallOutcome | { kind: 'notSent'; refusal: Refusal };

/** What was taken for a call that cannot be told to have been placed or not. */
const UNKNOWN: CallOutcome = { kind: 'unknown', failure: { reason: 'connectionLost' } };
/** The node stopped between taking the guards and sending. */
const NOT_BEGUN: CallOutcome = {
	kind: 'rejected',
	failure: { reason: 'notPrepared' },
	retryable: false,
};

export class VoiceApi {
	/** @param takeCallId notes the ID of a new call; false when another call has it */
	constructor(
		private readonly context: IExecuteFunctions,
		private readonly credential: ApiCredential,
		private readonly clock: Clock,
		private readonly calls: Pace,
		private readonly checks: Pace,
		private readonly limits: RequestLimits,
		private readonly takeCallId: (callId: string) => boolean,
	) {}

	/**
	 * Places a call under its guard. Sent again, within the retry limits, only when nobody can have been
	 * called: on 429, and when the request never left.
	 *
	 * @param conclude makes the result, or throws, before the next call may begin: so one that stops the
	 * node stops it in time
	 */
	async placeCall<T, Refusal>(
		body: CallBody,
		guard: CallGuard<Refusal>,
		conclude: (outcome: PlaceOutcome<Refusal>) => T,
	): Promise<T> {
		return await this.retrying<PlaceOutcome<Refusal>, T>(this.calls, {
			attempt: async () => await this.placeOnce(body, guard),
			retryable: (outcome) =>
				outcome.kind === 'rejected' && outcome.retryable ? outcome.failure : undefined,
			refused: (failure) => ({ kind: 'rejected', failure, retryable: false }),
			conclude,
		});
	}

	/** Reads a call's status; sent again within the retry limits on 429, server errors and network faults. */
	async readStatus<T>(callId: string, conclude: (outcome: StatusOutcome) => T): Promise<T> {
		return await this.retrying<StatusOutcome, T>(this.checks, {
			attempt: async () => await this.get(callId),
			retryable: (outcome) =>
				outcome.kind === 'failed' && outcome.transient ? outcome.failure : undefined,
			refused: (failure) => ({ kind: 'failed', failure, transient: true }),
			conclude,
		});
	}

	/**
	 * Reads a call's status once, for those who will ask again anyway. A 429 slows all checks down.
	 *
	 * @param until when to give up, in the clock's time, whether a turn or the answer is waited for
	 */
	async checkStatus(callId: string, until = Infinity): Promise<StatusOutcome> {
		return await this.checks.run(
			async () => {
				const outcome = await this.get(callId, until);
				const failure = outcome.kind === 'failed' ? outcome.failure : undefined;
				this.adjust(this.checks, failure, failure?.retryAfterMs ?? 1_000);
				return outcome;
			},
			{
				until,
				instead: (failure = { reason: 'noTurn' }) => ({ kind: 'failed', failure, transient: true }),
			},
		);
	}

	private async placeOnce<Refusal>(
		body: CallBody,
		guard: CallGuard<Refusal>,
	): Promise<PlaceOutcome<Refusal>> {
		const refusal = await guard.take();
		if (refusal !== undefined) return { kind: 'notSent', refusal };
		const { stopReason } = this.calls;
		let outcome = stopReason ? NOT_BEGUN : UNKNOWN;
		try {
			if (!stopReason) outcome = await this.post(body);
		} finally {
			await guard.settle(outcome);
		}
		if (stopReason) throw stopReason;
		return outcome;
	}

	private async post(body: CallBody): Promise<CallOutcome> {
		const result = await this.send({ method: 'POST', path: '/call', body });
		const outcome = judgeCall(result, this.clock.now(), this.credential.hide);
		return outcome.kind !== 'accepted' || this.takeCallId(outcome.callId)
			? outcome
			: { kind: 'unknown', failure: { reason: 'repeatedCallId' } };
	}

	private async get(callId: string, until = Infinity): Promise<StatusOutcome> {
		const ask = async () => await this.send({ method: 'GET', path: `/call/${callId}`, until });
		const { version } = this.credential;
		let result = await ask();
		if (result.kind === 'answer' && result.statusCode === 401) {
			const isExchanged = await this.credential
				.isNewerThan(version, this.clock.now())
				.catch(() => false);
			if (isExchanged) result = await ask();
		}
		return judgeStatus(result, this.clock.now(), callId, this.credential.hide);
	}

	private async send(request: Omit<ApiRequest, 'timeoutMs'>): Promise<HttpResult> {
		const { timeoutMs } = this.limits;
		return await exchange(this.context, this.credential, this.clock, { ...request, timeoutMs });
	}

	private async retrying<Outcome, T>(
		pace: Pace,
		{ attempt, retryable, refused, conclude }: Retried<Outcome, T>,
	): Promise<T> {
		let began = 0;
		for (let tries = 1; ; tries++) {
			// All that the next request depends on happens before this one gives its place away.
			const end = await pace.run<{ result: T } | { delay: number }>(
				async () => {
					if (tries === 1) began = this.clock.now();
					const outcome = await attempt();
					const failure = retryable(outcome);
					const delay = failure && this.delayOf(failure, tries, began);
					this.adjust(pace, failure, delay ?? failure?.retryAfterMs ?? 0);
					return delay === undefined ? { result: conclude(outcome) } : { delay };
				},
				{
					again: tries > 1,
					instead: (failure = { reason: 'tooManyRequests' }) => ({
						result: conclude(refused(failure)),
					}),
				},
			);
			if ('result' in end) return end.result;
			await this.clock.sleep(end.delay);
		}
	}

	private delayOf(failure: Failure, tries: number, began: number): number | undefined {
		const elapsed = this.clock.now() - began;
		return retryDelay(this.limits.retry, tries, elapsed, failure.retryAfterMs, Math.random());
	}

	private adjust(pace: Pace, failure: Failure | undefined, delayMs: number): void {
		if (failure?.reason === 'tooManyRequests') pace.slowDown(delayMs, failure);
		else pace.recover();
	}
}

/** A request that may be sent again. */
interface Retried<Outcome, T> {
	attempt: () => Promise<Outcome>;
	/** Why the request may be sent again; undefined when it may not. */
	retryable: (outcome: Outcome) => Failure | undefined;
	/** The outcome of a request that would have to wait for too long. */
	refused: (failure: Failure) => Outcome;
	conclude: (outcome: Outcome) => T;
}
