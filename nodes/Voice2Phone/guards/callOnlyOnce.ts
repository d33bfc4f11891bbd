/* Call Only Once: who was called under a key is not called again, in later executions too. */
import { parseOnceKey } from '../core/calls/onceKey';
import { CalledKey, type KeyState } from './calledKeys';
import { MAY_BE_CALLED, type Guard, type Refusal } from './guard';

const DAY_MS = 24 * 60 * 60 * 1000;

function refusalFor(state: Exclude<KeyState, 'free'>): Refusal {
	return state === 'called'
		? { may: false, because: 'calledBefore', fields: {} }
		: { may: 'unknown' };
}

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
			],
		},
	],

	read(item, { isTest }) {
		const group = item.group('callOnlyOnce');
		if (!group) return undefined;
		const { oncePer, rememberFor = 30, rememberedBy } = group;
		const parsed = parseOnceKey(oncePer);
		if (!parsed.ok) item.problems.push(...parsed.problems);
		const rememberMs = Number(rememberFor) * DAY_MS;
		if (!(rememberMs > 0)) item.problem('Remember For', 'must be more than 0 days');
		const mayDialAgain = item.group('technical')?.dialAgainWhenUnknown === true;
		const { context } = item;
		const key = parsed.ok ? parsed.value : '';
		item.onceKey = key;
		const scope = rememberedBy === 'workflow' ? 'workflow' : 'node';
		const keyAt = (now: number) => new CalledKey(context, { key, isTest, scope, rememberMs }, now);
		return {
			async rehearse(rehearsal, now) {
				const noted = rehearsal.of('callOnlyOnce', () => new Set<string>());
				const state = noted.has(key) ? 'called' : await keyAt(now).peek();
				if (state === 'free' || (state === 'unknown' && mayDialAgain)) {
					return { may: true, note: () => noted.add(key) };
				}
				return refusalFor(state);
			},
			claim(now) {
				const calledKey = keyAt(now);
				return {
					async take() {
						const state = await calledKey.take();
						if (state === 'free' || (state === 'unknown' && mayDialAgain)) return MAY_BE_CALLED;
						if (state === 'unknown') await calledKey.settle('unknown');
						return refusalFor(state);
					},
					settle: async (outcome) => await calledKey.settle(outcome),
				};
			},
		};
	},
};
