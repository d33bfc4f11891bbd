import { performance } from 'node:perf_hooks';
import { parsePhone } from '../../../../nodes/Voice2Phone/core/numbers/phoneNumber';
import {
	dialLetters,
	quote,
	toAscii,
} from '../../../../nodes/Voice2Phone/core/numbers/phoneNumberText';

describe('digits', () => {
	it('of all scripts that Unicode has count by their value', () => {
		const systems = Intl.supportedValuesOf('numberingSystem');
		const read = systems.flatMap((system) => {
			const digits = new Intl.NumberFormat(`en-u-nu-${system}`, { useGrouping: false });
			const texts = Array.from({ length: 10 }, (_, value) => digits.format(value));
			return texts.every((text) => /^\p{Nd}$/u.test(text))
				? [[system, texts.map(toAscii).join('')]]
				: [];
		});
		expect(read.length).toBeGreaterThan(50);
		expect(read.filter(([, digits]) => digits !== '0123456789')).toEqual([]);
	});

	it.each([
		['(𝟰𝟮𝟱) 𝟱𝟱𝟱-𝟬𝟭𝟬𝟭', 'US', '+14255550101'],
		['𝟬𝟯𝟬 𝟵𝟬𝟭𝟴𝟮𝟬', 'DE', '+4930901820'],
		['+1 425 555 01𝟬𝟭', 'US', '+14255550101'],
		['+1 𝟜𝟚𝟝 𝟧𝟧𝟧 𝟶𝟷𝟶𝟷', 'US', '+14255550101'],
	])('of mathematics: %s in %s', (text, country, number) => {
		expect(parsePhone(text, country)).toMatchObject({ ok: true, phone: { number } });
	});
});

describe('hidden marks', () => {
	it.each([
		'\u202a+1 425 555 0101\u202c',
		'\u202d+1 425 555 0101\u202c',
		'\u2066+14255550101\u2069',
		'+1425555\u200b0101',
		'+1 425\u00ad555 0101\u2060',
	])('that change nothing to the eye are left out: %j', (text) => {
		expect(parsePhone(text, 'auto')).toMatchObject({ phone: { number: '+14255550101' } });
	});

	it.each(['+1425555\u202e0101\u202c', '\u202e+14255550101'])(
		'that show other digits than those that ring are refused: %j',
		(text) => {
			expect(parsePhone(text, 'auto')).toMatchObject({
				reason: expect.stringContaining('a hidden mark that shows it backwards') as string,
			});
		},
	);

	it.each([
		'+1 425 555 010①',
		'+1 425 555 010²',
		'+1 425 555 010Ⅳ',
		'+1 425 555 01O1',
		'+1 425 555 0l01',
		'+1 425 555 01О1',
		'+1 425 555 〇101',
		'+1 425 555 0101\u0301',
		'+1 425 555 1️⃣01',
		'+1 425\u3164555 0101',
		'+1 425\u2800555 0101',
		'⁺14255550101',
		'﹢14255550101',
		'+1 425 555 01🄁1',
		'+1 425 555 0101\u0000',
		'+1 425 555 010٪1',
		'+1 425 555 010\u{E0031}',
	])('and what only looks like a digit or a plus are refused: %j', (text) =>
		expect(parsePhone(text, 'auto').ok).toBe(false),
	);
});

