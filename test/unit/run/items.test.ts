import { NodeOperationError, type INode } from 'n8n-workflow';
import { toOutputs } from '../../../nodes/Voice2Phone/run/items';

const node = (type: string, settings: Partial<INode> = {}): INode => ({
	id: '1',
	name: 'Voice2Phone',
	type,
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
	...settings,
});
const failed = (of: INode, itemIndex: number) => ({
	error: new NodeOperationError(of, 'The key was refused', {
		description: 'Check the key.',
		itemIndex,
	}),
});

describe('the items that come out', () => {
	it('say to an agent once what to do, though many failed for one reason', () => {
		const tool = node('n8n-nodes-voice2phone.voice2PhoneTool');
		const [items] = toOutputs(
			tool,
			[0, 1, 2].map((index) => failed(tool, index)),
			1,
		);
		expect(items.map(({ error }) => error?.message)).toEqual([
			'The key was refused. Check the key.',
			'The key was refused',
			'The key was refused',
		]);
	});

	it('go, when they failed, to the output where they do the least harm', () => {
		const plain = node('n8n-nodes-voice2phone.voice2Phone', { onError: 'continueRegularOutput' });
		const outputs = toOutputs(plain, [failed(plain, 0)], 2, 1);
		expect(outputs.map(({ length }) => length)).toEqual([0, 1]);
	});

	it('belong to an output that is there, or the node says so in words', () => {
		const plain = node('n8n-nodes-voice2phone.voice2Phone');
		const outcome = { result: { json: { CallId: 'a' }, output: 5 } };
		expect(() => toOutputs(plain, [outcome], 3)).toThrow(/Item 0 belongs to output 5/);
	});
});
