/*
 * A thousand matters with made-up people, on a clock that nobody waits for: people who answer late or never,
 * requests that are refused, lost or too many, and an n8n that dies and goes on from what it stored.
 */
import type { Person } from '../../../../nodes/Voice2Phone/core/calls/people';
import {
	Matter,
	type MatterResult,
	type MatterSettings,
	type MatterState,
	type OpenCall,
	type Report,
	type Ring,
} from '../../../../nodes/Voice2Phone/core/calls/untilAccepted';
import { seeded } from '../../../support/random';

const SEEDS = 1000;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const BEGIN = Date.parse('2026-03-01T22:00:00Z');
/** Longer than any of these matters can be: 3 rounds of 6 people with all their pauses, kills included. */
const LONGEST = 12 * 60 * MINUTE;

class Chance {
	constructor(private readonly random: () => number) {}

	happens(probability: number): boolean {
		return this.random() < probability;
	}

	between(least: number, most: number): number {
		return least + Math.floor(this.random() * (most - least + 1));
	}

	one<T>(choices: readonly T[]): T {
		return choices[this.between(0, choices.length - 1)];
	}
}

/** Runs what is due in the order of its time. */
class Timetable {
	now = BEGIN;

	private readonly due: Array<{ time: number; run: () => void }> = [];

	after(ms: number, run: () => void): void {
		const time = this.now + ms;
		let index = this.due.length;
		while (index > 0 && this.due[index - 1].time > time) index--;
		this.due.splice(index, 0, { time, run });
	}

	runUntil(isOver: () => boolean): void {
		while (!isOver()) {
			const event = this.due.shift();
			if (!event) throw new Error('the matter waits for nothing');
			if (event.time > BEGIN + LONGEST) throw new Error('the matter does not end');
			this.now = event.time;
			event.run();
		}
	}
}

interface PhoneCall {
	id: string;
	number: string;
	person: number;
	/** Infinity: never over. */
	endsAt: number;
	key: string | null;
}

const MEANINGS: Record<string, 'accepts' | 'declines'> = { '1': 'accepts', '2': 'declines' };
const FAULTS = ['refused', 'tooMany', 'notDelivered', 'answerLost', 'concernsAll'] as const;
type Fault = (typeof FAULTS)[number] | undefined;

/** What happened over all seeds, so that a test can see that these people do all that people do. */
const happened = {
	accepted: 0,
	nobody: 0,
	severalAccepted: 0,
	lateAcceptances: 0,
	laterRounds: 0,
	stillOpen: 0,
	unknown: 0,
	heldBack: 0,
	killsWhileRequesting: 0,
	stops: 0,
	retriesAfterStop: 0,
	trials: 0,
};

/** One matter from its first ring to its result, and all that is known of it from outside. */
class Story {
	private readonly chance: Chance;

	private readonly timetable = new Timetable();

	private readonly people: Person[];

	private readonly settings: MatterSettings;

	/** How likely people and servers do what they do. */
	private readonly mood: {
		answering: number;
		answersWithinMs: number;
		accepting: number;
		faults: number;
		guards: number;
	};

	private matter: Matter;

	/** All that is left of the matter when n8n dies. */
	private stored: string;

	/** The number of the process. What an earlier one had under way comes to nothing. */
	private process = 0;

	private stopsLeft = 2;

	private result: MatterResult | undefined;

	// What the phones and their network know.
	private readonly calls = new Map<string, PhoneCall>();

	/** Whose phone rang without that n8n was told. */
	private readonly rangUnreported = new Set<number>();

	// What was reported to the node.
	private readonly requests = new Set<Ring>();

	private readonly placedAt = new Map<string, number>();

	private readonly endSeenAt = new Map<string, number>();

	/** The calls that are read now and then, and those that are being read for the last look. */
	private readonly checks = new Set<string>();

	private readonly urgentChecks = new Set<string>();

	/** The calls that were open when n8n died, and were not read since. */
	private readonly unread = new Set<string>();

	private readonly accepted = new Set<number>();

	private readonly declined = new Set<number>();

	private readonly refusedForGood = new Set<number>();

	private readonly unknownNumbers = new Set<string>();

