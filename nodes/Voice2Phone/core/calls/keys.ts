/* The keys that a call offers: the one parser of "Keys to Press". */
import { quote } from '../numbers/phoneNumberText';
import type { Problem } from '../words';

/** The keys of a phone that can be answered with. */
export const KEYS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#'] as const;

/** A key that a call offers, and what it stands for. */
export interface OfferedKey {
	key: string;
	/** For example "Confirm"; empty when the user gave none. */
	label: string;
	/** True: in Call Until Accepted, it passes the call on. */
	declines?: true;
	/** True: the person wants no more calls. */
	optsOut?: true;
	/** True: the message is heard again, and the key is no answer. */
	repeats?: true;
	/** What is said after it was pressed; empty when that is not known here. */
	message: string;
}

const FIELD = 'Keys to Press';

/**
 * Reads the value of "Keys to Press" and adds what is wrong with it to the problems.
 *
 * @param dtmf `{ entries: [{ key, label?, message? }, …] }`, of any type, since it may come from an expression
 * @param needsReply whether the entry with this index must have something to say after it
 */
export function parseKeys(
	dtmf: unknown,
	problems: Problem[],
	{ needsReply = () => false }: { needsReply?: (index: number) => boolean } = {},
): OfferedKey[] {
	const entries = entriesOf(dtmf);
	if (entries === undefined) {
		problems.push({
			field: FIELD,
			reason: 'is no list of keys. Add each key with the button Add Key',
		});
		return [];
	}
	const keys: OfferedKey[] = [];
	entries.forEach((entry, index) => {
		const {
			key: typed,
			label,
			message,
			meaning,
			optsOut,
			repeats,
		} = (entry ?? {}) as Record<string, unknown>;
		const key = asText(typed);
		const fault = !isKey(key)
			? `has ${named(typed)}, which is not on a phone. Choose 0–9, * or #`
			: keys.some((other) => other.key === key)
				? `has the key ${key} twice. Choose another key for one of them`
				: needsReply(index) && asText(message) === ''
					? `has no Reply for the key ${key}. Enter what is said after it`
					: undefined;
		if (fault) problems.push({ field: FIELD, reason: fault });
		else {
			keys.push({
				key,
				label: asText(label),
				message: asText(message),
				...(meaning === 'declines' && { declines: true }),
				...(optsOut === true && { optsOut: true }),
				...(repeats === true && { repeats: true }),
			});
		}
	});
	return keys;
}

/**
 * The body's `Dtmf`: what is said after each key, the message itself after one that repeats it.
 *
 * @returns undefined when no key is offered
 */
export function toDtmf(
	keys: readonly OfferedKey[],
	message: string,
): Record<string, string> | undefined {
	if (keys.length === 0) return undefined;
	return Object.fromEntries(
		keys.map(({ key, message: reply, repeats }) => [key, repeats ? message : reply]),
	);
}

/** The entries in the value of "Keys to Press"; undefined when it is no list of keys. */
export function entriesOf(dtmf: unknown): unknown[] | undefined {
	if (dtmf === undefined || dtmf === null || dtmf === '') return [];
	if (typeof dtmf !== 'object' || Array.isArray(dtmf)) return undefined;
	const { entries = [] } = dtmf as { entries?: unknown };
	const isEmpty = Object.keys(dtmf).length === 0;
	if (!Array.isArray(entries) || (!isEmpty && !('entries' in dtmf))) return undefined;
	return entries;
}

/** Whether a text is one key of a phone. */
export function isKey(text: string): boolean {
	return (KEYS as readonly string[]).includes(text);
}

function named(key: unknown): string {
	const isText = typeof key === 'string' || typeof key === 'number';
	return isText || key === undefined || key === null
		? `the key ${quote(key ?? '')}`
		: `a key of the type ${typeof key}`;
}

function asText(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}
