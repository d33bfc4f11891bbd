/* Allowed Numbers: what is not in the list is refused as an error, because an agent must be told. */
import type { INodeProperties } from 'n8n-workflow';

import { parseAllowedNumbers } from '../core/numbers/allowedNumbers';
import { quote } from '../core/numbers/phoneNumberText';
import type { Guard } from './guard';

const field: INodeProperties = {
	displayName: 'Allowed Numbers',
	name: 'allowedNumbers',
	type: 'string',
	noDataExpression: true,
	typeOptions: { rows: 2 },
	default: '',
	placeholder: 'e.g. +1 425 555 0100, +44 20*',
};

/** A main field where an agent chooses the number, an option elsewhere. */
export const agentAllowedNumbers: INodeProperties = {
	...field,
	displayOptions: { show: { '@tool': [true] } },
	description:
		'The only numbers that the agent can call, separated by commas, each with + and country code. End one with * to allow all that begin so.',
};

const EMPTY_FOR_AGENT =
	'is empty, and the agent chooses the number. Enter the numbers that it can call';

export const allowedNumbers: Guard = {
	askedPer: 'call',
	options: [
		{
			group: 'whoMayBeCalled',
			fields: [
				{
					...field,
					displayOptions: { hide: { '@tool': [true] } },
					description:
						'The only numbers that are called, separated by commas, each with + and country code. End one with * to allow all that begin so.',
				},
			],
		},
	],

	read(item, { intended, isChosenByAgent }) {
		const list =
			item.parameter('options.whoMayBeCalled.values.allowedNumbers', '') ||
			item.parameter('allowedNumbers', '');
		if (list === '') {
			if (isChosenByAgent) item.problem('Allowed Numbers', EMPTY_FOR_AGENT);
			return undefined;
		}
		const check = item.numberCheck();
		// The list may be long: it is read once for all items.
		const numbers = item.shared.parseOnce(`Allowed Numbers ${check.check}`, list, () =>
			parseAllowedNumbers(String(list), check),
		);
		if ('wrongEntry' in numbers) {
			item.problem(
				'Allowed Numbers',
				`has ${quote(numbers.wrongEntry)}, which is neither a number with + and country code nor the beginning of one followed by *`,
			);
		} else if (!numbers.allows(intended)) {
			item.problem(
				'Phone Number',
				`${intended.number} is not among the Allowed Numbers. Call one that is, or add it there`,
			);
		}
		return undefined;
	},
};