	constructor(seed: number) {
		const chance = new Chance(seeded(seed));
		this.chance = chance;
		const count = chance.between(1, 6);
		const isTrial = chance.happens(0.1);
		if (isTrial) happened.trials++;
		this.people = Array.from({ length: count }, (_, index) => ({
			name: `Person ${index}`,
			// A trial rings one test number instead of all others.
			phone: { number: `+1425555010${isTrial ? 9 : index}`, countryCode: 'US' },
		}));
		this.settings = {
			rounds: chance.between(1, 3),
			betweenRoundsMs: chance.one([0, MINUTE, 5 * MINUTE]),
			nextAfterMs: chance.one([30 * SECOND, 2 * MINUTE, 5 * MINUTE]),
			needed: chance.between(1, Math.min(3, count)),
			atOnce: chance.between(1, 3),
			watchMs: chance.one([MINUTE, 3 * MINUTE, 10 * MINUTE]),
		};
		this.mood = {
			answering: chance.one([0.2, 0.7, 1]),
			answersWithinMs: chance.one([20 * SECOND, MINUTE, 8 * MINUTE]),
			accepting: chance.one([0, 0.2, 0.8]),
			faults: chance.one([0, 0.2, 0.5]),
			guards: chance.one([0, 0, 0.3]),
		};
		this.matter = new Matter(this.people, this.settings);
		this.stored = JSON.stringify(this.matter.state);
		const kills = chance.one([0, 0, 1, 3]);
		for (let kill = 0; kill < kills; kill++) {
			this.timetable.after(chance.between(1, 20 * MINUTE), () => this.isKilled());
		}
	}

	run(): void {
		this.goOn();
		this.timetable.runUntil(() => this.result !== undefined);
		this.judge(this.result as MatterResult);
	}

	/** Asks what is next, and does it. */
	private goOn(): void {
		if (this.chance.happens(0.2)) {
			const state = JSON.parse(JSON.stringify(this.matter.state)) as MatterState;
			this.matter = new Matter(this.people, this.settings, state);
		}
		const next = this.matter.next(this.timetable.now);
		if (next.isDone) {
			this.ends(next.result);
			return;
		}
		// An n8n may die between an answer of the matter and the moment when it is stored.
		if (this.chance.happens(0.5)) this.store();
		if (next.rings.length > 0) this.judgeTurns();
		for (const ring of next.rings) {
			const queueMs = this.chance.happens(0.7) ? 0 : this.chance.between(1, 90 * SECOND);
			this.later(queueMs, () => this.meetsGuards(ring));
		}
		if (next.wakeAt < Infinity) {
			this.later(next.wakeAt - this.timetable.now, () => this.goOn());
		}
		for (const call of this.matter.openCalls()) {
			const { callId, isUrgent } = call;
			const checks = isUrgent ? this.urgentChecks : this.checks;
			if (!checks.has(callId)) {
				checks.add(callId);
				this.later(isUrgent ? 0 : 2 * SECOND, () => this.reads(call));
			}
		}
	}

	private ends(result: MatterResult): void {
		if (!this.matter.state.isStopped) {
			this.result = result;
		} else if (this.chance.happens(0.8)) {
			happened.retriesAfterStop++;
			this.isResumed();
		} else {
			happened.stops++;
			this.result = result;
		}
	}

	private meetsGuards(ring: Ring): void {
		if (this.chance.happens(this.mood.guards)) {
			this.isNotCalled(ring, this.chance.happens(0.3));
		} else {
			this.sends(ring);
		}
	}

	private sends(ring: Ring): void {
		const isRetry = this.requests.has(ring);
		if (!this.matter.begin(ring.attempt, this.timetable.now)) {
			happened.heldBack++;
			if (isRetry) this.reports(ring, { kind: 'notSent' });
			return;
		}
		this.store();
		this.judgeRequest(ring);
		this.requests.add(ring);
		const fault: Fault = this.chance.happens(this.mood.faults)
			? this.chance.one(FAULTS)
			: undefined;
		const sender = this.process;
		this.timetable.after(this.latency(), () => {
			const call = !fault || fault === 'answerLost' ? this.phoneRings(ring) : undefined;
			this.timetable.after(this.latency(), () => {
				if (sender === this.process) this.isAnswered(ring, fault, call);
				else if (call) this.rangUnreported.add(ring.personIndex);
			});
		});
	}

