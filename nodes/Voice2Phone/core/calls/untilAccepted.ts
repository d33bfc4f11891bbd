/*
 * Decides whom Call Until Accepted rings next. It places no call and reads no clock: a driver does both, asks
 * `next` what to do, and reports what came of it. So a driver looks, in short:
 *
 *   const matter = noted ? Matter.resume(people, settings, noted, clock.now()) : new Matter(people, settings);
 *   for (;;) {
 *     startChecks(matter.openCalls());           // each reports `pressed`, `ended` or `stillOpen`; urgent ones at once
 *     const next = matter.next(clock.now());
 *     if (next.isDone) return next.result;
 *     for (const ring of next.rings) void place(ring);        // not awaited: others go on meanwhile
 *     await whateverComesFirst(aReport, clock.sleep(Math.min(next.wakeAt, nextCheck) - clock.now()));
 *   }
 *   async function place({ attempt, person }: Ring) {
 *     const held = await askGuards(person);      // held back: report `notCalled`, and return
 *     if (!matter.begin(attempt, clock.now())) return;        // again right before each request, retries too
 *     store(JSON.stringify(matter.state));       // before the request leaves, and after each report
 *     matter.report(attempt, toReport(await post(person.phone)), clock.now());
 *   }
 *
 * When something stops all people (401, unreachable, Stop), the driver reports `notSent` for an attempt of which
 * it is certain that nothing left, calls `stop`, waits for the requests under way as long as it can, and names
 * `result().attempts` in its error.
 *
 * The rules:
 * - A person's turn ends when they declined, when the call ended without an answer, or when Next Person After
 *   has passed since the call was placed. The first person in the list who was not rung in this round is next.
 * - A call stays open after its turn: a late "accepts" counts, and stops the rest.
 * - Nothing is begun once enough people accepted. Requests under way are waited for: their call IDs are named.
 * - A number is never rung while a call to it is, or may be, open. In a later round the person is waited for
 *   until Wait Limit has passed since that call was placed, and then left out of this round.
 * - Who declined or accepted is not rung again in this matter: "declines" passes the call on for good.
 * - An unknown outcome is never repeated: the phone may be ringing now, so that number is not rung again.
 * - Who was refused, or held back by a guard, comes again in the next round, unless that can change nothing.
 *   Rounds that would begin before anybody may be called are passed over.
 * - After two rounds in which no phone rang, nobody is waited for but those who may be called by then.
 * - The matter ends when enough people accepted; or when all rounds are over, or nobody is left who could be
 *   rung again, and no open call is waited for. Before that each open call is read once more.
 */
import type { Person } from './people';

/** How a matter goes. All times in milliseconds. */
export interface MatterSettings {
	/** How often to go through the people, 1 to 1,000: rounds in which nobody can be rung are counted one by one. */
	rounds: number;
	/** The pause from the last turn of a round to the first ring of the next. */
	betweenRoundsMs: number;
	/** Next Person After: how long a placed call keeps its turn. */
	nextAfterMs: number;
	/** How many people have to accept, 1 or more. */
	needed: number;
	/** How many people have their turn at the same time, 1 or more. */
	atOnce: number;
	/**
	 * Wait Limit: how long the matter stays alive for a placed call; never less than Next Person After. A
	 * call that is open longer is still checked as long as the matter lives for other reasons.
	 */
	watchMs: number;
}

/**
 * How far an attempt is.
 * - `due`: given out by `next`, nothing has left the machine
 * - `sending`: the request is under way
 * - `open`: the call was placed and is not known to be over
 * - all others: how it ended. `otherKey`: a key that neither accepts nor declines. `notCalled`: refused, or
 *   held back by a guard. `unknown`: the phone may have rung.
 */
export type AttemptState =
	| 'due'
	| 'sending'
	| 'open'
	| 'accepted'
	| 'declined'
	| 'otherKey'
	| 'noKey'
	| 'notCalled'
	| 'unknown';

/** One try to call one person, as it is stored. It names the person by their place in the list. */
export interface Attempt {
	person: number;
	/** From 1. A person has at most one attempt in a round, not counting one that is repeated. */
	round: number;
	state: AttemptState;
	/** When the call was placed, when its request left if it was not, or when a guard said no. */
	at: number;
	callId?: string;
	pressedKey?: string;
	/** When the key was read. The API does not tell when it was pressed. */
	pressedAt?: number;
	/** Why nobody was called, or why it is not known. */
	reason?: string;
	/** True: another round would change nothing. */
	isFinal?: true;
	/** From when on the person may be called, when a guard knows it. Milliseconds since 1970. */
	callableFrom?: number;
	/** True: the matter waits until the status of the call is read. */
	isUnread?: true;
	/** True: the outcome is unknown, and the user wants to dial again then. */
	isRepeated?: true;
}

