import type { Person } from '../../../../nodes/Voice2Phone/core/calls/people';
import {
	Matter,
	type MatterResult,
	type MatterSettings,
	type MatterState,
	type Report,
} from '../../../../nodes/Voice2Phone/core/calls/untilAccepted';

const minutes = (count: number) => count * 60_000;
const BEGIN = Date.parse('2026-03-01T22:00:00Z');

const usual: MatterSettings = {
	rounds: 1,
	betweenRoundsMs: minutes(5),
	nextAfterMs: minutes(2),
	needed: 1,
	atOnce: 1,
	watchMs: minutes(3),
};

type Name = 'Ann' | 'Bob' | 'Cem' | 'Dana';

const NUMBERS: Record<Name, string> = {
	Ann: '+14255550101',
	Bob: '+14255550102',
	Cem: '+14255550103',
	Dana: '+14255550104',
};

const personOf = (name: Name): Person => ({
	name,
	phone: { number: NUMBERS[name], countryCode: 'US' },
});

/** As in a trial with one test number. */
const withOneNumber = (['Ann', 'Bob'] as const).map((name) => ({
	...personOf(name),
	phone: { number: '+14255550199', countryCode: 'US' },
}));

/** A matter with a clock in the hand. Whoever is to be rung is rung at once, unless the test does it. */
class Alarm {
	now = BEGIN;

	matter: Matter;

	/** The number of each person's last attempt. */
	private readonly attempts = new Map<Name, number>();

	constructor(
		private readonly names: Name[],
		private readonly settings: Partial<MatterSettings> = {},
		private readonly people = names.map(personOf),
	) {
		this.matter = new Matter(this.people, { ...usual, ...settings });
	}

	/** The names of those who are to be rung now, who then have an open call. */
	rings(): Name[] {
		const names = this.sends();
		for (const name of names) this.placed(name);
		return names;
	}

	/** As `rings`, but the requests stay under way. */
	sends(): Name[] {
		const names = this.isDue();
		for (const name of names) expect(this.begins(name)).toBe(true);
		return names;
	}

	/** As `rings`, but no request has left. */
	isDue(): Name[] {
		const next = this.matter.next(this.now);
		if (next.isDone) throw new Error('The matter is over');
		return next.rings.map(({ attempt, person }) => {
			const name = person.name as Name;
			this.attempts.set(name, attempt);
			return name;
		});
	}

	begins(name: Name): boolean {
		return this.matter.begin(this.attemptOf(name), this.now);
	}

	/** Its call ID is for example "Ann-0": the name and the number of the attempt. */
	placed(name: Name): void {
		this.reports(name, { kind: 'placed', callId: `${name}-${this.attemptOf(name)}` });
	}

	accepts(name: Name): void {
		this.reports(name, { kind: 'pressed', key: '1', meaning: 'accepts' });
	}

	declines(name: Name): void {
		this.reports(name, { kind: 'pressed', key: '2', meaning: 'declines' });
	}

	presses(name: Name, key: string): void {
		this.reports(name, { kind: 'pressed', key, meaning: 'other' });
	}

	hangsUp(name: Name): void {
		this.reports(name, { kind: 'ended' });
	}

	reports(name: Name, report: Report): void {
		this.matter.report(this.attemptOf(name), report, this.now);
	}

	passes(ms: number): this {
		this.now += ms;
		return this;
	}

	/** How long the driver may sleep if nothing is reported. */
	get sleeps(): number {
		const next = this.matter.next(this.now);
		if (next.isDone) throw new Error('The matter is over');
		expect(next.rings).toEqual([]);
		return next.wakeAt - this.now;
	}

	get isOver(): boolean {
		return this.matter.next(this.now).isDone;
	}

	/** The callees that the matter wants to know of before it goes on. */
	get asksFor(): string[] {
		this.matter.next(this.now);
		const urgent = this.matter.openCalls().filter(({ isUrgent }) => isUrgent);
		return urgent.map(({ callId }) => callId.split('-')[0]);
	}

	/** What comes out at the end, when the last look finds each open call as it was. */
	get result(): MatterResult {
		for (const name of this.asksFor) this.reports(name as Name, { kind: 'stillOpen' });
		const next = this.matter.next(this.now);
		if (!next.isDone) throw new Error('The matter goes on');
		return next.result;
	}

