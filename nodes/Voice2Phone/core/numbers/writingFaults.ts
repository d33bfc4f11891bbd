/** Says what keeps a text from being a single phone number, whatever its digits. */
import { dialLetters, digitsOf, quote } from './phoneNumberText';

/** What the rules know of a text. */
export interface Suspect {
	/** In ASCII, without blanks at its ends. */
	text: string;
	/** A dash that is no hyphen was typed, as people put between the two ends of a range. */
	hasRangeDash: boolean;
	/** Numbers of the chosen country are dialled with a 0 that this text does not begin with. */
	lacksTrunkZero: boolean;
	/** The digits after the calling code, if the text is a number of the plan. */
	nationalNumber(text: string): string | undefined;
	/** Whether a text could be a number, by its length. */
	isPossible(text: string): boolean;
}

/** A kind of text that is no phone number. */
export interface WritingFault {
	applies(suspect: Suspect): boolean;
	/** Goes on from what was typed: what it is and what to do. */
	says: string | ((suspect: Suspect) => string);
	/** Where such texts come from, or what fixes their form. */
	source: string;
	/** Texts that are refused so with Germany chosen. */
	examples: readonly (string | number)[];
}

/** Fewer digits are taken for a part of a number or an extension, two runs of as many for two numbers. */
const MIN_SEPARATE_NUMBER_LENGTH = 6;

/** Digits with the punctuation of phone numbers, and at most one `+`, before the first digit. */
const WRITTEN_NUMBER = /^[ ()[\]./~-]*(?:\+[\d ()[\]./~-]*|\d[\d ()[\]./~-]*)?$/;

