import fc from 'fast-check';
import { approvalMessage, approvalResult } from '../../../nodes/Voice2Phone/agent/humanReview';
import { faultOfApiKey } from '../../../nodes/Voice2Phone/core/apiKey';
import {
	parseCallId,
	parseMessage,
	sameCallOf,
	toBody,
} from '../../../nodes/Voice2Phone/core/calls/callRequest';
import { fingerprint } from '../../../nodes/Voice2Phone/core/calls/journal';
import { KEYS, parseKeys } from '../../../nodes/Voice2Phone/core/calls/keys';
import {
	checkSpokenText,
	faultOfSpokenValue,
	hintsOfRun,
	speakable,
	speechSeconds,
} from '../../../nodes/Voice2Phone/core/calls/messageCheck';
import { kindOf, readFault } from '../../../nodes/Voice2Phone/core/calls/networkFaults';
import { parseOnceKey, sharedKeyHint } from '../../../nodes/Voice2Phone/core/calls/onceKey';
import {
	judgeCall,
	judgeStatus,
	retryAfterMs,
	type HttpResult,
} from '../../../nodes/Voice2Phone/core/calls/outcome';
import { parsePeople } from '../../../nodes/Voice2Phone/core/calls/people';
import {
	faultOfSpokenRequest,
	spokenRequest,
} from '../../../nodes/Voice2Phone/core/calls/spokenRequest';
import {
	fieldPath,
	givesSomething,
	isNumberInsteadOfMissingValue,
	mayBeEmpty,
	references,
} from '../../../nodes/Voice2Phone/core/calls/template';
import { parseSchedule } from '../../../nodes/Voice2Phone/core/hours/schedule';
import { parseAllowedNumbers } from '../../../nodes/Voice2Phone/core/numbers/allowedNumbers';
import { parseNumberList } from '../../../nodes/Voice2Phone/core/numbers/numberList';
import { maskPhoneNumber, parsePhone } from '../../../nodes/Voice2Phone/core/numbers/phoneNumber';
import { quote } from '../../../nodes/Voice2Phone/core/numbers/phoneNumberText';
import { timeZonesOf } from '../../../nodes/Voice2Phone/core/numbers/timeZones';
import { outputIndex, outputNames } from '../../../nodes/Voice2Phone/core/outputs';
import { redactor } from '../../../nodes/Voice2Phone/core/redact';
import { readAnswer } from '../../../nodes/Voice2Phone/core/waiting/answer';
import {
	asSentence,
	cutText,
	isWellFormed,
	plain,
	type Problem,
} from '../../../nodes/Voice2Phone/core/words';

/*
 * Every pure function that a text of a stranger reaches (a public form, a model, a server that may be none),
 * with texts made at random from what has hurt such functions before. FUZZ_SEED repeats a run.
 */

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 0x7fffffff);
const numRuns = Number(process.env.FUZZ_RUNS ?? 200);
fc.configureGlobal({ seed, numRuns });

const NOW = Date.UTC(2026, 10, 25, 12);
const KEY = 'Zk7"x/Q+b&9<t>W-3.a$';
const CALL_ID = '54b16dd7-8e68-4a2a-973d-063e39a6998c';
const hide = redactor(KEY);

