/* Call Only Once: who was called under a key is not called again, in later executions too. */
import { CalledKey } from './calledKeys';
import { MAY_BE_CALLED, type Guard } from './guard';

const DAY_MS = 24 * 60 * 60 * 1000;

export const callOnlyOnce: Guard = {
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
		const isText = typeof oncePer === 'string' || typeof oncePer === 'number';
		if (!isText || String(oncePer).trim() === '') {
			item.problem(
				'Once Per',
				'is empty. Let the expression give a value for each item, or remove Call Only Once',
			);
		}
		const rememberMs = Number(rememberFor) * DAY_MS;
		if (!(rememberMs > 0)) item.problem('Remember For', 'must be more than 0 days');
		const mayDialAgain = item.group('technical')?.dialAgainWhenUnknown === true;
		const { context } = item;
		// A test call to one's own phone must not keep the person whom it was meant for from being called.
		const key = `${isTest ? 'test ' : ''}${String(oncePer).trim()}`;
		const scope = rememberedBy === 'workflow' ? 'workflow' : 'node';
		return {
			claim(now) {
				const calledKey = new CalledKey(context, { key, scope, rememberMs }, now);
				return {
					async take() {
						const state = await calledKey.take();
						if (state === 'free' || (state === 'unknown' && mayDialAgain)) return MAY_BE_CALLED;
						if (state === 'called') {
							return { may: false, because: 'calledBefore', fields: {} };
						}
						await calledKey.settle('unknown');
						return { may: 'unknown' };
					},
					settle: async (outcome) => await calledKey.settle(outcome),
				};
			},
		};
	},
};
