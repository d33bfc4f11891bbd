/* Finds the expressions inside a text that gave nothing: n8n writes nothing for them, so the text does not tell. */
import * as n8nWorkflow from 'n8n-workflow';
import type { IExecuteFunctions } from 'n8n-workflow';

import {
	computesWord,
	fieldPath,
	givesSomething,
	isMissing,
	isNothing,
	isNumberInsteadOfMissingValue,
	mayBeEmpty,
	missingWordsIn,
	references,
	type Template,
} from '../core/calls/template';
import { cutText, sourcesNamed } from '../core/words';

/**
 * The expressions in a parameter that gave undefined, null or NaN for this item, as `{{ $json.date }}`; also a
 * name inside an expression whose missing value was written as "undefined". Expressions that gave 0, false or ''
 * are none of them. Sends nothing, and changes nothing.
 *
 * n8n takes about a millisecond to evaluate an expression. So each is evaluated alone only when neither the
 * text nor the item shows that it gave something. What cannot be evaluated alone is left out.
 *
 * @param parameterPath as n8n takes it: `message`, `dtmf.entries[0].message`
 * @param value what n8n gave for the whole parameter, unchanged
 */
export function emptyExpressions(
	context: IExecuteFunctions,
	parameterPath: string,
	itemIndex: number,
	value: unknown,
): string[] {
	const { empty, withGaps } = emptyCodes(context, parameterPath, itemIndex, value);
	return sourcesOf([...empty, ...withGaps.flatMap(({ missing }) => missing)]);
}

/**
 * The same, where none of the expressions gave anything: what is left is the fixed text around and in them. One
 * with a missing name gave something when the value of another name is in its text.
 */
export function onlyEmptyExpressions(
	context: IExecuteFunctions,
	parameterPath: string,
	itemIndex: number,
	value: unknown,
): string[] {
	const { empty, withGaps } = emptyCodes(context, parameterPath, itemIndex, value);
	const evaluate = (code: string) => evaluateAlone(context, code, itemIndex);
	const fixed = withGaps.filter(({ code }) => !hasValueInText(code, evaluate));
	const gaveNothing = new Set([...empty, ...fixed.map(({ code }) => code)]);
	return templateOf(context, parameterPath, itemIndex).codes.every((code) => gaveNothing.has(code))
		? sourcesOf([...empty, ...fixed.flatMap(({ missing }) => missing)])
		: [];
}

/** The codes of a parameter that gave nothing, and those in whose text a missing value stands as a word. */
interface EmptyCodes {
	empty: string[];
	/** `missing`: what is to be named, see `missingNames`. */
	withGaps: Array<{ code: string; missing: string[] }>;
}

function emptyCodes(
	context: IExecuteFunctions,
	parameterPath: string,
	itemIndex: number,
	value: unknown,
): EmptyCodes {
	const template = templateOf(context, parameterPath, itemIndex);
	const evaluate = (code: string) => evaluateAlone(context, code, itemIndex);
	if (isWhole(template) && isNothing(value)) return { empty: template.codes, withGaps: [] };
	if (typeof value !== 'string') return { empty: [], withGaps: [] };

	const empty = template.codes.filter((code, index) => {
		if (isWhole(template) || !mayBeEmpty(template, index, value)) return false;
		const json: unknown = context.getInputData()[itemIndex]?.json;
		if (givesSomething(code, json)) return false;
		if (isMissing(code, json)) return true;
		const result = evaluate(code);
		return result.evaluated && isNothing(result.value);
	});
	const codesToAsk = missingWordsIn(value).length > 0 ? template.codes : [];
	const withGaps = codesToAsk
		.map((code) => ({ code, missing: missingNames(code, evaluate) }))
		.filter(({ missing }) => missing.length > 0);
	return { empty, withGaps };
}

/** Before an expression, it makes n8n write the value as text: outside of n8n's sandbox, a date may be another object. */
const MARK = '|';

/** The expressions in a parameter that gave something of a kind, such as an invalid date, told by its text. */
export function expressionsThatGave(
	context: IExecuteFunctions,
	parameterPath: string,
	itemIndex: number,
	isOfKind: (text: string) => boolean,
): string[] {
	return templateOf(context, parameterPath, itemIndex)
		.codes.filter((code) => {
			const result = evaluateAlone(context, code, itemIndex, MARK);
			return result.evaluated && isOfKind(String(result.value).slice(MARK.length));
		})
		.map(asSource);
}

/** The expressions in a parameter that gave a function: n8n writes its program into the text. */
export function functionsIn(
	context: IExecuteFunctions,
	parameterPath: string,
	itemIndex: number,
): string[] {
	return templateOf(context, parameterPath, itemIndex)
		.codes.filter((code) => {
			// n8n gives no function out.
			const result = evaluateAlone(context, `typeof (${code})`, itemIndex);
			return result.evaluated && result.value === 'function';
		})
		.map(asSource);
}

/** The expressions in a parameter that made a text with these words of values that have none of them. */
export function expressionsThatComputed(
	context: IExecuteFunctions,
	parameterPath: string,
	itemIndex: number,
	words: string,
): string[] {
	const evaluate = (code: string) => evaluateAlone(context, code, itemIndex);
	return templateOf(context, parameterPath, itemIndex)
		.codes.filter((code) => {
			const whole = evaluate(code);
			const hasWords = whole.evaluated && String(whole.value).includes(words);
			return hasWords && computesWord(code, [words], valuesOf(code, evaluate));
		})
		.map(asSource);
}

