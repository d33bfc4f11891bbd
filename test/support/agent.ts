/** n8n's AI agents without their models: both ways in which n8n runs a tool, with the arguments that a test wants. */
import { resolve } from 'node:path';
import {
	deepCopy,
	type EngineRequest,
	type EngineResponse,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type NodeOutput,
} from 'n8n-workflow';
import { nodeParameters } from './parameters';
import {
	items,
	linear,
	manualTrigger,
	node,
	type NodeSettings,
	type WorkflowJson,
} from './workflow';

const TOOL = 'n8n-nodes-voice2phone.voice2PhoneTool';
const REVIEW = 'n8n-nodes-voice2phone.voice2PhoneHitlTool';

/** The arguments of each call of the tool, one after the other; of several at the same time in a list, in the older agent. */
type Turns = Array<IDataObject | IDataObject[]>;

/** What one call of the tool came to, as the model would be told. */
export type ToolResult = { said: IDataObject } | { refused: string };

const agentDescription = (name: string): INodeType['description'] => ({
	displayName: name,
	name,
	group: ['transform'],
	version: 1,
	description: '',
	defaults: { name },
	inputs: ['main', { type: 'ai_tool' }] as never,
	outputs: ['main'],
	properties: [{ displayName: 'Turns', name: 'turns', type: 'json', default: '[]' }],
});

const turnsOf = (context: IExecuteFunctions): Turns =>
	JSON.parse(context.getNodeParameter('turns', 0) as string) as Turns;

/** The newest agent (3.x): n8n's engine runs the tools as nodes. */
const newAgent: INodeType = {
	description: agentDescription('newAgent'),
	async execute(this: IExecuteFunctions, response?: EngineResponse): Promise<NodeOutput> {
		const metadata = (response?.metadata ?? { results: [] }) as { results: ToolResult[] };
		const results = metadata.results ?? [];
		for (const { data } of response?.actionResponses ?? []) {
			const json = data?.data?.ai_tool?.[0]?.[0]?.json;
			results.push(
				data?.error ? { refused: data.error.message } : resultOf(json?.response ?? json ?? null),
			);
		}
		const next = turnsOf(this)[results.length];
		if (next === undefined) return [[{ json: { results: results as never } }]];
		const action = {
			actionType: 'ExecutionNodeAction',
			nodeName: 'Call Customer',
			input: next,
			type: 'ai_tool',
			id: `call_${results.length}`,
			metadata: { itemIndex: 0 },
		};
		return { actions: [action], metadata: { results } } as unknown as EngineRequest;
	},
};

/** An older agent: it runs its tools itself, with each try in a run of its own. */
const oldAgent: INodeType = {
	description: agentDescription('oldAgent'),
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const call = async (turn: IDataObject): Promise<ToolResult> => {
			// Without the check of types that LangChain makes: a model that is attacked may get round it.
			const [tool] = (await this.getInputConnectionData('ai_tool', 0)) as Array<{
				func(turn: IDataObject): Promise<string>;
			}>;
			try {
				return resultOf(JSON.parse(await tool.func(turn)));
			} catch (error) {
				return { refused: (error as Error).message };
			}
		};
		const results: ToolResult[] = [];
		for (const turn of turnsOf(this)) results.push(...(await Promise.all([turn].flat().map(call))));
		return [[{ json: { results: results as never } }]];
	},
};

function resultOf(response: unknown): ToolResult {
	const [json] = [response].flat() as IDataObject[];
	const error = json?.error as string | undefined;
	return error ? { refused: error } : { said: json ?? {} };
}

/** Our node as n8n offers it to agents (`convertNodeToAiTool` of n8n 2.40). It has to be built. */
function nodeAs(changes: Partial<INodeType['description']>, operation?: string): INodeType {
	const path = resolve(__dirname, '../../dist/nodes/Voice2Phone/Voice2Phone.node.js');
	const { Voice2Phone } = jest.requireActual<{ Voice2Phone: new () => INodeType }>(path);
	const ours = new Voice2Phone();
	const description = deepCopy(ours.description);
	if (!description.usableAsTool) throw new Error('n8n offers this node to no agent');
	Object.assign(description, changes);
	for (const property of description.properties) {
		if (operation && property.name === 'operation') property.default = operation;
	}
	return Object.assign(Object.create(ours) as INodeType, { description });
}

export const agentNodes = (): Record<string, INodeType> => ({
	'test.newAgent': newAgent,
	'test.oldAgent': oldAgent,
	[TOOL]: nodeAs({ name: 'voice2PhoneTool', inputs: [], outputs: ['ai_tool'] }),
	// n8n runs a review as a node whose item holds what the agent wants (`convertNodeToHitlTool`).
	[REVIEW]: nodeAs({ name: 'voice2PhoneHitlTool' }, 'sendAndWait'),
});

export const AGENTS = ['newAgent', 'oldAgent'] as const;

/** A workflow in which an agent calls its tool with these arguments, in turns; `json` is the item that it works on. */
export function agentWorkflow(
	agent: (typeof AGENTS)[number],
	turns: Turns,
	parameters: INodeParameters,
	{ json = {}, ...settings }: NodeSettings & { json?: IDataObject } = {},
): WorkflowJson {
	const turnsJson = JSON.stringify(turns);
	const workflow = linear(
		manualTrigger(),
		items([json]),
		node(`test.${agent}`, 1, 'Agent', { turns: turnsJson }),
	);
	const ours = node(TOOL, 1, 'Call Customer', nodeParameters(parameters), {
		credentials: { voice2PhoneApi: { id: '1', name: 'Voice2Phone account' } },
		...settings,
	});
	workflow.nodes.push(...ours.nodes);
	workflow.connections['Call Customer'] = {
		ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]],
	};
	return workflow;
}

/**
 * A workflow in which a human review is asked for these uses of a tool; each is an item as n8n makes it: the
 * arguments of the model over the fields of the item that the agent works on.
 */
export const reviewWorkflow = (
	uses: IDataObject[],
	parameters: INodeParameters,
	json: IDataObject = {},
): WorkflowJson =>
	linear(
		manualTrigger(),
		items([json]),
		items(
			uses.map((use) => ({ ...json, ...use })),
			{ name: 'Uses' },
		),
		node(REVIEW, 1, 'Ask by Phone', nodeParameters(parameters), {
			credentials: { voice2PhoneApi: { id: '1', name: 'Voice2Phone account' } },
		}),
	);
