import type { IDataObject, IExecuteFunctions, INode } from 'n8n-workflow';

import type { CallParameters } from '../../core/callRequest';
import { spokenRequest } from '../../core/spokenRequest';
import type { Result } from '../operation';

const APPROVE_KEY = '1';
const REVIEW_RESPONSES = [
	{ key: APPROVE_KEY, label: 'Approve', message: 'Approved. Thank you.' },
	{ key: '2', label: 'Refuse', message: 'Not approved. Thank you.' },
];

/** Whether the node stands between an AI agent and a tool, as n8n's human review. */
export function isHumanReview(node: INode): boolean {
	return node.type.endsWith('HitlTool');
}

/**
 * The call that asks for a review: what the agent wants, made for ears, and the keys to answer with. The
 * user's own keypad responses replace those of the node; 1 means approval in any case.
 */
export function reviewCall(
	context: IExecuteFunctions,
	itemIndex: number,
	parameters: CallParameters,
): CallParameters {
	const { tool, toolParameters } = context.getInputData()[itemIndex].json;
	const request = spokenRequest(String(parameters.message), String(tool ?? ''), toolParameters);
	return { ...parameters, message: `${request}\n\nPress 1 to approve, or 2 to refuse.` };
}

/** The keypad responses of a review. */
export function reviewResponses(entries: unknown): unknown {
	return Array.isArray(entries) && entries.length > 0 ? entries : REVIEW_RESPONSES;
}

/**
 * The answer that n8n understands: approved when 1 was pressed, and in no other case. Where nobody
 * refused, the agent is told the reason (n8n hands `chatInput` to it); otherwise n8n says "rejected".
 */
export async function reviewResult(call: () => Promise<Result>): Promise<Result> {
	try {
		const { json } = await call();
		const approved = json.pressedKey === APPROVE_KEY;
		return { json: { approved, ...json, ...(approved ? {} : withReason(json)) } };
	} catch (error) {
		const reason = `The call that asks for approval failed: ${(error as Error).message}`;
		return { json: { approved: false, chatInput: `${reason}. Not approved.` } };
	}
}

function withReason({ outcome }: IDataObject): IDataObject {
	switch (outcome) {
		case 'keyPressed':
			return {};
		case 'timedOut':
			return {
				chatInput: 'The call that asks for approval was not answered in time. Not approved.',
			};
		default:
			return { chatInput: 'The call that asks for approval ended without a key. Not approved.' };
	}
}
