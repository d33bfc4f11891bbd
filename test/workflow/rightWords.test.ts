import { DateTime } from 'luxon';
import type { IDataObject, IExecuteFunctions, INodeType } from 'n8n-workflow';
import { useEngine } from '../support/engine';
import { linear, manualTrigger, node, voice2Phone, type NodeSettings } from '../support/workflow';

/*
 * What an expression in a Message may give, in the ways in which people write it, under each setting of "On
 * Error": where nobody can mean the text, no request is sent for the item; elsewhere the text is sent as n8n makes it.
 */

/** The values of the field `v`, and of `nest.v`; `missing` has none, and `no parent` has no `nest` either. */
const VALUES: Record<string, unknown> = {
	missing: undefined,
	'no parent': undefined,
	null: null,
	'an empty text': '',
	zero: 0,
	false: false,
	'a text': 'Ann',
	'a list': ['Ann', 'Bob'],
	'an object': { first: 'Ann' },
	'a date': new Date('2026-11-25T10:00:00Z'),
	'no date': new Date('x'),
	'a time': DateTime.fromISO('2026-11-25T10:00:00Z', { zone: 'utc' }),
	'no time': DateTime.fromISO('x'),
	'a function': function greet() {
		return 'Ann';
	},
};
const NAMES = Object.keys(VALUES);
const NOTHING = ['missing', 'no parent', 'null'];
const FALSE = ['an empty text', 'zero', 'false'];
const NEVER = ['an object', 'no date', 'no time', 'a function'];

/** How people write it, and the values with which nobody can mean it; with all others the text is sent. */
const WAYS: Array<[message: string, refused: string[]]> = [
	['=Hello {{ $json.v }}, come on {{ $json.day }}', [...NOTHING, ...NEVER]],
	['={{ $json.v }}{{ $json.day }}', [...NOTHING, ...NEVER]],
	['={{ $json.day }}{{ $json.v }}', [...NOTHING, ...NEVER]],
	["=Hello {{ $json['v'] }}!", [...NOTHING, ...NEVER]],
	['=Hello {{ $json.nest.v }}!', [...NOTHING, ...NEVER]],
	['=Hello {{ $json.nest?.v }}!', [...NOTHING, ...NEVER]],
	['=Hello {{\n\t$json.v // who\n}}!', [...NOTHING, ...NEVER]],
	['=Hello {{ $("Values").item.json.v }}!', [...NOTHING, ...NEVER]],
	['=Hello {{ $input.item.json.v }}!', [...NOTHING, ...NEVER]],
	['=Hello {{ $json.v.toString() }}!', [...NOTHING, ...NEVER]],
	['=Hello {{ $json.v ? $json.v : $json.w }}!', [...NOTHING, ...FALSE, ...NEVER]],
	["=Hello {{ $json.v ?? '' }}!", NEVER],
	["=Hello {{ $json.v || 'you' }}!", NEVER],
	["=Hello {{ $json.v ? $json.v : 'you' }}!", NEVER],
	["=Hello {{ $json.nest.v ?? '' }}!", ['no parent', ...NEVER]],
	['={{ "Hello " + $json.v }}', [...NOTHING, ...NEVER]],
	['={{ "Hello" + $json.v + $json.day }}', [...NOTHING, ...NEVER]],
	['={{ `Hello ${$json.v}!` }}', [...NOTHING, ...NEVER]],
	['=Hello {{ String($json.v) }}!', [...NOTHING, ...NEVER]],
	['Hello {{ $json.v }}!', NAMES],
	['Hello', []],
	// What is no text is refused by its type, and n8n itself gives no function out.
	['={{ $json.v }}', NAMES.filter((name) => !['zero', 'a text'].includes(name))],
];

const phoneOf = (name: string) => `+1425555${String(100 + NAMES.indexOf(name)).padStart(4, '0')}`;

