/** Calling hours as one value with three questions: open now, open when, and what time is it there. */
import { quote } from '../numbers/phoneNumberText';
import type { Parsed, Problem } from '../words';
import { DAY_MS, findZone, localTime, MINUTE_MS, spanAt } from './clock';

/** The days of the week, as the parameter Days has them. */
export const DAYS = [
	'monday',
	'tuesday',
	'wednesday',
	'thursday',
	'friday',
	'saturday',
	'sunday',
] as const;

/** Choices of Time Zone beside the name of a zone. */
export const OF_THE_NUMBER = 'phoneNumber';
export const OF_THE_WORKFLOW = 'workflow';

/**
 * When people may be called, by their own clocks.
 *
 * A window with `until` before `from` goes over midnight. Its part after midnight belongs to the day on
 * which it began: Friday 22:00 to 06:00 ends on Saturday. A date in `notOn` is free of calls from midnight
 * to midnight, and so is the rest of a window that would have begun on it.
 */
export interface Schedule {
	/** Positions in `DAYS`. */
	days: ReadonlySet<number>;
	/** Milliseconds after midnight by the local clock, from 0 up to 24 hours; never equal. */
	fromMs: number;
	/** Exclusive. */
	untilMs: number;
	/** Days since 1970-01-01. */
	notOn: ReadonlySet<number>;
	/** The one zone that counts for everybody; undefined: the zones of each phone number. */
	zones: readonly string[] | undefined;
}

/** The parameters as n8n hands them over: of any type, since any of them may come from an expression. */
export interface ScheduleParameters {
	/** A list of days, or their names in one text. */
	days: unknown;
	from: unknown;
	until: unknown;
	/** Dates as `2026-12-24`, in a list or in one text. */
	notOn: unknown;
	/** `phoneNumber`, `workflow` or the IANA name of a zone. */
	timeZone: unknown;
	/** The IANA name that n8n gives for the workflow. */
	workflowTimeZone: string;
}

const NOON_MS = DAY_MS / 2;
/** From the end of a working day to the beginning of the next; longer hours over midnight are a slip. */
const LONGEST_NIGHT_MS = DAY_MS * (2 / 3);
/** 1970-01-01, day 0, was a Thursday. */
const WEEKDAY_OF_DAY_0 = 3;
/** How far a search for an opening looks: beyond all holidays and clock changes of a year. */
const MAX_DAYS_AHEAD = 400;

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}.*)?$/;
/** A date and a time with its offset from UTC. */
const INSTANT = /T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;
const TIME = /^(\d{1,2})(?:[:.](\d{2})(?::00(?:\.0+)?)?)? ?(?:([ap])\.?m\.?)?$/i;
const MILITARY_TIME = /^(\d{2})(\d{2})$/;

interface TimeOfDay {
	ms: number;
	/** `5` and `5:00`, which people also write for five in the afternoon; not `05:00` or `5 am`. */
	mayBeAfternoon: boolean;
	/** Who writes 22:00 counts to 24, in the other field too. */
	countsTo24: boolean;
}

const isNothing = (value: unknown): value is undefined | null =>
	value === undefined || value === null;

const BY_EXPRESSION = 'has no value: its expression gave nothing. Correct the expression';

/** Parts of a text that people separate by commas, semicolons or lines, without empty ones. */
const partsOf = (text: string): string[] =>
	text
		.split(/[,;\r\n]/)
		.map((part) => part.trim())
		.filter(Boolean);

/**
 * The entries of a list or a text, or a reason why there are none. An entry that is no text stays as it is.
 */
function entriesOf(value: unknown): { entries: unknown[] } | { reason: string } {
	if (isNothing(value)) return { reason: BY_EXPRESSION };
	if (typeof value === 'string') return { entries: partsOf(value) };
	if (Array.isArray(value)) {
		return {
			entries: (value as unknown[]).flatMap((entry) =>
				typeof entry === 'string' ? partsOf(entry) : [entry],
			),
		};
	}
	return { reason: `is of the type ${typeof value}. Enter text or a list` };
}

/** An entry as people can find it again in what they entered. */
const named = (entry: unknown): string =>
	typeof entry === 'string' || typeof entry === 'number'
		? quote(entry)
		: `an entry of the type ${entry === null ? 'null' : typeof entry}`;