type Evaluate = (code: string) => { evaluated: true; value: unknown } | { evaluated: false };

/**
 * The names in a code whose missing value stands in its text, as in `"Hello " + $json.name`. A name counts
 * only when a number in its place stands where the word stood: "undefined method" may be what an alarm says.
 * Where no name is missing, the code itself counts if it computed the word, as it does with NaN.
 */
function missingNames(code: string, evaluate: Evaluate): string[] {
	// A code that is nothing but a field has the field's own words.
	if (fieldPath(code)) return [];
	const text = textOf(code, evaluate);
	const words = missingWordsIn(text);
	if (words.length === 0) return [];
	const missing = references(code).filter(({ source, codeWith }) => {
		const read = evaluate(source);
		if (!read.evaluated || !isNothing(read.value)) return false;
		const replaced = evaluate(codeWith(1));
		return replaced.evaluated && isNumberInsteadOfMissingValue(text, String(replaced.value));
	});
	if (missing.length > 0) return missing.map(({ source }) => source);
	return computesWord(code, words, valuesOf(code, evaluate)) ? [code] : [];
}

/** Whether one of the names in a code has a value that shows in its text: with another value, the text is another. */
function hasValueInText(code: string, evaluate: Evaluate): boolean {
	const text = textOf(code, evaluate);
	return references(code).some(({ source, codeWith }) => {
		const read = evaluate(source);
		if (!read.evaluated || isNothing(read.value)) return false;
		const { value } = read;
		// No other list or date can be put in its place. A boolean tells no item from another.
		if (typeof value === 'object') return true;
		if (typeof value !== 'string' && typeof value !== 'number') return false;
		const other = typeof value === 'number' ? value + 1 : `x${value}x`;
		const otherText = textOf(codeWith(other), evaluate);
		return otherText !== '' && otherText !== text;
	});
}

/** Empty where the code gives no text, as where a method of a value fails. */
function textOf(code: string, evaluate: Evaluate): string {
	const result = evaluate(code);
	return result.evaluated && typeof result.value === 'string' ? result.value : '';
}

/** What the references of a code hold. */
function valuesOf(code: string, evaluate: Evaluate): unknown[] {
	return references(code).map(({ source }) => {
		const read = evaluate(source);
		return read.evaluated ? read.value : undefined;
	});
}

const isWhole = ({ texts, codes }: Template) =>
	codes.length === 1 && texts.every((text) => text === '');

const NO_TEMPLATE: Template = { texts: [], codes: [] };

/** n8n makes a new context for each run of a node, so what a run split is forgotten with it. */
const templatesOfRuns = new WeakMap<IExecuteFunctions, Map<string, Template>>();

/** The template in a parameter, which is the same for all items. */
function templateOf(
	context: IExecuteFunctions,
	parameterPath: string,
	itemIndex: number,
): Template {
	let templates = templatesOfRuns.get(context);
	if (!templates) templatesOfRuns.set(context, (templates = new Map()));
	let template = templates.get(parameterPath);
	if (!template) {
		const raw = context.getNodeParameter(parameterPath, itemIndex, '', { rawExpressions: true });
		templates.set(parameterPath, (template = templateIn(raw)));
	}
	return template;
}

/** @param raw a parameter as it was saved */
export function templateIn(raw: unknown): Template {
	return typeof raw === 'string' && raw.startsWith('=') ? split(raw.slice(1)) : NO_TEMPLATE;
}

/** n8n-workflow exports its own splitter, in all versions since 2.10 that were looked at. */
function split(expression: string): Template {
	if (!('ExpressionParser' in n8nWorkflow)) return NO_TEMPLATE;
	const template: Template = { texts: [''], codes: [] };
	for (const { type, text } of n8nWorkflow.ExpressionParser.splitExpression(expression)) {
		if (type === 'code') {
			template.codes.push(text);
			template.texts.push('');
		} else {
			template.texts[template.texts.length - 1] += text;
		}
	}
	// n8n makes one backslash of two, but not everywhere: such a text cannot be told from what comes out.
	return template.texts.some((text) => text.includes('\\\\')) ? NO_TEMPLATE : template;
}

function evaluateAlone(
	context: IExecuteFunctions,
	code: string,
	itemIndex: number,
	textBefore = '',
): ReturnType<Evaluate> {
	try {
		const expression = n8nWorkflow.ExpressionParser.joinExpression([
			{ type: 'text', text: textBefore },
			{ type: 'code', text: code, hasClosingBrackets: true },
		]);
		return { evaluated: true, value: context.evaluateExpression(expression, itemIndex) };
	} catch {
		return { evaluated: false };
	}
}

const LONGEST_SOURCE = 80;

/** The expression in one line, as it stands in the field. */
function asSource(code: string): string {
	const line = code.replace(/\s+/g, ' ').trim();
	const shown = cutText(line, LONGEST_SOURCE);
	return `{{ ${shown}${shown === line ? '' : '…'} }}`;
}

/** One expression may be written twice, with other blanks. */
const sourcesOf = (codes: readonly string[]): string[] => [...new Set(codes.map(asSource))];

/** What is wrong, going on from the label of the field, with what to do. */
export function emptyExpressionReason(sources: readonly string[]): string {
	const advice = sources.every((source) => /\?\?|\|\|/.test(source))
		? 'A field on the way to the last one is missing: check the names, or write ?. in place of each dot'
		: "Check the name in the node before, or add ?? '' behind it where it may be empty";
	return `${sourcesNamed(sources)} gave nothing. ${advice}`;
}
