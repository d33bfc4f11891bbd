/* Whether a text can be meant to be spoken: what is refused, what is hinted at, and what is made speakable. */
import { quote } from '../numbers/phoneNumberText';
import { hasWords, isWellFormed, SHEET_ERROR } from '../words';

/** What is to be said about a text; each sentence goes on from the field's label, without a full stop at its end. */
export interface SpokenTextCheck {
	/** Why nobody can mean to have this spoken; undefined when somebody can. */
	refusal?: string;
	/** What will sound odd. The same oddity is the same sentence in every text, so that items can be counted. */
	hints: string[];
}

interface Rule {
	applies(text: string): boolean;
	sentence: string | ((text: string) => string);
}

const matches = (pattern: RegExp) => (text: string) => pattern.test(text);

/** What JavaScript, Python and sheets write in place of a value that is missing. */
const ONLY_MISSING_VALUES =
	/^(?!\s*#)[^\p{L}\p{N}]*(?:(?:undefined|null|NULL|NaN|nan|NaT|n\/a|N\/A)[^\p{L}\p{N}]*)+$/u;

/** Goes on from the label of a text into which an expression put a function. */
export const HAS_PROGRAM_CODE =
	'has program code in it, because an expression gave a function. Add () behind its name';

/** Goes on from the label of a text into which an expression put a number without an end. */
export const HAS_INFINITY =
	'has "Infinity" in it, because a calculation has no end, such as a division by 0. Check the numbers in it';

const REFUSED: Rule[] = [
	{ applies: (text) => text.trim() === '', sentence: 'is empty. Enter what is to be said' },
	{
		applies: (text) => !isWellFormed(text),
		sentence:
			'has half a character in it, from a text that was cut inside an emoji. Cut the text elsewhere, or remove the character',
	},
	{
		applies: (text) => !hasWords(text),
		sentence: (text) =>
			`${quote(text)} has no letter and no digit, so nothing would be heard. Enter what is to be said`,
	},
	{
		applies: (text) => isFound(MARK_OF_FORMAT, text) && !hasWords(speakable(text)),
		sentence: (text) =>
			`${quote(text)} is only formatting, so nothing would be heard. Enter what is to be said`,
	},
	{
		applies: matches(ONLY_MISSING_VALUES),
		sentence: (text) =>
			`is only ${quote(text)}, so the expression found no value. Check the names of the fields in it`,
	},
	{
		applies: (text) => SHEET_ERROR.exec(text)?.[0] === text.trim(),
		sentence: (text) => `is only ${quote(text)}, an error of the sheet. Mend the formula there`,
	},
	{
		applies: matches(/\[object [A-Z]\w*\]/),
		sentence: (text) =>
			`has ${quote(/\[object \w+\]/.exec(text)?.[0])} in it, because an expression gave an object. Choose the one field of it that is to be said`,
	},
	{
		applies: matches(/\bInvalid Date(?:Time)?\b/),
		sentence: (text) =>
			`has ${quote(/Invalid Date(?:Time)?/.exec(text)?.[0])} in it. Check the date that the expression reads, and how it is written`,
	},
	{
		applies: (text) => leftover(text) !== undefined,
		sentence: (text) =>
			`still has ${quote(leftover(text))} in it. Switch the field to Expression, or fill in the placeholder before this node`,
	},
	{
		applies: matches(/<\/?speak\b/i),
		sentence:
			'has <speak> in it. Voice2Phone documents plain text only: remove all tags of speech markup (SSML)',
	},
	{
		applies: (text) => /\{\s*\[native code\]\s*\}/.test(text) || isClassSource(text),
		sentence: HAS_PROGRAM_CODE,
	},
];

/** What a text may hold that its words alone do not tell. */
export interface Suspicions {
	/** It looks like the program of a function. */
	ofCode: boolean;
	/** Where JavaScript's words for a date that is none stand inside of other words. */
	ofDate: boolean;
	/** What stands in it for the result of a division by 0. */
	ofInfinity: string[];
}

/** As JavaScript writes it, alone and in a number for people, as by toLocaleString(). */
const INFINITIES = ['Infinity', '\u{221E}'];

/** What is to be asked of the expressions of a text that is not refused. */
export function suspicionsOf(text: string): Suspicions {
	return {
		ofCode: /\)\s*\{|=>/.test(text),
		ofDate: text.includes('Invalid Date'),
		ofInfinity: INFINITIES.filter((infinity) => text.includes(infinity)),
	};
}

/** The first `{{ … }}` that nobody filled in. */
function leftover(text: string): string | undefined {
	const start = text.indexOf('{{');
	const end = start < 0 ? -1 : text.indexOf('}}', start);
	return end < 0 ? undefined : text.slice(start, end + 2);
}

/** The source of a class: n8n writes it where an expression is only `DateTime`. */
function isClassSource(text: string): boolean {
	return /\bclass \w* ?\{/.test(text) && /\bconstructor ?\(/.test(text);
}

/** One emoji: a flag, or a picture with its skin tones and joined pictures. Letters such as © are none. */
const EMOJI =
	/\p{Regional_Indicator}{2}|(?![©®™‼⁉ℹ])\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\p{Variation_Selector}|[\u{E0020}-\u{E007F}]|\u{200D}\p{Extended_Pictographic})*/gu;
const EMOJIS = new RegExp(`([^\\S\\n]?)(?:${EMOJI.source})+`, 'gu');
/** What turns a digit into a picture of a key, as in 1️⃣. */
const KEYCAP = /\u{FE0F}?\u{20E3}/gu;

/** Elements that texts are formatted with: https://html.spec.whatwg.org/multipage/indices.html#elements-3 */
const HTML_ELEMENTS =
	'a|abbr|address|article|aside|b|big|blockquote|body|br|button|caption|center|cite|code|dd|del|details|div|dl|dt|em|' +
	'figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|link|main|mark|meta|' +
	'nav|ol|option|p|pre|q|s|samp|script|section|select|small|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|' +
	'tfoot|th|thead|time|title|tr|tt|u|ul|var|video|wbr|' +
	// Elements of speech markup: https://www.w3.org/TR/speech-synthesis11/#S3
	'audio|break|emphasis|phoneme|prosody|say-as|speak|voice';
const HTML_TAG = new RegExp(`</?(?:${HTML_ELEMENTS})(?:\\s[^<>]*)?/?>`, 'gi');
const BREAKING_TAG =
	/^<\/?(?:address|article|aside|blockquote|br|dd|div|dl|dt|figure|footer|form|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|table|td|th|tr|ul)\b/i;
const HTML_COMMENT_MARK = /<!--|-->/g;
const HTML_ENTITY =
	/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos|nbsp|ndash|mdash|hellip|euro|copy));/gi;
