import { countryOfRegion, findCountry, suggestCountries, type Country } from './countries';
import { LONG_EMERGENCY_NUMBERS, PART_OF } from './countryData';
import {
	readInRegion,
	readInternational,
	regionsOf,
	type Lengths,
	type Reading,
} from './numberingPlan';
import { dialLetters, digitsOf, quote, toAscii } from './phoneNumberText';

export { maskPhoneNumber } from './phoneNumberText';

/** The choice that takes the country from a number in international form. */
export const AUTO_DETECT = 'auto';

/** A phone number as the API takes it. */
export interface Phone {
	/** International form: '+', calling code and number, digits only (E.164). */
	number: string;
	/** ISO 3166-1 alpha-2. */
	countryCode: string;
}

/**
 * The phone number, or the field that is wrong and a reason that goes on from the field's label:
 * `Phone Number` + ` "+12" is too short for United States …. Enter …`. The reason quotes what was typed,
 * says what is wrong with it and then what to do; it has no full stop at its end.
 */
export type PhoneResult =
	{ ok: true; phone: Phone } | { ok: false; field: 'phoneNumber' | 'countryCode'; reason: string };

/** Fewer digits are taken for a part of a number or an extension, two runs of as many for two numbers. */
const MIN_SEPARATE_NUMBER_LENGTH = 6;

/** Digits with the punctuation of phone numbers, and at most one `+`, before the first digit. */
const WRITTEN_NUMBER = /^[ ()[\]./~-]*\+?[\d ()[\]./~-]*$/;

