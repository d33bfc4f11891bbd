/* Words that several rules share, and how a text is cut. */

/** What is wrong with a parameter, as a sentence for the person who set it; `field` is the parameter's label. */
export interface Problem {
	field: string;
	reason: string;
}

export type Parsed<T> = { ok: true; value: T } | { ok: false; problems: Problem[] };

/** Ends a text with a full stop, unless it has an end. */
export function asSentence(text: string): string {
	return /[.?!]"?$/.test(text) ? text : `${text}.`;
}

/** They look like the characters in their places. */
const HTML_LOOKALIKES: Readonly<Record<string, string>> = {
	'<': '\u{2039}',
	'>': '\u{203A}',
	'&': '\u{FF06}',
};

/**
 * The text without anything that a browser takes for HTML. n8n shows the descriptions of errors, and hints, as HTML,
 * and there are words of strangers in them: of a public form, of a model, of a server.
 */
export function plain(text: string): string {
	return text.replace(/[<>]|&(?=[#\p{L}])/gu, (character) => HTML_LOOKALIKES[character]);
}

const MOST_LISTED = 20;

/** The entries with commas between them: at most 20, and how many more there are. */
export function listed(entries: string[]): string {
	const more = entries.length - MOST_LISTED;
	const named = entries.slice(0, MOST_LISTED).join(', ');
	return more > 0 ? `${named}, and ${more} more` : named;
}

/**
 * The number that was entered, or NaN. What an expression that went wrong gives is none: null would be 0, and
 * true would be 1.
 */
export function numberFrom(typed: unknown): number {
	if (typeof typed === 'number') return typed;
	return typeof typed === 'string' && typed.trim() !== '' ? Number(typed) : NaN;
}

/** Expressions as they stand in a field: `` `{{ $json.a }}`, `{{ $json.b }}` ``. */
export const sourcesNamed = (sources: readonly string[]): string =>
	sources.map((source) => `\`${source}\``).join(', ');

/**
 * What Excel and Google Sheets show where a formula fails, in English, German, French, Spanish, Italian, Portuguese
 * and Dutch: in a file of text, Excel writes it in the language of the person who saved it.
 */
export const SHEET_ERROR = new RegExp(
	[
		'#(?:DIV/0!|ERROR!|N/A|NAME\\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|GETTING_DATA)',
		'#(?:NV(?![\\p{L}\\d])|WERT!|BEZUG!|ZAHL!|ÜBERLAUF!|KALK!)',
		'#(?:VALEUR!|NOM\\?|NOMBRE!|NUL!|PROPAGATION!)',
		'#(?:N/D|¡VALOR!|¡REF!|¿NOMBRE\\?|¡NUM!|¡NULO!|¡DIV/0!|VALOR!|NOME\\?|NÚM!|NULO!)',
		'#(?:VALORE!|RIF!|NULLO!|N/B|WAARDE!|VERW!|NAAM\\?|GETAL!|LEEG!|DEEL/0!)',
	].join('|'),
	'u',
);

/** Whether anything of a text would be heard: it has a letter or a digit. */
export const hasWords = (text: string): boolean => /[\p{L}\p{N}]/u.test(text);

const LONE_SURROGATE = /\p{Surrogate}/u;

/** False when the text holds half of a character: a text that was cut inside an emoji does. */
export function isWellFormed(text: string): boolean {
	return !LONE_SURROGATE.test(text);
}

/**
 * The beginning of a text, cut between characters as people see them (grapheme clusters), never inside one.
 * A single character that is longer than the whole limit is cut between its code points.
 *
 * @param longest in UTF-16 code units, as `length` counts; the result is never longer
 */
export function cutText(text: string, longest: number): string {
	if (text.length <= longest) return text;
	const { index: end } = new Intl.Segmenter().segment(text).containing(longest);
	if (end > 0) return text.slice(0, end);
	const isInsideCodePoint = (text.codePointAt(longest - 1) ?? 0) > 0xffff;
	return text.slice(0, isInsideCodePoint ? longest - 1 : longest);
}
