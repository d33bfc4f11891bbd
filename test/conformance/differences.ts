import {
	parsePhoneNumberFromString,
	type CountryCode,
	type PhoneNumber,
} from 'libphonenumber-js/max';
import { findCountry } from '../../nodes/Voice2Phone/core/numbers/countries';
import { AUTO_DETECT, parsePhone } from '../../nodes/Voice2Phone/core/numbers/phoneNumber';
import type { Writing } from './writings';

export interface Verdict {
	/** International form; undefined if refused. */
	number: string | undefined;
	country: string | undefined;
	/** Why we refuse. */
	reason?: string;
}

interface Comparison extends Writing {
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
	examples: readonly Writing[];
	covers(comparison: Comparison): boolean;
}

const callingCodeOf = (country: string) => findCountry(country)?.callingCode;
const digitsOf = (input: string | number) => String(input).replace(/\D/g, '');
const refusedBecause = (ours: Verdict, words: RegExp) =>
	ours.number === undefined && words.test(ours.reason ?? '');

export const DIFFERENCES: readonly Difference[] = [
	{
		name: 'calling code of another country',
		why: 'The library takes the country as a guess that a calling code overrules. Here it was chosen, and a call abroad by mistake costs money and rings at a stranger.',
		examples: [
			{ input: '+49 30 901820', country: 'GB' },
			{ input: '011 44 20 7946 0018', country: 'US' },
		],
		covers: ({ country, library, ours }) =>
			library.number !== undefined &&
			callingCodeOf(country) !== undefined &&
			!library.number.startsWith(`+${callingCodeOf(country)}`) &&
			refusedBecause(ours, / starts with \+\d+, the calling code of /),
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
			library.country === undefined &&
			refusedBecause(ours, /the API needs a country/),
	},
	{
		name: 'undecided among countries with one calling code',
		why: 'The library leaves the country open, as with an area code younger than its data. The API needs one, and the number is unambiguous without it: the main country of the calling code is sent.',
		examples: [
			{ input: '+1 555 012 3456', country: AUTO_DETECT },
			{ input: '+44 1111 111111', country: AUTO_DETECT },
		],
		covers: ({ country, library, ours }) =>
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
		],
		covers: ({ country, library, ours }) =>
			country === AUTO_DETECT &&
			library.number === ours.number &&
			['AC', 'TA'].includes(library.country ?? '') &&
			ours.country === 'SH',
	},
	{
		name: 'long emergency numbers',
		why: 'South African emergency numbers are as long as some phone numbers there, so the library finds them possible. No workflow should ring an emergency service.',
		examples: [
			{ input: '10111', country: 'ZA' },
			{ input: '+27 10177', country: AUTO_DETECT },
		],
		covers: ({ library, ours }) =>
			/^\+27101(11|77)$/.test(library.number ?? '') &&
			refusedBecause(ours, /emergency or service number/),
	},
	{
		name: '00 in every country',
		why: 'People write 00 for + also where another prefix is dialled for calls abroad. The library reads the zeros as part of a local number, or one of the digits behind them as part of the prefix.',
		examples: [
			{ input: '001 212 555 0123', country: 'US' },
			{ input: '0081 90 1234 5678', country: 'JP' },
			{ input: '0065 9123 4567', country: 'SG' },
		],
		covers: ({ input, country, ours }) => {
			const digits = digitsOf(input);
			const international = askLibrary(`+${digits.slice(2)}`, country).number;
			return (
				country !== AUTO_DETECT &&
				digits.startsWith('00') &&
				international !== undefined &&
				international === ours.number
			);
		},
	},
	{
		name: 'mobile number behind the calling code, without +',
		why: 'Messengers and address books write 49151… for +49 151…. In three countries the digits could also be those of a landline, and the library takes them for one, which makes another number of it.',
		examples: [
			{ input: '4915112345678', country: 'DE' },
			{ input: 4915112345678, country: 'DE' },
			{ input: '62812345678', country: 'ID' },
			{ input: '38343201234', country: 'XK' },
		],
		covers: ({ input, country, ours }) =>
			['DE', 'ID', 'XK'].includes(country) &&
			digitsOf(input).startsWith(callingCodeOf(country) ?? '') &&
			ours.number === `+${digitsOf(input)}`,
	},
	{
		name: 'writings that only we read',
		why: 'Form fields and address books hold them: a calling code in brackets, a full-width plus, the digits of all scripts, invisible direction marks, the apostrophe of spreadsheets, tel:, raised dots, blanks at the ends, 00 without a chosen country. Each is read as the same number in plain writing is; the library refuses them, or takes a full-width plus for nothing and the calling code for an area code.',
		examples: [
			{ input: '(+49) 30 901820', country: AUTO_DETECT, plain: '+4930901820' },
			{ input: '＋４９３０９０１８２０', country: AUTO_DETECT, plain: '+4930901820' },
			{ input: '+९१ ९८१२३ ४५६७८', country: 'IN', plain: '+919812345678' },
			{ input: '\u{202A}+49 30 901820\u{202C}', country: AUTO_DETECT, plain: '+4930901820' },
			{ input: "'030 901820", country: 'DE', plain: '030901820' },
			{ input: 'tel:+49-30-901820', country: AUTO_DETECT, plain: '+4930901820' },
			{ input: '01·42·68·53·00', country: 'FR', plain: '0142685300' },
			{ input: ' 030 901820\n', country: 'DE', plain: '030901820' },
			{ input: '0049 30 901820', country: AUTO_DETECT, plain: '+4930901820' },
		],
		covers: ({ asTyped, library, ours }) =>
			asTyped.number !== library.number && library.number === ours.number,
	},
	{
		name: 'two numbers that pass for one long number',
		why: 'The library skips slashes and dashes; in countries with long numbers, two short ones then make a possible third that is nobody’s or a stranger’s.',
		examples: [
			{ input: '030 12345/030 12346', country: 'DE' },
			{ input: '089 12345 - 089 12346', country: 'DE' },
		],
		covers: ({ ours }) => refusedBecause(ours, /several numbers/),
	},
	{
		name: 'decimal numbers',
		why: 'An export of a decimal column adds .0 to whole numbers. The library takes the zero as a digit, which makes another number of it.',
		examples: [{ input: '4930901820.0', country: 'DE' }],
		covers: ({ ours }) => refusedBecause(ours, /decimal number/),
	},
	{
		name: 'parameters of tel: addresses',
		why: 'A local number with its context apart (RFC 3966) is a matter of telephone systems and stands in no form or address book.',
		examples: [{ input: 'tel:30-901820;phone-context=+49', country: AUTO_DETECT }],
		covers: ({ input, ours }) =>
			ours.number === undefined && String(input).includes(';phone-context='),
	},
];

