import { findTooFewPeople, parsePeople } from '../../../../nodes/Voice2Phone/core/calls/people';

const ANN = '+14252337837';
const BOB = '+442079460958';

/** Name, number and country of each, or what is wrong as sentences. */
const read = (phoneNumbers: unknown, country: unknown = 'auto') => {
	const parsed = parsePeople(phoneNumbers, country);
	return parsed.ok
		? parsed.value.map(({ name, phone }) => [name, phone.number, phone.countryCode])
		: parsed.problems.map(({ field, reason }) => `${field} ${reason}`);
};
const saying = (words: string) => expect.stringContaining(words) as string;

describe('the people to call', () => {
	it.each<[string, unknown]>([
		['one in each line', `${ANN}\n${BOB}`],
		['with commas', `${ANN}, ${BOB}`],
		['with semicolons', `${ANN}; ${BOB}`],
		['in lines of Windows, with an empty one', `${ANN}\r\n\r\n${BOB},\r\n`],
		['in a list', [ANN, ` ${BOB} `]],
		['in one text of a list', [`${ANN}, ${BOB}`]],
		['as JSON in a text', JSON.stringify([ANN, { phone: BOB }])],
		['among empty rows', [{ phone: ANN }, { row_number: 3, name: '', phone: ' ' }, { phone: BOB }]],
		['as people without a name', [{ phone: ANN }, { phone: BOB, name: '' }]],
		['as both', [ANN, { phone: BOB }]],
	])('may be written %s', (_, phoneNumbers) => {
		expect(read(phoneNumbers)).toEqual([
			[null, ANN, 'US'],
			[null, BOB, 'GB'],
		]);
	});

	it.each<[string, unknown]>([
		['in text', '(425) 233-7837'],
		['a number', 4252337837],
		['a list of a number', [4252337837]],
		['one person', { phone: '425 233 7837' }],
	])('may be one: %s', (_, phoneNumbers) => {
		expect(read(phoneNumbers, 'US')).toEqual([[null, ANN, 'US']]);
	});

	it.each<[string, unknown]>([
		[
			'with names and countries of their own',
			{ name: ' Bob ', phone: '020 7946 0958', country: 'GB' },
		],
		['as a sheet names its columns', { Name: 'Bob', 'Phone ': '020 7946 0958', COUNTRY: 'gb' }],
		[
			'as a form names its fields',
			{ 'Full Name': 'Bob', 'Phone Number': '020 7946 0958', country_code: 'GB' },
		],
		['with a mobile beside', { name: 'Bob', mobile: '1', phone: '020 7946 0958', country: 'GB' }],
		['as items of n8n', { json: { name: 'Bob', phone: '020 7946 0958', country: 'GB' } }],
	])('may come %s', (_, bob) => {
		const ann = { name: 'Ann', phone: '425 233 7837', country: ' ' };
		expect(read([ann, bob], 'US')).toEqual([
			['Ann', ANN, 'US'],
			['Bob', BOB, 'GB'],
		]);
	});

	it('have no country of their own when the field is there without a value', () => {
		for (const country of [null, undefined, ''])
			expect(read([{ name: 'Ann', phone: '425 233 7837', country }], 'US')).toEqual([
				['Ann', ANN, 'US'],
			]);
	});

	it('are one person when a number stands there twice, however it is written', () => {
		const ann = { name: 'Ann', phone: ANN };
		expect(read([ann, BOB, { name: 'Ann at work', phone: '001 425 233 7837' }])).toEqual([
			['Ann', ANN, 'US'],
			[null, BOB, 'GB'],
		]);
	});

	it('keep the order of the list, also two hundred', () => {
		const numbers = Array.from({ length: 200 }, (_, index) => `+1425233${7999 - index}`);
		expect(read(numbers.join('\n'))).toEqual(numbers.map((number) => [null, number, 'US']));
	});
});

