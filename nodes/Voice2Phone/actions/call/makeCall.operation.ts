/* Make Call: rings a phone and gives out the call ID at once. */
import { notCalledFields } from '../../core/outputs';
import { messageProperty, plainKeysProperty, readCall } from '../../parameters/call';
import { callPaceOption, includeInputFieldsOption, requestOption } from '../../parameters/options';
import {
	callProperties,
	placingOptions,
	readPlacing,
	type PlaceRequest,
} from '../../parameters/placing';
import { placeCall } from '../../steps/placeCall';
import type { Operation } from '../operation';

export const makeCall: Operation<PlaceRequest> = {
	entry: {
		name: 'Make Call',
		value: 'makeCall',
		description: 'Speak a message without waiting for a key',
		action: 'Make call',
	},
	properties: [
		...callProperties(
			messageProperty('Hello, this is Dr. Miller’s practice. We are open again from Monday on.'),
		),
		plainKeysProperty,
	],
	options: [...placingOptions, callPaceOption, includeInputFieldsOption, requestOption],
	read: (item) => readPlacing(item, readCall(item)),

	async perform(request, itemIndex, run) {
		const { kind, fields } = await placeCall(request, itemIndex, run);
		const shown =
			kind === 'rehearsed' ? notCalledFields({ because: 'dryRun', fields }) : { ...fields };
		return { json: run.toJson(run.inputFields(itemIndex), shown) };
	},
};
