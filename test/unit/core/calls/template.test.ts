import {
	computesWord,
	fieldPath,
	fillerOf,
	givesSomething,
	hasValueAt,
	isMissing,
	isNumberInsteadOfMissingValue,
	mayBeEmpty,
	missingWordsIn,
	references,
} from '../../../../nodes/Voice2Phone/core/calls/template';

describe('an expression between fixed texts', () => {
	const greeting = { texts: ['Hello ', ', come on ', ''], codes: ['name', 'day'] };

	it.each([
		['Hello Ann, come on Monday', false, false],
		['Hello , come on Monday', true, false],
		['Hello Ann, come on ', false, true],
		['Hello , come on ', true, true],
		// Either may have given ", come on ".
		['Hello , come on , come on ', true, true],
	])('of which %j came', (result, first, second) => {
		expect(mayBeEmpty(greeting, 0, result)).toBe(first);
		expect(mayBeEmpty(greeting, 1, result)).toBe(second);
	});

	it('needs all the fixed text: two pieces cannot share a letter', () => {
		expect(mayBeEmpty({ texts: ['aa', 'aa', ''], codes: ['x', 'y'] }, 1, 'aaa')).toBe(false);
		expect(mayBeEmpty({ texts: ['ab', 'b', 'b'], codes: ['x', 'y'] }, 0, 'abb')).toBe(false);
	});

	it('is found among many, each in its place', () => {
		const four = { texts: ['a', 'b', 'c', 'd', 'e'], codes: ['w', 'x', 'y', 'z'] };
		expect(mayBeEmpty(four, 0, 'abXcYdZe')).toBe(true);
		expect(mayBeEmpty(four, 0, 'aWbXcYdZe')).toBe(false);
		expect(mayBeEmpty(four, 3, 'aWbXcYde')).toBe(true);
		expect(mayBeEmpty(four, 3, 'aWcXbYde')).toBe(false);
		expect(mayBeEmpty({ texts: ['', 'b', 'b', ''], codes: ['x', 'y', 'z'] }, 2, 'bb')).toBe(true);
		expect(mayBeEmpty({ texts: ['', 'b', 'b', ''], codes: ['x', 'y', 'z'] }, 2, 'xb')).toBe(false);
		expect(mayBeEmpty({ texts: ['', 'bb', '', 'b'], codes: ['x', 'y', 'z'] }, 1, 'bb')).toBe(false);
		expect(mayBeEmpty({ texts: ['', ',', ';', '.'], codes: ['x', 'y', 'z'] }, 0, ',1;.')).toBe(
			true,
		);
	});

	it('alone in a text, is empty when the text around it is all there is', () => {
		expect(mayBeEmpty({ texts: ['a', 'b'], codes: ['x'] }, 0, 'axb')).toBe(false);
	});

	it('may be empty where nothing tells it from its neighbour', () => {
		expect(mayBeEmpty({ texts: ['', '', ''], codes: ['x', 'y'] }, 0, 'Ann')).toBe(true);
		expect(mayBeEmpty({ texts: ['a', 'b'], codes: ['x'] }, 0, 'ab')).toBe(true);
	});
});

describe('the way to a field', () => {
	it.each([
		[' $json.name ', ['name']],
		['$json.a.b["c d"][0]', ['a', 'b', 'c d', '0']],
		["$json?.a?.['b']", ['a', 'b']],
		['$json["0"]', ['0']],
		['$json.größe', ['größe']],
		['$json', undefined],
		['$json.name.trim()', undefined],
		['$json[name]', undefined],
		['$json["a\\"b"]', undefined],
		['$json.a + $json.b', undefined],
		['x.$json.a', undefined],
	])('%j is %j', (code, path) => {
		expect(fieldPath(code)).toEqual(path);
	});

	it('leads to a value only by the item’s own fields', () => {
		expect(hasValueAt({ a: [{ b: '' }] }, ['a', '0', 'b'])).toBe(true);
		expect(hasValueAt({ a: null }, ['a'])).toBe(false);
		expect(hasValueAt({ a: 'text' }, ['a', 'length'])).toBe(false);
		expect(hasValueAt({ a: null }, ['a', 'b'])).toBe(false);
		expect(hasValueAt({}, ['toString'])).toBe(false);
		expect(hasValueAt(undefined, ['a'])).toBe(false);
	});
});

