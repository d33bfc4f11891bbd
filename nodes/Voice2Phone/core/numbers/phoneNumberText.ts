/** Turns what people type for a phone number into plain characters, and back into words for people. */
import { plain } from '../words';

const MAX_QUOTE_LENGTH = 40;
/** Invisible characters are no part of a quotation, so that it may take many to fill a line. */
const MAX_READ_TO_QUOTE = 1000;
const PLAIN_ASCII = /^[\d+ ()./-]*$/;
const LETTERS_OF_KEYS = ['', '', 'abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz'];
/** Of a number with fewer digits, two would show too much. */
const MIN_LENGTH_TO_SHOW_END = 7;

/**
 * The value as it was typed, in one line, without invisible characters, not longer than a line and with
 * nothing that a browser takes for HTML.
 */
export function quote(typed: unknown): string {
	const start = textOf(typed).slice(0, MAX_READ_TO_QUOTE);
	const visible = plain(start.replace(/[\p{Cf}\p{Cs}]/gu, '').replace(/[\s\p{Cc}]+/gu, ' ')).trim();
	const characters = [...visible];
	return characters.length <= MAX_QUOTE_LENGTH
		? `"${visible}"`
		: `"${characters.slice(0, MAX_QUOTE_LENGTH - 1).join('')}\u{2026}"`;
}

/** JavaScript makes no text of an object whose `toString` is no function: JSON from outside may have one. */
function textOf(value: unknown): string {
	try {
		return String(value);
	} catch {
		return `[${typeof value}]`;
	}
}

const isDigit = (codePoint: number) => /\p{Nd}/u.test(String.fromCodePoint(codePoint));

/**
 * Any script's digit as one of 0 to 9. Unicode keeps the ten digits of a script together, from zero on;
 * several sets may follow each other, as the five of mathematics do (U+1D7CE to U+1D7FF).
 */
function asciiDigit(digit: string): string {
	const codePoint = digit.codePointAt(0) ?? 0;
	let position = 0;
	while (isDigit(codePoint - position - 1)) position++;
	return String(position % 10);
}

/**
 * The number in ASCII punctuation and digits, without what people do not see (direction marks from
 * address books, zero-width spaces), the apostrophe that keeps a spreadsheet cell a text, and `tel:`.
 */
export function toAscii(text: string): string {
	if (PLAIN_ASCII.test(text)) return text.trim();
	return text
		.replace(/[\p{Cf}\p{Variation_Selector}]/gu, '')
		.replace(/[\u{FF01}-\u{FF5E}]/gu, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
		.replace(/(?![0-9])\p{Nd}/gu, asciiDigit)
		.replace(/\p{Zs}/gu, ' ')
		.replace(/[\p{Pd}\u{2053}\u{2212}\u{223C}\u{30FC}]/gu, '-')
		.replace(/[\u{00B7}\u{2022}\u{2219}\u{30FB}]/gu, '.')
		.replace(/[\u{2044}\u{2215}]/gu, '/')
		.trim()
		.replace(/^['\u{2018}\u{2019}\u{00B4}`]+/u, '')
		.replace(/^tel:/i, '')
		.trim();
}

export const digitsOf = (text: string): string => text.replace(/\D/g, '');

/** Letters as the keys of a phone that carry them: `FLOWERS` → `3569377`. */
export function dialLetters(text: string): string {
	return text.replace(/[a-z]/gi, (letter) =>
		String(LETTERS_OF_KEYS.findIndex((letters) => letters.includes(letter.toLowerCase()))),
	);
}

/** Hides a phone number for log lines: all its digits but the last two, `+***********78`. */
export function maskPhoneNumber(number: string): string {
	const digits = number.match(/\p{Nd}/gu)?.length ?? 0;
	const shown = digits < MIN_LENGTH_TO_SHOW_END ? 0 : 2;
	let position = 0;
	return number.replace(/\p{Nd}/gu, (digit) => (++position > digits - shown ? digit : '*'));
}
