import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import {
	DAYS,
	isOpen,
	localTimes,
	nextOpening,
	parseSchedule,
	type ScheduleParameters,
} from '../../../../nodes/Voice2Phone/core/hours/schedule';
import { at, office, schedule } from '../../../support/hours';
import { timeZonesOf } from '../../../../nodes/Voice2Phone/core/numbers/timeZones';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The first problem as a user reads it. */
function problem(changes: Partial<ScheduleParameters>): string | undefined {
	const parsed = parseSchedule({ ...office, ...changes });
	return parsed.ok ? undefined : `${parsed.problems[0].field} ${parsed.problems[0].reason}`;
}

const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString());

const EVERY_DAY = { days: [...DAYS] };
const berlin = ['Europe/Berlin'];

describe('hours', () => {
	it.each([
		['2026-11-25T07:59:59.999Z', false],
		['2026-11-25T08:00:00Z', true],
		['2026-11-25T18:59:59.999Z', true],
		['2026-11-25T19:00:00Z', false],
		['2026-11-28T12:00:00Z', false],
		['2026-11-29T23:30:00Z', false],
		['2026-11-30T08:00:00Z', true],
	])('of an office in Berlin at %s are open: %s', (time, open) => {
		expect(isOpen(schedule(), berlin, at(time))).toBe(open);
	});

	it('are open only when they are in all zones', () => {
		const zones = ['America/New_York', 'America/Los_Angeles'];
		expect(isOpen(schedule(), zones, at('2026-11-25T16:59:59Z'))).toBe(false);
		expect(isOpen(schedule(), zones, at('2026-11-25T17:00:00Z'))).toBe(true);
		expect(isOpen(schedule(), zones, at('2026-11-26T00:59:59Z'))).toBe(true);
		expect(isOpen(schedule(), zones, at('2026-11-26T01:00:00Z'))).toBe(false);
	});

	it('are never open for a number of no zone', () => {
		expect(isOpen(schedule(), [], at('2026-11-25T12:00:00Z'))).toBe(false);
		expect(nextOpening(schedule(), [], at('2026-11-25T12:00:00Z'))).toBeNull();
		expect(localTimes([], at('2026-11-25T12:00:00Z'))).toBe('');
	});

	it('go over midnight with the day on which they begin', () => {
		const nights = schedule({ from: '22:00', until: '06:00' });
		const open = (time: string) => isOpen(nights, ['UTC'], at(time));
		expect(open('2026-11-27T21:59:59Z')).toBe(false); // Friday
		expect(open('2026-11-27T22:00:00Z')).toBe(true);
		expect(open('2026-11-28T05:59:59Z')).toBe(true); // Saturday, the night of Friday
		expect(open('2026-11-28T06:00:00Z')).toBe(false);
		expect(open('2026-11-28T23:00:00Z')).toBe(false);
		expect(open('2026-11-30T03:00:00Z')).toBe(false); // Monday, the night of Sunday
	});

	it('leave a date out from midnight to midnight, and the night that would begin on it', () => {
		const nights = schedule({ ...EVERY_DAY, from: '22:00', until: '06:00', notOn: '2026-12-24' });
		const open = (time: string) => isOpen(nights, ['UTC'], at(time));
		expect(open('2026-12-23T23:59:59Z')).toBe(true);
		expect(open('2026-12-24T00:00:00Z')).toBe(false);
		expect(open('2026-12-24T23:00:00Z')).toBe(false);
		expect(open('2026-12-25T05:00:00Z')).toBe(false);
		expect(open('2026-12-25T22:00:00Z')).toBe(true);
	});

	it('take a date by the clock of the person called', () => {
		const holiday = schedule({ ...EVERY_DAY, from: '00:00', until: '24:00', notOn: '2026-12-25' });
		expect(isOpen(holiday, ['Pacific/Auckland'], at('2026-12-24T10:59:00Z'))).toBe(true);
		expect(isOpen(holiday, ['Pacific/Auckland'], at('2026-12-24T11:00:00Z'))).toBe(false);
		expect(isOpen(holiday, ['America/New_York'], at('2026-12-24T11:00:00Z'))).toBe(true);
	});

	it('of the whole day have no gap at midnight', () => {
		const always = schedule({ ...EVERY_DAY, from: '00:00', until: '24:00' });
		for (let time = at('2026-03-28T00:00:00Z'); time < at('2026-03-30T00:00:00Z'); time += MINUTE) {
			expect(isOpen(always, berlin, time)).toBe(true);
		}
	});
});

