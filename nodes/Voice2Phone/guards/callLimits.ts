/* Max Calls: how many calls one execution places at most, over loops, retries and the turns of an agent. */
import { fingerprint } from '../core/calls/journal';
import { numberFrom } from '../core/words';
import { MAY_BE_CALLED, type Guard, type Refusal } from './guard';

const perExecution = {
	displayName: 'Max Calls per Execution',
	name: 'maxCalls',
	type: 'number' as const,
	noDataExpression: true,
	typeOptions: { minValue: 0 },
	default: 100,
	description:
		'How many calls one execution places at most. The other items come out as not called. Enter 0 for no limit.',
};

const perNumber = {
	displayName: 'Max Calls per Number',
	name: 'maxCallsPerNumber',
	type: 'number' as const,
	noDataExpression: true,
	typeOptions: { minValue: 0 },
	default: 3,
	displayOptions: { show: { '@tool': [true] } },
	description:
		'How often the agent can call the same number in one execution. Enter 0 for no limit.',
};

/** The calls placed so far, of all numbers under an empty name. n8n keeps them with the execution. */
type Counts = Record<string, number>;

const ALL = '';
const LIMIT_REACHED: Refusal = { may: false, because: 'limitReached', fields: {} };

/** Undefined for what is no whole number. */
function parseLimit(typed: unknown): number | undefined {
	const limit = numberFrom(typed);
	return Number.isInteger(limit) && limit >= 0 ? limit : undefined;
}

export const callLimits: Guard = {
	askedPer: 'call',
	options: [{ group: 'pacing', fields: [perExecution, perNumber] }],

	read(item, { phone }) {
		const group = item.group('pacing');
		if (!group) return undefined;
		const most = new Map<string, number>();
		for (const [field, key] of [
			[perExecution, ALL],
			[perNumber, fingerprint({ number: phone.number })],
		] as const) {
			const limit = field.name in group ? parseLimit(group[field.name]) : 0;
			if (limit === undefined) {
				item.problem(field.displayName, 'must be a whole number. Enter 0 for no limit');
			} else if (limit > 0) {
				most.set(key, limit);
			}
		}
		if (most.size === 0) return undefined;

		const store = item.context.getContext('node') as { callCounts?: Counts };
		const isReached = (counts: Counts) =>
			[...most].some(([key, limit]) => (counts[key] ?? 0) >= limit);
		const add = (counts: Counts, calls: number) => {
			for (const key of most.keys()) counts[key] = (counts[key] ?? 0) + calls;
		};
		return {
			claim: () => ({
				// Nothing is awaited between looking and counting, so fifty at once are counted exactly.
				async take() {
					const counts = (store.callCounts ??= {});
					if (isReached(counts)) return LIMIT_REACHED;
					add(counts, 1);
					return MAY_BE_CALLED;
				},
				async settle(outcome) {
					if (outcome === 'rejected') add((store.callCounts ??= {}), -1);
				},
			}),
			async rehearse(rehearsal) {
				const counts = rehearsal.of('callLimits', () => ({ ...store.callCounts }));
				return isReached(counts) ? LIMIT_REACHED : { may: true, note: () => add(counts, 1) };
			},
		};
	},
};
