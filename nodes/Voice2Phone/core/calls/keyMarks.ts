/* The marks by which a store that knows only whether a text is in it can tell when a key was called. */

/** What stands for the reason to call somebody. Calls to a Test Number have keys of their own. */
export interface CallKey {
	text: string;
	isTest: boolean;
}

/** "unknown": a call was about to be placed, and nobody noted what became of it. */
export type KeyState = 'free' | 'called' | 'unknown';

const DAY_MS = 24 * 60 * 60 * 1000;
const PARTS = 16;
/**
 * A call leaves one mark for the 16 days that it falls into, one for the day, and finer ones when it is to be
 * remembered for less than eight days. So a question about 30 days asks for some twenty marks.
 */
const SPANS_MS = [0, 1, 2, 3, 4, 5, 6].map((level) => (PARTS * DAY_MS) / PARTS ** level);
/** Every call has marks down to this level. */
const DAYS = 1;
/** A call may be remembered for so much longer than it is to be, and never for more than a day longer. */
const MOST_LONGER = 1 / 8;

/** The key stands last: so no key can look like another kind of mark. */
const markOf = ({ text, isTest }: CallKey, kind: string): string =>
	`voice2phone ${isTest ? 'test' : 'call'} ${kind} ${text}`;
const timeMark = (key: CallKey, level: number, span: number): string =>
	markOf(key, `at ${level} ${span}`);
const spanAt = (time: number, level: number): number => Math.floor(time / SPANS_MS[level]);

/** The level of the shortest spans that matter for a time to remember. */
function finestLevel(rememberMs: number): number {
	const level = SPANS_MS.findIndex((span) => span <= rememberMs * MOST_LONGER);
	return level === -1 ? SPANS_MS.length - 1 : Math.max(level, DAYS);
}

const numbers = (first: number, last: number): number[] =>
	Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);

/** The spans of the next level in a span. */
const partsOf = (span: number): number[] => numbers(span * PARTS, span * PARTS + PARTS - 1);

/** The mark of every key that was called. A key without it is free, whatever other marks it has. */
export const knownMark = (key: CallKey): string => markOf(key, 'known');

/** The mark of a call of which it is known that it was placed. */
export const placedMark = (key: CallKey, at: number): string =>
	markOf(key, `placed ${spanAt(at, 0)}`);

/**
 * The marks that tell when a call was placed.
 *
 * @param at in milliseconds since 1970, as all times here
 * @param rememberMs how long the call is to be remembered
 */
export function timeMarks(key: CallKey, at: number, rememberMs: number): string[] {
	return numbers(0, finestLevel(rememberMs)).map((level) =>
		timeMark(key, level, spanAt(at, level)),
	);
}

/**
 * Marks of earlier calls that would hide one that is noted now: by finer marks than its own it would seem to
 * be older.
 */
export function hidingMarks(key: CallKey, at: number, rememberMs: number): string[] {
	const level = finestLevel(rememberMs) + 1;
	if (level === SPANS_MS.length) return [];
	return partsOf(spanAt(at, level - 1)).map((span) => timeMark(key, level, span));
}

/** All marks that a call can have left that was placed at a time, or up to a few seconds before. */
export function marksOfCall(key: CallKey, at: number): string[] {
	const spans = (level: number) => [spanAt(at, level), spanAt(at, level) - 1];
	return [
		knownMark(key),
		...spans(0).map((span) => markOf(key, `placed ${span}`)),
		...SPANS_MS.flatMap((_, level) => spans(level).map((span) => timeMark(key, level, span))),
	];
}

/** Whether a known key was called within a time: what to look for in the store, and what it means. */
export class KeyQuestion {
	readonly marks: string[];

	private readonly from: number;

	private readonly finest: number;

	/** The spans that are asked for at each level. */
	private readonly spans: number[][];

	private readonly placedMarks: string[];

	constructor(
		private readonly key: CallKey,
		now: number,
		rememberMs: number,
	) {
		this.from = now - rememberMs;
		this.finest = finestLevel(rememberMs);
		// One span more than there can be: the clock may have been set back.
		const whole = numbers(this.edge(0), spanAt(now, 0) + 1);
		this.spans = [whole];
		for (let level = 1; level <= this.finest; level++) {
			const parts = partsOf(this.edge(level - 1));
			// What lies before the edge tells only whether a call has marks of a level at all.
			this.spans.push(level === DAYS ? parts.filter((span) => span >= this.edge(level)) : parts);
		}
		this.placedMarks = whole.map((span) => markOf(key, `placed ${span}`));
		this.marks = [
			...this.spans.flatMap((spans, level) => spans.map((span) => timeMark(key, level, span))),
			...this.placedMarks,
		];
	}

	/** @param found those of the marks that the store has */
	judge(found: ReadonlySet<string>): KeyState {
		if (!this.isCalledSince(found, 0)) return 'free';
		return this.placedMarks.some((mark) => found.has(mark)) ? 'called' : 'unknown';
	}

	/** The span in which the time to remember begins. */
	private edge(level: number): number {
		return spanAt(this.from, level);
	}

	private isCalledSince(found: ReadonlySet<string>, level: number): boolean {
		const has = (at: number, span: number) => found.has(timeMark(this.key, at, span));
		const edge = this.edge(level);
		if (this.spans[level].some((span) => span > edge && has(level, span))) return true;
		if (!has(level, edge)) return false;
		if (level === this.finest) return true;
		// A call that was to be remembered for longer has no finer marks: it may lie on either side.
		const isToldApart = level < DAYS || this.spans[level + 1].some((span) => has(level + 1, span));
		return !isToldApart || this.isCalledSince(found, level + 1);
	}
}

/** The day of a time, as a number. */
export const dayOf = (time: number): number => Math.floor(time / DAY_MS);

/** How many marks a day leaves in the store. */
export const MARKS_OF_A_DAY = 32;

/**
 * What is noted with the first key of a day. While the first of these marks is in a store that drops its
 * oldest marks first, so many of them can be dropped without losing any that is younger.
 */
export const dayMarks = (day: number): string[] =>
	numbers(1, MARKS_OF_A_DAY).map((count) => `voice2phone day ${day} ${count}`);

/**
 * Days whose keys need no longer be remembered, latest first: those of the month before, which are asked for
 * first, and those of the year before.
 */
export function bygoneDays(now: number, rememberMs: number): [month: number[], year: number[]] {
	// The clocks of two workers differ, and the times of their first keys of a day do.
	const last = dayOf(now - rememberMs) - 2;
	return [numbers(last - 30, last).reverse(), numbers(last - 400, last - 31).reverse()];
}