describe('the next opening', () => {
	it.each([
		['before the hours', '2026-11-25T05:00:00Z', '2026-11-25T08:00:00.000Z'],
		['within them', '2026-11-25T12:34:56.789Z', '2026-11-25T12:34:56.789Z'],
		['in their last moment', '2026-11-25T18:59:59.999Z', '2026-11-25T18:59:59.999Z'],
		['at their end', '2026-11-25T19:00:00Z', '2026-11-26T08:00:00.000Z'],
		['before a weekend', '2026-11-27T19:00:00Z', '2026-11-30T08:00:00.000Z'],
		['before summer time', '2026-03-27T20:00:00Z', '2026-03-30T07:00:00.000Z'],
	])('%s', (_, now, opening) => {
		expect(iso(nextOpening(schedule(), berlin, at(now)))).toBe(opening);
	});

	it('comes after all dates that are left out', () => {
		const holidays = schedule({
			notOn: ['2026-12-24', '2026-12-25', '2026-12-28T00:00:00.000+01:00'],
		});
		expect(iso(nextOpening(holidays, berlin, at('2026-12-23T19:00:00Z')))).toBe(
			'2026-12-29T08:00:00.000Z',
		);
	});

	it('is the first minute that is good from Hawaii to Newfoundland', () => {
		const zones = timeZonesOf({ number: '+18005550100' });
		const opening = nextOpening(
			schedule({ ...EVERY_DAY, from: '08:00', until: '23:00' }),
			zones,
			at('2026-11-25T12:00:00Z'),
		);
		expect(opening).not.toBeNull();
		expect(localTimes(zones, opening ?? 0)).toBe(
			'2026-11-25 11:00 (Pacific/Pago_Pago) to 2026-11-26 08:00 (Pacific/Guam)',
		);
	});

	it('is null when zones share no hour', () => {
		const morning = schedule({ from: '09:00', until: '10:00' });
		expect(
			nextOpening(morning, ['Europe/Berlin', 'Asia/Tokyo'], at('2026-11-25T12:00:00Z')),
		).toBeNull();
	});

	it('waits for the weeks in which the clocks of two continents are nearer', () => {
		const hour = schedule({ ...EVERY_DAY, from: '09:00', until: '14:30' });
		// New York is 6 hours behind Berlin, but 5 from 8 to 29 March 2026.
		const zones = ['Europe/Berlin', 'America/New_York'];
		expect(iso(nextOpening(hour, zones, at('2025-11-25T12:00:00Z')))).toBe(
			'2026-03-08T13:00:00.000Z',
		);
	});

	it('leaves out a window that the clock skips, and has one twice that it repeats', () => {
		const skipped = schedule({ ...EVERY_DAY, from: '02:15', until: '02:45' });
		expect(iso(nextOpening(skipped, berlin, at('2026-03-28T02:00:00Z')))).toBe(
			'2026-03-30T00:15:00.000Z',
		);
		expect(iso(nextOpening(skipped, berlin, at('2026-10-25T00:00:00Z')))).toBe(
			'2026-10-25T00:15:00.000Z',
		);
		expect(iso(nextOpening(skipped, berlin, at('2026-10-25T00:45:00Z')))).toBe(
			'2026-10-25T01:15:00.000Z',
		);
		expect(iso(nextOpening(skipped, berlin, at('2026-10-25T01:45:00Z')))).toBe(
			'2026-10-26T01:15:00.000Z',
		);
	});

	it('leaves out a window from the moment of the jump to the time that the clock jumps to', () => {
		const skipped = schedule({ ...EVERY_DAY, from: '02:00', until: '03:00' });
		expect(iso(nextOpening(skipped, berlin, at('2026-03-28T02:00:00Z')))).toBe(
			'2026-03-30T00:00:00.000Z',
		);
	});

	it('is null when all its days are left out, as the Sundays of more than a year', () => {
		const firstSunday = at('2026-11-29T00:00:00Z');
		const sundays = Array.from({ length: 60 }, (_, week) =>
			new Date(firstSunday + week * 7 * 24 * HOUR).toISOString(),
		);
		const never = schedule({ days: 'sunday', notOn: sundays });
		expect(nextOpening(never, berlin, at('2026-11-25T12:00:00Z'))).toBeNull();
	});

	it('begins with the clock when it jumps into a window', () => {
		const early = schedule({ ...EVERY_DAY, from: '02:30', until: '20:00' });
		expect(iso(nextOpening(early, berlin, at('2026-03-29T00:59:00Z')))).toBe(
			'2026-03-29T01:00:00.000Z',
		);
	});

	it('is the same however often and in whatever order it is asked for', () => {
		const hours = schedule();
		const ask = (time: string) => iso(nextOpening(hours, berlin, at(time)));
		expect(ask('2026-11-27T20:00:00Z')).toBe('2026-11-30T08:00:00.000Z');
		expect(ask('2026-11-28T20:00:00Z')).toBe('2026-11-30T08:00:00.000Z');
		expect(ask('2026-11-25T20:00:00Z')).toBe('2026-11-26T08:00:00.000Z');
		expect(ask('2026-11-30T08:00:00.001Z')).toBe('2026-11-30T08:00:00.001Z');
		expect(ask('2026-11-30T20:00:00Z')).toBe('2026-12-01T08:00:00.000Z');
	});
});

