import { parseCallId } from '../../core/calls/callRequest';
import type { WaitRequest } from '../../core/waiting/answer';
import { callIdProperty } from '../../parameters/call';
import {
	checkPaceOptions,
	optionsCollection,
	requestOptions,
	restartOptions,
} from '../../parameters/options';
import {
	offeredKeysProperty,
	readWait,
	splitByKeyProperty,
	waitOptions,
	waitStepProperty,
} from '../../parameters/wait';
import { waitForResponse } from '../../steps/waitForResponse';
import type { Operation } from '../operation';

interface WaitForCall extends WaitRequest {
	callId: string;
}

/** Waits for the response to a call that was placed before. */
export const waitForResponseOperation: Operation<WaitForCall> = {
	option: {
		name: 'Wait for Response',
		value: 'waitForResponse',
		description:
			'Wait until a key was pressed or the call is over, for a call that was placed before',
		action: 'Wait for the response to a call',
	},
	properties: [
		callIdProperty,
		offeredKeysProperty,
		splitByKeyProperty,
		optionsCollection(waitOptions, checkPaceOptions, requestOptions, restartOptions),
		waitStepProperty,
	],

	read(context, itemIndex) {
		const callId = parseCallId(context.getNodeParameter('callId', itemIndex));
		const wait = readWait(
			context,
			itemIndex,
			context.getNodeParameter('keys.entries', itemIndex, []),
		);
		if (callId.ok && wait.ok) return { ok: true, value: { callId: callId.value, ...wait.value } };
		return {
			ok: false,
			problems: [...(callId.ok ? [] : callId.problems), ...(wait.ok ? [] : wait.problems)],
		};
	},

	async perform(request, itemIndex, run) {
		run.callIds.set(itemIndex, request.callId);
		return await waitForResponse(request.callId, request, itemIndex, run);
	},
};