const values: INodeType = {
	description: {
		displayName: 'Values',
		name: 'values',
		group: ['output'],
		version: 1,
		description: '',
		defaults: { name: 'Values' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [{ displayName: 'Names', name: 'names', type: 'json', default: '[]' }],
	},
	async execute(this: IExecuteFunctions) {
		const names = JSON.parse(this.getNodeParameter('names', 0) as string) as string[];
		return [
			names.map((name) => {
				const own = VALUES[name] === undefined ? {} : { v: VALUES[name] };
				const nest = name === 'no parent' ? {} : { nest: own };
				const json = { ...own, ...nest, name, day: 'Monday', phone: phoneOf(name) };
				return { json: json as IDataObject, pairedItem: { item: 0 } };
			}),
		];
	},
};

/** Adds what n8n makes of the whole parameter to each item. */
const resolve: INodeType = {
	description: {
		...values.description,
		name: 'resolve',
		properties: [{ displayName: 'Message', name: 'message', type: 'string', default: '' }],
	},
	async execute(this: IExecuteFunctions) {
		const resolved = this.getInputData().map(({ json }, item) => {
			let text = '';
			try {
				text = String(this.getNodeParameter('message', item));
			} catch {
				// n8n refuses to make a text of it.
			}
			return { json: { ...json, text }, pairedItem: { item } };
		});
		return [resolved];
	},
};

const bed = useEngine({ nodeTypes: { 'test.values': values, 'test.resolve': resolve } });

/** Calls all of them with this message, and looks at what n8n itself makes of it. */
async function call(message: string, names: string[], settings: NodeSettings = {}) {
	const step = voice2Phone(
		{
			operation: 'makeCall',
			countryCode: 'auto',
			phoneNumber: '={{ $json.phone }}',
			message,
			options: { callsPerSecond: 0 },
		},
		settings,
	);
	const feed = node('test.values', 1, 'Values', { names: JSON.stringify(names) });
	const reference = node('test.resolve', 1, 'Resolve', { message });
	const result = await bed.engine.run(linear(manualTrigger(), feed, reference, step));
	const texts = result.output('Resolve').map(({ json: { name, text } }) => [name, text]);
	return { result, texts: Object.fromEntries(texts) as Record<string, string> };
}

/** What was heard by whom. */
const heard = () =>
	Object.fromEntries(
		NAMES.flatMap((name) =>
			bed.simulator.acceptedCalls(phoneOf(name)).map(({ message }) => [name, message]),
		),
	) as Record<string, string>;

describe.each(WAYS)('The message %s', (message, refused) => {
	const meant = NAMES.filter((name) => !refused.includes(name));
	const spokenTexts = (texts: Record<string, string>) =>
		Object.fromEntries(meant.map((name) => [name, texts[name].trim()]));

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'calls those whom it is meant for, and makes errors of the others: %s',
		async (onError) => {
			const { result, texts } = await call(message, NAMES, { onError });
			expect(heard()).toEqual(spokenTexts(texts));
			expect(bed.simulator.requests).toHaveLength(meant.length);
			const [output, errors] = [0, 1].map((index) => result.output('Voice2Phone', index));
			const failed =
				onError === 'continueErrorOutput' ? errors : output.filter(({ json }) => json.error);
			expect(failed).toHaveLength(refused.length);
			for (const { json } of failed) expect(json.error).toMatch(/^Item \d+: Message /);
		},
	);

	it('calls nobody as long as one item is wrong, where it stops', async () => {
		const { result } = await call(message, NAMES);
		if (refused.length > 0) {
			expect(bed.simulator.requests).toEqual([]);
			expect(result.error?.message).toMatch(
				/Message |items have wrong parameters, so nobody was called/,
			);
			return;
		}
		expect(bed.simulator.requests).toHaveLength(NAMES.length);
	});

	it('calls all of those whom it is meant for, where it stops', async () => {
		if (meant.length === 0) return;
		const { texts } = await call(message, meant);
		expect(heard()).toEqual(spokenTexts(texts));
		expect(bed.simulator.requests).toHaveLength(meant.length);
	});
});
