import {
	asksFirst,
	isJustStarted,
	lastResort,
	nextStep,
	type WaitView,
} from '../../../../nodes/Voice2Phone/core/waiting/durableWait';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = 1_000 * MINUTE;
const nextCheck = NOW + 5_000;

const watcher: WaitView = {
	role: 'watcher',
	phase: 'watching',
	justStarted: false,
	isSettled: false,
	parent: 'waiting',
	termEnd: NOW + MINUTE,
	lastDeadline: NOW + 3 * HOUR,
	now: NOW,
};
const supervisor: WaitView = { ...watcher, role: 'supervisor', phase: 'returned', termEnd: 0 };
const step = (view: WaitView) => nextStep(view, nextCheck);
const check = { kind: 'sleep', until: nextCheck, phase: 'watching' };

describe('a watcher', () => {
	it('sleeps at first, since the node has just asked', () => {
		expect(asksFirst({ ...watcher, phase: 'new' })).toBe(false);
		expect(step({ ...watcher, phase: 'new' })).toEqual(check);
	});

	it('asks when it wakes up, and sleeps until the next check', () => {
		expect(asksFirst(watcher)).toBe(true);
		expect(step(watcher)).toEqual(check);
	});

	it.each([
		['all calls are over', { isSettled: true }],
		['its term is over', { termEnd: NOW }],
		['the execution that waits has ended', { parent: 'over' as const }],
	])('finishes when %s', (_, change) => {
		expect(step({ ...watcher, ...change })).toEqual({ kind: 'finish' });
	});
});

describe('a supervisor', () => {
	it.each(['new', 'returned', 'watched'] as const)(
		'sends a watcher for five minutes, and looks after it two minutes later (%s)',
		(phase) => {
			expect(step({ ...supervisor, phase })).toEqual({
				kind: 'send',
				termEnd: NOW + 5 * MINUTE,
				until: NOW + 7 * MINUTE,
				phase: 'watched',
			});
		},
	);

	it('sends it no longer than until the last call has timed out', () => {
		expect(step({ ...supervisor, lastDeadline: NOW + MINUTE })).toMatchObject({
			termEnd: NOW + MINUTE,
			until: NOW + 3 * MINUTE,
		});
	});

	it('asks itself only when the watcher did not come back', () => {
		expect(asksFirst({ ...supervisor, phase: 'watched' })).toBe(true);
		expect(asksFirst({ ...supervisor, phase: 'returned' })).toBe(false);
		expect(asksFirst({ ...supervisor, phase: 'new' })).toBe(false);
	});

	it('finishes when all calls are over, or the execution that waits has ended', () => {
		expect(step({ ...supervisor, isSettled: true })).toEqual({ kind: 'finish' });
		expect(step({ ...supervisor, parent: 'over' })).toEqual({ kind: 'finish' });
	});

	it('keeps its result while the execution waits for something else', () => {
		expect(step({ ...supervisor, isSettled: true, parent: 'elsewhere' })).toEqual({
			kind: 'sleep',
			until: NOW + 10 * MINUTE,
			phase: 'returned',
		});
	});
});

describe('a standby', () => {
	const standby: WaitView = {
		...supervisor,
		role: 'standby',
		phase: 'standing',
		supervisorWakes: NOW + 3 * MINUTE,
	};
	const look = { kind: 'sleep', until: NOW + 5 * MINUTE, phase: 'standing' };
	const replace = { ...look, kind: 'send', termEnd: 0 };

	it('looks every five minutes whether the supervisor is there, and asks for no status', () => {
		expect(step({ ...standby, phase: 'new' })).toEqual(look);
		expect(step(standby)).toEqual(look);
		expect(asksFirst(standby)).toBe(false);
	});

	it('sends another when the supervisor did not wake up in time, or is gone without a result', () => {
		expect(step({ ...standby, supervisorWakes: NOW - 2 * MINUTE + 1 })).toEqual(look);
		expect(step({ ...standby, supervisorWakes: NOW - 2 * MINUTE })).toEqual(replace);
		expect(step({ ...standby, supervisorWakes: undefined })).toEqual(replace);
	});

	it('sends nobody while the execution waits for something else', () => {
		expect(step({ ...standby, supervisorWakes: undefined, parent: 'elsewhere' })).toEqual(look);
	});

	it('finishes when the execution has its result', () => {
		expect(step({ ...standby, parent: 'over' })).toEqual({ kind: 'finish' });
	});

	it('wakes up after the supervisor when n8n was started a moment ago', () => {
		const gone = { supervisorWakes: undefined, justStarted: true };
		expect(step({ ...standby, ...gone })).toEqual({ ...look, until: NOW + 5.5 * MINUTE });
	});
});

describe('an n8n that was started a moment ago', () => {
	it('is one that loaded the node less than a minute and a half ago', () => {
		expect(isJustStarted(NOW, NOW + 1.5 * MINUTE - 1)).toBe(true);
		expect(isJustStarted(NOW, NOW + 1.5 * MINUTE)).toBe(false);
	});

	it('is left alone: nothing is asked or finished, and the watcher wakes up first', () => {
		const justStarted = { justStarted: true, isSettled: true };
		expect(asksFirst({ ...watcher, justStarted: true })).toBe(false);
		expect(asksFirst({ ...supervisor, phase: 'watched', justStarted: true })).toBe(false);
		expect(step({ ...watcher, ...justStarted })).toEqual({
			kind: 'sleep',
			until: NOW + 1.5 * MINUTE,
			phase: 'watching',
		});
		expect(step({ ...supervisor, ...justStarted, phase: 'watched' })).toEqual({
			kind: 'sleep',
			until: NOW + 3.5 * MINUTE,
			phase: 'watched',
		});
	});

	it('keeps new waits all the same', () => {
		expect(step({ ...watcher, phase: 'new', justStarted: true })).toEqual(check);
		expect(step({ ...supervisor, phase: 'new', justStarted: true })).toMatchObject({
			kind: 'send',
		});
	});
});

it('lets an execution go on a day after the last call has timed out, in any case', () => {
	expect(lastResort([NOW, NOW + HOUR])).toBe(NOW + 25 * HOUR);
});
