import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { parseCallId } from '../../core/calls/callRequest';
import { unreadStatus } from '../../transport/errors';
import type { Operation } from '../operation';
import { checkPaceOptions, optionsCollection, requestOptions } from './options';

export const callIdProperty: INodeProperties = {
	displayName: 'Call ID',
	name: 'callId',
	type: 'string',
	required: true,
	default: '={{ $json.CallId }}',
	placeholder: 'e.g. 54b16dd7-8e68-4a2a-973d-063e39a6998c',
	description: 'The ID of the call, which Make Call gives out as CallId',
};

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

	async perform(callId, itemIndex, batch) {
		return await batch.api.readStatus(callId, (outcome) =>
			outcome.kind === 'read'
				? { json: outcome.body as IDataObject }
				: batch.fail(unreadStatus(batch.node, outcome.failure, itemIndex, callId, batch.redact)),
		);
	},
};
