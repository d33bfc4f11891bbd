import { callProperties, dialOptions, plainKeypadResponses } from '../../parameters/call';
import { callPaceOptions, optionsCollection, requestOptions } from '../../parameters/options';
import { readCall, type PlaceRequest } from '../../parameters/placing';
import { placeCall } from '../../steps/placeCall';
import type { Operation } from '../operation';

/** Rings a phone and returns the call ID at once. */
export const makeCall: Operation<PlaceRequest> = {
	option: {
		name: 'Make Call',
		value: 'makeCall',
		description: 'Ring a phone and speak a message, without waiting for the answer',
		action: 'Make a call',
	},
	properties: [
		...callProperties,
		plainKeypadResponses,
		optionsCollection(callPaceOptions, dialOptions, requestOptions),
	],
	read: readCall,

	async perform(request, itemIndex, run) {
		const { json } = await placeCall(request, itemIndex, run);
		return { json };
	},
};
