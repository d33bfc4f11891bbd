import { redactor } from '../../../nodes/Voice2Phone/core/redact';

const KEY = 'Zk7"x/Q+b&9<t>éW-3.a$';
const GUID_KEY = '5F0C3B7A-91D2-4E8B-A1C6-7D2E90B4F315';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const hide = (text: string) => redactor(KEY)(text);
const escaped = (text: string, form: (codePoint: number) => string) =>
	[...text].map((character) => form(character.codePointAt(0) as number)).join('');

const forms: Array<[string, string]> = [
	['as it is', KEY],
	['in lower case', KEY.toLowerCase()],
	['in upper case', KEY.toUpperCase()],
	['as Basic', `Basic ${base64(`${KEY}:`)}`],
	['as Basic without padding', base64(`${KEY}:`).replace(/=+$/, '')],
	['as Basic in lower case', base64(`${KEY}:`).toLowerCase()],
	['in base64 alone', base64(KEY)],
	['in base64 behind one letter', base64(`:${KEY}`)],
	['in base64 behind a word of two', base64(`u:${KEY}`)],
	['in base64 for URLs', Buffer.from(`${KEY}:`).toString('base64url')],
	['in base64 inside of a URL', encodeURIComponent(base64(`${KEY}:`))],
	['in base64 inside of JSON of PHP', base64(`${KEY}:`).replaceAll('/', '\\/')],
	['escaped for a URL', encodeURIComponent(KEY)],
	['escaped for a URL twice', encodeURIComponent(encodeURIComponent(KEY))],
	[
		'each byte escaped for a URL',
		[...Buffer.from(KEY)].map((byte) => `%${byte.toString(16)}`).join(''),
	],
	['as JSON', JSON.stringify(KEY).slice(1, -1)],
	['as JSON in JSON', JSON.stringify(JSON.stringify(KEY)).slice(3, -3)],
	[
		'as JSON of .NET',
		escaped(KEY, (code) =>
			code > 126 || '"&<>+'.includes(String.fromCodePoint(code))
				? `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
				: String.fromCodePoint(code),
		),
	],
	[
		'as HTML',
		KEY.replaceAll('&', '&amp;')
			.replaceAll('"', '&quot;')
			.replaceAll('<', '&lt;')
			.replaceAll('>', '&gt;'),
	],
	['over two lines', `${KEY.slice(0, 8)}\r\n ${KEY.slice(8)}`],
	['over two lines of JSON', `${KEY.slice(0, 8)}\\r\\n${KEY.slice(8)}`],
	['with invisible characters inside', [...KEY].join('\u200b')],
	['with a blank behind each character', [...KEY].join(' ')],
	['in base64 over lines, as in mail', base64(`${KEY}:`).replace(/(.{12})(?=.)/g, '$1\r\n')],
	['in base64 of base64', base64(base64(`${KEY}:`))],
	['in base64 of the base64 of the key alone', base64(base64(KEY))],
	['in base64 as bytes', Buffer.from(base64(`${KEY}:`)).toString('hex')],
	['in base64 escaped for a URL twice', encodeURIComponent(encodeURIComponent(base64(KEY)))],
	[
		'with each byte escaped as in mail',
		[...Buffer.from(KEY)].map((byte) => `=${byte.toString(16)}`).join(''),
	],
	['as numbers of HTML without their ends', escaped(KEY, (code) => `&#${code}`)],
	['as JavaScript escapes it', escaped(KEY, (code) => `\\u{${code.toString(16)}}`)],
	['as a list of bytes', [...Buffer.from(KEY)].join(', ')],
	['as numbers in HTML', escaped(KEY, (code) => `&#${code};`)],
	['as hexadecimal numbers in HTML', escaped(KEY, (code) => `&#x${code.toString(16)};`)],
	['as bytes', Buffer.from(KEY).toString('hex')],
	[
		'as bytes with colons',
		Buffer.from(KEY)
			.toString('hex')
			.replace(/..(?=.)/g, '$&:'),
	],
];

describe('the API key', () => {
	it.each(forms)('is hidden %s', (_, form) => {
		const hidden = hide(`Your key (${form}) is wrong`);
		expect(hidden).toMatch(/^Your key \((Basic )?\[API key\]\) is wrong$/);
		expect(hide(`<${form}>`)).not.toContain(form.slice(0, 12));
	});

	it.each([
		GUID_KEY,
		GUID_KEY.toLowerCase(),
		GUID_KEY.replaceAll('-', ''),
		`{${GUID_KEY}}`,
		base64(GUID_KEY),
		escaped(GUID_KEY, (code) => `%${code.toString(16)}`),
		escaped(GUID_KEY, (code) => `&#${code};`),
		escaped(GUID_KEY, (code) => `\\u${code.toString(16).padStart(4, '0')}`),
		`${GUID_KEY.slice(0, 12)}\n${GUID_KEY.slice(12)}`,
	])('that is a GUID is hidden in each form: %s', (form) => {
		const hidden = redactor(GUID_KEY)(`key ${form}.`);
		expect(hidden).toMatch(/^key \{?\[API key\]\}?\.$/);
	});

	it('is hidden with its dashes, when it was entered without', () => {
		expect(redactor(GUID_KEY.replaceAll('-', ''))(GUID_KEY)).toBe('[API key]');
	});

	it('that only looks like a GUID is hidden as it is, with its dashes', () => {
		for (const key of [`x${GUID_KEY}`, `${GUID_KEY}0`]) {
			expect(redactor(key)(`key ${key}.`)).toBe('key [API key].');
			expect(redactor(key)(key.replaceAll('-', ''))).not.toBe('[API key]');
		}
	});

	it.each([
		["it's-a-key", 'it&apos;s-a-key'],
		["it's-a-key", 'it&#39;s-a-key'],
		['key\u0007bell', 'key%07bell'],
		['key\u0007bell', 'key\\x07bell'],
		['key\u0007bell', Buffer.from('key\u0007bell').toString('hex')],
		['key\u0007bell', 'key\\u0007bell'],
		['key😀bell', 'key\\ud83d\\ude00bell'],
		['?o?o?o?>', Buffer.from('?o?o?o?>').toString('base64')],
		['????????', encodeURIComponent(Buffer.from('????????').toString('base64'))],
		['~~~~~~~~', Buffer.from('~~~~~~~~').toString('base64url')],
		['????????', Buffer.from('????????').toString('base64').replaceAll('/', '_')],
		['????????', Buffer.from('????????').toString('base64').replaceAll('/', '\\/')],
		['sixby6', Buffer.from('sixby6').toString('base64')],
	])('%j is hidden as %j', (key, form) => {
		expect(redactor(key)(`key ${form}.`)).toBe('key [API key].');
	});

	it('is not looked for in pieces of base64 that could be anything', () => {
		expect(redactor('ab12')(`YWIxMg== and ${base64('Sab12')}`)).toBe(
			`YWIxMg== and ${base64('Sab12')}`,
		);
	});

	it.each(['1107, 101, 121, 45, 55', '107, 101, 121, 45, 551'])(
		'is not looked for inside of longer numbers: %j',
		(numbers) => {
			const hideShort = redactor('key-7');
			expect(hideShort('Bytes 107, 101, 121, 45, 55.')).toBe('Bytes [API key].');
			expect(hideShort(numbers)).toBe(numbers);
		},
	);

	it('is hidden wherever it stands, and each of several keys', () => {
		const both = redactor('first-key', ' second-key ');
		expect(both('first-key, SECOND-KEY and first-key')).toBe('[API key], [API key] and [API key]');
	});

	it('hides nothing when there is none', () => {
		expect(redactor('', '  ')('anything')).toBe('anything');
	});

	it('leaves other texts as they are', () => {
		const texts = [
			'No credit left for 49 30 901820',
			base64('something else that is long enough'),
			'',
		];
		for (const text of texts) expect(hide(text)).toBe(text);
	});
});
