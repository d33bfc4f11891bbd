/**
 * Renders nodes/Voice2Phone/core/numbers/countryData.ts: what the phone number rules need of the libraries'
 * data, as tables that the shipped node carries instead of a dependency.
 */
const { join } = require('node:path');
const { writeFile } = require('node:fs/promises');
const { getCountryDataList } = require('countries-list');
const {
	PhoneNumberType,
	PhoneNumberUtil,
	ShortNumberInfo,
	shortnumbermetadata,
} = require('google-libphonenumber');
const { parsePhoneNumberFromString } = require('libphonenumber-js/max');
const metadata = require('libphonenumber-js/max/metadata');
const { devDependencies } = require('../package.json');

const OUTPUT = join(__dirname, '../nodes/Voice2Phone/core/numbers/countryData.ts');

/**
 * Regions with a numbering plan of their own whose codes are only reserved in ISO 3166-1; the
 * standard counts them to Saint Helena.
 */
const PART_OF = { AC: 'SH', TA: 'SH' };

/** Positions in a country's row of the metadata (METADATA.md of libphonenumber-js). */
const CALLING_CODE = 0;
const IDD_PREFIX = 1;
const PATTERN = 2;
const POSSIBLE_LENGTHS = 3;
const NATIONAL_PREFIX = 5;
const NATIONAL_PREFIX_FOR_PARSING = 7;
const NATIONAL_PREFIX_TRANSFORM_RULE = 8;
const LEADING_DIGITS = 10;
const TYPES = 11;
/** Position in the types. */
const MOBILE = 1;

