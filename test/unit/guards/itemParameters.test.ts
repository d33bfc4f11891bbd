import type { INodeParameters } from 'n8n-workflow';
import { groupOf } from '../../../nodes/Voice2Phone/guards/itemParameters';
import { GuardedRun, hintsOf, problemsOf } from '../../support/guarded';

const PEOPLE = [{ v: 'Ann' }, { v: 'Bob' }, { v: 'Cy' }, { v: 'Di' }];

/** A parameter as each item has it, and how often n8n was asked for it. */
function read(v: unknown, items = PEOPLE as object[]) {
	const run = new GuardedRun({ parameters: { v } as INodeParameters, items: items as never });
	const values = items.map((_, itemIndex) => run.item(itemIndex).parameter('v', 'usual'));
	return { values, readings: run.readings };
}

describe('a parameter', () => {
	it('without an expression is read once for all items', () => {
		expect(read('Hello {{ $json.v }}')).toEqual({
			values: Array(4).fill('Hello {{ $json.v }}'),
			readings: 1,
		});
		expect(read(7)).toEqual({ values: [7, 7, 7, 7], readings: 1 });
	});

	it('that is not there is what it usually is', () => {
		expect(read(undefined)).toEqual({ values: Array(4).fill('usual'), readings: 1 });
	});

	it('of fields of the item is read without n8n, once n8n was seen to read it alike', () => {
		expect(read('=Hi {{ $json.v }}!')).toEqual({
			values: ['Hi Ann!', 'Hi Bob!', 'Hi Cy!', 'Hi Di!'],
			readings: 1,
		});
		expect(read('={{ $json.v }}')).toEqual({ values: ['Ann', 'Bob', 'Cy', 'Di'], readings: 1 });
	});

	it('is asked of n8n for each type of value anew, and where a value is none', () => {
		const items = [{ v: 'Ann' }, { v: 1 }, { v: 2 }, { v: 'Bob' }, { v: [3] }, {}, { v: 4 }];
		expect(read('={{ $json.v }}', items)).toEqual({
			values: ['Ann', 1, 2, 'Bob', [3], undefined, 4],
			readings: 4,
		});
	});

	it('of other expressions is asked of n8n for each item', () => {
		expect(read('={{ $json.v.length }}')).toEqual({ values: [3, 3, 2, 2], readings: 4 });
		expect(read('={{ $itemIndex }}')).toEqual({ values: [0, 1, 2, 3], readings: 4 });
	});

	it('is asked of n8n for each item, as soon as n8n reads it otherwise', () => {
		const run = new GuardedRun({ parameters: { v: '={{ $json.v }}' }, items: PEOPLE });
		const { context } = run;
		const ask = context.getNodeParameter.bind(context) as (...given: unknown[]) => unknown;
		const n8n = (...given: unknown[]) => String(ask(...given)).toUpperCase();
		context.getNodeParameter = n8n as never;
		const values = PEOPLE.map((_, itemIndex) => run.item(itemIndex).parameter('v', ''));
		expect(values).toEqual(['ANN', 'BOB', 'CY', 'DI']);
	});

	it('is asked of n8n again, also for a type that n8n read alike, once n8n read another otherwise', () => {
		const items = [{ v: 'Ann' }, { v: 1 }, { v: 'Bob' }];
		const run = new GuardedRun({ parameters: { v: '={{ $json.v }}' }, items });
		const { context } = run;
		const ask = context.getNodeParameter.bind(context) as (...given: unknown[]) => unknown;
		const n8n = (name: string, itemIndex: number) =>
			itemIndex === 0 ? ask(name, itemIndex) : `n8n: ${String(ask(name, itemIndex))}`;
		context.getNodeParameter = n8n as never;
		const values = items.map((_, itemIndex) => run.item(itemIndex).parameter('v', ''));
		expect(values).toEqual(['Ann', 'n8n: 1', 'n8n: Bob']);
	});

	it.each<[unknown, unknown[]]>([
		[{ name: '={{ $json.v }}' }, PEOPLE.map(({ v }) => ({ name: v }))],
		[{ deep: [{ name: '={{ $json.v }}' }] }, PEOPLE.map(({ v }) => ({ deep: [{ name: v }] }))],
		[{ name: 'Ann', age: null }, PEOPLE.map(() => ({ name: 'Ann', age: null }))],
	])('with an expression anywhere in it is each item’s own: %j', (v, values) => {
		expect(read(v).values).toEqual(values);
	});
});

