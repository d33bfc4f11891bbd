import { PhoneNumberType, PhoneNumberUtil } from 'google-libphonenumber';
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import metadata from 'libphonenumber-js/max/metadata';
import { countries, countryOfRegion } from '../../nodes/Voice2Phone/core/numbers/countries';
import { AUTO_DETECT } from '../../nodes/Voice2Phone/core/numbers/phoneNumber';
import type { Random } from '../support/random';

/** A number as somebody writes it, with the country that is chosen for it. */
export interface Writing {
	input: string | number;
	country: string;
	/** The same number in a writing that the library understands, where it does not understand the input. */
	plain?: string;
}

const pick = <T>(random: Random, choices: readonly T[]): T =>
	choices[Math.floor(random() * choices.length)];
const randomDigits = (random: Random, length: number) =>
	Array.from({ length }, () => Math.floor(random() * 10)).join('');

export interface ExampleNumber {
	callingCode: string;
	nationalNumber: string;
	/** As ISO 3166-1 knows it; undefined for the services without a country. */
	country: string | undefined;
}

/** Methods that the type declarations leave out. */
interface NonGeographicExamples {
	getSupportedGlobalNetworkCallingCodes(): number[];
	getExampleNumberForNonGeoEntity(callingCode: number): libphonenumber.PhoneNumber;
}

/** The example numbers of every region and type, and those of the services without a country. */
export function exampleNumbers(): ExampleNumber[] {
	const util = PhoneNumberUtil.getInstance() as PhoneNumberUtil & NonGeographicExamples;
	const toExample = (number: libphonenumber.PhoneNumber | null | undefined, region?: string) =>
		number && {
			callingCode: String(number.getCountryCode()),
			nationalNumber: util.getNationalSignificantNumber(number),
			country: region && countryOfRegion(region).code,
		};
	const types = Object.values(PhoneNumberType).filter((type) => typeof type === 'number');
	return [
		...util
			.getSupportedRegions()
			.sort()
			.flatMap((region) =>
				types.map((type) => toExample(util.getExampleNumberForType(region, type), region)),
			),
		...util
			.getSupportedGlobalNetworkCallingCodes()
			.map((code) => toExample(util.getExampleNumberForNonGeoEntity(code))),
	].filter((example) => !!example);
}

const inScript = (text: string, zero: number) =>
	text.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));

/** What the library allows between digits, apart from `~`, which may also announce an extension. */
const PUNCTUATION = [
	...['', ' ', '-', '.', '/', ' - ', '(', ') ', '['],
	...['\u{AD}', '\u{200B}', '\u{2060}', '\u{3000}', '\u{2012}', '\u{2013}', '\u{2015}', '\u{2053}'],
	...[
		'\u{2212}',
		'\u{223C}',
		'\u{30FC}',
		'\u{FF08}',
		'\u{FF0D}',
		'\u{FF0E}',
		'\u{FF0F}',
		'\u{FF3B}',
	],
];

/** Something between every two to four characters. */
const grouped = (random: Random, digits: string, separators: readonly string[]) =>
	digits.replace(
		/.{2,4}(?=.)/g,
		(group) => group.slice(0, 2) + pick(random, separators) + group.slice(2),
	);

