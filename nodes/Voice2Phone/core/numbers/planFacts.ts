/** Where a numbering plan is narrower than the patterns of libphonenumber, by its own documents. */

/** The calling code of North America, whose countries share one plan. */
export const NORTH_AMERICA = '1';

export interface PlanFact {
	region: string;
	/** Digits after the calling code that a pattern has room for, and that nobody can be called by. */
	excludes: RegExp;
	source: string;
	/** A number that would else be dialled, as it is written. */
	example: string;
}

export const PLAN_FACTS: readonly PlanFact[] = [
	{
		region: 'BR',
		excludes: /^[1-9]{2}7\d{7}$/,
		source:
			'Anatel, Resolution 553/2010: mobile numbers have a 9 before eight digits; the radio network with 7 is gone',
		example: '+55 21 7123-4567',
	},
	{
		region: 'DE',
		excludes: /^49\d{10,}$/,
		source:
			'Bundesnetzagentur, numbering plan of local numbers: 11 digits without the 0; a mobile number behind its calling code would pass for a longer one',
		example: '+49 49 151 12345678',
	},
	{
		region: 'ID',
		excludes: /^62\d{9,}$/,
		source:
			'Indonesian Fundamental Technical Plan 2000: landlines have up to 10 digits; a mobile number behind its calling code would pass for a longer one',
		example: '+62 62 812345678',
	},
	{
		region: 'KR',
		excludes: /^10\d{7}$/,
		source: 'ITU, numbering plan of +82: mobile numbers have 8 digits behind 010',
		example: '010-123-4567',
	},
	{
		region: 'XK',
		excludes: /^383\d{7,}$/,
		source:
			'ITU, numbering plan of +383: landlines have 8 digits; a mobile number behind its calling code would pass for a longer one',
		example: '+383 383 43201234',
	},
	{
		region: 'ZA',
		excludes: /^8[1-4]\d{3,6}$/,
		source: 'ICASA, numbering plan: all numbers have nine digits',
		example: '082 123 456',
	},
];

/** Whether the plan's own documents rule the number out. */
export const isExcluded = (region: string, nationalNumber: string): boolean =>
	PLAN_FACTS.some((fact) => fact.region === region && fact.excludes.test(nationalNumber));

/** ITU-T E.164 and the plan of North America: area codes and exchanges begin with 2 to 9. */
const NORTH_AMERICAN_NUMBER = /^[2-9]\d{2}[2-9]\d{6}$/;

/**
 * Whether a number that the data does not have may lie in a range that is younger. Not when it is all zeros,
 * when it begins with the zero that people dial before numbers of the region, or when it breaks the form of
 * North American numbers.
 */
export function mayBeYoung(
	callingCode: string,
	nationalNumber: string,
	hasTrunkZero: boolean,
): boolean {
	if (callingCode === NORTH_AMERICA) return NORTH_AMERICAN_NUMBER.test(nationalNumber);
	return !/^0+$/.test(nationalNumber) && !(hasTrunkZero && nationalNumber.startsWith('0'));
}

/**
 * How many digits a number has at most that may be a local one, without its area code: such numbers are as long as
 * whole ones of other places, whose zero is missing. In most countries all whole numbers are longer.
 * The lengths are those that people there know; they were not compared with the documents of each plan.
 */
export const LONGEST_LOCAL_NUMBERS: Readonly<Record<string, number>> = {
	...{ AT: 7, AX: 7, BG: 7, DE: 7, EG: 8, FI: 7, ID: 8 },
	...{ IE: 7, KR: 8, MY: 8, RS: 7, SE: 7, TW: 8 },
};
