/** Guesses what went wrong with a number that its plan does not have, and which number was meant. */
import type { Country } from './countries';
import { isMobile, readExactly, readInternational, readLocal, type Reading } from './numberingPlan';
import { NORTH_AMERICA } from './planFacts';
import { belongsTo, numberOf, withoutSecondCallingCode, type Written } from './readings';

/** A change of a numbering plan after which numbers are still written as before. */
export interface PlanChange {
	region: string;
	/** The digits after the calling code as they were. */
	before: RegExp;
	/** As they are now; left out where the old number does not tell the new one. */
	now?: (digits: string) => string;
	/** Goes on from the number that was typed. */
	says: string;
	source: string;
	/** An old number, and the new one if it follows from it. */
	example: readonly [before: string, now?: string];
}

const prefixed = (prefix: string) => (digits: string) => prefix + digits;

/** Beginnings of Vietnamese mobile numbers of 11 digits (without the 0), and what replaced them. */
const VIETNAMESE_MOBILE: Readonly<Record<string, string>> = {
	...{ '120': '70', '121': '79', '122': '77', '126': '76', '128': '78' },
	...{ '123': '83', '124': '84', '125': '85', '127': '81', '129': '82' },
	...{ '162': '32', '163': '33', '164': '34', '165': '35', '166': '36' },
	...{ '167': '37', '168': '38', '169': '39' },
	...{ '186': '56', '188': '58', '199': '59' },
};

/** Old mobile numbers of Ivory Coast tell the network by their second digit: Moov, MTN, Orange. */
const IVORIAN_NETWORK = ['01', '01', '01', '01', '05', '05', '05', '07', '07', '07'];

export const PLAN_CHANGES: readonly PlanChange[] = [
	{
		region: 'BR',
		before: /^[1-9]{2}[6-9]\d{7}$/,
		now: (digits) => `${digits.slice(0, 2)}9${digits.slice(2)}`,
		says: 'is a Brazilian mobile number without its ninth digit: since 2016 mobile numbers have a 9 behind the area code',
		source:
			'ITU Operational Bulletin, Brazil (Anatel Resolution 553/2010, all areas by November 2016)',
		example: ['2161234567', '21961234567'],
	},
	{
		region: 'MX',
		before: /^1\d{10}$/,
		now: (digits) => digits.slice(1),
		says: 'has a 1 behind +52: since 2019 mobile numbers of Mexico are dialled without the 1 after +52',
		source: 'IFT, Plan Técnico Fundamental de Numeración, in force since 3 August 2019',
		example: ['15512345678', '5512345678'],
	},
	{
		region: 'MX',
		before: /^(?:01|04[45])\d{10}$/,
		now: (digits) => digits.slice(-10),
		says: 'begins with 01, 044 or 045: since 2019 numbers of Mexico are dialled without them',
		source: 'IFT, Plan Técnico Fundamental de Numeración, in force since 3 August 2019',
		example: ['0445512345678', '5512345678'],
	},
	{
		region: 'BJ',
		before: /^\d{8}$/,
		now: prefixed('01'),
		says: 'has 8 digits: since November 2024 numbers of Benin have 10 digits and begin with 01',
		source: 'ARCEP Benin, new national numbering plan of 30 November 2024',
		example: ['97979797', '0197979797'],
	},
	{
		region: 'CI',
		before: /^[04-9]\d{7}$/,
		now: (digits) => IVORIAN_NETWORK[Number(digits[1])] + digits,
		says: 'has 8 digits: since January 2021 mobile numbers of Ivory Coast have 10 digits and begin with 01, 05 or 07',
		source: 'ARTCI, migration from 8 to 10 digits on 31 January 2021',
		example: ['07123456', '0707123456'],
	},
	{
		region: 'CI',
		before: /^[23]\d{7}$/,
		says: 'has 8 digits: since January 2021 landline numbers of Ivory Coast have 10 digits and begin with 21, 25 or 27',
		source: 'ARTCI, migration from 8 to 10 digits on 31 January 2021',
		example: ['20212223'],
	},
	{
		region: 'CO',
		before: /^[124-8]\d{7}$/,
		now: prefixed('60'),
		says: 'is a Colombian landline number as before September 2021: now they have 60 and the digit of the area before them',
		source: 'CRC Colombia, Resolution 5826 of 2019, in force since 1 September 2021',
		example: ['12345678', '6012345678'],
	},
	{
		region: 'PH',
		before: /^2\d{7}$/,
		says: 'has 7 digits behind the 2 of Metro Manila: since October 2019 there are 8',
		source: 'NTC Philippines, migration of area code 2 to eight digits on 6 October 2019',
		example: ['21234567'],
	},
	{
		region: 'MU',
		before: /^[79]\d{6}$/,
		now: prefixed('5'),
		says: 'is a mobile number of Mauritius without the 5 that they begin with since 2013',
		source: 'ICTA Mauritius, mobile numbers of 8 digits since 1 September 2013',
		example: ['7001234', '57001234'],
	},
	{
		region: 'VN',
		before: /^1\d{9}$/,
		now: (digits) => (VIETNAMESE_MOBILE[digits.slice(0, 3)] ?? '') + digits.slice(3),
		says: 'is a Vietnamese mobile number with a beginning that was replaced in 2018',
		source: 'MIC Vietnam, Decision 798/QĐ-BTTTT: mobile numbers from 11 to 10 digits, 2018',
		example: ['1201234567', '701234567'],
	},
];