/** All that a matter remembers, fit for JSON. It holds no phone number and no name, if the reasons hold none. */
export interface MatterState {
	round: number;
	/** Before this time the round is in its pause. Milliseconds since 1970. */
	roundBegins: number;
	isStopped: boolean;
	/** True: the matter is at its end, but for a last look at the open calls. */
	isClosing: boolean;
	/** How many rounds before this one, without a break, rang no phone. */
	idleRounds: number;
	attempts: Attempt[];
}

/** A person to be rung now. Person and round name the attempt in a journal. */
export interface Ring {
	/** By this number the attempt is begun and reported. */
	attempt: number;
	person: Person;
	/** The person's place in the list, from 0. */
	personIndex: number;
	round: number;
}

/** What to do now: ring these people and come back at `wakeAt`, or after any report; or give out the result. */
export type Next =
	| {
			isDone: false;
			rings: Ring[];
			/** Milliseconds since 1970; Infinity when only a report can change anything. */
			wakeAt: number;
	  }
	| { isDone: true; result: MatterResult };

/** A call whose status is to be read now and then. */
export interface OpenCall {
	attempt: number;
	callId: string;
	/** True: to be read at once, the matter waits for it. If it cannot be read, report `stillOpen`. */
	isUrgent: boolean;
}

/**
 * What came of an attempt.
 * - `placed`: there is a call ID
 * - `notCalled`: what concerns this person alone: the API refused (400, 402), or a guard said no.
 *   `isFinal` when the next round cannot change it (Do Not Call, Max Calls per Execution); `callableFrom`
 *   when it changes at a time that is known (Calling Hours), in milliseconds since 1970
 * - `notSent`: nobody was called, and the person is not to blame: after Retry they are rung. For what
 *   concerns all people (then `stop`), and for a retry that `begin` did not let go
 * - `unknown`: the phone may have rung
 * - `pressed`, `ended` (over without a key): the call is over
 * - `stillOpen`: the status was read, or could not be, and the call is not known to be over
 */
export type Report =
	| { kind: 'placed'; callId: string }
	| { kind: 'notCalled'; reason: string; isFinal: boolean; callableFrom?: number }
	| { kind: 'notSent' }
	| { kind: 'unknown'; reason: string }
	| { kind: 'pressed'; key: string; meaning: 'accepts' | 'declines' | 'other' }
	| { kind: 'ended' }
	| { kind: 'stillOpen' };

/** What comes out of a matter, with the names that the output item has. */
export interface MatterResult {
	/** `nobody` also when some accepted, but fewer than were needed: `acceptedBy` then names them. */
	outcome: 'accepted' | 'nobody';
	/** In the order in which their keys were read; more than needed when they accepted at the same time. */
	acceptedBy: AcceptedBy[];
	/** In the order in which the people had their turns. */
	attempts: AttemptResult[];
}

export interface AcceptedBy {
	name: string | null;
	/** In international form. */
	phone: string;
	CallId: string | null;
	pressedKey: string | null;
	/** When the key was read, ISO 8601 in UTC. */
	at: string;
}

export interface AttemptResult {
	name: string | null;
	/** In international form. */
	phone: string;
	round: number;
	CallId: string | null;
	outcome: Exclude<AttemptState, 'due' | 'sending'>;
	pressedKey: string | null;
	/** When the call was placed, or tried; ISO 8601 in UTC. */
	at: string;
	/** Only there when the call was not known to be over at the end: it cannot be cancelled, and may ring on. */
	stillOpen?: true;
	/** Only there when nobody was called, or when that is not known. */
	reason?: string;
	/** Only there when a guard said no that knows it; ISO 8601 in UTC. */
	callableFrom?: string;
}

const ANSWERS = { accepts: 'accepted', declines: 'declined', other: 'otherKey' } as const;

/**
 * In which states a report is taken; in all others, the first report stands. A call ID is taken even when
 * the outcome was called unknown before: no call ID is lost.
 */
const EXPECTED_IN: Record<Report['kind'], readonly AttemptState[]> = {
	placed: ['due', 'sending', 'unknown'],
	notCalled: ['due', 'sending'],
	notSent: ['due', 'sending'],
	unknown: ['due', 'sending'],
	pressed: ['open'],
	ended: ['open'],
	stillOpen: ['open'],
};

/** So many rounds in which no phone rang say that the next would not ring one either. */
const MOST_IDLE_ROUNDS = 2;

