/* Rings the people of one matter as core/calls/untilAccepted says, and reads what came of each call. */
import { asHeard, toBody } from '../core/calls/callRequest';
import { answerOf } from '../core/calls/matterAnswer';
import type { Failure, StatusOutcome } from '../core/calls/outcome';
import {
	Matter,
	type AttemptResult,
	type AttemptState,
	type MatterResult,
	type MatterState,
	type Report,
	type Ring,
} from '../core/calls/untilAccepted';
import { look, nextLook, pressedKeys, readAnswer, type Wait } from '../core/waiting/answer';
import { explainRejection, explainUnknown } from '../errors/explain';
import type { NodeError } from '../errors/nodeErrors';
import type { MatterRequest } from '../parameters/matter';
import type { Refusal } from '../parameters/placing';
import type { NodeRun } from '../run/nodeRun';
import { GuardedRequest, type RequestNote } from './guardedRequest';
import { logCall } from './placeCall';

/** Why a refused call says nothing about the next person. All else concerns everybody. */
const CONCERNS_ONE_PERSON: ReadonlySet<Failure['reason']> = new Set([
	'badRequest',
	'requestFailed',
]);
/** How long the status of one call is waited for. */
const LONGEST_READ_MS = 10_000;
const CALLED_ELSEWHERE = 'may still be ringing from a call of another item';
/** Guards whose answer the next round cannot change. */
const IS_FINAL: ReadonlySet<string> = new Set(['calledBefore', 'doNotCall', 'limitReached']);

/**
 * Calls people until enough of them accept, or nobody is left. After a retry it goes on where it was.
 *
 * @throws NodeApiError or NodeOperationError that names every call so far, when something concerns all people
 */
export async function callUntilAccepted(
	request: MatterRequest,
	itemIndex: number,
	run: NodeRun,
): Promise<MatterResult> {
	return await new Driver(request, itemIndex, run).drive();
}

/** What is noted of a matter in the journal. */
interface Noted {
	/** The state that an earlier try left; undefined when there was none. */
	before: MatterState | undefined;
	/** Whether a phone rang for it, or may have. */
	wasRung: boolean;
	write(state: MatterState): void;
}

/** By what a matter is known again. */
export function identityOf({ people, message, keys }: MatterRequest): object {
	return { numbers: people.map(({ phone }) => phone.number), message: asHeard(message), keys };
}

/**
 * What the journal knows of a matter. A tool's matter of the same words goes on where the one before was, in a try
 * of its own and when the agent asks again. One in which nobody was rung is forgotten there.
 */
export function notedOf(
	request: MatterRequest,
	itemIndex: number,
	{ journal, role }: NodeRun,
): Noted {
	const what = identityOf(request);
	const note = role.retriesAsNewRun ? journal.sameMatter(what) : journal.matter(itemIndex, what);
	const noted = note.read();
	const before = noted === undefined ? undefined : (JSON.parse(noted) as MatterState);
	const wasRung = before?.attempts.some(({ state }) => !NOBODY_WAS_RUNG.has(state)) === true;
	return {
		before: role.retriesAsNewRun && !wasRung ? undefined : before,
		wasRung,
		write: (state) => note.write(JSON.stringify(state)),
	};
}

const NOBODY_WAS_RUNG: ReadonlySet<AttemptState> = new Set(['due', 'notCalled']);

/** `notBegun`: enough people accepted while this call waited for its turn. */
type NotBegun = { may: 'notBegun' };

class Driver {
	private readonly matter: Matter;

	private readonly noted: Noted;

	/** The reads of each open call, by attempt. */
	private readonly watched = new Map<number, OpenWait>();

	private readonly underWay = new Set<Promise<void>>();

	private wake = new AbortController();

	private failure: NodeError | undefined;

	constructor(
		private readonly request: MatterRequest,
		private readonly itemIndex: number,
		private readonly run: NodeRun,
	) {
		const { people, settings } = request;
		this.noted = notedOf(request, itemIndex, run);
		this.matter = this.noted.before
			? Matter.resume(people, settings, this.noted.before, request.dialAgainWhenUnknown)
			: new Matter(people, settings);
	}

