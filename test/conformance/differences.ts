/** Asks libphonenumber and us what a writing means, and names the ways in which the two part on purpose. */
import { PhoneNumberUtil } from 'google-libphonenumber';
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import { findCountry } from '../../nodes/Voice2Phone/core/numbers/countries';
import { AUTO_DETECT, parsePhone } from '../../nodes/Voice2Phone/core/numbers/phoneNumber';
import { PLAN_FACTS } from '../../nodes/Voice2Phone/core/numbers/planFacts';
import type { NumberCheck } from '../../nodes/Voice2Phone/core/numbers/readings';
import type { Writing } from './writings';

export interface Verdict {
	/** International form; undefined if refused. */
	number: string | undefined;
	country: string | undefined;
	/** Why we refuse. */
	reason?: string;
	/** How libphonenumber reads the number, also if it refuses it. */
	read?: string;
	/** libphonenumber finds the number possible only when dialled in the same area. */
	isLocalOnly?: boolean;
}

export interface Comparison extends Writing {
	check: NumberCheck;
	/** What the library makes of the input as it stands. */
	asTyped: Verdict;
	/** What the library makes of the plain writing. */
	library: Verdict;
	ours: Verdict;
}

/** A way in which our rules and the library's part on purpose. */
export interface Difference {
	name: string;
	why: string;
	examples: readonly (Writing & { check?: NumberCheck })[];
	covers(comparison: Comparison): boolean;
}

const util = PhoneNumberUtil.getInstance();
const callingCodeOf = (country: string) => findCountry(country)?.callingCode;
const digitsOf = (input: string | number) => String(input).replace(/\D/g, '');
const refusedBecause = (ours: Verdict, words: RegExp) =>
	ours.number === undefined && words.test(ours.reason ?? '');

/** The other library's word on a number: its data are those that our tables are made from. */
const isValidInNewestData = (number: string | undefined) =>
	number !== undefined && (parsePhoneNumberFromString(number)?.isValid() ?? false);
const isValidInOlderData = (number: string | undefined) => {
	if (number === undefined) return false;
	try {
		return util.isValidNumber(util.parse(number));
	} catch {
		return false;
	}
};

const newestPossible = (input: string | number, country: string) => {
	const defaultCountry = country === AUTO_DETECT ? undefined : (country as CountryCode);
	const parsed = parsePhoneNumberFromString(String(input), { defaultCountry, extract: false });
	return parsed?.isPossible() && parsed.ext === undefined ? parsed.number : undefined;
};