describe('a list that is refused', () => {
	it.each<[unknown]>([[''], [' \n, '], [[]], [undefined], [null]])(
		'is empty: %o',
		(phoneNumbers) => {
			expect(read(phoneNumbers)).toEqual([
				'Phone Numbers are empty. Enter the numbers to call, separated by commas or new lines',
			]);
		},
	);

	it('has one wrong entry among good ones, which is named by its place', () => {
		expect(read(`${ANN}, ${BOB}, +12`)).toEqual([
			saying('Phone Numbers have a wrong entry 3: "+12" is too short for United States'),
		]);
	});

	it('has several wrong entries, which are all named', () => {
		expect(read([ANN, 'none', { name: 'Bob', phone: '' }, ['+1']])).toEqual([
			saying('wrong entry 2: "none" has no digits'),
			saying('wrong entry 3, "Bob": its number is empty'),
			saying('wrong entry 4: its number is a list'),
		]);
	});

	it('has so many wrong entries that nobody would read them', () => {
		const sentences = read('x\n'.repeat(12));
		expect(sentences).toHaveLength(11);
		expect(sentences[10]).toBe('Phone Numbers have 2 more wrong entries');
	});

	it('has another column than phone', () => {
		expect(read([{ name: 'Ann', handy: ANN }])).toEqual([
			saying('wrong entry 1: it has no field "phone", but "name", "handy"'),
		]);
	});

	it('has two numbers for one person', () => {
		expect(read([{ name: 'Ann', mobile: ANN, 'Phone 2': BOB }])).toEqual([
			saying('wrong entry 1: it has several numbers, "mobile", "Phone 2"'),
		]);
	});

	it('is JSON that was cut off', () => {
		expect(read(`[{"phone":"${ANN}"`)).toEqual([
			'Phone Numbers look like JSON, which cannot be read. Check its brackets and quotes',
		]);
	});

	it('has a wrong entry after an empty row, which is counted', () => {
		expect(
			read([
				{ name: '', phone: '' },
				{ name: 'Bob', phone: '' },
			]),
		).toEqual([saying('wrong entry 2, "Bob": its number is empty')]);
	});

	it('has people without a field, or with a name that is none', () => {
		const row = Object.fromEntries([...'abcdefg'].map((name) => [name, 1]));
		expect(read([{}])).toEqual([
			saying('it has no field "phone", but no fields at all. Give each'),
		]);
		expect(read([row])).toEqual([saying('"a", "b", "c", "d", "e". Give each entry')]);
		expect(read([null, ANN])).toEqual([saying('wrong entry 1: its number is empty')]);
		expect(read([{ name: 7, phone: '+1' }])).toEqual([saying('wrong entry 1, "7": ')]);
	});

	it('has a country that is no text', () => {
		expect(read([{ name: 'Bob', phone: BOB, country: ['GB'] }])).toEqual([
			saying('wrong entry 1, "Bob": its country is of the type object'),
		]);
	});

	it('has a country that does not exist, for one person or for all', () => {
		expect(read([{ name: 'Bob', phone: BOB, country: 'XX' }, ANN])).toEqual([
			saying('Phone Numbers have a wrong entry 1, "Bob": "XX" is not'),
		]);
		expect(read([ANN, BOB, { phone: '1', country: 'GB' }], 'XX')).toEqual([
			saying('Country "XX" is not'),
			saying('Phone Numbers have a wrong entry 3'),
		]);
	});

	it('became text, because there was text around the expression', () => {
		expect(read('[object Object],[object Object]')).toEqual([
			saying('Phone Numbers hold a list inside a text'),
		]);
	});
});

it('needs as many people as have to accept', () => {
	const parsed = parsePeople([ANN, BOB, ANN], 'auto');
	const people = parsed.ok ? parsed.value : [];
	expect(findTooFewPeople(people, 2)).toBeUndefined();
	expect(findTooFewPeople(people.slice(1), 2)?.reason).toMatch(/have only one number\./);
	expect(findTooFewPeople(people, 3)).toEqual({
		field: 'Acceptances Needed',
		reason: saying('is 3, but Phone Numbers have only 2 different numbers'),
	});
});