describe('a field that is surely missing', () => {
	it.each([
		['$json.name', {}, true],
		['$json.name', { name: null }, true],
		['$json.n', { n: NaN }, true],
		['$json.a.b.c', {}, true],
		['$json.a?.["b c"]', { a: {} }, true],
		['$json.list[7].name', { list: [{}] }, true],
		['$json.a.b', { a: null }, true],
		['$json.toString.x', {}, false],
		['$json.name', { name: '' }, false],
		['$json.name', { name: 0 }, false],
		['$json.list.length', { list: [] }, false],
		// n8n may know a way to these.
		['$json.name.length', { name: '' }, false],
		['$json.name.x', { name: 'Ann' }, false],
		['$json.constructor', {}, false],
		['$json.toString', {}, false],
		['$json.__proto__', {}, false],
		['$json.list.map', { list: [] }, false],
		["$json.name ?? ''", {}, false],
		['$json.name.trim()', {}, false],
		['$json', undefined, false],
		['$json.name', undefined, true],
	])('%s of %j: %j', (code, json, missing) => {
		expect(isMissing(code, json)).toBe(missing);
	});
});

describe('a field with something behind it for the case that it has none', () => {
	it.each([
		["$json.title ?? ''", {}, true],
		['$json.title || "you"', { title: null }, true],
		['$json.title', {}, false],
		['$json.title', { title: '' }, true],
		["$json.a.b ?? ''", { a: {} }, true],
		["$json.a.b ?? ''", {}, false],
		["$json.n ?? ''", { n: NaN }, false],
		['$json.n || 0', { n: NaN }, true],
		['$json.n ?? undefined', {}, false],
		["$json.n * 2 ?? ''", {}, false],
		["$json.a ? $json.b : $json.c ?? ''", {}, false],
		["$json.title ?? ''", undefined, false],
		["$json.a.b ?? ''", { a: null }, false],
		["$json.title ?? ''.trim()", {}, false],
		["$json.title ?? 'a' + $json.name", {}, false],
		["$json.title ??   'no title' ", {}, true],
		["$json.title ??''", {}, true],
		['$json.count ?? 100', {}, true],
		["\n$json.title\n?? ''", {}, true],
		["$json.title ?? '' x", {}, false],
		["''", {}, false],
	])('%s of %j', (code, json, gives) => {
		expect(givesSomething(code, json)).toBe(gives);
	});
});

describe('a number where a value is missing', () => {
	it.each([
		['Hi undefined!', 'Hi 1!', true],
		['undefined', '1', true],
		['undefined minutes', '12.5 minutes', true],
		['at NaN', 'at -1', true],
		['null, null', 'null, 1', true],
		['null, null', '1, null', true],
		['undefined and 1', '1 and 1', true],
		['Hi Ann!', 'Hi Ann!', false],
		['Hi undefined!', 'Hi undefined!', false],
		['Hi undefined!', 'Hi x!', false],
		['Hi undefined!', 'Hi 1 x!', false],
		['Hi undefined!', 'Hi x1!', false],
		['Hi undefined!', 'Hi !', false],
		['Hi undefined!', 'Ho 1!', false],
		['Hi undefined!', 'Hi 1?', false],
		['null 1 null', '1', false],
		['1undefined1', '1', false],
		['1 undefined 1', '1 1', false],
	])('%j and %j: %j', (text, withNumber, isSo) => {
		expect(isNumberInsteadOfMissingValue(text, withNumber)).toBe(isSo);
	});
});

