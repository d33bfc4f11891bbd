/* What is asked in Ask for Approval, and which keys answer: the fields, and the function that reads them. */
import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { approvalMessage } from '../agent/humanReview';
import { isWrittenByModel, WRITTEN_BY_MODEL } from '../agent/modelArguments';
import { roleOf } from '../agent/roles';
import { parseMessage, type CallRequest } from '../core/calls/callRequest';
import { parseKeys } from '../core/calls/keys';
import { faultOfSpokenRequest } from '../core/calls/spokenRequest';
import { checkSpokenRequest, readMessageCheck } from '../guards/messageCheck';
import type { ItemParameters } from '../guards/itemParameters';
import { keyField, messageProperty, readPhone } from './call';

export const approvalMessageProperty: INodeProperties = {
	...messageProperty('A refund of 40 dollars to Ada waits for your approval.'),
	description: 'What the person is asked. Which key approves and which refuses is said after it.',
};

const USUAL_INSTRUCTION = 'Press 1 to approve, or 2 to refuse.';

export const approvalOptionsProperty: INodeProperties = {
	displayName: 'Approval Options',
	name: 'approvalOptions',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			...keyField,
			displayName: 'Approve Key',
			name: 'approveKey',
			required: false,
			default: '1',
			description: 'The key that approves',
		},
		{
			displayName: 'Instruction',
			name: 'instruction',
			type: 'string',
			default: USUAL_INSTRUCTION,
			description: 'What is said after the message. Name both keys.',
		},
		{
			...keyField,
			displayName: 'Refuse Key',
			name: 'refuseKey',
			required: false,
			default: '2',
			description: 'The key that refuses',
		},
	],
};

export interface ApprovalKeys {
	approveKey: string;
}

/** Reads the call that asks: the request made for ears, and the keys to answer with. */
export function readApprovalCall(
	item: ItemParameters,
): ApprovalKeys & { call: CallRequest | undefined } {
	const {
		approveKey = '1',
		instruction = USUAL_INSTRUCTION,
		refuseKey = '2',
	} = item.parameter('approvalOptions', {}) as IDataObject;
	const isBuilders = refuseWordsOfModel(item);
	const phone = isBuilders ? readPhone(item) : undefined;
	const keys = parseKeys(
		{
			entries: [
				{ key: approveKey, label: 'Approve', message: 'Approved. Thank you.' },
				{ key: refuseKey, label: 'Refuse', message: 'Not approved. Thank you.' },
			],
		},
		item.problems,
	);
	if (String(instruction).trim() === '') {
		item.problem('Instruction', 'is empty. Say which key approves and which refuses');
	}
	const message = readRequest(item, String(instruction).trim());
	return { call: phone && { phone, message, keys }, approveKey: String(approveKey) };
}

/**
 * Refuses what the model could change of the call itself: it must not choose who approves, nor what the keys are
 * said to mean. n8n puts the arguments of the model over the item, also those that nobody asked for.
 *
 * @returns whether nothing was refused
 */
function refuseWordsOfModel(item: ItemParameters): boolean {
	const node = item.context.getNode();
	if (!roleOf(node).speaksForAgent) return true;
	const { phoneNumber, countryCode, approvalOptions } = node.parameters;
	const written = (
		[
			['Phone Number', phoneNumber],
			['Country', countryCode],
			['Instruction', (approvalOptions as IDataObject | undefined)?.instruction],
		] as const
	).filter(([, parameter]) => isWrittenByModel(parameter));
	for (const [field] of written) item.problem(field, WRITTEN_BY_MODEL);
	return written.length === 0;
}

/** Reads what the person is asked, as it is spoken; an empty message is refused, whatever follows it. */
function readRequest(item: ItemParameters, instruction: string): string {
	const { context, itemIndex, problems } = item;
	const written = item.parameter('message', '');
	const message = parseMessage(written, problems);
	if (message === '') return '';
	const isReview = roleOf(context.getNode()).name === 'review';
	const toolCall = isReview ? context.getInputData()[itemIndex].json : {};
	const spoken = approvalMessage(message, toolCall, instruction);
	const fault = faultOfSpokenRequest(spoken);
	if (fault) item.problem('Message', fault);
	const field = { label: 'Message', path: 'message' };
	const check = readMessageCheck(item.option('messageCheck'));
	const found = checkSpokenRequest(context, field, itemIndex, { written, spoken }, check);
	problems.push(...found.problems);
	for (const hint of found.hints) item.hint('Message', hint);
	return spoken;
}
