/* A text with expressions in it: which of them may have given nothing, seen from the text that came out. */

/** `Hello {{ $json.name }}!` is the texts "Hello " and "!", and between them the code " $json.name ". */
export interface Template {
	/** One more than there are expressions; the fixed text before, between and behind them. */
	texts: string[];
	codes: string[];
}

/**
 * Whether the expression with this index may have given nothing, which n8n writes as an empty text. False
 * is certain: then the result cannot be read without at least one character of the expression.
 *
 * @param result what n8n made of the whole template
 */
export function mayBeEmpty({ texts }: Template, index: number, result: string): boolean {
	const [first, ...others] = [
		...texts.slice(0, index),
		texts[index] + texts[index + 1],
		...texts.slice(index + 2),
	];
	const last = others.pop();
	if (last === undefined) return result === first;
	if (!result.startsWith(first) || !result.endsWith(last)) return false;
	const end = result.length - last.length;
	let position = first.length;
	for (const text of others) {
		const found = result.indexOf(text, position);
		if (found < 0) return false;
		position = found + text.length;
	}
	return position <= end;
}

const NAME = '[\\p{ID_Start}$_][\\p{ID_Continue}$]*';
const STEP = `\\??\\.${NAME}|(?:\\?\\.)?\\[(?:'[^'\\\\]*'|"[^"\\\\]*"|\\d+)\\]`;
const FIELD_OF_ITEM = new RegExp(`^\\s*\\$json((?:${STEP})+)\\s*$`, 'u');
const STEPS = new RegExp(`(${NAME})|'([^']*)'|"([^"]*)"|(\\d+)`, 'gu');

/**
 * The names on the way to a field of the item, when the code is nothing but that: `$json.a['b c'][0]` gives
 * a, b c and 0.
 *
 * @returns undefined for all other code
 */
export function fieldPath(code: string): string[] | undefined {
	const steps = FIELD_OF_ITEM.exec(code)?.[1];
	return steps === undefined
		? undefined
		: [...steps.matchAll(STEPS)].map(([, name, single, double, index]) =>
				String(name ?? single ?? double ?? index),
			);
}

/** True when the item surely has a value there. False may be either: n8n knows more ways to a value. */
export function hasValueAt(json: unknown, path: readonly string[]): boolean {
	return !isNothing(valueAt(json, path));
}

function valueAt(json: unknown, path: readonly string[]): unknown {
	let value = json;
	for (const name of path) {
		if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) {
			return undefined;
		}
		value = (value as Record<string, unknown>)[name];
	}
	return value;
}

/**
 * True when the code is a field that the item surely does not have, however n8n reads it: on the way to it stand
 * objects and lists, and then no value. What all objects have by their nature is no such field.
 */
export function isMissing(code: string, json: unknown): boolean {
	const path = fieldPath(code);
	if (!path) return false;
	let value = json;
	for (const name of path) {
		if (value === undefined || value === null) return true;
		if (typeof value !== 'object' || (name in value && !Object.hasOwn(value, name))) return false;
		value = (value as Record<string, unknown>)[name];
	}
	return isNothing(value);
}

/**
 * Reads a template as n8n does, where each expression is nothing but a field of the item. n8n takes about a
 * millisecond for what takes a microsecond here.
 *
 * @returns undefined for a template with other code; else a function that gives undefined for an item that
 * n8n has to be asked about, since a field of it is neither a text nor a whole number
 */
export function fillerOf({
	texts,
	codes,
}: Template): ((json: unknown) => string | number | undefined) | undefined {
	const paths = codes.map(fieldPath);
	if (paths.length === 0 || !paths.every((path) => path !== undefined)) return undefined;
	// What n8n makes of a backslash depends on where it stands.
	if (texts.some((text) => text.includes('\\'))) return undefined;
	const isWhole = paths.length === 1 && texts.every((text) => text === '');
	return (json) => {
		const values = paths.map((path) => valueAt(json, path));
		if (!values.every(isTextOrWholeNumber)) return undefined;
		if (isWhole) return values[0];
		return texts.reduce((text, next, index) => `${text}${values[index - 1]}${next}`);
	};
}

function isTextOrWholeNumber(value: unknown): value is string | number {
	return typeof value === 'string' || Number.isSafeInteger(value);
}

const FALLBACK = /^(.*?)(\?\?|\|\|)\s*(?:'[^'\\]*'|"[^"\\]*"|\d+)\s*$/s;

