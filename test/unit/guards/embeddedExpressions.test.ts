import * as n8nWorkflow from 'n8n-workflow';
import type { IDataObject } from 'n8n-workflow';
import * as embeddedExpressions from '../../../nodes/Voice2Phone/guards/embeddedExpressions';
import { GuardedRun } from '../../support/guarded';

const {
	emptyExpressionReason,
	emptyExpressions,
	expressionsThatComputed,
	expressionsThatGave,
	functionsIn,
	onlyEmptyExpressions,
} = embeddedExpressions;

const valueOf = (run: GuardedRun, itemIndex: number): unknown =>
	run.context.getNodeParameter('message', itemIndex, '');

/** The expressions that gave nothing, and how often n8n was asked for one alone. */
function look(message: unknown, json: IDataObject, find = emptyExpressions) {
	const run = new GuardedRun({ parameters: { message: message as string }, items: [json] });
	const text = valueOf(run, 0);
	const empty = find(run.context, 'message', 0, text);
	return { text, empty, asked: run.evaluations };
}

const MISSING = {};
const NULL = { v: null };
const EMPTY = { v: '' };
const ZERO = { v: 0 };
const ANN = { v: 'Ann' };

describe('an expression that gave nothing', () => {
	it.each<[string, IDataObject, string[]]>([
		['=Hello {{ $json.v }}!', MISSING, ['{{ $json.v }}']],
		['=Hello {{ $json.v }}!', NULL, ['{{ $json.v }}']],
		['=Hello {{ $json.v * 2 }}!', MISSING, ['{{ $json.v * 2 }}']],
		['={{ $json.v }}', MISSING, ['{{ $json.v }}']],
		['={{ $json.v }}', NULL, ['{{ $json.v }}']],
		['={{ $json.v * 2 }}', MISSING, ['{{ $json.v * 2 }}']],
		['={{ $json.v }}{{ $json.day }}', { day: 'Monday' }, ['{{ $json.v }}']],
		['={{ $json.v }} {{ $json.w }}', MISSING, ['{{ $json.v }}', '{{ $json.w }}']],
		["=Hello {{ $json['v'] }}{{ $json['v'] }}!", MISSING, ["{{ $json['v'] }}"]],
		['=Hello {{ $json.v ? "dear" : undefined }}!', MISSING, ['{{ $json.v ? "dear" : undefined }}']],
		["=Hello {{ $json.top.v ?? '' }}!", MISSING, ["{{ $json.top.v ?? '' }}"]],
		['=Hello {{ $json.v.trim() }}!', MISSING, ['{{ $json.v.trim() }}']],
		['=Hi {{\n\t$json\n.v // who\n}}!', MISSING, ['{{ $json .v // who }}']],
		// n8n writes the missing value as a word.
		['={{ "Hello " + $json.v }}', MISSING, ['{{ $json.v }}']],
		['=Hi {{ `${$json.v} ${$json["b c"]}!` }}', NULL, ['{{ $json.v }}', '{{ $json["b c"] }}']],
		['={{ "You owe " + $json.v * 2 + " euros" }}', MISSING, ['{{ $json.v }}']],
		['={{ "Hi " + $json.v.split(" ")[1] }}', ANN, ['{{ "Hi " + $json.v.split(" ")[1] }}']],
		['={{ "Total " + parseInt($json.v) }}', ANN, ['{{ "Total " + parseInt($json.v) }}']],
		['=So {{ "Hi " + $json.v }} {{ $json.w }}', MISSING, ['{{ $json.w }}', '{{ $json.v }}']],
	])('is found: %s for %j', (message, json, empty) => {
		expect(look(message, json).empty).toEqual(empty);
	});

	it.each<[unknown, IDataObject]>([
		['Hello {{ $json.v }}', MISSING],
		['Hello', MISSING],
		[7, MISSING],
		['Say {{ "Hi " + $json.v }}, undefined', MISSING],
		['=Hello', MISSING],
		['=Hello {{ $json.v }}!', ANN],
		['=Hello {{ $json.v }}!', EMPTY],
		['=Hello {{ $json.v }}!', ZERO],
		['=Hello {{ $json.v }}!', { v: false }],
		['=Hello {{ $json.v.trim() }}!', { v: ' ' }],
		["=Hello {{ $json.v ?? '' }}!", MISSING],
		['={{ $json.v }}', ZERO],
		['={{ $json.v }}', EMPTY],
		['={{ $json.v }}', { v: ['Ann'] }],
		['={{ $json.v }}', { v: 'undefined method for nil' }],
		['=Alarm: {{ $json.v }}', { v: 'undefined method for nil' }],
		['=Alarm: {{ "" + ($json.w || $json.v) }}', { v: 'null pointer in job 5' }],
		['={{ $json.w ? "x" : "value undefined, null" }}', MISSING],
		['={{ $json.w ? "level 200 yes" : "level undefined now" }}', MISSING],
		['={{ "undefined in " + ($json.v ?? "all hosts") }}', MISSING],
		['={{ "At: " + $json.v.replace("N", "n") }}', { v: 'Null job' }],
		['={{ [$json.v] }} is null', MISSING],
		// n8n gives no class out, so alone it cannot be looked at.
		['={{ $json.v }}{{ DateTime }}', ANN],
	])('is none of these: %j for %j', (message, json) => {
		expect(look(message, json).empty).toEqual([]);
	});

	it.each<[string, IDataObject, number]>([
		['Hello', ANN, 0],
		['=Hello {{ $json.v.trim() }}!', ANN, 0],
		['={{ $json.v.trim() }}', EMPTY, 0],
		['={{ "Hello " + $json.v }}', ANN, 0],
		['={{ $json.v }}{{ $json.v }}', ANN, 0],
		["=Hello {{ $json.w ?? '' }}", MISSING, 0],
		['=Alarm: {{ $json.v }}', { v: 'undefined method' }, 0],
		['=Alarm: {{ $json.v }} {{ $json.w.trim() }}', { v: 'undefined method', w: 'now' }, 1],
		['=Hello {{ $json.v.trim() }}', EMPTY, 1],
	])('is not asked for where text and item tell: %s for %j', (message, json, asked) => {
		expect(look(message, json)).toMatchObject({ empty: [], asked });
	});

	it('is not asked for where the item shows that a field is missing', () => {
		const { empty, asked } = look('=Hello {{ $json.v }}, {{ $json.address.city }}', MISSING);
		expect({ empty, asked }).toEqual({
			empty: ['{{ $json.v }}', '{{ $json.address.city }}'],
			asked: 0,
		});
	});

	it('is found for each item of a run, which splits the text once', () => {
		const items = [ANN, MISSING, NULL];
		const run = new GuardedRun({ parameters: { message: '=Hi {{ $json.v }}!' }, items });
		const texts = items.map((_, itemIndex) => valueOf(run, itemIndex));
		const before = run.readings;
		const empty = texts.map(
			(text, itemIndex) => emptyExpressions(run.context, 'message', itemIndex, text).length,
		);
		expect(empty).toEqual([0, 1, 1]);
		expect(run.readings - before).toBe(1);
	});

	it('is found in each parameter by its own path', () => {
		const entries = [{ message: '=Bye {{ $json.v }}' }, { message: 'Bye' }];
		const run = new GuardedRun({ parameters: { dtmf: { entries } } });
		const empty = (path: string) => emptyExpressions(run.context, path, 0, 'Bye ');
		expect(empty('dtmf.entries[0].message')).toEqual(['{{ $json.v }}']);
		expect(empty('dtmf.entries[1].message')).toEqual([]);
		expect(empty('dtmf.entries[2].message')).toEqual([]);
	});

	it('is not looked for where two backslashes make the text differ from what comes out', () => {
		expect(look('=C:\\\\temp\\\\ {{ $json.v }}', MISSING)).toMatchObject({ empty: [] });
		expect(look('=C:\\temp {{ $json.v }}', MISSING)).toMatchObject({ empty: ['{{ $json.v }}'] });
	});

	it('is not looked for in an n8n without a splitter of its own', () => {
		const old: Partial<typeof n8nWorkflow> = { ...n8nWorkflow };
		delete old.ExpressionParser;
		jest.isolateModules(() => {
			jest.doMock('n8n-workflow', () => old);
			const { emptyExpressions } = jest.requireActual<typeof embeddedExpressions>(
				'../../../nodes/Voice2Phone/guards/embeddedExpressions',
			);
			expect(look('=Hello {{ $json.v }}', MISSING, emptyExpressions).empty).toEqual([]);
		});
		jest.dontMock('n8n-workflow');
	});

	it('is shown in one line, cut where it is long', () => {
		const code = (length: number) => `$json.v/*${'x'.repeat(length - 11)}*/`;
		expect(look(`=Hi {{ ${code(80)} }}`, MISSING).empty).toEqual([`{{ ${code(80)} }}`]);
		expect(look(`=Hi {{ ${code(81)} }}`, MISSING).empty).toEqual([
			`{{ ${code(81).slice(0, 80)}… }}`,
		]);
	});
});