	/** n8n dies, and somebody presses Retry. */
	isResumed(noted: Parameters<typeof Matter.resume>[2] = this.stored()): void {
		this.matter = Matter.resume(this.people, { ...usual, ...this.settings }, noted);
		for (const [index, { person }] of this.matter.state.attempts.entries()) {
			this.attempts.set(this.names[person], index);
		}
	}

	stored(): MatterState {
		return JSON.parse(JSON.stringify(this.matter.state)) as MatterState;
	}

	private attemptOf(name: Name): number {
		const attempt = this.attempts.get(name);
		if (attempt === undefined) throw new Error(`${name} was not rung`);
		return attempt;
	}
}

/** Who came out how, for example "Ann declined". */
const summary = ({ attempts }: MatterResult) =>
	attempts.map(({ name, outcome, stillOpen }) =>
		[name, outcome, ...(stillOpen ? ['still open'] : [])].join(' '),
	);
const accepting = ({ acceptedBy }: MatterResult) => acceptedBy.map(({ name }) => name);

describe('one after the other', () => {
	it('rings the first person alone, and is over when they accept', () => {
		const alarm = new Alarm(['Ann', 'Bob']);
		expect(alarm.rings()).toEqual(['Ann']);
		expect(alarm.passes(20_000).rings()).toEqual([]);
		alarm.accepts('Ann');
		expect(alarm.result).toEqual({
			outcome: 'accepted',
			acceptedBy: [
				{
					name: 'Ann',
					phone: '+14255550101',
					CallId: 'Ann-0',
					pressedKey: '1',
					at: '2026-03-01T22:00:20.000Z',
				},
			],
			attempts: [
				{
					name: 'Ann',
					phone: '+14255550101',
					round: 1,
					CallId: 'Ann-0',
					outcome: 'accepted',
					pressedKey: '1',
					at: '2026-03-01T22:00:00.000Z',
				},
			],
		});
	});

	it.each<[string, (alarm: Alarm) => void, string]>([
		['declines', (alarm) => alarm.declines('Ann'), 'Ann declined'],
		['hangs up without a key', (alarm) => alarm.hangsUp('Ann'), 'Ann noKey'],
		['presses a key that was not offered', (alarm) => alarm.presses('Ann', '7'), 'Ann otherKey'],
	])('rings the next at once when the first %s', (_, answer, outcome) => {
		const alarm = new Alarm(['Ann', 'Bob']);
		alarm.rings();
		answer(alarm.passes(10_000));
		expect(alarm.rings()).toEqual(['Bob']);
		alarm.accepts('Bob');
		expect(summary(alarm.result)).toEqual([outcome, 'Bob accepted']);
	});

	it('rings the next when the first has not pressed a key in time, not a moment before', () => {
		const alarm = new Alarm(['Ann', 'Bob']);
		alarm.rings();
		expect(alarm.sleeps).toBe(minutes(2));
		expect(alarm.passes(minutes(2) - 1).rings()).toEqual([]);
		expect(alarm.passes(1).rings()).toEqual(['Bob']);
	});

	it('counts a late key of the first while the second rings, and rings nobody else', () => {
		const alarm = new Alarm(['Ann', 'Bob', 'Cem']);
		alarm.rings();
		alarm.passes(minutes(2)).rings();
		alarm.passes(30_000).accepts('Ann');
		expect(summary(alarm.result)).toEqual(['Ann accepted', 'Bob open still open']);
		expect(accepting(alarm.result)).toEqual(['Ann']);
	});

	it('looks once more at open calls when somebody accepted, and names both who did', () => {
		const alarm = new Alarm(['Ann', 'Bob', 'Cem']);
		alarm.rings();
		alarm.passes(minutes(2)).rings();
		alarm.accepts('Bob');
		expect(alarm.asksFor).toEqual(['Ann']);
		alarm.passes(1).accepts('Ann');
		expect(accepting(alarm.result)).toEqual(['Bob', 'Ann']);
	});

	it('finds nobody when all decline', () => {
		const alarm = new Alarm(['Ann', 'Bob'], { rounds: 3 });
		alarm.rings();
		alarm.declines('Ann');
		alarm.rings();
		alarm.declines('Bob');
		expect(alarm.result).toMatchObject({ outcome: 'nobody', acceptedBy: [] });
	});

	it('lets a request that hangs not keep the others waiting', () => {
		const alarm = new Alarm(['Ann', 'Bob']);
		expect(alarm.sends()).toEqual(['Ann']);
		expect(alarm.passes(minutes(2)).rings()).toEqual(['Bob']);
	});

	it('gives a phone its whole time to ring, however long its request took', () => {
		const alarm = new Alarm(['Ann', 'Bob']);
		alarm.sends();
		alarm.passes(minutes(1)).placed('Ann');
		expect(alarm.sleeps).toBe(minutes(2));
	});

	it('waits for the turn of a person whose request stands in the queue of all requests', () => {
		const alarm = new Alarm(['Ann', 'Bob']);
		alarm.isDue();
		expect(alarm.passes(minutes(30)).sleeps).toBe(Infinity);
	});
});