const ENTITIES: Record<string, string> = {
	amp: '&',
	lt: '<',
	gt: '>',
	quot: '"',
	apos: "'",
	nbsp: ' ',
	ndash: '–',
	mdash: '—',
	hellip: '…',
	euro: '€',
	copy: '©',
};

const MARKDOWN_LINK = /!?\[([^[\]\n]*)\]\((?:[^()\s]|\([^()\s]*\))*(?: "[^"\n]*")?\)/g;
/** Marks around words: the text inside neither begins nor ends with a blank, as Markdown has it. */
const MARKDOWN_MARKS = [
	/\*\*(?=\S)([^*\n]*[^*\s])\*\*/g,
	/(?<![\p{L}\p{N}_])__(?=\S)([^_\n]*[^_\s])__(?![\p{L}\p{N}_])/gu,
	/~~(?=\S)([^~\n]*[^~\s])~~/g,
	/(?<![\p{L}\p{N}*])\*(?=[^\s*])([^*\n]*[^*\s])\*(?![\p{L}\p{N}*])/gu,
	/(?<![\p{L}\p{N}_])_(?=[^\s_])([^_\n]*[^_\s])_(?![\p{L}\p{N}_])/gu,
	/`{1,3}([^`\n]+)`{1,3}/g,
];
const MARKDOWN_HEADING = /^[ \t]{0,3}#{1,6}[ \t]+(?=\S)/gm;
const MARKDOWN_FENCE = /^[ \t]*(?:```|~~~)[^\n`]*$/gm;

/** Of HTML, of an image or a link in Markdown, of a block of code: what holds letters that nobody is to hear. */
const MARK_OF_FORMAT = /[<&~`]|\]\(/;

/** Longer than this, the person may have hung up before the keys are named. An assumption. */
const LONG_SPEECH_SECONDS = 60;

const HINTED: Rule[] = [
	{
		applies: matches(/\b(?:undefined|NaN)\b|\bnull[,!]/),
		sentence:
			'has "undefined", "null" or "NaN" in it. If an expression gave that, check the names of the fields in it',
	},
	{
		applies: matches(SHEET_ERROR),
		sentence: 'has an error of a sheet in it, such as #N/A. Check the formula there',
	},
	{
		applies: matches(/\uFFFD|Ã[\u0080-\u00BF]|â€/),
		sentence:
			'has signs in it such as Ã¼ or \u{FFFD}, which come from a text that was read in the wrong encoding. Read it as UTF-8',
	},
	{
		applies: matches(/\bInvalid date\b/),
		sentence: 'has "Invalid date" in it. If an expression gave that, check the date that it reads',
	},
	{
		applies: matches(
			/\$\{[^{}\n]+\}|\$json\b|\[\[\s*[A-Za-z_][\w. ]*\s*\]\]|%[sd]\b|%\d\$s\b|<%[^%]*%>|<<\s*[\w. ]+>>|\{\{|\}\}|\{%[^%\n]+%\}|(?<![{$])\{[$A-Za-z_][\w. ]*\}(?!\})|(?<![{$\w])\{\d\}|%[A-Z][A-Z_]+%|\*\|[A-Z_]+\|\*|\[(?:[\w ]*[ _])?(?:name|firstname|lastname|date|time|company|amount)\]/i,
		),
		sentence: 'has something like a placeholder in it, such as {name}. It is spoken as it stands',
	},
	{
		applies: matches(/^\s*=/),
		sentence: 'begins with "=", which may be spoken. Remove it, or switch the field to Expression',
	},
	{
		applies: matches(/\{\s*"[^"\n]*"\s*:|\[\s*"[^"\n]*"\s*[\],]/),
		sentence:
			'has JSON in it, whose quotes and brackets may be spoken. Say the single fields that are meant',
	},
	{
		applies: matches(/(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)/),
		sentence:
			"has a date as machines write it, such as 2026-11-25. Write it as people say it, for example with .toDateTime().format('d MMMM')",
	},
	{
		applies: matches(/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} \d{2} \d{4} \d{2}:\d{2}/),
		sentence:
			"has a date as JavaScript writes it, with seconds and time zone. Write it as people say it, for example with .toDateTime().format('d MMMM')",
	},
	{
		// From 2014 to 2033.
		applies: matches(/(?<![\d+])1[4-9]\d{11}(?!\d)/),
		sentence:
			"has a number of 13 digits in it, as computers count time. If it is a time, write it as people say it, for example with .toDateTime().format('d MMMM')",
	},
	{
		applies: matches(/\bhttps?:\/\/\S|\bwww\.[\p{L}\d-]+\./iu),
		sentence: 'has a web address in it, which nobody can follow by ear. Leave it out',
	},
	{
		applies: matches(/[\p{L}\p{N}]@[\p{L}\d-]+\.\p{L}/u),
		sentence: 'has an e-mail address in it, which is hard to follow by ear. Leave it out',
	},
	{
		applies: (text) => isFound(HTML_TAG, text) || isFound(HTML_ENTITY, text),
		sentence: 'has HTML in it, whose marks may be spoken. Send plain text',
	},
	{
		applies: (text) =>
			[MARKDOWN_LINK, MARKDOWN_HEADING, MARKDOWN_FENCE, ...MARKDOWN_MARKS].some((pattern) =>
				isFound(pattern, text),
			),
		sentence: 'has Markdown in it, such as ** or #, whose marks may be spoken. Send plain text',
	},
	{
		applies: (text) => isFound(EMOJI, text) || isFound(KEYCAP, text),
		sentence: 'has an emoji in it, which may be spoken by its name or left out. Remove it',
	},
	{
		applies: (text) => speechSeconds(text).to > LONG_SPEECH_SECONDS,
		sentence: (text) => {
			const { from, to } = speechSeconds(text);
			return `is long: about ${tens(from, Math.floor)} to ${tens(to, Math.ceil)} seconds of speech, by estimate. Say first what matters, and which keys can be pressed`;
		},
	},
];

/** A global pattern remembers where it was; `search` starts anew. */
const isFound = (pattern: RegExp, text: string) => text.search(pattern) >= 0;

/** Whole tens, so that items of nearly the same length share one hint. */
const tens = (seconds: number, round: (value: number) => number) => round(seconds / 10) * 10;

/** Checks a text that is to be spoken, as n8n made it. */
export function checkSpokenText(text: string): SpokenTextCheck {
	const refused = REFUSED.find((rule) => rule.applies(text));
	const hints = HINTED.filter((rule) => rule.applies(text)).map((rule) => sentenceOf(rule, text));
	return refused ? { refusal: sentenceOf(refused, text), hints } : { hints };
}

function sentenceOf({ sentence }: Rule, text: string): string {
	return typeof sentence === 'string' ? sentence : sentence(text);
}

/**
 * Why a value cannot be a text that is spoken, going on from the field's label; undefined for a text or a number.
 *
 * @param value of any type, since it may come from an expression
 */
export function faultOfSpokenValue(value: unknown): string | undefined {
	if (typeof value === 'string' || value === undefined || value === null) return undefined;
	if (typeof value === 'number') {
		return Number.isFinite(value)
			? undefined
			: `is ${String(value)}, which is not a number. Check the expression`;
	}
	return Array.isArray(value)
		? 'is a list. Enter text, for example with .join(", ") behind the list'
		: `is of the type ${typeof value}. Enter text, such as the one field that is to be said`;
}

/**
 * Words a minute: CSS 2 calls 120 a slow and 200 the upper end of a medium rate of speech
 * (https://www.w3.org/TR/CSS2/aural.html#propdef-speech-rate).
 */
const SLOW_WORDS_PER_MINUTE = 120;
const FAST_WORDS_PER_MINUTE = 200;
/** English words have 4.79 letters on average (https://norvig.com/mayzner.html). */
const WORDS_PER_LETTER = 1 / 4.79;
/** Assumptions: a word has two syllables, and each digit is spoken as a word. */
const WORDS_PER_SYLLABLE_SIGN = 1 / 2;
const WORDS_PER_DIGIT = 1;
const SYLLABLE_SIGN =
	/(?=\p{L})[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Telugu}]/gu;

