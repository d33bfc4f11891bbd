/** Reads a list of phone numbers as people keep them: text, or rows of a sheet or a Data Table. */
import { AUTO_DETECT, parsePhone, type PhoneResult } from './phoneNumber';
import { quote, toAscii } from './phoneNumberText';

export interface NumberListOptions {
	/** Where numbers without `+` belong: the `countryCode` of the phone to be called. A row's own wins. */
	country: unknown;
}

/**
 * The numbers in international form (E.164), or why the list cannot be used: a reason that goes on from
 * the label, has no full stop at its end and names the row, counted from 1.
 */
export type NumberList =
	{ ok: true; numbers: ReadonlySet<string> } | { ok: false; problem: string };

/** Names of columns as `columnKey` makes them. All of them count: who opted out has no number to call. */
const PHONE_COLUMNS = [
	'phone',
	'phonenumber',
	'mobile',
	'mobilenumber',
	'mobilephone',
	'cell',
	'cellphone',
	'telephone',
	'telephonenumber',
	'tel',
	'callednumber',
];
/** Home Phone, Mobile Phone Number, Phone 2 - Value: address books and CRMs have many more. */
const MORE_PHONE_COLUMNS = /phone|mobile|cell|telefon/;
/** Counts when there is no other: it may be the number of a house or of an order. */
const VAGUE_PHONE_COLUMN = 'number';
const COUNTRY_COLUMNS = ['country', 'countrycode'];
/** What n8n's sheets and Data Tables add to each row, blank ones included. */
const HOUSEKEEPING_COLUMNS = ['id', 'rownumber', 'createdat', 'updatedat'];

/** `Phone Number`, `phone_number` and `phoneNumber` are one column, and so is `Phone 2`. */
export const columnKey = (name: string): string =>
	name
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]/gu, '')
		.replace(/\d+$/, '');

export const isBlank = (value: unknown): boolean =>
	value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

export const isRow = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** A row as it was given: where it stands, and its number, as yet unread. */
interface Entry {
	place: string;
	number: unknown;
	country: unknown;
	/** In a column that may as well say something about a number. */
	isPerhapsNone?: boolean;
}

type Entries = { entries: Entry[] } | { problem: string };

function fromText(text: string, country: unknown): Entry[] {
	return text.split(/\r\n|[\r\n\u2028\u2029]/).flatMap((line, index) =>
		line
			.split(/[,;]/)
			.filter((number) => !isBlank(number))
			.map((number) => ({ place: `line ${index + 1}`, number: number.trim(), country })),
	);
}

/** The names of a row's columns, by what they are for. */
export interface Columns {
	phones: string[];
	/** What may be a number besides, but need not be. */
	morePhones: string[];
	country: string | undefined;
	/** All but housekeeping. */
	filled: string[];
}

export function columnsOf(names: readonly string[]): Columns {
	const having = (keys: readonly string[]) =>
		names.filter((name) => keys.includes(columnKey(name)));
	const phones = having(PHONE_COLUMNS);
	return {
		phones: phones.length > 0 ? phones : having([VAGUE_PHONE_COLUMN]),
		morePhones: names.filter(
			(name) => MORE_PHONE_COLUMNS.test(columnKey(name)) && !phones.includes(name),
		),
		country: having(COUNTRY_COLUMNS)[0],
		filled: names.filter((name) => !HOUSEKEEPING_COLUMNS.includes(columnKey(name))),
	};
}

function fromList(list: readonly unknown[], country: unknown): Entries {
	const entries: Entry[] = [];
	// The rows of one sheet have the same columns: their names are looked at once.
	const columnsByNames = new Map<string, Columns>();
	for (const [index, item] of list.entries()) {
		const place = `row ${index + 1}`;
		if (isBlank(item)) continue;
		if (typeof item === 'string') {
			for (const entry of fromText(item, country)) entries.push({ ...entry, place });
			continue;
		}
		if (!isRow(item)) {
			entries.push({ place, number: item, country });
			continue;
		}
		// n8n hands over its items as { json: { … } }.
		const row = isRow(item.json) ? item.json : item;
		const names = Object.keys(row);
		const key = names.join('\n');
		const columns = columnsByNames.get(key) ?? columnsOf(names);
		columnsByNames.set(key, columns);
		if (columns.filled.every((name) => isBlank(row[name]))) continue;
		if (columns.phones.length === 0) {
			return {
				problem: `has no column Phone Number or phone in ${place} (its columns: ${quote(names.join(', '))}). Give the column one of these names, or list the numbers alone`,
			};
		}
		const own = columns.country === undefined ? undefined : row[columns.country];
		const rowCountry = isBlank(own) ? country : own;
		const filled = columns.phones.filter((name) => !isBlank(row[name]));
		for (const name of filled.length > 0 ? filled : columns.phones.slice(0, 1)) {
			entries.push({ place, number: row[name], country: rowCountry });
		}
		for (const name of columns.morePhones) {
			entries.push({ place, number: row[name], country: rowCountry, isPerhapsNone: true });
		}
	}
	return { entries };
}

function entriesOf(value: unknown, country: unknown): Entries {
	if (value === undefined || value === null) {
		return { problem: 'has no value: its expression gave nothing. Correct the expression' };
	}
	if (typeof value === 'string') return { entries: fromText(value, country) };
	if (Array.isArray(value)) return fromList(value as unknown[], country);
	if (isRow(value)) return fromList([value], country);
	if (typeof value === 'number') return fromList([value], country);
	return { problem: `is of the type ${typeof value}. Enter text, or a list of numbers or rows` };
}

/** `+44…` and `0044…`, which say their country themselves. */
const isInternational = (number: unknown): boolean =>
	typeof number === 'string' && /^[^\d+]*(?:\+|00)/.test(toAscii(number));

function parseEntry({ number, country }: Entry): PhoneResult {
	// A number that its country does not have any more harms nobody here.
	return parsePhone(number, isInternational(number) ? AUTO_DETECT : country, {
		check: 'lengthsOnly',
	});
}

/**
 * Reads a list of phone numbers.
 * - text: one number a line, or separated by commas or semicolons
 * - a list of such texts, or of rows with a column such as `Phone Number`, `phone` or `number`, and perhaps
 *   `country`
 *
 * All columns of a row count that have a number in them and phone, mobile, cell or telefon in their name.
 * Blank lines and rows count for nothing; a row with other values but no number does not, for it may stand
 * for a person whose number was lost. An empty list is a list of nobody; a missing one is not.
 */
export function parseNumberList(value: unknown, { country }: NumberListOptions): NumberList {
	const list = entriesOf(value, country);
	if ('problem' in list) return { ok: false, problem: list.problem };
	const numbers = new Set<string>();
	for (const entry of list.entries) {
		const parsed = parseEntry(entry);
		if (!parsed.ok && entry.isPerhapsNone) continue;
		if (!parsed.ok) {
			const about = parsed.field === 'countryCode' ? `the country ${parsed.reason}` : parsed.reason;
			return { ok: false, problem: `cannot be read in ${entry.place}: ${about}` };
		}
		numbers.add(parsed.phone.number);
	}
	return { ok: true, numbers };
}
