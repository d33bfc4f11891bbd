import { parseNumberList } from '../../../../nodes/Voice2Phone/core/numbers/numberList';

const read = (value: unknown, country = 'US') => {
	const list = parseNumberList(value, { country });
	return list.ok ? [...list.numbers] : list.problem;
};

const seattle = '+14255550100';
const london = '+442079460000';

describe('a list of numbers', () => {
	it.each<[unknown, string[]]>([
		['', []],
		[' \n\r\n , ', []],
		[[], []],
		[['', null, '  '], []],
		[[{}, { phone: '', name: ' ' }], []],
		['+1 425 555 0100', [seattle]],
		['(425) 555-0100\n+44 20 7946 0000\r\n\n', [seattle, london]],
		['+1 425 555 0100; 1-425-555-0100,+44 20 7946 0000', [seattle, london]],
		[
			['425.555.0100', '+44 20 7946 0000, +14255550100'],
			[seattle, london],
		],
		[[4255550100], [seattle]],
		[4255550100, [seattle]],
		[
			[{ phone: '425 555 0100' }, { phone: '' }, { phone: london }],
			[seattle, london],
		],
		[{ phone: '425 555 0100' }, [seattle]],
		[[{ json: { phone: '425 555 0100' } }], [seattle]],
		[
			[
				{ id: 7, name: 'Ann', 'Phone Number': '425 555 0100', createdAt: '2026-11-25' },
				{ id: 8, name: 'Bob', 'Phone Number': '020 7946 0000', country: 'gb' },
			],
			[seattle, london],
		],
		...[
			'phone',
			'phoneNumber',
			'number',
			'Phone Number',
			'PHONE_NUMBER',
			'Mobile',
			'calledNumber',
			'Mobile Number',
			'mobile-phone',
			'Cell',
			'Cell Phone',
			'Telephone',
			'Telephone Number',
			'Tel.',
			'phone 12',
		].map((column): [unknown, string[]] => [[{ [column]: 4255550100 }], [seattle]]),
		[[{ number: '12', phone: seattle }], [seattle]],
		[[{ phone: '', 'Mobile 2': london }], [london]],
		[[{ 'Phone Number': seattle, 'Mobile Phone Number': london }], [seattle, london]],
		[[{ Phone: seattle, HomePhone: london, 'Phone Type': 'mobile' }], [seattle, london]],
		[[{ phone: seattle, phone_verified_at: '2026-11-25', mobileOptIn: true }], [seattle]],
		[[{ Telephone: seattle, 'Phone 2 - Value': '425 555 0199' }], [seattle, '+14255550199']],
		[[{ phone: seattle, mobile: london }], [seattle, london]],
		[[{ Phone: '020 7946 0000', 'Country Code': 'GB' }], [london]],
		[
			[
				{ phone: '', mobile: '', name: '' },
				{ phone: '', mobile: '', name: null },
			],
			[],
		],
		[[{ phone: ' (425) 555-0100 ' }], [seattle]],
		[[{ phone: '', updatedAt: '2026-11-25' }], []],
		[[{ phone: seattle, undefined: 'GB' }], [seattle]],
		[[{ phone: '425 555 0100', undefined: 'GB' }], [seattle]],
		[{ json: null, phone: seattle }, [seattle]],
		[
			[
				{ 'a\nb': '', phone: seattle },
				{ a: '', b: '', phone: london },
			],
			[seattle, london],
		],
		[[{ row_number: 2, phone: '', id: 4, createdAt: '2026-11-25' }], []],
		['0044 20 7946 0000', [london]],
		[[{ phone: london, country: 'Atlantis' }], [london]],
	])('%j holds %j', (value, numbers) => {
		expect(read(value)).toEqual(numbers);
	});

	it('reads numbers without + in the country of the call', () => {
		expect(read('030 901820', 'DE')).toEqual(['+4930901820']);
		expect(read('020 7946 0000', 'GB')).toEqual([london]);
	});

	it('takes a number however it is written', () => {
		const written = ['+1 425 555 0100', '+1 (425) 555-0100', '001 425 555 0100', '14255550100'];
		for (const text of [...written, '(425) 555-0100', '425.555.0100', 'tel:+1-425-555-0100']) {
			expect(read(text)).toEqual([seattle]);
		}
	});

	it.each<[unknown, RegExp]>([
		[undefined, /^has no value: its expression gave nothing/],
		[null, /^has no value: its expression gave nothing/],
		[true, /^is of the type boolean\. Enter text/],
		[`${seattle}\n\nunknown`, /^cannot be read in line 3: "unknown" has no digits/],
		[[seattle, '12'], /^cannot be read in row 2: "12" /],
		[[seattle, [london]], /^cannot be read in row 2: is a list/],
		[[seattle, true], /^cannot be read in row 2: is of the type boolean/],
		[
			[{ phone: seattle }, { phone: '+1 425 555 01' }],
			/^cannot be read in row 2: "\+1 425 555 01" /,
		],
		[[{ phone: '', mobile: '', name: 'Bob' }], /^cannot be read in row 1: is empty/],
		[[{ name: 'Bob', phone2x: seattle }], /\(its columns: "name, phone2x"\)/],
		[' x \n', /^cannot be read in line 1: "x" has no digits/],
		[[{ phone: seattle }, { phone: '', name: 'Bob' }], /^cannot be read in row 2: is empty/],
		[
			[{ phone: seattle }, { name: 'Bob' }],
			/^has no column Phone Number or phone in row 2 \(its columns: "name"\)/,
		],
		[
			[{ phone: '020 7946 0000', country: 'Atlantis' }],
			/^cannot be read in row 1: the country "Atlantis"/,
		],
		['[object Object]', /^cannot be read in line 1: /],
	])('%j stops the call and says where', (value, words) => {
		expect(read(value)).toMatch(words);
	});

	it('wants a + where no country says how to read a number', () => {
		expect(read('425 555 0100', 'auto')).toMatch(/^cannot be read in line 1: "425 555 0100" /);
	});

	it('is not changed by names that objects have from birth', () => {
		expect(read([JSON.parse('{"__proto__": "x", "constructor": "y"}')])).toMatch(/^has no column/);
	});
});
