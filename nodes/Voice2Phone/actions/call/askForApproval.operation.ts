/* Ask for Approval: calls one person, who approves what an AI agent wants to do, or refuses. */
import { approvalResult } from '../../agent/humanReview';
import type { WaitRequest } from '../../core/waiting/answer';
import {
	approvalOptionsProperty,
	readApprovalCall,
	type ApprovalKeys,
} from '../../parameters/approval';
import { checkPaceOption, requestOption } from '../../parameters/options';
import {
	approvalCallProperties,
	approvalPlacingOptions,
	readPlacing,
	type PlaceRequest,
} from '../../parameters/placing';
import { madeUpKeyProperty } from '../../parameters/testMode';
import { readWait, waitOptions } from '../../parameters/wait';
import { callAndWaitForResponse } from '../../steps/waitForResponse';
import type { Operation } from '../operation';

export const askForApproval: Operation<PlaceRequest & WaitRequest & ApprovalKeys> = {
	entry: {
		name: 'Ask for Approval',
		// n8n offers a node as human review when it has an operation of this name.
		value: 'sendAndWait',
		description: 'Call one person, who approves or refuses',
		action: 'Ask for approval by phone',
	},
	properties: [...approvalCallProperties, madeUpKeyProperty, approvalOptionsProperty],
	options: [...approvalPlacingOptions, checkPaceOption, requestOption, ...waitOptions],

	read(item) {
		const approval = readApprovalCall(item);
		const call = readPlacing(item, approval.call);
		const wait = readWait(item, call?.keys ?? []);
		return call && { ...call, ...wait, approveKey: approval.approveKey };
	},

	async perform(request, itemIndex, run) {
		return approvalResult(
			await callAndWaitForResponse(request, itemIndex, run),
			request.approveKey,
		);
	},
};
