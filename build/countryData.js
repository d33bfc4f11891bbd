/**
 * Renders nodes/Voice2Phone/core/numbers/countryData.ts, and its date in docs/phone-numbers.md: what the phone number rules need of the libraries'
 * data, as tables that the shipped node carries instead of a dependency.
 */
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { readFile, writeFile } = require('node:fs/promises');
const { getCountryDataList } = require('countries-list');
const { ShortNumberInfo, shortnumbermetadata } = require('google-libphonenumber');
const metadata = require('libphonenumber-js/max/metadata');
const { devDependencies } = require('../package.json');

const OUTPUT = join(__dirname, '../nodes/Voice2Phone/core/numbers/countryData.ts');

/** The page that tells users how old the data are. */
const DOCS = join(__dirname, '../docs/phone-numbers.md');

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
/** Positions in the types. */
const FIXED_LINE = 0;
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

/** Version and date of Google's data, as the change log of libphonenumber-js gives them. */
function dataVersion() {
	const folder = dirname(require.resolve('libphonenumber-js/package.json'));
	const changes = readFileSync(join(folder, 'CHANGELOG.md'), 'utf8');
	const found =
		/^[\d.]+ \/ (\d+)\.(\d+)\.(\d{4})\n=+\n\n\* Updated metadata to version ([\d.]+)/m.exec(
			changes,
		);
	if (!found)
		throw new Error('The change log of libphonenumber-js names no version of the metadata');
	const [, day, month, year, version] = found;
	return { version, date: `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` };
}

/** A pattern as it stands in the table: `x` for `\d`, plain brackets. It halves the table. */
const shorten = (pattern) => pattern.replaceAll('\\d', 'x').replaceAll('(?:', '(');

/** The patterns of the types, each once, as one. */
const joinTypes = (types) =>
	shorten(
		[...new Set(types.filter((type) => type && type[0]).map(([pattern]) => pattern))].join('|'),
	);

/** Mobile numbers apart from all others; where the plan does not tell them from landlines, all are others. */
function typePatterns(plan) {
	const types = plan[TYPES];
	const mobile = types[MOBILE] && types[MOBILE][0];
	const isApart = mobile && mobile !== types[FIXED_LINE]?.[0];
	return isApart
		? [joinTypes([types[MOBILE]]), joinTypes(types.filter((_, index) => index !== MOBILE))]
		: ['', joinTypes(types)];
}

function planRow(region) {
	const plan = metadata.countries[region];
	const [mobile, others] = typePatterns(plan);
	const row = [
		plan[CALLING_CODE],
		lengthRanges(plan[POSSIBLE_LENGTHS]),
		shorten(plan[PATTERN]),
		others,
		mobile,
		plan[NATIONAL_PREFIX_FOR_PARSING] || plan[NATIONAL_PREFIX] || '',
		plan[NATIONAL_PREFIX_TRANSFORM_RULE] || '',
		plan[IDD_PREFIX] === '00' ? '' : plan[IDD_PREFIX],
		plan[LEADING_DIGITS] || '',
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
		tuple([lengthRanges(plan[POSSIBLE_LENGTHS]), joinTypes(plan[TYPES])]),
	]);
	const emergencyNumbers = regions
		.map((region) => [region, longEmergencyNumbers(region)])
		.filter(([, numbers]) => numbers.length > 0)
		.map(([region, numbers]) => [region, tuple(numbers)]);

	return `// Made by \`npx gulp countryData\` from ${sources}: change build/countryData.js, not this file.

/** ISO 3166-1 alpha-2 and alpha-3 codes and the English name, in the order of the names. */
export type CountryRow = readonly [code: string, alpha3: string, name: string];

/** The version of Google's libphonenumber whose numbering plans these are, and the day they were published. */
export const NUMBERING_PLANS_VERSION = ${tuple(Object.values(dataVersion()))} as const;

/**
 * How numbers of a region are written. The three patterns are regular expressions on the digits after the
 * calling code, with \`x\` for any digit and no capturing groups.
 * - \`lengths\`: how many digits follow the calling code, such as \`4-6,9\`
 * - \`all\`: what all numbers have in common
 * - \`others\`, \`mobile\`: the numbers of the plan, which also match \`all\`; \`others\` holds the mobile
 * numbers too where nothing tells them from landlines
 * - \`nationalPrefix\`: the trunk prefix, at times with a carrier code or with groups for \`transform\`
 * - \`transform\`: what replaces the prefix, when its last group took part
 * - \`idd\`: the prefix of calls abroad, \`00\` where it is missing
 * - \`leadingDigits\`: the beginning of numbers of this region among those with the same calling code
 */
export type NumberingPlanRow = readonly [
	callingCode: string,
	lengths: string,
	all: string,
	others: string,
	mobile?: string,
	nationalPrefix?: string,
	transform?: string,
	idd?: string,
	leadingDigits?: string,
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

/** Calling codes that belong to no country, with the lengths and the pattern of their numbers. */
export const NON_GEOGRAPHIC_CALLING_CODES: Readonly<
	Record<string, readonly [lengths: string, numbers: string]>
> = {
${entries(nonGeographic)}};

/** Regions with a numbering plan but no assigned ISO code, and the country that has them. */
export const PART_OF: Readonly<Record<string, string>> = {
${entries(Object.entries(PART_OF).map(([region, country]) => [region, quote(country)]))}};

/** Emergency numbers that have the length of a phone number. */
export const LONG_EMERGENCY_NUMBERS: Readonly<Record<string, readonly string[]>> = {
${entries(emergencyNumbers)}};
`;
}

/** The page with the version and the date of the data in it. */
function renderDocs(page) {
	const { version, date } = dataVersion();
	return page.replace(
		/libphonenumber \d+\.\d+\.\d+ of \d{4}-\d\d-\d\d/,
		`libphonenumber ${version} of ${date}`,
	);
}

/** The gulp task. */
async function countryData() {
	await writeFile(OUTPUT, renderCountryData());
	await writeFile(DOCS, renderDocs(await readFile(DOCS, 'utf8')));
}

module.exports = { DOCS, OUTPUT, countryData, renderCountryData, renderDocs };
