/* Do Not Call: numbers that are never called. A list that cannot be read lets nobody be called. */
import { parseNumberList } from '../core/numbers/numberList';
import { MAY_BE_CALLED, type Guard } from './guard';

export const DO_NOT_CALL = 'Do Not Call';
const IS_EMPTY = 'is empty, so it kept nobody from being called';
export const DO_NOT_CALL_PATH = 'options.whoMayBeCalled.values.doNotCall';

export const doNotCall: Guard = {
	askedPer: 'call',
	options: [
		{
			group: 'whoMayBeCalled',
			fields: [
				{
					displayName: DO_NOT_CALL,
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

	read(item, { phone }) {
		const { shared, itemIndex, problems } = item;
		const value = shared.readLarge(DO_NOT_CALL_PATH, itemIndex, '');
		if (value === '') {
			if (shared.isExpression(DO_NOT_CALL_PATH)) item.hint(DO_NOT_CALL, IS_EMPTY);
			return undefined;
		}
		const { countryCode } = phone;
		const list = shared.parseOnce(`${DO_NOT_CALL_PATH} ${countryCode}`, value, () =>
			parseNumberList(value, { country: countryCode }),
		);
		if (!list.ok) {
			problems.push({ field: DO_NOT_CALL, reason: list.problem });
			return undefined;
		}
		if (list.numbers.size === 0) item.hint(DO_NOT_CALL, IS_EMPTY);
		return {
			look: () =>
				list.numbers.has(phone.number)
					? { may: false, because: 'doNotCall', fields: {} }
					: MAY_BE_CALLED,
		};
	},
};
