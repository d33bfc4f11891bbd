import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { isAllowed } from '../core/numbers/allowedNumbers';
import { parseCallRequest, type CallRequest, type Deduplication } from '../core/calls/callRequest';
import type { Parsed, Problem } from '../core/words';
import { AUTO_DETECT, parsePhone, type Phone } from '../core/numbers/phoneNumber';
import { reviewCall, reviewResponses } from '../agent/humanReview';
import { roleOf } from '../agent/roles';

/** A checked call, and how far the node may go to place it. */
export interface PlaceRequest extends CallRequest {
	/** Whom the call was meant for, when a manual run redirects it to the user's own number. */
	insteadOf: Phone | undefined;
	deduplication: Deduplication | undefined;
	dialAgainWhenUnknown: boolean;
	onSameCall: 'dial' | 'returnFirst' | 'refuse';
}

/** Reads and checks the parameters of a call. */
export function readCall(context: IExecuteFunctions, itemIndex: number): Parsed<PlaceRequest> {
	const options = context.getNodeParameter('options', itemIndex, {}) as IDataObject;
	const problems: Problem[] = [];
	const parameters = {
		countryCode: context.getNodeParameter('countryCode', itemIndex),
		phoneNumber: context.getNodeParameter('phoneNumber', itemIndex),
		message: context.getNodeParameter('message', itemIndex),
		keypadResponses: readKeypadResponses(context, itemIndex),
	};
	const call = parseCallRequest(
		isReview(context) ? reviewCall(context, itemIndex, parameters) : parameters,
	);
	if (!call.ok) problems.push(...call.problems);
	const testPhone = readTestPhone(context, options, problems);
	if (call.ok) refuseForeignNumber(call.value.phone, options, problems);
	const deduplication = readDeduplication(options, testPhone !== undefined, problems);
	if (!call.ok || problems.length > 0) return { ok: false, problems };
	return {
		ok: true,
		value: {
			...call.value,
			phone: testPhone ?? call.value.phone,
			insteadOf: testPhone && call.value.phone,
			deduplication,
			dialAgainWhenUnknown: options.dialAgainWhenUnknown === true,
			onSameCall: readSameCall(context, options),
		},
	};
}

function readSameCall(
	context: IExecuteFunctions,
	{ onSameCall }: IDataObject,
): PlaceRequest['onSameCall'] {
	const { usualSameCall, canReturnFirstCall } = roleOf(context.getNode());
	const choice = (onSameCall ?? usualSameCall) as PlaceRequest['onSameCall'];
	return choice === 'returnFirst' && !canReturnFirstCall ? 'refuse' : choice;
}

function isReview(context: IExecuteFunctions): boolean {
	return roleOf(context.getNode()).name === 'review';
}

/** `[{ key, message, label? }, …]`, of any type; a human review has some of its own. */
export function readKeypadResponses(context: IExecuteFunctions, itemIndex: number): unknown {
	const entries = context.getNodeParameter('dtmf.entries', itemIndex, []);
	return isReview(context) ? reviewResponses(entries) : entries;
}

/**
 * The user's own number, when this execution was started by hand. "Retry" in the executions list does not
 * say how the first execution was started, so the node notes it where a retry finds it.
 */
function readTestPhone(
	context: IExecuteFunctions,
	{ manualTestNumber = '' }: IDataObject,
	problems: Problem[],
): Phone | undefined {
	const noted = context.getContext('node') as { startedByHand?: boolean };
	const mode = context.getMode();
	if (mode !== 'retry') noted.startedByHand = mode === 'manual';
	if (manualTestNumber === '' || noted.startedByHand === false) return undefined;
	const field = 'Manual Test Number';
	if (noted.startedByHand === undefined) {
		const reason =
			'is set, and it is not known whether the execution that is retried was started by hand. Run the workflow anew, or remove the option and retry with the saved workflow';
		problems.push({ field, reason });
		return undefined;
	}
	const parsed = parsePhone(manualTestNumber, AUTO_DETECT);
	if (parsed.ok) return parsed.phone;
	problems.push({ field, reason: parsed.reason });
	return undefined;
}

function refuseForeignNumber(
	phone: Phone,
	{ allowedNumbers }: IDataObject,
	problems: Problem[],
): void {
	if (allowedNumbers === undefined) return;
	const permission = isAllowed(phone, String(allowedNumbers));
	if ('wrongEntry' in permission) {
		const reason = `has "${permission.wrongEntry}", which is neither a number with + and country code nor the beginning of one followed by *`;
		problems.push({ field: 'Allowed Numbers', reason });
	} else if (!permission.allowed) {
		const reason = `${phone.number} is not among the Allowed Numbers. Call one that is, or add it in the options`;
		problems.push({ field: 'Phone Number', reason });
	}
}

const DAY_MS = 24 * 60 * 60 * 1000;

function readDeduplication(
	options: IDataObject,
	redirected: boolean,
	problems: Problem[],
): Deduplication | undefined {
	const { deduplicationKey: key, deduplicationScope, rememberKeyFor = 30 } = options;
	if (!('deduplicationKey' in options)) return undefined;
	if ((typeof key !== 'string' && typeof key !== 'number') || String(key).trim() === '') {
		const reason = 'is empty. Let the expression give a value for each item, or remove the option';
		problems.push({ field: 'Deduplication Key', reason });
	}
	const rememberMs = Number(rememberKeyFor) * DAY_MS;
	if (!(rememberMs > 0)) {
		problems.push({ field: 'Remember Key For', reason: 'must be more than 0 days' });
	}
	return {
		// A test call to one's own phone must not keep the person whom it was meant for from being called.
		key: `${redirected ? 'test ' : ''}${String(key).trim()}`,
		scope: deduplicationScope === 'workflow' ? 'workflow' : 'node',
		rememberMs,
	};
}
