import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';

/** What the simulator answers: a status code and a body that is sent as JSON. */
export interface Answer {
	statusCode: number;
	body: unknown;
}

/** A valid body of `POST /call`. */
export interface CallRequest {
	/** E.164 form, whatever form was sent. */
	number: string;
	countryCode: string;
	message: string;
	dtmf: Record<string, string>;
}

/** ISO 3166-1 alpha-2, all that are officially assigned. */
const countryCodes = new Set(
	`AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV
	BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES
	ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE
	IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY
	MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU
	NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM
	SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE
	VG VI VN VU WF WS YE YT ZA ZM ZW`.split(/\s+/),
);

/**
 * An error answer. That errors are JSON is documented, their shape is not: `Message` is the
 * simulator's own invention.
 */
export const refusal = (statusCode: number, message: string): Answer => ({
	statusCode,
	body: { Message: message },
});

/**
 * Whether the `Authorization` header holds the key, in one of the two forms that the vendor's sources
 * show: HTTP Basic with the key as user name and an empty password, or the bare key.
 */
export function isAuthorized(header: string | undefined, apiKey: string): boolean {
	const basic = /^Basic (\S+)$/i.exec(header ?? '');
	if (!basic) return header === apiKey;
	return Buffer.from(basic[1], 'base64').toString() === `${apiKey}:`;
}

/** The number in E.164 form; a number that cannot be understood is returned with its digits only. */
export function internationalNumber(number: string, countryCode?: string): string {
	const parsed = parsePhoneNumberFromString(number, {
		defaultCountry: countryCode as CountryCode | undefined,
		extract: false,
	});
	return parsed?.number ?? number.replace(/\D/g, '');
}

/** Whether two numbers in international form are the same, however they are punctuated. */
export const isSameNumber = (one: string | undefined, other: string): boolean =>
	one?.replace(/\D/g, '') === other.replace(/\D/g, '');

/** The number that a body of `POST /call` names, E.164 form; undefined when it names none. */
export function numberIn(body: unknown): string | undefined {
	const phone = isObject(body) && isObject(body.Phone) ? body.Phone : {};
	if (typeof phone.Number !== 'string') return undefined;
	return internationalNumber(
		phone.Number,
		typeof phone.CountryCode === 'string' ? phone.CountryCode : undefined,
	);
}

/** The body as JSON, undefined when it is none. */
export function parseJson(body: string): unknown {
	try {
		return JSON.parse(body);
	} catch {
		return undefined;
	}
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string =>
	typeof value === 'string' && value.trim() !== '';

/** `Dtmf` is optional: the vendor's own clients send null or an empty list when there are no keys. */
const hasNoKeys = (dtmf: unknown): boolean =>
	dtmf === undefined || dtmf === null || (Array.isArray(dtmf) && dtmf.length === 0);

/**
 * Reads a `POST /call` as strictly as the documentation allows.
 *
 * @param contentType the header as it came
 * @param body the parsed JSON, undefined when it could not be parsed
 * @returns the request, or the 400 that tells what is wrong with it
 */
export function readCallRequest(
	contentType: string | undefined,
	body: unknown,
): { request: CallRequest } | { refused: Answer } {
	const refuse = (message: string) => ({ refused: refusal(400, message) });

	if (!/^application\/json\s*(;|$)/i.test(contentType ?? '')) {
		return refuse('Content-Type must be application/json.');
	}
	if (!isObject(body)) return refuse('The body must be a JSON object.');

	const { Phone: phone, Message: message } = body;
	const dtmf = hasNoKeys(body.Dtmf) ? {} : body.Dtmf;
	if (!isObject(phone)) return refuse('Phone is missing.');
	const { Number: number, CountryCode: countryCode } = phone;
	if (!isText(number) || !/\d/.test(number)) return refuse('Phone.Number is missing.');
	if (!isText(countryCode) || !countryCodes.has(countryCode)) {
		return refuse('Phone.CountryCode must be an ISO 3166-1 alpha-2 code.');
	}
	if (!isText(message)) return refuse('Message is missing.');
	if (!isObject(dtmf)) return refuse('Dtmf must map touch keys to messages.');
	for (const [key, text] of Object.entries(dtmf)) {
		if (!/^[0-9*#]$/.test(key)) return refuse(`Dtmf: "${key}" is not a touch key.`);
		if (!isText(text)) return refuse(`Dtmf: the message of key ${key} is missing.`);
	}

	return {
		request: {
			number: internationalNumber(number, countryCode),
			countryCode,
			message,
			dtmf: dtmf as Record<string, string>,
		},
	};
}