/**
 * How long a text takes to be spoken, in seconds, at a fast and at a slow rate. An estimate: how fast
 * Voice2Phone speaks is not documented, and languages differ.
 */
export function speechSeconds(text: string): { from: number; to: number } {
	const syllableSigns = count(text, SYLLABLE_SIGN);
	const words =
		count(text, /\p{N}/gu) * WORDS_PER_DIGIT +
		syllableSigns * WORDS_PER_SYLLABLE_SIGN +
		(count(text, /\p{L}/gu) - syllableSigns) * WORDS_PER_LETTER;
	return {
		from: Math.round((words * 60) / FAST_WORDS_PER_MINUTE),
		to: Math.round((words * 60) / SLOW_WORDS_PER_MINUTE),
	};
}

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

/**
 * A text that an AI agent wrote, without what is made for eyes: Markdown, HTML and emoji. No words are
 * taken out besides the addresses behind links: whoever approves has to hear all of them.
 */
export function speakable(text: string): string {
	return withoutMarkdown(withoutHtml(text))
		.replace(KEYCAP, '')
		.replace(EMOJIS, (_, blankBefore: string) => (blankBefore ? '' : ' '))
		.replace(/[\p{Surrogate}\u{FE0F}]/gu, '')
		.replace(/[^\S\n]+/g, ' ')
		.replace(/^ | $/gm, '')
		.replace(/\n{3,}/g, '\n\n')
		.trim();
}

