import { readFileSync } from 'node:fs';
import { NUMBERING_PLANS_VERSION } from '../../../../nodes/Voice2Phone/core/numbers/countryData';
import {
	countries,
	findCountry,
	suggestCountries,
} from '../../../../nodes/Voice2Phone/core/numbers/countries';

const { DOCS, OUTPUT, renderCountryData, renderDocs } = jest.requireActual<{
	DOCS: string;
	OUTPUT: string;
	renderCountryData: () => string;
	renderDocs: (page: string) => string;
}>('../../../../build/countryData');

it('is what the installed libraries say: run `npx gulp countryData` if this fails', () => {
	expect(readFileSync(OUTPUT, 'utf8')).toBe(renderCountryData());
	const docs = readFileSync(DOCS, 'utf8');
	expect(docs).toBe(renderDocs(docs));
	expect(docs).toContain(`libphonenumber ${NUMBERING_PLANS_VERSION.join(' of ')}`);
});

describe('countries', () => {
	it('are the 249 of ISO 3166-1 and Kosovo, in the order of their names', () => {
		expect(countries).toHaveLength(250);
		expect(new Set(countries.map(({ code }) => code)).size).toBe(250);
		expect(countries.every(({ code }) => /^[A-Z]{2}$/.test(code))).toBe(true);
		expect(findCountry('XK')?.name).toBe('Kosovo');
		const names = countries.map(({ name }) => name);
		expect(names).toEqual([...names].sort(new Intl.Collator('en').compare));
	});

	it.each([
		['US', 'United States', '1'],
		['GB', 'United Kingdom', '44'],
		['KR', 'South Korea', '82'],
		['TR', 'T\u{FC}rkiye', '90'],
		['SH', 'Saint Helena', '290'],
	])('%s is %s with +%s', (code, name, callingCode) => {
		expect(findCountry(code)).toEqual({ code, name, callingCode });
	});

	it('have a calling code, save the territories without a numbering plan', () => {
		const without = countries.filter(({ callingCode }) => callingCode === undefined);
		expect(without.map(({ code }) => code).sort()).toEqual([
			'AQ',
			'BV',
			'GS',
			'HM',
			'PN',
			'TF',
			'UM',
		]);
	});

	it('are found by their code in any case and with spaces around it, and by nothing else', () => {
		expect(findCountry(' de\n')?.name).toBe('Germany');
		for (const other of ['', 'UK', 'DEU', 'Germany', 'constructor', 'AC']) {
			expect(findCountry(other)).toBeUndefined();
		}
	});
});

describe('suggestions', () => {
	it.each([
		['UK', ['GB']],
		['uk', ['GB']],
		['EL', ['GR']],
		['USA', ['US']],
		['U.S.', ['US']],
		['DEU', ['DE']],
		['GER', ['DE']],
		['Germany', ['DE']],
		['germ', ['DE']],
		['Germny', ['DE']],
		['Untied States', ['US']],
		['+49', ['DE']],
		['0049', ['DE']],
		['1', ['US', 'CA']],
		['+44', ['GB', 'GG', 'IM']],
		['+247', ['SH']],
		['TA', ['SH']],
		['Turkey', ['TR']],
		['turkiye', ['TR']],
		['Ivory Coast', ['CI']],
		['C\u{F4}te d\u{2019}Ivoire', ['CI']],
		['Korea', ['KR', 'KP']],
		['Zealand', ['NZ']],
		['America', ['US']],
		['AC', ['SH']],
		['Ascension Island', ['SH']],
		['Tristan da Cunha', ['SH']],
		['Britain', ['GB']],
		['Great Britain', ['GB']],
		['England', ['GB']],
		['Scotland', ['GB']],
		['Wales', ['GB']],
		['Northern Ireland', ['GB']],
		['Burma', ['MM']],
		['Cape Verde', ['CV']],
		['Congo', ['CD', 'CG']],
		['Cro', ['HR']],
		['Czech Republic', ['CZ']],
		['Den', ['DK']],
		['Gre', ['GR']],
		['Holland', ['NL']],
		['Ned', ['NL']],
		['Holy See', ['VA']],
		['Macedonia', ['MK']],
		['Por', ['PT']],
		['RSA', ['ZA']],
		['Sui', ['CH']],
		['Swaziland', ['SZ']],
		['Timor-Leste', ['TL']],
		['UAE', ['AE']],
		['Emirates', ['AE']],
		['Jordann', ['JO']],
		['Jrdan', ['JO', 'IR', 'JP']],
		['Jirdan', ['JO', 'IR']],
		['Austrlia', ['AU', 'AT']],
		['xGermanyx', ['DE']],
		['xGermanyxx', []],
		['ran', []],
		['00', []],
		['4900', []],
		['eria', ['DZ', 'LR', 'NG']],
		['SW', ['SZ', 'SE', 'CH']],
		['qq', []],
		['', []],
		['constructor', []],
		['x'.repeat(100_000), []],
	])('for %.20s are %j', (text, codes) => {
		expect(suggestCountries(text)).toEqual(codes);
	});
});
