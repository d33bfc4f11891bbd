/* Reads the people of Call Until Accepted: the numbers that are called one after the other. */
import { parsePhone, type Phone } from '../numbers/phoneNumber';
import { quote } from '../numbers/phoneNumberText';
import type { Parsed, Problem } from '../words';

/** Somebody who can be called. */
export interface Person {
	/** As the user's list has it; null when it has none. */
	name: string | null;
	phone: Phone;
}

/** One entry of the user's list. A country of its own wins over the field Country. */
interface Entry {
	name: string | null;
	phone: unknown;
	country: unknown;
}

const FIELD = 'Phone Numbers';
/** A list with a wrong column is wrong in each row; nobody reads two hundred of them. */
const MOST_NAMED = 10;
/** What the field accepts as separators in text: the same as Allowed Numbers, and the line ends of Windows. */
const SEPARATOR = /[,;\r\n]+/;

/**
 * Reads who is to be called, in the order of the list. One wrong entry refuses the whole list: a person on
 * duty who is left out in silence is not missed before the alarm.
 *
 * The same number twice is one person, called once in each round, with the name that stands first: nobody
 * is to be rung twice in a row, and to be rung again is what rounds are for.
 *
 * @param phoneNumbers text with commas, semicolons or new lines between the numbers; or a list of numbers,
 * or of `{ name, phone, country }`, whose field names may be in any case, also as items of n8n; or one such entry
 * @param countryCode where numbers belong that do not start with +, as `parsePhone` takes it
 * @returns one person or more; or problems that say which entries are wrong, counted from 1
 */
export function parsePeople(phoneNumbers: unknown, countryCode: unknown): Parsed<Person[]> {
	const values = listOf(phoneNumbers);
	if (values.length === 0) {
		const reason = 'are empty. Enter the numbers to call, separated by commas or new lines';
		return { ok: false, problems: [{ field: FIELD, reason }] };
	}
	if (typeof phoneNumbers === 'string' && phoneNumbers.includes('[object ')) {
		const reason =
			'hold a list inside a text, which became "[object Object]". Let one expression alone give the list, without text around it';
		return { ok: false, problems: [{ field: FIELD, reason }] };
	}
	const people = new Map<string, Person>();
	const faults: string[] = [];
	let countryFault: string | undefined;
	for (const [index, value] of values.entries()) {
		const entry = readEntry(value);
		if (typeof entry === 'string') {
			faults.push(`have a wrong entry ${index + 1}: ${entry}`);
			continue;
		}
		const { name, phone, country } = entry;
		const parsed = parsePhone(phone, country ?? countryCode);
		if (parsed.ok) {
			const { number } = parsed.phone;
			if (!people.has(number)) people.set(number, { name, phone: parsed.phone });
		} else if (parsed.field === 'countryCode' && country === undefined) {
			// All entries share the field Country, so one problem says it for all of them.
			countryFault = parsed.reason;
		} else {
			const which = name === null ? `${index + 1}` : `${index + 1}, ${quote(name)}`;
			const what = parsed.field === 'countryCode' ? 'its country' : 'its number';
			const reason = parsed.reason.startsWith('"') ? parsed.reason : `${what} ${parsed.reason}`;
			faults.push(`have a wrong entry ${which}: ${reason}`);
		}
	}
	const problems = asProblems(faults);
	if (countryFault) problems.unshift({ field: 'Country', reason: countryFault });
	if (problems.length > 0) return { ok: false, problems };
	return { ok: true, value: [...people.values()] };
}

/** More acceptances than people can never come: such a matter would ring everybody for nothing. */
export function findTooFewPeople(people: readonly Person[], needed: number): Problem | undefined {
	if (needed <= people.length) return undefined;
	const numbers = people.length === 1 ? 'one number' : `${people.length} different numbers`;
	return {
		field: 'Acceptances Needed',
		reason: `is ${needed}, but ${FIELD} have only ${numbers}. Add numbers, or need fewer acceptances`,
	};
}

function listOf(value: unknown): unknown[] {
	if (typeof value === 'string') {
		return value
			.split(SEPARATOR)
			.map((part) => part.trim())
			.filter(Boolean);
	}
	if (Array.isArray(value)) return value;
	return value === undefined || value === null ? [] : [value];
}

/** @returns the entry, or what is wrong with it */
function readEntry(value: unknown): Entry | string {
	if (!isRecord(value)) return { name: null, phone: value, country: undefined };
	// `$('Node').all()` gives items of n8n, with the row in `json`.
	const row = isRecord(value.json) ? value.json : value;
	// The columns of a sheet are often written with a capital letter.
	const fields = new Map(
		Object.entries(row).map(([name, inner]) => [name.trim().toLowerCase(), inner]),
	);
	if (!fields.has('phone')) {
		const found = Object.keys(row).slice(0, 5).map(quote).join(', ') || 'no fields at all';
		return `it has no field "phone", but ${found}. Give each entry the fields name, phone and country`;
	}
	return {
		name: asText(fields.get('name')) || null,
		phone: fields.get('phone'),
		// An empty cell means no country of its own.
		country: isEmpty(fields.get('country')) ? undefined : fields.get('country'),
	};
}

function asProblems(faults: string[]): Problem[] {
	const problems = faults.slice(0, MOST_NAMED).map((reason) => ({ field: FIELD, reason }));
	const more = faults.length - problems.length;
	return more > 0
		? [...problems, { field: FIELD, reason: `have ${more} more wrong entries` }]
		: problems;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isEmpty = (value: unknown): boolean =>
	value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

const asText = (value: unknown): string =>
	typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