describe('the end of the last round', () => {
	it('watches the last call until Wait Limit has passed, and names it as still open', () => {
		const alarm = new Alarm(['Ann']);
		alarm.rings();
		expect(alarm.passes(minutes(2)).sleeps).toBe(minutes(1));
		alarm.passes(minutes(1));
		expect(summary(alarm.result)).toEqual(['Ann open still open']);
	});

	it('counts a key that is found in the last look', () => {
		const alarm = new Alarm(['Ann']);
		alarm.rings();
		expect(alarm.passes(minutes(3)).asksFor).toEqual(['Ann']);
		expect(alarm.isOver).toBe(false);
		alarm.accepts('Ann');
		expect(alarm.result.outcome).toBe('accepted');
	});

	it('looks once more only once', () => {
		const alarm = new Alarm(['Ann']);
		alarm.rings();
		expect(alarm.passes(minutes(3)).asksFor).toEqual(['Ann']);
		alarm.reports('Ann', { kind: 'stillOpen' });
		expect(alarm.isOver).toBe(true);
	});

	it('never gives a call less time than Next Person After', () => {
		const alarm = new Alarm(['Ann'], { nextAfterMs: minutes(10) });
		alarm.rings();
		expect(alarm.passes(minutes(3)).sleeps).toBe(minutes(7));
	});

	it('checks a call beyond its limit as long as others are waited for', () => {
		const alarm = new Alarm(['Ann', 'Bob', 'Cem']);
		alarm.rings();
		alarm.passes(minutes(2)).rings();
		alarm.passes(minutes(2)).rings();
		expect(alarm.matter.openCalls().map(({ callId }) => callId)).toEqual([
			'Ann-0',
			'Bob-1',
			'Cem-2',
		]);
		alarm.accepts('Ann');
		expect(accepting(alarm.result)).toEqual(['Ann']);
	});
});

describe('what concerns one person', () => {
	it.each<[string, Report]>([
		['was refused', { kind: 'notCalled', reason: 'Payment required (402)', isFinal: false }],
		['was held back by a guard', { kind: 'notCalled', reason: 'outsideHours', isFinal: false }],
		['may have been rung', { kind: 'unknown', reason: 'Connection lost' }],
	])('rings the next at once when the first %s, and says why', (_, report) => {
		const alarm = new Alarm(['Ann', 'Bob']);
		alarm.sends();
		alarm.reports('Ann', report);
		expect(alarm.rings()).toEqual(['Bob']);
		alarm.accepts('Bob');
		const { kind, reason } = report as { kind: string; reason: string };
		expect(alarm.result.attempts[0]).toMatchObject({
			name: 'Ann',
			CallId: null,
			outcome: kind,
			reason,
		});
	});

	it('begins no request after a guard said no', () => {
		const alarm = new Alarm(['Ann']);
		alarm.isDue();
		alarm.reports('Ann', { kind: 'notCalled', reason: 'doNotCall', isFinal: true });
		expect(alarm.begins('Ann')).toBe(false);
	});

	it('asks the guards again in the next round', () => {
		const alarm = new Alarm(['Ann'], { rounds: 2 });
		alarm.isDue();
		alarm.reports('Ann', { kind: 'notCalled', reason: 'outsideHours', isFinal: false });
		expect(alarm.sleeps).toBe(minutes(5));
		expect(alarm.passes(minutes(5)).rings()).toEqual(['Ann']);
	});

	it('waits for no further round when that could change nothing', () => {
		const alarm = new Alarm(['Ann'], { rounds: 2 });
		alarm.isDue();
		alarm.reports('Ann', { kind: 'notCalled', reason: 'doNotCall', isFinal: true });
		expect(summary(alarm.result)).toEqual(['Ann notCalled']);
	});

	it('never rings again whose phone may have rung', () => {
		const alarm = new Alarm(['Ann', 'Bob'], { rounds: 2 });
		alarm.sends();
		alarm.reports('Ann', { kind: 'unknown', reason: 'Server error 500' });
		alarm.rings();
		alarm.hangsUp('Bob');
		alarm.rings();
		expect(alarm.passes(minutes(5)).rings()).toEqual(['Bob']);
	});

	it('keeps a call ID that comes after all', () => {
		const alarm = new Alarm(['Ann']);
		alarm.sends();
		alarm.reports('Ann', { kind: 'unknown', reason: 'No answer in time' });
		alarm.placed('Ann');
		alarm.accepts('Ann');
		expect(alarm.result.attempts).toMatchObject([{ CallId: 'Ann-0', outcome: 'accepted' }]);
		expect(alarm.result.attempts[0]).not.toHaveProperty('reason');
	});
});