it('does not depend on the time zone of the process', () => {
	const module = JSON.stringify(
		join(__dirname, '../../../../nodes/Voice2Phone/core/hours/schedule'),
	);
	const script = `
		const { isOpen, nextOpening, localTimes, parseSchedule } = require(${module});
		const { value } = parseSchedule(${JSON.stringify({ ...office, notOn: '2026-11-26' })});
		const zones = ['Europe/Berlin'];
		const answers = [];
		for (let time = ${at('2026-11-25T00:00:00Z')}; time < ${at('2026-11-28T00:00:00Z')}; time += ${HOUR}) {
			answers.push(isOpen(value, zones, time), nextOpening(value, zones, time), localTimes(zones, time));
		}
		console.log(new Date().getTimezoneOffset() + '|' + answers);`;
	const run = (zone: string) =>
		execFileSync(process.execPath, ['--require', 'tsx/cjs', '--eval', script], {
			env: { ...process.env, TZ: zone },
			encoding: 'utf8',
		}).split('|');
	const runs = ['UTC', 'Pacific/Kiritimati', 'America/Los_Angeles'].map(run);
	expect(new Set(runs.map(([offset]) => offset)).size).toBe(3);
	expect(new Set(runs.map(([, answers]) => answers)).size).toBe(1);
});

describe('local times', () => {
	it.each([
		[berlin, '2026-11-25 20:59 (Europe/Berlin)'],
		[['Europe/London', 'Europe/Jersey'], '2026-11-25 19:59 (Europe/London)'],
		[
			['America/Chicago', 'America/New_York', 'America/Los_Angeles'],
			'2026-11-25 11:59 (America/Los_Angeles) to 2026-11-25 14:59 (America/New_York)',
		],
		[
			['America/Chicago', 'America/New_York', 'America/Detroit'],
			'2026-11-25 13:59 (America/Chicago) to 2026-11-25 14:59 (America/New_York)',
		],
	])('of %j are %s', (zones, text) => {
		expect(localTimes(zones, at('2026-11-25T19:59:59.999Z'))).toBe(text);
	});
});

