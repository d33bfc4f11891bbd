import type {
	AssignmentCollectionValue,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { deepCopy, jsonParse } from 'n8n-workflow';

/*
 * Small stand-ins for n8n's own nodes, which come with the whole of n8n only. They do what the tests need
 * in the way the originals do it, so that a workflow built on them can be pasted into an editor.
 */

const describe = (
	name: string,
	version: number,
	properties: INodeProperties[] = [],
	outputs: INodeTypeDescription['outputs'] = ['main'],
): INodeTypeDescription => ({
	displayName: name,
	name,
	group: name.endsWith('Trigger') ? ['trigger'] : ['transform'],
	version,
	description: '',
	defaults: { name },
	inputs: name.endsWith('Trigger') ? [] : ['main'],
	outputs,
	properties,
});

async function passThrough(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return [this.getInputData()];
}

const manualTrigger: INodeType = {
	description: describe('manualTrigger', 1),
	execute: passThrough,
};

const executeWorkflowTrigger: INodeType = {
	description: describe('executeWorkflowTrigger', 1.1),
	execute: passThrough,
};
const stickyNote: INodeType = { description: describe('stickyNote', 1), execute: passThrough };

const noOp: INodeType = { description: describe('noOp', 1), execute: passThrough };

const items: INodeType = {
	description: describe('items', 1, [
		{ displayName: 'Items', name: 'items', type: 'json', default: '[]' },
	]),
	async execute(this: IExecuteFunctions) {
		const data = jsonParse<IDataObject[]>(this.getNodeParameter('items', 0) as string);
		return [data.map((json) => ({ json, pairedItem: { item: 0 } }))];
	},
};

const editFields: INodeType = {
	description: describe('set', 3.4, [
		{ displayName: 'Mode', name: 'mode', type: 'string', default: 'manual' },
		{ displayName: 'JSON', name: 'jsonOutput', type: 'json', default: '{}' },
		{
			displayName: 'Fields to Set',
			name: 'assignments',
			type: 'assignmentCollection',
			default: {},
		},
	]),
	async execute(this: IExecuteFunctions) {
		const edited = this.getInputData().map((_, item): INodeExecutionData => {
			const isJson = this.getNodeParameter('mode', item) === 'raw';
			return { json: isJson ? jsonOf(this, item) : fieldsOf(this, item), pairedItem: { item } };
		});
		return [edited];
	},
};

function jsonOf(node: IExecuteFunctions, item: number): IDataObject {
	const value = node.getNodeParameter('jsonOutput', item) as string | IDataObject;
	return typeof value === 'string' ? jsonParse<IDataObject>(value) : value;
}

/** The original also changes the values into the types that the fields say; here they stay as they are. */
function fieldsOf(node: IExecuteFunctions, item: number): IDataObject {
	const { assignments = [] } = node.getNodeParameter(
		'assignments',
		item,
	) as AssignmentCollectionValue;
	return Object.fromEntries(
		assignments.map(({ name, value }) => [name, value as IDataObject[string]]),
	);
}

/**
 * Loop Over Items. It lives in the node context, as the original does: the items that wait, and those
 * that came back, which leave through the first output when none waits any more.
 */
const loopOverItems: INodeType = {
	description: describe(
		'splitInBatches',
		3,
		[{ displayName: 'Batch Size', name: 'batchSize', type: 'number', default: 1 }],
		['main', 'main'],
	),
	async execute(this: IExecuteFunctions) {
		const context = this.getContext('node') as {
			waiting?: INodeExecutionData[];
			processed: INodeExecutionData[];
		};
		// The items of a later batch did not come in with the run that sends them on: each says its source.
		const sourceOverwrite = deepCopy(this.getInputSourceData());
		const incoming = this.getInputData().map((item, index) => ({
			...item,
			pairedItem: { item: index, sourceOverwrite },
		}));
		if (context.waiting === undefined) {
			context.waiting = incoming;
			context.processed = [];
		} else {
			context.processed.push(...incoming);
		}
		const batch = context.waiting.splice(0, this.getNodeParameter('batchSize', 0) as number);
		return batch.length > 0 ? [[], batch] : [context.processed, []];
	},
};

/** By full type name, as it stands in a workflow. */
export const baseNodes: Readonly<Record<string, INodeType>> = {
	'n8n-nodes-base.executeWorkflowTrigger': executeWorkflowTrigger,
	'n8n-nodes-base.manualTrigger': manualTrigger,
	'n8n-nodes-base.noOp': noOp,
	'n8n-nodes-base.set': editFields,
	'n8n-nodes-base.splitInBatches': loopOverItems,
	'n8n-nodes-base.stickyNote': stickyNote,
	'test.items': items,
};