describe('rounds', () => {
	const alarmWithTwoRounds = () => {
		const alarm = new Alarm(['Ann', 'Bob'], { rounds: 2 });
		alarm.rings();
		return alarm;
	};

	it('begin with the first person again, after the pause', () => {
		const alarm = alarmWithTwoRounds();
		alarm.hangsUp('Ann');
		alarm.rings();
		alarm.passes(10_000).hangsUp('Bob');
		expect(alarm.sleeps).toBe(minutes(5));
		expect(alarm.passes(minutes(5)).rings()).toEqual(['Ann']);
		alarm.accepts('Ann');
		expect(alarm.result.attempts.map(({ name, round }) => [name, round])).toEqual([
			['Ann', 1],
			['Bob', 1],
			['Ann', 2],
		]);
	});

	it('leave out who declined: they passed the call on', () => {
		const alarm = alarmWithTwoRounds();
		alarm.declines('Ann');
		alarm.rings();
		alarm.hangsUp('Bob');
		alarm.rings();
		expect(alarm.passes(minutes(5)).rings()).toEqual(['Bob']);
	});

	it('end in the pause when a late key declines for the last person', () => {
		const alarm = new Alarm(['Ann'], { rounds: 9 });
		alarm.rings();
		alarm.passes(minutes(2)).rings();
		alarm.passes(minutes(1)).declines('Ann');
		expect(summary(alarm.result)).toEqual(['Ann declined']);
	});

	it('end in the pause when a late key accepts', () => {
		const alarm = new Alarm(['Ann'], { rounds: 9 });
		alarm.rings();
		alarm.passes(minutes(2)).rings();
		alarm.passes(minutes(1)).accepts('Ann');
		expect(accepting(alarm.result)).toEqual(['Ann']);
	});

	it('do not ring a phone that may still be ringing: it is rung when its call is over', () => {
		const alarm = new Alarm(['Ann'], { rounds: 2, betweenRoundsMs: 0, watchMs: minutes(9) });
		alarm.rings();
		expect(alarm.passes(minutes(2)).rings()).toEqual([]);
		alarm.passes(minutes(3)).hangsUp('Ann');
		expect(alarm.rings()).toEqual(['Ann']);
	});

	it('ring the others meanwhile', () => {
		const alarm = new Alarm(['Ann', 'Bob'], {
			rounds: 2,
			betweenRoundsMs: 0,
			watchMs: minutes(9),
		});
		alarm.rings();
		alarm.passes(minutes(2)).rings();
		alarm.hangsUp('Bob');
		expect(alarm.rings()).toEqual(['Bob']);
		alarm.hangsUp('Bob');
		expect(alarm.rings()).toEqual([]);
		alarm.hangsUp('Ann');
		expect(alarm.rings()).toEqual(['Ann']);
	});

	it('leave out a call that stays open beyond Wait Limit, and ring it in a later round', () => {
		const alarm = new Alarm(['Ann'], { rounds: 3 });
		alarm.rings();
		alarm.passes(minutes(2)).rings();
		expect(alarm.passes(minutes(5)).rings()).toEqual([]);
		alarm.passes(minutes(1)).hangsUp('Ann');
		// The second round passed without a ring; the pause before the third goes on.
		expect(alarm.sleeps).toBe(minutes(4));
		expect(alarm.passes(minutes(4)).rings()).toEqual(['Ann']);
	});

	it('come to an end when a call never does', () => {
		const alarm = new Alarm(['Ann'], { rounds: 3 });
		alarm.rings();
		for (let wakeUps = 0; wakeUps < 4; wakeUps++) {
			expect(alarm.asksFor).toEqual([]);
			alarm.passes(alarm.sleeps);
		}
		expect(alarm.asksFor).toEqual(['Ann']);
		expect(alarm.now - BEGIN).toBe(minutes(2 + 5 + 5));
		expect(summary(alarm.result)).toEqual(['Ann open still open']);
	});
});

