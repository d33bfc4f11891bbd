import { PLAN_CHANGES } from '../../../../nodes/Voice2Phone/core/numbers/corrections';
import { findCountry } from '../../../../nodes/Voice2Phone/core/numbers/countries';
import { parsePhone } from '../../../../nodes/Voice2Phone/core/numbers/phoneNumber';
import { outcome } from '../../../support/numbers';

const LENGTHS_ONLY =
	/Correct the number; if it is newer than the numbering plans of \d{4}-\d\d-\d\d, set Number Check in Technical Settings to Lengths Only$/;

describe('a number that the plan does not have', () => {
	it.each([
		['000-000-0000', 'US', 'is no number of United States: no area code there begins with 0.'],
		['111-111-1111', 'US', 'is no number of United States: no area code there begins with 1.'],
		['1234567890', 'US', 'is no number of United States: no area code there begins with 1.'],
		['999-555-0100', 'US', 'is no number of United States: no area code there begins with 99.'],
		['425 155 0100', 'US', 'is no number of United States: no number there begins with 4251.'],
		['555-0142', 'CA', 'is no number of Canada: it has no area code.'],
		['212345678', 'DK', 'is too long for Denmark (8 digits after +45, this one has 9).'],
		[
			'1234567890',
			'PK',
			'is no number of Pakistan: no number there begins with 123; mobile numbers there begin with 3.',
		],
		[
			'0151 1234567',
			'DE',
			'is no number of Germany: numbers that begin like this have 1 digit more.',
		],
		[
			'0151 123456789',
			'DE',
			'is no number of Germany: numbers that begin like this end after 11 digits, this one has 12.',
		],
		[
			'+7 701 123 45',
			'auto',
			'is too short for Kazakhstan (10 or 14 digits after +7, this one has 8).',
		],
		['+1 221 555 0100', 'US', 'is no number of United States: no area code there begins with 221.'],
		['416 155 0100', 'US', 'is no number of United States: no area code there begins with 416.'],
		// No country of +1 has it, so the plans of all of them are looked at.
		['+1 416 155 0100', 'auto', 'is no number of United States: no number there begins with 4161.'],
		[
			'+354 1234567',
			'IS',
			'is no number of Iceland: no number there begins with 1; mobile numbers there begin with 3, 6, 7 or 8.',
		],
		[
			'+216 61 234 567',
			'TN',
			'is no number of Tunisia: no number there begins with 6; mobile numbers there begin with 2, 3, 4, 5 or 9.',
		],
		['+84 412345678', 'VN', 'is no number of Vietnam: no number there begins with 4. Correct'],
		[
			'010-123-4567',
			'KR',
			'is no number of South Korea: numbers that begin like this have 1 digit more.',
		],
		[
			'082 123 4',
			'ZA',
			'is no number of South Africa: numbers that begin like this have 1 to 3 digits more.',
		],
		['+49 4911111111111', 'DE', 'is no number of Germany: the numbering plan does not have it.'],
		['+881 455 555 555', 'auto', 'is no number of +881: no such number exists.'],
		[
			'+800 1234',
			'auto',
			'is too short for +800 (8 digits after +800, this one has 4). Enter the whole number',
		],
		[
			'+49 1',
			'DE',
			'is too short for Germany (4 to 15 digits after +49, this one has 1). Enter the whole number with its area code',
		],
		['+229 81 12 34 56', 'auto', 'is too short for Benin (10 digits after +229, this one has 8).'],
		['22985751234', 'BJ', 'is too short for Benin (10 digits after +229, this one has 8).'],
		['0151 1234567', 'FR', 'is too long for France (9 digits after +33, this one has 10).'],
		['00 00 00 00 00', 'FR', 'is no number of France: no number there begins with 0;'],
		['+49 0000 0000', 'DE', 'is no number of Germany: no number there begins with 0;'],
		['+81 00 1234 5678', 'auto', 'is no number of Japan: no number there begins with 001;'],
		['+310 1402', 'auto', 'is no number of Netherlands: no number there begins with 0;'],
		['+32 1234567', 'BE', 'is too short for Belgium (8 or 9 digits after +32, this one has 7).'],
	])('is explained: %j in %s', (text, country, words) => {
		expect(outcome(text, country)).toContain(`"${text}" ${words}`);
	});

	it('names the option that takes it', () => {
		expect(outcome('999-555-0100', 'US')).toMatch(LENGTHS_ONLY);
		expect(parsePhone('999-555-0100', 'US', { check: 'lengthsOnly' })).toEqual({
			ok: true,
			phone: { number: '+19995550100', countryCode: 'US' },
		});
	});

	it.each([
		['000-000-0000', 'US'],
		['425 155 0100', 'US'],
		['555-0142', 'CA'],
		['0000', 'DE'],
		['0123', 'DE'],
		['+49 0000 0000', 'auto'],
		['00000000', 'NO'],
		['0000000', 'IT'],
	])('is not sent to the option when no range could ever have it: %s %s', (text, country) => {
		expect(outcome(text, country)).toMatch(/is no number of .* Correct the number$/);
		expect(parsePhone(text, country, { check: 'lengthsOnly' }).ok).toBe(false);
	});

	it('is refused by its length with both checks', () => {
		expect(parsePhone('555 010', 'US', { check: 'lengthsOnly' })).toEqual({
			ok: false,
			field: 'phoneNumber',
			reason: outcome('555 010', 'US'),
		});
	});
});