/** `[4, 5, 6, 9]` → `4-6,9`. */
function lengthRanges(lengths) {
	const ranges = [];
	for (const length of lengths) {
		const last = ranges.at(-1);
		if (last && last[1] === length - 1) last[1] = length;
		else ranges.push([length, length]);
	}
	return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

/**
 * What tells the country's numbers from those of the others with the same calling code: its leading
 * digits if it has them, else its numbers of every type.
 */
function detectionPattern(plan) {
	const sharing = metadata.country_calling_codes[plan[CALLING_CODE]];
	if (sharing.length === 1) return '';
	if (plan[LEADING_DIGITS]) return plan[LEADING_DIGITS];
	const types = plan[TYPES].filter((type) => type && type[0]).map(([pattern]) => pattern);
	return `(?:${types.join('|')})$`;
}

/**
 * The mobile numbers of a region where libphonenumber takes one that follows the calling code without
 * a + for a local number.
 */
function mistakableMobilePattern(region, plan) {
	const example = PhoneNumberUtil.getInstance().getExampleNumberForType(
		region,
		PhoneNumberType.MOBILE,
	);
	if (!example) return '';
	const international = `${example.getCountryCode()}${example.getNationalNumber()}`;
	const parsed = parsePhoneNumberFromString(international, region);
	const isMistaken = parsed?.isPossible() && parsed.number !== `+${international}`;
	return isMistaken ? plan[TYPES][MOBILE][0] : '';
}

function planRow(region) {
	const plan = metadata.countries[region];
	const row = [
		plan[CALLING_CODE],
		lengthRanges(plan[POSSIBLE_LENGTHS]),
		plan[PATTERN],
		plan[NATIONAL_PREFIX_FOR_PARSING] || plan[NATIONAL_PREFIX] || '',
		plan[NATIONAL_PREFIX_TRANSFORM_RULE] || '',
		plan[IDD_PREFIX] === '00' ? '' : plan[IDD_PREFIX],
		detectionPattern(plan),
		mistakableMobilePattern(region, plan),
	];
	while (row.at(-1) === '') row.pop();
	return row;
}

/** Emergency numbers as long as a phone number of the country, which length alone cannot refuse. */
function longEmergencyNumbers(region) {
	const emergency = shortnumbermetadata.countryToMetadata[region]
		? ShortNumberInfo.getInstance().getMetadataForRegion_(region).getEmergency()
		: undefined;
	const pattern = emergency?.getNationalNumberPattern();
	if (!pattern) return [];
	const matcher = new RegExp(`^(?:${pattern})$`);
	const found = [];
	for (const length of emergency.possibleLengthArray()) {
		if (!metadata.countries[region][POSSIBLE_LENGTHS].includes(length)) continue;
		for (let number = 0; number < 10 ** length; number++) {
			const digits = String(number).padStart(length, '0');
			if (matcher.test(digits)) found.push(digits);
		}
	}
	return found;
}

const quote = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const tuple = (values) => `[${values.map(quote).join(', ')}]`;
const entries = (pairs) => pairs.map(([key, value]) => `\t${key}: ${value},\n`).join('');

function renderCountryData() {
	const byName = new Intl.Collator('en').compare;
	const countries = getCountryDataList()
		.filter(({ iso2 }) => !(iso2 in PART_OF))
		.sort((a, b) => byName(a.name, b.name));
	const regions = Object.keys(metadata.countries).sort();

	const sources = ['libphonenumber-js', 'google-libphonenumber', 'countries-list']
		.map((name) => `${name} ${devDependencies[name]}`)
		.join(', ');
	const sharedCallingCodes = Object.entries(metadata.country_calling_codes)
		.filter(([, sharing]) => sharing.length > 1)
		.map(([callingCode, sharing]) => [callingCode, quote(sharing.join(' '))]);
	const nonGeographic = Object.entries(metadata.nonGeographic).map(([callingCode, plan]) => [
		callingCode,
		quote(lengthRanges(plan[POSSIBLE_LENGTHS])),
	]);
	const emergencyNumbers = regions
		.map((region) => [region, longEmergencyNumbers(region)])
		.filter(([, numbers]) => numbers.length > 0)
		.map(([region, numbers]) => [region, tuple(numbers)]);

	return `// Made by \`npx gulp countryData\` from ${sources}: change build/countryData.js, not this file.

/** ISO 3166-1 alpha-2 and alpha-3 codes and the English name, in the order of the names. */
export type CountryRow = readonly [code: string, alpha3: string, name: string];

/**
 * How numbers of a region are written. Patterns are regular expressions on digits.
 * - \`lengths\`: how many digits follow the calling code, such as \`4-6,9\`
 * - \`pattern\`: the whole number after the calling code
 * - \`nationalPrefix\`: the trunk prefix, at times with a carrier code or with groups for \`transform\`
 * - \`transform\`: what replaces the prefix, when its last group took part
 * - \`idd\`: the prefix of calls abroad, \`00\` where it is missing
 * - \`detection\`: the beginning of numbers of this region among those with the same calling code
 * - \`mobile\`: mobile numbers, given where one behind the calling code looks like a local number
 */
export type NumberingPlanRow = readonly [
	callingCode: string,
	lengths: string,
	pattern: string,
	nationalPrefix?: string,
	transform?: string,
	idd?: string,
	detection?: string,
	mobile?: string,
];

/** The ${countries.length - 1} countries of ISO 3166-1 and Kosovo, whose XK the standard leaves to its users. */
export const COUNTRIES: readonly CountryRow[] = [
${countries.map(({ iso2, iso3, name }) => `\t${tuple([iso2, iso3, name])},\n`).join('')}];

/** By ISO 3166-1 alpha-2 code. */
export const NUMBERING_PLANS: Readonly<Record<string, NumberingPlanRow>> = {
${entries(regions.map((region) => [region, tuple(planRow(region))]))}};

/** Calling codes of several regions: the main one first, then in the order of detection. */
export const SHARED_CALLING_CODES: Readonly<Record<string, string>> = {
${entries(sharedCallingCodes)}};

/** Calling codes that belong to no country, with the lengths of their numbers. */
export const NON_GEOGRAPHIC_CALLING_CODES: Readonly<Record<string, string>> = {
${entries(nonGeographic)}};

/** Regions with a numbering plan but no assigned ISO code, and the country that has them. */
export const PART_OF: Readonly<Record<string, string>> = {
${entries(Object.entries(PART_OF).map(([region, country]) => [region, quote(country)]))}};

/** Emergency numbers that have the length of a phone number. */
export const LONG_EMERGENCY_NUMBERS: Readonly<Record<string, readonly string[]>> = {
${entries(emergencyNumbers)}};
`;
}

/** The gulp task. */
const countryData = () => writeFile(OUTPUT, renderCountryData());

module.exports = { OUTPUT, countryData, renderCountryData };
