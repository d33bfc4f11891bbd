/* Wait for Response: waits for the key of a call that was placed before; never dials. */
import type { WaitRequest } from '../../core/waiting/answer';
import {
	callIdProperty,
	offeredKeysProperty,
	readCallId,
	readKeys,
	type CallToLookAt,
} from '../../parameters/call';
import {
	checkPaceOption,
	includeInputFieldsOption,
	requestOption,
	restartOptions,
} from '../../parameters/options';
import { readWait, splitByKeyProperty, waitOptions, waitStepProperty } from '../../parameters/wait';
import { notCalledResult, waitForResponse } from '../../steps/waitForResponse';
import type { Operation } from '../operation';

export const waitForResponseOperation: Operation<CallToLookAt & { wait: WaitRequest }> = {
	entry: {
		name: 'Wait for Response',
		value: 'waitForResponse',
		description: 'Wait for the key of a call made before',
		action: 'Wait for response to call',
	},
	properties: [callIdProperty, offeredKeysProperty, splitByKeyProperty, waitStepProperty],
	options: [
		checkPaceOption,
		includeInputFieldsOption,
		requestOption,
		...waitOptions,
		...restartOptions,
	],

	read(item) {
		const call = readCallId(item);
		const wait = readWait(item, readKeys(item, { needsReply: false }));
		return call && { ...call, wait };
	},

	async perform(request, itemIndex, run) {
		if ('notCalled' in request) return notCalledResult(request.notCalled, itemIndex, run);
		run.callIds.set(itemIndex, request.callId);
		return await waitForResponse(request.callId, request.wait, itemIndex, run);
	},
};