/** Pieces that texts are made of, besides any character of Unicode. */
const PIECES = [
	...'0123456789+-()./ *#,;:<>&"\'`{}[]|\\$%=_~!?@\n\r\t',
	...['{{', '}}', '</', '/>', '<!--', '-->', '&lt;', '&#60;', '**', '__', '](', '![', '```', '[['],
	...['<a href=//evil.io>', '<speak>', '<br', '$json.', '$fromAI', 'undefined', 'null', 'NaN'],
	...['[object Object]', 'Invalid Date', 'tel:', 'ext', '+1', '0049', '(0)', '425', '555-0101'],
	...['\u200b', '\u202e', '\ufeff', '\u0000', '\ud83d', '\ude00', '😀', '👩‍👩‍👧', '🇩🇪', '1️⃣'],
	...['𝟰', '𝟬', '٤', '१', 'é', 'e\u0301', 'ß', 'İ', '\u2028', '\u00a0', '\u0301', '\uff11'],
	...['__proto__', 'constructor', 'toString', 'hasOwnProperty', KEY, CALL_ID, 'approved'],
];
const piece = fc.oneof(
	{ weight: 4, arbitrary: fc.constantFrom(...PIECES) },
	{ weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 3 }) },
);
const text = fc.oneof(
	fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
	fc.tuple(piece, fc.integer({ min: 1, max: 3000 })).map(([one, times]) => one.repeat(times)),
);
/** What an expression can give: all of JSON, with names that objects have anyway, and what is no JSON. */
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
	value: fc.oneof(
		{ depthSize: 'small' },
		text,
		fc.constantFrom<unknown>(undefined, null, true, NaN, Infinity, -0, 2 ** 53, 1e21, () => 1),
		fc.double(),
		fc.array(tie('value'), { maxLength: 4 }),
		fc.dictionary(fc.oneof(text, fc.constantFrom('phone', 'name', 'json', 'key')), tie('value'), {
			maxKeys: 4,
		}),
		fc.constantFrom<unknown>(JSON.parse('{"toString":1,"valueOf":1}'), new Date(NaN)),
	),
})).value;
const keys = fc
	.subarray([...KEYS])
	.map((offered) => offered.map((key) => ({ key, label: 'Yes', message: 'Thank you' })));

const each = (...arbitraries: [fc.Arbitrary<unknown>, ...Array<fc.Arbitrary<unknown>>]) => ({
	is: (check: (...values: never[]) => void) =>
		fc.assert(fc.property(...arbitraries, check as (...values: unknown[]) => void)),
});

/** Nothing that a person reads is endless, becomes HTML or holds half of a character. */
function isReadable(words: string | undefined): void {
	if (words === undefined) return;
	expect(words.length).toBeLessThan(1_000);
	expect(plain(words.replaceAll('<speak>', ''))).toBe(words.replaceAll('<speak>', ''));
	expect(isWellFormed(words)).toBe(true);
}
const areReadable = (problems: Problem[]) => problems.forEach(({ reason }) => isReadable(reason));

beforeAll(() => console.log(`FUZZ_SEED=${seed} FUZZ_RUNS=${numRuns}`));