	async drive(): Promise<MatterResult> {
		const { busyNumbers, clock } = this.run;
		const wake = () => this.wake.abort();
		busyNumbers.listen(wake);
		try {
			for (const { attempt, callId } of this.matter.openCalls()) this.rings(attempt, callId);
			for (;;) {
				this.readOpenCalls();
				const now = clock.now();
				const next = this.matter.next(now, (number) =>
					busyNumbers.isCalledByOther(number, this, now),
				);
				this.noteCalls();
				if (next.isDone) {
					if (this.failure) throw this.failure;
					return next.result;
				}
				for (const ring of next.rings) this.follow(this.ring(ring));
				const wakeAt = Math.min(next.wakeAt, this.nextRead(), busyNumbers.nextEnd(now));
				await clock.sleep(Math.max(0, wakeAt - clock.now()), this.wake.signal);
				this.wake = new AbortController();
			}
		} catch (thrown) {
			this.matter.stop();
			// Requests under way come to their end, so that no call ID is lost.
			await Promise.all(this.underWay);
			this.noteCalls();
			throw this.withCalls(thrown);
		} finally {
			busyNumbers.stopListening(wake);
		}
	}

	/** Names the calls in what ended this matter. What another item met names the calls of all items itself. */
	private withCalls(thrown: unknown): NodeError {
		const { errors, continuesOnFail, role } = this.run;
		const error = errors.from(thrown, this.itemIndex);
		if (error.context.itemIndex !== this.itemIndex) return error;
		const goesOn = continuesOnFail || role.advisesInMessage;
		return errors.withAttempts(error, this.attempts(), { goesOn });
	}

	/** Every attempt so far, also of a matter that is not over. */
	private attempts(): AttemptResult[] {
		return this.matter.result().attempts;
	}

	/** Lets something go on meanwhile; whatever it reports wakes the loop. */
	private follow(task: Promise<void>): void {
		const followed: Promise<void> = task
			.catch((thrown: unknown) => {
				this.failure ??= this.run.errors.from(thrown, this.itemIndex);
				this.matter.stop();
			})
			.finally(() => {
				this.underWay.delete(followed);
				this.wake.abort();
			});
		this.underWay.add(followed);
	}

	private report(attempt: number, report: Report): void {
		this.matter.report(attempt, report, this.run.clock.now());
		this.store();
	}

	private store(): void {
		this.noted.write(this.matter.state);
	}

	private noteCalls(): void {
		const callIds = this.attempts().flatMap(({ CallId }) => CallId ?? []);
		if (callIds.length > 0) this.run.callIds.set(this.itemIndex, callIds.join(', '));
	}

	private async ring({ attempt, person, personIndex }: Ring): Promise<void> {
		const { run, request, matter } = this;
		const { phone } = person;
		if (!(await this.takeNumber(phone.number))) {
			this.report(attempt, { kind: 'notCalled', reason: CALLED_ELSEWHERE, isFinal: false });
			return;
		}
		const note: RequestNote<NotBegun> = {
			sending: () => {
				if (!matter.begin(attempt, run.clock.now())) return { may: 'notBegun' };
				this.store();
				return undefined;
			},
			settled: () => {},
		};
		const guarded = new GuardedRequest(request.callGuards[personIndex], note, run);
		const body = toBody({ phone, message: request.message, keys: request.keys });
		let isSettled = false;
		try {
			await run.api.placeCall(body, guarded, (outcome) => {
				isSettled = true;
				switch (outcome.kind) {
					case 'accepted':
						logCall(run, outcome.callId, phone);
						this.report(attempt, { kind: 'placed', callId: outcome.callId });
						this.rings(attempt, outcome.callId);
						break;
					case 'unknown':
						run.unknownItems.add(this.itemIndex);
						this.report(attempt, {
							kind: 'unknown',
							reason: explainUnknown(outcome.failure).message,
						});
						this.rings(attempt);
						break;
					case 'rejected':
						this.rejected(attempt, outcome.failure);
						break;
					case 'notSent':
						this.notSent(attempt, outcome.refusal);
						break;
				}
			});
		} finally {
			// The run stopped before this request was sent.
			if (!isSettled) this.report(attempt, { kind: 'notSent' });
			// Unless the phone rings now, or may.
			run.busyNumbers.giveBack(phone.number, this);
		}
	}

	/** False: a call to this number for another item may still be open. It is asked once more whether it is. */
	private async takeNumber(number: string): Promise<boolean> {
		const { busyNumbers, clock } = this.run;
		if (busyNumbers.take(number, this, clock.now())) return true;
		const callId = busyNumbers.leftOpen(number);
		if (callId === undefined) return false;
		const outcome = await this.readStatus(callId);
		if (outcome.kind !== 'read' || !readAnswer(outcome.body, this.request)) return false;
		busyNumbers.free(number, callId);
		return busyNumbers.take(number, this, clock.now());
	}

