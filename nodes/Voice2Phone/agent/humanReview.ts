/* The spoken request of an approval, and the answer that n8n understands. */
import type { IDataObject } from 'n8n-workflow';

import { speakable } from '../core/calls/messageCheck';
import { spokenRequest } from '../core/calls/spokenRequest';
import { asSentence } from '../core/words';

/**
 * What the person hears: the message with what the agent wants, made for ears, and which keys answer.
 *
 * @param toolCall the item of a human review: `tool` and `toolParameters`, as n8n sends them
 */
export function approvalMessage(
	message: string,
	{ tool, toolParameters }: IDataObject,
	instruction: string,
): string {
	const request = speakable(spokenRequest(message, String(tool ?? ''), toolParameters));
	return `${asSentence(request.trim())}\n\n${instruction}`;
}

/**
 * The answer that n8n understands: approved when the one key and nothing else was pressed, and in no other
 * case. Where nobody refused, `chatInput` is what n8n hands to the agent; otherwise it says "rejected".
 */
export function approvalResult<T extends { json: IDataObject; pressed?: unknown }>(
	result: T,
	approveKey: string,
): T {
	const { json, pressed } = result;
	const isKey = typeof pressed === 'string' || typeof pressed === 'number';
	// A made-up key of a dry run was not pressed: it approves nothing.
	if (isKey && String(pressed).trim() === approveKey) {
		return { ...result, json: { ...json, approved: true } };
	}
	if (json.outcome === 'keyPressed' || json.outcome === 'otherKey') {
		return { ...result, json: { ...json, approved: false } };
	}
	const chatInput = notApproved(`The call that asks for approval ${howItEnded(json)}.`);
	return { ...result, json: { ...json, approved: false, chatInput } };
}

/** The answer when the person could not be asked. */
export function failedReview({ message }: Error): IDataObject {
	const reason = `The call that asks for approval failed. ${asSentence(message)}`;
	return { approved: false, chatInput: notApproved(reason) };
}

function howItEnded({ outcome, notCalledBecause }: IDataObject): string {
	switch (outcome) {
		case 'timedOut':
			return 'was not answered in time';
		case 'notCalled':
			return `was not made (${String(notCalledBecause)})`;
		default:
			return 'ended without a key';
	}
}

/** An agent that is only told of a fault tries again, and each time a phone rings. */
function notApproved(reason: string): string {
	return `Not approved. ${reason} Do not try again; tell the user.`;
}
