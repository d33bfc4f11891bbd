/* What is read of one item: its parameters, and what is found wrong with them. */
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { FoundHint } from '../core/calls/messageCheck';
import type { Problem } from '../core/words';

/** The groups of "Options", by their internal names. */
export type OptionGroup =
	| 'callOnlyOnce'
	| 'callingHours'
	| 'pacing'
	| 'severalPeople'
	| 'technical'
	| 'waiting'
	| 'whoMayBeCalled';

/** Reads the parameters of one item, and collects all problems instead of stopping at the first. */
export class ItemParameters {
	readonly problems: Problem[] = [];

	/** What is odd, but no reason to call nobody. */
	readonly hints: FoundHint[] = [];

	/** The value of Once Per, where it is used. */
	onceKey: string | undefined;

	private readonly options: IDataObject;

	constructor(
		readonly context: IExecuteFunctions,
		readonly itemIndex: number,
	) {
		this.options = context.getNodeParameter('options', itemIndex, {}) as IDataObject;
	}

	/** A parameter of any type, since it may come from an expression. */
	parameter(name: string, usual?: unknown): unknown {
		return this.context.getNodeParameter(name, this.itemIndex, usual);
	}

	/** An option that stands alone; undefined when the user did not add it. */
	option(name: string): unknown {
		return this.options[name];
	}

	/** The fields of a group of options; undefined when the user did not add the group. */
	group(name: OptionGroup): IDataObject | undefined {
		return groupOf(this.options, name);
	}

	/** Something odd; the text goes on from the field's label. */
	hint(field: string, hint: string): void {
		this.hints.push({ field, itemIndex: this.itemIndex, hint });
	}

	problem(field: string, reason: string): void {
		this.problems.push({ field, reason });
	}
}

/** The fields of a group in the value of "Options". */
export function groupOf(options: IDataObject, name: OptionGroup): IDataObject | undefined {
	return (options[name] as { values?: IDataObject } | undefined)?.values;
}