	/** Nobody else rings a phone that rings, or may. */
	private rings(attempt: number, callId?: string): void {
		const { at } = this.matter.state.attempts[attempt];
		const { watchMs, nextAfterMs } = this.request.settings;
		const until = at + Math.max(watchMs, nextAfterMs);
		this.run.busyNumbers.rings(this.numberOf(attempt), this, callId, until);
	}

	private rejected(attempt: number, failure: Failure): void {
		if (CONCERNS_ONE_PERSON.has(failure.reason)) {
			this.report(attempt, {
				kind: 'notCalled',
				reason: explainRejection(failure).message,
				isFinal: failure.reason === 'badRequest',
			});
			return;
		}
		this.report(attempt, { kind: 'notSent' });
		this.run.fail(this.run.errors.rejectedCall(failure, this.itemIndex));
	}

	private notSent(attempt: number, refusal: NotBegun | Refusal): void {
		switch (refusal.may) {
			case 'notBegun':
				this.report(attempt, { kind: 'notSent' });
				break;
			case 'unknown':
				this.report(attempt, { kind: 'unknown', reason: 'may have been called by an earlier try' });
				break;
			case false: {
				const { because, fields } = refusal;
				const opening = fields.callableFrom;
				this.report(attempt, {
					kind: 'notCalled',
					reason: because,
					// Hours that never begin are final too.
					isFinal: IS_FINAL.has(because) || opening === null,
					...(opening && { callableFrom: Date.parse(opening) }),
				});
			}
		}
	}

	/** Begins to read each open call whose time has come. A slow answer delays nobody else. */
	private readOpenCalls(): void {
		const { clock } = this.run;
		for (const { attempt, callId, isUrgent } of this.matter.openCalls()) {
			const wait = this.waitOf(attempt);
			const isDue = isUrgent || nextLook(wait, wait.checks, wait.lastRead) <= clock.now();
			if (wait.isReading || !isDue) continue;
			wait.isReading = true;
			this.follow(this.read(attempt, callId, wait));
		}
	}

	/** When the next open call is to be read, in milliseconds since 1970. */
	private nextRead(): number {
		const times = this.matter.openCalls().flatMap(({ attempt }) => {
			const wait = this.waitOf(attempt);
			return wait.isReading ? [] : [nextLook(wait, wait.checks, wait.lastRead)];
		});
		return Math.min(Infinity, ...times);
	}

	private waitOf(attempt: number): OpenWait {
		const now = this.run.clock.now();
		const { checkEveryMs, finishedStatusCodes, keys } = this.request;
		const wait = this.watched.get(attempt) ?? {
			began: now,
			// The matter itself says how long a call is waited for.
			request: {
				checkEveryMs,
				finishedStatusCodes,
				keys,
				waitAtMostMs: Infinity,
				throwOnTimeOut: false,
			},
			overSince: undefined,
			checks: 0,
			lastRead: now,
			isReading: false,
		};
		this.watched.set(attempt, wait);
		return wait;
	}

	private async read(attempt: number, callId: string, wait: OpenWait): Promise<void> {
		const { clock } = this.run;
		const outcome = await this.readStatus(callId).finally(() => {
			wait.isReading = false;
			wait.checks++;
			wait.lastRead = clock.now();
		});
		if (outcome.kind !== 'read') {
			this.report(attempt, { kind: 'stillOpen' });
			return;
		}
		const seen = look(wait, outcome.body, clock.now());
		if (!seen.answer) {
			wait.overSince = seen.overSince;
			this.report(attempt, { kind: 'stillOpen' });
			return;
		}
		this.run.busyNumbers.free(this.numberOf(attempt), callId);
		const answer = answerOf(pressedKeys(outcome.body.Dtmf), this.request.meanings);
		this.report(attempt, answer ? { kind: 'pressed', ...answer } : { kind: 'ended' });
	}

	/** The times of a matter are the user's, also when the server wants to be asked an hour later. */
	private async readStatus(callId: string): Promise<StatusOutcome> {
		const { api, clock } = this.run;
		return await api.checkStatus(callId, clock.now() + LONGEST_READ_MS);
	}

	private numberOf(attempt: number): string {
		return this.request.people[this.matter.state.attempts[attempt].person].phone.number;
	}
}

/** An open call, and how it was read so far. */
type OpenWait = Wait & { checks: number; lastRead: number; isReading: boolean };
