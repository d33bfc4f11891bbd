/* Call and Wait for Response: rings a phone and waits for the key that is pressed. */
import type { WaitRequest } from '../../core/waiting/answer';
import { answerKeysProperty, messageProperty, readCall } from '../../parameters/call';
import {
	callPaceOption,
	checkPaceOption,
	includeInputFieldsOption,
	requestOption,
	restartOptions,
} from '../../parameters/options';
import {
	callProperties,
	placingOptions,
	readPlacing,
	type PlaceRequest,
} from '../../parameters/placing';
import { madeUpKeyProperty } from '../../parameters/testMode';
import { readWait, splitByKeyProperty, waitOptions } from '../../parameters/wait';
import { callAndWaitForResponse } from '../../steps/waitForResponse';
import type { Operation } from '../operation';

export const callAndWait: Operation<PlaceRequest & WaitRequest> = {
	entry: {
		name: 'Call and Wait for Response',
		value: 'callAndWait',
		description: 'Speak a message and wait for a key',
		action: 'Call and wait for key press',
	},
	properties: [
		...callProperties(
			messageProperty(
				'Hello, this is Dr. Miller’s practice. Press 1 to confirm your appointment, or 2 to cancel it.',
			),
		),
		madeUpKeyProperty,
		answerKeysProperty,
		splitByKeyProperty,
	],
	options: [
		...placingOptions,
		callPaceOption,
		checkPaceOption,
		includeInputFieldsOption,
		requestOption,
		...waitOptions,
		...restartOptions,
	],

	read(item) {
		const call = readPlacing(item, readCall(item));
		const wait = readWait(item, call?.keys ?? []);
		return call && { ...call, ...wait };
	},

	perform: callAndWaitForResponse,
};