/** What is wrong, and what to enter instead. */
interface Correction {
	fault: string;
	reading?: Reading;
}

const valid = (reading: Reading | undefined) => (reading?.valid ? reading : undefined);

function findPlanChange({ callingCode, nationalNumber, region }: Reading): Correction | undefined {
	const change = PLAN_CHANGES.find(
		(entry) => entry.region === region && entry.before.test(nationalNumber),
	);
	if (!change) return undefined;
	const now = change.now && valid(readExactly(callingCode, change.now(nationalNumber)));
	return change.now && !now ? undefined : { fault: change.says, reading: now };
}

/** A number that begins with 0 also behind its calling code, and has lost it, as JSON numbers do. */
function findLostZero({ callingCode, nationalNumber }: Reading): Correction | undefined {
	const reading = valid(readExactly(callingCode, `0${nationalNumber}`));
	return (
		reading && {
			fault: `lacks the 0 that ${isMobile(reading) ? 'mobile numbers' : 'numbers'} there begin with`,
			reading,
		}
	);
}

function findNeedlessZero({ callingCode, nationalNumber }: Reading): Correction | undefined {
	if (!nationalNumber.startsWith('0')) return undefined;
	const reading = valid(readInternational(callingCode + nationalNumber.replace(/^0+/, '')));
	return reading && { fault: 'has a 0 that numbers there do not have', reading };
}

/** `+44 20…`: a calling code as a group of its own, which nobody wrote for an area code. */
const isGroup = ({ text }: Written, { callingCode }: Reading) =>
	new RegExp(`^\\D*${callingCode}(?!\\d)`).test(text);

/** `+516 555 0142` for +1 516 555 0142, `+030 901820` for +49 30 901820. */
function findPlusWithoutCallingCode(
	written: Written,
	reading: Reading | undefined,
	country: Country | undefined,
): Correction | undefined {
	const { digits, hasPlus } = written;
	if (!hasPlus) return undefined;
	if (reading && country && belongsTo(reading, country)) return undefined;
	const abroad = digits.startsWith('00') ? valid(readInternational(digits.slice(2))) : undefined;
	if (abroad) return { fault: 'has a + and the 00 that stands for it', reading: abroad };
	if (reading && isGroup(written, reading)) return undefined;
	const local =
		country === undefined
			? digits.length === 10 && valid(readExactly(NORTH_AMERICA, digits))
			: country.callingCode &&
				(country.callingCode === NORTH_AMERICA || !reading?.valid) &&
				valid(readLocal(digits, country.code));
	return local ? { fault: 'has a + but no calling code behind it', reading: local } : undefined;
}

/** `44 20 7946 0018` in the United States. */
function findLostPlus({ digits, hasPlus }: Written): Correction | undefined {
	const reading = hasPlus || digits.startsWith('0') ? undefined : valid(readInternational(digits));
	return reading && { fault: 'seems to begin with a calling code, but has no +', reading };
}

/**
 * The first explanation that leads to a number of the plan.
 * @param reading what the digits mean as they stand; undefined if they have no known calling code
 */
export function findCorrection(
	written: Written,
	reading: Reading | undefined,
	country: Country | undefined,
): Correction | undefined {
	const twice = reading && withoutSecondCallingCode(reading);
	if (reading && twice) {
		return { fault: `has the calling code +${reading.callingCode} twice`, reading: twice };
	}
	return (
		findPlusWithoutCallingCode(written, reading, country) ??
		(reading && (findPlanChange(reading) ?? findLostZero(reading) ?? findNeedlessZero(reading))) ??
		findLostPlus(written)
	);
}

/** `has a 0 that numbers there do not have. Enter +48225121234 if that is meant`. */
export function explainCorrection(
	{ fault, reading }: Correction,
	country: Country | undefined,
): string {
	if (!reading) return `${fault}. Look up the new number`;
	const enter = `${fault}. Enter ${numberOf(reading)} if that is meant`;
	return belongsTo(reading, country) ? enter : `${enter}, and choose another Country`;
}
