/* The value of Once Per: what stands for the reason to call somebody, once. */
import { quote } from '../numbers/phoneNumberText';
import { isWellFormed, SHEET_ERROR, sourcesNamed, type Parsed } from '../words';

const FIELD = 'Once Per';
/** No ID is longer, and a form on the internet can send a text of any length. An assumption. */
const LONGEST = 1000;
/**
 * What JavaScript, spreadsheets and people write where there is no value. None of it tells one item from
 * another.
 */
const NOT_A_VALUE =
	/^(?:undefined|null|NULL|NaN|-?Infinity|Invalid Date|Invalid DateTime|true|false|none|None|NONE|nil|n\/a|N\/A)$/;
/** A value that is missing behind a text of the user, as in "lead-undefined". */
const MISSING_PART = /(?:^|[-_:/|#.])(?:undefined|null|NaN)(?=$|[-_:/|#.])/;

/** Letters and signs by Unicode's count that nobody sees: the fillers of Hangul, and the empty sign of Braille. */
const UNSEEN = /[\u115F\u1160\u2800\u3164\uFFA0]/g;

/**
 * The value as a key: text or a whole number, in one Unicode form (NFC), with all blanks alike, without the characters that
 * nobody sees. So "André" from two systems is one key. What cannot tell one item from another is refused: by such a key
 * the first person is called, and all others are left out.
 *
 * @param value of any type, since it may come from an expression
 */
export function parseOnceKey(value: unknown): Parsed<string> {
	const fault = faultOf(value);
	if (fault !== undefined) return { ok: false, problems: [{ field: FIELD, reason: fault }] };
	return { ok: true, value: normalized(String(value)) };
}

function normalized(text: string): string {
	return text
		.replace(/\p{Cf}/gu, '')
		.normalize('NFC')
		.replace(/\s+/g, ' ')
		.trim();
}

function faultOf(value: unknown): string | undefined {
	if (value === undefined || value === null) return `is empty. ${GIVE_A_VALUE}`;
	if (typeof value === 'number') return faultOfNumber(value);
	if (Array.isArray(value)) return `is a list. ${GIVE_A_VALUE}`;
	if (typeof value !== 'string') return `is of the type ${typeof value}. ${GIVE_A_VALUE}`;
	if (value.length > LONGEST) {
		return `is longer than ${LONGEST} characters. Use a shorter value, such as an ID`;
	}
	if (!isWellFormed(value)) {
		return 'has half a character in it, from a text that was cut inside one. Use another value, such as an ID';
	}
	const key = normalized(value);
	if (key === '') return `is empty. ${GIVE_A_VALUE}`;
	const braces = key.indexOf('{{');
	if (braces >= 0 && key.includes('}}', braces)) {
		return `${quote(key)} is text, not an expression. Switch the field to Expression`;
	}
	const isNoValue = NOT_A_VALUE.test(key) || endsInSheetError(key);
	const hasNothing = !/[\p{L}\p{N}\p{So}]/u.test(key.replace(UNSEEN, ''));
	if (isNoValue || hasNothing || MISSING_PART.test(key) || /\[object [A-Z]\w*\]/.test(key)) {
		return `${quote(key)} is the same for all items. ${GIVE_A_VALUE}`;
	}
	return undefined;
}

/** `#N/A`, `lead-#N/A`: nothing behind it tells one item from another. */
function endsInSheetError(key: string): boolean {
	const found = SHEET_ERROR.exec(key);
	return found !== null && found.index + found[0].length === key.length;
}

function faultOfNumber(value: number): string | undefined {
	if (!Number.isFinite(value)) return `${quote(value)} is not a number. ${GIVE_A_VALUE}`;
	// JSON.parse rounds such numbers, so two IDs can become one.
	if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
		return `${quote(value)} has too many digits for a number, so the last ones may be wrong. Let the value come as text`;
	}
	return undefined;
}

/**
 * Why a text around expressions that all gave nothing is no value, going on from the label.
 *
 * @param sources the expressions, as they stand in the field
 */
export function sameForAllReason(sources: readonly string[]): string {
	return `is the same for all items, because ${sourcesNamed(sources)} gave nothing. ${GIVE_A_VALUE}`;
}

const GIVE_A_VALUE =
	'Let the expression give a text or a number of its own for each item, such as an ID';

/** Of two items, both with one value, one may well be the other's double. */
const MIN_ITEMS = 3;

/**
 * A hint when more than half of the items of a run have one and the same value: all but the first are not called.
 *
 * @param keys the parsed values, one of each item
 */
export function sharedKeyHint(keys: readonly string[]): string | undefined {
	if (keys.length < MIN_ITEMS) return undefined;
	const counts = new Map<string, number>();
	for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
	const [key, count] = [...counts].reduce((most, next) => (next[1] > most[1] ? next : most));
	if (count * 2 <= keys.length) return undefined;
	return `${FIELD} is ${quote(key)} for ${count} of ${keys.length} items, and only the first of them is called. Check that the expression gives each item a value of its own`;
}
