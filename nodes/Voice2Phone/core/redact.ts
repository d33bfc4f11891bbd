/* Keeps the API key out of everything that leaves the node, in each form in which a server could repeat it. */

/** Hides the API key, wherever it stands in a text. */
export type Redact = (text: string) => string;

/** What stands in the place of the key. */
export const HIDDEN = '[API key]';

/** A shorter piece of base64 could be anything. */
const SHORTEST_BASE64 = 8;

/**
 * Hides the key as it is, as it is sent (Basic), in base64, in hexadecimal, as a list of bytes, and escaped for a
 * URL, JSON, HTML or mail, once or twice, in any case, with its characters escaped or not, also where lines are broken
 * inside of it. Takes time in proportion to the text.
 *
 * @param apiKeys the key that is used now and those that were used before it; empty ones hide nothing
 */
export function redactor(...apiKeys: string[]): Redact {
	const keys = [...new Set(apiKeys.map((key) => key.trim()))].filter(Boolean);
	if (keys.length === 0) return (text) => text;
	const forms = keys.flatMap((key) => {
		const encoded = [base64(key), base64(`${key}:`)];
		return [
			...[key, ...encoded].flatMap((text) => [...base64Forms(text), hexForm(text)]),
			decimalForm(key),
			escapedForm(key),
		];
	});
	const beginning = new RegExp(forms.map(beginningOf).join('|'), 'i');
	let secret: RegExp | undefined;
	return (text) => {
		if (!beginning.test(text)) return text;
		secret ??= new RegExp(forms.map(wholeOf).join('|'), 'gi');
		return text.replace(secret, HIDDEN);
	};
}

/** A way to write a key: pieces of a regular expression, and what may stand between two of them. */
interface Form {
	before?: string;
	pieces: string[];
	between: string;
	after?: string;
}

/**
 * V8 translates a long expression when it is first used, and n8n does nothing else meanwhile: for all of a key up to a
 * tenth of a second, for this much 4 ms. Hardly any text begins like a key.
 */
const PIECES_OF_BEGINNING = 6;

const wholeOf = ({ before = '', pieces, between, after = '' }: Form) =>
	before + pieces.join(between) + after;

const beginningOf = ({ pieces, between }: Form) =>
	pieces.slice(0, PIECES_OF_BEGINNING).join(between);

/**
 * What may stand between two characters where a text was wrapped: line breaks, also escaped, and invisible signs.
 * Up to four, since V8 writes out what may come three times, and needs five times as long for it.
 */
const GAP = '(?:[\\s\u00AD\u200B-\u200F\u2060\uFEFF]|\\\\{1,4}[nrt]){0,4}';

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** The key with each character as it is or escaped in one of the usual ways. */
function escapedForm(key: string): Form {
	// A GUID is the same with and without its dashes.
	const isGuid = /^[0-9a-f]{32}$/i.test(key.replaceAll('-', ''));
	const characters = isGuid ? [...key.replaceAll('-', '')] : [...key];
	const between = isGuid ? `${GAP}${characterForm('-')}?${GAP}` : GAP;
	return { pieces: characters.map(characterForm), between };
}

const HTML_NAMES: Record<string, string> = {
	'"': 'quot',
	'&': 'amp',
	"'": 'apos',
	'<': 'lt',
	'>': 'gt',
};

function characterForm(character: string): string {
	const codePoint = character.codePointAt(0) ?? 0;
	const hex = codePoint.toString(16);
	const names = HTML_NAMES[character] ? [`${HTML_NAMES[character]};`] : [];
	const html = [...names, `#0{0,6}${codePoint}(?:;|(?!\\d))`, `#x0{0,6}${hex};`].join('|');
	const url = [...Buffer.from(character)].map((byte) => `%(?:25){0,2}${asHex(byte)}`).join('');
	const json = [...utf16(character)].map((unit) => `\\\\{1,4}u${unit}`).join('');
	// JSON escapes a quotation mark and a slash by a backslash, and that one by another.
	const mail = [...Buffer.from(character)].map((byte) => `=${asHex(byte)}`).join('');
	return `(?:\\\\{0,4}${literal(character)}|${url}|${mail}|&(?:amp;){0,2}(?:${html})|${json}|\\\\{1,4}(?:x${hex.padStart(2, '0')}|u\\{${hex}\\}))`;
}

function utf16(character: string): string[] {
	return Array.from({ length: character.length }, (_, index) =>
		character.charCodeAt(index).toString(16).padStart(4, '0'),
	);
}

function hexForm(key: string): Form {
	return { pieces: [...Buffer.from(key)].map(asHex), between: '[ :,-]{0,2}(?:0x)?' };
}

const asHex = (byte: number) => byte.toString(16).padStart(2, '0');

/** The bytes as numbers: so a `Buffer` of Node.js is written. */
function decimalForm(key: string): Form {
	const pieces = [...Buffer.from(key)].map(String);
	return { before: '(?<!\\d)', pieces, between: '\\s{0,9},\\s{0,9}', after: '(?!\\d)' };
}

/**
 * Base64 writes three bytes as four characters, so a key inside of a longer text can be written in three
 * ways, by where it begins. The first and last characters hold bits of the bytes beside the key.
 */
function base64Forms(key: string): Form[] {
	const bytes = Buffer.from(key);
	return [0, 1, 2].flatMap((offset) => {
		const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
		const before = Math.ceil((offset * 8) / 6);
		const core = text.slice(before, Math.floor(((offset + bytes.length) * 8) / 6));
		if (core.length < SHORTEST_BASE64) return [];
		return [
			{
				before: `[\\w+/-]{0,${before}}`,
				pieces: [...core].map(base64Character),
				between: GAP,
				after: '[\\w+/-]{0,3}(?:=|%(?:25){0,2}3d){0,2}',
			},
		];
	});
}

/** The alphabet for URLs has other characters for two of them. */
function base64Character(character: string): string {
	if (character === '+') return '(?:[+-]|%(?:25){0,2}2b)';
	if (character === '/') return '(?:[/_]|%(?:25){0,2}2f|\\\\/)';
	return character;
}

function literal(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
