import {
	bygoneDays,
	dayMarks,
	dayOf,
	hidingMarks,
	KeyQuestion,
	knownMark,
	marksOfCall,
	MARKS_OF_A_DAY,
	placedMark,
	timeMarks,
} from '../../../../nodes/Voice2Phone/core/calls/keyMarks';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const lead = { text: 'lead-1', isTest: false };
const NOON = Date.UTC(2026, 10, 25, 12);

/** How a key stands that was called so long before, when both times to remember are given. */
function state(age: number, rememberMs: number, notedFor = rememberMs, isPlaced = true) {
	const called = NOON - age;
	const marks = [knownMark(lead), ...timeMarks(lead, called, notedFor)];
	if (isPlaced) marks.push(placedMark(lead, called));
	const question = new KeyQuestion(lead, NOON, rememberMs);
	// A store answers what it is asked for, and nothing else.
	return question.judge(new Set(question.marks.filter((mark) => marks.includes(mark))));
}

describe('a key that was called', () => {
	it.each([1000, MINUTE, HOUR, DAY, 7 * DAY, 30 * DAY, 365 * DAY, 3650 * DAY])(
		'is remembered for %i ms, and an eighth or a day longer at most',
		(rememberMs) => {
			const longer = Math.min(rememberMs / 8, DAY);
			for (let part = 0; part < 1; part += 0.01) {
				expect(state(rememberMs * part, rememberMs)).toBe('called');
				expect(state(rememberMs + longer * (1 + part), rememberMs)).toBe('free');
			}
			expect(state(rememberMs - 1, rememberMs)).toBe('called');
		},
	);

	it('is remembered when the time is made longer afterwards', () => {
		expect(state(20 * DAY, 60 * DAY, 1 * DAY)).toBe('called');
		expect(state(59 * DAY, 60 * DAY, 30 * DAY)).toBe('called');
		expect(state(61 * DAY, 60 * DAY, MINUTE)).toBe('free');
	});

	it('is forgotten when the time is made shorter, at the latest when its day is over', () => {
		expect(state(3 * DAY, 2 * DAY, 30 * DAY)).toBe('free');
		expect(state(2 * HOUR, HOUR, 30 * DAY)).toBe('called');
		expect(state(26 * HOUR, HOUR, 30 * DAY)).toBe('free');
		expect(state(2 * HOUR, HOUR, 2 * HOUR)).toBe('free');
	});

	it('is remembered when the clock was set back', () => {
		expect(state(-3 * HOUR, HOUR)).toBe('called');
		expect(state(-3 * DAY, 30 * DAY)).toBe('called');
	});

	it('is unknown when nobody noted that the call was placed', () => {
		expect(state(DAY, 30 * DAY, 30 * DAY, false)).toBe('unknown');
		expect(state(32 * DAY, 30 * DAY, 30 * DAY, false)).toBe('free');
	});

	it('is not hidden by an earlier call of its day that was to be remembered for less', () => {
		const early = timeMarks(lead, NOON - 6 * HOUR, HOUR);
		const late = timeMarks(lead, NOON - HOUR / 2, 30 * DAY);
		const question = new KeyQuestion(lead, NOON, HOUR);
		expect(question.judge(new Set([...early, ...late]))).toBe('free');
		const hiding = new Set(hidingMarks(lead, NOON - HOUR / 2, 30 * DAY));
		const left = early.filter((mark) => !hiding.has(mark));
		expect(question.judge(new Set([...left, ...late]))).toBe('unknown');
	});
});

describe('the marks of a key', () => {
	it('are the same in every version, since stores keep them for years', () => {
		expect(timeMarks(lead, 0, 30 * DAY)).toEqual([
			'voice2phone call at 0 0 lead-1',
			'voice2phone call at 1 0 lead-1',
		]);
		expect(knownMark({ text: 'x', isTest: true })).toBe('voice2phone test known x');
		expect(placedMark(lead, 16 * DAY)).toBe('voice2phone call placed 1 lead-1');
	});

	it('that would hide a call are the sixteen of the next finer kind in its span', () => {
		const hiding = hidingMarks(lead, 5 * DAY, 30 * DAY);
		expect(hiding).toHaveLength(16);
		expect(hiding).toEqual(expect.arrayContaining([timeMarks(lead, 5 * DAY, 7 * DAY)[2]]));
		expect(hiding).not.toContain(timeMarks(lead, 6 * DAY, 7 * DAY)[2]);
		// Nothing is finer than the marks of the shortest time.
		expect(hidingMarks(lead, 5 * DAY, 1)).toEqual([]);
	});

	it('are few, and so are those of a question', () => {
		expect(timeMarks(lead, NOON, 30 * DAY)).toHaveLength(2);
		expect(timeMarks(lead, NOON, 3 * MINUTE).length).toBeLessThanOrEqual(5);
		for (const days of [1 / 24, 1, 7, 30]) {
			expect(new KeyQuestion(lead, NOON, days * DAY).marks.length).toBeLessThan(60);
		}
		expect(new KeyQuestion(lead, NOON, 365 * DAY).marks.length).toBeLessThan(80);
	});

	it('are all among those that are removed with the call, also when it took a moment', () => {
		const removed = marksOfCall(lead, NOON);
		for (const called of [NOON, NOON - 1]) {
			for (const rememberMs of [HOUR, DAY, 30 * DAY]) {
				expect(removed).toEqual(
					expect.arrayContaining([
						knownMark(lead),
						placedMark(lead, called),
						...timeMarks(lead, called, rememberMs),
					]),
				);
			}
		}
	});

	it('are those of no other key, whatever its text is', () => {
		const texts = [
			'lead-1',
			'test lead-1',
			'known lead-1',
			'at 0 1 lead-1',
			'placed 1 lead-1',
			'1 1',
		];
		const keys = texts.flatMap((text) => [false, true].map((isTest) => ({ text, isTest })));
		const all = keys.flatMap((key) => [...new Set(marksOfCall(key, NOON))]);
		all.push(...dayMarks(1));
		expect(new Set(all).size).toBe(all.length);
	});

	it('of the same day are not asked for before the time to remember begins', () => {
		const sixteenDays = 16 * DAY;
		const question = new KeyQuestion(lead, sixteenDays + 40 * DAY, 40 * DAY + 5 * DAY);
		const days = question.marks.filter((mark) => mark.includes(' at 1 '));
		expect(days[0]).toBe('voice2phone call at 1 11 lead-1');
		expect(days).toHaveLength(5);
	});

	it('of a day are as many as can be dropped for it', () => {
		expect(new Set(dayMarks(20_000)).size).toBe(MARKS_OF_A_DAY);
	});
});

describe('the days that need no longer be remembered', () => {
	it('are those of a month and of a year, latest first, with a day to spare for other clocks', () => {
		const [month, year] = bygoneDays(NOON, 30 * DAY);
		const last = dayOf(NOON) - 32;
		expect([month[0], month.at(-1), month.length]).toEqual([last, last - 30, 31]);
		expect([year[0], year.at(-1), year.length]).toEqual([last - 31, last - 400, 370]);
	});

	it('begin at midnight in UTC', () => {
		expect([dayOf(DAY - 1), dayOf(DAY)]).toEqual([0, 1]);
	});
});