const EXTENSION = new RegExp(
	[
		'\\d[ ,]*(?:;ext=|(?:e?xt(?:ensi[oó]n?)?n?|x|int|anexo|ramal|доб|#)[.:]?[ ,-]*)\\d{1,20}#?$',
		'[ -]\\d{1,6}#$',
		'~[.:]?[ -]*\\d{1,9}$',
		'\\d *[,;]+ *\\d{1,5}#?$',
	].join('|'),
	'iu',
);
const PAIR_SEPARATOR = /\/| - /;
/** What may stand between two numbers: also a `+`, or anything that no number is written with. */
const NUMBER_SEPARATOR = /(?=\+)|[^\d ()[\]./~-]+|\/| - /u;
/** How a number starts with its trunk prefix, in nearly all countries. */
const TRUNK_ZERO = /^[ (]*0/;
/** The numbers of two or three digits that reach emergency and other services; with a `+` only the best known. */
const SERVICE_NUMBER = /^(?:\d{2,3}|\+(?:112|911|999))$/;
const SERVICE_NUMBER_LENGTH = 3;
/** *100# or #31#030901820, which switch services on and off, and 030 90****, which hides digits. */
const SERVICE_CODE = /^[*#]|\*/;
/** 4.91512E+12, as spreadsheets shorten long numbers. */
const SCIENTIFIC_NOTATION = /^\d([.,]\d+)?e\+?\d+$/i;
/** 4915112345678.0, as exports of decimal columns write whole numbers. */
const DECIMAL_NOTATION = /^\+?[1-9]\d{6,}\.0$/;
const VANITY_NUMBER = /^\+?[\d ().-]{3,}[a-z][a-z\d -]+$/i;

type Refusal = Extract<PhoneResult, { ok: false }>;

const refuse = (reason: string): Refusal => ({ ok: false, field: 'phoneNumber', reason });
const refuseNumber = (typed: unknown, fault: string): Refusal => refuse(`${quote(typed)} ${fault}`);
const refuseCountry = (reason: string): Refusal => ({ ok: false, field: 'countryCode', reason });

/**
 * Reads a number in the way of the country; in international form only, if there is no country or it
 * has no numbering plan.
 * @returns undefined if it is in neither form or has an unknown calling code
 */
function read(text: string, country: Country | undefined): Reading | undefined {
	const digits = digitsOf(text);
	if (text.includes('+')) return readInternational(digits);
	// People write 00 in all countries, also where another prefix is dialled for calls abroad.
	const abroad = digits.startsWith('00') ? readInternational(digits.slice(2)) : undefined;
	if (!country?.callingCode) return abroad;
	const local = readInRegion(digits, country.code);
	const isLocal = local?.possible && belongsTo(local, country);
	return abroad?.possible && (belongsTo(abroad, country) || !isLocal) ? abroad : (local ?? abroad);
}

/** Whether the number has a calling code of the country; any will do for one without a numbering plan. */
function belongsTo({ callingCode, region }: Reading, country: Country): boolean {
	return (
		country.callingCode === undefined ||
		country.callingCode === callingCode ||
		(region !== undefined && PART_OF[region] === country.code)
	);
}

/** The country of the number; the main one of the calling code if its countries cannot be told apart. */
function countryOf({ region, callingCode }: Reading): Country | undefined {
	const [mainRegion] = regionsOf(callingCode);
	const found = region ?? mainRegion;
	return found === undefined ? undefined : countryOfRegion(found);
}

const isPossible = (text: string, country: Country | undefined): boolean =>
	WRITTEN_NUMBER.test(text) && (read(text, country)?.possible ?? false);

/** Whether the text has two numbers or more, each long enough to stand alone. */
function holdsSeveralNumbers(text: string): boolean {
	const parts = text.split(NUMBER_SEPARATOR);
	return parts.filter((part) => digitsOf(part).length >= MIN_SEPARATE_NUMBER_LENGTH).length > 1;
}

/** `030 123456 / 030 654321`, which in a country with long numbers passes for one. */
function isPairWithTrunkPrefixes(text: string, country: Country | undefined): boolean {
	const parts = text.split(PAIR_SEPARATOR);
	return (
		parts.length > 1 &&
		parts.every(
			(part) =>
				TRUNK_ZERO.test(part) &&
				digitsOf(part).length > MIN_SEPARATE_NUMBER_LENGTH &&
				isPossible(part, country),
		)
	);
}

/** `1-800-FLOWERS` in the US, but not `425 233 7837 home`. */
function isVanityNumber(text: string, country: Country | undefined): boolean {
	return (
		VANITY_NUMBER.test(text) &&
		isPossible(dialLetters(text), country) &&
		!isPossible(text.replace(/[a-z]/gi, ''), country)
	);
}

const SERVICE_NUMBER_FAULT =
	'is an emergency or service number, which cannot be called. Enter a full phone number';
const SEVERAL_NUMBERS = 'holds several numbers. Enter one number, and use one item for each call';

/** Says what keeps a text from being a single phone number, whatever its digits. */
function findWritingFault(text: string, country: Country | undefined): string | undefined {
	if (!/\d/.test(text)) return 'has no digits. Enter the number to call';
	if (DECIMAL_NOTATION.test(text)) {
		return 'ends in .0 like a decimal number. Enter the number without it';
	}
	if (SERVICE_CODE.test(text)) {
		return 'has a * or #, as service codes do. Enter a phone number';
	}
	if (EXTENSION.test(text)) {
		return 'has an extension, which cannot be dialled. Enter a number that reaches the person directly';
	}
	if (WRITTEN_NUMBER.test(text)) {
		return isPairWithTrunkPrefixes(text, country) ? SEVERAL_NUMBERS : undefined;
	}
	if (SCIENTIFIC_NOTATION.test(text)) {
		return 'was shortened by a spreadsheet. Format the column as text and enter the whole number';
	}
	if (holdsSeveralNumbers(text)) return SEVERAL_NUMBERS;
	if (/\p{L}/u.test(text)) {
		return isVanityNumber(text, country)
			? `has letters. If they stand for the keys of a phone, enter ${quote(dialLetters(text))}`
			: 'has letters. Enter only the number';
	}
	const [stranger] = /[^\d ()[\]./~+-]/u.exec(text) ?? ['+'];
	if (stranger === '+') {
		return 'has a + in the wrong place. Enter one +, before the calling code';
	}
	if (/\s/.test(stranger)) {
		return 'has a line break or a tab. Enter one number in one line';
	}
	return `has the character ${quote(stranger)}, which is not part of a phone number. Enter digits, spaces and a leading + only`;
}

/** Says why digits are no number at all: they have no calling code, or one that does not exist. */
function explainUnreadable(text: string, country: Country | undefined): string {
	if (country?.callingCode || text.includes('+') || digitsOf(text).startsWith('00')) {
		return 'starts with a calling code that does not exist. Enter + and the calling code, such as +44, before the number';
	}
	return country
		? `is not in international form, and ${country.name} has no numbering plan of its own. Enter + and the calling code before the number`
		: 'is not in international form, so its country cannot be detected. Choose the country, or enter + and the calling code before the number';
}

function explainCallingCode(reading: Reading, country: Country): string {
	const starts = `starts with +${reading.callingCode}`;
	const own = `${country.name} (+${country.callingCode})`;
	const owner = countryOf(reading)?.name;
	return owner
		? `${starts}, the calling code of ${owner}, not of ${own}. Choose ${owner} as the country, or correct the number`
		: `${starts}, the calling code of no country, not of ${own}. Enter a number of ${country.name}`;
}

/** `[10]` → '10', `[4, 5, 6]` → '4 to 6', `[7, 9, 10]` → `7, 9 or 10`. */
function listLengths(lengths: Lengths): string {
	const first = lengths[0];
	const last = lengths[lengths.length - 1];
	if (first === last) return String(first);
	if (lengths.length > 2 && last - first === lengths.length - 1) return `${first} to ${last}`;
	return `${lengths.slice(0, -1).join(', ')} or ${last}`;
}

function explainLength(reading: Reading): string {
	const { callingCode, lengths, nationalNumber } = reading;
	const length = nationalNumber.length;
	const place = countryOf(reading)?.name ?? `+${callingCode}`;
	const numbers = `${place} (${listLengths(lengths)} digits after +${callingCode}, this one has ${length})`;
	if (length < lengths[0]) {
		return `is too short for ${numbers}. Enter the whole number with its area code`;
	}
	if (length > lengths[lengths.length - 1]) {
		return `is too long for ${numbers}. Enter one number, with a + if it starts with a calling code`;
	}
	return `has a wrong length for ${numbers}. Look for a missing or an extra digit`;
}

function isServiceNumber(text: string, reading: Reading | undefined): boolean {
	if (reading?.possible) return false;
	const typed = (text.includes('+') ? '+' : '') + digitsOf(text);
	return SERVICE_NUMBER.test(typed) || reading?.nationalNumber.length === SERVICE_NUMBER_LENGTH;
}

/** The value of the field as text; a JSON number lost its leading zeros and `+` before it got here. */
function textOf(value: unknown): string | Refusal {
	if (value === undefined || value === null) return '';
	if (typeof value === 'string') return toAscii(value);
	if (typeof value === 'number') {
		if (Number.isSafeInteger(value) && value >= 0) return String(value);
		return refuseNumber(value, 'is not a phone number. Enter the number as text');
	}
	return refuse(
		Array.isArray(value)
			? 'is a list. Enter one number, and use one item for each call'
			: `is of the type ${typeof value}. Enter text, such as the one field that holds the number`,
	);
}

function chooseCountry(value: unknown): Country | typeof AUTO_DETECT | Refusal {
	const code = typeof value === 'number' ? String(value) : (value ?? '');
	if (typeof code !== 'string') {
		return refuseCountry(
			`is of the type ${typeof code}. Enter a country code of two letters, such as US, or ${AUTO_DETECT}`,
		);
	}
	if (code.trim() === '') {
		return refuseCountry(
			`is empty. Choose a country, or ${AUTO_DETECT} for numbers in international form`,
		);
	}
	if (code.trim().toLowerCase() === AUTO_DETECT) return AUTO_DETECT;
	const country = findCountry(code);
	if (country) return country;
	const near = suggestCountries(code).map((other) => `${other} (${findCountry(other)?.name})`);
	return refuseCountry(
		near.length > 0
			? `${quote(code)} is not an ISO 3166-1 alpha-2 country code. Did you mean ${near.join(' or ')}?`
			: `${quote(code)} is not an ISO 3166-1 alpha-2 country code. Enter two letters, such as US, or ${AUTO_DETECT}`,
	);
}

/**
 * Checks a phone number as people write it and turns it into the one form that is sent to the API.
 * A number is accepted if its length is one of the country's, as libphonenumber's "possible" has it;
 * test/conformance/differences.ts lists where the two part.
 * @param number text, or a whole number
 * @param country an ISO 3166-1 alpha-2 code in any case, or `auto` to take the country from the number,
 * which must then start with `+` or `00`
 */
export function parsePhone(number: unknown, country: unknown): PhoneResult {
	const choice = chooseCountry(country);
	if (typeof choice !== 'string' && 'ok' in choice) return choice;
	const text = textOf(number);
	if (typeof text !== 'string') return text;

	if (text === '') return refuse('is empty. Enter the number to call');

	const chosen = choice === AUTO_DETECT ? undefined : choice;
	const writingFault = findWritingFault(text, chosen);
	if (writingFault) return refuseNumber(number, writingFault);

	const reading = read(text, chosen);
	if (isServiceNumber(text, reading)) return refuseNumber(number, SERVICE_NUMBER_FAULT);
	if (!reading) return refuseNumber(number, explainUnreadable(text, chosen));
	if (chosen && !belongsTo(reading, chosen)) {
		return refuseNumber(number, explainCallingCode(reading, chosen));
	}
	if (!reading.possible) {
		const fault = holdsSeveralNumbers(text) ? SEVERAL_NUMBERS : explainLength(reading);
		return refuseNumber(number, fault);
	}

	const { callingCode, nationalNumber } = reading;
	const owner = chosen ?? countryOf(reading);
	if (!owner) {
		return refuseNumber(
			number,
			`starts with +${callingCode}, the calling code of no country, and the API needs a country. Enter a number of a country`,
		);
	}
	if (LONG_EMERGENCY_NUMBERS[owner.code]?.includes(nationalNumber)) {
		return refuseNumber(number, SERVICE_NUMBER_FAULT);
	}
	return {
		ok: true,
		phone: { number: `+${callingCode}${nationalNumber}`, countryCode: owner.code },
	};
}
