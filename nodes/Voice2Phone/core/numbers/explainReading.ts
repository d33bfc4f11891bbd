/** Says in people's words why digits are no number of a country, and what to do. */
import { countryOfRegion, type Country } from './countries';
import { NUMBERING_PLANS, NUMBERING_PLANS_VERSION } from './countryData';
import { firstDigits, fit } from './digitPattern';
import { hasTrunkZero, regionsOf, type Lengths, type Reading } from './numberingPlan';
import { NORTH_AMERICA } from './planFacts';
import { numberOf } from './readings';

const AREA_CODE_LENGTH = 3;
const LOCAL_LENGTH = 7;
/** More beginnings than these would be no help. */
const MAX_BEGINNINGS = 5;
const [, PLANS_OF] = NUMBERING_PLANS_VERSION;

/** What to do about a number that only the plan speaks against. */
const USE_LENGTHS_ONLY = `Correct the number; if it is newer than the numbering plans of ${PLANS_OF}, set Number Check in Technical Settings to Lengths Only`;

/** The country of the number; the main one of the calling code if its countries cannot be told apart. */
export function countryOf({ region, callingCode }: Reading): Country | undefined {
	const [mainRegion] = regionsOf(callingCode);
	const found = region ?? mainRegion;
	return found === undefined ? undefined : countryOfRegion(found);
}

const placeOf = (reading: Reading) => countryOf(reading)?.name ?? `+${reading.callingCode}`;

/** `[1, 2]` → `1 or 2`. */
function orList(values: readonly (string | number)[]): string {
	const last = String(values.at(-1));
	return values.length > 1 ? `${values.slice(0, -1).join(', ')} or ${last}` : last;
}

/** `[10]` → '10', `[4, 5, 6]` → '4 to 6', `[7, 9, 10]` → `7, 9 or 10`. */
function listLengths(lengths: Lengths): string {
	const first = lengths[0];
	const last = lengths[lengths.length - 1];
	return lengths.length > 2 && last - first === lengths.length - 1
		? `${first} to ${last}`
		: orList(lengths);
}

const countDigits = (lengths: Lengths) =>
	`${listLengths(lengths)} digit${lengths.at(-1) === 1 ? '' : 's'}`;

/** Says why digits are no number at all: they have no calling code, or one that does not exist. */
export function explainUnreadable(isInternational: boolean, country: Country | undefined): string {
	if (isInternational) {
		return 'starts with a calling code that does not exist. Enter + and the calling code, such as +44, before the number';
	}
	return country
		? `is not in international form, and ${country.name} has no numbering plan of its own. Enter + and the calling code before the number`
		: 'is not in international form, so its country cannot be detected. Enter + and the calling code before the number, or choose another Country';
}

export function explainCallingCode(reading: Reading, country: Country): string {
	const starts = `starts with +${reading.callingCode}`;
	const own = `${country.name} (+${country.callingCode})`;
	const owner = countryOf(reading)?.name;
	return owner
		? `${starts}, the calling code of ${owner}, not of ${own}. Choose ${owner} as the country, or correct the number`
		: `${starts}, the calling code of no country, not of ${own}. Enter a number of ${country.name}`;
}

/** Both readings, with their countries where these differ. */
export function explainSeveral(readings: readonly Reading[]): string {
	const owners = new Set(readings.map(placeOf));
	const numbers = readings.map((reading) =>
		owners.size > 1 ? `${numberOf(reading)} (${placeOf(reading)})` : numberOf(reading),
	);
	const advice =
		owners.size > 1
			? 'Enter the one that is meant, with its + and calling code, and choose another Country'
			: 'Enter the one that is meant, with its + and calling code';
	return `can be read as ${numbers.join(' and as ')}. ${advice}`;
}

/** Says that a number may be one of the same town only. */
export function explainMissingAreaCode(reading: Reading): string {
	return `may lack its area code, and as it stands it is a number of another place in ${placeOf(reading)}. Enter it with the 0 and the area code, or with +${reading.callingCode} and the area code`;
}

function explainLength(reading: Reading): string {
	const { callingCode, lengths, nationalNumber, region } = reading;
	const length = nationalNumber.length;
	const numbers = `${placeOf(reading)} (${listLengths(lengths)} digits after +${callingCode}, this one has ${length})`;
	if (length < lengths[0]) {
		const hasAreaCode =
			callingCode === NORTH_AMERICA || (region !== undefined && hasTrunkZero(region));
		return hasAreaCode
			? `is too short for ${numbers}. Enter the whole number with its area code`
			: `is too short for ${numbers}. Enter the whole number`;
	}
	if (length > lengths[lengths.length - 1]) {
		return `is too long for ${numbers}. Enter one number, with a + if it starts with a calling code`;
	}
	return `has a wrong length for ${numbers}. Look for a missing or an extra digit`;
}

/** `no number there begins with 1; mobile numbers there begin with 6 or 7`. */
function explainBeginning(begin: string, reading: Reading, mobile: string | undefined): string {
	const what =
		reading.callingCode === NORTH_AMERICA && begin.length <= AREA_CODE_LENGTH
			? 'area code'
			: 'number';
	const mobileBeginnings = mobile ? firstDigits(mobile) : [];
	const isHelp =
		!mobileBeginnings.includes(begin[0]) &&
		mobileBeginnings.length > 0 &&
		mobileBeginnings.length <= MAX_BEGINNINGS;
	return (
		`no ${what} there begins with ${begin}` +
		(isHelp ? `; mobile numbers there begin with ${orList(mobileBeginnings)}` : '')
	);
}

/** Where the number leaves the plan of its country. */
function findFault(reading: Reading): string {
	const { callingCode, nationalNumber } = reading;
	if (callingCode === NORTH_AMERICA && nationalNumber.length === LOCAL_LENGTH) {
		return 'it has no area code';
	}
	const region = reading.region ?? regionsOf(callingCode)[0];
	if (region === undefined) return 'no such number exists';
	const regions = reading.region === undefined ? regionsOf(callingCode) : [region];
	const plans = regions.map((code) => NUMBERING_PLANS[code]);
	const pattern = plans
		.flatMap(([, , , others, mobile]) => [others, mobile])
		.filter(Boolean)
		.join('|');
	const { fitting, missing, wholeAt } = fit(pattern, nationalNumber);
	if (fitting === nationalNumber.length) {
		const more = missing.filter((count) => count > 0);
		if (more.length > 0) {
			return `numbers that begin like this have ${countDigits(more)} more`;
		}
	} else if (wholeAt.length > 0) {
		return `numbers that begin like this end after ${countDigits(wholeAt)}, this one has ${nationalNumber.length}`;
	} else {
		return explainBeginning(nationalNumber.slice(0, fitting + 1), reading, plans[0][4]);
	}
	return 'the numbering plan does not have it';
}

/** Why the plan of its country does not have the number. */
export function explainReading(reading: Reading): string {
	if (!reading.possible) return explainLength(reading);
	const advice = reading.conceivable ? USE_LENGTHS_ONLY : 'Correct the number';
	return `is no number of ${placeOf(reading)}: ${findFault(reading)}. ${advice}`;
}