function parseDay(entry: unknown): number | undefined {
	if (typeof entry !== 'string') return undefined;
	const name = entry.toLowerCase().replace(/\.$/, '');
	const position = DAYS.findIndex((day) => day.startsWith(name) && name.length >= 3);
	return position < 0 ? undefined : position;
}

function parseDays(value: unknown, problems: Problem[]): Set<number> {
	const field = 'Days';
	const days = new Set<number>();
	const list = entriesOf(value);
	if ('reason' in list) {
		problems.push({ field, reason: list.reason });
		return days;
	}
	for (const entry of list.entries) {
		const day = parseDay(entry);
		if (day === undefined) {
			problems.push({
				field,
				reason: `has ${named(entry)}, which is no day of the week. Enter English names, such as Monday`,
			});
		} else {
			days.add(day);
		}
	}
	if (list.entries.length === 0) {
		problems.push({ field, reason: 'is empty. Choose at least one day' });
	}
	return days;
}

/**
 * The day that begins at this time by the clock of the zone. Databases and sheets give a date as the time at which it
 * begins, in UTC: 2026-12-24T23:00:00.000Z is December 25 in Berlin.
 */
function dayThatBeginsAt(text: string, zone: string | undefined): number | undefined {
	const time = zone !== undefined && INSTANT.test(text) ? Date.parse(text) : NaN;
	const local = zone === undefined || Number.isNaN(time) ? NaN : localTime(zone, time);
	return local % DAY_MS === 0 ? local / DAY_MS : undefined;
}

/**
 * Days since 1970-01-01; undefined for a text that is no date, such as 2026-02-30.
 * @param zone of the workflow, in which n8n made dates of times
 */
function parseDate(entry: unknown, zone: string | undefined): number | undefined {
	const match = typeof entry === 'string' ? DATE.exec(entry) : null;
	if (!match) return undefined;
	const begun = dayThatBeginsAt(match[0], zone);
	if (begun !== undefined) return begun;
	const [year, month, day] = match.slice(1).map(Number);
	const time = Date.UTC(year, month - 1, day);
	const isReal = new Date(time).toISOString().startsWith(match.slice(1).join('-'));
	return isReal ? time / DAY_MS : undefined;
}

function parseNotOn(
	{ notOn: value, workflowTimeZone }: ScheduleParameters,
	problems: Problem[],
): Set<number> {
	const zone = findZone(workflowTimeZone);
	const field = 'Not On';
	const dates = new Set<number>();
	const list = entriesOf(value);
	if ('reason' in list) {
		problems.push({ field, reason: list.reason });
		return dates;
	}
	for (const entry of list.entries) {
		const date = parseDate(entry, zone);
		if (date === undefined) {
			problems.push({
				field,
				reason: `has ${named(entry)}, which is no date. Enter dates as 2026-12-24, separated by commas`,
			});
		} else {
			dates.add(date);
		}
	}
	return dates;
}

