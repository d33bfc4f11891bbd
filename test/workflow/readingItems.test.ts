import {
	WorkflowExpression,
	type IDataObject,
	type IExecuteFunctions,
	type INodeType,
} from 'n8n-workflow';
import { ItemParameters, SharedParameters } from '../../nodes/Voice2Phone/guards/itemParameters';
import { useEngine } from '../support/engine';
import { items, linear, manualTrigger, node, voice2Phone } from '../support/workflow';

/** A value as text that tells types, or the error. */
function told(read: () => unknown): string {
	try {
		const value = read();
		return `${typeof value} ${Object.is(value, -0) ? '-0' : JSON.stringify(value)}`;
	} catch (error) {
		return `${(error as Error).name}: ${(error as Error).message}`;
	}
}

/** Reads Message as the node does, and as n8n does; calls nobody. */
const compare: INodeType = {
	description: {
		displayName: 'Compare',
		name: 'compare',
		group: ['output'],
		version: 1,
		description: '',
		defaults: { name: 'Compare' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [{ displayName: 'Message', name: 'message', type: 'string', default: '' }],
	},
	async execute(this: IExecuteFunctions) {
		let asked = 0;
		const counting = Object.create(this, {
			getNodeParameter: {
				value: (path: string, item: number, usual: string) => {
					asked++;
					return this.getNodeParameter(path, item, usual);
				},
			},
		}) as IExecuteFunctions;
		const shared = new SharedParameters(counting);
		const compared = this.getInputData().map((_, item) => {
			asked = 0;
			const read = told(() => new ItemParameters(shared, item).parameter('message', ''));
			const json = { read, asked, right: told(() => this.getNodeParameter('message', item, '')) };
			return { json, pairedItem: { item } };
		});
		return [compared];
	},
};

const bed = useEngine({ nodeTypes: { 'test.compare': compare } });

async function read(message: string, people: IDataObject[]) {
	const step = node('test.compare', 1, 'Compare', { message });
	const result = await bed.engine.run(linear(manualTrigger(), items(people), step));
	if (result.error) throw result.error;
	return result.output('Compare').map(({ json }) => json);
}

const VALUES: unknown[] = [
	...['Ann', '', ' ', 'a\\b\\\\c', '$& $1 $$', '{{ $json.w }}', '={{ 1 }}', '=1'],
	...['"quoted" \'too\' `and` ${this}', 'line\nline', '\r\n\t', 'Zoë 👋🏽', '\ud83d', '\u2028'],
	...['true', 'null', '12', 'undefined', '__proto__', '[object Object]', '</script>'],
	...[0, -0, 7, -3, 2 ** 53 - 1, 2 ** 53 + 2, 1e21, 0.1, -1.5],
	...[true, false, null, undefined, [], ['Ann'], [[1]], {}, { v: 'Ann' }, { length: 1 }],
];

const WRITINGS = [
	'={{ $json.v }}',
	'={{$json["v"]}}',
	'= {{ $json.v }}',
	'=Hello {{ $json.v }}',
	'=Hello {{ $json.v }}, {{ $json.w }}{{ $json.v }}!\nBye "now", it\'s ${time} `{}` $& }',
	'=Hello {{ $json?.v }} {{ $json.nest.v }}{{ $json.list[0].v }}',
	'=Hello {{ $json.nest?.["v"] }}',
	'=Hello {{ $json.v.length }}',
	'=Hello {{ $json.list.length }}',
	'=Hello {{ $json.v.v }}{{ $json.v[0] }}',
	'=Hello {{ $json.list["0"].v }}',
	'=Hello {{ $json.v.trim() }}',
	'=Hello {{ $json.v ?? "you" }}',
	'=Hello {{ $json.constructor }}',
	'=Hello {{ $json["constructor"] }}',
	'=Hello {{ $json.__proto__ }}',
	'=Hello {{ $json.toString }}',
	'=Ask Mr. constructor: {{ $json.v }}',
	'=C:\\temp is full: {{ $json.v }}',
	'=C:\\\\temp is full: {{ $json.v }}',
	'=Hello \\{{ $json.v }}',
	'=Hello {{ $json.v',
	'=Hello {{ $json.v }} }}',
	'=Hello {{ {{ $json.v }} }}',
	'=Hello {{ }} {{ $json.v }}',
	'=Hello {{ $json.v; }}',
	'=Hello {{ $json.v // the name }}',
	'=Hello {{ $JSON.v }}',
	'=Hello {{ $itemIndex }}{{ $json.v }}',
	'=Hello',
	'Hello {{ $json.v }}',
];

describe('a parameter of one of many items', () => {
	it.each(WRITINGS)('is what n8n makes of it: %s', async (message) => {
		const itemOf = (v: unknown): IDataObject => {
			const own = v === undefined ? {} : { v };
			return { ...own, w: 'Monday', nest: own, list: [own], constructor: 'Ann' } as IDataObject;
		};
		// What was seen of an item must hold for those behind it, whatever came first.
		for (const first of ['Ann', 7, null]) {
			const people = [first, ...VALUES].map(itemOf);
			for (const { read: own, right } of await read(message, people)) expect(own).toBe(right);
		}
	});

	it('is asked of n8n once where all its expressions are fields that hold text', async () => {
		const people = ['Ann', 'Bob', 'Cem'].map((name) => ({ name, day: 'Monday' }));
		const asked = async (message: string) =>
			(await read(message, people)).map((each) => Number(each.asked));
		expect(await asked('={{ $json.name }}')).toEqual([1, 0, 0]);
		expect(await asked('=Hello {{ $json.name }}, come on {{ $json["day"] }}.')).toEqual([1, 0, 0]);
		expect(await asked('=Hello {{ $json.name.trim() }}')).toEqual([1, 1, 1]);
		expect(await asked('Hello')).toEqual([1, 0, 0]);
	});

	it('is asked of n8n for an item whose field is missing, and for the first of another type', async () => {
		const people = [{}, { v: 'Ann' }, {}, { v: 'Bob' }, { v: 5 }, { v: 6 }];
		const asked = (await read('={{ $json.v }}', people)).map((each) => each.asked);
		expect(asked).toEqual([1, 1, 1, 0, 1, 0]);
	});
});

describe('A Stop', () => {
	afterEach(() => jest.restoreAllMocks());

	it('ends also the reading of the items, of which none is called', async () => {
		const people = Array.from({ length: 1000 }, (_, index) => ({ phone: 4255550000 + index }));
		const expressions = WorkflowExpression.prototype;
		const evaluate = expressions.resolveSimpleParameterValue;
		let evaluated = 0;
		const counting = jest.spyOn(expressions, 'resolveSimpleParameterValue');
		counting.mockImplementation(function (this: WorkflowExpression, ...given) {
			if (++evaluated === 10) running.cancel();
			return evaluate.apply(this, given);
		});
		const calling = voice2Phone({
			operation: 'makeCall',
			countryCode: 'US',
			phoneNumber: '={{ $json.phone }}',
			message: '=Hello {{ $json.phone % 7 }}',
		});
		const running = bed.engine.start(linear(manualTrigger(), items(people), calling));
		expect((await running.finished).status).toBe('canceled');
		expect(evaluated).toBeLessThan(people.length);
		expect(bed.simulator.requests).toEqual([]);
	});
});
