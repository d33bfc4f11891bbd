import type { INodeParameters } from 'n8n-workflow';
import { callLimits } from '../../../nodes/Voice2Phone/guards/callLimits';
import { Rehearsal, type Claim } from '../../../nodes/Voice2Phone/guards/guard';
import { GuardedRun, wordOf } from '../../support/guarded';

const ANN = '+14255550100';
const BOB = '+14255550101';

/** Takes a call to a number; its claim, to be settled, and what was said. */
async function take(run: GuardedRun, number: string): Promise<{ claim: Claim; said: string }> {
	const claim = run.asks(callLimits, number).check!.claim!(0);
	return { claim, said: wordOf(await claim.take()) };
}

const say = async (run: GuardedRun, ...numbers: string[]) => {
	const said: string[] = [];
	for (const number of numbers) said.push((await take(run, number)).said);
	return said;
};

describe('Max Calls', () => {
	it.each<[INodeParameters]>([[{}], [{ maxCalls: 0 }], [{ maxCalls: 0, maxCallsPerNumber: 0 }]])(
		'asks nothing where there is no limit: %o',
		(options) => {
			const { check, problems } = new GuardedRun({ options }).asks(callLimits, ANN);
			expect(check).toBeUndefined();
			expect(problems).toEqual([]);
		},
	);

	it.each([2, '2'])(
		'per Execution lets so many calls go, whomever they ring: %j',
		async (maxCalls) => {
			const run = new GuardedRun({ options: { maxCalls } });
			expect(await say(run, ANN, BOB, ANN, BOB)).toEqual([
				'may',
				'may',
				'limitReached',
				'limitReached',
			]);
		},
	);

	it('per Number counts each number by itself', async () => {
		const run = new GuardedRun({ options: { maxCallsPerNumber: 1 } });
		expect(await say(run, ANN, BOB, ANN, BOB)).toEqual([
			'may',
			'may',
			'limitReached',
			'limitReached',
		]);
		expect(JSON.stringify(run.kept)).not.toContain(ANN.slice(1));
	});

	it('holds both limits at once', async () => {
		const run = new GuardedRun({ options: { maxCalls: 3, maxCallsPerNumber: 2 } });
		expect(await say(run, ANN, ANN, ANN, BOB, BOB)).toEqual([
			'may',
			'may',
			'limitReached',
			'may',
			'limitReached',
		]);
	});

	it('says no more than that the limit is reached', async () => {
		const run = new GuardedRun({ options: { maxCalls: 1 } });
		await take(run, ANN);
		const { check } = run.asks(callLimits, BOB);
		expect(await check!.claim!(0).take()).toEqual({
			may: false,
			because: 'limitReached',
			fields: {},
		});
	});

	it.each(['rejected', 'accepted', 'unknown'] as const)(
		'is given back only by a call that rang nobody: %s',
		async (outcome) => {
			const run = new GuardedRun({ options: { maxCalls: 2 } });
			const first = await take(run, ANN);
			await take(run, ANN);
			await first.claim.settle(outcome);
			const expected = outcome === 'rejected' ? ['may', 'limitReached'] : ['limitReached'];
			expect((await say(run, BOB, BOB)).slice(0, expected.length)).toEqual(expected);
		},
	);

	it('counts fifty at once exactly', async () => {
		const run = new GuardedRun({ options: { maxCalls: 7 } });
		const taken = await Promise.all(Array.from({ length: 50 }, async () => await take(run, ANN)));
		expect(taken.filter(({ said }) => said === 'may')).toHaveLength(7);
	});

	it.each(['many', '', ' ', -1, 1.5, true])('refuses %j, which limits nothing', (limit) => {
		const options = { maxCalls: limit, maxCallsPerNumber: limit };
		const { check, problems } = new GuardedRun({ options }).asks(callLimits, ANN);
		expect(check).toBeUndefined();
		expect(problems).toEqual([
			'Max Calls per Execution must be a whole number. Enter 0 for no limit',
			'Max Calls per Number must be a whole number. Enter 0 for no limit',
		]);
	});

	it('in a dry run counts what would be called, on from what was', async () => {
		const run = new GuardedRun({ options: { maxCalls: 3 } });
		await take(run, ANN);
		const before = structuredClone(run.kept);
		const rehearsal = Rehearsal.of(run, 0);
		const rehearse = async (number: string) =>
			await run.asks(callLimits, number).check!.rehearse!(rehearsal, 0);
		const would = await rehearse(ANN);
		// Not noted: another guard said no.
		await rehearse(BOB);
		if (would.may === true) would.note();
		const last = await rehearse(BOB);
		if (last.may === true) last.note();
		expect([wordOf(would), wordOf(last), wordOf(await rehearse(BOB))]).toEqual([
			'may',
			'may',
			'limitReached',
		]);
		expect(run.kept).toEqual(before);
	});

	it('in a dry run counts before the first call too', async () => {
		const run = new GuardedRun({ options: { maxCalls: 1 } });
		const rehearsal = Rehearsal.of(run, 0);
		const { check } = run.asks(callLimits, ANN);
		expect(wordOf(await check!.rehearse!(rehearsal, 0))).toBe('may');
	});
});
