/** Collects the numbers that a text can stand for, and takes one only if no other makes sense. */
import type { Country } from './countries';
import { PART_OF } from './countryData';
import {
	hasTrunkZero,
	isMobile,
	readExactly,
	readInRegion,
	readInternational,
	readLocal,
	regionsOf,
	withoutIdd,
	type Reading,
} from './numberingPlan';
import { LONGEST_LOCAL_NUMBERS, NORTH_AMERICA } from './planFacts';
import { digitsOf } from './phoneNumberText';

/** What has to be right about a number: that the plan has it, or only that it has as many digits as others. */
export type NumberCheck = 'numberingPlan' | 'lengthsOnly';

/** A text that has only digits, the punctuation of phone numbers, and at most a + before them. */
export interface Written {
	/** In ASCII. */
	text: string;
	digits: string;
	hasPlus: boolean;
	/** Web addresses turn a + into a blank: `?to=+4930901820` arrives as ` 4930901820`. */
	startsWithBlank: boolean;
}

/** The number that is meant; several, of which it could be each; or none, with the likeliest reading. */
export type Meaning =
	| { is: 'one'; reading: Reading }
	| { is: 'several'; readings: readonly Reading[] }
	| { is: 'none'; reading: Reading | undefined };

/** `+49 (0) 30`, `0049(0)30`, `49 (0)30`: what stands before a zero in brackets, and what behind it. */
const ZERO_IN_BRACKETS = /^([^[(]*\d[^[(]*|[ ([]*\+? *\d{1,3}[)\]][^[(]*)[([] *0 *[)\]](.*)$/;
/** Looked for first, as few numbers have it. */
const BRACKETED_ZERO = /[([] *0 *[)\]]/;
/** Hardly any landline has so many digits behind its calling code, and none has more. */
const LONG_LANDLINE = 11;
/** `+(516)`, `+516 555 0142`: an area code and the grouping of North America, with a + before them. */
const NORTH_AMERICAN_GROUPS = /^\+ *(?:[([] *\d{3} *[)\]]|\d{3}[ .-]\d{3}[ .-]\d{4}$)/;
/** Line numbers that North America keeps for fiction, which people type while they build (NANPA, 555-01XX). */
const FICTIONAL_LINE = /^\d{3}55501\d\d$/;

export function toWritten(text: string, raw: unknown = text): Written {
	return {
		text,
		digits: digitsOf(text),
		hasPlus: text.includes('+'),
		startsWithBlank: typeof raw === 'string' && /^ \d/.test(raw),
	};
}

export const numberOf = ({ callingCode, nationalNumber }: Reading): string =>
	`+${callingCode}${nationalNumber}`;

/** Whether the number has a calling code of the country; any will do for one without a numbering plan. */
export function belongsTo({ callingCode, region }: Reading, country: Country | undefined): boolean {
	return (
		country?.callingCode === undefined ||
		country.callingCode === callingCode ||
		(region !== undefined && PART_OF[region] === country.code)
	);
}

/** `91 98123 45678` behind `+91`: the number without its second calling code, if the plan has that one. */
export function withoutSecondCallingCode({
	callingCode,
	nationalNumber,
}: Reading): Reading | undefined {
	// In North America the 1 is also what people dial before an area code.
	const again = nationalNumber.replace(callingCode === NORTH_AMERICA ? /^00/ : /^0+/, '');
	const reading = again.startsWith(callingCode) ? readInternational(again) : undefined;
	return reading?.valid ? reading : undefined;
}

/** The readings with different numbers, the first of each. */
function distinct(readings: readonly Reading[]): Reading[] {
	const numbers = readings.map(numberOf);
	return readings.filter((_, index) => numbers.indexOf(numbers[index]) === index);
}

/** What follows a prefix of calls abroad: 00, which people write in all countries, or the country's own. */
function abroadDigits(digits: string, country: Country | undefined): string[] {
	const own = country?.callingCode ? withoutIdd(digits, country.code) : undefined;
	return [
		...(digits.startsWith('00') ? [digits.slice(2)] : []),
		...(own === undefined ? [] : [own]),
	];
}

const isReading = (reading: Reading | undefined): reading is Reading => reading !== undefined;

/**
 * The readings of a number with a zero in brackets: without the zero, and with it, as it belongs to the
 * number in Italy. Elsewhere than behind a calling code nobody knows what it is meant for.
 */
function zeroReadings(written: Written, country: Country | undefined): Reading[] {
	const { text, hasPlus } = written;
	const match = BRACKETED_ZERO.test(text) ? ZERO_IN_BRACKETS.exec(text) : null;
	if (!match) return [];
	const [before, after] = [digitsOf(match[1]), digitsOf(match[2])];
	const callingCodes = hasPlus ? [before] : [before, ...abroadDigits(before, country)];
	const callingCode = callingCodes.find((code) => regionsOf(code).length > 0);
	if (callingCode === undefined) {
		const withoutZero = toWritten(`${match[1]} ${match[2]}`);
		return [written, withoutZero].flatMap((each) => candidatesOf(each, country));
	}
	return [readInternational(callingCode + after), readExactly(callingCode, `0${after}`)].filter(
		isReading,
	);
}

/** Regions with a calling code of their own that belong to the country. */
const partsOf = ({ code }: Country) =>
	Object.keys(PART_OF).filter((region) => PART_OF[region] === code);

/** The readings of a number without +, which a country is chosen for. */
function readingsWithoutPlus(written: Written, country: Country): Reading[] {
	const { digits, startsWithBlank } = written;
	const abroad = abroadDigits(digits, country).map(readInternational);
	if (!country.callingCode) return abroad.filter(isReading);
	const international = digits.startsWith(country.callingCode)
		? readLocal(digits.slice(country.callingCode.length), country.code)
		: undefined;
	if (international?.valid && startsWithBlank) return [international];
	const own = readLocal(digits, country.code);
	const parts = own.valid ? [] : partsOf(country).map((region) => readLocal(digits, region));
	return [...abroad, own, ...parts, international].filter(isReading);
}

/** The number with its calling code once, if the code stands twice as a group of digits of its own. */
function readingWithoutSecondCode({ text }: Written, callingCode: string): Reading | undefined {
	const [first, second, ...others] = text.match(/\d+/g) ?? [];
	if (first !== callingCode || second !== callingCode) return undefined;
	return readInternational(callingCode + others.join(''));
}

/** A North American number whose + lacks its 1, if it is written like one. */
function northAmericanReading({ text, digits }: Written, callingCode: string): Reading | undefined {
	const [firstGroup] = text.match(/\d+/g) ?? [];
	if (firstGroup === callingCode) return undefined;
	return NORTH_AMERICAN_GROUPS.test(text) || FICTIONAL_LINE.test(digits)
		? readExactly(NORTH_AMERICA, digits)
		: undefined;
}

/**
 * `447911123456` with Germany chosen: its plan has room for it as a landline whose zero is missing. But landlines
 * have 11 digits at most (in Germany by the Bundesnetzagentur's numbering plan of local numbers), and
 * messengers write mobile numbers of the world so.
 */
function foreignReading({ digits }: Written, own: Reading, country: Country | undefined) {
	if (!country?.callingCode || isMobile(own) || !hasTrunkZero(country.code)) return undefined;
	const abroad = readInternational(digits);
	if (!abroad || belongsTo(abroad, country)) return undefined;
	return digits.length >= (isMobile(abroad) ? LONG_LANDLINE : LONG_LANDLINE + 1)
		? abroad
		: undefined;
}

/** What shows where the area code ends: nobody writes a local number so. */
const MARKS_AREA_CODE = /[)\]/]/;
/** Behind a 1 are services of the whole country, as 1544-1234 in South Korea. */
const FIRST_OF_LOCAL = /^[2-9]/;

/**
 * Whether the number may be a local one, as `654321` in Germany: as it stands, it is one of another place whose zero
 * is missing. Who is called then is a stranger.
 */
export function mayLackAreaCode({ text, digits }: Written, reading: Reading): boolean {
	const { nationalNumber, region = '' } = reading;
	return (
		nationalNumber === digits &&
		FIRST_OF_LOCAL.test(digits) &&
		digits.length <= (LONGEST_LOCAL_NUMBERS[region] ?? 0) &&
		!MARKS_AREA_CODE.test(text) &&
		!isMobile(reading)
	);
}

/** Other numbers that a text may be meant for, though it can be read as it stands. */
function rivalsOf(written: Written, reading: Reading, country: Country | undefined): Reading[] {
	const { callingCode } = reading;
	return [
		readingWithoutSecondCode(written, callingCode),
		foreignReading(written, reading, country),
		written.hasPlus && !country ? northAmericanReading(written, callingCode) : undefined,
	].filter((rival) => rival?.valid && numberOf(rival) !== numberOf(reading)) as Reading[];
}

/**
 * The one reading that libphonenumber gives, also of a number that the plan does not have.
 * @returns undefined if the digits are in no form, or have an unknown calling code
 */
export function likeliestReading(
	{ digits, hasPlus }: Pick<Written, 'digits' | 'hasPlus'>,
	country: Country | undefined,
): Reading | undefined {
	if (hasPlus) return readInternational(digits);
	const abroad = digits.startsWith('00') ? readInternational(digits.slice(2)) : undefined;
	if (!country?.callingCode) return abroad;
	const local = readInRegion(digits, country.code);
	const isLocal = local?.possible && belongsTo(local, country);
	return abroad?.possible && (belongsTo(abroad, country) || !isLocal) ? abroad : (local ?? abroad);
}

function candidatesOf(written: Written, country: Country | undefined): Reading[] {
	if (written.hasPlus || !country) {
		return [likeliestReading(written, country)].filter(isReading);
	}
	return readingsWithoutPlus(written, country);
}

/**
 * What a text means: the number, if exactly one reading is one of the plan. With the check of lengths only,
 * the likeliest reading will do when the plan has none of them.
 * @param country the chosen one, undefined to take it from the number
 */
export function meaningOf(
	written: Written,
	country: Country | undefined,
	check: NumberCheck,
): Meaning {
	const zeros = zeroReadings(written, country);
	const candidates = zeros.length > 0 ? zeros : candidatesOf(written, country);
	const valid = distinct(candidates.filter((reading) => reading.valid));
	if (valid.some((reading) => belongsTo(reading, country))) {
		const readings = distinct([...valid, ...rivalsOf(written, valid[0], country)]);
		return readings.length === 1
			? { is: 'one', reading: readings[0] }
			: { is: 'several', readings };
	}
	const likeliest = zeros[0] ?? likeliestReading(written, country);
	const isTwice = likeliest && withoutSecondCallingCode(likeliest) !== undefined;
	if (check === 'lengthsOnly' && likeliest && !isTwice && belongsTo(likeliest, country)) {
		const possible = distinct(zeros.length > 0 ? zeros : [likeliest]).filter(
			(reading) => reading.conceivable,
		);
		if (possible.length === 1) return { is: 'one', reading: possible[0] };
		if (possible.length > 1) return { is: 'several', readings: possible };
	}
	return { is: 'none', reading: valid[0] ?? likeliest };
}
