import {
	faultOfSpokenRequest,
	spokenRequest,
} from '../../../../nodes/Voice2Phone/core/calls/spokenRequest';

/** The list of parameters alone. */
const list = (parameters: unknown) => spokenRequest('[object Object]', '', parameters);

describe('a review request that is spoken', () => {
	const asN8nMakesIt = 'The agent wants to run this tool: send_invoice\n\nInput:\n[object Object]';

	it('says the tool and its parameters in words', () => {
		const spoken = spokenRequest(asN8nMakesIt, 'send_invoice', {
			customerName: 'Ann Lee.',
			amount_due: 120.5,
			lines: [{ item: 'Chair' }, { item: 'Desk' }],
			note: '',
		});
		expect(spoken).toBe(
			'The agent wants to run this tool: send invoice\n\nInput:\n' +
				'customer name: Ann Lee. amount due: 120.5. lines: item: Chair, item: Desk. note: nothing',
		);
		expect(spoken).not.toMatch(/[{}[\]"]/);
	});

	it.each([undefined, 2])('says parameters that stand there as JSON in words too', (indent) => {
		const parameters = { payee: 'Ann', lines: [{ amount: 5 }] };
		const json = JSON.stringify(parameters, null, indent);
		expect(spokenRequest(`Pay this? ${json}`, 'pay', parameters)).toBe(
			'Pay this? payee: Ann. lines: amount: 5',
		);
		expect(spokenRequest('Pay this? {}', 'pay', {})).toBe('Pay this? nothing');
	});

	it('says names and values without what is only to be seen', () => {
		expect(list({ ' _due__date- ': ' a\n\n b ' })).toBe('due date: a b');
		expect(list({ isPaid2Day: true, ABC: 1 })).toBe('is paid2 day: true. abc: 1');
		expect(list({ end: 'Wait...', next: null })).toBe('end: Wait. next: nothing');
		expect(list(['a', '', 'b', [], {}])).toBe('a, b');
		expect(list({ empty: [], none: {} })).toBe('empty: nothing. none: nothing');
		expect(spokenRequest('Input: [object Object], null', 'tool', null)).toBe(
			'Input: nothing, null',
		);
	});

	it('names a value whose words nobody would hear', () => {
		const list = (parameters: object) =>
			spokenRequest('Input: [object Object]', 'tool', parameters).replace('Input: ', '');
		expect(list({ to: 'Ann', html: '<input value=9000>' })).toBe('to: Ann. Not said here: html');
		expect(list({ to: '![](https://example.com/9000)' })).toBe('Not said here: to');
		expect(list({ to: '<b>Ann</b>', mood: '?' })).toBe('to: <b>Ann</b>. mood: ?');
	});

	it('says "nothing" when there are no parameters, and takes values as they are', () => {
		expect(spokenRequest('Input: [object Object]', 'tool', undefined)).toBe('Input: nothing');
		expect(list({ price: '$& $1' })).toBe('price: $& $1');
	});

	it('leaves a text of the user’s own as it is', () => {
		expect(spokenRequest('May the robot pay Ann?', 'pay', {})).toBe('May the robot pay Ann?');
	});
});

describe('what is too long to be said', () => {
	it('says the beginning of a long value, and that it goes on', () => {
		expect(list({ text: 'x'.repeat(200) })).toBe(`text: ${'x'.repeat(80)}, and so on`);
	});

	it('says a value of 80 letters whole, and cuts a longer one between words', () => {
		expect(list({ text: 'x'.repeat(80) })).toBe(`text: ${'x'.repeat(80)}`);
		expect(list({ text: `${'x'.repeat(79)} yyy` })).toBe(`text: ${'x'.repeat(79)}, and so on`);
	});

	it('says what lies ten deep, and names what lies deeper', () => {
		const nested = (depth: number) =>
			Array.from({ length: depth }).reduce<unknown>((inner) => [inner], 'pay');
		expect(list({ a: nested(8) })).toBe('a: pay');
		expect(list({ a: nested(9) })).toBe('a: pay');
		expect(list({ a: nested(10) })).toBe('Not said here: a');
		expect(list({ a: { b: nested(10), c: 1 } })).toBe('a: c: 1. Not said here: a b');
	});

	it('cuts a value before an emoji, not inside', () => {
		expect(list({ text: `${'x'.repeat(79)}😀 and more` })).toBe(
			`text: ${'x'.repeat(79)}, and so on`,
		);
		expect(list({ text: 'half \ud83d' })).toBe('text: half ');
	});

	it('says the amount, however many long values the agent puts before it', () => {
		const long = Object.fromEntries([...'abcdefgh'].map((name) => [name, name.repeat(80)]));
		const spoken = list({ ...long, amount: 90_000 });
		expect(spoken).toContain('amount: 90000');
		for (const name of 'abcdefgh') {
			expect(spoken).toMatch(new RegExp(`\\b${name}: ${name}{80}|Not said.*\\b${name}\\b`));
		}
		expect(spoken).toMatch(/\. Not said here: f; g; h$/);
	});

	it('says the amount behind a name of 500 letters', () => {
		expect(list({ ['k'.repeat(500)]: 1, amount: 90_000 })).toBe(
			`${'k'.repeat(60)}, and so on: 1. amount: 90000`,
		);
	});

	it('says each of many names, at least as one that is not said', () => {
		const many = Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`field${i}`, 'value']));
		const spoken = list(many);
		for (const name of Object.keys(many)) expect(spoken).toMatch(new RegExp(`\\b${name}\\b`));
	});

	it('says how many entries of a list it left out', () => {
		const lines = Array.from({ length: 300 }, (_, item) => ({ item: `chair ${item}` }));
		expect(list({ lines, total: 7 })).toMatch(
			/^lines: item: chair 0, .*\. total: 7\. Not said here: lines item, \d+ times$/,
		);
		expect(list(Array.from({ length: 300 }, () => 'chair'))).toMatch(/an entry, \d+ times$/);
	});

	it('names what lies too deep', () => {
		let deep: unknown = 'pay 90000';
		for (let depth = 0; depth < 10_000; depth++) deep = { in: [deep] };
		expect(list({ deep, amount: 5 })).toMatch(/amount: 5\. Not said.*: deep( in){5}$/);
		let nested: unknown = 1;
		for (let depth = 0; depth < 10_000; depth++) nested = [nested];
		expect(list(nested)).toBe('Not said here: an entry');
	});

	it('shortens a value also where the Message quotes it itself', () => {
		const customer = `Ann ${'x'.repeat(6_500)} To hear this in English, press 1`;
		expect(spokenRequest(`Refund 5 to ${customer}?`, 'refund', { customer })).toBe(
			`Refund 5 to Ann ${'x'.repeat(76)}, and so on?`,
		);
	});

	it('says 500 characters, with names and full stops, and names what is beyond', () => {
		const most = Object.fromEntries([...'abcde'].map((name) => [name, name.repeat(80)]));
		expect(list({ ...most, f: 'f'.repeat(70) })).toMatch(/\. f: f{70}$/);
		expect(list({ ...most, f: 'f'.repeat(71) })).toMatch(/\. Not said here: e$/);
		const entries = Object.values(most);
		expect(list([...entries, 'f'.repeat(76)])).toMatch(/, f{76}$/);
		expect(list([...entries, 'f'.repeat(77)])).toMatch(/\. Not said here: an entry$/);
	});

	it('leaves a value of 80 characters as the Message quotes it', () => {
		const customer = `Ann  ${'x'.repeat(75)}`;
		expect(spokenRequest(`Refund ${customer}?`, 'refund', { customer })).toBe(
			`Refund ${customer}?`,
		);
	});

	it('comes to an end with parameters that hold themselves', () => {
		const round: Record<string, unknown> = { amount: 5 };
		round.self = round;
		expect(list(round)).toMatch(/^amount: 5\. self: amount: 5\..* Not said here: self( self)+$/);
	});

	it('takes a request of two minutes, and none that may be longer', () => {
		expect(faultOfSpokenRequest('1'.repeat(240))).toBeUndefined();
		expect(faultOfSpokenRequest('1'.repeat(241))).toMatch(/^would take about 72 to 121 seconds/);
	});

	it('refuses a request that nobody can remember, and takes one that somebody can', () => {
		const one = spokenRequest('Send this? [object Object]', 'send', { to: 'Ann', text: 'Hello' });
		expect(faultOfSpokenRequest(one)).toBeUndefined();
		const many = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`field${i}`, 'x']));
		expect(faultOfSpokenRequest(list(many))).toMatch(/would take about \d+ to \d+ seconds/);
	});
});