function withoutHtml(text: string): string {
	return text
		.replace(HTML_COMMENT_MARK, ' ')
		.replace(HTML_TAG, (tag) => (BREAKING_TAG.test(tag) ? '\n' : ''))
		.replace(HTML_ENTITY, (entity, decimal?: string, hex?: string, name?: string) => {
			if (name) return ENTITIES[name.toLowerCase()];
			const codePoint = decimal ? Number(decimal) : parseInt(hex ?? '', 16);
			return codePoint > 0 && codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : entity;
		});
}

function withoutMarkdown(text: string): string {
	const lines = text
		.replace(MARKDOWN_FENCE, '')
		// A line across the page, or the one below a table's head.
		.replace(/^[|:\-=_* \t]+$/gm, (line) => (/[-=_*]{3}/.test(line) ? '' : line))
		.replace(MARKDOWN_HEADING, '')
		.replace(/^[ \t]*(?:>[ \t]?)+/gm, '')
		.replace(/^[ \t]*[-*+•][ \t]+(?:\[[ xX]\][ \t]+)?(?=[^\s\d])/gm, '')
		.replace(/^[ \t]*\|(.*)\|[ \t]*$/gm, (_, cells: string) =>
			cells
				.split('|')
				.map((cell) => cell.trim())
				.filter(Boolean)
				.join(', '),
		)
		.replace(MARKDOWN_LINK, '$1')
		.replace(/<(https?:\/\/[^\s<>]+)>/g, '$1');
	return MARKDOWN_MARKS.reduce((plain, marks) => plain.replace(marks, '$1'), lines);
}

/** A hint about one field of one item. */
export interface FoundHint {
	field: string;
	itemIndex: number;
	hint: string;
}

/** The hints of a run as whole sentences: one for each field and oddity, with the first item and how many more. */
export function hintsOfRun(found: readonly FoundHint[]): string[] {
	const itemsBySentence = new Map<string, Set<number>>();
	for (const { field, itemIndex, hint } of found) {
		const key = `${field}\n${hint}`;
		itemsBySentence.set(key, (itemsBySentence.get(key) ?? new Set()).add(itemIndex));
	}
	return [...itemsBySentence].map(([key, items]) => {
		const [field, hint] = key.split('\n');
		const [first] = items;
		const more = items.size > 1 ? ` and ${items.size - 1} more` : '';
		return `${field} of item ${first}${more}: ${hint}.`;
	});
}
