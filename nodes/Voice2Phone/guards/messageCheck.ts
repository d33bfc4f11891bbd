/* Checks one parameter that is spoken: its type, its expressions and its text. */
import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import {
	checkSpokenText,
	faultOfSpokenValue,
	HAS_INFINITY,
	HAS_PROGRAM_CODE,
	suspicionsOf,
} from '../core/calls/messageCheck';
import { sourcesNamed, type Problem } from '../core/words';
import type { Option } from './guard';
import {
	emptyExpressions,
	emptyExpressionReason,
	expressionsThatComputed,
	expressionsThatGave,
	functionsIn,
} from './embeddedExpressions';

/** What is done about a text that nobody can mean: nothing is called, it is said in a hint, or nothing. */
export type MessageCheck = 'refuse' | 'warn' | 'off';

const messageCheckField: INodeProperties = {
	displayName: 'Message Check',
	name: 'messageCheck',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Refuse', value: 'refuse', description: 'The item fails and nobody is called' },
		{ name: 'Warn', value: 'warn', description: 'The call is made, and a hint says what is odd' },
		{ name: 'Off', value: 'off', description: 'The text is spoken as it is' },
	],
	default: 'refuse',
	description:
		'What to do when an expression in the message gives nothing, or the text cannot be spoken',
};

export const messageCheckOption: Option = { fields: [messageCheckField] };

/** Refuse, unless the option was added and says otherwise. */
export function readMessageCheck(messageCheck: unknown): MessageCheck {
	return messageCheck === 'warn' || messageCheck === 'off' ? messageCheck : 'refuse';
}

/** A parameter that is spoken: its label, and its path as n8n takes it, such as `dtmf.entries[0].message`. */
export interface SpokenField {
	label: string;
	path: string;
}

/**
 * What is wrong with a text that is to be spoken, and what will sound odd. An empty text is not looked at,
 * unless an expression in it gave nothing: `parseCallRequest` says that it is empty.
 *
 * @param value what n8n gave for the parameter, unchanged
 * @returns problems, for which nobody may be called; hints, which go on from the field's label
 */
export function checkSpokenField(
	context: IExecuteFunctions,
	{ label, path }: SpokenField,
	itemIndex: number,
	value: unknown,
	messageCheck: MessageCheck,
): { problems: Problem[]; hints: string[] } {
	const empty = messageCheck === 'off' ? [] : emptyExpressions(context, path, itemIndex, value);
	const wrongType = empty.length === 0 ? faultOfSpokenValue(value) : undefined;
	if (wrongType) return { problems: [{ field: label, reason: wrongType }], hints: [] };
	if (messageCheck === 'off') return { problems: [], hints: [] };

	const text = String(value ?? '');
	const { refusal, hints } = text.trim() === '' ? { hints: [] } : checkSpokenText(text);
	const faults: string[] = [];
	if (empty.length > 0) faults.push(emptyExpressionReason(empty));
	else if (refusal) faults.push(refusal + originOf(context, path, itemIndex, refusal));
	else faults.push(...hiddenFaults(context, path, itemIndex, text));
	return messageCheck === 'warn'
		? { problems: [], hints: [...faults, ...hints] }
		: { problems: faults.map((reason) => ({ field: label, reason })), hints };
}

/** What only the expressions tell, and are asked for only when the text gives reason to. */
function hiddenFaults(
	context: IExecuteFunctions,
	path: string,
	itemIndex: number,
	text: string,
): string[] {
	const { ofCode, ofDate, ofInfinity } = suspicionsOf(text);
	const computing = (words: string) => expressionsThatComputed(context, path, itemIndex, words);
	const functions = ofCode
		? [...functionsIn(context, path, itemIndex), ...computing('return ')]
		: [];
	if (functions.length > 0) return [HAS_PROGRAM_CODE + comesFrom(functions)];
	for (const words of ofDate ? ['Invalid DateTime', 'Invalid Date'] : []) {
		const { refusal = '' } = checkSpokenText(words);
		const origin = originOf(context, path, itemIndex, refusal) || comesFrom(computing(words));
		if (origin) return [refusal + origin];
	}
	const endless = ofInfinity.flatMap(computing);
	return endless.length > 0 ? [HAS_INFINITY + comesFrom(endless)] : [];
}

/** Which expressions gave the text that is refused, where they can be told. */
function originOf(
	context: IExecuteFunctions,
	path: string,
	itemIndex: number,
	refusal: string,
): string {
	const isRefusedAlike = (text: string) => checkSpokenText(text).refusal === refusal;
	return comesFrom(expressionsThatGave(context, path, itemIndex, isRefusedAlike));
}

function comesFrom(sources: string[]): string {
	return sources.length === 0 ? '' : `. It comes from ${sourcesNamed(sources)}`;
}

/**
 * The same for what a person is asked in an approval: the expressions in the message as it was written, and the
 * text as it is spoken. Before it is made for ears, a request may well hold "[object Object]".
 */
export function checkSpokenRequest(
	context: IExecuteFunctions,
	{ label, path }: SpokenField,
	itemIndex: number,
	{ written, spoken }: { written: unknown; spoken: string },
	messageCheck: MessageCheck,
): { problems: Problem[]; hints: string[] } {
	if (messageCheck === 'off') return { problems: [], hints: [] };
	const empty = emptyExpressions(context, path, itemIndex, written);
	const { refusal, hints } = checkSpokenText(spoken);
	const faults = empty.length > 0 ? [emptyExpressionReason(empty)] : refusal ? [refusal] : [];
	return messageCheck === 'warn'
		? { problems: [], hints: [...faults, ...hints] }
		: { problems: faults.map((reason) => ({ field: label, reason })), hints };
}
