/* One matter as an item: its guards → people → the fields that come out. A dry run ends after the guards. */
import { toDtmf } from '../core/calls/keys';
import { speechSeconds } from '../core/calls/messageCheck';
import type { MatterFields } from '../core/outputs';
import type { MatterRequest } from '../parameters/matter';
import type { NodeRun } from '../run/nodeRun';
import { callUntilAccepted, noteOf } from './callUntilAccepted';

/**
 * Calls the people of one item, unless a guard that is asked once for the item says no.
 *
 * @throws NodeApiError or NodeOperationError that names every call so far
 */
export async function callPeople(
	request: MatterRequest,
	itemIndex: number,
	run: NodeRun,
): Promise<MatterFields> {
	if (request.dryRunKey !== undefined) {
		return await run.inTurn('rehearsal', async () => await rehearse(request, itemIndex, run));
	}
	const { clock, errors } = run;
	// After a retry the matter goes on, and its own note in the store is no reason to stop.
	if (run.journal.matter(itemIndex, noteOf(request)).read() === undefined) {
		const verdict = await clock.orStop(request.itemGuards.take(clock.wallTime()));
		if (verdict.may === false) {
			return { ...verdict.fields, ...NOBODY_CALLED, notCalledBecause: verdict.because };
		}
		if (verdict.may === 'unknown' && !request.dialAgainWhenUnknown) {
			run.unknownItems.add(itemIndex);
			run.fail(errors.unknownFromEarlierTry(itemIndex));
		}
	}
	let wasCalled = true;
	try {
		const result = await callUntilAccepted(request, itemIndex, run);
		wasCalled = result.attempts.some(({ outcome }) => outcome !== 'notCalled');
		return { ...result, notCalledBecause: null };
	} finally {
		await request.itemGuards.settle(wasCalled ? 'accepted' : 'rejected');
	}
}

const NOBODY_CALLED: MatterFields = {
	outcome: 'nobody',
	acceptedBy: [],
	attempts: [],
	notCalledBecause: null,
};

async function rehearse(
	{ people, message, keys, meanings, itemGuards, callGuards, dryRunKey = '' }: MatterRequest,
	itemIndex: number,
	run: NodeRun,
): Promise<MatterFields> {
	const now = run.clock.wallTime();
	const verdict = await itemGuards.rehearse(run.rehearsal, now);
	if (verdict.may === 'unknown') run.fail(run.errors.unknownFromEarlierTry(itemIndex));
	const attempts = people.map(({ name, phone }, index) => {
		const seen = verdict.may === true ? callGuards[index].look(now) : verdict;
		return {
			name,
			phone: phone.number,
			wouldCall: seen.may === true,
			...(seen.may === false && { reason: seen.because }),
		};
	});
	const wouldCall = attempts.some((attempt) => attempt.wouldCall);
	const isAccepted = wouldCall && meanings.get(dryRunKey) === 'accepts';
	return {
		...NOBODY_CALLED,
		outcome: isAccepted ? 'accepted' : 'nobody',
		notCalledBecause: verdict.may === false ? verdict.because : 'dryRun',
		wouldCall,
		dryRun: {
			number: people.map(({ phone }) => phone.number).join(', '),
			message,
			replies: toDtmf(keys, message) ?? {},
			seconds: speechSeconds(message),
			people: attempts,
		},
	};
}
