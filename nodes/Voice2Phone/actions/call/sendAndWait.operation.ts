import type { WaitRequest } from '../../core/waiting/answer';
import type { Operation } from '../operation';
import { callProperties, dialOptions, labelledKeypadResponses } from './callFields';
import { isHumanReview, reviewResult } from './humanReview';
import {
	callPaceOptions,
	checkPaceOptions,
	optionsCollection,
	requestOptions,
	restartOptions,
} from './options';
import { placeCall } from './placeCall';
import { readCall, readKeypadResponses, type PlaceRequest } from './readCall';
import {
	readWait,
	splitByKeyProperty,
	waitForResponse,
	waitOptions,
} from './waitForResponse.operation';

/** Rings a phone and waits for the key that is pressed: placing a call, then waiting for its response. */
export const sendAndWait: Operation<PlaceRequest & WaitRequest> = {
	option: {
		name: 'Make Call and Wait for Response',
		value: 'sendAndWait',
		description:
			'Ring a phone, speak a message and wait until a key was pressed or the call is over',
		action: 'Make a call and wait for the response',
	},
	properties: [
		...callProperties,
		labelledKeypadResponses,
		splitByKeyProperty,
		optionsCollection(
			callPaceOptions,
			checkPaceOptions,
			dialOptions,
			requestOptions,
			restartOptions,
			waitOptions,
		),
	],

	read(context, itemIndex) {
		const call = readCall(context, itemIndex);
		if (!call.ok) return call;
		const wait = readWait(context, itemIndex, readKeypadResponses(context, itemIndex));
		return wait.ok ? { ok: true, value: { ...call.value, ...wait.value } } : wait;
	},

	async perform(request, itemIndex, batch) {
		const { callId, json } = await placeCall(request, itemIndex, batch);
		const result = callId
			? await waitForResponse(callId, request, itemIndex, batch, json)
			: { json };
		return isHumanReview(batch.node) ? reviewResult(result) : result;
	},
};
