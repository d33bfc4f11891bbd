import {
	DAYS,
	isOpen,
	nextOpening,
	type ScheduleParameters,
} from '../../../../nodes/Voice2Phone/core/hours/schedule';
import { at, office, schedule } from '../../../support/hours';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const EVERY_DAY = { days: [...DAYS] };

/** What a clock on the wall of the zone shows, told another way than the code does it. */
function wallClock(zone: string): (time: number) => { minute: number; weekday: string } {
	const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, timeStyle: 'short' });
	const calendar = new Intl.DateTimeFormat('en-US', { timeZone: zone, weekday: 'long' });
	return (time) => {
		const [hours, minutes] = clock.format(time).split(':').map(Number);
		return { minute: hours * 60 + minutes, weekday: calendar.format(time).toLowerCase() };
	};
}

describe('hours by the minute, on days of clock change and on others', () => {
	const zones: Array<[zone: string, ...days: string[]]> = [
		['Europe/Berlin', '2026-03-29', '2026-10-25'],
		['America/New_York', '2026-03-08', '2026-11-01'],
		['America/St_Johns', '2026-03-08', '2026-11-01'],
		['America/Havana', '2026-03-08', '2026-11-01'], // at midnight
		['Africa/Cairo', '2026-04-24', '2026-10-30'], // at midnight
		['Africa/Casablanca', '2026-02-15', '2026-03-22'],
		['Australia/Lord_Howe', '2026-04-05', '2026-10-04'], // by half an hour
		['Pacific/Chatham', '2026-04-05', '2026-09-27'],
		['Pacific/Apia', '2011-12-30', '2026-04-05'], // a day that never was
		['Asia/Katmandu', '2026-03-29', '2026-10-25'],
		['America/Scoresbysund', '2026-03-29', '2026-10-25'],
		['Asia/Gaza', '2026-03-28', '2026-10-24'],
	];
	const windows: Array<Partial<ScheduleParameters>> = [
		{ from: '09:00', until: '20:00' },
		{ from: '22:00', until: '06:00' },
		{ ...EVERY_DAY, from: '02:15', until: '02:45' },
		{ days: 'sunday, friday', from: '23:30', until: '00:30' },
	];
	const minuteOf = (text: unknown) => {
		const [hours, minutes] = String(text).split(':').map(Number);
		return hours * 60 + minutes;
	};

	it.each(zones)('in %s', (zone, ...days) => {
		const wall = wallClock(zone);
		for (const day of days) {
			const start = at(`${day}T00:00:00Z`) - 20 * HOUR;
			const walls = Array.from({ length: 54 * 60 }, (_, index) => ({
				time: start + index * MINUTE,
				...wall(start + index * MINUTE),
			}));
			for (const window of windows) {
				const hours = schedule(window);
				const parsedDays = String(window.days ?? office.days).split(/, ?/);
				const [from, until] = [minuteOf(window.from), minuteOf(window.until)];
				const yesterday = (weekday: string) => DAYS[(DAYS.indexOf(weekday as never) + 6) % 7];
				const expected = walls.map(({ minute, weekday }) => {
					if (from < until) return parsedDays.includes(weekday) && minute >= from && minute < until;
					return minute >= from
						? parsedDays.includes(weekday)
						: minute < until && parsedDays.includes(yesterday(weekday));
				});
				const wrong = walls.filter(
					({ time }, index) =>
						isOpen(hours, [zone], time) !== expected[index] ||
						isOpen(hours, [zone], time + MINUTE - 1) !== expected[index],
				);
				let next: number | undefined;
				for (let index = walls.length - 1; index >= 0; index--) {
					if (expected[index]) next = walls[index].time;
					const isRight =
						next === undefined || nextOpening(hours, [zone], walls[index].time) === next;
					if (!isRight) wrong.push(walls[index]);
				}
				expect(wrong).toEqual([]);
			}
		}
	});
});
