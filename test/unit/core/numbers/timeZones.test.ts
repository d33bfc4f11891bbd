import { readFileSync } from 'node:fs';
import examples from 'libphonenumber-js/examples.mobile.json';
import { getCountries, getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { timeZonesOf } from '../../../../nodes/Voice2Phone/core/numbers/timeZones';

const { OUTPUT, ONE_CLOCK, readSource, renderTimeZoneData } = jest.requireActual<{
	OUTPUT: string;
	ONE_CLOCK: readonly string[];
	readSource: () => Record<string, string[]>;
	renderTimeZoneData: () => string;
}>('../../../../build/timeZones');

const zones = (number: string) => [...timeZonesOf({ number })].sort();
const source = Object.entries(readSource());

/** What the clock of a zone does in three years, two looks a day. */
const clocks = new Map<string, string>();
function clockOf(zone: string): string {
	let clock = clocks.get(zone);
	if (clock === undefined) {
		const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
		const offsets: string[] = [];
		for (let time = Date.UTC(2026, 0); time < Date.UTC(2029, 0); time += 43_200_000) {
			offsets.push(format.format(time).split(' ').at(-1) ?? '');
		}
		clock = offsets.join();
		clocks.set(zone, clock);
	}
	return clock;
}

/** Newer engines have a method where older ones have a field. */
function timeZonesIn(country: string): string[] {
	const locale = new Intl.Locale(`und-${country}`) as unknown as {
		timeZones?: string[];
		getTimeZones?(): string[];
	};
	return locale.getTimeZones?.() ?? locale.timeZones ?? [];
}

/** Zones that the source has for another country or place, with a clock that differs at times. */
const WRONG_CLOCKS: Array<[start: string, zone: string]> = [
	['1474', 'America/Winnipeg'],
	['1689', 'America/Chicago'],
	['1709', 'America/Puerto_Rico'],
	['1867', 'America/Vancouver'],
	['1867', 'America/Fort_Nelson'],
	['1879', 'America/Puerto_Rico'],
	['211', 'Africa/Nairobi'],
	['212', 'Atlantic/Canary'],
	['213', 'Europe/Paris'],
	['218', 'Europe/Bucharest'],
	['505', 'America/Chicago'],
	['52', 'America/New_York'],
	['5591', 'America/Manaus'],
	['7', 'Europe/Bucharest'],
	['7845', 'Europe/Moscow'],
	['970', 'Europe/Bucharest'],
];
const isWrong = (prefix: string, zone: string) =>
	WRONG_CLOCKS.some(([start, wrong]) => prefix.startsWith(start) && zone === wrong);

/** A number that begins so and that libphonenumber takes for a fixed line, outside North America. */
function fixedLine(prefix: string): string | undefined {
	if (prefix.startsWith('1')) return undefined;
	for (const length of [11, 12, 10]) {
		for (const digit of '23') {
			const number = `+${prefix.padEnd(length, digit)}`;
			if (parsePhoneNumberFromString(number)?.getType() === 'FIXED_LINE') return number;
		}
	}
	return undefined;
}

it('is what the installed libraries say: run `npx gulp timeZones` if this fails', () => {
	expect(readFileSync(OUTPUT, 'utf8')).toBe(renderTimeZoneData());
});

describe('every beginning of the source', () => {
	it('is there in full', () => {
		expect(source.length).toBeGreaterThan(3_000);
		expect(new Set(source.flatMap(([, list]) => list)).size).toBeGreaterThan(280);
	});

	const lacking = (prefix: string, list: string[], number: string) => {
		const found = new Set(zones(number).map(clockOf));
		return list
			.filter((zone) => !isWrong(prefix, zone) && !found.has(clockOf(zone)))
			.map((zone) => `${number} ${zone}`);
	};

	it('has no clock less than the source says, save those of other places', () => {
		expect(source.flatMap(([prefix, list]) => lacking(prefix, list, `+${prefix}`))).toEqual([]);
	});

	it('has none less either as a whole number of a fixed line', () => {
		const fixedLines = source.flatMap(([prefix, list]) => {
			const number = fixedLine(prefix);
			return number ? [{ prefix, list, number }] : [];
		});
		expect(fixedLines.length).toBeGreaterThan(800);
		const longer = ({ prefix, number }: { prefix: string; number: string }) =>
			source.some(([other]) => other.length > prefix.length && number.startsWith(`+${other}`));
		const alone = fixedLines.filter((line) => !longer(line));
		expect(alone.flatMap(({ prefix, list, number }) => lacking(prefix, list, number))).toEqual([]);
	});

	it('has just the zones of the source where a country has one clock', () => {
		const alone = source.filter(
			([prefix, list]) => list.length === 1 && zones(`+${prefix}`).length === 1,
		);
		expect(alone.length).toBeGreaterThan(1_500);
		const others = alone.filter(
			([prefix, [zone]]) => !isWrong(prefix, zone) && zones(`+${prefix}`)[0] !== zone,
		);
		// Zones with the clock of the place, but the name of another country.
		expect(others.map(([prefix]) => prefix)).toEqual([
			'231',
			'245',
			'370',
			'371',
			'372',
			'375',
			'850',
			'853',
		]);
	});
});

describe('zones', () => {
	it('are known to Intl', () => {
		for (const [prefix] of source) zones(`+${prefix}`).forEach(clockOf);
		expect(clocks.size).toBeGreaterThan(280);
	});

	it.each(ONE_CLOCK)('of +%s have one clock, so none of them need be told apart', (callingCode) => {
		expect(zones(`+${callingCode}`).length).toBeGreaterThan(1);
		expect(new Set(zones(`+${callingCode}`).map(clockOf)).size).toBe(1);
	});

	it.each([
		['a German number', '+4930901820', ['Europe/Berlin']],
		['an Indian mobile number', '+919812345678', ['Asia/Calcutta']],
		['an Irish mobile number', '+353851234567', ['Europe/Dublin']],
		['a Moroccan mobile number', '+212612345678', ['Africa/Abidjan', 'Africa/Casablanca']],
		['a Cuban number', '+5378312345', ['America/Havana', 'America/Puerto_Rico']],
		['a fixed line of Madrid', '+34912345678', ['Europe/Madrid']],
		['a fixed line of Tenerife', '+34922123456', ['Atlantic/Canary']],
		['a Spanish mobile number', '+34612345678', ['Atlantic/Canary', 'Europe/Madrid']],
		['a fixed line of Moscow', '+74951234567', ['Europe/Moscow']],
		['a fixed line of Kaliningrad', '+74012123456', ['Europe/Kaliningrad']],
		[
			'a fixed line of Yakutia',
			'+74112345678',
			['Asia/Srednekolymsk', 'Asia/Ust-Nera', 'Asia/Yakutsk'],
		],
		['the younger area code of Orlando', '+16895550100', ['America/New_York']],
		['the youngest area code of Saskatchewan', '+14745550100', ['America/Regina']],
		['a fixed line of Saratov', '+78452123456', ['Europe/Saratov']],
		['a Kazakh mobile number', '+77012345678', ['Asia/Almaty', 'Asia/Aqtobe']],
		['a fixed line of S\u{E3}o Paulo', '+551132345678', ['America/Sao_Paulo']],
		['a fixed line of Sydney', '+61298765432', ['Australia/Sydney']],
		['a fixed line of Brisbane', '+61733211234', ['Australia/Brisbane', 'Australia/Sydney']],
		['a fixed line of the Chatham Islands', '+6433051234', ['Pacific/Chatham']],
		['Seattle', '+14255550100', ['America/Los_Angeles']],
		['Florida beyond its capital', '+18505550000', ['America/Chicago', 'America/New_York']],
		['its younger area code', '+14485550000', ['America/Chicago', 'America/New_York']],
		[
			'Yukon to Nunavut',
			'+18670000000',
			[
				'America/Edmonton',
				'America/Jamaica',
				'America/Regina',
				'America/Toronto',
				'America/Whitehorse',
				'America/Winnipeg',
			],
		],
		['a satellite phone', '+8821612345678', []],
	])('of %s, %s, are %j', (_, number, expected) => {
		expect(zones(number)).toEqual(expected);
	});

	it.each([
		['Russian', '+79161234567', ['Europe/Kaliningrad', 'Europe/Moscow', 'Asia/Kamchatka']],
		['Australian', '+61412345678', ['Australia/Perth', 'Australia/Sydney', 'Australia/Darwin']],
		['Brazilian', '+5511987654321', ['America/Rio_Branco', 'America/Sao_Paulo', 'America/Noronha']],
		['Mexican', '+525512345678', ['America/Tijuana', 'America/Mexico_City', 'America/Cancun']],
		['Indonesian', '+6281212345678', ['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura']],
		['Chilean', '+56961234567', ['America/Santiago', 'America/Punta_Arenas', 'Pacific/Easter']],
		['Portuguese', '+351912345678', ['Atlantic/Azores', 'Europe/Lisbon']],
		['New Zealand', '+64211234567', ['Pacific/Auckland', 'Pacific/Chatham']],
	])('of a %s mobile number, %s, are those of the whole country', (_, number, some) => {
		expect(zones(number)).toEqual(expect.arrayContaining(some));
	});

	it('of a mobile number are on all clocks that Intl knows in its country', () => {
		const lacking = getCountries().flatMap((country) => {
			const number = getExampleNumber(country, examples);
			if (!number || number.countryCallingCode === '1') return [];
			const found = new Set(zones(number.number).map(clockOf));
			const all = timeZonesIn(country).filter((zone) => !found.has(clockOf(zone)));
			return all.map((zone) => `${country} ${zone}`);
		});
		// The clock of Beijing is the official one; a weather station; numbers of the Crimea begin with +7.
		expect(lacking).toEqual(['CN Asia/Urumqi', 'GL America/Danmarkshavn', 'UA Europe/Simferopol']);
	});

	it.each(['+18005550100', '+15005550006', '+19995550100'])(
		'of %s, with an area code of no place, are all of North America',
		(number) => {
			expect(zones(number)).toEqual(
				expect.arrayContaining(['Pacific/Honolulu', 'America/New_York', 'America/St_Johns']),
			);
		},
	);

	// Of the releases 2026b to 2026f of the IANA time zone database; the Node.js here may have an older one.
	it.each([
		['British Columbia', '+16045550100', -7],
		['the east of British Columbia', '+12504255010', -7],
		['Alberta', '+14035550100', -6],
		['the Northwest Territories', '+18679205010', -6],
		['Manitoba', '+12045550100', -5],
		['Kenora', '+18074675010', -5],
		['Morocco', '+212612345678', 0],
		['Cuba', '+5351234567', -4],
	])('of %s, %s, have its clock of the winter of 2026 too', (_, number, hoursFromUtc) => {
		const noon = Date.UTC(2026, 11, 15, 12);
		const hours = timeZonesOf({ number }).map((timeZone) =>
			Number(
				new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(
					noon,
				),
			),
		);
		expect(hours).toContain(12 + hoursFromUtc);
	});

	it.each([
		['+16045550100', 'America/Vancouver'],
		['+12045550100', 'America/Winnipeg'],
		['+212612345678', 'Africa/Casablanca'],
		['+5351234567', 'America/Havana'],
	])('of %s are named by %s first', (number, zone) => {
		expect(timeZonesOf({ number })[0]).toBe(zone);
	});

	it.each([
		['+34922123456', ['Atlantic/Canary']],
		['+34612345678', ['Atlantic/Canary', 'Europe/Madrid']],
		// No range of today, so nobody knows its place.
		['+34994707259', ['Atlantic/Canary', 'Europe/Madrid']],
		['+77012345678', ['Asia/Almaty', 'Asia/Aqtobe']],
	])('of %s are %j also when it is the first number of all', (number, expected) => {
		jest.isolateModules(() => {
			const fresh = jest.requireActual<
				typeof import('../../../../nodes/Voice2Phone/core/numbers/timeZones')
			>('../../../../nodes/Voice2Phone/core/numbers/timeZones');
			expect([...fresh.timeZonesOf({ number })].sort()).toEqual(expected);
		});
	});

	it('are the same list for the same place, so that answers can be kept by it', () => {
		expect(timeZonesOf({ number: '+4930901820' })).toBe(timeZonesOf({ number: '+4915112345678' }));
		expect(timeZonesOf({ number: '+61412345678' })).toBe(timeZonesOf({ number: '+61498765432' }));
	});
});
