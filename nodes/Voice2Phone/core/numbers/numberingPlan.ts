import {
	NON_GEOGRAPHIC_CALLING_CODES,
	NUMBERING_PLANS,
	SHARED_CALLING_CODES,
	type NumberingPlanRow,
} from './countryData';

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
}

interface NumberingPlan {
	callingCode: string;
	lengths: Lengths;
	pattern: RegExp;
	nationalPrefix: RegExp | undefined;
	transform: string | undefined;
	idd: RegExp;
	detection: RegExp | undefined;
	mobile: RegExp | undefined;
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

const lengthsWithoutRegion = new Map(
	Object.entries(NON_GEOGRAPHIC_CALLING_CODES).map(([callingCode, ranges]) => [
		callingCode,
		expandRanges(ranges),
	]),
);

const compiledPlans = new Map<string, NumberingPlan>();

/** `4-6,9` → `[4, 5, 6, 9]`. */
function expandRanges(ranges: string): Lengths {
	return ranges.split(',').flatMap((range) => {
		const [first, last = first] = range.split('-').map(Number);
		return Array.from({ length: last - first + 1 }, (_, index) => first + index);
	});
}

function compile([
	callingCode,
	lengths,
	pattern,
	nationalPrefix,
	transform,
	idd,
	detection,
	mobile,
]: NumberingPlanRow): NumberingPlan {
	return {
		callingCode,
		lengths: expandRanges(lengths),
		pattern: new RegExp(`^(?:${pattern})$`),
		nationalPrefix: nationalPrefix ? new RegExp(`^(?:${nationalPrefix})`) : undefined,
		transform: transform || undefined,
		idd: new RegExp(`^(?:${idd || '00'})`),
		detection: detection ? new RegExp(`^(?:${detection})`) : undefined,
		mobile: mobile ? new RegExp(`^(?:${mobile})$`) : undefined,
	};
}

function planOf(region: string): NumberingPlan {
	let plan = compiledPlans.get(region);
	if (!plan) {
		plan = compile(NUMBERING_PLANS[region]);
		compiledPlans.set(region, plan);
	}
	return plan;
}

/** The regions with the calling code, the main one first; none for a calling code of no country. */
export function regionsOf(callingCode: string): readonly string[] {
	return regionsByCallingCode.get(callingCode) ?? [];
}

function detectRegion(callingCode: string, nationalNumber: string): string | undefined {
	const regions = regionsOf(callingCode);
	if (regions.length === 1) return regions[0];
	return regions.find((region) => planOf(region).detection?.test(nationalNumber));
}

/** Takes the trunk prefix off, or adds the area code that the region's local numbers lack. */
function withoutNationalPrefix(digits: string, plan: NumberingPlan): string {
	const match = plan.nationalPrefix?.exec(digits);
	if (!plan.nationalPrefix || !match) return digits;
	const lastGroup = match.length > 1 ? match.at(-1) : undefined;
	const stripped =
		plan.transform && lastGroup
			? digits.replace(plan.nationalPrefix, plan.transform)
			: digits.slice(match[0].length);
	if (stripped === digits) return digits;

	// What looks like a prefix is part of the number when only the whole is a number of the plan.
	if (plan.pattern.test(digits) && !plan.pattern.test(stripped)) return digits;
	const region = detectRegion(plan.callingCode, stripped);
	const { lengths } = region ? planOf(region) : plan;
	const longEnough =
		lengths.includes(stripped.length) || stripped.length > lengths[lengths.length - 1];
	return longEnough ? stripped : digits;
}

/**
 * `4930123456` → `30123456`, if the plan's calling code is 49 and the whole is no number of its own.
 * A mobile number behind the calling code counts as one even so: address books leave the `+` out.
 */
function withoutCallingCode(digits: string, plan: NumberingPlan): string | undefined {
	if (!digits.startsWith(plan.callingCode)) return undefined;
	const shorter = digits.slice(plan.callingCode.length);
	if (plan.mobile?.test(shorter)) return shorter;
	const whole = withoutNationalPrefix(digits, plan);
	const tooLong = whole.length > plan.lengths[plan.lengths.length - 1];
	const onlyShorterMatches =
		!plan.pattern.test(whole) && plan.pattern.test(withoutNationalPrefix(shorter, plan));
	return tooLong || onlyShorterMatches ? shorter : undefined;
}

function splitCallingCode(digits: string): [callingCode: string, rest: string] | undefined {
	for (let length = 1; length <= Math.min(MAX_CALLING_CODE_LENGTH, digits.length); length++) {
		const callingCode = digits.slice(0, length);
		if (regionsByCallingCode.has(callingCode) || lengthsWithoutRegion.has(callingCode)) {
			return [callingCode, digits.slice(length)];
		}
	}
	return undefined;
}

function reading(
	callingCode: string,
	digits: string,
	plan: NumberingPlan | undefined,
	homeRegion?: string,
): Reading {
	const nationalNumber = plan ? withoutNationalPrefix(digits, plan) : digits;
	const region = detectRegion(callingCode, nationalNumber) ?? homeRegion;
	const lengths = region
		? planOf(region).lengths
		: (plan?.lengths ?? lengthsWithoutRegion.get(callingCode) ?? []);
	return {
		callingCode,
		nationalNumber,
		region,
		lengths,
		possible: lengths.includes(nationalNumber.length),
	};
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
	return reading(callingCode, rest, mainRegion ? planOf(mainRegion) : undefined);
}

/**
 * Reads a number as it is dialled in a region: local, with the trunk prefix, with the region's prefix
 * for calls abroad, or with the calling code but no `+`. The rules are those of libphonenumber.
 * @param region a key of the numbering plans
 * @returns undefined if the digits after a prefix for calls abroad start with no calling code
 */
export function readInRegion(digits: string, region: string): Reading | undefined {
	const plan = planOf(region);
	const idd = plan.idd.exec(digits)?.[0] ?? '';
	const abroad = idd ? digits.slice(idd.length) : '';
	if (abroad && !abroad.startsWith('0')) return readInternational(abroad);

	const shorter = withoutCallingCode(digits, plan);
	if (shorter !== undefined) {
		const [mainRegion] = regionsOf(plan.callingCode);
		return reading(plan.callingCode, shorter, planOf(mainRegion));
	}
	return reading(plan.callingCode, digits, plan, region);
}
