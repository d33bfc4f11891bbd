/** Tells what digits mean by the numbering plans: calling code, country, and whether such a number exists. */
import {
	NON_GEOGRAPHIC_CALLING_CODES,
	NUMBERING_PLANS,
	SHARED_CALLING_CODES,
	type NumberingPlanRow,
} from './countryData';
import { isExcluded, mayBeYoung } from './planFacts';

/** How many digits a number has after its calling code, ascending. */
export type Lengths = readonly number[];

/** What a run of digits means. */
export interface Reading {
	callingCode: string;
	/** The digits after the calling code, without a trunk prefix. */
	nationalNumber: string;
	/**
	 * The region whose number it is; undefined when no region of the calling code claims it, as with
	 * satellite phones (+881) or an area code younger than the data.
	 */
	region: string | undefined;
	/** The lengths that numbers of the region (else: of the calling code) have. */
	lengths: Lengths;
	/** Whether the number has one of the lengths. */
	possible: boolean;
	/** Whether the numbering plan has the number. */
	valid: boolean;
	/** Whether it has, or may have since: of the right length, and of the form that all its numbers have. */
	conceivable: boolean;
}

interface NumberingPlan {
	callingCode: string;
	lengths: Lengths;
	/** What all numbers have in common. */
	all: RegExp;
	mobile: RegExp | undefined;
	others: RegExp;
	nationalPrefix: RegExp | undefined;
	transform: string | undefined;
	idd: RegExp;
	leadingDigits: RegExp | undefined;
}

interface PlanWithoutRegion {
	lengths: Lengths;
	numbers: RegExp;
}

const MAX_CALLING_CODE_LENGTH = 3;

const regionsByCallingCode = new Map<string, readonly string[]>([
	...Object.entries(NUMBERING_PLANS).map(
		([region, [callingCode]]) => [callingCode, [region]] as const,
	),
	...Object.entries(SHARED_CALLING_CODES).map(
		([callingCode, regions]) => [callingCode, regions.split(' ')] as const,
	),
]);

/** `4-6,9` → `[4, 5, 6, 9]`. */
function expandRanges(ranges: string): Lengths {
	return ranges.split(',').flatMap((range) => {
		const [first, last = first] = range.split('-').map(Number);
		return Array.from({ length: last - first + 1 }, (_, index) => first + index);
	});
}

/** A pattern of the country data as a regular expression for a whole number. */
const whole = (pattern: string) => new RegExp(`^(?:${pattern.replaceAll('x', '\\d')})$`);
const beginning = (pattern: string) => new RegExp(`^(?:${pattern})`);

function compile([
	callingCode,
	lengths,
	all,
	others,
	mobile,
	nationalPrefix,
	transform,
	idd,
	leadingDigits,
]: NumberingPlanRow): NumberingPlan {
	return {
		callingCode,
		lengths: expandRanges(lengths),
		all: whole(all),
		mobile: mobile ? whole(mobile) : undefined,
		others: whole(others),
		nationalPrefix: nationalPrefix ? beginning(nationalPrefix) : undefined,
		transform: transform || undefined,
		idd: beginning(idd || '00'),
		leadingDigits: leadingDigits ? beginning(leadingDigits) : undefined,
	};
}

/** Makes a value for a key when it is first asked for. */
function lazily<Value>(make: (key: string) => Value): (key: string) => Value {
	const made = new Map<string, Value>();
	return (key) => {
		let value = made.get(key);
		if (value === undefined) made.set(key, (value = make(key)));
		return value;
	};
}

const planOf = lazily((region): NumberingPlan => compile(NUMBERING_PLANS[region]));

const planWithoutRegion = lazily((callingCode): PlanWithoutRegion => {
	const [lengths, numbers] = NON_GEOGRAPHIC_CALLING_CODES[callingCode];
	return { lengths: expandRanges(lengths), numbers: whole(numbers) };
});

const hasNumber = (plan: NumberingPlan, nationalNumber: string): boolean =>
	plan.lengths.includes(nationalNumber.length) &&
	plan.all.test(nationalNumber) &&
	((plan.mobile?.test(nationalNumber) ?? false) || plan.others.test(nationalNumber));

/** The regions with the calling code, the main one first; none for a calling code of no country. */
export function regionsOf(callingCode: string): readonly string[] {
	return regionsByCallingCode.get(callingCode) ?? [];
}

/** Whether the plan tells mobile numbers from others and has this one among them. */
export function isMobile({ region, nationalNumber }: Reading): boolean {
	const plan = region === undefined ? undefined : planOf(region);
	return plan !== undefined && plan.all.test(nationalNumber) && !!plan.mobile?.test(nationalNumber);
}

/** Whether people of the region dial a 0 before numbers of the region itself. */
export function hasTrunkZero(region: string): boolean {
	return planOf(region).nationalPrefix?.test('0') ?? false;
}

function detectRegion(callingCode: string, nationalNumber: string): string | undefined {
	const regions = regionsOf(callingCode);
	if (regions.length === 1) return regions[0];
	return regions.find((region) => {
		const plan = planOf(region);
		return plan.leadingDigits
			? plan.leadingDigits.test(nationalNumber)
			: hasNumber(plan, nationalNumber);
	});
}

