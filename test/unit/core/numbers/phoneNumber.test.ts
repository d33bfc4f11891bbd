import { PLAN_FACTS } from '../../../../nodes/Voice2Phone/core/numbers/planFacts';
import {
	maskPhoneNumber,
	parsePhone,
} from '../../../../nodes/Voice2Phone/core/numbers/phoneNumber';

/** What a user sees behind the label of the field, or the number and country that are sent. */
function outcome(number: unknown, country: unknown): string {
	const result = parsePhone(number, country);
	return result.ok ? `${result.phone.number} ${result.phone.countryCode}` : result.reason;
}

describe('writings', () => {
	it.each([
		['4252337837', 'US', '+14252337837'],
		['(425) 233-7837', 'US', '+14252337837'],
		['425.233.7837', 'US', '+14252337837'],
		['1 425 233 7837', 'US', '+14252337837'],
		['1-425/233/7837', 'US', '+14252337837'],
		['011 1 425 233 7837', 'US', '+14252337837'],
		['001 425 233 7837', 'US', '+14252337837'],
		[4252337837, 'US', '+14252337837'],
		['030 / 90 18 20', 'DE', '+4930901820'],
		['(030) 901820', 'DE', '+4930901820'],
		['030901820', 'DE', '+4930901820'],
		['+49 (0) 30 901820', 'DE', '+4930901820'],
		['(+49) 030 901820', 'DE', '+4930901820'],
		['0049 30 901820', 'DE', '+4930901820'],
		['4915112345678', 'DE', '+4915112345678'],
		[15112345678, 'DE', '+4915112345678'],
		["'015112345678", 'DE', '+4915112345678'],
		['\u{2019}+49 151 12345678', 'DE', '+4915112345678'],
		['tel:+49-151-12345678', 'DE', '+4915112345678'],
		['+44 (0)20 7946 0018', 'GB', '+442079460018'],
		['020 7946 0018', 'GB', '+442079460018'],
		['01\u{A0}42\u{202F}68\u{2009}53\u{3000}00', 'FR', '+33142685300'],
		['01\u{B7}42\u{2022}68\u{2011}53\u{2013}00', 'FR', '+33142685300'],
		[
			'\u{FF10}\u{FF13}-\u{FF11}\u{FF12}\u{FF13}\u{FF14}-\u{FF15}\u{FF16}\u{FF17}\u{FF18}',
			'JP',
			'+81312345678',
		],
		['03\u{30FC}1234\u{2212}5678', 'JP', '+81312345678'],
		['030\u{2044}90\u{2215}18\u{223C}20', 'DE', '+4930901820'],
		['\u{202A}+966 50 123 4567\u{202C}', 'SA', '+966501234567'],
		[
			'\u{200E}\u{660}\u{665}\u{660}\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}\u{667}',
			'SA',
			'+966501234567',
		],
		[
			'\u{966}\u{96F}\u{96E}\u{967}\u{968}\u{969}\u{96A}\u{96B}\u{96C}\u{96D}\u{96E}',
			'IN',
			'+919812345678',
		],
		['06 1234 5678', 'IT', '+390612345678'],
		['8 (495) 123-45-67', 'RU', '+74951234567'],
		['06 1 234 5678', 'HU', '+3612345678'],
		['22 12 34 56', 'NO', '+4722123456'],
		['6123 4567', 'SG', '+6561234567'],
		['011 15-2345-6789', 'AR', '+5491123456789'],
		// Here 8 is the prefix of calls inside of the country, but also the beginning of this number.
		['+375 810 087 8513', 'BY', '+3758100878513'],
	])('%j in %s is %s', (number, country, expected) => {
		expect(outcome(number, country)).toBe(`${expected} ${country}`);
	});
});

