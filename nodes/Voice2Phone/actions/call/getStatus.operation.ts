/* Get Status: a plain look at a call, without waiting. */
import { callIdProperty, readCallId, type CallToLookAt } from '../../parameters/call';
import { checkPaceOption, includeInputFieldsOption, requestOption } from '../../parameters/options';
import type { Operation } from '../operation';

export const getStatus: Operation<CallToLookAt> = {
	entry: {
		name: 'Get Status',
		value: 'getStatus',
		description: 'Read how a call stands, without waiting',
		action: 'Get call status',
	},
	properties: [callIdProperty],
	options: [checkPaceOption, includeInputFieldsOption, requestOption],
	read: readCallId,

	async perform(request, itemIndex, run) {
		const input = run.inputFields(itemIndex);
		if ('notCalled' in request) return { json: run.toJson(input, request.notCalled) };
		const { callId } = request;
		return await run.api.readStatus(callId, (outcome) =>
			outcome.kind === 'read'
				? { json: run.toJson(input, outcome.body) }
				: run.fail(run.errors.unreadStatus(outcome.failure, itemIndex, callId)),
		);
	},
};