describe('the names in a code', () => {
	it('are those of this item and of other nodes, without the methods called on them', () => {
		const code = `"Hi " + $json.name.trim() + $('Get (x)').item.json.a["b"] + $node["N"].json.c + my.$json.d`;
		expect(references(code).map(({ source }) => source)).toEqual([
			'$json.name',
			`$('Get (x)').item.json.a["b"]`,
			'$node["N"].json.c',
		]);
		expect(references('`${$json.a}!`')[0].codeWith(1)).toBe('`${(1)}!`');
		expect(references('$json.a + 1')[0].codeWith('a "b"')).toBe('("a \\"b\\"") + 1');
	});
});

describe('a text with fields of the item in it', () => {
	const json = { name: 'Ann', day: 'Monday', count: 3, half: 0.5, none: null, list: [1] };
	const filled = (texts: string[], ...codes: string[]) => fillerOf({ texts, codes })?.(json);

	it.each([
		[['Hello ', '!'], ['$json.name'], 'Hello Ann!'],
		[['', ': ', ', ', ''], ['$json.day', '$json.name', '$json.count'], 'Monday: Ann, 3'],
		[['', ''], ['$json.name'], 'Ann'],
		[['', '', ''], ['$json.name', '$json.day'], 'AnnMonday'],
		[['No. ', ''], ['$json.count'], 'No. 3'],
		// Alone in its field, a number stays a number.
		[['', ''], ['$json.count'], 3],
	])('%j with %j is %j', (texts, codes, result) => {
		expect(filled(texts, ...codes)).toBe(result);
	});

	it.each([
		['a number that is not whole', ['Sum ', ''], ['$json.half']],
		['no value', ['Hi ', ''], ['$json.none']],
		['a list', ['', ''], ['$json.list']],
		['a field that is missing, beside one that is there', ['', ' ', ''], ['$json.name', '$json.x']],
		['a calculation', ['Hi ', ''], ['$json.count + 1']],
		['a calculation beside a field', ['', ' ', ''], ['$json.name', '$json.count + 1']],
		['a backslash', ['Hi \\', ''], ['$json.name']],
		['no expression', ['Hi'], []],
	])('is left to n8n where it has %s', (_, texts, codes) => {
		expect(filled(texts, ...codes)).toBeUndefined();
	});
});

describe('a word for a missing value that a code computed', () => {
	it('is looked for in a text', () => {
		expect(missingWordsIn('Helloundefined, NaN of null')).toEqual(['undefined', 'NaN', 'null']);
		expect(missingWordsIn('Hello')).toEqual([]);
	});

	it.each([
		['"Due in " + $json.days + " days"', ['NaN'], ['x'], true],
		['"Due in " + $json.days', ['NaN', 'null'], ['null'], true],
		['`Due ${$json.days * 2}`', ['NaN'], ['x'], true],
		['$now + $json.days', ['NaN'], [undefined], true],
		['"a" + $json.nu + $json.ll', ['null'], ['nu', 'll'], true],
		// The word may come from a value, or stands in the code.
		['"Hi " + $json.name', ['NaN'], ['Nan'], false],
		['"Hi " + $json.person', ['null'], [{ name: null }], false],
		['"Hi " + $json.name', ['undefined'], ['The page is UNDEFINED'], false],
		['$json.a + " is NaN"', ['NaN'], [1], false],
		['"Hi " + $json.name + $json.word', ['NaN', 'NaN'], ['Ann', 'NaN'], false],
		// What these read, nobody sees.
		['$vars.name + $json.a', ['NaN'], [1], false],
		['$json.a.base64Decode()', ['NaN'], [1], false],
		['atob($json.a)', ['NaN'], [1], false],
		['"Hi " + $json.a', [], [1], false],
	])('%s, with %j in its text, of %j: %j', (code, words, values, isComputed) => {
		expect(computesWord(code, words, values)).toBe(isComputed);
	});
});
