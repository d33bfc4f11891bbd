import type { Operation } from '../operation';
import { callProperties, dialOptions, plainKeypadResponses } from './callFields';
import { callPaceOptions, optionsCollection, requestOptions } from './options';
import { placeCall } from './placeCall';
import { readCall, type PlaceRequest } from './readCall';

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

	async perform(request, itemIndex, batch) {
		const { json } = await placeCall(request, itemIndex, batch);
		return { json };
	},
};
