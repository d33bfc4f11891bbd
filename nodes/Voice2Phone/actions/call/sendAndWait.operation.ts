import { reviewResult } from '../../agent/humanReview';
import type { WaitRequest } from '../../core/waiting/answer';
import { callProperties, dialOptions, labelledKeypadResponses } from '../../parameters/call';
import {
	callPaceOptions,
	checkPaceOptions,
	optionsCollection,
	requestOptions,
	restartOptions,
} from '../../parameters/options';
import { readCall, readKeypadResponses, type PlaceRequest } from '../../parameters/placing';
import { readWait, splitByKeyProperty, waitOptions } from '../../parameters/wait';
import { placeCall } from '../../steps/placeCall';
import { waitForResponse } from '../../steps/waitForResponse';
import type { Operation } from '../operation';

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

	async perform(request, itemIndex, run) {
		const { callId, json } = await placeCall(request, itemIndex, run);
		const result = callId ? await waitForResponse(callId, request, itemIndex, run, json) : { json };
		return run.role.name === 'review' ? reviewResult(result) : result;
	},
};
