/* Asks guards about items without n8n's engine: n8n's own expressions, and its store in memory. So it takes milliseconds. */
import { createEmptyRunExecutionData, Workflow } from 'n8n-workflow';
import type {
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeParameters,
	INodeTypes,
} from 'n8n-workflow';
import {
	AUTO_DETECT,
	parsePhone,
	type Phone,
} from '../../nodes/Voice2Phone/core/numbers/phoneNumber';
import type { CallToGuard, Guard, Verdict } from '../../nodes/Voice2Phone/guards/guard';
import { ItemParameters, SharedParameters } from '../../nodes/Voice2Phone/guards/itemParameters';
import { optionsOf } from './parameters';
import { helpersAt, ProcessedData } from './processedData';

/** A node in the editor, and the items that come in. */
export interface NodeOfTest {
	/** Flat, as a test names them. */
	options?: INodeParameters;
	/** All that stands beside the options. */
	parameters?: INodeParameters;
	/** One empty item, if it does not matter. */
	items?: IDataObject[];
	/** Of the workflow. */
	timezone?: string;
	/** What n8n remembers over executions; all nodes that share it are of one workflow. */
	store?: ProcessedData;
	nodeId?: string;
}

/** One run of a node, as its guards see it. */
export class GuardedRun {
	/** How often n8n was asked for a parameter, and to evaluate an expression alone: about a millisecond each. */
	readings = 0;

	evaluations = 0;

	/** What n8n keeps with the execution. */
	readonly kept: IDataObject = {};

	readonly context: IExecuteFunctions;

	private readonly shared: SharedParameters;

	constructor({
		options = {},
		parameters = {},
		items = [{}],
		timezone = 'UTC',
		store = new ProcessedData(),
		nodeId = 'node',
	}: NodeOfTest) {
		const node: INode = {
			id: nodeId,
			name: 'Voice2Phone',
			type: 'voice2Phone',
			typeVersion: 1,
			position: [0, 0],
			parameters: { ...parameters, options: optionsOf(options) },
		};
		this.context = this.contextOf(node, items, timezone, store);
		this.shared = new SharedParameters(this.context);
	}

	item(itemIndex = 0): ItemParameters {
		return new ItemParameters(this.shared, itemIndex);
	}

	/** What a guard makes of an item that rings a number; the guard's words with the label before them. */
	asks(guard: Guard, call: CallOfTest, itemIndex = 0) {
		const item = this.item(itemIndex);
		const check = guard.read(item, callOf(call));
		return {
			check,
			get problems() {
				return problemsOf(item);
			},
			get hints() {
				return hintsOf(item);
			},
		};
	}

	private contextOf(node: INode, items: IDataObject[], timezone: string, store: ProcessedData) {
		const workflow = new Workflow({
			id: workflowOf(store),
			nodes: [node],
			connections: {},
			active: false,
			nodeTypes: { getByNameAndVersion: () => undefined } as unknown as INodeTypes,
			settings: { timezone },
		});
		const input = items.map((json, item) => ({ json, pairedItem: { item } }));
		const execution = createEmptyRunExecutionData();
		const evaluate = (value: unknown, itemIndex: number): unknown =>
			workflow.expression.getParameterValue(
				value as string,
				execution,
				0,
				itemIndex,
				node.name,
				input,
				'manual',
				{},
			);
		const where = { workflow, node } as never;
		return {
			getNode: () => structuredClone(node),
			getWorkflow: () => ({ id: workflow.id }),
			getInputData: () => input,
			getTimezone: () => workflow.timezone,
			getContext: () => this.kept,
			getNodeParameter: (
				path: string,
				itemIndex: number,
				usual: unknown,
				options?: { rawExpressions?: boolean },
			) => {
				this.readings++;
				const raw = valueAt(node.parameters, path) ?? usual;
				return options?.rawExpressions ? raw : evaluate(raw, itemIndex);
			},
			evaluateExpression: (expression: string, itemIndex: number) => {
				this.evaluations++;
				return evaluate(`=${expression}`, itemIndex);
			},
			helpers: helpersAt(store, where),
		} as unknown as IExecuteFunctions;
	}
}

/** The node keeps a little of each workflow in its memory, so each store has a workflow of its own. */
function workflowOf(store: ProcessedData): string {
	if (!workflows.includes(store)) workflows.push(store);
	return `workflow ${workflows.indexOf(store)}`;
}

const workflows: ProcessedData[] = [];

/** Whom an item rings: a number, and what is not usual about it. */
export type CallOfTest = string | ({ number: string } & Partial<CallToGuard>);

export function callOf(call: CallOfTest): CallToGuard {
	const { number, ...unusual } = typeof call === 'string' ? { number: call } : call;
	const phone = phoneOf(number);
	return { phone, intended: phone, isTest: false, isChosenByAgent: false, ...unusual };
}

/** @throws when it is none */
export function phoneOf(number: string): Phone {
	const parsed = parsePhone(number, AUTO_DETECT, { check: 'lengthsOnly' });
	if (!parsed.ok) throw new Error(`${number} ${parsed.reason}`);
	return parsed.phone;
}

export const problemsOf = ({ problems }: ItemParameters): string[] =>
	problems.map(({ field, reason }) => `${field} ${reason}`);

export const hintsOf = ({ hints }: ItemParameters): string[] =>
	hints.map(({ field, itemIndex, hint }) => `${field} of item ${itemIndex}: ${hint}`);

/** A verdict in a word: "may", "unknown", or why not. */
export const wordOf = (verdict: Verdict): string =>
	verdict.may === true ? 'may' : verdict.may === 'unknown' ? 'unknown' : verdict.because;

/** `dtmf.entries[0].message` → the value there, as n8n finds it. */
function valueAt(parameters: INodeParameters, path: string): unknown {
	return path
		.split(/[.[\]]+/)
		.filter(Boolean)
		.reduce<unknown>((inner, name) => (inner as IDataObject | undefined)?.[name], parameters);
}
