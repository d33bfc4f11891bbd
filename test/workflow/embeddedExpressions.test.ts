import { ExpressionParser } from 'n8n-workflow';
import type { IDataObject, IExecuteFunctions, INodeType } from 'n8n-workflow';
import { emptyExpressions } from '../../nodes/Voice2Phone/guards/embeddedExpressions';
import { checkSpokenField } from '../../nodes/Voice2Phone/guards/messageCheck';
import { useEngine } from '../support/engine';
import { items, linear, manualTrigger, node } from '../support/workflow';
import { seeded } from '../support/random';

/** What the node below gives out for each item. */
interface Heard {
	text: unknown;
	/** The expressions that are said to have given nothing. */
	empty: string[];
	/** Those that give nothing when n8n evaluates each alone: the truth that shortcuts must not change. */
	emptyAlone: string[];
	/** How often n8n was asked to evaluate one alone. */
	asked: number;
	reply: string[];
	problems: string[];
	hints: string[];
}

/** Reads a Message and a reply, and calls nobody. */
const listen: INodeType = {
	description: {
		displayName: 'Listen',
		name: 'listen',
		group: ['output'],
		version: 1,
		description: '',
		defaults: { name: 'Listen' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [
			{ displayName: 'Message', name: 'message', type: 'string', default: '' },
			{
				displayName: 'Keys',
				name: 'dtmf',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				default: {},
				options: [
					{
						displayName: 'Key',
						name: 'entries',
						values: [{ displayName: 'Reply', name: 'message', type: 'string', default: '' }],
					},
				],
			},
		],
	},
	async execute(this: IExecuteFunctions) {
		const heard = this.getInputData().map((_, item) => {
			const text = this.getNodeParameter('message', item);
			const entries = this.getNodeParameter('dtmf.entries', item, []) as IDataObject[];
			let asked = 0;
			const counting = Object.create(this, {
				evaluateExpression: {
					value: (expression: string, index: number) => {
						asked++;
						return this.evaluateExpression(expression, index);
					},
				},
			}) as IExecuteFunctions;
			const empty = emptyExpressions(counting, 'message', item, text);
			const field = { label: 'Message', path: 'message' };
			const { problems, hints } = checkSpokenField(this, field, item, text, 'refuse');
			const json: Heard = {
				text,
				empty,
				asked,
				emptyAlone: emptyAlone(this, item),
				reply: entries.flatMap(({ message }, entry) =>
					emptyExpressions(this, `dtmf.entries[${entry}].message`, item, message),
				),
				problems: problems.map((problem) => `${problem.field} ${problem.reason}`),
				hints,
			};
			return { json: json as unknown as IDataObject, pairedItem: { item } };
		});
		return [heard];
	},
};

function emptyAlone(context: IExecuteFunctions, item: number): string[] {
	const raw = String(context.getNode().parameters.message);
	if (!raw.startsWith('=')) return [];
	const codes = ExpressionParser.splitExpression(raw.slice(1)).filter(
		({ type }) => type === 'code',
	);
	const empty = codes.filter(({ text }) => {
		const expression = ExpressionParser.joinExpression([
			{ type: 'code', text, hasClosingBrackets: true },
		]);
		try {
			const value: unknown = context.evaluateExpression(expression, item);
			return value === undefined || value === null || Number.isNaN(value);
		} catch {
			return false;
		}
	});
	return [...new Set(empty.map(({ text }) => `{{ ${text.replace(/\s+/g, ' ').trim()} }}`))];
}

const bed = useEngine({ nodeTypes: { 'test.listen': listen } });

async function hear(message: string, people: IDataObject[], reply = 'Bye'): Promise<Heard[]> {
	const step = node('test.listen', 1, 'Listen', {
		message,
		dtmf: { entries: [{ message: reply }] },
	});
	const result = await bed.engine.run(linear(manualTrigger(), items(people), step));
	if (result.error) throw result.error;
	return result.output('Listen').map(({ json }) => json as unknown as Heard);
}

/** The values that a field of an item can have, by name; `missing` has none. */
const VALUES: Record<string, unknown> = {
	missing: undefined,
	null: null,
	'an empty text': '',
	'a blank': ' ',
	zero: 0,
	false: false,
	true: true,
	'a text': 'Ann',
	'a list': ['Ann', 'Bob'],
	'an empty list': [],
	'a list of nothing': [null],
	'an object': { first: 'Ann' },
	'an empty object': {},
	'the word undefined': 'undefined',
	'a text like the fixed one': ', come on ',
};

/** How people write it; the field is `v`, `top` has none of it. */
const WRITINGS = [
	'=Hello {{ $json.v }}, come on {{ $json.day }}',
	'={{ $json.v }}',
	'={{$json.v}}{{ $json.day }}',
	'={{ $json.day }}{{ $json.v }}{{ $json.day }}',
	'=Hello {{ $json["v"] }}',
	"=Hello {{ $json['v'] }}{{ $json['v'] }}!",
	'=Hello {{ $json?.v }}!',
	'=Hello {{ $json.nest.v }}!',
	'=Hello {{ $json.nest?.["v"] }}!',
	'=Hello {{ $json.top.v }}!',
	'=Hello {{ $json.top?.v.w }}!',
	'=Hello {{ $json.list[0].v }}!',
	'=Hello {{ $json.list[7].v }}!',
	'=Hello {{ $("Items").item.json.v }}!',
	'=Hello {{ $input.item.json.v }}!',
	'=Hello {{ $json.v ?? "" }}!',
	'=Hello {{ $json.v || "" }}!',
	"={{ $json.v ?? '' }}{{ $json.nest.v ?? '' }}{{ $json.top.v ?? '' }}!",
	"={{ $json.top?.v ?? '' }}{{ $json.top.v || '' }}{{ $json.list[0].v || '' }}!",
	"={{ $json.day ? $json.v : $json.v ?? '' }}!",
	"={{ $json.v * 2 ?? '' }}{{ $json.list[7].v ?? 'nobody' }}!",
	'=Hello {{ $json.v ? "dear" : undefined }}!',
	'=Hello {{ $json.v * 2 }}!',
	'=Hello {{ [$json.v] }}!',
	'=Hello {{ $json.v.length }}!',
	'=Hello {{ $json.v.toString() }}!',
	'=Hello {{ $json.v.first }}!',
	'=Hello {{ $json.v\n}}!',
	'=Hello {{ $json.v',
	'=C:\\temp is full: {{ $json.v }}',
	'=Hello \\{{ $json.v }}',
	'Hello {{ $json.v }}',
];

describe('an expression that gave nothing', () => {
	it.each(WRITINGS)('is found whatever the value: %s', async (message) => {
		const people = Object.values(VALUES).map((v) => {
			const own = v === undefined ? {} : { v };
			return { ...own, day: 'Monday', nest: own, list: [own] } as IDataObject;
		});
		const heard = await hear(message, people);
		Object.keys(VALUES).forEach((value, index) => {
			const { empty, emptyAlone } = heard[index];
			expect({ value, empty }).toEqual({ value, empty: emptyAlone });
		});
	});

	it('is found in texts of all shapes, and no other is', async () => {
		const random = seeded(17);
		const texts = ['', '', ' ', 'a', ', ', 'Hello ', 'aa', '. Bye'];
		const codes = ['$json.a', '$json["b"]', '$json.c.d', '$json.a?.trim()', '$json.b ?? null'];
		const values = [undefined, null, '', 'a', 'aa', ' ', ', ', 'Hello ', 0, false, 'undefined'];
		const pick = <T>(from: T[]): T => from[Math.floor(random() * from.length)];
		const people = Array.from({ length: 40 }, () => ({
			...pick([{}, { a: pick(values) }]),
			b: pick(values),
			c: pick([{}, { d: pick(values) }, null, undefined]),
		})) as IDataObject[];
		for (let round = 0; round < 12; round++) {
			const parts = Array.from({ length: 4 }, () => `{{ ${pick(codes)} }}${pick(texts)}`);
			const message = `=${pick(texts)}${parts.join('')}`;
			for (const { text, empty, emptyAlone } of await hear(message, people)) {
				expect({ message, text, empty }).toEqual({ message, text, empty: emptyAlone });
			}
		}
	});

	it('is told by the name when its text says "undefined", "null" or "NaN"', async () => {
		const [sum] = await hear('={{ "Hello " + $json.name }}', [{}]);
		expect(sum).toMatchObject({ text: 'Hello undefined', empty: ['{{ $json.name }}'] });
		const [template] = await hear('=Hi {{ `${$json.a} ${$json["b c"]}!` }}', [{ a: null }]);
		expect(template).toMatchObject({
			text: 'Hi null undefined!',
			empty: ['{{ $json.a }}', '{{ $json["b c"] }}'],
		});
		const [count] = await hear('={{ "You owe " + $json.n * 2 + " euros" }}', [{}]);
		expect(count).toMatchObject({ text: 'You owe NaN euros', empty: ['{{ $json.n }}'] });
		const [other] = await hear('={{ "Hi " + $("Items").item.json.name }}', [{}]);
		expect(other.empty).toEqual(['{{ $("Items").item.json.name }}']);
	});

	it.each([
		['={{ $json.text }}', 'undefined method for nil'],
		['=Alarm: {{ $json.text }}', 'undefined method for nil'],
		['=Alarm: {{ "" + ($json.title || $json.text) }}', 'null pointer in job 5'],
		['={{ $json.title ? "x" : "value undefined, null" }}', ''],
		['={{ $json.title ? "level 200 yes" : "level undefined now" }}', ''],
		['={{ "undefined in " + ($json.host ?? "all hosts") }}', ''],
		['=Um null Uhr: {{ "" + $json.text }}', 'NaN'],
	])('is not seen in an alarm that says so itself: %s', async (message, text) => {
		const [{ empty, problems }] = await hear(message, [{ text }]);
		expect({ empty, problems }).toEqual({ empty: [], problems: [] });
	});

	it('is found in a reply, by its own path', async () => {
		const [ann, bob] = await hear('Hi', [{ name: 'Ann' }, {}], '=Bye {{ $json.name }}');
		expect(ann.reply).toEqual([]);
		expect(bob.reply).toEqual(['{{ $json.name }}']);
	});

	it('costs nothing where the text shows that all gave something', async () => {
		const people = [{ first: 'Ann', last: 'Lee', day: '' }];
		const count = async (message: string) => (await hear(message, people))[0].asked;
		expect(await count('Hello')).toBe(0);
		expect(await count('=Hello {{ $json.first.trim() }} {{ $json.last.trim() }}!')).toBe(0);
		expect(await count('={{ "Hello " + $json.first }}')).toBe(0);
		expect(await count('={{ $json.first }}{{ $json.last }}, {{ $json.day }}')).toBe(0);
		expect(await count("=Hello {{ $json.title ?? '' }}{{ $json.title || '' }}")).toBe(0);
		expect(await count('=Hello {{ $json.day.trim() }}')).toBe(1);
		// Nor where the item shows that a field is missing.
		expect(await count('=Hello {{ $json.name }}, {{ $json.address.city }}')).toBe(0);
	});
});

describe('a Message that nobody can mean', () => {
	it.each([
		[
			'=Hello {{ $json.name }}, come on {{ $json.date }}',
			{},
			"Message `{{ $json.name }}`, `{{ $json.date }}` gave nothing. Check the name in the node before, or add ?? '' behind it where it may be empty",
		],
		[
			"=Hello {{ $json.customer.name ?? '' }}!",
			{},
			"Message `{{ $json.customer.name ?? '' }}` gave nothing. A field on the way to the last one is missing: check the names, or write ?. in place of each dot",
		],
		['={{ $json.name }}', { name: null }, /^Message `{{ \$json.name }}` gave nothing/],
		['={{ "Hello " + $json.name }}', {}, /^Message `{{ \$json.name }}` gave nothing/],
		[
			'=See {{ DateTime.fromISO($json.day) }}',
			{ day: '31.12.' },
			/^Message has "Invalid DateTime" in it.* It comes from `{{ DateTime.fromISO\(\$json.day\) }}`$/,
		],
		[
			'=On {{ new Date($json.day) }}',
			{ day: 'x' },
			/"Invalid Date".*`{{ new Date\(\$json.day\) }}`/,
		],
		['=On {{ DateTime.fromISO($json.day).toISO() }}', { day: 'x' }, /gave nothing/],
		['=Hello {{ $json.who }}', { who: { name: 'Ann' } }, /"\[object Object\]".*`{{ \$json.who }}`/],
		[
			'=Hello {{ $json.name.trim }}',
			{ name: 'Ann' },
			/program code.*Add \(\).*`{{ \$json.name.trim }}`/,
		],
		['=Hello {{ DateTime }}', {}, /program code/],
		['Hello {{ $json.n }}', { n: 1 }, /^Message still has "{{ \$json.n }}" in it/],
		[
			'={{ $json.template }}',
			{ template: 'Hi {{first_name}}' },
			/"{{first_name}}".*\$json.template/,
		],
		['={{ $json.who }}', { who: { name: 'Ann' } }, /^Message is of the type object/],
		['={{ $json.who }}', { who: ['Ann'] }, /^Message is a list/],
		['={{ $json.who }}', { who: true }, /^Message is of the type boolean/],
		['={{ $json.n * 2 }}', {}, /gave nothing/],
		// Words that the code made itself, glued to others or not.
		['={{ "Hi " + $json.names.find((n) => n.ok)?.name }}', { names: [{ name: 'Bob' }] }, /gave/],
		['={{ "Hi " + $json.s.split(" ")[1] }}', { s: 'Ann' }, /gave nothing/],
		[
			'={{ "Hi" + $json.first + $json.last }}',
			{},
			/`{{ \$json.first }}`, `{{ \$json.last }}` gave/,
		],
		['={{ "Total " + ($json.a + $json.b) }}', {}, /gave nothing/],
		['={{ "Total " + parseInt($json.a) + " euros" }}', { a: '€ 5' }, /gave nothing/],
		['={{ "Due in " + DateTime.fromISO($json.d).diffNow("days").days }}', { d: 'x' }, /gave/],
		['={{ "Due" + new Date($json.d) }}', { d: 'x' }, /has "Invalid Date" in it/],
		['={{ new Date($json.d) }}{{ $json.day }}', { d: 'x', day: 'Monday' }, /has "Invalid Date" in/],
		['={{ DateTime.fromISO($json.d) }}s', { d: 'x' }, /has "Invalid DateTime" in it/],
		['=Total {{ $json.a / $json.b }}', { a: 1, b: 0 }, /has "Infinity" in it.*`{{ \$json.a \/ /],
		['={{ "Total " + $json.a / $json.b }}', { a: -1, b: 0 }, /has "Infinity" in it/],
		[
			'=Total {{ ($json.a / $json.b).toLocaleString() }}',
			{ a: 1, b: 0 },
			/has "Infinity" in it.*toLocaleString/,
		],
		['=From {{ Math.min(...$json.l) }}', { l: [] }, /has "Infinity" in it.*`{{ Math.min/],
		['=Hello {{ $now.toISO }}', {}, /program code.*`{{ \$now.toISO }}`/],
		['=Hello {{ (x) => x }}', {}, /program code/],
		// Whatever makes n8n give nothing.
		['=Hi {{ $json.a.b.trim() }}', {}, /gave nothing/],
		['=Hi {{ $json.a ? $json.a : $json.b }}!', {}, /gave nothing/],
		['=Hi {{ $json.a || $json.b }}!', {}, /gave nothing/],
		['=Hi {{ /* the name */ $json.name }}!', {}, /gave nothing/],
		['=Hi {{ $json.name // the name\n}}!', {}, /gave nothing/],
		['=Hi {{\n$json\n.name\n}}!', {}, /`{{ \$json .name }}` gave nothing/],
		['=Hi {{ nope.x }}!', {}, /gave nothing/],
		['=Hi {{ JSON.parse($json.name) }}!', { name: 'Ann' }, /gave nothing/],
		['=Hi {{ (() => { throw new Error("x"); })() }}!', {}, /gave nothing/],
		["=Hi {{ $fromAI('name') }}!", {}, /gave nothing/],
		['=Hi {{ $json.s.match(/x/) }}!', { s: 'abc' }, /gave nothing/],
		['=Hi {{ Promise.resolve(1) }}!', {}, /gave nothing/],
		[
			'=予約は{{ DateTime.fromISO($json.d).toFormat("M月d日") }}です',
			{ d: 'x' },
			/Invalid DateTime/,
		],
		['=موعدك {{ DateTime.fromISO($json.d) }} شكرا', { d: 'x' }, /Invalid DateTime/],
		['={{ $json.a }} {{ $json.b }}', {}, /`{{ \$json.a }}`, `{{ \$json.b }}` gave nothing/],
	])('is refused, with what gave it: %s', async (message, person, problem) => {
		const [{ problems }] = await hear(message, [person as IDataObject]);
		expect(problems).toEqual([
			typeof problem === 'string' ? problem : expect.stringMatching(problem),
		]);
	});

	it.each([
		['=You have {{ $json.n }} new mails', { n: 0 }, 'You have 0 new mails'],
		['=Door open: {{ $json.is }}', { is: false }, 'Door open: false'],
		['=Hello {{ $json.name }}!', { name: '' }, 'Hello !'],
		["=Hello {{ $json.name ?? '' }}!", {}, 'Hello !'],
		['=For {{ $json.names }}', { names: ['Ann', 'Bob'] }, 'For Ann,Bob'],
		['={{ $json.n }}', { n: 5 }, 5],
		['=Hi {{ $json.isVip ? "dear" : "" }} {{ $json.name }}', { name: 'Ann' }, 'Hi  Ann'],
		['=Hi {{ $json.a || $json.b || "you" }}!', {}, 'Hi you!'],
		['=Hi {{ $json.name // the name\n}}!', { name: 'Ann' }, 'Hi Ann!'],
		['={{ "Frau " + $json.last.toLowerCase() }}', { last: 'Null' }, 'Frau null'],
		['={{ "annulliert von " + $json.last }}', { last: 'Ann' }, 'annulliert von Ann'],
		['={{ "Pool " + $json.pool }}', { pool: 'Infinity' }, 'Pool Infinity'],
		['=An {{ $json.l[0] }} of things', { l: ['∞'] }, 'An ∞ of things'],
		['={{ "Infinity pool " + $json.pool }}', { pool: 5 }, 'Infinity pool 5'],
		[
			'={{ "At: " + $json.e.split(" ").reverse().join(" ") }}',
			{ e: 'pointer null' },
			'At: null pointer',
		],
		['={{ "At: " + $input.all()[0].json.e }}', { e: 'null pointer' }, 'At: null pointer'],
		['={{ "At: " + $json.e.base64Decode() }}', { e: 'bnVsbCBqb2I=' }, 'At: null job'],
		['={{ "At: " + $json.e.replace("N", "n") }}', { e: 'Null job' }, 'At: null job'],
		['=Code {{ $json.code }}', { code: 'if (x) { y() } => z' }, 'Code if (x) { y() } => z'],
		['=Bad: {{ $json.e }}s', { e: 'Invalid Date' + 'Range' }, 'Bad: Invalid DateRanges'],
		[
			'=On {{ DateTime.fromISO($json.day).toFormat("d LLLL") }}',
			{ day: '2026-11-25' },
			'On 25 November',
		],
	])('is none of these: %s', async (message, person, text) => {
		const [heard] = await hear(message, [person as IDataObject]);
		expect(heard).toMatchObject({ text, problems: [] });
	});
});
