import type { IDataObject } from 'n8n-workflow';

import { parseCallId } from '../../core/calls/callRequest';
import { callIdProperty } from '../../parameters/call';
import { checkPaceOptions, optionsCollection, requestOptions } from '../../parameters/options';
import type { Operation } from '../operation';

/** A plain look at a call: what the API returns, untouched. */
export const getStatus: Operation<string> = {
	option: {
		name: 'Get Status',
		value: 'getStatus',
		description: 'Read how a call stands and which key was pressed, without waiting',
		action: 'Get the status of a call',
	},
	properties: [callIdProperty, optionsCollection(checkPaceOptions, requestOptions)],

	read: (context, itemIndex) => parseCallId(context.getNodeParameter('callId', itemIndex)),

	async perform(callId, itemIndex, run) {
		return await run.api.readStatus(callId, (outcome) =>
			outcome.kind === 'read'
				? { json: outcome.body as IDataObject }
				: run.fail(run.errors.unreadStatus(outcome.failure, itemIndex, callId)),
		);
	},
};