const EXTENSION = new RegExp(
	[
		'\\d[ ,]*(?:;ext=|(?:e?xt(?:ensi[oó]n?)?n?|x|int|anexo|ramal|доб|#)[.:]?[ ,-]*)\\d{1,20}#?$',
		'[ -]\\d{1,6}#$',
		'~[.:]?[ -]*\\d{1,9}$',
		'^[^,;]*\\d *[,;]+ *\\d{1,5}#?$',
	].join('|'),
	'iu',
);
const PAIR_SEPARATOR = /\/| - /;
/** What may stand between two numbers: also a `+`, or anything that no number is written with. */
const NUMBER_SEPARATOR = /(?=\+)|[^\d ()[\]./~-]+|\/| - /u;
/** How a number starts with its trunk prefix, in nearly all countries. */
const TRUNK_ZERO = /^[ (]*0/;
/** 4.91512E+12, as spreadsheets shorten long numbers. */
const SCIENTIFIC_NOTATION = /^\d(?:[.,]\d+)?e\+?\d+$/i;
/** 4915112345678.0, as exports of decimal columns write whole numbers; numbers of the phone begin with no 0 here. */
const DECIMAL_NOTATION = /^\+?[1-9](?:\d{6,}[.,](?:0+|\d\d?)|\d{8,}[.,]\d+)$/;
/** The same behind a prefix that was put before it, as in 030901820.0 and 49 30 901820.0. */
const PREFIXED_DECIMAL = /^(?=(?:\D*\d){9})[\d ()/+-]*(?:\d[.,]0|\d{6}[.,]00|\d{7}[.,]0+)$/;
/** In groups of three; of two and then three, as India has it. */
const AMOUNT =
	/^(?:\p{Sc}|[A-Z]{3})? ?[(+-]?\d{1,3}(?:(?:,\d{3}){2,}(?:\.\d+)?|(?:,\d\d)+,\d{3}(?:\.\d+)?|(?:\.\d{3}){2,},\d+|(?: \d{3}){2,},\d+|(?:['\u{2019}]\d{3}){2,}(?:\.\d+)?)\)? ?(?:\p{Sc}|[A-Z]{3})?$/u;
const VANITY_NUMBER = /^\+?[\d ().-]{3,}[a-z][a-z\d -]+$/i;
const CLOCK = /^\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?(?:[ap]\.?m\.?|uhr|h|z))?$/i;
const IP_ADDRESS = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
/** Of private networks and of this computer, and the masks of networks. */
const SPECIAL_IP_ADDRESS = /^(?:192\.168|127\.0|255\.255)\./;
/** Groups in which people write numbers of Switzerland and Ukraine, perhaps without the zero before them. */
const GROUPS_OF_NUMBER = /^\d{1,2}\.\d{3}\.\d{2}\.\d{2}$/;
/** Day, month and year in any order, with what a clock adds to them. */
const DATE =
	/^(?:(\d{4})( ?[./-] ?| )(\d{1,2})\2(\d{1,2})|(\d{1,2})( ?[./-] ?| )(\d{1,2})\6(\d{4}|\d{2}))(?:[T, ]+\d\d?:.*)?$/;
/** Also `20261125T103000`, as calendars have it. */
const DATE_IN_WORDS =
	/^(?:\p{L}+,? )?(?:\d{1,2}(?:\.|st|nd|rd|th)? (?:de |of )?\p{L}{3,}\.?,? (?:de )?|\p{L}{3,}\.? \d{1,2}(?:st|nd|rd|th)?,? )(?:19|20)\d\d(?!\d)|^(?:19|20)\d{6}T\d/u;
/** 20261125 and 25112026; the first one also with a clock behind it. */
const BARE_DATE =
	/^(?:(?:19|20)\d\d(\d\d)(\d\d)(?:[ -]?(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?)?|(\d\d)(\d\d)(?:19|20)\d\d)$/;
const MONTH_OF_YEAR = /^(?:19|20)\d\d[./-](?:0[1-9]|1[0-2])$/;
/** Days since 1900 as Excel counts them, of the years 1954 to 2064, with the time of day as a fraction. */
const DAY_COUNT = /^[2-5]\d{4}[.,]\d{1,15}$/;
/** 2026-0012: no area code has another zero behind it. */
const DOCUMENT_NUMBER = /^(?:19|20)\d\d[/-]0\d+$/;
/** Milliseconds since 1970 of the years 2001 to 2065, and seconds of 2014 to 2033. */
const TIMESTAMP = /^(?:[12]\d{12}|1[4-9]\d{8})$/;
/** Shorter ones may be the long area codes of a country, as 033702 in Germany. */
const MIN_WHOLE_NUMBER_LENGTH = 7;
const MAX_SPREADSHEET_DIGITS = 6;
const ROUNDED = /^[1-9]\d*?(0{5,})$/;
const MIN_ROUNDED_LENGTH = 10;

export const SEVERAL_NUMBERS =
	'holds several numbers. Enter one number, and use one item for each call';
const IS_DATE = 'is a date. Choose the field that holds the phone number';

const isDayOfYear = (day: number, month: number) =>
	day >= 1 && month >= 1 && Math.max(day, month) <= 31 && Math.min(day, month) <= 12;

/** Whether the text can be a number only in a country, and as a local one, whose first zero is missing. */
const isReadWithoutZero = ({ text, lacksTrunkZero, nationalNumber }: Suspect) => {
	const number = nationalNumber(text);
	return number === undefined || (lacksTrunkZero && number === digitsOf(text));
};

function isDate(suspect: Suspect): boolean {
	const { text, nationalNumber, lacksTrunkZero } = suspect;
	const bare = BARE_DATE.exec(text);
	if (bare) {
		const [, month, day, first = day, second = month] = bare;
		return isDayOfYear(Number(first), Number(second)) && isReadWithoutZero(suspect);
	}
	if (DATE_IN_WORDS.test(text)) return true;
	if (MONTH_OF_YEAR.test(text) || DAY_COUNT.test(text)) return isReadWithoutZero(suspect);
	const match = DATE.exec(text);
	if (!match) return false;
	const [, year, dash, month, day, first, mark = dash, second, last = year] = match;
	if (!isDayOfYear(Number(first ?? day), Number(second ?? month))) return false;
	if (last.length === 4 && !/^(?:19|20)/.test(last)) return false;
	// Groups with blanks, and six digits in pairs, are whole numbers in some countries. Nobody writes one that
	// begins with 0 in groups of 2, 2 and 4.
	const isCertain = last.length === 4 && (mark !== ' ' || text.startsWith('0'));
	return isCertain || lacksTrunkZero || !nationalNumber(text);
}

function isIpAddress(suspect: Suspect): boolean {
	const { text } = suspect;
	const match = IP_ADDRESS.exec(text);
	if (!match?.slice(1).every((part) => Number(part) <= 255 && !/^0\d/.test(part))) return false;
	return (
		SPECIAL_IP_ADDRESS.test(text) ||
		(isReadWithoutZero(suspect) &&
			!(GROUPS_OF_NUMBER.test(text) && suspect.nationalNumber(text) !== undefined))
	);
}

/** Not more than six digits and then zeros: what a spreadsheet keeps of a long number that it shows shortened. */
function isRounded({ text }: Suspect): boolean {
	const [, zeros] = ROUNDED.exec(text) ?? [];
	return (
		zeros !== undefined &&
		text.length >= MIN_ROUNDED_LENGTH &&
		text.length - zeros.length <= MAX_SPREADSHEET_DIGITS
	);
}

/** Whether the text has two numbers or more, each long enough to stand alone. */
export function holdsSeveralNumbers(text: string): boolean {
	const parts = text.split(NUMBER_SEPARATOR);
	return parts.filter((part) => digitsOf(part).length >= MIN_SEPARATE_NUMBER_LENGTH).length > 1;
}

/** `030 123456 / 030 654321`, which in a country with long numbers passes for one. */
function isPair({ text, isPossible }: Suspect): boolean {
	const parts = text.split(PAIR_SEPARATOR);
	return (
		parts.length > 1 &&
		parts.every(
			(part) =>
				TRUNK_ZERO.test(part) &&
				digitsOf(part).length > MIN_SEPARATE_NUMBER_LENGTH &&
				isPossible(part),
		)
	);
}

/**
 * `030 90182-0/-12`, `0171 1234567 / 68`, `030 901820 - 29`: a whole number, and another one or its ending.
 * A dash between blanks counts only if there is no second one, as some people set it between all groups.
 */
function hasOtherEnding(suspect: Suspect): boolean {
	const { text, hasRangeDash } = suspect;
	const beforeDash = /^(.*\d) - -?(?:\d{1,5}|(?:\d ?){6,})$/.exec(text)?.[1] ?? '';
	const beforeRange = hasRangeDash ? (/^(.*-.*\d)-\d{1,4}$/.exec(text)?.[1] ?? '') : '';
	const slashes = [...text.matchAll(/\/(?=\D*\d)/g)];
	return (
		[beforeDash, beforeRange].some(
			(before) => !before.includes(' - ') && beginsWith(before, suspect),
		) ||
		slashes.some(({ index }) =>
			beginsWith(
				text.slice(0, index),
				suspect,
				slashes.length > 1 ? MIN_WHOLE_NUMBER_LENGTH : MIN_SEPARATE_NUMBER_LENGTH,
			),
		)
	);
}

/** Whether what stands before a separator is a whole number, and none of it a calling code in the whole text. */
function beginsWith(
	before: string,
	{ text, nationalNumber }: Suspect,
	least = MIN_WHOLE_NUMBER_LENGTH,
): boolean {
	const number = nationalNumber(before);
	if (number === undefined || number.length < least) return false;
	const whole = nationalNumber(text);
	return whole === undefined || whole.startsWith(number);
}

/** `1-800-FLOWERS` in the US, but not `425 233 7837 home`. */
function isVanityNumber({ text, isPossible }: Suspect): boolean {
	return (
		VANITY_NUMBER.test(text) &&
		/[a-z]{3}/i.test(text) &&
		isPossible(dialLetters(text)) &&
		!isPossible(text)
	);
}

function explainStranger({ text }: Suspect): string {
	const [stranger] = /[^\d ()[\]./~+-]/u.exec(text) ?? ['+'];
	if (stranger === '+') return 'has a + in the wrong place. Enter one +, before the calling code';
	if (/\s/.test(stranger)) {
		return 'has a line break or a tab. Enter one number in one line';
	}
	return `has the character ${quote(stranger)}, which is not part of a phone number. Enter digits, spaces and a leading + only`;
}

/** The kinds, in the order in which they are looked for: what is certain by its form comes first. */
export const WRITING_FAULTS: readonly WritingFault[] = [
	{
		applies: ({ text }) => !/\d/.test(text),
		says: 'has no digits. Enter the number to call',
		source: 'forms whose field was left open',
		examples: ['n/a', '-', 'unknown'],
	},
	{
		applies: isDate,
		says: IS_DATE,
		source: 'ISO 8601, and the dates of spreadsheets: the wrong column was chosen',
		examples: [
			'25.11.2026',
			'24. 12. 2026',
			'24 12 2026',
			'25. November 2026',
			'Nov 25, 2026',
			'20261125T103000',
			'2026-11-25',
			'11/25/2026',
			'25.11.26',
			'20261125',
			'2026-11-25 10:30',
			'25112026',
			'20261125103000',
			'20261125-1030',
			'02 01 2026',
			'2026-11',
			'46351.4375',
			'46351,5',
		],
	},
	{
		applies: (suspect) => DOCUMENT_NUMBER.test(suspect.text) && isReadWithoutZero(suspect),
		says: 'begins with a year, as the number of an order or invoice does. Choose the field that holds the phone number',
		source: 'numbers of orders, invoices and cases: the wrong column was chosen',
		examples: ['2026-0012', '2026/00123'],
	},
	{
		applies: ({ text }) => CLOCK.test(text),
		says: 'is a time of day. Choose the field that holds the phone number',
		source: 'ISO 8601 and spreadsheets: the wrong column was chosen',
		examples: ['10:30', '22:15:00', '10:30 pm', '12:30 Uhr'],
	},
	{
		applies: ({ text, nationalNumber }) => TIMESTAMP.test(text) && !nationalNumber(text),
		says: 'is a point in time, counted in seconds or milliseconds. Choose the field that holds the phone number',
		source: 'Unix time, as Date.now() and databases give it',
		examples: [1795600000123, '1795600000123', 1495600123],
	},
	{
		applies: isIpAddress,
		says: 'is the address of a computer. Choose the field that holds the phone number',
		source: 'RFC 791, and RFC 1918 for private addresses',
		examples: ['192.168.10.15', '127.0.0.1', '255.255.255.0', '217.110.20.15'],
	},
	{
		applies: ({ text }) => DECIMAL_NOTATION.test(text) || PREFIXED_DECIMAL.test(text),
		says: ({ text }) =>
			`ends in ${text.replace(/.*(?=[.,])/, '')} like a decimal number. Enter the number without it`,
		source: 'exports of decimal columns (pandas, spreadsheets)',
		examples: [
			'4930901820.0',
			'4930901820.00',
			'4930901820.000',
			'4930901820,00',
			'4930901820.5',
			'4930901820.10',
			'030901820.0',
			'030 901820.00',
			'49 30 901820,0',
			'+49 30 901820.0',
			'015112345678.000',
		],
	},
	{
		applies: ({ text }) => AMOUNT.test(text),
		says: 'is written like an amount, with separators for thousands. Format the column as text and enter the number without them',
		source: 'number formats of spreadsheets',
		examples: [
			'4,930,901,820',
			'4,930,901,820.00',
			'4.930.901.820,00',
			"4'930'901'820",
			'4\u{2019}930\u{2019}901\u{2019}820',
			'4 930 901 820,00',
			'$4,930,901,820',
			'(4,930,901,820)',
			'4.930.901.820,00 €',
			'4,93,09,01,820',
			'49,30,90,18,200.00',
		],
	},
	{
		applies: isRounded,
		says: 'was rounded by a spreadsheet: its last digits are lost. Format the column as text and enter the whole number',
		source: 'spreadsheets keep six digits of a number that they show as 4.91512E+12',
		examples: [4915120000000, '491512000000', 1700000000],
	},
	{
		applies: ({ text }) => /^[*#]|\*/.test(text),
		says: 'has a * or #, as service codes do. Enter a phone number',
		source: '3GPP TS 22.030: *100#, #31#030901820; also 030 90****, which hides digits',
		examples: ['*100#', '#31#030901820', '030 90****'],
	},
	{
		applies: ({ text }) => EXTENSION.test(text),
		says: 'has an extension, which cannot be dialled. Enter a number that reaches the person directly',
		source: 'extensions as libphonenumber reads them',
		examples: ['030 901820 ext. 12', '030 901820 x12', '030 901820#12', '+4930901820;ext=12'],
	},
	{
		applies: (suspect) =>
			WRITTEN_NUMBER.test(suspect.text) && (isPair(suspect) || hasOtherEnding(suspect)),
		says: SEVERAL_NUMBERS,
		source: 'letterheads and CRM fields; DIN 5008 for the dash before an extension',
		examples: [
			'030 12345/030 12346',
			'030 90182-0/-12',
			'0171 1234567 / 68',
			'0171/1234567/8',
			'030 901820 - 29',
			'030 90182-10\u{2013}19',
			'03012345/67890123',
			'030 901820 / 90 18 21',
			'030 901820 - 901825',
		],
	},
	{
		applies: ({ text }) => SCIENTIFIC_NOTATION.test(text),
		says: 'was shortened by a spreadsheet. Format the column as text and enter the whole number',
		source: 'scientific notation of spreadsheets',
		examples: ['4.91512E+12', '4,91512e12'],
	},
	{
		applies: ({ text }) => !WRITTEN_NUMBER.test(text) && holdsSeveralNumbers(text),
		says: SEVERAL_NUMBERS,
		source: 'CRM fields that hold a list',
		examples: ['030 901820, 030 901821', '030 901820 or 030 901821', '+4930901820+4930901821'],
	},
	{
		applies: isVanityNumber,
		says: ({ text }) =>
			`has letters. If they stand for the keys of a phone, enter ${quote(dialLetters(text))}`,
		source: 'ITU-T E.161, letters on the keys',
		examples: ['0800-FLOWERS'],
	},
	{
		applies: ({ text }) => /\p{L}/u.test(text),
		says: 'has letters. Enter only the number',
		source: 'notes in a number field',
		examples: ['Tel. 030 901820', '030 901820 home'],
	},
	{
		applies: ({ text }) => !WRITTEN_NUMBER.test(text),
		says: explainStranger,
		source: 'characters that neither ITU-T E.123 nor libphonenumber has in a number',
		examples: ['030_901820', '49 30 901820+', '030\n901820'],
	},
];

/** The form of E.164, which needs no look at the rules. */
const PLAIN_INTERNATIONAL = /^\+\d+$/;

/** What is wrong with the text, going on from it; undefined if it is written like a number. */
export function findWritingFault(suspect: Suspect): string | undefined {
	if (PLAIN_INTERNATIONAL.test(suspect.text)) return undefined;
	const fault = WRITING_FAULTS.find(({ applies }) => applies(suspect));
	return typeof fault?.says === 'function' ? fault.says(suspect) : fault?.says;
}