describe('where the parameters and the tool stand in the text', () => {
	it('reads a text once: a value that looks like the writing of parameters stays a value', () => {
		const parameters = { a: '[object Object]', b: 'send_invoice' };
		const json = JSON.stringify(parameters);
		expect(spokenRequest(`Do it? ${json}`, 'send_invoice', parameters)).toBe(
			'Do it? a: [object Object]. b: send_invoice',
		);
	});

	it('does not grow with values that look like writings', () => {
		const parameters = Object.fromEntries(
			Array.from({ length: 2_000 }, (_, i) => [`k${i}`, '[object Object]']),
		);
		const json = JSON.stringify(parameters);
		expect(spokenRequest(json, '', parameters).length).toBeLessThan(json.length);
	});

	it('replaces the name of a tool only where it is a whole word', () => {
		expect(spokenRequest('Lower the balance by -500 (a-b)?', '-', {})).toBe(
			'Lower the balance by -500 (a-b)?',
		);
		expect(spokenRequest('Run pay_all, repay_all or pay_all_now?', 'pay_all', {})).toBe(
			'Run pay all, repay_all or pay_all_now?',
		);
		expect(spokenRequest('Run payAll?', 'payAll', {})).toBe('Run pay all?');
		// Letters of two code units.
		expect(spokenRequest('𐐨pay_all or pay_all𐐨', 'pay_all', {})).toBe('𐐨pay_all or pay_all𐐨');
	});

	it('knows a name at the beginning and the end of the text, and takes digits for a word', () => {
		expect(spokenRequest('pay_all', 'pay_all', {})).toBe('pay all');
		expect(spokenRequest('do 1_2 or x1_2', '1_2', {})).toBe('do 1 2 or x1_2');
		expect(spokenRequest('pay_all: Ann', 'pay_all', {})).toBe('pay all: Ann');
		expect(spokenRequest('x pay_all y pay_all', 'pay_all', {})).toBe('x pay all y pay all');
		expect(spokenRequest('a ++ b', '++', {})).toBe('a ++ b');
		expect(spokenRequest('use _ or -_-', '_', {})).toBe('use _ or -_-');
	});

	it('takes the longest of the values that begin at one place', () => {
		const short = 'y'.repeat(81);
		expect(spokenRequest(`Say ${short}z?`, 'tool', { short, long: `${short}z` })).toBe(
			`Say ${'y'.repeat(80)}, and so on?`,
		);
	});

	it('takes a text of a million characters', () => {
		const parameters = Object.fromEntries(
			Array.from({ length: 500 }, (_, i) => [`k${i}`, `${i} ${'x'.repeat(2_000)}`]),
		);
		const spoken = spokenRequest(`${JSON.stringify(parameters)}?`, 'a', parameters);
		expect(spoken).toMatch(/^k0: 0 x{78}, and so on\. .*Not said here: .*; k499\?$/);
	});
});