describe('country', () => {
	it.each([
		['+1 425 233 7837', 'US'],
		['+1 416 555 0123', 'CA'],
		['+1 876 523 0123', 'JM'],
		['+44 20 7946 0018', 'GB'],
		['+44 1481 256789', 'GG'],
		['+44 1534 456789', 'JE'],
		['+7 495 123 45 67', 'RU'],
		['+7 701 123 4567', 'KZ'],
		['+39 06 698 12345', 'VA'],
		['+47 79 12 34 56', 'SJ'],
		['+61 8 9162 1234', 'CC'],
		['+262 639 01 23 45', 'YT'],
		['+590 590 27 12 34', 'BL'],
		['+599 318 1234', 'BQ'],
		['+383 43 201 234', 'XK'],
		['+247 40123', 'SH'],
		['00 49 30 901820', 'DE'],
	])('is detected: %s is of %s', (number, country) => {
		expect(parsePhone(number, 'auto')).toMatchObject({ ok: true, phone: { countryCode: country } });
	});

	it.each([' us ', 'Us', 'US'])('is given as %j', (country) => {
		expect(outcome('(425) 233-7837', country)).toBe('+14252337837 US');
	});

	it.each(['AUTO', ' auto'])('is detected when it is given as %j', (country) => {
		expect(outcome('+49 30 901820', country)).toBe('+4930901820 DE');
	});

	it('stays the chosen one when it shares the calling code with the country of the number', () => {
		expect(outcome('+1 416 555 0123', 'US')).toBe('+14165550123 US');
		expect(outcome('+247 40123', 'SH')).toBe('+24740123 SH');
	});

	it('without a numbering plan takes numbers in international form only', () => {
		expect(outcome('+262 262 12 34 56', 'TF')).toBe('+262262123456 TF');
		expect(outcome('00 881 612 345 678', 'AQ')).toBe('+881612345678 AQ');
		expect(outcome('0262 12 34 56', 'TF')).toBe(
			'"0262 12 34 56" is not in international form, and French Southern Territories has no numbering plan of its own. Enter + and the calling code before the number',
		);
		expect(outcome('+262 12', 'TF')).toMatch(/^"\+262 12" is too short for Reunion /);
	});

	it.each([
		['UK', '"UK" is not an ISO 3166-1 alpha-2 country code. Did you mean GB (United Kingdom)?'],
		[49, '"49" is not an ISO 3166-1 alpha-2 country code. Did you mean DE (Germany)?'],
		[
			'qq',
			'"qq" is not an ISO 3166-1 alpha-2 country code. Enter two letters, such as US, or auto',
		],
		['__proto__', /is not an ISO 3166-1 alpha-2 country code/],
		['', 'is empty. Choose a country, or auto for numbers in international form'],
		[undefined, 'is empty. Choose a country, or auto for numbers in international form'],
		[{}, 'is of the type object. Enter a country code of two letters, such as US, or auto'],
	])('is refused: %j', (country, reason) => {
		expect(parsePhone('+49 30 901820', country)).toEqual({
			ok: false,
			field: 'countryCode',
			reason: reason instanceof RegExp ? expect.stringMatching(reason) : reason,
		});
	});
});