describe('a large parameter', () => {
	const readLarge = (v: unknown) => {
		const run = new GuardedRun({ parameters: { v } as INodeParameters, items: PEOPLE });
		const values = PEOPLE.map((_, itemIndex) =>
			run.item(itemIndex).shared.readLarge('v', itemIndex, 'usual'),
		);
		return { values, readings: run.readings };
	};

	it.each<[unknown, unknown]>([
		['={{ [1, 2] }}', [1, 2]],
		['={{ "$.json" }}', '$.json'],
		['+1', '+1'],
		[undefined, 'usual'],
	])('is read once, unless it names the item: %j', (v, value) => {
		expect(readLarge(v)).toEqual({ values: Array(4).fill(value), readings: 1 });
	});

	it.each<[string, unknown[]]>([
		['={{ $json.v }}', ['Ann', 'Bob', 'Cy', 'Di']],
		['={{ $itemIndex }}', [0, 1, 2, 3]],
		['={{ $input.item.json.v }}', ['Ann', 'Bob', 'Cy', 'Di']],
		['={{ $position }}', [0, 1, 2, 3]],
	])('is read for each item where it does: %s', (v, values) => {
		expect(readLarge(v)).toEqual({ values, readings: 4 });
	});
});

describe('whether the user entered an expression', () => {
	const { shared } = new GuardedRun({
		parameters: { text: 'a=b', code: '={{ 1 }}', none: null as never, list: ['a', '=b'] },
		options: { doNotCall: '={{ [] }}', allowedNumbers: '+1' },
	}).item();

	it.each([
		['text', false],
		['code', true],
		['none', false],
		['nothing', false],
		['nothing.at.all', false],
		['list', true],
		['options', true],
		['options.whoMayBeCalled.values.doNotCall', true],
		['options.whoMayBeCalled.values.allowedNumbers', false],
	])('is told by what is saved: %s', (path, is) => {
		expect(shared.isExpression(path)).toBe(is);
	});
});

describe('what is made of a value', () => {
	it('is made once for a value that stays the same', () => {
		const { shared } = new GuardedRun({}).item();
		let made = 0;
		const make = (name: string, value: unknown) =>
			shared.parseOnce(name, value, () => `${String(value)} ${++made}`);
		expect(make('a', 'x')).toBe('x 1');
		expect(make('a', 'x')).toBe('x 1');
		expect(make('b', 'x')).toBe('x 2');
		expect(make('a', 'y')).toBe('y 3');
		expect(make('a', 'x')).toBe('x 4');
	});
});

describe('an item', () => {
	it('has the options that were added, and no other', () => {
		const item = new GuardedRun({
			options: { doNotCall: '+1', messageCheck: 'off' },
		}).item();
		expect(item.group('whoMayBeCalled')).toEqual({ doNotCall: '+1' });
		expect(item.group('pacing')).toBeUndefined();
		expect(item.option('messageCheck')).toBe('off');
		expect(item.option('failOnError')).toBeNull();
	});

	it.each([
		[{}, 'numberingPlan'],
		[{ numberCheck: 'numberingPlan' }, 'numberingPlan'],
		[{ numberCheck: 'lengthsOnly' }, 'lengthsOnly'],
		[{ maxRetries: 1 }, 'numberingPlan'],
		[{ numberCheck: 'none' }, 'numberingPlan'],
	])('has its numbers checked as the options say: %j', (options, check) => {
		expect(new GuardedRun({ options }).item().numberCheck()).toEqual({ check });
	});

	it('collects all that is wrong or odd with it', () => {
		const item = new GuardedRun({ items: [{}, {}] }).item(1);
		item.problem('Message', 'is empty');
		item.problem('Phone Number', 'is wrong');
		item.hint('Message', 'is long');
		expect(problemsOf(item)).toEqual(['Message is empty', 'Phone Number is wrong']);
		expect(hintsOf(item)).toEqual(['Message of item 1: is long']);
	});
});

describe('a group in the value of Options', () => {
	it.each([
		[{ waiting: { values: { waitAtMost: 5 } } }, { waitAtMost: 5 }],
		[{ waiting: {} }, undefined],
		[{}, undefined],
	])('is found in %j', (options, values) => {
		expect(groupOf(options, 'waiting')).toEqual(values);
	});
});
