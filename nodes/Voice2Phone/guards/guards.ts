/* All guards, in the order in which they are asked, and how they are asked together. */
import type { CallOutcome } from '../core/calls/outcome';
import type { CallOutcomeName } from '../core/outputs';
import { allowedNumbers } from './allowedNumbers';
import { callingHours } from './callingHours';
import { callLimits } from './callLimits';
import { callOnlyOnce } from './callOnlyOnce';
import { doNotCall } from './doNotCall';
import {
	MAY_BE_CALLED,
	type AskedPer,
	type CallToGuard,
	type Check,
	type Claim,
	type Guard,
	type Noting,
	type Rehearsal,
	type Verdict,
} from './guard';
import type { ItemParameters } from './itemParameters';

const guards: readonly Guard[] = [
	allowedNumbers,
	doNotCall,
	callingHours,
	// Over a limit, n8n's store need not be asked.
	callLimits,
	callOnlyOnce,
];

/** The options of all guards. */
export const guardOptions = guards.flatMap(({ options }) => options);

/** The guards that the user chose for one call; all, or those that are asked so often. */
export function readGuards(
	item: ItemParameters,
	call: CallToGuard,
	askedPer?: AskedPer,
): GuardedCall {
	const asked = guards.filter((guard) => !askedPer || guard.askedPer === askedPer);
	return new GuardedCall(asked.flatMap((guard) => guard.read(item, call) ?? []));
}

/** What all guards together say of one call, and what they keep for it. */
export class GuardedCall {
	private taken: Claim[] = [];

	constructor(private readonly checks: readonly Check[]) {}

	/**
	 * Whether all calls of a run have to be taken one after the other. Claims take their time, so with several
	 * of them a later item could take the last call of a limit before an earlier one has its key.
	 */
	get isTakenInTurn(): boolean {
		return this.checks.filter(({ claim }) => claim).length > 1;
	}

	/** The first "no"; changes nothing. */
	look(now: number): Verdict {
		for (const check of this.checks) {
			const verdict = check.look?.(now) ?? MAY_BE_CALLED;
			if (verdict.may !== true) return verdict;
		}
		return MAY_BE_CALLED;
	}

	/** Looks, then takes every claim. When one is refused, those before it are given back. */
	async take(now: number): Promise<Verdict> {
		const seen = this.look(now);
		if (seen.may !== true) return seen;
		for (const check of this.checks) {
			const claim = check.claim?.(now);
			if (!claim) continue;
			const verdict = await this.takeOrGiveBack(claim);
			if (verdict.may !== true) return verdict;
			this.taken.push(claim);
		}
		return MAY_BE_CALLED;
	}

	/** What `take` would say, for a dry run. */
	async rehearse(rehearsal: Rehearsal, now: number): Promise<Verdict> {
		const seen = this.look(now);
		if (seen.may !== true) return seen;
		const notes: Noting[] = [];
		for (const check of this.checks) {
			const verdict = await check.rehearse?.(rehearsal, now);
			if (verdict === undefined) continue;
			if (verdict.may !== true) return verdict;
			notes.push(verdict);
		}
		for (const noting of notes) noting.note();
		return MAY_BE_CALLED;
	}

	/** To be called once for each `take` that let the call go. */
	async settle(outcome: CallOutcome['kind']): Promise<void> {
		const taken = this.taken;
		this.taken = [];
		await Promise.all(taken.map(async (claim) => await claim.settle(outcome)));
	}

	/**
	 * To be called when a call that was placed was waited for.
	 *
	 * @param calledAt when the call was placed, in milliseconds since 1970
	 */
	async answered(outcome: CallOutcomeName, calledAt: number): Promise<void> {
		await Promise.all(this.checks.map(async (check) => await check.answered?.(outcome, calledAt)));
	}

	private async takeOrGiveBack(claim: Claim): Promise<Verdict> {
		let verdict: Verdict | undefined;
		try {
			verdict = await claim.take();
			return verdict;
		} finally {
			if (verdict?.may !== true) await this.settle('rejected');
		}
	}
}