const LEFT_OUT = 'was left out: the phone may still be ringing from the call before';

const INTERRUPTED = 'The run ended while the request was under way. The phone may have rung';

/** One matter: the people to call until enough of them accept, and what came of it so far. */
export class Matter {
	/**
	 * @param people whose numbers differ. Equal numbers, as in a trial with one test number, are rung one
	 * after the other, each when the call before is over
	 * @param state to go on within the same process, requests under way included
	 */
	constructor(
		private readonly people: readonly Person[],
		private readonly settings: MatterSettings,
		readonly state: MatterState = {
			round: 1,
			roundBegins: 0,
			isStopped: false,
			isClosing: false,
			idleRounds: 0,
			attempts: [],
		},
	) {}

	/**
	 * Goes on after the process or the run that drove the matter ended. What was under way is unknown; what
	 * had not left is rung again; calls that were open are to be read before anybody else is rung.
	 *
	 * @param people the same as before, in the same order
	 * @param noted the stored state; or its attempts alone, for example from a journal with a line for each.
	 * The matter then goes on in the highest round
	 * @param dialsUnknown true: who may have been rung is rung again, as the user wants it
	 */
	static resume(
		people: readonly Person[],
		settings: MatterSettings,
		noted: Pick<MatterState, 'attempts'> & Partial<MatterState>,
		dialsUnknown = false,
	): Matter {
		const attempts = noted.attempts
			.filter(({ state }) => state !== 'due')
			.map((attempt): Attempt => {
				if (attempt.state === 'open') return { ...attempt, isUnread: true };
				const ended: Attempt =
					attempt.state === 'sending'
						? { ...attempt, state: 'unknown', reason: INTERRUPTED }
						: { ...attempt };
				if (dialsUnknown && ended.state === 'unknown') ended.isRepeated = true;
				return ended;
			});
		return new Matter(people, settings, {
			round: noted.round ?? attempts.reduce((last, { round }) => Math.max(last, round), 1),
			roundBegins: noted.roundBegins ?? 0,
			isStopped: false,
			isClosing: false,
			idleRounds: noted.idleRounds ?? 0,
			attempts,
		});
	}

	/**
	 * What to do now. Each ring is given out once: whoever takes it has to begin it, or to report it.
	 *
	 * @param isCalledElsewhere whether a phone is waited for that another matter is calling; ask again when
	 * that changes
	 */
	next(now: number, isCalledElsewhere: (number: string) => boolean = () => false): Next {
		const { attempts, isStopped, isClosing } = this.state;
		const waits: Next = { isDone: false, rings: [], wakeAt: Infinity };
		const isRequesting = attempts.some(({ state }) => state === 'sending');
		if (isStopped) return isRequesting ? waits : this.done();
		// An unread call may have been accepted.
		if (attempts.some(({ isUnread }) => isUnread)) return waits;
		if (this.isAccepted || isClosing) return isRequesting ? waits : this.close(now);
		const rings: Ring[] = [];
		// A round for which nobody is left is over at once.
		while (!this.ringInRound(now, rings, isCalledElsewhere)) {
			const rounds = this.roundsAhead(now);
			if (rounds === undefined) {
				if (attempts.some((attempt) => this.isWatched(attempt, now))) break;
				return this.close(now);
			}
			this.state.idleRounds = this.idleRounds;
			this.state.round += rounds;
			this.state.roundBegins = now + rounds * this.settings.betweenRoundsMs;
		}
		return { isDone: false, rings, wakeAt: this.wakeAt(now) };
	}

	/**
	 * To be asked right before each request of an attempt, retries included.
	 *
	 * @returns true: send it now. False: send nothing, enough people accepted meanwhile, or the matter was
	 * stopped; a retry then reports `notSent`
	 */
	begin(attempt: number, now: number): boolean {
		const noted = this.state.attempts[attempt];
		if (this.state.isStopped || this.isAccepted) return false;
		if (noted.state === 'due') Object.assign(noted, { state: 'sending', at: now });
		return noted.state === 'sending';
	}

	/** Notes what came of an attempt; ask `next` afterwards. */
	report(attempt: number, report: Report, now: number): void {
		const noted = this.state.attempts[attempt];
		if (!EXPECTED_IN[report.kind].includes(noted.state)) return;
		switch (report.kind) {
			case 'placed':
				delete noted.reason;
				Object.assign(noted, { state: 'open', at: now, callId: report.callId });
				break;
			case 'notCalled':
				Object.assign(noted, { state: 'notCalled', at: now, reason: report.reason });
				if (report.isFinal) noted.isFinal = true;
				if (report.callableFrom !== undefined) noted.callableFrom = report.callableFrom;
				break;
			case 'notSent':
				noted.state = 'due';
				break;
			case 'unknown':
				Object.assign(noted, { state: 'unknown', reason: report.reason });
				break;
			case 'pressed':
				noted.state = ANSWERS[report.meaning];
				Object.assign(noted, { pressedKey: report.key, pressedAt: now });
				break;
			case 'ended':
				noted.state = 'noKey';
				break;
			case 'stillOpen':
				break;
		}
		delete noted.isUnread;
	}

