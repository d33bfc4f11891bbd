import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { CallParameters } from '../core/calls/callRequest';
import { spokenRequest } from '../core/calls/spokenRequest';
import { asSentence } from '../core/words';

const APPROVE_KEY = '1';
const REVIEW_RESPONSES = [
	{ key: APPROVE_KEY, label: 'Approve', message: 'Approved. Thank you.' },
	{ key: '2', label: 'Refuse', message: 'Not approved. Thank you.' },
];

/** The call that asks for a review: what the agent wants, made for ears, and the keys to answer with. */
export function reviewCall(
	context: IExecuteFunctions,
	itemIndex: number,
	parameters: CallParameters,
): CallParameters {
	const { tool, toolParameters } = context.getInputData()[itemIndex].json;
	const request = spokenRequest(String(parameters.message), String(tool ?? ''), toolParameters);
	return {
		...parameters,
		message: `${asSentence(request.trim())}\n\nPress 1 to approve, or 2 to refuse.`,
	};
}

/** The keypad responses of a review: the user's own, and the node's where the user has none for a key. */
export function reviewResponses(entries: unknown): unknown {
	const own = (Array.isArray(entries) ? entries : []) as IDataObject[];
	return [
		...own,
		...REVIEW_RESPONSES.filter((response) => !own.some(({ key }) => key === response.key)),
	];
}

/**
 * The answer that n8n understands: approved when 1 and nothing else was pressed, and in no other case.
 * Where nobody refused, `chatInput` is what n8n hands to the agent; otherwise it says "rejected".
 */
export function reviewResult({ json }: { json: IDataObject }): { json: IDataObject } {
	if (/^1+$/.test(String(json.Dtmf ?? '').trim())) return { json: { approved: true, ...json } };
	if (json.outcome === 'keyPressed') return { json: { approved: false, ...json } };
	const chatInput = notApproved(`The call that asks for approval ${howItEnded(json)}.`);
	return { json: { approved: false, ...json, chatInput } };
}

/** The answer when the person could not be asked. */
export function failedReview({ message }: Error): IDataObject {
	const reason = `The call that asks for approval failed. ${asSentence(message)}`;
	return { approved: false, chatInput: notApproved(reason) };
}

function howItEnded({ outcome }: IDataObject): string {
	switch (outcome) {
		case 'timedOut':
			return 'was not answered in time';
		case 'skipped':
			return 'was not made, because its Deduplication Key was used before';
		default:
			return 'ended without a key';
	}
}

/** An agent that is only told of a fault tries again, and each time a phone rings. */
function notApproved(reason: string): string {
	return `Not approved. ${reason} Do not try again; tell the user.`;
}