/** What the library makes of an input; an extension counts as a refusal, since the API has no field for it. */
export function askLibrary(input: string | number, country: string): Verdict {
	const parsed: PhoneNumber | undefined = parsePhoneNumberFromString(String(input), {
		defaultCountry: country === AUTO_DETECT ? undefined : (country as CountryCode),
		extract: false,
	});
	return parsed?.isPossible() && parsed.ext === undefined
		? { number: parsed.number, country: parsed.country }
		: { number: undefined, country: undefined };
}

export function askUs(input: string | number, country: string): Verdict {
	const result = parsePhone(input, country);
	return result.ok
		? { number: result.phone.number, country: result.phone.countryCode }
		: { number: undefined, country: undefined, reason: result.reason };
}

/** What both make of a writing if they agree, or the difference that explains why they do not. */
export function judge(writing: Writing): Difference | 'accepted' | 'refused' | 'unexplained' {
	const { input, country, plain } = writing;
	const asTyped = askLibrary(input, country);
	const library = plain === undefined ? asTyped : askLibrary(plain, country);
	const ours = askUs(input, country);
	const sameCountry = country !== AUTO_DETECT || library.country === ours.country;
	if (
		library.number === ours.number &&
		library.number === asTyped.number &&
		(sameCountry || ours.number === undefined)
	) {
		return ours.number === undefined ? 'refused' : 'accepted';
	}
	const comparison = { ...writing, asTyped, library, ours };
	return DIFFERENCES.find((difference) => difference.covers(comparison)) ?? 'unexplained';
}
