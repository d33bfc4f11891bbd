/** Reads the clock of a time zone; `Intl` alone knows its rules. All times are UTC in milliseconds. */

export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;

/** More days of one zone are not kept: no search looks further. */
const MAX_DAYS_KEPT = 1000;

/** A span of time in which the zone's clock does not change: local time is UTC plus the offset. */
export interface Span {
	/** Exclusive. */
	until: number;
	offset: number;
}

/** A day in UTC: its offset at the beginning, the one after a change, and when that comes. */
interface Day {
	before: number;
	after: number;
	change: number;
}

interface Clock {
	format: Intl.DateTimeFormat;
	/** By their number, counted from 1970-01-01. */
	days: Map<number, Day>;
}

const clocks = new Map<string, Clock>();

function clockOf(zone: string): Clock {
	let clock = clocks.get(zone);
	if (!clock) {
		const format = new Intl.DateTimeFormat('en-US', {
			timeZone: zone,
			calendar: 'gregory',
			numberingSystem: 'latn',
			hourCycle: 'h23',
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
			second: 'numeric',
		});
		clock = { format, days: new Map() };
		clocks.set(zone, clock);
	}
	return clock;
}

function measureOffset({ format }: Clock, time: number): number {
	const [month, day, year, hour, minute, second] = (format.format(time).match(/\d+/g) ?? []).map(
		Number,
	);
	const wholeSecond = Math.floor(time / 1000) * 1000;
	return Date.UTC(year, month - 1, day, hour, minute, second) - wholeSecond;
}

function measureDay(clock: Clock, number: number): Day {
	const start = number * DAY_MS;
	const end = start + DAY_MS;
	const before = clock.days.get(number - 1)?.after ?? measureOffset(clock, start);
	const after = measureOffset(clock, end);
	if (before === after) return { before, after, change: end };
	let last = start;
	let change = end;
	while (change - last > MINUTE_MS) {
		const middle = Math.floor((last + change) / 2 / MINUTE_MS) * MINUTE_MS;
		if (measureOffset(clock, middle) === before) last = middle;
		else change = middle;
	}
	return { before, after, change };
}

/**
 * The span that a time lies in, at most to the end of its day in UTC. It takes for granted that no zone
 * changes its clock twice in a day.
 * @throws RangeError if `Intl` does not know the zone
 */
export function spanAt(zone: string, time: number): Span {
	const clock = clockOf(zone);
	const number = Math.floor(time / DAY_MS);
	let day = clock.days.get(number);
	if (!day) {
		if (clock.days.size >= MAX_DAYS_KEPT) clock.days.clear();
		day = measureDay(clock, number);
		clock.days.set(number, day);
	}
	return time < day.change
		? { until: day.change, offset: day.before }
		: { until: (number + 1) * DAY_MS, offset: day.after };
}

/** The time that the zone's clock shows, as if it were UTC. */
export const localTime = (zone: string, time: number): number => time + spanAt(zone, time).offset;

/**
 * Names of three letters that mean what people mean by them. `Intl` takes others and gives BST the clock of
 * Dhaka, AST that of Anchorage, and EST one without summer time.
 */
const SHORT_NAMES = ['UTC', 'GMT', 'UCT', 'CET', 'EET', 'MET', 'WET', 'HST', 'PRC', 'ROC', 'ROK'];

/** The name of a zone in its usual letter case; undefined if it is none, or an ambiguous abbreviation. */
export function findZone(name: string): string | undefined {
	const isShort = /^[a-z]{3}$/i.test(name);
	if (isShort && !SHORT_NAMES.includes(name.toUpperCase())) return undefined;
	try {
		const { timeZone } = new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions();
		// `Intl` may answer with an older name, such as Asia/Calcutta; people know the one they entered.
		return timeZone.toLowerCase() === name.toLowerCase() ? timeZone : name;
	} catch {
		return undefined;
	}
}