describe('rounds in which nobody can be rung', () => {
	const isRefused = (alarm: Alarm) => {
		expect(alarm.isDue()).toEqual(['Ann']);
		alarm.reports('Ann', { kind: 'notCalled', reason: 'refused', isFinal: false });
	};
	const isHeldFor = (alarm: Alarm, ms: number) => {
		expect(alarm.isDue()).toEqual(['Ann']);
		const callableFrom = alarm.now + ms;
		alarm.reports('Ann', {
			kind: 'notCalled',
			reason: 'outsideHours',
			isFinal: false,
			callableFrom,
		});
	};

	it('are two at most', () => {
		const alarm = new Alarm(['Ann'], { rounds: 100 });
		isRefused(alarm);
		alarm.passes(alarm.sleeps);
		isRefused(alarm);
		expect(summary(alarm.result)).toEqual(['Ann notCalled', 'Ann notCalled']);
	});

	it('are counted anew when a phone rang', () => {
		const alarm = new Alarm(['Ann'], { rounds: 100 });
		isRefused(alarm);
		alarm.passes(alarm.sleeps).rings();
		alarm.hangsUp('Ann');
		alarm.passes(alarm.sleeps);
		isRefused(alarm);
		expect(alarm.sleeps).toBe(minutes(5));
	});

	it('are passed over until somebody may be called', () => {
		const alarm = new Alarm(['Ann'], { rounds: 100 });
		isHeldFor(alarm, minutes(61));
		expect(alarm.sleeps).toBe(minutes(65));
		expect(alarm.passes(minutes(65)).rings()).toEqual(['Ann']);
		alarm.accepts('Ann');
		expect(alarm.result.attempts).toMatchObject([
			{ round: 1, callableFrom: '2026-03-01T23:01:00.000Z' },
			{ round: 14, outcome: 'accepted' },
		]);
	});

	it('are not waited for when nobody may be called before the last', () => {
		const alarm = new Alarm(['Ann'], { rounds: 3 });
		isHeldFor(alarm, minutes(11));
		expect(summary(alarm.result)).toEqual(['Ann notCalled']);
	});

	it('come while others are rung, and do not ask in vain', () => {
		const alarm = new Alarm(['Ann', 'Bob'], { rounds: 3 });
		isHeldFor(alarm, minutes(9));
		for (const round of [1, 2]) {
			expect([round, alarm.rings()]).toEqual([round, ['Bob']]);
			alarm.hangsUp('Bob');
			alarm.passes(alarm.sleeps);
		}
		expect(alarm.rings()).toEqual(['Ann']);
	});

	it('are kept in mind over a retry', () => {
		const alarm = new Alarm(['Ann'], { rounds: 100 });
		isRefused(alarm);
		alarm.passes(alarm.sleeps);
		alarm.isResumed();
		isRefused(alarm);
		expect(alarm.isOver).toBe(true);
	});
});