export const DIFFERENCES: readonly Difference[] = [
	{
		name: 'calling code of another country',
		why: 'The library takes the country as a guess that a calling code overrules. Here it was chosen, and a call abroad by mistake costs money and rings at a stranger.',
		examples: [
			{ input: '+49 30 901820', country: 'GB', check: 'lengthsOnly' },
			{ input: '011 44 20 7946 0018', country: 'US', check: 'lengthsOnly' },
		],
		covers: ({ country, library, ours }) =>
			library.number !== undefined &&
			callingCodeOf(country) !== undefined &&
			!library.number.startsWith(`+${callingCodeOf(country)}`) &&
			ours.number === undefined,
	},
	{
		name: 'neighbours with one calling code',
		why: 'The library asks whether the number is of the chosen country. Who is called in Canada or Guernsey by the calling code of the chosen country is no mistake: people there dial each other so.',
		examples: [
			{ input: '+1 416 555 0123', country: 'US' },
			{ input: '07781 123456', country: 'GB' },
		],
		covers: ({ check, country, library, ours }) =>
			check === 'numberingPlan' &&
			ours.number !== undefined &&
			library.number === undefined &&
			library.read === ours.number &&
			ours.number.startsWith(`+${callingCodeOf(country)}`) &&
			isValidInNewestData(ours.number),
	},
	{
		name: 'country without a numbering plan',
		why: 'Antarctica and six more have no calling code of their own; a number in international form is taken with them, since the API asks for a country.',
		examples: [{ input: '+262 262 12 34 56', country: 'TF' }],
		covers: ({ country, library, ours }) =>
			country !== AUTO_DETECT &&
			callingCodeOf(country) === undefined &&
			library.read === ours.number,
	},
	{
		name: 'number of no country',
		why: 'Freephone, satellite and other international services have calling codes of their own (+800, +881), and the API takes no call without a country.',
		examples: [
			{ input: '+800 1234 5678', country: AUTO_DETECT },
			{ input: '+881 612 345 678', country: AUTO_DETECT },
		],
		covers: ({ country, library, ours }) =>
			country === AUTO_DETECT &&
			library.number !== undefined &&
			refusedBecause(ours, /the API needs a country/),
	},
	{
		name: 'undecided among countries with one calling code',
		why: 'The library leaves the country open, as with an area code younger than its data. The API needs one, and the number is unambiguous without it: the main country of the calling code is sent.',
		examples: [
			{ input: '+1 555 212 3456', country: AUTO_DETECT, check: 'lengthsOnly' },
			{ input: '+44 1111 111111', country: AUTO_DETECT, check: 'lengthsOnly' },
		],
		covers: ({ check, country, library, ours }) =>
			check === 'lengthsOnly' &&
			country === AUTO_DETECT &&
			library.number === ours.number &&
			library.country === undefined &&
			ours.country !== undefined,
	},
	{
		name: 'Ascension Island and Tristan da Cunha',
		why: 'Their codes AC and TA are reserved but not assigned in ISO 3166-1, which the API asks for: they belong to Saint Helena there.',
		examples: [
			{ input: '+247 40123', country: AUTO_DETECT },
			{ input: '+290 8999', country: AUTO_DETECT },
			{ input: '40123', country: 'SH' },
			{ input: '+247 40123', country: 'SH' },
		],
		covers: ({ ours }) => ours.country === 'SH' && /^\+(247|2908)/.test(ours.number ?? ''),
	},
	{
		name: 'what no young range can have',
		why: 'The library finds every number possible that has a length of its country. But no plan has a number of zeros alone, one that begins with the zero that is dialled before it, or an area code or exchange of North America that begins with 0 or 1.',
		examples: [
			{ input: '0000', country: 'DE', check: 'lengthsOnly' },
			{ input: '0123', country: 'DE', check: 'lengthsOnly' },
			{ input: '+330 0000 00000', country: AUTO_DETECT, check: 'lengthsOnly' },
			{ input: '00000000', country: 'NO', check: 'lengthsOnly' },
			{ input: '000-000-0000', country: 'US', check: 'lengthsOnly' },
			{ input: '+1 212 155 0100', country: AUTO_DETECT, check: 'lengthsOnly' },
		],
		covers({ check, library, ours }) {
			if (check !== 'lengthsOnly' || library.number === undefined || ours.number) return false;
			const callingCode = String(util.parse(library.number).getCountryCode());
			const national = library.number.slice(1 + callingCode.length);
			return callingCode === '1' ? !/^[2-9]..[2-9]/.test(national) : national.startsWith('0');
		},
	},
	{
		name: 'long emergency numbers',
		why: 'South African emergency numbers are as long as some phone numbers there, so the library finds them possible. No workflow should ring an emergency service.',
		examples: [
			{ input: '10111', country: 'ZA', check: 'lengthsOnly' },
			{ input: '+27 10177', country: AUTO_DETECT, check: 'lengthsOnly' },
		],
		covers: ({ library, ours }) =>
			/^\+27101(11|77)$/.test(library.number ?? '') &&
			refusedBecause(ours, /emergency or service number/),
	},
	{
		name: 'two readings',
		why: 'The library decides for one reading; if the plan has both, we refuse and show them. The wrong one rings at a stranger.',
		examples: [
			{ input: '49221123456', country: 'DE' },
			{ input: '46 8 123 456', country: 'SE' },
			{ input: '+(516) 555-0142', country: AUTO_DETECT },
		],
		covers: ({ ours }) => refusedBecause(ours, / can be read as \+\d+/),
	},
	{
		name: 'a zero in brackets',
		why: 'The library keeps the zero of +420 (0) 601…, where no number begins with 0, and dials it.',
		examples: [
			{ input: '+420 (0) 601 123 456', country: AUTO_DETECT },
			{ input: '+48 (0) 22 512 12 34', country: 'PL' },
			{ input: '+352 (0) 621 123 456', country: AUTO_DETECT, check: 'lengthsOnly' },
		],
		covers: ({ input, library, ours }) =>
			/\( *0 *\)/.test(String(input)) &&
			ours.number !== undefined &&
			ours.number !== library.number,
	},
	{
		name: 'the one reading that the plan has',
		why: 'The library settles on a reading before it asks the plan: a calling code without + for a local number, 00 for zeros. If the plan has exactly one of the readings, we take that one.',
		examples: [
			{ input: '001 212 555 0123', country: 'US' },
			{ input: '0081 90 1234 5678', country: 'JP' },
			{ input: '0065 9123 4567', country: 'SG' },
		],
		covers: ({ library, ours }) =>
			isValidInNewestData(ours.number) &&
			library.read !== ours.number &&
			!isValidInNewestData(library.number),
	},
	{
		name: 'narrower by the plan itself',
		why: 'Some patterns have room for numbers that the documents of the plan exclude. planFacts.ts names each with its source.',
		examples: [
			{ input: '082 123 456', country: 'ZA' },
			{ input: '010-123-4567', country: 'KR' },
			{ input: '+55 21 7123-4567', country: AUTO_DETECT },
			{ input: '4915112345678', country: 'DE' },
			{ input: '62812345678', country: 'ID' },
			{ input: '38343201234', country: 'XK' },
		],
		covers: ({ library }) =>
			PLAN_FACTS.some(({ region, excludes }) => {
				const callingCode = `+${callingCodeOf(region)}`;
				return (
					library.read?.startsWith(callingCode) &&
					excludes.test(library.read.slice(callingCode.length))
				);
			}),
	},
	{
		name: 'a calling code twice',
		why: 'With lengths only, too, the second calling code is no part of the number if the plan has the number without it.',
		examples: [{ input: '+91 91 98123 45678', country: 'IN', check: 'lengthsOnly' }],
		covers: ({ ours }) => refusedBecause(ours, /calling code \+\d+ twice/),
	},
	{
		name: '00 in every country',
		why: 'People write 00 for + also where another prefix is dialled for calls abroad. The library reads the zeros as part of a local number, or one of the digits behind them as part of the prefix.',
		examples: [{ input: '001 555 212 3456', country: 'US', check: 'lengthsOnly' }],
		covers: ({ input, country, ours, check }) => {
			const digits = digitsOf(input);
			return (
				country !== AUTO_DETECT &&
				digits.startsWith('00') &&
				askLibrary(`+${digits.slice(2)}`, country, check).number === ours.number
			);
		},
	},
	{
		name: 'writings that only we read',
		why: 'Form fields and address books hold them: a calling code in brackets, a full-width plus, the digits of all scripts, invisible direction marks, the apostrophe of spreadsheets, tel:, raised dots, blanks at the ends, 00 without a chosen country. Each is read as the same number in plain writing is.',
		examples: [
			{ input: '+९१ ९८१२३ ४५६७८', country: 'IN', plain: '+919812345678' },
			{ input: '0049 30 901820', country: AUTO_DETECT, plain: '+4930901820' },
		],
		covers: ({ asTyped, library, ours }) =>
			asTyped.number !== library.number && library.number === ours.number,
	},
	{
		name: 'writings that only the library reads',
		why: 'It skips words, takes letters for keys, and drops an extension or a second number behind a slash or an x. A text with more than a number in it is refused here: nobody knows which part was meant.',
		examples: [{ input: 'Tel. 030 901820', country: 'DE' }],
		covers: ({ input, ours }) =>
			refusedBecause(ours, /has letters|several numbers|has an extension|has the character/) &&
			/[^\d +]/.test(String(input)),
	},
	{
		name: 'what is no phone number by its form',
		why: 'Dates, times, decimals, amounts and rounded values come from a wrong column or a number format. Some have the digits of a number that exists, which is a stranger’s.',
		examples: [
			{ input: '25.11.2026', country: 'DE' },
			{ input: '4930901820.0', country: 'DE', check: 'lengthsOnly' },
			{ input: 14252300000, country: 'US' },
		],
		covers: ({ ours }) =>
			refusedBecause(
				ours,
				/is a date|time of day|point in time|of a computer|decimal number|an amount|rounded by/,
			),
	},
	{
		name: 'local numbers without their area code',
		why: 'The library calls them possible, as they are when dialled in the same town. The API dials from elsewhere.',
		examples: [
			{ input: '233-7837', country: 'US', check: 'lengthsOnly' },
			{ input: '144', country: 'DE', check: 'lengthsOnly' },
		],
		covers: ({ library, ours }) => ours.number === undefined && library.isLocalOnly === true,
	},
	{
		name: 'lengths of the country itself',
		why: 'Of countries with one calling code, the library takes the lengths of the first: eight digits, as Curaçao has them, for a number of Bonaire.',
		examples: [{ input: '+599 7318 1234', country: 'BQ', check: 'lengthsOnly' }],
		covers: ({ check, ours }) =>
			check === 'lengthsOnly' && refusedBecause(ours, /too long for (Bonaire|Saint Helena)/),
	},
	{
		name: 'as short as a local number',
		why: 'In some countries a local number is as long as a whole one of another place whose zero is missing. The library takes it for that one, and a stranger is called.',
		examples: [
			{ input: '654321', country: 'DE' },
			{ input: '22123456', country: 'KR', check: 'lengthsOnly' },
		],
		covers: ({ ours }) => refusedBecause(ours, /may lack its area code/),
	},
	{
		name: 'longer than E.164',
		why: 'Some patterns of the library have room for more than the 15 digits that a number called from abroad can have. They are two numbers in a row, or the code of a product.',
		examples: [
			{ input: '0301234567890123', country: 'DE' },
			{ input: '+62 86 3873 4829 8003 726', country: AUTO_DETECT, check: 'lengthsOnly' },
		],
		covers: ({ library, ours }) => (library.read?.length ?? 0) > 16 && ours.number === undefined,
	},
	{
		name: 'data of another day',
		why: 'google-libphonenumber 3.2.47 is older than the numbering plans that our table is made from (libphonenumber-js 1.13.16). With the same data the libraries decide as we do.',
		examples: [
			{ input: '+263 13 12345', country: AUTO_DETECT },
			{ input: '+229 81 12 34 56', country: AUTO_DETECT },
			{ input: '+49 1541 0123456', country: AUTO_DETECT },
		],
		covers: ({ check, input, country, library, ours }) => {
			if (check === 'lengthsOnly') {
				return library.number !== ours.number && newestPossible(input, country) === ours.number;
			}
			return ours.number === undefined
				? library.number !== undefined && !isValidInNewestData(library.number)
				: isValidInNewestData(ours.number) && !isValidInOlderData(ours.number);
		},
	},
];