describe('Whatever a stranger writes', () => {
	it.each(['US', 'DE', 'auto', 'GB', 'IT', 'MX'])('as a phone number, %s', (country) => {
		each(value).is((typed: unknown) => {
			for (const check of ['numberingPlan', 'lengthsOnly'] as const) {
				const parsed = parsePhone(typed, country, { check });
				if (!parsed.ok) isReadable(parsed.reason);
				else {
					const { number } = parsed.phone;
					expect(number).toMatch(/^\+[1-9]\d{4,14}$/);
					if (check === 'numberingPlan') {
						expect(number).toMatch(/^\+[1-9]\d{6,14}$/);
						expect(parsePhone(number, 'auto')).toMatchObject({ phone: { number } });
					}
					expect(timeZonesOf({ number }).length).toBeGreaterThanOrEqual(0);
					// What a person wrote as digits is what rings: no digit comes from elsewhere.
					const written = String(typed).normalize('NFKC').replace(/\D/gu, '');
					const local = number.slice(-Math.min(6, written.length));
					if (/^[\d\s()+./-]*$/.test(String(typed))) expect(written).toContain(local);
				}
			}
		});
	});

	it('as a country', () => {
		each(value).is((country: unknown) => {
			const parsed = parsePhone('425 555 0101', country);
			if (!parsed.ok) isReadable(parsed.reason);
		});
	});

	it('as a number that is masked or quoted', () => {
		each(text).is((typed: string) => {
			expect(maskPhoneNumber(typed).match(/\p{Nd}/gu)?.length ?? 0).toBeLessThanOrEqual(2);
			isReadable(quote(typed));
		});
	});

	it('as a list of numbers, a list of people, a list of what is allowed', () => {
		each(value).is((list: unknown) => {
			const numbers = parseNumberList(list, { country: 'US' });
			if (!numbers.ok) isReadable(numbers.problem);
			const people = parsePeople(list, 'US');
			if (!people.ok) areReadable(people.problems);
		});
		each(text).is((list: string) => {
			const phone = { number: '+14255550101', countryCode: 'US' };
			const numbers = parseAllowedNumbers(list);
			// Only a text with these digits can allow this number.
			if ('allows' in numbers && numbers.allows(phone)) {
				expect(list.normalize('NFKC')).toMatch(/1/);
			}
		});
	});

	it('as a key that was offered, a value that is remembered, a call ID, an API key', () => {
		each(value).is((typed: unknown) => {
			const problems: Problem[] = [];
			for (const { key } of parseKeys(typed, problems)) expect(KEYS).toContain(key);
			for (const { key } of parseKeys({ entries: [typed, { key: typed }] }, problems)) {
				expect(KEYS).toContain(key);
			}
			areReadable(problems);
			const once = parseOnceKey(typed);
			if (!once.ok) areReadable(once.problems);
			else isReadable(sharedKeyHint([once.value, once.value, once.value]));
			const callId = parseCallId(typed);
			if (!callId.ok) areReadable(callId.problems);
			else expect(encodeURIComponent(callId.value)).toBe(callId.value);
			isReadable(faultOfApiKey(typed));
		});
	});

	it('as hours, days and a time zone', () => {
		each(value, value).is((one: unknown, other: unknown) => {
			const raw = { days: one, from: other, until: one, notOn: other, timeZone: one };
			const parsed = parseSchedule(raw as Parameters<typeof parseSchedule>[0]);
			if (!parsed.ok) areReadable(parsed.problems);
		});
	});

	it('as what is spoken', () => {
		each(value).is((typed: unknown) => {
			const problems: Problem[] = [];
			isReadable(faultOfSpokenValue(typed));
			parseMessage(typed, problems);
			areReadable(problems);
		});
		each(text).is((spoken: string) => {
			const { refusal, hints } = checkSpokenText(spoken);
			isReadable(refusal);
			hintsOfRun(hints.map((hint) => ({ field: 'Message', itemIndex: 0, hint }))).forEach(
				isReadable,
			);
			expect(isWellFormed(speakable(spoken))).toBe(true);
			expect(speakable(spoken).length).toBeLessThanOrEqual(spoken.length + 1);
			expect(speechSeconds(spoken).to).toBeGreaterThanOrEqual(speechSeconds(spoken).from);
			const request = {
				phone: { number: '+14255550101', countryCode: 'US' },
				message: spoken,
				keys: [],
			};
			expect(toBody(request).Message).toBe(spoken);
			expect(fingerprint(sameCallOf(request))).toMatch(/^[0-9a-f]{16}$/);
		});
	});

	it('between and in the expressions of a text', () => {
		each(text, text, text).is((before: string, given: string, after: string) => {
			const template = { texts: [before, after], codes: [' $json.a '] };
			expect(mayBeEmpty(template, 0, before + after)).toBe(true);
			mayBeEmpty(template, 0, before + given + after);
			fieldPath(given);
			givesSomething(given, { a: given });
			references(given);
			isNumberInsteadOfMissingValue(given, after);
		});
	});

	it('as the label of a key', () => {
		each(keys, text).is((offered: ReturnType<typeof parseKeys>, label: string) => {
			const labelled = offered.map((key) => ({ ...key, label }));
			expect(outputNames(labelled)).toHaveLength(offered.length + 3);
			for (const { key } of offered) {
				const index = outputIndex({ outcome: 'keyPressed', pressedKey: key }, labelled);
				expect(outputNames(labelled)[index]).toContain(key);
			}
		});
	});

	it('to be cut', () => {
		each(text, fc.nat(400)).is((long: string, longest: number) => {
			expect(cutText(long, longest).length).toBeLessThanOrEqual(longest);
			expect(plain(plain(long))).toBe(plain(long));
			expect(asSentence(long)).toMatch(/[.?!]"?$/);
		});
	});
});

describe('Whatever a model asks for', () => {
	it('is said or named, and nothing more', () => {
		each(fc.dictionary(text, value, { maxKeys: 6 }), text, text).is(
			(parameters: Record<string, unknown>, tool: string, message: string) => {
				const spoken = approvalMessage(
					`${message} [object Object]`,
					{ tool, toolParameters: parameters } as never,
					'Press 1 to approve, or 2 to refuse.',
				);
				expect(spoken.endsWith('Press 1 to approve, or 2 to refuse.')).toBe(true);
				expect(isWellFormed(spoken)).toBe(true);
				isReadable(faultOfSpokenRequest(spoken));
			},
		);
	});

	it('has each of its amounts said, or its name', () => {
		each(
			fc.dictionary(fc.stringMatching(/^[a-z]{3,9}$/), text, { maxKeys: 12 }),
			fc.integer({ min: 1000, max: 99999 }),
			fc.nat(12),
		).is((others: Record<string, string>, amount: number, place: number) => {
			const entries = Object.entries(others);
			entries.splice(place, 0, ['theamount', String(amount)]);
			const said = spokenRequest('[object Object]', 'pay', Object.fromEntries(entries));
			expect(said).toMatch(new RegExp(`theamount: ${amount}|Not said here: .*theamount`, 's'));
		});
	});
});

describe('Whatever a server answers', () => {
	const body = fc.oneof(
		value,
		fc.record(
			{ CallId: fc.oneof(value, fc.constant(CALL_ID)), Status: value, Dtmf: value, Message: value },
			{ requiredKeys: [] },
		),
	);
	const result: fc.Arbitrary<unknown> = fc.record({
		kind: fc.constant('answer'),
		statusCode: fc.integer({ min: 100, max: 599 }),
		headers: fc.record({ 'retry-after': value }, { requiredKeys: [] }),
		body,
	});

	it('is judged without an exception, and no key of ours comes out', () => {
		each(result).is((answer: HttpResult) => {
			const call = judgeCall(answer, NOW, hide);
			const status = judgeStatus(answer, NOW, CALL_ID, hide);
			const shown = JSON.stringify([call, status]);
			expect(shown).not.toContain(JSON.stringify(KEY).slice(1, -1));
			if (call.kind !== 'accepted') isReadable(call.failure.serverWords);
			else expect(encodeURIComponent(call.callId)).toBe(call.callId);
			if (status.kind === 'read') {
				const allowed = ['CallId', 'Status', 'CreatedDateUtc', 'UpdatedDateUtc', 'Dtmf'];
				expect(allowed).toEqual(expect.arrayContaining(Object.keys(status.body)));
				for (const shownValue of Object.values(status.body)) {
					expect(typeof shownValue !== 'object' || shownValue === null).toBe(true);
				}
			}
			const kinds = ['accepted', 'rejected', 'unknown'];
			expect(kinds).toContain(call.kind);
			// Only 4xx can mean that nobody was called.
			if (call.kind === 'rejected' && 'statusCode' in answer) {
				expect(Math.floor(answer.statusCode / 100)).toBe(4);
			}
		});
	});

	it('asks to wait for a time that is finite', () => {
		each(value).is((header: unknown) => {
			const ms = retryAfterMs(header, NOW);
			if (ms !== undefined) expect(ms >= 0 && Number.isFinite(ms)).toBe(true);
		});
	});

	it('presses keys of a phone only, and approves by the one key alone', () => {
		each(value, keys).is((Dtmf: unknown, offered: ReturnType<typeof parseKeys>) => {
			const finishedStatusCodes = new Set(['2']);
			const answer = readAnswer({ Dtmf, Status: 1 }, { finishedStatusCodes, keys: offered });
			if (answer) expect(answer.pressedKey).toMatch(/^[0-9*#A-D]$/);
			const json = { outcome: 'keyPressed', approved: true, Dtmf: '1' };
			const { approved } = approvalResult({ json, pressed: Dtmf }, '1').json;
			expect(approved).toBe(
				(typeof Dtmf === 'string' || typeof Dtmf === 'number') && String(Dtmf).trim() === '1',
			);
		});
	});

	it('or whatever is thrown instead, has a kind, and nobody was called only where it is certain', () => {
		each(value, text).is((cause: unknown, words: string) => {
			const fault = readFault(Object.assign(new Error(words), { cause }));
			expect(typeof kindOf(fault)).toBe('string');
			expect(typeof kindOf(readFault(cause))).toBe('string');
		});
	});

	it('has the key hidden', () => {
		each(text, text).is((before: string, after: string) => {
			for (const form of [KEY, KEY.toUpperCase(), encodeURIComponent(KEY), JSON.stringify(KEY)]) {
				expect(hide(`${before}${form}${after}`)).not.toContain(form);
			}
		});
	});
});