describe('a phone that another matter calls', () => {
	const elsewhere = (number: string) => number === NUMBERS.Ann;

	it('is waited for, and others are rung meanwhile', () => {
		const alarm = new Alarm(['Ann', 'Bob']);
		const names = (isElsewhere?: (number: string) => boolean) => {
			const next = alarm.matter.next(alarm.now, isElsewhere);
			return next.isDone
				? 'over'
				: next.rings.map(({ attempt, person }) => {
						alarm.matter.report(
							attempt,
							{ kind: 'notCalled', reason: 'refused', isFinal: true },
							alarm.now,
						);
						return person.name;
					});
		};
		expect(names(elsewhere)).toEqual(['Bob']);
		expect(names(elsewhere)).toEqual([]);
		expect(names()).toEqual(['Ann']);
		expect(names()).toBe('over');
	});
});

describe('a request under way', () => {
	it('keeps the turn of its person like a call, no longer', () => {
		const alarm = new Alarm(['Ann', 'Bob']);
		alarm.sends();
		expect(alarm.sleeps).toBe(minutes(2));
		expect(alarm.passes(minutes(2) - 1).rings()).toEqual([]);
		expect(alarm.passes(1).rings()).toEqual(['Bob']);
	});

	it('is waited for when nobody else is left, however long it takes', () => {
		const alarm = new Alarm(['Ann']);
		alarm.sends();
		expect(alarm.passes(minutes(60)).sleeps).toBe(Infinity);
		alarm.placed('Ann');
		alarm.accepts('Ann');
		expect(accepting(alarm.result)).toEqual(['Ann']);
	});

	it('keeps its phone from being rung for somebody else with the same number', () => {
		const alarm = new Alarm(['Ann', 'Bob'], { atOnce: 2 }, withOneNumber);
		expect(alarm.sends()).toEqual(['Ann']);
		expect(alarm.sends()).toEqual([]);
	});

	it('is named as what may have rung when the run is stopped', () => {
		const alarm = new Alarm(['Ann', 'Bob', 'Cem'], { atOnce: 3 });
		alarm.isDue();
		alarm.begins('Ann');
		alarm.begins('Bob');
		alarm.placed('Bob');
		alarm.matter.stop();
		const [ann, bob, ...others] = alarm.matter.result().attempts;
		expect(ann).toMatchObject({
			outcome: 'unknown',
			reason: 'The run ended while the request was under way. The phone may have rung',
		});
		expect(bob).toMatchObject({ outcome: 'open', stillOpen: true });
		expect(bob).not.toHaveProperty('reason');
		expect(bob).not.toHaveProperty('callableFrom');
		expect(others).toEqual([]);
	});
});

it('reads the calls that are open, and none that is over', () => {
	const alarm = new Alarm(['Ann', 'Bob', 'Cem'], { atOnce: 3 });
	alarm.sends();
	alarm.placed('Ann');
	alarm.placed('Bob');
	alarm.hangsUp('Ann');
	expect(alarm.matter.openCalls()).toEqual([{ attempt: 1, callId: 'Bob-1', isUrgent: false }]);
});

it('is not over before each open call was read once more', () => {
	const alarm = new Alarm(['Ann', 'Bob'], { atOnce: 2 });
	alarm.rings();
	alarm.accepts('Ann');
	expect(alarm.matter.next(alarm.now)).toEqual({ isDone: false, rings: [], wakeAt: Infinity });
	expect(alarm.asksFor).toEqual(['Bob']);
});

