/** Runs a workflow, and says what came of it. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { bed } from './bed';
import type { Feeding } from './calls';
import { time } from './time';
import { linear, manualTrigger, type Step } from './workflow';
import type { RunningExecution, RunOptions, WorkflowResult } from './workflowRunner';

/** An item that came out of the node, or did not. */
export class Item {
	constructor(
		private readonly found: INodeExecutionData[],
		/** The node's output that it came out of; undefined when it did not come out. */
		readonly output: number | undefined,
		private readonly error: string,
	) {}

	/** Fails unless the item came out once. */
	get json(): IDataObject {
		expect(`${this.found.length} items${this.error}`).toBe('1 items');
		return this.found[0].json;
	}

	/** Fails unless the item has these fields; further fields do not matter. */
	is(fields: object): this {
		expect(this.json).toMatchObject(fields);
		return this;
	}

	/** Fails unless the item is an error item whose message is so. */
	failed(message: RegExp | string): this {
		expect(this.json.error).toEqual(
			typeof message === 'string' ? message : expect.stringMatching(message),
		);
		return this;
	}

	cameOutOf(output: number): this {
		expect(this.output).toBe(output);
		return this;
	}
}

/** How an execution ended. All that is asked of a node is asked of the last one that is not n8n's. */
export class Result {
	constructor(
		readonly execution: WorkflowResult,
		private readonly node: string,
	) {}

	/** What came of an input item, at whichever output. */
	item(index: number): Item {
		const outputs = this.outputs();
		const linked = ({ pairedItem }: INodeExecutionData) => {
			const [link] = [pairedItem].flat();
			return (typeof link === 'object' ? link.item : link) === index;
		};
		const output = outputs.findIndex((each) => each.some(linked));
		const found = outputs.flat().filter(linked);
		const { error } = this.execution;
		return new Item(found, output === -1 ? undefined : output, error ? `; ${error.message}` : '');
	}

	/** All items that came out, in order, those of the first output first. */
	get items(): IDataObject[] {
		return this.outputs()
			.flat()
			.map(({ json }) => json);
	}

	/** Fails unless the execution ended with an error that says this. */
	failed(message: RegExp | string, description?: RegExp): this {
		const { error } = this.execution;
		expect(error?.message).toEqual(
			typeof message === 'string' ? message : expect.stringMatching(message),
		);
		if (description) expect(error?.description).toMatch(description);
		return this;
	}

	/** What the node told beside its items. */
	get hints(): string[] {
		const [last] = this.execution.runs(this.node).slice(-1);
		return (last?.hints ?? []).map(({ message }) => message);
	}

	/** How many outputs the node had. */
	get outputCount(): number {
		return this.outputs().length;
	}

	private outputs(): INodeExecutionData[][] {
		const [last] = this.execution.runs(this.node).slice(-1);
		return (last?.data?.main ?? []).map((output) => output ?? []);
	}
}

/** An execution under way: `await` it for its end. Time passes meanwhile, also while a live call is open. */
export class Run implements PromiseLike<Result> {
	constructor(
		private readonly running: RunningExecution,
		private readonly node: string,
	) {}

	/** n8n's ID of the execution. */
	get id(): string {
		return this.running.id ?? '';
	}

	/** What the Stop button does. */
	stop(): void {
		this.running.cancel();
	}

	/** Resolves when n8n keeps the wait. */
	async suspends(): Promise<void> {
		const { finished } = this.running;
		const { status } = await time.passesUntil('The wait was not handed to n8n', finished);
		expect(status).toBe('waiting');
	}

	then<A = Result, B = never>(
		fulfilled?: ((result: Result) => A | PromiseLike<A>) | null,
		rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
	): Promise<A | B> {
		return time
			.passesUntil('The execution did not end', this.running.ended)
			.then((result) => new Result(result, this.node))
			.then(fulfilled, rejected);
	}
}

/** Starts a workflow of these steps, by a click in the editor unless `how` says otherwise. */
export function start(steps: Step | Feeding | Step[], how: RunOptions = {}): Run {
	const [first, ...rest] = [steps].flat();
	const feed = 'feed' in first ? [(first as Feeding).feed] : [];
	const json = linear(manualTrigger(), ...feed, first, ...rest);
	const names = [first, ...rest].map(({ input }) => input);
	const ours = json.nodes.filter(({ name, type }) => names.includes(name) && isOurs(type));
	return new Run(bed.engine.start(json, how), ours[ours.length - 1].name);
}

const isOurs = (type: string) => type.startsWith('n8n-nodes-voice2phone.');

/** Runs a workflow to its end. */
export const run = async (...of: Parameters<typeof start>): Promise<Result> => await start(...of);
