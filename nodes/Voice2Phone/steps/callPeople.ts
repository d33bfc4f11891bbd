/* One matter as an item: its guards → people → the fields that come out. A dry run ends after the guards. */
import { toDtmf } from '../core/calls/keys';
import { speechSeconds } from '../core/calls/messageCheck';
import type { MatterResult } from '../core/calls/untilAccepted';
import type { MatterFields } from '../core/outputs';
import type { MatterRequest } from '../parameters/matter';
import type { NodeRun } from '../run/nodeRun';
import { callUntilAccepted, identityOf, notedOf } from './callUntilAccepted';

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
	const call = async () => await callNow(request, itemIndex, run);
	// The second of two equal searches of an agent has to see whom the first one rang.
	return run.role.retriesAsNewRun
		? await run.inTurn(`matter ${JSON.stringify(identityOf(request))}`, call)
		: await call();
}

async function callNow(
	request: MatterRequest,
	itemIndex: number,
	run: NodeRun,
): Promise<MatterFields> {
	const { clock, errors } = run;
	const { itemGuards } = request;
	const began = clock.wallTime();
	// After a retry the matter goes on, and its own note in the store is no reason to stop.
	if (!notedOf(request, itemIndex, run).wasRung) {
		const verdict = await clock.orStop(itemGuards.take(began));
		if (verdict.may === false) {
			return { ...verdict.fields, ...NOBODY_CALLED, notCalledBecause: verdict.because };
		}
		if (verdict.may === 'unknown' && !request.dialAgainWhenUnknown) {
			run.unknownItems.add(itemIndex);
			run.fail(errors.unknownFromEarlierTry(itemIndex));
		}
	}
	let result: MatterResult;
	try {
		result = await callUntilAccepted(request, itemIndex, run);
	} finally {
		const { wasRung } = notedOf(request, itemIndex, run);
		await itemGuards.settle(wasRung ? 'accepted' : 'rejected');
	}
	if (isWithoutAnswer(result)) await itemGuards.answered('noKey', began);
	return { ...result, notCalledBecause: null };
}

/** Whether all calls ended without a key. */
function isWithoutAnswer({ attempts }: MatterResult): boolean {
	const outcomes = new Set(attempts.map(({ outcome }) => outcome));
	outcomes.delete('notCalled');
	return outcomes.size === 1 && outcomes.has('noKey');
}

const NOBODY_CALLED: MatterFields = {
	outcome: 'nobody',
	acceptedBy: [],
	attempts: [],
	notCalledBecause: null,
};

async function rehearse(
	{
		people,
		message,
		keys,
		meanings,
		settings,
		itemGuards,
		callGuards,
		dryRunKey = '',
	}: MatterRequest,
	itemIndex: number,
	run: NodeRun,
): Promise<MatterFields> {
	const now = run.clock.wallTime();
	const verdict = await itemGuards.rehearse(run.rehearsal, now);
	if (verdict.may === 'unknown') run.fail(run.errors.unknownFromEarlierTry(itemIndex));
	const attempts: RehearsedAttempt[] = [];
	for (const [index, { name, phone }] of people.entries()) {
		const seen =
			verdict.may === true ? await callGuards[index].rehearse(run.rehearsal, now) : verdict;
		attempts.push({
			name,
			phone: phone.number,
			wouldCall: seen.may === true,
			...(seen.may === false && { reason: seen.because }),
		});
	}
	const called = attempts.filter(({ wouldCall }) => wouldCall);
	const isAccepting = meanings.get(dryRunKey) === 'accepts';
	const acceptedBy = (isAccepting ? called : [])
		.slice(0, settings.needed)
		.map(({ name, phone }) => ({
			name,
			phone,
			CallId: null,
			pressedKey: dryRunKey,
			at: new Date(now).toISOString(),
		}));
	return {
		...NOBODY_CALLED,
		outcome: acceptedBy.length === settings.needed ? 'accepted' : 'nobody',
		acceptedBy,
		notCalledBecause: verdict.may === false ? verdict.because : 'dryRun',
		wouldCall: called.length > 0,
		dryRun: {
			number: people.map(({ phone }) => phone.number).join(', '),
			message,
			replies: toDtmf(keys, message) ?? {},
			seconds: speechSeconds(message),
			people: attempts,
		},
	};
}

/** Whom a dry run would call. */
interface RehearsedAttempt {
	name: string | null;
	phone: string;
	wouldCall: boolean;
	reason?: string;
}