describe('settings', () => {
	it.each([
		['9', '09:00'],
		[9, '09:00'],
		['9:00', '09:00'],
		['09:00', '09:00'],
		['09:00:00', '09:00'],
		[' 9.00 ', '09:00'],
		['0900', '09:00'],
		['9 am', '09:00'],
		['9:00 AM', '09:00'],
		['9:30a.m.', '09:30'],
		['12 am', '00:00'],
		['12:15 pm', '12:15'],
		['0', '00:00'],
		['\u{FF10}\u{FF19}:\u{FF10}\u{FF10}', '09:00'],
	])('take %j for %s', (typed, meant) => {
		expect(schedule({ from: typed })).toEqual(schedule({ from: meant }));
	});

	it.each([
		'nine',
		'9.5',
		9.5,
		9.15,
		'24:30',
		'25:00',
		'9:60',
		'13 pm',
		'0 am',
		'9:0',
		'900',
		2030,
		'-1',
		'9-17',
		'2026-11-25T09:00:00.000Z',
		true,
	])('refuse %j as a time of day', (typed) => {
		expect(problem({ from: typed })).toMatch(
			/^Hours From ".+" is not a time of day\. Enter it as 09:00 or 17:30$/,
		);
	});

	it.each([
		[
			{ from: undefined },
			'Hours From has no value: its expression gave nothing. Correct the expression',
		],
		[
			{ until: null },
			'Hours Until has no value: its expression gave nothing. Correct the expression',
		],
		[{ until: '' }, 'Hours Until is empty. Enter a time of day, such as 09:00'],
		[{ until: ' ' }, 'Hours Until is empty. Enter a time of day, such as 09:00'],
		[{ until: {} }, 'Hours Until is an object, not a time of day. Enter it as 09:00 or 17:30'],
		[{ from: '24:00' }, 'Hours From "24:00" is the end of a day. Enter 00:00 for its beginning'],
		[
			{ from: '9', until: '09:00' },
			'Hours Until is 09:00, as Hours From is, so nobody could be called. For the whole day, enter 00:00 and 24:00',
		],
		[
			{ from: '9', until: '5' },
			'Hours Until "5" is before Hours From, so people would be called at night. Enter 17:00 for the afternoon, or 05:00 if the night is meant',
		],
		[
			{ from: '9 pm' },
			'Hours Until is 20:00, before Hours From (21:00), so people would be called all night and most of the day. Correct one of the two',
		],
		[
			{ from: '9', until: '5 am' },
			'Hours Until is 05:00, before Hours From (09:00), so people would be called all night and most of the day. Correct one of the two',
		],
		[
			{ from: '5 pm', until: '12' },
			'Hours Until is 12:00, before Hours From (17:00), so people would be called all night and most of the day. Correct one of the two',
		],
		[{ days: [] }, 'Days is empty. Choose at least one day'],
		[{ days: 5 }, 'Days is of the type number. Enter text or a list'],
		[{ days: undefined }, 'Days has no value: its expression gave nothing. Correct the expression'],
		[
			{ days: ['monday', 'Montag'] },
			'Days has "Montag", which is no day of the week. Enter English names, such as Monday',
		],
		...['M', 'Mo', 'mon.day', 1].map((day): [Partial<ScheduleParameters>, string] => [
			{ days: [day] },
			`Days has "${day}", which is no day of the week. Enter English names, such as Monday`,
		]),
		[
			{ days: [{ day: 'monday' }] },
			'Days has an entry of the type object, which is no day of the week. Enter English names, such as Monday',
		],
		[{ notOn: null }, 'Not On has no value: its expression gave nothing. Correct the expression'],
		[{ notOn: true }, 'Not On is of the type boolean. Enter text or a list'],
		[
			{ notOn: '2026-12-24, Christmas' },
			'Not On has "Christmas", which is no date. Enter dates as 2026-12-24, separated by commas',
		],
		[
			{ notOn: ['2026-12-24', null] },
			'Not On has an entry of the type null, which is no date. Enter dates as 2026-12-24, separated by commas',
		],
		[
			{ notOn: [['2026-12-24']] },
			'Not On has an entry of the type object, which is no date. Enter dates as 2026-12-24, separated by commas',
		],
		[
			{ timeZone: null },
			'Time Zone has no value: its expression gave nothing. Correct the expression',
		],
		[
			{ timeZone: 1 },
			'Time Zone is of the type number. Enter the name of a time zone, such as Europe/Berlin',
		],
		[{ timeZone: ' ' }, 'Time Zone is empty. Enter the name of a time zone, such as Europe/Berlin'],
		[
			{ timeZone: 'Berlin' },
			'Time Zone "Berlin" is not the name of a time zone. Enter one of the IANA list, such as Europe/Berlin or America/New_York',
		],
		[
			{ timeZone: 'workflow', workflowTimeZone: 'Mars/Olympus' },
			'Time Zone "Mars/Olympus" is not the name of a time zone. Enter one of the IANA list, such as Europe/Berlin or America/New_York',
		],
	])('refuse %j', (changes, words) => {
		expect(problem(changes)).toBe(words);
	});

	it.each([
		'2026-02-30',
		'24.12.2026',
		'12/24/2026',
		'2026-12-24 2026-12-25',
		'2026-12',
		'12-24',
		'undefined',
	])('refuse %s as a date', (date) => {
		expect(problem({ notOn: date })).toContain(`Not On has "${date}", which is no date`);
	});

	it.each([
		['10:00', '6:00'],
		['12:00', '5'],
		['12:00', '10'],
		['1 pm', '5'],
		['8', '6:30'],
	])('ask whether %s to %s is the day or the night', (from, until) => {
		expect(problem({ from, until })).toContain('for the afternoon');
	});

	it.each([
		['22:00', '6'],
		['22:00', '6:00'],
		['18:00', '7:00'],
		['10 pm', '6 am'],
		['10 pm', '6'],
		['6 pm', '6'],
		['9', '12 am'],
		['11:00', '02:00'],
		['17:00', '09:00'],
		['8', '9'],
	])('take %s to %s as it stands', (from, until) => {
		expect(problem({ from, until })).toBeUndefined();
	});

	it('name all that is wrong at once', () => {
		const parsed = parseSchedule({
			...office,
			days: '',
			from: 'x',
			until: 'y',
			notOn: 'z',
			timeZone: 'q',
		});
		expect(parsed.ok ? [] : parsed.problems.map(({ field }) => field)).toEqual([
			'Days',
			'Hours From',
			'Hours Until',
			'Not On',
			'Time Zone',
		]);
	});

	it('take days as text, in any case and shortened', () => {
		expect(schedule({ days: 'Mon., tues; WED\nthurs,Friday' })).toEqual(schedule());
	});

	it('take dates as text, as a list and with a time', () => {
		const dates = schedule({ notOn: '2026-12-24, 2026-12-25' });
		expect(schedule({ notOn: ['2026-12-24', '', '2026-12-25T00:00:00.000+01:00'] })).toEqual(dates);
		expect(schedule({ notOn: '2026-12-24;\n\n2026-12-25 00:00:00' })).toEqual(dates);
	});

	it('take the day that begins at a time in UTC, as databases give dates', () => {
		const christmas = schedule({ notOn: '2026-12-25' });
		expect(schedule({ notOn: '2026-12-24T23:00:00.000Z' })).toEqual(christmas);
		expect(schedule({ notOn: '2026-12-24T23:00Z' })).toEqual(christmas);
		expect(schedule({ notOn: '2026-12-24T18:00:00-05:00' })).toEqual(christmas);
		expect(
			schedule({ notOn: ['2026-12-25T05:00:00.000Z'], workflowTimeZone: 'America/New_York' }),
		).toEqual(christmas);
		expect(schedule({ notOn: '2026-12-25T00:00:00.000Z' })).toEqual(christmas);
		expect(schedule({ notOn: '2026-12-25T22:30:00.000Z' })).toEqual(christmas);
		expect(schedule({ notOn: '2026-12-25T23:00:00' })).toEqual(christmas);
		expect(schedule({ notOn: '2026-12-25T00:00:00+14:00' })).toEqual(christmas);
	});

	it.each([
		['phoneNumber', undefined],
		['workflow', ['Europe/Vienna']],
		['Europe/Berlin', ['Europe/Berlin']],
		[' europe/berlin ', ['Europe/Berlin']],
		['Asia/Kolkata', ['Asia/Kolkata']],
		['utc', ['UTC']],
		['CET', ['CET']],
	])('have for the time zone %j the zones %j', (timeZone, zones) => {
		expect(schedule({ timeZone }).zones).toEqual(zones);
	});

	it.each(['BST', 'IST', 'AST', 'EST', 'PST'])('do not guess which %s is meant', (timeZone) => {
		expect(problem({ timeZone })).toContain(
			`Time Zone "${timeZone}" is not the name of a time zone`,
		);
	});
});