describe('quotations', () => {
	it('hold nothing that n8n would show as HTML', () => {
		const result = parsePhone('1<a href=//evil.io>Log in</a>', 'DE');
		expect(result).toMatchObject({ reason: expect.not.stringMatching(/[<>]/) });
		expect(quote('1<img src=x onerror=alert(1)>')).toBe('"1‹img src=x onerror=alert(1)›"');
		expect(quote('&lt;b&gt; &#60;b AT&T & co')).toBe('"＆lt;b＆gt; ＆#60;b AT＆T & co"');
		expect(parsePhone('1', '<b>X</b>')).toMatchObject({
			reason: expect.not.stringMatching(/[<>]/),
		});
	});

	it.each([{ toString: 1 }, { toString: null, valueOf: null }, Object.create(null)])(
		'can be made of anything, also of what has no text: %#',
		(value) => {
			expect(quote(value)).toBe('"[object]"');
			expect(quote([value])).toBe('"[object]"');
		},
	);

	it('have no half of a character', () => {
		expect(quote(`1${'\u{1F600}'.repeat(60)}`)).toBe(`"1${'\u{1F600}'.repeat(38)}…"`);
		expect(quote('1\uD83D')).toBe('"1"');
	});

	it('are one line of at most forty characters', () => {
		expect(quote('x'.repeat(40))).toBe(`"${'x'.repeat(40)}"`);
		expect(quote('x'.repeat(41))).toBe(`"${'x'.repeat(39)}…"`);
		expect(quote(' a \n\t b ')).toBe('"a b"');
		expect(quote(`${'\u200B'.repeat(1000)}1`)).toBe('""');
	});
});

describe('what people type beside the digits', () => {
	it.each([
		[' 030\u00A0901820 ', '030 901820'],
		['\u2018\u00B4`030', '030'],
		["030'901820", "030'901820"],
		['TEL:030', '030'],
		['tel: 030\u2013901820', '030-901820'],
		['fax tel:030', 'fax tel:030'],
		['030\u00B7901\u2215820', '030.901/820'],
	])('%j is read as %j', (text, plain) => {
		expect(toAscii(text)).toBe(plain);
	});

	it('letters are the keys that carry them', () => {
		expect(dialLetters('abc DEF ghi jkl mno pqrs tuv wxyz')).toBe(
			'222 333 444 555 666 7777 888 9999',
		);
	});
});

describe('hostile length', () => {
	const shapes: Record<string, (length: number) => string> = {
		dashes: (length) => `${'-'.repeat(length)}1!`,
		brackets: (length) => `1${'('.repeat(length)}!`,
		digits: (length) => '1'.repeat(length),
		'digits and blanks': (length) => `${'1 '.repeat(length / 2)}!`,
		'digits and slashes': (length) => '1/'.repeat(length / 2),
		commas: (length) => `1${','.repeat(length)}x`,
		thousands: (length) => `1${',000'.repeat(length / 4)}!`,
		'zeros in brackets': (length) => `+1${'(0)'.repeat(length / 3)}!`,
		letters: (length) => `425 ${'a1'.repeat(length / 2)}!`,
		blanks: (length) => `${' '.repeat(length)}1`,
		'invisible characters': (length) => `${'\u{200B}'.repeat(length)}1!`,
	};

	it.each(Object.keys(shapes))('is refused at once: %s', (shape) => {
		const text = shapes[shape](99_000);
		parsePhone(text, 'DE');
		const start = performance.now();
		for (let round = 0; round < 20; round++) expect(parsePhone(text, 'DE').ok).toBe(false);
		expect((performance.now() - start) / 20).toBeLessThan(50);
	});

	it.each(Object.keys(shapes))('costs no more than its length up to the limit: %s', (shape) => {
		const measure = (length: number) => {
			const text = shapes[shape](length);
			let best = Infinity;
			for (let round = 0; round < 30; round++) {
				const start = performance.now();
				for (let call = 0; call < 20; call++) parsePhone(text, 'DE');
				best = Math.min(best, performance.now() - start);
			}
			return best / 20;
		};
		measure(96);
		expect(measure(96)).toBeLessThan(1);
	});

	it('is named as what it is', () => {
		expect(parsePhone(`030 901820 ${'1'.repeat(90)}`, 'DE')).toMatchObject({
			reason: expect.stringContaining(' is too long to be a phone number'),
		});
	});

	it('has room for a number with all that people write around it', () => {
		const text = `${' '.repeat(200)}+49 (0) 30 / 90 18 20${' '.repeat(200)}`;
		expect(parsePhone(text, 'DE').ok).toBe(true);
	});
});
