import { parseOnceKey, sharedKeyHint } from '../../../../nodes/Voice2Phone/core/calls/onceKey';

const fault = (value: unknown) => {
	const parsed = parseOnceKey(value);
	return parsed.ok ? `the key ${parsed.value}` : parsed.problems[0].reason;
};

describe('the value of Once Per', () => {
	it.each([
		['lead-1', 'lead-1'],
		[' lead-1\n', 'lead-1'],
		[4711, '4711'],
		[0, '0'],
		[-2.5, '-2.5'],
		[Number.MAX_SAFE_INTEGER, '9007199254740991'],
		['9007199254740993', '9007199254740993'],
		['Andre\u0301', 'Andr\u00e9'],
		['le\u200Bad', 'lead'],
		['\uFEFFlead\u200E', 'lead'],
		['Hall\u00A03', 'Hall 3'],
		['Hall \t\n 3', 'Hall 3'],
		['annul', 'annul'],
		['Nullarbor-7', 'Nullarbor-7'],
		['#42', '#42'],
		['#ABC', '#ABC'],
		['N/A-7', 'N/A-7'],
		['#NVIDIA', '#NVIDIA'],
		['lead-#N/A-7', 'lead-#N/A-7'],
		['undefined method for nil', 'undefined method for nil'],
		['lead-', 'lead-'],
		['Null', 'Null'],
		['__proto__', '__proto__'],
		['constructor', 'constructor'],
		['#N/A 7', '#N/A 7'],
		['🔥', '🔥'],
		['客户', '客户'],
		['🔥 in hall 3', '🔥 in hall 3'],
		['x'.repeat(1000), 'x'.repeat(1000)],
		['not undefined', 'not undefined'],
		['}} and {{', '}} and {{'],
		['lead {{7', 'lead {{7'],
		['lead 7}}', 'lead 7}}'],
	])('%j is the key %j', (value, key) => {
		expect(parseOnceKey(value)).toEqual({ ok: true, value: key });
	});

	it.each([
		[undefined, /^is empty. Let the expression give a text or a number of its own for each item/],
		[null, /^is empty/],
		['', /^is empty/],
		[' \u200B ', /^is empty/],
		['undefined', /^"undefined" is the same for all items/],
		[' null ', /^"null" is the same for all items/],
		['NaN', /^"NaN" is the same/],
		['und\u200Befined', /^"undefined" is the same/],
		['lead-undefined', /^"lead-undefined" is the same for all items/],
		['null_2026', /is the same for all items/],
		['#N/A', /^"#N\/A" is the same/],
		['#REF!', /is the same/],
		['#DIV/0!', /is the same/],
		['#NV', /^"#NV" is the same/],
		['#¡REF!', /is the same/],
		['lead-#N/A', /^"lead-#N\/A" is the same/],
		['n/a', /is the same/],
		['None', /is the same/],
		['-', /is the same/],
		[' -- ', /is the same/],
		['Invalid Date', /^"Invalid Date" is the same/],
		['Infinity', /^"Infinity" is the same/],
		['-Infinity', /^"-Infinity" is the same/],
		['[object Object]', /^"\[object Object\]" is the same/],
		['lead-[object Object]', /is the same for all items/],
		['{{ $json.leadId }}', /is text, not an expression. Switch the field to Expression/],
		['lead-{{ $json.leadId }}', /is text, not an expression/],
		[NaN, /^"NaN" is not a number/],
		[Infinity, /^"Infinity" is not a number/],
		[Number.MAX_SAFE_INTEGER + 1, /has too many digits for a number/],
		[-1e300, /has too many digits for a number/],
		['\ud800', /half a character/],
		['#N/A', /^"#N\/A" is the same/],
		['-', /^"-" is the same/],
		[' — ', /is the same/],
		['{}', /is the same/],
		['\u3164', /is the same/],
		['\u2800', /is the same|is empty/],
		['\u0000', /is the same/],
		['"', /is the same/],
		['lead \udc01', /half a character/],
		[true, /^is of the type boolean/],
		[['lead-1'], /^is a list/],
		['x'.repeat(1001), /^is longer than 1000 characters/],
		[{ id: 1 }, /^is of the type object/],
		[new Date(0), /^is of the type object/],
	])('%j is refused', (value, reason) => {
		expect(fault(value)).toMatch(reason);
	});

	it('is named by its label', () => {
		expect(parseOnceKey('')).toMatchObject({ problems: [{ field: 'Once Per' }] });
	});
});

describe('items that share a value of Once Per', () => {
	it('are hinted at when most of them do', () => {
		expect(sharedKeyHint(['lead-', 'lead-', 'lead-7'])).toBe(
			'Once Per is "lead-" for 2 of 3 items, and only the first of them is called. Check that the expression gives each item a value of its own',
		);
	});

	it('names the value that most of them have, wherever it stands', () => {
		expect(sharedKeyHint(['a', 'b', 'b', 'b'])).toMatch(/^Once Per is "b" for 3 of 4 items/);
		expect(sharedKeyHint(['b', 'b', 'b', 'a'])).toMatch(/^Once Per is "b" for 3 of 4 items/);
	});

	it.each([[[]], [['a']], [['a', 'a']], [['a', 'a', 'b', 'c']], [['a', 'b', 'c']]])(
		'are not in %j',
		(keys) => {
			expect(sharedKeyHint(keys)).toBeUndefined();
		},
	);
});
