import {
	asSentence,
	cutText,
	isWellFormed,
	listed,
	numberFrom,
	plain,
	sourcesNamed,
} from '../../../nodes/Voice2Phone/core/words';

describe('cutText', () => {
	it.each([
		['Hello', 5, 'Hello'],
		['Hello', 4, 'Hell'],
		['Hello', 0, ''],
		['ab😀', 3, 'ab'],
		['ab😀', 4, 'ab😀'],
		['e\u0301e\u0301', 3, 'e\u0301'],
		['a👩‍👩‍👧b', 5, 'a'],
		['a🇩🇪🇫🇷', 7, 'a🇩🇪'],
		['नमस्ते', 3, 'नम'],
		['a\r\nb', 2, 'a'],
	])('cuts %j at %d to %j', (text, longest, cut) => {
		expect(cutText(text, longest)).toBe(cut);
	});

	it('cuts a character that is longer than the limit between its code points', () => {
		expect(cutText('👩‍👩‍👧‍👦', 4)).toBe('👩‍');
		expect(cutText('\uFFFF\u0301', 1)).toBe('\uFFFF');
		expect(cutText(`e${'\u0301'.repeat(500)}`, 10)).toHaveLength(10);
	});

	it('is never longer than the limit, and always well-formed', () => {
		const text = 'x😀e\u0301🇩🇪👩‍👩‍👧नमस्ते\u{1D7CE}'.repeat(3);
		for (let longest = 0; longest <= text.length; longest++) {
			const cut = cutText(text, longest);
			expect(cut.length).toBeLessThanOrEqual(longest);
			expect(isWellFormed(cut)).toBe(true);
			expect(text.startsWith(cut)).toBe(true);
		}
	});
});

describe('isWellFormed', () => {
	it('sees half of a character', () => {
		expect(isWellFormed('a😀b')).toBe(true);
		expect(isWellFormed('a\uD83D b')).toBe(false);
		expect(isWellFormed('\uDE00')).toBe(false);
	});
});

describe('plain', () => {
	it.each([
		['1<a href=//evil.io>Log in</a>', '1\u2039a href=//evil.io\u203ALog in\u2039/a\u203A'],
		['&lt;b&#62; &#x3c; &Lt;', '\uFF06lt;b\uFF06#62; \uFF06#x3c; \uFF06Lt;'],
		['R & D, $json.a && 1', 'R & D, $json.a && 1'],
		['', ''],
	])('shows %j as %j', (text, shown) => {
		expect(plain(text)).toBe(shown);
		expect(plain(shown)).toBe(shown);
	});
});

describe('a sentence', () => {
	it.each([
		['The number is empty', 'The number is empty.'],
		['Is it empty?', 'Is it empty?'],
		['Ring!', 'Ring!'],
		['He said "Stop."', 'He said "Stop."'],
		['The value is "abc"', 'The value is "abc".'],
		['n8n 2.4 is old', 'n8n 2.4 is old.'],
	])('of %j is %j', (text, sentence) => {
		expect(asSentence(text)).toBe(sentence);
	});
});

describe('a list', () => {
	const entries = (count: number) => Array.from({ length: count }, (_, index) => `${index + 1}`);

	it('names twenty entries, and says how many more there are', () => {
		expect(listed(['a', 'b'])).toBe('a, b');
		expect(listed(entries(20))).toBe(entries(20).join(', '));
		expect(listed(entries(23))).toBe(`${entries(20).join(', ')}, and 3 more`);
	});
});

describe('numberFrom', () => {
	it.each([
		[7, 7],
		['7', 7],
		[' 0.5 ', 0.5],
		['', NaN],
		['  ', NaN],
		['7 calls', NaN],
		[null, NaN],
		[undefined, NaN],
		[true, NaN],
		[[7], NaN],
	])('reads %j as %d', (typed, number) => {
		expect(numberFrom(typed)).toBe(number);
	});
});

it('names expressions as they stand in a field', () => {
	expect(sourcesNamed(['{{ $json.a }}', '{{ $json.b }}'])).toBe('`{{ $json.a }}`, `{{ $json.b }}`');
});
