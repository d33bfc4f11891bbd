/* Do Not Call: numbers that are never called. A list that cannot be read lets nobody be called. */
import { parseNumberList } from '../core/numbers/numberList';
import { MAY_BE_CALLED, type Guard } from './guard';

const LABEL = 'Do Not Call';
const PATH = 'options.whoMayBeCalled.values.doNotCall';

export const doNotCall: Guard = {
	askedPer: 'call',
	options: [
		{
			group: 'whoMayBeCalled',
			fields: [
				{
					displayName: LABEL,
					name: 'doNotCall',
					type: 'string',
					typeOptions: { rows: 2 },
					default: '',
					placeholder: 'e.g. +1 425 555 0100',
					description:
						'Numbers that are never called: one a line, or by expression a list, for example the rows of a sheet or a Data Table',
				},
			],
		},
	],

	read({ shared, itemIndex, problems }, { phone }) {
		const value = shared.readLarge(PATH, itemIndex, '');
		if (value === '') return undefined;
		const { countryCode } = phone;
		const list = shared.parseOnce(`${PATH} ${countryCode}`, value, () =>
			parseNumberList(value, { country: countryCode }),
		);
		if (!list.ok) {
			problems.push({ field: LABEL, reason: list.problem });
			return undefined;
		}
		return {
			look: () =>
				list.numbers.has(phone.number)
					? { may: false, because: 'doNotCall', fields: {} }
					: MAY_BE_CALLED,
		};
	},
};
