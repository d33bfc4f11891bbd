import type {
	IConnections,
	IDataObject,
	INode,
	INodeParameters,
	IPinData,
	IWorkflowSettings,
} from 'n8n-workflow';
import { nodeParameters } from './parameters';

/** What the editor's "Download" writes: the workflow runner takes it as it is. */
export interface WorkflowJson {
	name?: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
	pinData?: IPinData;
}

/** What the "Settings" tab of a node holds, its name and its credentials. */
export type NodeSettings = Partial<
	Pick<
		INode,
		| 'name'
		| 'onError'
		| 'retryOnFail'
		| 'maxTries'
		| 'waitBetweenTries'
		| 'alwaysOutputData'
		| 'executeOnce'
		| 'disabled'
		| 'credentials'
	>
>;

interface Output {
	node: string;
	index: number;
}

interface Link {
	from: Output;
	to: string;
}

/** A piece of a workflow with one entry and one exit: a node, a loop, a node with a side branch. */
export interface Step {
	nodes: INode[];
	links: Link[];
	input: string;
	output: Output;
}

/**
 * A single node; the functions below name the usual ones. `waitBetweenTries` is 1 ms unless it is set:
 * n8n takes 0 for "not set" and waits a second.
 */
export function node(
	type: string,
	typeVersion: number,
	name: string,
	parameters: INodeParameters,
	settings: NodeSettings = {},
): Step {
	const definition: INode = {
		id: settings.name ?? name,
		name,
		type,
		typeVersion,
		position: [0, 0],
		parameters,
		...(settings.retryOnFail && { waitBetweenTries: 1 }),
		...settings,
	};
	return {
		nodes: [definition],
		links: [],
		input: definition.name,
		output: { node: definition.name, index: 0 },
	};
}

export const manualTrigger = (settings?: NodeSettings): Step =>
	node('n8n-nodes-base.manualTrigger', 1, 'Manual Trigger', {}, settings);

/** Outputs these items, whatever comes in. */
export const items = (data: IDataObject[], settings?: NodeSettings): Step =>
	node('test.items', 1, 'Items', { items: JSON.stringify(data) }, settings);

/**
 * Edit Fields in its JSON mode: one item out for each item in.
 *
 * @param json the new item's JSON as text, or an expression, evaluated for each item
 */
export const editFields = (json: string, settings?: NodeSettings): Step =>
	node('n8n-nodes-base.set', 3.4, 'Edit Fields', { mode: 'raw', jsonOutput: json }, settings);

export const noOp = (settings?: NodeSettings): Step =>
	node('n8n-nodes-base.noOp', 1, 'No Operation', {}, settings);

/** The node of this package, with a credential selected; its options flat, as `nodeParameters` takes them. */
export const voice2Phone = (parameters: INodeParameters, settings?: NodeSettings): Step =>
	node('n8n-nodes-voice2phone.voice2Phone', 1, 'Voice2Phone', nodeParameters(parameters), {
		credentials: { voice2PhoneApi: { id: '1', name: 'Voice2Phone account' } },
		...settings,
	});

/** Loop Over Items around these steps; what follows gets all items when the loop is done. */
export function loopOverItems(
	body: Step[],
	{ batchSize = 1, name = 'Loop Over Items' } = {},
): Step {
	const loop = node('n8n-nodes-base.splitInBatches', 3, name, { batchSize });
	const { links, end } = chain({ node: name, index: 1 }, body);
	return {
		nodes: [...loop.nodes, ...body.flatMap((step) => step.nodes)],
		links: [...links, { from: end, to: name }],
		input: name,
		output: { node: name, index: 0 },
	};
}

/** A step with further steps behind one of its outputs, for example the error output. */
export function withBranch(step: Step, outputIndex: number, ...branch: Step[]): Step {
	const { links } = chain({ node: step.output.node, index: outputIndex }, branch);
	return {
		...step,
		nodes: [...step.nodes, ...branch.flatMap(({ nodes }) => nodes)],
		links: [...step.links, ...links],
	};
}

/** A workflow of these steps, each connected to the next. */
export function linear(first: Step, ...rest: Step[]): WorkflowJson {
	const nodes = [first, ...rest].flatMap((step) => step.nodes);
	const names = nodes.map(({ name }) => name);
	const repeated = names.find((name, index) => names.indexOf(name) !== index);
	if (repeated) throw new Error(`Two nodes are named "${repeated}": give one another name.`);

	const connections: IConnections = {};
	for (const { from, to } of [...first.links, ...chain(first.output, rest).links]) {
		const outputs = ((connections[from.node] ??= {}).main ??= []);
		while (outputs.length <= from.index) outputs.push(null);
		(outputs[from.index] ??= []).push({ node: to, type: 'main', index: 0 });
	}
	nodes.forEach((definition, index) => (definition.position = [index * 200, 0]));
	return { nodes, connections };
}

/** The links that lead from an output through the steps, theirs included, and the last step's output. */
function chain(from: Output, steps: Step[]): { links: Link[]; end: Output } {
	const links: Link[] = [];
	let end = from;
	for (const step of steps) {
		links.push(...step.links, { from: end, to: step.input });
		end = step.output;
	}
	return { links, end };
}