/**
 * True when the code surely gives something for the item: it is a field that has a value, or a field with something
 * behind it for the case that it has none, as in `$json.title ?? ''`.
 */
export function givesSomething(code: string, json: unknown): boolean {
	const path = fieldPath(code);
	if (path) return hasValueAt(json, path);
	const [, field = '', operator] = FALLBACK.exec(code) ?? [];
	const guarded = fieldPath(field);
	// Behind a missing parent n8n fails to read the field, and then the whole code gives nothing.
	if (!guarded || !hasValueAt(json, guarded.slice(0, -1))) return false;
	return operator === '||' || !Number.isNaN(valueAt(json, guarded));
}

/** What n8n leaves out of a text: no value, and a number that is none. */
export function isNothing(value: unknown): boolean {
	return value === undefined || value === null || Number.isNaN(value);
}

/** A value by name, of this item or of another node's: `$json.name`, `$('Get lead').item.json.phone`. */
const REFERENCE = new RegExp(
	`(?<![\\p{ID_Continue}$.])(?:\\$json|\\$input\\.(?:item|first\\(\\)|last\\(\\))\\.json|` +
		`(?:\\$\\((?:'[^'\\\\]*'|"[^"\\\\]*")\\)\\.(?:item|first\\(\\)|last\\(\\))|\\$node\\[(?:'[^'\\\\]*'|"[^"\\\\]*")\\])\\.json)` +
		// Without the name of a method that is called on the value.
		`(?:(?:${STEP})(?![\\p{ID_Continue}$]|\\s*\\())+`,
	'gu',
);
/** Also inside of other words: "Hello" + undefined is "Helloundefined". */
const MISSING_VALUE = /undefined|null|NaN/g;
const FIRST_MISSING_VALUE = /^(?:undefined|null|NaN)/;
const LONGEST_WORD = 'undefined'.length;

/** The words in a text that JavaScript may have written for a missing value. */
export const missingWordsIn = (text: string): string[] => text.match(MISSING_VALUE) ?? [];

/** A place in a code that reads a value by name. */
export interface Reference {
	source: string;
	/**
	 * The code with another value in that place. By what it gives then, `isNumberInsteadOfMissingValue` tells
	 * whether the name has no value.
	 */
	codeWith(value: string | number): string;
}

/** The places in a code that read a value by name. */
export function references(code: string): Reference[] {
	return [...code.matchAll(REFERENCE)].map(({ 0: source, index }) => ({
		source,
		codeWith: (value) =>
			`${code.slice(0, index)}(${JSON.stringify(value)})${code.slice(index + source.length)}`,
	}));
}

/** Whether the second text has a number where the first says "undefined", "null" or "NaN", and is the same elsewhere. */
export function isNumberInsteadOfMissingValue(text: string, withNumber: string): boolean {
	let index = 0;
	// A number has no letter in common with the words, so they differ at the first letter.
	while (index < text.length && text[index] === withNumber[index]) index++;
	const word = FIRST_MISSING_VALUE.exec(text.slice(index, index + LONGEST_WORD))?.[0];
	if (word === undefined) return false;
	const after = text.slice(index + word.length);
	const end = withNumber.length - after.length;
	return withNumber.endsWith(after) && /^-?\d[\d.]*$/.test(withNumber.slice(index, end));
}

/** What a code can name that holds nobody's words. */
const WITHOUT_WORDS = /\$(?:now|today|itemIndex|runIndex|if|ifEmpty|max|min)\b|\$\{/g;
/** By these a text comes out that nobody can see in what goes in. */
const DECODES = /decode|atob|Buffer/i;

/**
 * Whether a code computed one of the words that are in its text, as `"Due in " + days + " days"` does with NaN: the
 * word stands neither in the code nor in a value that the code reads.
 *
 * @param values of the code's references
 */
export function computesWord(code: string, words: string[], values: unknown[]): boolean {
	const rest = code.replace(REFERENCE, '').replace(WITHOUT_WORDS, '');
	if (rest.includes('$') || DECODES.test(rest)) return false;
	const known = [rest, ...values.map(asJson)].join('\n').toLowerCase();
	// A long text may have the same word thousands of times.
	return [...new Set(words)].some((word) => !known.includes(word.toLowerCase()));
}

function asJson(value: unknown): string {
	return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