/** Takes the trunk prefix off, or adds the area code that the region's local numbers lack. */
function withoutNationalPrefix(digits: string, plan: NumberingPlan): string {
	const match = plan.nationalPrefix?.exec(digits);
	if (!plan.nationalPrefix || !match) return digits;
	const stripped =
		plan.transform && match.at(-1)
			? digits.replace(plan.nationalPrefix, plan.transform)
			: digits.slice(match[0].length);

	// What looks like a prefix is part of the number when only the whole is a number of the plan.
	if (plan.all.test(digits) && !plan.all.test(stripped)) return digits;
	const region = detectRegion(plan.callingCode, stripped);
	const { lengths } = region ? planOf(region) : plan;
	const longEnough =
		lengths.includes(stripped.length) || stripped.length > lengths[lengths.length - 1];
	return longEnough ? stripped : digits;
}

/** `4930123456` → `30123456`, if the plan's calling code is 49 and the whole is no number of its own. */
function withoutCallingCode(digits: string, plan: NumberingPlan): string | undefined {
	if (!digits.startsWith(plan.callingCode)) return undefined;
	const shorter = digits.slice(plan.callingCode.length);
	const whole = withoutNationalPrefix(digits, plan);
	const tooLong = whole.length > plan.lengths[plan.lengths.length - 1];
	const onlyShorterMatches =
		!plan.all.test(whole) && plan.all.test(withoutNationalPrefix(shorter, plan));
	return tooLong || onlyShorterMatches ? shorter : undefined;
}

function splitCallingCode(digits: string): [callingCode: string, rest: string] | undefined {
	for (let length = 1; length <= MAX_CALLING_CODE_LENGTH; length++) {
		const callingCode = digits.slice(0, length);
		if (
			regionsByCallingCode.has(callingCode) ||
			Object.hasOwn(NON_GEOGRAPHIC_CALLING_CODES, callingCode)
		) {
			return [callingCode, digits.slice(length)];
		}
	}
	return undefined;
}

function readingOf(callingCode: string, nationalNumber: string, homeRegion?: string): Reading {
	const found = detectRegion(callingCode, nationalNumber);
	const region = found ?? homeRegion;
	const planRegion = region ?? regionsOf(callingCode)[0];
	const { lengths } =
		planRegion === undefined ? planWithoutRegion(callingCode) : planOf(planRegion);
	const possible = lengths.includes(nationalNumber.length);
	const valid =
		planRegion === undefined
			? possible && planWithoutRegion(callingCode).numbers.test(nationalNumber)
			: found !== undefined &&
				hasNumber(planOf(found), nationalNumber) &&
				!isExcluded(found, nationalNumber);
	const hasZero = planRegion !== undefined && hasTrunkZero(planRegion);
	const conceivable = valid || (possible && mayBeYoung(callingCode, nationalNumber, hasZero));
	return { callingCode, nationalNumber, region, lengths, possible, valid, conceivable };
}

/**
 * A number with or without its trunk prefix. What looks like one is part of the number if the plan has
 * the number only so.
 */
function readNational(
	callingCode: string,
	digits: string,
	plan: NumberingPlan | undefined,
	homeRegion?: string,
): Reading {
	if (!plan) return readingOf(callingCode, digits);
	const stripped = withoutNationalPrefix(digits, plan);
	const reading = readingOf(callingCode, stripped, homeRegion);
	if (reading.valid || stripped === digits) return reading;
	const unchanged = readingOf(callingCode, digits, homeRegion);
	return unchanged.valid ? unchanged : reading;
}

/** The reading with exactly these digits behind the calling code, none taken for a trunk prefix. */
export function readExactly(callingCode: string, nationalNumber: string): Reading {
	return readingOf(callingCode, nationalNumber);
}

/**
 * Reads a number in international form.
 * @param digits what follows the `+`
 * @returns undefined if the digits start with no calling code
 */
export function readInternational(digits: string): Reading | undefined {
	const split = splitCallingCode(digits);
	if (!split) return undefined;
	const [callingCode, rest] = split;
	const [mainRegion] = regionsOf(callingCode);
	return readNational(callingCode, rest, mainRegion ? planOf(mainRegion) : undefined);
}

/** Reads a number as it is dialled inside a region, with the trunk prefix or without it. */
export function readLocal(digits: string, region: string): Reading {
	const plan = planOf(region);
	return readNational(plan.callingCode, digits, plan, region);
}

/** What follows the region's prefix for calls abroad (US: 011); undefined if the digits do not start with it. */
export function withoutIdd(digits: string, region: string): string | undefined {
	const prefix = planOf(region).idd.exec(digits)?.[0];
	const abroad = prefix ? digits.slice(prefix.length) : '';
	return abroad && !abroad.startsWith('0') ? abroad : undefined;
}

/**
 * Reads a number as it is dialled in a region: local, with the trunk prefix, with the region's prefix
 * for calls abroad, or with the calling code but no `+`. The rules are those of libphonenumber, which
 * picks one reading where several are possible.
 * @param region a key of the numbering plans
 * @returns undefined if the digits after a prefix for calls abroad start with no calling code
 */
export function readInRegion(digits: string, region: string): Reading | undefined {
	const abroad = withoutIdd(digits, region);
	if (abroad !== undefined) return readInternational(abroad);
	const plan = planOf(region);
	const shorter = withoutCallingCode(digits, plan);
	if (shorter === undefined) return readLocal(digits, region);
	return readNational(plan.callingCode, shorter, planOf(regionsOf(plan.callingCode)[0]));
}