	private isAnswered(ring: Ring, fault: Fault, call: PhoneCall | undefined): void {
		if (fault === 'tooMany') {
			this.later(this.chance.between(SECOND, 40 * SECOND), () => this.sends(ring));
		} else if (fault === 'concernsAll' && this.stopsLeft > 0) {
			this.stopsLeft--;
			this.matter.stop();
			this.reports(ring, { kind: 'notSent' });
		} else if (fault === 'answerLost' || fault === 'notDelivered') {
			this.unknownNumbers.add(ring.person.phone.number);
			if (call) this.rangUnreported.add(ring.personIndex);
			this.reports(ring, { kind: 'unknown', reason: 'the connection was lost' });
		} else if (call) {
			this.placedAt.set(call.id, this.timetable.now);
			this.reports(ring, { kind: 'placed', callId: call.id });
		} else {
			this.isNotCalled(ring, this.chance.happens(0.2));
		}
	}

	private isNotCalled(ring: Ring, isFinal: boolean): void {
		if (isFinal) this.refusedForGood.add(ring.personIndex);
		this.reports(ring, { kind: 'notCalled', reason: 'refused', isFinal });
	}

	private reports(ring: Ring, report: Report): void {
		this.requests.delete(ring);
		this.matter.report(ring.attempt, report, this.timetable.now);
		this.store();
		this.goOn();
	}

	/** The person's mood decides what comes of the call, and when. */
	private phoneRings({ person, personIndex }: Ring): PhoneCall {
		const { chance, timetable } = this;
		const isAnswering = chance.happens(this.mood.answering);
		const call: PhoneCall = {
			id: `call-${this.calls.size}`,
			number: person.phone.number,
			person: personIndex,
			endsAt:
				!isAnswering && chance.happens(0.3)
					? Infinity
					: timetable.now + chance.between(5 * SECOND, this.mood.answersWithinMs),
			key: !isAnswering
				? null
				: chance.happens(this.mood.accepting)
					? '1'
					: chance.one(['2', '2', '7', null]),
		};
		this.calls.set(call.id, call);
		return call;
	}

	private reads(openCall: OpenCall): void {
		const { attempt, callId, isUrgent } = openCall;
		const { endsAt, key, person } = this.calls.get(callId) as PhoneCall;
		const isOver = this.timetable.now >= endsAt;
		this.later(this.latency(), () => {
			const { now } = this.timetable;
			this.urgentChecks.delete(callId);
			this.unread.delete(callId);
			if (!isOver) {
				if (!isUrgent) this.later(20 * SECOND, () => this.reads(openCall));
				this.matter.report(attempt, { kind: 'stillOpen' }, now);
			} else {
				this.endSeenAt.set(callId, now);
				const meaning = key === null ? undefined : (MEANINGS[key] ?? 'other');
				if (meaning === 'accepts') {
					this.accepted.add(person);
					const placedAt = this.placedAt.get(callId) as number;
					if (now > placedAt + this.settings.nextAfterMs) happened.lateAcceptances++;
				}
				if (meaning === 'declines') this.declined.add(person);
				const report: Report =
					key === null || meaning === undefined
						? { kind: 'ended' }
						: { kind: 'pressed', key, meaning };
				this.matter.report(attempt, report, now);
				this.store();
			}
			this.goOn();
		});
	}

	private isKilled(): void {
		if (this.requests.size > 0) happened.killsWhileRequesting++;
		// Whoever starts n8n again cannot know what came of them.
		for (const { person } of this.requests) this.unknownNumbers.add(person.phone.number);
		this.isResumed();
	}

	private isResumed(): void {
		this.process++;
		this.requests.clear();
		this.checks.clear();
		this.urgentChecks.clear();
		this.later(this.chance.between(SECOND, 10 * MINUTE), () => {
			const noted = JSON.parse(this.stored) as MatterState;
			this.matter = Matter.resume(this.people, this.settings, noted);
			for (const { callId } of this.matter.openCalls()) this.unread.add(callId);
			this.goOn();
		});
	}

	private store(): void {
		this.stored = JSON.stringify(this.matter.state);
	}

	/** Does it unless n8n died meanwhile. */
	private later(ms: number, run: () => void): void {
		const { process } = this;
		this.timetable.after(ms, () => {
			if (process === this.process) run();
		});
	}