/** What the library makes of an input; an extension counts as a refusal, since the API has no field for it. */
export function askLibrary(input: string | number, country: string, check: NumberCheck): Verdict {
	const refused = { number: undefined, country: undefined };
	const chosen = country === AUTO_DETECT ? undefined : country;
	try {
		const parsed = util.parse(String(input), chosen);
		const read = `+${parsed.getCountryCode()}${util.getNationalSignificantNumber(parsed)}`;
		const isRight =
			check === 'lengthsOnly'
				? util.isPossibleNumber(parsed)
				: chosen === undefined
					? util.isValidNumber(parsed)
					: util.isValidNumberForRegion(parsed, chosen);
		if (!isRight || parsed.hasExtension()) return { ...refused, read };
		const region = util.getRegionCodeForNumber(parsed) as string | null | undefined;
		return {
			number: read,
			country: region === '001' ? undefined : (region ?? undefined),
			read,
			isLocalOnly:
				util.isPossibleNumberWithReason(parsed) ===
				PhoneNumberUtil.ValidationResult.IS_POSSIBLE_LOCAL_ONLY,
		};
	} catch {
		return refused;
	}
}

export function askUs(input: string | number, country: string, check: NumberCheck): Verdict {
	const result = parsePhone(input, country, { check });
	return result.ok
		? { number: result.phone.number, country: result.phone.countryCode }
		: { number: undefined, country: undefined, reason: result.reason };
}

export function compare(writing: Writing, check: NumberCheck): Comparison {
	const { input, country, plain } = writing;
	const asTyped = askLibrary(input, country, check);
	const library = plain === undefined ? asTyped : askLibrary(plain, country, check);
	return { ...writing, check, asTyped, library, ours: askUs(input, country, check) };
}

/** What both make of a writing if they agree, or the difference that explains why they do not. */
export function judge(
	writing: Writing,
	check: NumberCheck,
): Difference | 'accepted' | 'refused' | 'unexplained' {
	const comparison = compare(writing, check);
	const { asTyped, library, ours, country } = comparison;
	const sameCountry = country !== AUTO_DETECT || library.country === ours.country;
	if (
		library.number === ours.number &&
		library.number === asTyped.number &&
		(sameCountry || ours.number === undefined)
	) {
		return ours.number === undefined ? 'refused' : 'accepted';
	}
	return DIFFERENCES.find((difference) => difference.covers(comparison)) ?? 'unexplained';
}