describe('several people', () => {
	it('are rung at once, as many as are wanted, and one more when a turn ends', () => {
		const alarm = new Alarm(['Ann', 'Bob', 'Cem', 'Dana'], { atOnce: 2 });
		expect(alarm.rings()).toEqual(['Ann', 'Bob']);
		alarm.declines('Bob');
		expect(alarm.rings()).toEqual(['Cem']);
		expect(alarm.passes(minutes(2)).rings()).toEqual(['Dana']);
	});

	it('have to accept, as many as are needed, each once', () => {
		const alarm = new Alarm(['Ann', 'Bob', 'Cem'], { needed: 2, rounds: 2 });
		alarm.rings();
		alarm.accepts('Ann');
		expect(alarm.rings()).toEqual(['Bob']);
		alarm.hangsUp('Bob');
		alarm.rings();
		alarm.hangsUp('Cem');
		alarm.rings();
		expect(alarm.passes(minutes(5)).rings()).toEqual(['Bob']);
		alarm.accepts('Bob');
		expect(alarm.result.outcome).toBe('accepted');
		expect(accepting(alarm.result)).toEqual(['Ann', 'Bob']);
	});

	it('are named when some accepted, though too few', () => {
		const alarm = new Alarm(['Ann', 'Bob'], { needed: 2 });
		alarm.rings();
		alarm.accepts('Ann');
		alarm.rings();
		alarm.declines('Bob');
		expect(alarm.result.outcome).toBe('nobody');
		expect(accepting(alarm.result)).toEqual(['Ann']);
	});

	it('with one number, as in a trial, are rung one after the other', () => {
		const alarm = new Alarm(['Ann', 'Bob'], { atOnce: 2, watchMs: minutes(9) }, withOneNumber);
		expect(alarm.rings()).toEqual(['Ann']);
		expect(alarm.passes(minutes(2)).rings()).toEqual([]);
		alarm.declines('Ann');
		expect(alarm.rings()).toEqual(['Bob']);
	});

	it('are all named when the call to their one number does not end', () => {
		const alarm = new Alarm(['Ann', 'Bob'], {}, withOneNumber);
		alarm.rings();
		alarm.passes(minutes(3));
		expect(summary(alarm.result)).toEqual(['Ann open still open', 'Bob notCalled']);
	});

	it('may be many: two hundred are all rung, each once', () => {
		const people = Array.from({ length: 200 }, (_, index) => ({
			name: null,
			phone: { number: `+1425555${1000 + index}`, countryCode: 'US' },
		}));
		const matter = new Matter(people, { ...usual, atOnce: 7 });
		const numbers: string[] = [];
		for (let next = matter.next(BEGIN); !next.isDone; next = matter.next(BEGIN)) {
			expect(next.rings).not.toEqual([]);
			for (const { attempt, person } of next.rings) {
				numbers.push(person.phone.number);
				matter.report(attempt, { kind: 'placed', callId: person.phone.number }, BEGIN);
				matter.report(attempt, { kind: 'ended' }, BEGIN);
			}
		}
		expect(numbers).toEqual(people.map(({ phone }) => phone.number));
		expect(matter.result().attempts).toHaveLength(200);
	});
});

describe('an acceptance that is seen while others are to be rung', () => {
	const alarmWithTwoAtOnce = () => new Alarm(['Ann', 'Bob'], { atOnce: 2 });

	it('keeps back a request that has not left, and leaves it out of the output', () => {
		const alarm = alarmWithTwoAtOnce();
		alarm.isDue();
		alarm.begins('Ann');
		alarm.placed('Ann');
		alarm.accepts('Ann');
		expect(alarm.begins('Bob')).toBe(false);
		expect(summary(alarm.result)).toEqual(['Ann accepted']);
	});

	it('keeps back the retry of a request that was refused for being too many', () => {
		const alarm = alarmWithTwoAtOnce();
		alarm.sends();
		expect(alarm.begins('Bob')).toBe(true);
		alarm.placed('Ann');
		alarm.accepts('Ann');
		expect(alarm.begins('Bob')).toBe(false);
		alarm.reports('Bob', { kind: 'notSent' });
		expect(summary(alarm.result)).toEqual(['Ann accepted']);
	});

	it('waits for a request under way, and names its call', () => {
		const alarm = alarmWithTwoAtOnce();
		alarm.sends();
		alarm.placed('Ann');
		alarm.accepts('Ann');
		expect(alarm.sleeps).toBe(Infinity);
		alarm.placed('Bob');
		expect(alarm.result.attempts[1]).toMatchObject({ CallId: 'Bob-1', stillOpen: true });
	});
});

describe('a stop', () => {
	it('rings nobody else, waits for what is under way, and names it', () => {
		const alarm = new Alarm(['Ann', 'Bob', 'Cem'], { atOnce: 2 });
		alarm.sends();
		alarm.placed('Ann');
		alarm.matter.stop();
		expect(summary(alarm.matter.result())).toEqual(['Ann open still open', 'Bob unknown']);
		expect(alarm.isOver).toBe(false);
		alarm.placed('Bob');
		expect(summary(alarm.result)).toEqual(['Ann open still open', 'Bob open still open']);
	});

	it('for a reason that concerns all lets Retry ring the person whose request met it', () => {
		const alarm = new Alarm(['Ann', 'Bob']);
		alarm.sends();
		alarm.reports('Ann', { kind: 'notSent' });
		alarm.matter.stop();
		expect(alarm.result.attempts).toEqual([]);
		alarm.isResumed();
		expect(alarm.rings()).toEqual(['Ann']);
	});
});