	/** Nobody is rung from now on. `next` is done as soon as no request is under way. */
	stop(): void {
		this.state.isStopped = true;
	}

	/** The calls whose status is to be read until the matter is done, also after their turn. */
	openCalls(): OpenCall[] {
		return this.state.attempts.flatMap(({ state, callId, isUnread }, attempt) =>
			state === 'open' && callId !== undefined
				? [{ attempt, callId, isUrgent: isUnread === true }]
				: [],
		);
	}

	/** What is known so far; at any time, so that an error can name every call. */
	result(): MatterResult {
		const begun = this.state.attempts.filter(({ state }) => state !== 'due');
		const accepted = begun
			.filter(({ state }) => state === 'accepted')
			.sort((one, other) => pressedAt(one) - pressedAt(other));
		return {
			outcome: this.isAccepted ? 'accepted' : 'nobody',
			acceptedBy: accepted.map((attempt) => ({
				...this.whoOf(attempt),
				CallId: attempt.callId ?? null,
				pressedKey: attempt.pressedKey ?? null,
				at: isoTime(pressedAt(attempt)),
			})),
			attempts: begun.map((attempt) => ({
				...this.whoOf(attempt),
				round: attempt.round,
				CallId: attempt.callId ?? null,
				outcome: outcomeOf(attempt),
				pressedKey: attempt.pressedKey ?? null,
				at: isoTime(attempt.at),
				...(attempt.state === 'open' && { stillOpen: true as const }),
				...(attempt.state === 'sending' && { reason: INTERRUPTED }),
				...(attempt.reason !== undefined && { reason: attempt.reason }),
				...(attempt.callableFrom !== undefined && { callableFrom: isoTime(attempt.callableFrom) }),
			})),
		};
	}

	private get isAccepted(): boolean {
		const accepted = this.state.attempts.filter(({ state }) => state === 'accepted');
		return accepted.length >= this.settings.needed;
	}

	/**
	 * A key may have been pressed since the last check: a second acceptance, or the one that nobody hoped for
	 * any more. So each open call is read once more before the matter is done.
	 */
	private close(now: number): Next {
		const open = this.state.attempts.filter(({ state }) => state === 'open');
		if (this.state.isClosing || open.length === 0) {
			if (!this.isAccepted) this.nameLeftOut(now);
			return this.done();
		}
		this.state.isClosing = true;
		for (const attempt of open) attempt.isUnread = true;
		return { isDone: false, rings: [], wakeAt: Infinity };
	}

	/** Nobody is left out in silence, not even who has the number of a call that did not end. */
	private nameLeftOut(now: number): void {
		const { attempts, round } = this.state;
		const named = new Set(attempts.map(({ person }) => person));
		for (const person of this.people.keys()) {
			if (named.has(person)) continue;
			attempts.push({ person, round, state: 'notCalled', at: now, reason: LEFT_OUT });
		}
	}

	private done(): Next {
		return { isDone: true, result: this.result() };
	}

	/**
	 * Gives out the rings that this round has room for now; none in the pause before it.
	 *
	 * @returns whether the round goes on: somebody has their turn, or is waited for
	 */
	private ringInRound(
		now: number,
		rings: Ring[],
		isCalledElsewhere: (number: string) => boolean,
	): boolean {
		const { round, roundBegins, attempts } = this.state;
		const { rungPeople, candidates, busyNumbers, ...counted } = this.survey(now);
		let { turns } = counted;
		let isSomebodyWaiting = false;
		for (const [personIndex, callableFrom] of candidates) {
			const person = this.people[personIndex];
			const { number } = person.phone;
			if (rungPeople.has(personIndex) || callableFrom > Math.max(now, roundBegins)) continue;
			const busy = busyNumbers.get(number) ?? (isCalledElsewhere(number) ? 'watched' : undefined);
			if (now < roundBegins) {
				// Even a call that nobody waits for may be over when the round begins.
				isSomebodyWaiting = true;
			} else if (busy || turns >= this.settings.atOnce) {
				isSomebodyWaiting ||= busy !== 'unwatched';
			} else {
				rings.push({ attempt: attempts.length, person, personIndex, round });
				attempts.push({ person: personIndex, round, state: 'due', at: now });
				busyNumbers.set(number, 'watched');
				turns++;
			}
		}
		return turns > 0 || isSomebodyWaiting;
	}

