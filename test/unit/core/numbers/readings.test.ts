import { parsePhone } from '../../../../nodes/Voice2Phone/core/numbers/phoneNumber';
import { PLAN_FACTS } from '../../../../nodes/Voice2Phone/core/numbers/planFacts';
import { outcome } from '../../../support/numbers';

describe('a lost +', () => {
	it('is seen in the blank that a web address makes of it', () => {
		expect(outcome(' 49221123456', 'DE')).toBe('+49221123456');
		expect(outcome(' 030 901820', 'DE')).toBe('+4930901820');
	});

	it.each([
		['49221123456', 'DE', '+4949221123456', '+49221123456'],
		['46 8 123 456', 'SE', '+46468123456', '+468123456'],
	])('is not guessed: %j in %s', (text, country, local, international) => {
		expect(outcome(text, country)).toBe(
			`"${text}" can be read as ${local} and as ${international}. Enter the one that is meant, with its + and calling code`,
		);
	});

	it.each([
		['447400123456', 'DE', '+49447400123456', '+447400123456', 'United Kingdom'],
		[33612345678, 'DE', '+4933612345678', '+33612345678', 'France'],
		['43 664 1234567', 'DE', '+49436641234567', '+436641234567', 'Austria'],
		['41 79 123 45 67', 'DE', '+4941791234567', '+41791234567', 'Switzerland'],
		['48601123456', 'DE', '+4948601123456', '+48601123456', 'Poland'],
		['44 20 7946 0018', 'DE', '+49442079460018', '+442079460018', 'United Kingdom'],
	])('of another country is not guessed: %j in %s', (text, country, local, abroad, owner) => {
		expect(outcome(text, country)).toContain(
			`can be read as ${local} (Germany) and as ${abroad} (${owner})`,
		);
	});

	it.each([
		['4311234567', 'DE', '+494311234567'],
		['6421 123456', 'DE', '+496421123456'],
		['4791 234567', 'DE', '+494791234567'],
		['43158858012', 'DE', '+4943158858012'],
		['0447911123456', 'DE', '+49447911123456'],
		['15152345678', 'DE', '+4915152345678'],
		['13812345678', 'CN', '+8613812345678'],
	])('of another country is not suspected: %j in %s', (text, country, number) => {
		expect(outcome(text, country)).toBe(number);
	});

	it.each([
		['4915112345678', 'DE', '+4915112345678'],
		[4915112345678, 'DE', '+4915112345678'],
		['4930901820', 'DE', '+4930901820'],
		['5511987654321', 'BR', '+5511987654321'],
		['6281234567890', 'ID', '+6281234567890'],
		['38343201234', 'XK', '+38343201234'],
	])('is made up for where only one reading exists: %j in %s', (text, country, number) => {
		expect(outcome(text, country)).toBe(number);
	});

	it.each(['lengthsOnly', 'numberingPlan'] as const)(
		'refuses what the plan itself rules out, with %s',
		(check) => {
			const dialled = PLAN_FACTS.map(({ region, example }) =>
				parsePhone(example, region, { check }),
			).filter(({ ok }) => ok);
			expect(dialled).toHaveLength(check === 'lengthsOnly' ? 3 : 0);
		},
	);
});

describe('a number without an area code', () => {
	it.each([
		['654321', 'DE'],
		[7654321, 'DE'],
		['76 54-321', 'DE'],
		['316 8730', 'AT'],
		['345678', 'FI'],
		['221 2345', 'IE'],
		['3345-6789', 'TW'],
		['7728 1234', 'MY'],
		['5123 4567', 'ID'],
		['3567 8901', 'EG'],
		['2123-4567', 'KR'],
	])('is no number of another place: %j in %s', (text, country) => {
		for (const check of ['numberingPlan', 'lengthsOnly'] as const) {
			expect(parsePhone(text, country, { check })).toMatchObject({
				reason: expect.stringContaining('may lack its area code') as string,
			});
		}
	});

	it.each([
		['07654 321', 'DE', '+497654321'],
		['+49 7654 321', 'DE', '+497654321'],
		['49 30 901820', 'DE', '+4930901820'],
		['7654/321', 'DE', '+497654321'],
		['(7654) 321', 'DE', '+497654321'],
		[30901820, 'DE', '+4930901820'],
		['1544-1234', 'KR', '+8215441234'],
		['61234567', 'SG', '+6561234567'],
		['501 2345', 'EE', '+3725012345'],
	])('is not suspected in %j in %s', (text, country, number) => {
		expect(outcome(text, country)).toBe(number);
	});
});

