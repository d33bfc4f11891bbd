/* Call Only Once: who was called under a key is not called again, in later executions too. */
import { parseOnceKey, sameForAllReason } from '../core/calls/onceKey';
import type { KeyState } from '../core/calls/keyMarks';
import { CalledKey } from './calledKeys';
import { onlyEmptyExpressions } from './embeddedExpressions';
import { MAY_BE_CALLED, type Guard, type Verdict } from './guard';

const ONCE_PER_PATH = 'options.callOnlyOnce.values.oncePer';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Ten years, as good as for ever. */
const MOST_DAYS = 3650;

export const callOnlyOnce: Guard = {
	askedPer: 'item',
	options: [
		{
			group: 'callOnlyOnce',
			fields: [
				{
					displayName: 'Once Per',
					name: 'oncePer',
					type: 'string',
					required: true,
					default: '',
					placeholder: 'e.g. drag the lead ID here',
					description:
						'Items with a value that was called before are not called, in later executions too',
				},
				{
					displayName: 'Remember For (Days)',
					name: 'rememberFor',
					type: 'number',
					// It decides what the whole node forgets.
					noDataExpression: true,
					default: 30,
					description: 'How long the value is remembered',
				},
				{
					displayName: 'Remembered By',
					name: 'rememberedBy',
					type: 'options',
					options: [
						{ name: 'All Voice2Phone Nodes of This Workflow', value: 'workflow' },
						{ name: 'This Node', value: 'node' },
					],
					default: 'node',
					description: 'Which nodes know the values that were called',
				},
				{
					displayName: 'Call Again If No Key',
					name: 'callAgainIfNoKey',
					type: 'boolean',
					default: false,
					displayOptions: { hide: { '/operation': ['makeCall'] } },
					description:
						'Whether a value whose call ended without a key is forgotten, so that a later execution calls again',
				},
			],
		},
	],

	read(item, { isTest }) {
		const group = item.group('callOnlyOnce');
		if (!group) return undefined;
		const { oncePer, rememberFor = 30, rememberedBy, callAgainIfNoKey } = group;
		const parsed = parseOnceKey(oncePer);
		const empty = onlyEmptyExpressions(item.context, ONCE_PER_PATH, item.itemIndex, oncePer);
		if (empty.length > 0) item.problem('Once Per', sameForAllReason(empty));
		else if (!parsed.ok) item.problems.push(...parsed.problems);
		const days = Number(rememberFor);
		if (!(days > 0)) item.problem('Remember For', 'must be more than 0 days');
		if (days > MOST_DAYS) item.problem('Remember For', `must be at most ${MOST_DAYS} days`);
		const freesIfNoKey = callAgainIfNoKey === true;
		if (freesIfNoKey && item.group('waiting')?.surviveRestarts === true) {
			item.problem(
				'Call Again If No Key',
				'does not go together with Survive Restarts. Turn one of them off',
			);
		}
		const mayDialAgain = item.group('technical')?.dialAgainWhenUnknown === true;
		const { context } = item;
		const key = parsed.ok ? parsed.value : '';
		item.onceKey = key;
		const scope = rememberedBy === 'workflow' ? 'workflow' : 'node';
		const keyAt = (now: number) =>
			new CalledKey(context, { text: key, isTest, scope, rememberMs: days * DAY_MS }, now);
		const verdictOn = (state: KeyState): Verdict => {
			if (state === 'free' || (state === 'unknown' && mayDialAgain)) return MAY_BE_CALLED;
			return state === 'unknown'
				? { may: 'unknown' }
				: { may: false, because: 'calledBefore', fields: {} };
		};
		return {
			async rehearse(rehearsal, now) {
				const noted = rehearsal.of('callOnlyOnce', () => new Set<string>());
				const verdict = verdictOn(noted.has(key) ? 'called' : await keyAt(now).peek());
				return verdict.may === true ? { may: true, note: () => noted.add(key) } : verdict;
			},
			async answered(outcome, calledAt) {
				if (freesIfNoKey && outcome === 'noKey') await keyAt(calledAt).forget();
			},
			claim(now) {
				const calledKey = keyAt(now);
				return {
					async take() {
						const state = await calledKey.take({ evenIfUnknown: mayDialAgain });
						return verdictOn(state);
					},
					settle: async (outcome) => await calledKey.settle(outcome),
				};
			},
		};
	},
};
