/* What the user is told after a run: how many were not called, and what a dry run would do. */
import type { DryRun, NotCalledReason } from '../core/outputs';
import { listed } from '../core/words';
import type { ItemOutcome } from './items';

const BECAUSE: Record<NotCalledReason, string> = {
	calledBefore: 'called before',
	doNotCall: 'on the Do Not Call list',
	// A dry run gives it as the reason where it finds no other.
	dryRun: 'the same call again',
	limitReached: 'over a limit',
	outsideHours: 'outside the calling hours',
};

/** Shown in the output panel of the editor; none when every item was called. */
export function hintsOf(outcomes: ItemOutcome[]): string[] {
	const items = outcomes.flatMap((outcome) => ('result' in outcome ? [outcome.result.json] : []));
	const wouldBeCalled = items.filter(({ wouldCall }) => wouldCall === true);
	const notCalled = items.filter(
		({ notCalledBecause, wouldCall }) => notCalledBecause && wouldCall !== true,
	);
	const reasons = countsOf(notCalled.map((json) => json.notCalledBecause as NotCalledReason));
	const isDryRun = items.some(({ wouldCall }) => wouldCall !== undefined);
	if (isDryRun) {
		const refused = notCalled.length > 0 ? ` ${notCalled.length} would not: ${reasons}.` : '';
		return [
			`Dry run: nobody was called. ${share(wouldBeCalled, outcomes)} would be called, ${speechOf(wouldBeCalled.map(({ dryRun }) => dryRun as unknown as DryRun))}.${refused}`,
		];
	}
	return notCalled.length > 0
		? [
				`${share(notCalled, outcomes)} ${notCalled.length === 1 ? 'was' : 'were'} not called: ${reasons}.`,
			]
		: [];
}

/** `2 called before, 1 over a limit`. */
function countsOf(reasons: NotCalledReason[]): string {
	const counts = new Map<NotCalledReason, number>();
	for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
	return listed([...counts].map(([reason, count]) => `${count} ${BECAUSE[reason]}`));
}

function speechOf(calls: DryRun[]): string {
	const sum = (end: 'from' | 'to') => calls.reduce((all, { seconds }) => all + seconds[end], 0);
	return `about ${duration(sum('from'), sum('to'))} of speech`;
}

/** `2 of 3 items`. */
function share(some: unknown[], all: unknown[]): string {
	return `${some.length} of ${all.length} item${all.length === 1 ? '' : 's'}`;
}

/** `12 to 20 seconds`, `3 to 5 minutes`. */
function duration(from: number, to: number): string {
	return to < 120
		? `${from} to ${to} seconds`
		: `${Math.floor(from / 60)} to ${Math.ceil(to / 60)} minutes`;
}