describe('a text around expressions', () => {
	const only = (message: string, json: IDataObject) =>
		look(message, json, onlyEmptyExpressions).empty;
	const U = '{{ $json.u }}';
	const SECOND_NAME = '{{ "lead" + $json.w.split(" ")[1] }}';

	it.each<[string, IDataObject, string[]]>([
		['=lead-{{ $json.v }}', MISSING, ['{{ $json.v }}']],
		['=lead-{{ $json.v }}-{{ $json.w }}', MISSING, ['{{ $json.v }}', '{{ $json.w }}']],
		['=lead-{{ $json.v }}-{{ $json.v }}', MISSING, ['{{ $json.v }}']],
		['=lead-{{ $json.v }}-{{$json.v}}', MISSING, ['{{ $json.v }}']],
		['={{ $json.v }}', MISSING, ['{{ $json.v }}']],
		['={{ "lead-" + $json.v }}', MISSING, ['{{ $json.v }}']],
		['={{ "x" + $json.v }}-{{ $json.v }}', MISSING, ['{{ $json.v }}']],
		[
			'={{ "x" + $json.v + $json.w }}-{{ $json.u }}',
			MISSING,
			[U, '{{ $json.v }}', '{{ $json.w }}'],
		],
		// The value that is there makes no difference.
		['={{ "lead" + ($json.w ? $json.v : "") }}', { w: 'yes' }, ['{{ $json.v }}']],
		['={{ "lead" + ($json.n + $json.v) }}', { n: 1 }, ['{{ $json.v }}']],
		['={{ "lead" + ($json.f ? "" : $json.v) }}', { f: false }, ['{{ $json.v }}']],
		['={{ "lead" + ($json.n > 0 ? $json.v : "") }}', { n: 1 }, ['{{ $json.v }}']],
		['={{ "lead" + $json.w.split(" ")[1] }}', { w: 'Ann' }, [SECOND_NAME]],
		['=lead-{{ $json.v }}-{{ $json.w }}', ANN, []],
		['=lead-{{ $json.v }}', ANN, []],
		['lead', MISSING, []],
		['={{ "x" + $json.a + $json.b }}-{{ $json.v }}', ANN, []],
		['={{ $json.v }}-{{ "x" + $json.a + $json.b }}', ANN, []],
		['={{ "x" + $json.a + $json.v }}', ANN, []],
		['={{ $json.v.slice(-2) + "x" + $json.a }}', ANN, []],
		['={{ $json.v.slice(0, 2) + "x" + $json.a }}', ANN, []],
		['={{ $json.n + "x" + $json.a }}', { n: 1 }, []],
		['={{ $json.n.toFixed() + "x" + $json.a }}', { n: 7 }, []],
		['={{ $json.tags.join("-") + "x" + $json.a }}', { tags: ['A', 17] }, []],
		['={{ $json.w.split("-")[1] + "x" + $json.a }}', { w: 'A-17' }, []],
	])('is all that is left, if each of them gave nothing: %s for %j', (message, json, empty) => {
		expect(only(message, json)).toEqual(empty);
	});
});