describe('refusals', () => {
	const extension =
		'has an extension, which cannot be dialled. Enter a number that reaches the person directly';
	const several = 'holds several numbers. Enter one number, and use one item for each call';
	const service =
		'is an emergency or service number, which cannot be called. Enter a full phone number';
	const noInternationalForm =
		'is not in international form, so its country cannot be detected. Enter + and the calling code before the number, or choose another Country';

	it.each([
		['n/a', 'US', 'has no digits. Enter the number to call'],
		['Tel. 030 901820', 'DE', 'has letters. Enter only the number'],
		['030 901820 home', 'DE', 'has letters. Enter only the number'],
		[
			'1-800-FLOWERS',
			'US',
			'has letters. If they stand for the keys of a phone, enter "1-800-3569377"',
		],
		['1-800-FLOWERS', 'auto', 'has letters. Enter only the number'],
		[
			'4.91512E+12',
			'DE',
			'was shortened by a spreadsheet. Format the column as text and enter the whole number',
		],
		['4915112345678.0', 'DE', 'ends in .0 like a decimal number. Enter the number without it'],
		[
			'+12',
			'US',
			'is too short for United States (10 digits after +1, this one has 1). Enter the whole number with its area code',
		],
		[
			'233-7837',
			'US',
			'is too short for United States (10 digits after +1, this one has 7). Enter the whole number with its area code',
		],
		[
			'425 233 7837 1',
			'US',
			'is too long for United States (10 digits after +1, this one has 11). Enter one number, with a + if it starts with a calling code',
		],
		[
			'+1 416 555 01',
			'CA',
			'is too short for United States (10 digits after +1, this one has 8). Enter the whole number with its area code',
		],
		[
			'71234567',
			'GB',
			'has a wrong length for United Kingdom (7, 9 or 10 digits after +44, this one has 8). Look for a missing or an extra digit',
		],
		[
			'+49 30 901820',
			'GB',
			'starts with +49, the calling code of Germany, not of United Kingdom (+44). Choose Germany as the country, or correct the number',
		],
		[
			'0044 20 7946 0018',
			'US',
			'starts with +44, the calling code of United Kingdom, not of United States (+1). Choose United Kingdom as the country, or correct the number',
		],
		[
			'+800 1234 5678',
			'auto',
			'starts with +800, the calling code of no country, and the API needs a country. Enter a number of a country',
		],
		[
			'+800 1234 5678',
			'US',
			'starts with +800, the calling code of no country, not of United States (+1). Enter a number of United States',
		],
		[
			'+999 123456',
			'auto',
			'starts with a calling code that does not exist. Enter + and the calling code, such as +44, before the number',
		],
		[
			'00999 1234567',
			'auto',
			'starts with a calling code that does not exist. Enter + and the calling code, such as +44, before the number',
		],
		['030 901820', 'auto', noInternationalForm],
		['030 901820/030 901821', 'auto', noInternationalForm],
		[
			'4930901820',
			'auto',
			'seems to begin with a calling code, but has no +. Enter +4930901820 if that is meant',
		],
		[
			'44 20 7946 0018',
			'US',
			'seems to begin with a calling code, but has no +. Enter +442079460018 if that is meant, and choose another Country',
		],
		['112', 'DE', service],
		['911', 'US', service],
		['+112', 'auto', service],
		['+49 112', 'DE', service],
		['10111', 'ZA', service],
		['030 901820 ext. 12', 'DE', extension],
		['425-233-7837 x12', 'US', extension],
		['425-233-7837#12', 'US', extension],
		['425-233-7837,,12', 'US', extension],
		['+1-425-233-7837;ext=12', 'auto', extension],
		['030 901820, 030 901821', 'DE', several],
		['030 901820; 030 901821', 'DE', several],
		['030 901820 or 030 901821', 'DE', several],
		['030 901820/030 901821', 'DE', several],
		['+4930901820+4930901821', 'auto', several],
		['425 233 7837 / 425 233 7838', 'US', several],
		['*100#', 'DE', 'has a * or #, as service codes do. Enter a phone number'],
		['#31#030901820', 'DE', 'has a * or #, as service codes do. Enter a phone number'],
		['49 30 901820+', 'DE', 'has a + in the wrong place. Enter one +, before the calling code'],
		[
			'030_901820',
			'DE',
			'has the character "_", which is not part of a phone number. Enter digits, spaces and a leading + only',
		],
	])('%j in %s', (number, country, fault) => {
		expect(outcome(number, country)).toBe(`"${number}" ${fault}`);
	});

	it.each([
		[undefined, 'is empty. Enter the number to call'],
		[null, 'is empty. Enter the number to call'],
		['', 'is empty. Enter the number to call'],
		[' \u{200B} ', 'is empty. Enter the number to call'],
		[1.5, '"1.5" is not a phone number. Enter the number as text'],
		[-4930901820, '"-4930901820" is not a phone number. Enter the number as text'],
		[['+4930901820'], 'is a list. Enter one number, and use one item for each call'],
		[
			{ phone: '+4930901820' },
			'is of the type object. Enter text, such as the one field that holds the number',
		],
	])('%j', (number, reason) => {
		expect(parsePhone(number, 'DE')).toEqual({ ok: false, field: 'phoneNumber', reason });
	});

	it('name a text that no number can be as long as, and not the blanks around a number', () => {
		const tooLong = /is too long to be a phone number. Enter one number, and use one item/;
		expect(outcome('9'.repeat(101), 'DE')).toMatch(tooLong);
		expect(outcome('9'.repeat(100), 'DE')).not.toMatch(tooLong);
		expect(outcome(`${' '.repeat(101)}425 233 7837`, 'US')).toBe('+14252337837 US');
		expect(outcome(`${' '.repeat(30)}${'9'.repeat(100)}`, 'DE')).not.toMatch(tooLong);
	});

	it('take zero for digits, and two digits for a service', () => {
		expect(outcome(0, 'DE')).not.toMatch(/is not a phone number/);
		expect(outcome('19', 'DE')).toBe(`"19" ${service}`);
		expect(outcome('+911', 'auto')).toBe(`"+911" ${service}`);
		expect(outcome('9', 'DE')).not.toMatch(/service number/);
	});

	it.each(['10111', '010111'])(
		'are the same for %s where only the length is looked at',
		(number) => {
			const parsed = parsePhone(number, 'ZA', { check: 'lengthsOnly' });
			expect(parsed.ok).toBe(false);
		},
	);

	it('name the countries that may have been meant', () => {
		expect(outcome('+821012345678', 'Korea')).toBe(
			'"Korea" is not an ISO 3166-1 alpha-2 country code. Did you mean KR (South Korea) or KP (North Korea)?',
		);
		expect(outcome('+4930901820', ' Auto ')).toBe('+4930901820 DE');
		expect(outcome('+4930901820', ' ')).toMatch(/^is empty. Choose a country, or auto/);
	});

	it('quote what was typed in one line, without invisible characters, and shorten it', () => {
		expect(outcome('\u{202A}030\n901820\u{202C}', 'DE')).toBe(
			'"030 901820" has a line break or a tab. Enter one number in one line',
		);
		expect(outcome('1234567890'.repeat(5), 'DE')).toMatch(
			/^"123456789012345678901234567890123456789…" is too long for Germany /,
		);
	});
});

describe('log lines', () => {
	it.each([
		['+4915112345678', '+***********78'],
		['(425) 233-7837', '(***) ***-**37'],
		['\u{660}\u{665}\u{660}\u{661}\u{662}\u{663}\u{664}\u{665}', '******\u{664}\u{665}'],
		['123456', '******'],
	])('show %s as %s', (number, masked) => {
		expect(maskPhoneNumber(number)).toBe(masked);
	});
});

describe('what the documents of a numbering plan rule out', () => {
	it.each(PLAN_FACTS.map(({ region, example }) => [example, region]))(
		'%s of %s is not dialled',
		(example, region) => {
			expect(parsePhone(example, region).ok).toBe(false);
		},
	);

	it.each([
		['+55 21 97123-4567', 'BR'],
		['+49 30 49123456', 'DE'],
		['+62 812 6234 5678', 'ID'],
		['010-1234-5678', 'KR'],
		['+383 43 201 234', 'XK'],
		['082 123 4567', 'ZA'],
		['011 282 1234', 'ZA'],
	])('%s of %s, which only looks like it, is dialled', (number, region) => {
		expect(parsePhone(number, region).ok).toBe(true);
	});
});
