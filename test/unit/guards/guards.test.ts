import type { INodeParameters } from 'n8n-workflow';
import { Rehearsal } from '../../../nodes/Voice2Phone/guards/guard';
import { readGuards, type GuardedCall } from '../../../nodes/Voice2Phone/guards/guards';
import { callOf, GuardedRun, problemsOf, wordOf, type NodeOfTest } from '../../support/guarded';
import { ProcessedData } from '../../support/processedData';

const ANN = '+14255550100';
const BOB = '+14255550101';
const START = Date.UTC(2026, 10, 25, 12);
const CLOSED_NOW = { callingHours: { values: { from: '13:00', until: '14:00', timeZone: 'UTC' } } };

let store: ProcessedData;

beforeEach(() => {
	store = new ProcessedData();
});

const nodeWith = (options: INodeParameters, node: NodeOfTest = {}) =>
	new GuardedRun({ options, store, ...node });

const guardsOf = (run: GuardedRun, number = ANN, askedPer?: 'item' | 'call'): GuardedCall =>
	readGuards(run.item(), callOf(number), askedPer);

const take = async (guards: GuardedCall) => wordOf(await guards.take(START));

describe('all guards together', () => {
	it('let everybody be called while none is used', async () => {
		const guards = guardsOf(nodeWith({}));
		expect(wordOf(guards.look(START))).toBe('may');
		expect(await take(guards)).toBe('may');
		expect(wordOf(await guards.rehearse(Rehearsal.of({}, 0), START))).toBe('may');
		expect(guards.isTakenInTurn).toBe(false);
		await guards.settle('accepted');
		await guards.answered('noKey', START);
	});

	it('let be called whom a guard has nothing against that keeps nothing', async () => {
		const guards = guardsOf(nodeWith({ doNotCall: BOB }));
		expect(wordOf(await guards.rehearse(Rehearsal.of({}, 0), START))).toBe('may');
		expect(await take(guards)).toBe('may');
		await guards.settle('accepted');
		await guards.answered('noKey', START);
	});

	it('say the first no, in their order', async () => {
		const options = { doNotCall: ANN, ...CLOSED_NOW, maxCalls: 1, oncePer: 'lead' };
		const run = nodeWith(options);
		for (const [number, said] of [
			[ANN, 'doNotCall'],
			[BOB, 'outsideHours'],
		]) {
			const guards = guardsOf(run, number);
			expect(wordOf(guards.look(START))).toBe(said);
			expect(await take(guards)).toBe(said);
			expect(wordOf(await guards.rehearse(Rehearsal.of({}, 0), START))).toBe(said);
		}
		// Nothing was taken by them.
		expect(run.kept).toEqual({});
		expect(store.rowCount).toBe(0);
	});

	it('ask those that depend on the moment at each moment', () => {
		const guards = guardsOf(nodeWith(CLOSED_NOW));
		expect(wordOf(guards.look(START))).toBe('outsideHours');
		expect(wordOf(guards.look(START + 90 * 60 * 1000))).toBe('may');
	});

	it('find all that is wrong', () => {
		const item = nodeWith({ allowedNumbers: BOB, doNotCall: 'Ann', maxCalls: -1 }).item();
		readGuards(item, callOf(ANN));
		expect(problemsOf(item).map((problem) => problem.split(' ').slice(0, 2).join(' '))).toEqual([
			'Phone Number',
			'Do Not',
			'Max Calls',
		]);
	});

	it('do not ask n8n’s store beyond a limit', async () => {
		const run = nodeWith({ maxCalls: 1, oncePer: '={{ $json.lead }}' }, { items: [{ lead: 1 }] });
		const first = guardsOf(run);
		expect(await take(first)).toBe('may');
		await first.settle('accepted');
		const asked = jest.spyOn(store, 'checkProcessedAndRecord');
		expect(await take(guardsOf(run, BOB))).toBe('limitReached');
		expect(asked).not.toHaveBeenCalled();
	});

	it('give back what was taken when a later one says no', async () => {
		const once = nodeWith({ oncePer: 'lead' });
		const before = guardsOf(once);
		await take(before);
		await before.settle('accepted');

		const run = nodeWith(
			{ maxCalls: 1, oncePer: '={{ $json.lead }}' },
			{
				items: [{ lead: 'lead' }, { lead: 'other' }],
			},
		);
		expect(await take(guardsOf(run))).toBe('calledBefore');
		const other = readGuards(run.item(1), callOf(ANN));
		expect(await take(other)).toBe('may');
		await other.settle('accepted');
		expect(await take(readGuards(run.item(1), callOf(ANN)))).toBe('limitReached');
	});

	it('give back what was taken when a later one fails', async () => {
		const run = nodeWith({ maxCalls: 1, oncePer: 'lead' });
		const failing = jest
			.spyOn(store, 'checkProcessedAndRecord')
			.mockRejectedValue(new Error('no database'));
		await expect(take(guardsOf(run))).rejects.toThrow('Once Per could not be noted');
		failing.mockRestore();
		expect(await take(guardsOf(run))).toBe('may');
	});

	it('are told once of each call, so a retry can take and give back again', async () => {
		const run = nodeWith({ maxCalls: 2 });
		const guards = guardsOf(run);
		for (let tries = 1; tries <= 3; tries++) {
			expect(await take(guards)).toBe('may');
			await guards.settle('rejected');
		}
		const said = [];
		for (const number of [ANN, BOB, ANN]) said.push(await take(guardsOf(run, number)));
		expect(said).toEqual(['may', 'may', 'limitReached']);
	});

	it('forget a call that ended without a key, where the user wants that', async () => {
		const options = { oncePer: 'lead', callAgainIfNoKey: true };
		const guards = guardsOf(nodeWith(options));
		await take(guards);
		await guards.settle('accepted');
		await guards.answered('noKey', START);
		expect(await take(guardsOf(nodeWith(options)))).toBe('may');
	});

	it.each([
		[{ maxCalls: 5, oncePer: 'lead' }, true],
		[{ maxCalls: 5 }, false],
		[{ oncePer: 'lead' }, false],
		[{ maxCalls: 0, oncePer: 'lead' }, false],
		[{ doNotCall: BOB, maxCalls: 5 }, false],
	])('are taken in turn where two of them keep something: %j', (options, isTakenInTurn) => {
		expect(guardsOf(nodeWith(options)).isTakenInTurn).toBe(isTakenInTurn);
	});
});