describe('the expressions in a text', () => {
	const MESSAGE =
		'={{ new Date($json.v) }} {{ $json.w }} {{ $json.v.trim }} {{ DateTime }} {{ "re" + "turn" }}';
	const run = new GuardedRun({ parameters: { message: MESSAGE }, items: [{ v: 'x', w: 'here' }] });

	it('are told by what they gave', () => {
		const gave = (is: (text: string) => boolean) =>
			expressionsThatGave(run.context, 'message', 0, is);
		expect(gave((text) => text === 'Invalid Date')).toEqual(['{{ new Date($json.v) }}']);
		expect(gave((text) => text === 'here')).toEqual(['{{ $json.w }}']);
		expect(gave((text) => text === 'nowhere')).toEqual([]);
	});

	it('are told by the function that they gave', () => {
		expect(functionsIn(run.context, 'message', 0)).toEqual([
			'{{ $json.v.trim }}',
			'{{ DateTime }}',
		]);
	});

	it('are told by words that they made themselves', () => {
		const computed = (message: string, words: string, json: IDataObject) => {
			const own = new GuardedRun({ parameters: { message }, items: [json] });
			return expressionsThatComputed(own.context, 'message', 0, words);
		};
		const sum = '{{ $json.a / $json.b }}';
		expect(computed(`=Total ${sum} {{ $json.c }}`, 'Infinity', { a: 1, b: 0, c: 2 })).toEqual([
			sum,
		]);
		expect(computed(`=Total ${sum}`, 'Infinity', { a: 1, b: 1 })).toEqual([]);
		expect(computed('=Pool {{ $json.v }}', 'Infinity', { v: 'Infinity' })).toEqual([]);
		expect(computed('={{ "Infinity pool " + $json.v }}', 'Infinity', ANN)).toEqual([]);
		expect(computed('=Hi {{ DateTime }}', 'undefined', {})).toEqual([]);
	});
});

describe('what is said of expressions that gave nothing', () => {
	const CHECK_NAME =
		"Check the name in the node before, or add ?? '' behind it where it may be empty";
	const CHECK_WAY =
		'A field on the way to the last one is missing: check the names, or write ?. in place of each dot';

	it.each([
		[['{{ $json.v }}'], CHECK_NAME],
		[["{{ $json.a.v ?? '' }}"], CHECK_WAY],
		[["{{ $json.a.v || '' }}"], CHECK_WAY],
		[["{{ $json.a.v ?? '' }}", '{{ $json.v }}'], CHECK_NAME],
	])('advises what helps: %j', (sources, advice) => {
		const named = sources.map((source) => `\`${source}\``).join(', ');
		expect(emptyExpressionReason(sources)).toBe(`${named} gave nothing. ${advice}`);
	});
});