describe('what was meant', () => {
	it.each(PLAN_CHANGES)(
		'after a change of the plan: $region $before',
		({ region, says, example }) => {
			const callingCode = findCountry(region)?.callingCode;
			const [before, now] = example;
			expect(outcome(`+${callingCode}${before}`, region)).toBe(
				`"+${callingCode}${before}" ${says}. ${now ? `Enter +${callingCode}${now} if that is meant` : 'Look up the new number'}`,
			);
		},
	);

	it.each([
		[669812345, 'IT', 'lacks the 0 that numbers there begin with. Enter +390669812345'],
		['+39 669812345', 'IT', 'lacks the 0 that numbers there begin with. Enter +390669812345'],
		[712345678, 'CI', 'lacks the 0 that mobile numbers there begin with. Enter +2250712345678'],
		['022 512 12 34', 'PL', 'has a 0 that numbers there do not have. Enter +48225121234'],
		['+420 0601 123 456', 'CZ', 'has a 0 that numbers there do not have. Enter +420601123456'],
		['01 425 555 0100', 'US', 'has a 0 that numbers there do not have. Enter +14255550100'],
		['00 425 555 0100', 'US', 'has a 0 that numbers there do not have. Enter +14255550100'],
		['+1 01 425 555 0100', 'US', 'has a 0 that numbers there do not have. Enter +14255550100'],
		['+800 0127 345', 'auto', 'lacks the 0 that numbers there begin with. Enter +80000127345'],
		['+0049 30 901820', 'auto', 'has a + and the 00 that stands for it. Enter +4930901820'],
		['+030 901820', 'DE', 'has a + but no calling code behind it. Enter +4930901820'],
		['+36 1234 5678', 'DE', 'has a + but no calling code behind it. Enter +493612345678'],
		[
			'5215512345678',
			'MX',
			'has a 1 behind +52: since 2019 mobile numbers of Mexico are dialled without the 1 after +52. Enter +525512345678',
		],
		[
			'44 20 7946 0018',
			'US',
			'seems to begin with a calling code, but has no +. Enter +442079460018',
		],
	])('%j in %s', (text, country, words) => {
		expect(outcome(text, country)).toContain(`"${text}" ${words} if that is meant`);
	});

	it('does not speak of area codes where there are none', () => {
		for (const [text, country] of [
			['+229 97 97', 'BJ'],
			['+225 07 12', 'CI'],
			['+45 20 12', 'DK'],
		])
			expect(outcome(text, country)).toMatch(/is too short .*Enter the whole number$/);
	});
});