	/** How many rounds there were without a break in which no phone rang, this one included. */
	private get idleRounds(): number {
		const { attempts, round, idleRounds } = this.state;
		const isIdle = attempts.every(
			(attempt) => attempt.round !== round || attempt.state === 'notCalled',
		);
		return isIdle ? idleRounds + 1 : 0;
	}

	/**
	 * After a round, the number of the next in which somebody can be called: 1 is the next one.
	 *
	 * @returns undefined when there is none, or when it is of no use to wait for it
	 */
	private roundsAhead(now: number): number | undefined {
		const { rounds, betweenRoundsMs } = this.settings;
		const times = [...this.survey(now).candidates.values()];
		const isHopeless = this.idleRounds >= MOST_IDLE_ROUNDS;
		// Who may be called at once is called in the next round, and who may be later in the first one then.
		const pauses = times.flatMap((callableFrom) => {
			if (callableFrom > now) return Math.ceil((callableFrom - now) / betweenRoundsMs);
			return isHopeless ? [] : 1;
		});
		const ahead = Math.min(...pauses);
		return this.state.round + ahead <= rounds ? ahead : undefined;
	}

	/** What the attempts so far mean for the people, in one pass: lists may be long. */
	private survey(now: number) {
		const rungPeople = new Set<number>();
		const unknownNumbers = new Set<string>();
		const busyNumbers = new Map<string, 'watched' | 'unwatched'>();
		/** Who may be rung again, in the order of the list, and from when on. */
		const candidates = new Map([...this.people.keys()].map((person) => [person, -Infinity]));
		let turns = 0;
		for (const attempt of this.state.attempts) {
			const { person, round, state, isFinal, callableFrom, isRepeated } = attempt;
			const { number } = this.people[person].phone;
			if (isRepeated) continue;
			if (round === this.state.round) rungPeople.add(person);
			if (state === 'accepted' || state === 'declined' || isFinal) candidates.delete(person);
			else if (candidates.has(person)) candidates.set(person, callableFrom ?? -Infinity);
			if (state === 'unknown') unknownNumbers.add(number);
			if (isUnderWay(attempt)) {
				busyNumbers.set(number, this.isWatched(attempt, now) ? 'watched' : 'unwatched');
			}
			if (this.hasTurn(attempt, now)) turns++;
		}
		for (const person of candidates.keys()) {
			if (unknownNumbers.has(this.people[person].phone.number)) candidates.delete(person);
		}
		return { rungPeople, candidates, busyNumbers, turns };
	}

	/** A request that hangs loses its turn like a call; one that waits for its place in the pace does not. */
	private hasTurn(attempt: Attempt, now: number): boolean {
		return isUnderWay(attempt) && (attempt.state === 'due' || now < this.endOfTurn(attempt));
	}

	/** Whether the matter stays alive for the attempt. */
	private isWatched(attempt: Attempt, now: number): boolean {
		return isUnderWay(attempt) && (attempt.state !== 'open' || now < this.endOfWatch(attempt));
	}

	private endOfTurn({ at }: Attempt): number {
		return at + this.settings.nextAfterMs;
	}

	private endOfWatch({ at }: Attempt): number {
		return at + Math.max(this.settings.watchMs, this.settings.nextAfterMs);
	}

	private wakeAt(now: number): number {
		const { attempts, roundBegins } = this.state;
		const times = attempts
			.filter(({ state }) => state === 'sending' || state === 'open')
			.flatMap((attempt) => [this.endOfTurn(attempt), this.endOfWatch(attempt)]);
		return [roundBegins, ...times]
			.filter((time) => time > now)
			.reduce((first, time) => Math.min(first, time), Infinity);
	}

	private whoOf({ person }: Attempt): { name: string | null; phone: string } {
		const { name, phone } = this.people[person];
		return { name, phone: phone.number };
	}
}

function isUnderWay({ state }: Attempt): boolean {
	return state === 'due' || state === 'sending' || state === 'open';
}

/** Of a request under way it is not known what becomes of it. */
function outcomeOf({ state }: Attempt): AttemptResult['outcome'] {
	return state === 'due' || state === 'sending' ? 'unknown' : state;
}

function pressedAt({ at, pressedAt: time }: Attempt): number {
	return time ?? at;
}

function isoTime(time: number): string {
	return new Date(time).toISOString();
}
