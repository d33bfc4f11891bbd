/** The countries that a call can go to, and what people write for them. */
import { COUNTRIES, NUMBERING_PLANS, PART_OF } from './countryData';
import { regionsOf } from './numberingPlan';

/** A country that a call can go to. */
export interface Country {
	/** ISO 3166-1 alpha-2, what the API takes as `Phone.CountryCode`. */
	code: string;
	/** The common English name. */
	name: string;
	/** Without `+`; undefined for the seven territories without a numbering plan of their own. */
	callingCode: string | undefined;
}

const MAX_SUGGESTIONS = 3;
const MAX_TYPING_ERRORS = 2;
/** Shorter texts are codes, which have no typing errors to guess. */
const MIN_WORD_LENGTH = 4;

/** What people write for a country that is neither its ISO code nor its name here; keys as `searchKey` makes them. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
	'1': ['US', 'CA'],
	AC: ['SH'],
	AMERICA: ['US'],
	ASCENSIONISLAND: ['SH'],
	BRITAIN: ['GB'],
	BURMA: ['MM'],
	CAPEVERDE: ['CV'],
	CONGO: ['CD', 'CG'],
	COTEDIVOIRE: ['CI'],
	CRO: ['HR'],
	CZECHREPUBLIC: ['CZ'],
	DEN: ['DK'],
	EL: ['GR'],
	ENGLAND: ['GB'],
	GER: ['DE'],
	GREATBRITAIN: ['GB'],
	GRE: ['GR'],
	HOLLAND: ['NL'],
	HOLYSEE: ['VA'],
	KOREA: ['KR', 'KP'],
	MACEDONIA: ['MK'],
	NED: ['NL'],
	NORTHERNIRELAND: ['GB'],
	POR: ['PT'],
	RSA: ['ZA'],
	SCOTLAND: ['GB'],
	SUI: ['CH'],
	SWAZILAND: ['SZ'],
	TA: ['SH'],
	TIMORLESTE: ['TL'],
	TRISTANDACUNHA: ['SH'],
	TURKEY: ['TR'],
	UAE: ['AE'],
	UK: ['GB'],
	WALES: ['GB'],
};

const toCountry = ([code, , name]: (typeof COUNTRIES)[number]): Country => ({
	code,
	name,
	callingCode: NUMBERING_PLANS[code]?.[0],
});

/** All 249 countries of ISO 3166-1 and Kosovo (XK, a code that the standard leaves to its users), by name. */
export const countries: readonly Country[] = COUNTRIES.map(toCountry);

const countryByCode = new Map(countries.map((country) => [country.code, country]));

/** Looks a country up by its ISO 3166-1 alpha-2 code, in any case and with blanks around it. */
export function findCountry(code: string): Country | undefined {
	return countryByCode.get(code.trim().toUpperCase());
}

/** The country of a region of the numbering plans. */
export function countryOfRegion(region: string): Country {
	const country = countryByCode.get(PART_OF[region] ?? region);
	if (!country) throw new Error(`The country data has no country for the region ${region}`);
	return country;
}

/** Upper case letters and digits only, so that accents, dots and blanks make no difference. */
function searchKey(text: string): string {
	return text
		.normalize('NFD')
		.toUpperCase()
		.replace(/[^\p{L}\p{Nd}]/gu, '');
}

/** How many letters have to be inserted, dropped or replaced to make one text of the other. */
function editDistance(a: string, b: string): number {
	let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let i = 1; i <= a.length; i++) {
		const current = [i];
		for (let j = 1; j <= b.length; j++) {
			const replaced = previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
			current.push(Math.min(replaced, previous[j] + 1, current[j - 1] + 1));
		}
		previous = current;
	}
	return previous[b.length];
}

const searchable = COUNTRIES.map(([code, alpha3, name]) => ({
	code,
	alpha3,
	name: searchKey(name),
}));

type Searchable = (typeof searchable)[number];

const codesOf = (matches: (country: Searchable) => boolean): string[] =>
	searchable.filter(matches).map(({ code }) => code);

function misspeltNames(key: string): string[] {
	return searchable
		.filter(({ name }) => Math.abs(name.length - key.length) <= MAX_TYPING_ERRORS)
		.map(({ code, name }) => ({ code, errors: editDistance(key, name) }))
		.filter(({ errors }) => errors <= MAX_TYPING_ERRORS)
		.sort((a, b) => a.errors - b.errors)
		.map(({ code }) => code);
}

/**
 * Finds the countries that somebody may have meant by a text that is no country code: a name or the
 * beginning of one, a misspelt name, an alpha-3 code, a calling code, `UK`.
 * @returns at most three ISO 3166-1 alpha-2 codes, the likeliest first
 */
export function suggestCountries(code: string): string[] {
	const key = searchKey(code).replace(/^00/, '');
	if (!key) return [];
	const isWord = key.length >= MIN_WORD_LENGTH;

	const attempts = [
		() => (Object.hasOwn(ALIASES, key) ? ALIASES[key] : []),
		() => regionsOf(key).map((region) => countryOfRegion(region).code),
		() => codesOf(({ code: iso, alpha3, name }) => [iso, alpha3, name].includes(key)),
		() => codesOf(({ alpha3, name }) => alpha3.startsWith(key) || name.startsWith(key)),
		() => (isWord ? codesOf(({ name }) => name.includes(key)) : []),
		() => (isWord ? misspeltNames(key) : []),
	];
	for (const attempt of attempts) {
		const found = [...new Set(attempt())];
		if (found.length > 0) return found.slice(0, MAX_SUGGESTIONS);
	}
	return [];
}