/** A number as people write it, by somebody who chose the country and by somebody who did not. */
function writingsOf({ callingCode, nationalNumber, country }: ExampleNumber, random: Random) {
	const plan = country ? metadata.countries[country as CountryCode] : undefined;
	const idd = typeof plan?.[1] === 'string' && /^\d+$/.test(plan[1]) ? plan[1] : '00';
	const trunk = typeof plan?.[5] === 'string' ? plan[5] : '0';
	const plain = `+${callingCode}${nationalNumber}`;
	const parsed = parsePhoneNumberFromString(plain);
	const national = parsed?.formatNational() ?? nationalNumber;
	const international = parsed?.formatInternational() ?? plain;
	const separated = grouped(random, nationalNumber, PUNCTUATION);

	const anyCountry: Writing[] = [
		{ input: plain },
		{ input: international },
		{ input: `+${callingCode} (${trunk}) ${separated}` },
		{ input: `+${callingCode}-${trunk}${separated}` },
		{ input: `+ ${callingCode} ${separated}` },
		{ input: `+${callingCode} [${nationalNumber.slice(0, 2)}] ${nationalNumber.slice(2)}` },
		{ input: inScript(plain, 0xff10) },
		{ input: inScript(plain, 0xff10).replace('+', '\u{FF0B}'), plain },
		{ input: inScript(international, 0x660) },
		{ input: inScript(international, 0x6f0) },
		{ input: inScript(international, 0x966), plain },
		{ input: inScript(international, 0xe50), plain },
		{ input: international.replaceAll(' ', '\u{A0}') },
		{ input: international.replaceAll(' ', '\u{202F}'), plain },
		{ input: international.replaceAll(' ', '\u{B7}'), plain },
		{ input: `\u{202A}${international}\u{202C}`, plain },
		{ input: `\u{200E}${plain}\u{FEFF}`, plain },
		{ input: `'${plain}`, plain },
		{ input: `tel:${plain}`, plain },
		{ input: `(+${callingCode}) ${separated}`, plain: `+${callingCode} ${separated}` },
		{ input: ` ${international}\r\n`, plain },
		{ input: `00${callingCode} ${separated}`, plain: `+${callingCode} ${separated}` },
		{ input: `${plain} ext. ${randomDigits(random, 3)}` },
		{ input: `${international}x${randomDigits(random, 2)}` },
		{ input: `${plain}, ${randomDigits(random, 4)}` },
		{ input: `${plain}/${plain}` },
		{ input: `${plain} or ${plain}` },
	].map((writing) => ({ ...writing, country: AUTO_DETECT }));
	if (!country) return anyCountry;

	const atHome: Writing[] = [
		{ input: national },
		{ input: nationalNumber },
		{ input: `${trunk}${nationalNumber}` },
		{ input: `(${trunk}${nationalNumber.slice(0, 2)}) ${nationalNumber.slice(2)}` },
		{ input: separated },
		{ input: `${idd} ${callingCode} ${separated}` },
		{ input: `${idd}${callingCode}${trunk}${nationalNumber}` },
		{ input: `${callingCode}${nationalNumber}` },
		{ input: Number(nationalNumber) },
		{ input: Number(`${callingCode}${nationalNumber}`) },
		{ input: `'${national}`, plain: national },
		{ input: `${national} #${randomDigits(random, 3)}` },
		{ input: `${national}~${randomDigits(random, 3)}` },
		{ input: `${national}; ${national}` },
	].map((writing) => ({ ...writing, country }));
	return [...anyCountry, ...anyCountry.map((writing) => ({ ...writing, country })), ...atHome];
}

/** A digit too many, too few or wrong, digits swapped, another country, or no number at all. */
function mutationOf(examples: readonly ExampleNumber[], random: Random): Writing {
	const { callingCode, nationalNumber, country } = pick(random, examples);
	const at = Math.floor(random() * nationalNumber.length);
	const [before, after] = [nationalNumber.slice(0, at), nationalNumber.slice(at)];
	const digits = pick(random, [
		() => before + after.slice(1),
		() => before + after.slice(2),
		() => before + randomDigits(random, 1) + after,
		() => before + randomDigits(random, 3) + after,
		() => before + randomDigits(random, 1) + after.slice(1),
		() => before + randomDigits(random, after.length),
		() => before,
		() => nationalNumber + before,
		() => after + before,
		() => nationalNumber,
		() => randomDigits(random, 2 + Math.floor(random() * 17)),
	])();
	const prefix = pick(random, [
		'',
		'',
		'0',
		'00',
		`00${callingCode}`,
		'011',
		'8',
		'1',
		'+',
		`+${callingCode}`,
		`+${callingCode}`,
		`+${callingCode}0`,
		callingCode,
	]);
	const others = random() < 0.2 ? [pick(random, countries).code] : [];
	const chosen = pick(random, [AUTO_DETECT, ...others, ...(country ? [country, country] : [])]);
	const withoutPlus = `${prefix}${digits}`;
	return {
		input: random() < 0.3 ? grouped(random, withoutPlus, [' ', '-', '', '/']) : withoutPlus,
		country: chosen,
		...(chosen === AUTO_DETECT && /^00[1-9]/.test(withoutPlus)
			? { plain: `+${withoutPlus.slice(2)}` }
			: {}),
	};
}

/** As many writings and mutations as wanted, half of each and evenly over the example numbers. */
export function variantsOf(
	examples: readonly ExampleNumber[],
	count: number,
	random: Random,
): Writing[] {
	return Array.from({ length: count }, (_, index) =>
		index % 2 === 0
			? pick(random, writingsOf(examples[(index / 2) % examples.length], random))
			: mutationOf(examples, random),
	);
}