describe('a zero in brackets', () => {
	it.each([
		['49 (0)30 901820', 'DE', '+4930901820'],
		['49 (0)30 901820', 'auto', '+4930901820'],
		['43 (0)1 58858', 'AT', '+43158858'],
		['0049 (0) 30 901820', 'DE', '+4930901820'],
		['011 49 (0) 30 901820', 'US', /calling code of Germany/],
		['+49[0]30 901820', 'auto', '+4930901820'],
		['+420 (0) 601 123 456', 'CZ', '+420601123456'],
		['+48 (0) 22 512 12 34', 'PL', '+48225121234'],
		['+30 (0) 694 123 4567', 'GR', '+306941234567'],
		['+352 (0) 621 123 456', 'LU', '+352621123456'],
		['+36 (0)30 123 4567', 'HU', '+36301234567'],
		['+39 (0)6 698 12345', 'IT', '+390669812345'],
		['+225 (0)7 07 12 34 56', 'CI', '+2250707123456'],
		['+39 (0)333 1234567', 'IT', '+393331234567'],
		['43 (0)1 58858', 'DE', /Enter \+43158858 if that is meant, and choose another Country/],
	])('%j in %s', (text, country, expected) => {
		if (typeof expected === 'string') expect(outcome(text, country)).toBe(expected);
		else expect(outcome(text, country)).toMatch(expected);
	});

	it('elsewhere can mean anything', () => {
		expect(outcome('030 901820 (0)', 'DE')).toMatch(/as \+49309018200 and as \+4930901820/);
		expect(parsePhone('030 901820 (0)', 'BR', { check: 'lengthsOnly' })).toMatchObject({
			reason: expect.stringContaining('as +55309018200 and as +5530901820') as string,
		});
		expect(outcome('(0)30 901820', 'DE')).toBe('+4930901820');
		expect(outcome('020 (0) 7946 0018', 'GB')).toBe('+442079460018');
	});

	it('is never dialled where numbers of the right length begin with 0', () => {
		expect(parsePhone('+39 (0)11 11', 'IT', { check: 'lengthsOnly' }).ok).toBe(false);
		expect(outcome('+39 (0)391 1234567', 'IT')).toMatch(
			/can be read as \+393911234567 and as \+3903911234567/,
		);
	});
});

describe('a calling code twice', () => {
	it.each([
		['+91 91 98123 45678', 'IN', '+919812345678'],
		['+49 49 151 12345678', 'DE', '+4915112345678'],
		['+39 39 333 1234567', 'IT', '+393331234567'],
		['+971971501234567', 'AE', '+971501234567'],
		['+49 0049 151 12345678', 'DE', '+4915112345678'],
		['+39 0039 333 1234567', 'IT', '+393331234567'],
		['+7 7 701 123 45 67', 'KZ', '+77011234567'],
	])('%j in %s', (text, country, number) => {
		const callingCode = /\d+/.exec(text)?.[0].slice(0, country === 'AE' ? 3 : 2);
		for (const check of ['numberingPlan', 'lengthsOnly'] as const) {
			expect(parsePhone(text, country, { check })).toEqual({
				ok: false,
				field: 'phoneNumber',
				reason: `"${text}" has the calling code +${callingCode} twice. Enter ${number} if that is meant`,
			});
		}
	});

	it('shows both readings where the area code is the calling code', () => {
		expect(outcome('+46 46 812 34 56', 'SE')).toMatch(
			/can be read as \+46468123456 and as \+468123456/,
		);
		expect(outcome('+46468123456', 'SE')).toBe('+46468123456');
		expect(outcome('+46 046 812 34 56', 'SE')).toBe('+46468123456');
		expect(outcome('+43435 43 158858', 'AT')).toBe('+4343543158858');
		expect(outcome('+41 41 123 45 67', 'CH')).toBe('+41411234567');
	});
});

describe('a prefix of calls abroad', () => {
	it.each([
		['0049', 'HR', 'starts with +49, the calling code of Germany, not of Croatia'],
		['001 44 20 7946 0000', 'SG', 'starts with +44, the calling code of United Kingdom'],
		['0031 23 345 678', 'UG', 'starts with +31, the calling code of Netherlands, not of Uganda'],
		['0063 001 234', 'US', 'is no number of United States: no area code there begins with 0'],
		['0123', 'SG', 'starts with a calling code that does not exist'],
		['00999 1234567', 'TF', 'starts with a calling code that does not exist'],
	])('is left out, unless a local number has that length: %s in %s', (text, country, words) => {
		expect(outcome(text, country)).toContain(`"${text}" ${words}`);
	});
});

describe('a number that may be younger than the plan', () => {
	it.each([
		['001 555 212 3456', 'US', '+15552123456'],
		['008862212345', 'TW', '+8862212345'],
		['5366592070', 'CU', '+5366592070'],
		['+39 0446 193877', 'IT', '+390446193877'],
	])(
		'is dialled by its likeliest reading, with lengths only: %s in %s',
		(text, country, number) => {
			expect(parsePhone(text, country)).toMatchObject({ ok: false });
			expect(parsePhone(text, country, { check: 'lengthsOnly' })).toMatchObject({
				phone: { number },
			});
		},
	);
});

describe('a + before an area code of North America', () => {
	it.each(['+(516) 555-0142', '+6475550142', '+647 555 0142', '+647-834-5678'])(
		'is asked about: %s',
		(text) => {
			expect(outcome(text, 'auto')).toMatch(
				/can be read as \+\d+ \(.+\) and as \+1\d+ \(.+\)\. .*/,
			);
			expect(outcome(text, 'auto')).toMatch(/choose another Country$/);
		},
	);

	it('is told the number that is meant, when there is no other', () => {
		const advice = (digits: string) =>
			`"+${digits}" has a + but no calling code behind it. Enter +1${digits} if that is meant`;
		expect(outcome('+4255550100', 'auto')).toBe(advice('4255550100'));
		expect(outcome('+5165550142', 'US')).toBe(advice('5165550142'));
	});

	it.each(['+6478345678', '+64 7 834 5678', '+4792345678', '+6592345678', '+51 65 550142'])(
		'is not suspected in a number of another country: %s',
		(text) => {
			expect(outcome(text, 'auto')).toBe(text.replaceAll(' ', ''));
		},
	);
});

it('reads numbers of Ascension Island under Saint Helena, which has them in ISO 3166', () => {
	expect(outcome('40123', 'SH')).toBe('+24740123');
	expect(outcome('22158', 'SH')).toBe('+29022158');
});