describe('a retry', () => {
	it('dials nobody whose attempt stands, and goes on with the next', () => {
		const alarm = new Alarm(['Ann', 'Bob']);
		alarm.rings();
		alarm.declines('Ann');
		alarm.isResumed();
		expect(alarm.rings()).toEqual(['Bob']);
	});

	it('reads what came of open calls before it rings anybody', () => {
		const alarm = new Alarm(['Ann', 'Bob', 'Cem']);
		alarm.rings();
		alarm.passes(minutes(2)).rings();
		alarm.passes(minutes(60)).isResumed();
		expect(alarm.rings()).toEqual([]);
		expect(alarm.asksFor).toEqual(['Ann', 'Bob']);
		alarm.reports('Bob', { kind: 'stillOpen' });
		expect(alarm.rings()).toEqual([]);
		alarm.accepts('Ann');
		expect(summary(alarm.result)).toEqual(['Ann accepted', 'Bob open still open']);
	});

	it('rings the next when no open call was accepted', () => {
		const alarm = new Alarm(['Ann', 'Bob']);
		alarm.rings();
		alarm.passes(minutes(60)).isResumed();
		alarm.reports('Ann', { kind: 'stillOpen' });
		expect(alarm.rings()).toEqual(['Bob']);
	});

	it('knows that a phone may have rung whose request was under way', () => {
		const alarm = new Alarm(['Ann', 'Bob'], { rounds: 2 });
		alarm.sends();
		alarm.isResumed();
		expect(alarm.rings()).toEqual(['Bob']);
		alarm.accepts('Bob');
		expect(alarm.result.attempts[0]).toMatchObject({
			outcome: 'unknown',
			reason: 'The run ended while the request was under way. The phone may have rung',
		});
	});

	it('rings it again when the user wants that, in the same round', () => {
		const alarm = new Alarm(['Ann']);
		alarm.sends();
		const stored = alarm.stored();
		const people = [personOf('Ann')];
		for (const [dials, names] of [
			[false, undefined],
			[true, ['Ann']],
		] as const) {
			const next = Matter.resume(people, usual, stored, dials).next(alarm.now);
			expect(next.isDone ? undefined : next.rings.map(({ person }) => person.name)).toEqual(names);
		}
	});

	it('rings who was to be rung when nothing had left', () => {
		const alarm = new Alarm(['Ann', 'Bob']);
		alarm.isDue();
		alarm.isResumed();
		expect(alarm.rings()).toEqual(['Ann']);
	});

	it('keeps the pause between rounds', () => {
		const alarm = new Alarm(['Ann'], { rounds: 2 });
		alarm.rings();
		alarm.hangsUp('Ann');
		alarm.rings();
		alarm.passes(minutes(1)).isResumed();
		expect(alarm.sleeps).toBe(minutes(4));
	});

	it('can go on from a journal that has only the attempts', () => {
		const alarm = new Alarm(['Ann', 'Bob', 'Cem'], { rounds: 2 });
		alarm.isResumed({
			attempts: [
				{ person: 0, round: 1, state: 'declined', at: BEGIN },
				{ person: 1, round: 1, state: 'noKey', at: BEGIN, callId: 'Bob-1' },
				{ person: 2, round: 1, state: 'notCalled', at: BEGIN, reason: 'outsideHours' },
				{ person: 1, round: 2, state: 'open', at: BEGIN, callId: 'Bob-3' },
			],
		});
		alarm.hangsUp('Bob');
		expect(alarm.rings()).toEqual(['Cem']);
	});

	it('stores no number and no name', () => {
		const alarm = new Alarm(['Ann']);
		alarm.sends();
		alarm.reports('Ann', { kind: 'notCalled', reason: 'doNotCall', isFinal: true });
		expect(JSON.stringify(alarm.stored())).not.toMatch(/Ann|4255550101/);
	});
});

it('lets the first report of a call stand', () => {
	const alarm = new Alarm(['Ann', 'Bob']);
	alarm.rings();
	alarm.hangsUp('Ann');
	alarm.accepts('Ann');
	expect(alarm.rings()).toEqual(['Bob']);
});
