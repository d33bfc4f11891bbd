/* Reads the people of Call Until Accepted: the numbers that are called one after the other. */
import { columnKey, columnsOf, isBlank, isRow } from '../numbers/numberList';
import { parsePhone, type Phone, type PhoneOptions } from '../numbers/phoneNumber';
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
/** As `columnKey` makes them. */
const NAME_COLUMNS = ['name', 'fullname'];
/** A list with a wrong column is wrong in each row; nobody reads two hundred of them. */
const MOST_NAMED = 10;
/** Is nobody, and counts as an entry all the same: problems name entries by their places. */
const EMPTY_ROW = Symbol('empty row');
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
 * or of `{ name, phone, country }`, also as items of n8n; or one such entry; or JSON of these as text. The
 * field names are those of Do Not Call, in any case. An empty row is nobody
 * @param countryCode where numbers belong that do not start with +, as `parsePhone` takes it
 * @returns one person or more; or problems that say which entries are wrong, counted from 1
 */
export function parsePeople(
	phoneNumbers: unknown,
	countryCode: unknown,
	options: PhoneOptions = {},
): Parsed<Person[]> {
	const refused = (reason: string): Parsed<Person[]> => ({
		ok: false,
		problems: [{ field: FIELD, reason }],
	});
	if (typeof phoneNumbers === 'string' && phoneNumbers.includes('[object ')) {
		return refused(
			'hold a list inside a text, which became "[object Object]". Let one expression alone give the list, without text around it',
		);
	}
	const values = listOf(phoneNumbers);
	if (values === undefined) {
		return refused('look like JSON, which cannot be read. Check its brackets and quotes');
	}
	if (values.every((value) => value === EMPTY_ROW)) {
		return refused('are empty. Enter the numbers to call, separated by commas or new lines');
	}
	const people = new Map<string, Person>();
	const faults: string[] = [];
	let countryFault: string | undefined;
	for (const [index, value] of values.entries()) {
		if (value === EMPTY_ROW) continue;
		const entry = readEntry(value);
		if (typeof entry === 'string') {
			faults.push(`have a wrong entry ${index + 1}: ${entry}`);
			continue;
		}
		const { name, phone, country } = entry;
		const parsed = parsePhone(phone, country ?? countryCode, options);
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

/** @returns undefined for JSON that cannot be read */
function listOf(value: unknown): unknown[] | undefined {
	if (typeof value === 'string') return /^\s*[[{]/.test(value) ? listOfJson(value) : parts(value);
	if (Array.isArray(value)) return value.flatMap(entriesOf);
	return value === undefined || value === null ? [] : entriesOf(value);
}

/** A model, a webhook and a cell of a sheet may give a list as text. */
function listOfJson(text: string): unknown[] | undefined {
	try {
		return listOf(JSON.parse(text));
	} catch {
		return undefined;
	}
}

const parts = (text: string): string[] =>
	text
		.split(SEPARATOR)
		.map((part) => part.trim())
		.filter(Boolean);

/**
 * The people in one entry of a list. An empty row of a sheet is none. An empty text is one, and is refused:
 * it may be all that is left of a person whose field has another name.
 */
function entriesOf(entry: unknown): unknown[] {
	if (typeof entry === 'string') return isBlank(entry) ? [entry] : parts(entry);
	const row = rowOf(entry);
	if (!row) return [entry];
	const names = Object.keys(row);
	const isEmptyRow =
		names.length > 0 && columnsOf(names).filled.every((name) => isBlank(row[name]));
	return [isEmptyRow ? EMPTY_ROW : row];
}

/** `$('Node').all()` gives items of n8n, with the row in `json`. */
function rowOf(entry: unknown): Record<string, unknown> | undefined {
	if (!isRow(entry)) return undefined;
	return isRow(entry.json) ? entry.json : entry;
}

/** @returns the entry, or what is wrong with it */
function readEntry(value: unknown): Entry | string {
	if (!isRow(value)) return { name: null, phone: value, country: undefined };
	const names = Object.keys(value);
	const { phones, country: countryColumn } = columnsOf(names);
	if (phones.length === 0) {
		const found = names.slice(0, 5).map(quote).join(', ') || 'no fields at all';
		return `it has no field "phone", but ${found}. Give each entry the fields name, phone and country`;
	}
	const filled = phones.filter((column) => !isBlank(value[column]));
	const named = filled.find((column) => column.trim().toLowerCase() === 'phone');
	if (filled.length > 1 && named === undefined) {
		return `it has several numbers, ${filled.map(quote).join(', ')}. Give the one to call the name phone`;
	}
	const nameColumn = names.find((column) => NAME_COLUMNS.includes(columnKey(column)));
	const country = countryColumn === undefined ? undefined : value[countryColumn];
	return {
		name: nameColumn === undefined ? null : asText(value[nameColumn]) || null,
		phone: value[named ?? filled[0] ?? phones[0]],
		// An empty cell means no country of its own.
		country: isBlank(country) ? undefined : country,
	};
}

function asProblems(faults: string[]): Problem[] {
	const problems = faults.slice(0, MOST_NAMED).map((reason) => ({ field: FIELD, reason }));
	const more = faults.length - problems.length;
	return more > 0
		? [...problems, { field: FIELD, reason: `have ${more} more wrong entries` }]
		: problems;
}

const asText = (value: unknown): string =>
	typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
