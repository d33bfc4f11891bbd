const MAX_QUOTE_LENGTH = 40;
const PLAIN_ASCII = /^[\d+ ()./-]*$/;
const LETTERS_OF_KEYS = ['', '', 'abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz'];
/** Of a number with fewer digits, two would show too much. */
const MIN_LENGTH_TO_SHOW_END = 7;

/** The value as it was typed, in one line, without invisible characters and not longer than a line. */
export function quote(typed: unknown): string {
	const visible = String(typed)
		.replace(/\p{Cf}/gu, '')
		.replace(/[\s\p{Cc}]+/gu, ' ')
		.trim();
	const characters = [...visible];
	return characters.length <= MAX_QUOTE_LENGTH
		? `"${visible}"`
		: `"${characters.slice(0, MAX_QUOTE_LENGTH - 1).join('')}…"`;
}

/** Any script's digit as one of 0 to 9: the digits of a script follow each other, from its zero on. */
function asciiDigit(digit: string): string {
	const codePoint = digit.codePointAt(0) ?? 0;
	let value = 0;
	while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(codePoint - value - 1))) value++;
	return String(value);
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
