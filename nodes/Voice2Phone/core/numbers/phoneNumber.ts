/** Checks a phone number as people write it and turns it into the one form that is sent to the API. */
import { findCountry, suggestCountries, type Country } from './countries';
import { LONG_EMERGENCY_NUMBERS } from './countryData';
import { explainCorrection, findCorrection } from './corrections';
import {
	countryOf,
	explainCallingCode,
	explainReading,
	explainSeveral,
	explainUnreadable,
} from './explainReading';
import { hasTrunkZero, type Reading } from './numberingPlan';
import { quote, toAscii } from './phoneNumberText';
import {
	belongsTo,
	likeliestReading,
	meaningOf,
	numberOf,
	toWritten,
	type NumberCheck,
	type Written,
} from './readings';
import { findWritingFault, holdsSeveralNumbers, SEVERAL_NUMBERS } from './writingFaults';

export { maskPhoneNumber } from './phoneNumberText';
export type { NumberCheck } from './readings';

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

export interface PhoneOptions {
	/**
	 * `numberingPlan` refuses numbers that the plan of their country does not have. `lengthsOnly` also takes
	 * numbers that only have the right length, for ranges that are younger than the plans here.
	 */
	check?: NumberCheck;
}

/** No number is written longer; no pattern sees a text that is. */
const MAX_WRITTEN_LENGTH = 100;
/** The numbers of two or three digits that reach emergency and other services; with a `+` only the best known. */
const SERVICE_NUMBER = /^(?:\d{2,3}|\+(?:112|911|999))$/;
const SERVICE_NUMBER_LENGTH = 3;
/** A range is written with another dash than the hyphen that the number has. */
const RANGE_DASH = /[\u{2012}-\u{2015}]/u;

/** Behind it people see digits in another order than the one in which they are dialled. */
const RIGHT_TO_LEFT_OVERRIDE = /\u{202E}/u;

type Refusal = Extract<PhoneResult, { ok: false }>;

const refuse = (reason: string): Refusal => ({ ok: false, field: 'phoneNumber', reason });
const refuseNumber = (typed: unknown, fault: string): Refusal => refuse(`${quote(typed)} ${fault}`);
const refuseCountry = (reason: string): Refusal => ({ ok: false, field: 'countryCode', reason });

const SERVICE_NUMBER_FAULT =
	'is an emergency or service number, which cannot be called. Enter a full phone number';

const isLongEmergencyNumber = ({ nationalNumber }: Reading, region: string): boolean =>
	LONG_EMERGENCY_NUMBERS[region]?.includes(nationalNumber) ?? false;

function isServiceNumber({ hasPlus, digits }: Written, reading: Reading | undefined): boolean {
	const typed = (hasPlus ? '+' : '') + digits;
	return (
		SERVICE_NUMBER.test(typed) ||
		reading?.nationalNumber.length === SERVICE_NUMBER_LENGTH ||
		(reading?.region !== undefined && isLongEmergencyNumber(reading, reading.region))
	);
}

/** The value of the field as text; a JSON number lost its leading zeros and `+` before it got here. */
function textOf(value: unknown): string | Refusal {
	if (value === undefined || value === null) return '';
	if (typeof value === 'string') {
		return value.trim().length > MAX_WRITTEN_LENGTH
			? refuseNumber(
					value,
					'is too long to be a phone number. Enter one number, and use one item for each call',
				)
			: RIGHT_TO_LEFT_OVERRIDE.test(value)
				? refuseNumber(value, 'has a hidden mark that shows it backwards. Type the number anew')
				: toAscii(value);
	}
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

/** What keeps a text from being one number, whatever its digits. */
function findTextFault(typed: unknown, text: string, country: Country | undefined) {
	return findWritingFault({
		text,
		hasRangeDash: typeof typed === 'string' && typed.includes('-') && RANGE_DASH.test(typed),
		lacksTrunkZero:
			country?.callingCode !== undefined && hasTrunkZero(country.code) && !/^[ (]*[0+]/.test(text),
		nationalNumber(part) {
			const meaning = meaningOf(toWritten(part), country, 'numberingPlan');
			return meaning.is === 'one' ? meaning.reading.nationalNumber : undefined;
		},
		isPossible: (part) => likeliestReading(toWritten(part), country)?.possible ?? false,
	});
}

/** Why the text means no number, with the advice that fits best. */
function explainNone(
	written: Written,
	reading: Reading | undefined,
	country: Country | undefined,
): string {
	if (isServiceNumber(written, reading)) return SERVICE_NUMBER_FAULT;
	const isAbroad = reading !== undefined && country !== undefined && !belongsTo(reading, country);
	const correction = findCorrection(written, reading, country);
	if (correction) return explainCorrection(correction, country);
	if (isAbroad) return explainCallingCode(reading, country);
	if (!reading) {
		const isInternational =
			country?.callingCode !== undefined || written.hasPlus || written.digits.startsWith('00');
		return explainUnreadable(isInternational, country);
	}
	if (!reading.possible && holdsSeveralNumbers(written.text)) return SEVERAL_NUMBERS;
	return explainReading(reading);
}

/**
 * Checks a phone number as people write it and turns it into the one form that is sent to the API.
 * A number is accepted if exactly one reading of it is a number of the numbering plan, as libphonenumber's
 * "valid" has it; test/conformance/differences.ts lists where the two part.
 * @param number text, or a whole number
 * @param country an ISO 3166-1 alpha-2 code in any case, or `auto` to take the country from the number,
 * which must then start with `+` or `00`
 */
export function parsePhone(
	number: unknown,
	country: unknown,
	{ check = 'numberingPlan' }: PhoneOptions = {},
): PhoneResult {
	const choice = chooseCountry(country);
	if (typeof choice !== 'string' && 'ok' in choice) return choice;
	const text = textOf(number);
	if (typeof text !== 'string') return text;

	if (text === '') return refuse('is empty. Enter the number to call');

	const chosen = choice === AUTO_DETECT ? undefined : choice;
	const textFault = findTextFault(number, text, chosen);
	if (textFault) return refuseNumber(number, textFault);

	const written = toWritten(text, number);
	const meaning = meaningOf(written, chosen, check);
	if (meaning.is === 'several') return refuseNumber(number, explainSeveral(meaning.readings));
	if (meaning.is === 'none') {
		return refuseNumber(number, explainNone(written, meaning.reading, chosen));
	}

	const { reading } = meaning;
	const owner = chosen ?? countryOf(reading);
	if (!owner) {
		return refuseNumber(
			number,
			`starts with +${reading.callingCode}, the calling code of no country, and the API needs a country. Enter a number of a country`,
		);
	}
	if (isLongEmergencyNumber(reading, owner.code)) {
		return refuseNumber(number, SERVICE_NUMBER_FAULT);
	}
	return { ok: true, phone: { number: numberOf(reading), countryCode: owner.code } };
}