	private latency(): number {
		return this.chance.happens(0.9)
			? this.chance.between(50, 900)
			: this.chance.between(1, 150_000);
	}

	private judgeTurns(): void {
		const { now } = this.timetable;
		const turns = this.matter.state.attempts.filter(
			({ state, at }) =>
				state === 'due' ||
				((state === 'sending' || state === 'open') && now < at + this.settings.nextAfterMs),
		);
		expect(turns.length).toBeLessThanOrEqual(this.settings.atOnce);
	}

	private judgeRequest(ring: Ring): void {
		const { personIndex, person } = ring;
		const { number } = person.phone;
		expect(this.accepted.size).toBeLessThan(this.settings.needed);
		expect([...this.accepted, ...this.declined, ...this.refusedForGood]).not.toContain(personIndex);
		expect([...this.unknownNumbers]).not.toContain(number);
		const requested = [...this.requests].filter((other) => other !== ring);
		expect(requested.map((other) => other.person.phone.number)).not.toContain(number);
		const ringing = [...this.calls.values()].filter(({ endsAt }) => this.timetable.now < endsAt);
		expect(ringing.map((call) => call.number)).not.toContain(number);
		expect([...this.unread]).toEqual([]);
		if (ring.round > 1) happened.laterRounds++;
	}

	private judge({ outcome, acceptedBy, attempts }: MatterResult): void {
		expect(this.requests.size).toBe(0);
		expect(outcome).toBe(this.accepted.size >= this.settings.needed ? 'accepted' : 'nobody');
		expect(acceptedBy.map(({ name }) => name).sort()).toEqual(
			[...this.accepted].map((index) => this.people[index].name).sort(),
		);
		const callIds = attempts.flatMap(({ CallId }) => CallId ?? []);
		expect(callIds.sort()).toEqual([...this.placedAt.keys()].sort());
		for (const { CallId, stillOpen } of attempts) {
			const isOpen = CallId !== null && !this.endSeenAt.has(CallId);
			expect(stillOpen).toBe(isOpen ? true : undefined);
		}
		for (const [index, { name }] of this.people.entries()) {
			const own = attempts.filter((attempt) => attempt.name === name);
			expect(new Set(own.map(({ round }) => round)).size).toBe(own.length);
			if (this.rangUnreported.has(index)) {
				expect(own.map((attempt) => attempt.outcome)).toContain('unknown');
			}
			if (outcome === 'nobody' && !this.matter.state.isStopped && this.canAlwaysBeRung(index)) {
				expect(own).toHaveLength(this.settings.rounds);
			}
		}
		if (outcome === 'accepted') happened.accepted++;
		else happened.nobody++;
		if (acceptedBy.length > this.settings.needed) happened.severalAccepted++;
		if (attempts.some(({ stillOpen }) => stillOpen)) happened.stillOpen++;
		if (attempts.some((attempt) => attempt.outcome === 'unknown')) happened.unknown++;
	}

	/** Whether nothing kept this person from being rung in each round. */
	private canAlwaysBeRung(index: number): boolean {
		const { number } = this.people[index].phone;
		const isPast = [this.accepted, this.declined, this.refusedForGood].some((set) =>
			set.has(index),
		);
		const limit = Math.max(this.settings.watchMs, this.settings.nextAfterMs);
		const isEachOverInTime = [...this.placedAt].every(([callId, placedAt]) => {
			const isOther = this.calls.get(callId)?.number !== number;
			return isOther || (this.endSeenAt.get(callId) ?? Infinity) <= placedAt + limit;
		});
		return !isPast && !this.unknownNumbers.has(number) && isEachOverInTime;
	}
}

it('rings nobody wrongly, loses no call and comes to an end, whatever people and servers do', () => {
	const failures: string[] = [];
	for (let seed = 1; seed <= SEEDS && failures.length === 0; seed++) {
		try {
			new Story(seed).run();
		} catch (error) {
			failures.push(`Seed ${seed}: ${(error as Error).message}`);
		}
	}
	expect(failures.join('\n')).toBe('');
	// Each of these kinds of story was told, and not once only.
	const rare = Object.entries(happened).filter(([, times]) => times < 10);
	expect(rare).toEqual([]);
});
