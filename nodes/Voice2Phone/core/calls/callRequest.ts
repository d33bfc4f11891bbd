import { parsePhone, type Phone } from '../numbers/phoneNumber';
import { quote } from '../numbers/phoneNumberText';
import type { Parsed, Problem } from '../words';

/** The keys of a phone that can be answered with. */
export const KEYS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#'] as const;

/** A call, ready to be placed. */
export interface CallRequest {
	phone: Phone;
	message: string;
	/** What is played when a key is pressed; undefined when no key is asked for. */
	dtmf: Record<string, string> | undefined;
}

/** The body of `POST /call`, with the names of the API. */
export interface CallBody {
	Phone: { Number: string; CountryCode: string };
	Message: string;
	Dtmf?: Record<string, string>;
}

/** The parameters as n8n hands them over: of any type, since any of them may come from an expression. */
export interface CallParameters {
	countryCode: unknown;
	phoneNumber: unknown;
	message: unknown;
	/** `[{ key, message }, …]` */
	keypadResponses: unknown;
}

/** How long a deduplication key keeps others from being called again, and for which nodes it counts. */
export interface Deduplication {
	key: string;
	scope: 'node' | 'workflow';
	rememberMs: number;
}

/** Checks the parameters of a call and finds all that is wrong, not only the first thing. */
export function parseCallRequest(parameters: CallParameters): Parsed<CallRequest> {
	const problems: Problem[] = [];
	const phone = parsePhone(parameters.phoneNumber, parameters.countryCode);
	if (!phone.ok) {
		problems.push({
			field: phone.field === 'countryCode' ? 'Country' : 'Phone Number',
			reason: phone.reason,
		});
	}
	const message = asText(parameters.message);
	if (message === '')
		problems.push({ field: 'Message', reason: 'is empty. Enter what is to be said' });
	const dtmf = parseKeypadResponses(parameters.keypadResponses, problems);
	if (problems.length > 0 || !phone.ok) return { ok: false, problems };
	return { ok: true, value: { phone: phone.phone, message, dtmf } };
}

export function toBody({ phone, message, dtmf }: CallRequest): CallBody {
	return {
		Phone: { Number: phone.number, CountryCode: phone.countryCode },
		Message: message,
		...(dtmf && { Dtmf: dtmf }),
	};
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text has the form that the API's documentation shows of a call ID. */
export const isGuid = (text: string): boolean => GUID.test(text);

/**
 * A call ID is a GUID (the API's documentation shows one): anything else is refused, so that nothing else
 * can get into the path of a request.
 */
export function parseCallId(callId: unknown): Parsed<string> {
	const text = asText(callId);
	if (isGuid(text)) return { ok: true, value: text };
	const reason =
		text === ''
			? 'is empty. The node before gave no CallId; connect a Make Call before this node, or enter the ID'
			: `${quote(text)} is not a call ID. It looks like 54b16dd7-8e68-4a2a-973d-063e39a6998c and is the CallId in the output of Make Call`;
	return { ok: false, problems: [{ field: 'Call ID', reason }] };
}

function parseKeypadResponses(
	entries: unknown,
	problems: Problem[],
): Record<string, string> | undefined {
	if (!Array.isArray(entries) || entries.length === 0) return undefined;
	const field = 'Keypad Responses';
	const dtmf: Record<string, string> = {};
	for (const entry of entries as Array<{ key?: unknown; message?: unknown }>) {
		const key = asText(entry.key);
		const message = asText(entry.message);
		if (!(KEYS as readonly string[]).includes(key)) {
			problems.push({
				field,
				reason: `have the key ${quote(key)}, which is not on a phone. Choose 0–9, * or #`,
			});
		} else if (key in dtmf) {
			problems.push({
				field,
				reason: `have the key ${key} twice. Choose another key for one of them`,
			});
		} else if (message === '') {
			problems.push({
				field,
				reason: `have no message for the key ${key}. Enter what is to be said after it`,
			});
		} else {
			dtmf[key] = message;
		}
	}
	return dtmf;
}

function asText(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}