/** Reads what people write for a time of day: `9`, `09:00`, `9.30`, `0930`, `9:30 pm`, `09:00:00`. */
function readTime(value: unknown): TimeOfDay | undefined {
	if (typeof value !== 'string' && !Number.isInteger(value)) return undefined;
	const text = String(value).normalize('NFKC').trim();
	const match = TIME.exec(text) ?? (typeof value === 'string' ? MILITARY_TIME.exec(text) : null);
	if (!match) return undefined;
	const [, hourText, minuteText = '00', half] = match;
	const minutes = Number(minuteText);
	let hours = Number(hourText);
	if (half) {
		if (hours < 1 || hours > 12) return undefined;
		hours = (hours % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
	}
	const isTime = minutes < 60 && (hours < 24 || (hours === 24 && minutes === 0));
	return isTime
		? {
				ms: (hours * 60 + minutes) * MINUTE_MS,
				mayBeAfternoon: !half && hours < 12 && !hourText.startsWith('0'),
				countsTo24: !half && hours > 12,
			}
		: undefined;
}

function parseTime(field: string, value: unknown, problems: Problem[]): TimeOfDay | undefined {
	if (isNothing(value)) {
		problems.push({ field, reason: BY_EXPRESSION });
		return undefined;
	}
	if (typeof value === 'string' && value.trim() === '') {
		problems.push({ field, reason: 'is empty. Enter a time of day, such as 09:00' });
		return undefined;
	}
	const time = readTime(value);
	if (!time) {
		const what = typeof value === 'object' ? 'is an object, not' : `${quote(value)} is not`;
		problems.push({ field, reason: `${what} a time of day. Enter it as 09:00 or 17:30` });
	}
	return time;
}

/** `9` to `5`: people who count to 12 mean the day, and nobody shall be called all night for it. */
const meansAfternoon = (from: TimeOfDay, until: TimeOfDay): boolean =>
	until.ms < from.ms && until.ms + NOON_MS > from.ms && until.mayBeAfternoon && !from.countsTo24;

const clockText = (ms: number): string => new Date(ms).toISOString().slice(11, 16);

function parseWindow(
	{ from, until }: ScheduleParameters,
	problems: Problem[],
): { fromMs: number; untilMs: number } {
	const start = parseTime('Hours From', from, problems);
	const end = parseTime('Hours Until', until, problems);
	const window = { fromMs: start?.ms ?? 0, untilMs: end?.ms ?? 0 };
	if (!start || !end) return window;
	const { fromMs, untilMs } = window;
	if (fromMs === DAY_MS) {
		problems.push({
			field: 'Hours From',
			reason: '"24:00" is the end of a day. Enter 00:00 for its beginning',
		});
	} else if (fromMs === untilMs) {
		problems.push({
			field: 'Hours Until',
			reason: `is ${clockText(untilMs)}, as Hours From is, so nobody could be called. For the whole day, enter 00:00 and 24:00`,
		});
	} else if (meansAfternoon(start, end)) {
		problems.push({
			field: 'Hours Until',
			reason: `${quote(until)} is before Hours From, so people would be called at night. Enter ${clockText(untilMs + NOON_MS)} for the afternoon, or ${clockText(untilMs)} if the night is meant`,
		});
	} else if (untilMs < fromMs && untilMs + DAY_MS - fromMs > LONGEST_NIGHT_MS) {
		problems.push({
			field: 'Hours Until',
			reason: `is ${clockText(untilMs)}, before Hours From (${clockText(fromMs)}), so people would be called all night and most of the day. Correct one of the two`,
		});
	}
	return window;
}

function parseZones(
	{ timeZone, workflowTimeZone }: ScheduleParameters,
	problems: Problem[],
): readonly string[] | undefined {
	const field = 'Time Zone';
	if (timeZone === OF_THE_NUMBER) return undefined;
	if (isNothing(timeZone)) {
		problems.push({ field, reason: BY_EXPRESSION });
		return undefined;
	}
	if (typeof timeZone !== 'string') {
		problems.push({
			field,
			reason: `is of the type ${typeof timeZone}. Enter the name of a time zone, such as Europe/Berlin`,
		});
		return undefined;
	}
	const name = timeZone === OF_THE_WORKFLOW ? workflowTimeZone : timeZone.trim();
	const zone = findZone(name);
	if (zone) return [zone];
	problems.push({
		field,
		reason:
			name === ''
				? 'is empty. Enter the name of a time zone, such as Europe/Berlin'
				: `${quote(name)} is not the name of a time zone. Enter one of the IANA list, such as Europe/Berlin or America/New_York`,
	});
	return undefined;
}

/** Checks calling hours and finds all that is wrong. */
export function parseSchedule(raw: ScheduleParameters): Parsed<Schedule> {
	const problems: Problem[] = [];
	const schedule: Schedule = {
		days: parseDays(raw.days, problems),
		...parseWindow(raw, problems),
		notOn: parseNotOn(raw, problems),
		zones: parseZones(raw, problems),
	};
	return problems.length > 0 ? { ok: false, problems } : { ok: true, value: schedule };
}

/** Whether a window begins on the day, counted from 1970-01-01. */
const beginsOn = (day: number, { days, notOn }: Schedule): boolean =>
	days.has((day + WEEKDAY_OF_DAY_0) % DAYS.length) && !notOn.has(day);

function isOpenByClock(schedule: Schedule, local: number): boolean {
	const { fromMs, untilMs, notOn } = schedule;
	const day = Math.floor(local / DAY_MS);
	const time = local - day * DAY_MS;
	if (fromMs < untilMs) return time >= fromMs && time < untilMs && beginsOn(day, schedule);
	if (time >= fromMs) return beginsOn(day, schedule);
	return time < untilMs && !notOn.has(day) && beginsOn(day - 1, schedule);
}

/** Whether all zones are inside the hours; never, if there is none. */
export function isOpen(schedule: Schedule, zones: readonly string[], now: number): boolean {
	return zones.length > 0 && zones.every((zone) => isOpenByClock(schedule, localTime(zone, now)));
}

/** The first opening of a window at or after a time of the local clock, at most some days on. */
function nextOpeningByClock(schedule: Schedule, local: number, maxDays: number): number {
	if (isOpenByClock(schedule, local)) return local;
	const first = Math.floor(local / DAY_MS);
	for (let day = first; day <= first + maxDays; day++) {
		const opening = day * DAY_MS + schedule.fromMs;
		if (opening >= local && beginsOn(day, schedule)) return opening;
	}
	return Infinity;
}

/** The same by the time of the world; the clock of the zone may change on the way. */
function nextOpeningIn(schedule: Schedule, zone: string, now: number, end: number): number {
	let time = now;
	while (time < end) {
		const { until, offset } = spanAt(zone, time);
		const opening = nextOpeningByClock(schedule, time + offset, 1) - offset;
		if (opening < until) return opening;
		time = until;
	}
	return Infinity;
}

/** The last search for a list of zones: it holds for all times from its beginning to what it found. */
interface Search {
	from: number;
	until: number;
	found: number | null;
}

const searches = new WeakMap<Schedule, WeakMap<readonly string[], Search>>();

/**
 * The first moment, from `now` on, at which all zones are inside the hours: `now` itself, or the start of
 * a minute.
 * @param zones the same list for the same place, as `timeZonesOf` gives it, makes the next search fast
 * @returns UTC in milliseconds; null if there is none in the next 400 days, or no zone
 */
export function nextOpening(
	schedule: Schedule,
	zones: readonly string[],
	now: number,
): number | null {
	if (zones.length === 0) return null;
	let byZones = searches.get(schedule);
	if (!byZones) searches.set(schedule, (byZones = new WeakMap()));
	const last = byZones.get(zones);
	if (last && now >= last.from && now <= last.until) return last.found;

	const found = search(schedule, zones, now);
	byZones.set(zones, { from: now, until: found ?? now + DAY_MS, found });
	return found;
}

function search(schedule: Schedule, zones: readonly string[], now: number): number | null {
	const end = now + MAX_DAYS_AHEAD * DAY_MS;
	let time = now;
	let agreeing = 0;
	for (let index = 0; agreeing < zones.length; index = (index + 1) % zones.length) {
		const opening = nextOpeningIn(schedule, zones[index], time, end);
		if (opening >= end) return null;
		agreeing = opening === time ? agreeing + 1 : 1;
		time = opening;
	}
	return time;
}

const textOf = (local: number): string =>
	new Date(local).toISOString().slice(0, 16).replace('T', ' ');

/**
 * What the clocks show: `2026-11-25 20:59 (Europe/Berlin)`; for zones that differ, the earliest and the
 * latest: `2026-11-25 11:59 (Pacific/Honolulu) to 2026-11-25 16:59 (America/New_York)`. Empty without a zone.
 */
export function localTimes(zones: readonly string[], now: number): string {
	const clocks = zones.map((zone) => ({ zone, local: localTime(zone, now) }));
	if (clocks.length === 0) return '';
	const text = ({ zone, local }: (typeof clocks)[number]) => `${textOf(local)} (${zone})`;
	const earliest = clocks.reduce((a, b) => (b.local < a.local ? b : a));
	const latest = clocks.reduce((a, b) => (b.local > a.local ? b : a));
	return earliest.local === latest.local ? text(earliest) : `${text(earliest)} to ${text(latest)}`;
}