describe('an item of many calls', () => {
	const options = { doNotCall: ANN, oncePer: 'lead' };

	it('asks some guards once, and the others before every call', async () => {
		const once = guardsOf(nodeWith(options), ANN, 'item');
		expect(await take(once)).toBe('may');
		await once.settle('accepted');
		expect(await take(guardsOf(nodeWith(options), ANN, 'item'))).toBe('calledBefore');
		expect(await take(guardsOf(nodeWith(options), ANN, 'call'))).toBe('doNotCall');
		expect(await take(guardsOf(nodeWith(options), BOB, 'call'))).toBe('may');
	});
});

describe('a dry run', () => {
	it('says of each item what the run would, and keeps nothing', async () => {
		const run = nodeWith(
			{ maxCalls: 2, oncePer: '={{ $json.lead }}' },
			{
				items: ['a', 'a', 'b', 'c'].map((lead) => ({ lead })),
			},
		);
		const rehearsal = Rehearsal.of(run, 0);
		const said = [];
		for (const itemIndex of [0, 1, 2, 3]) {
			const guards = readGuards(run.item(itemIndex), callOf(ANN));
			said.push(wordOf(await guards.rehearse(rehearsal, START)));
		}
		expect(said).toEqual(['may', 'calledBefore', 'may', 'limitReached']);
		expect(run.kept).toEqual({});
		expect(store.rowCount).toBe(0);
	});
});

describe('the notes of a dry run', () => {
	const note = (rehearsal: Rehearsal, value: string) =>
		rehearsal.of('guard', () => new Set<string>()).add(value);
	const noted = (rehearsal: Rehearsal) => [...rehearsal.of('guard', () => new Set<string>())];

	it('go on over the passes of a loop, and a retry begins where its pass began', () => {
		const execution = {};
		note(Rehearsal.of(execution, 0), 'first');
		note(Rehearsal.of(execution, 1), 'second');
		expect(noted(Rehearsal.of(execution, 1))).toEqual(['first']);
		note(Rehearsal.of(execution, 1), 'second again');
		expect(noted(Rehearsal.of(execution, 2))).toEqual(['first', 'second again']);
		expect(noted(Rehearsal.of({}, 2))).toEqual([]);
	});

	it('are each guard’s own', () => {
		const rehearsal = Rehearsal.of({}, 0);
		note(rehearsal, 'a');
		expect(rehearsal.of('other', () => ({ calls: 0 }))).toEqual({ calls: 0 });
		expect(noted(rehearsal)).toEqual(['a']);
	});

	it('of a first pass are made anew by its retry', () => {
		const execution = {};
		note(Rehearsal.of(execution, 0), 'a');
		expect(noted(Rehearsal.of(execution, 0))).toEqual([]);
	});
});
