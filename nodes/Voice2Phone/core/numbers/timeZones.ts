/** Tells in which time zones the person with a phone number may be. */
import type { Phone } from './phoneNumber';
import { NORTH_AMERICA } from './planFacts';
import { ZONED_COUNTRIES, ZONES_BY_PREFIX } from './timeZoneData';

const MAX_CALLING_CODE_LENGTH = 3;

interface ZonedCountry {
	leadingDigits: RegExp;
	fixedLines: RegExp;
	others: RegExp;
	zones: readonly string[];
}

interface Tables {
	/** One list for all beginnings with the same zones, so that a caller can cache by the list. */
	zonesByPrefix: ReadonlyMap<string, readonly string[]>;
	maxPrefixLength: number;
	countriesByCallingCode: ReadonlyMap<string, readonly ZonedCountry[]>;
}

let tables: Tables | undefined;

/** Reads the data at the first number: n8n loads this file at its start, also where nobody asks. */
function readTables(): Tables {
	const zonesByPrefix = new Map<string, readonly string[]>();
	for (const [zones, prefixes] of ZONES_BY_PREFIX) {
		const list = zones.split(' ');
		for (const prefix of prefixes.split(' ')) zonesByPrefix.set(prefix, list);
	}
	const countriesByCallingCode = new Map<string, ZonedCountry[]>();
	for (const [callingCode, leadingDigits, fixedLines, others, zones] of ZONED_COUNTRIES) {
		const countries = countriesByCallingCode.get(callingCode) ?? [];
		countriesByCallingCode.set(callingCode, countries);
		countries.push({
			leadingDigits: new RegExp(`^(?:${leadingDigits})`),
			fixedLines: new RegExp(`^${fixedLines}`),
			others: new RegExp(`^${others}`),
			zones: zones.split(' '),
		});
	}
	const maxPrefixLength = Math.max(...[...zonesByPrefix.keys()].map(({ length }) => length));
	return { zonesByPrefix, maxPrefixLength, countriesByCallingCode };
}

/** The zones of the longest beginning that is known. */
function zonesOfPrefix(digits: string, { zonesByPrefix, maxPrefixLength }: Tables) {
	for (let length = maxPrefixLength; length > 0; length--) {
		const zones = zonesByPrefix.get(digits.slice(0, length));
		if (zones) return zones;
	}
	return [];
}

/** The whole country, when it has several clocks and the number may be anywhere in it. */
function zonesOfCountry(
	digits: string,
	{ countriesByCallingCode }: Tables,
): readonly string[] | undefined {
	for (let length = 1; length <= MAX_CALLING_CODE_LENGTH; length++) {
		const countries = countriesByCallingCode.get(digits.slice(0, length));
		if (!countries) continue;
		const national = digits.slice(length);
		const country = countries.find(({ leadingDigits }) => leadingDigits.test(national));
		if (!country) return undefined;
		const staysAtOnePlace = country.fixedLines.test(national) && !country.others.test(national);
		return staysAtOnePlace ? undefined : country.zones;
	}
	return undefined;
}

/**
 * The IANA time zones that the number may be in, those of most beginnings first. They come from libphonenumber, with
 * the corrections of build/timeZones.js.
 * - A fixed line is where its beginning says.
 * - In a country with several clocks, any number that may be no fixed line stands for the whole country.
 *   libphonenumber gives one zone even there, such as Moscow for all of +7 9.
 * - In North America the area code counts, also for mobile numbers, as people there expect. An area code
 *   that lies in several zones stands for all of them, an unknown one for all of North America.
 * @returns the same list for the same place at each call; empty when the number belongs to no place
 */
export function timeZonesOf({ number }: Pick<Phone, 'number'>): readonly string[] {
	tables ??= readTables();
	const digits = number.slice(1);
	const ofCountry = digits.startsWith(NORTH_AMERICA) ? undefined : zonesOfCountry(digits, tables);
	return ofCountry ?? zonesOfPrefix(digits, tables);
}
