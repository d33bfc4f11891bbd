/* A call as the API takes it, and the ID that the API gives it. */
import { parsePhone, type Phone, type PhoneOptions } from '../numbers/phoneNumber';
import { quote } from '../numbers/phoneNumberText';
import type { Parsed, Problem } from '../words';
import { toDtmf, type OfferedKey } from './keys';

/** A call, ready to be placed. */
export interface CallRequest {
	phone: Phone;
	message: string;
	/** The keys that can be pressed; none when the call asks for no key. */
	keys: readonly OfferedKey[];
}

/** The body of `POST /call`, with the names of the API. */
export interface CallBody {
	Phone: { Number: string; CountryCode: string };
	Message: string;
	Dtmf?: Record<string, string>;
}

/** Reads a number and its country, of any type, and adds what is wrong with them to the problems. */
export function parsePhoneParameters(
	phoneNumber: unknown,
	countryCode: unknown,
	problems: Problem[],
	options: PhoneOptions = {},
): Phone | undefined {
	const phone = parsePhone(phoneNumber, countryCode, options);
	if (phone.ok) return phone.phone;
	const field = phone.field === 'countryCode' ? 'Country' : 'Phone Number';
	problems.push({ field, reason: phone.reason });
	return undefined;
}

/** Reads what is to be said, of any type, and adds what is wrong with it to the problems. */
export function parseMessage(message: unknown, problems: Problem[]): string {
	const reason = faultOfMessage(message);
	if (reason) problems.push({ field: 'Message', reason });
	return reason ? '' : String(message).trim();
}

function faultOfMessage(message: unknown): string | undefined {
	if (message === undefined || message === null || message === '') {
		return 'is empty. Enter what is to be said';
	}
	if (typeof message !== 'string' && typeof message !== 'number') {
		const type = Array.isArray(message) ? 'a list' : `of the type ${typeof message}`;
		return `is ${type}. Let the expression give a text`;
	}
	return String(message).trim() === '' ? 'is empty. Enter what is to be said' : undefined;
}

export function toBody({ phone, message, keys }: CallRequest): CallBody {
	const dtmf = toDtmf(keys, message);
	return {
		Phone: { Number: phone.number, CountryCode: phone.countryCode },
		Message: message,
		...(dtmf && { Dtmf: dtmf }),
	};
}

/** What makes two calls the same: whom it rings and what it says, not how the country or the keys were written. */
export function sameCallOf({ phone, message, keys }: CallRequest): object {
	const replies = keys.map(({ key, message: reply }) => [key, asHeard(reply)]).sort();
	return { number: phone.number, message: asHeard(message), replies };
}

/** An agent that asks again may write the same words with other quotes, blanks or forms of its letters. */
export function asHeard(text: string): string {
	return text
		.replace(/\p{Cf}/gu, '')
		.normalize('NFC')
		.replace(/[\u2018\u2019\u02BC\u00B4`]/g, "'")
		.replace(/[\u201C-\u201F\u00AB\u00BB]/g, '"')
		.replace(/[\u2010-\u2015\u2212]/g, '-')
		.replace(/\u2026/g, '...')
		.replace(/\s+/g, ' ')
		.replace(/[ .!]+$/, '');
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text has the form that the API's documentation shows of a call ID. */
export const isGuid = (text: string): boolean => GUID.test(text);

/**
 * A call ID is a GUID (the API's documentation shows one): anything else is refused, so that nothing else
 * can get into the path of a request.
 */
export function parseCallId(callId: unknown): Parsed<string> {
	const text = typeof callId === 'string' ? callId.trim() : '';
	if (isGuid(text)) return { ok: true, value: text };
	const reason =
		callId === undefined || callId === null || callId === ''
			? 'is empty. The node before gave no CallId; connect a Make Call before this node, or enter the ID'
			: `${typeof callId === 'object' ? `is of the type object, which` : quote(callId)} is not a call ID. It looks like 54b16dd7-8e68-4a2a-973d-063e39a6998c and is the CallId in the output of Make Call`;
	return { ok: false, problems: [{ field: 'Call ID', reason }] };
}
