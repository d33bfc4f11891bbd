/* What is read of one item: its parameters, and what is found wrong with them. */
import type { IDataObject, IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';

import type { FoundHint } from '../core/calls/messageCheck';
import { fillerOf } from '../core/calls/template';
import type { PhoneOptions } from '../core/numbers/phoneNumber';
import type { Problem } from '../core/words';
import { templateIn } from './embeddedExpressions';

/** The groups of "Options", by their internal names. */
export type OptionGroup =
	| 'callOnlyOnce'
	| 'callingHours'
	| 'pacing'
	| 'severalPeople'
	| 'technical'
	| 'waiting'
	| 'whoMayBeCalled';

/** A parameter as it was saved, and what is known of its values. */
interface Source {
	hasExpression: boolean;
	/** Whether the expression names nothing of the item. */
	isSameForAll: boolean;
	/** Reads the parameter without n8n; undefined when n8n alone can. */
	fill?: ReturnType<typeof fillerOf>;
	/** The types of values for which n8n gave the same as `fill`. */
	agreedTypes: Set<string>;
}

/** What all items of a run share while their parameters are read. n8n takes its time for each reading. */
export class SharedParameters {
	/** n8n copies the whole node for whoever asks for it. */
	readonly node: INode;

	private readonly values = new Map<string, unknown>();

	private readonly parsed = new Map<string, unknown>();

	private readonly sources = new Map<string, Source>();

	private readonly items: INodeExecutionData[];

	constructor(readonly context: IExecuteFunctions) {
		this.node = context.getNode();
		this.items = context.getInputData();
	}

	/**
	 * A parameter as n8n gives it for an item. One without an expression is read for the first item alone. One
	 * whose expressions are only fields of the item is read here, once n8n was seen to read it alike.
	 */
	read(path: string, itemIndex: number, usual: unknown): unknown {
		if (this.values.has(path)) return this.values.get(path);
		const source = this.sourceOf(path);
		const filled = source.fill?.(this.items[itemIndex]?.json);
		if (filled !== undefined && source.agreedTypes.has(typeof filled)) return filled;

		const value: unknown = this.context.getNodeParameter(path, itemIndex, usual);
		if (filled !== undefined) {
			if (value === filled) source.agreedTypes.add(typeof filled);
			else source.fill = undefined;
		}
		if (!source.hasExpression) this.values.set(path, value);
		return value;
	}

	/**
	 * A parameter that is large, and mostly the same for all items: it is read once, unless its expression
	 * names something of the item.
	 */
	readLarge(path: string, itemIndex: number, usual: unknown): unknown {
		if (this.values.has(path)) return this.values.get(path);
		const value: unknown = this.context.getNodeParameter(path, itemIndex, usual);
		if (this.sourceOf(path).isSameForAll) this.values.set(path, value);
		return value;
	}

	/** Whether the user entered an expression. */
	isExpression(path: string): boolean {
		return hasExpression(this.rawAt(path));
	}

	/** What was made of a value before; made when it is a new one. The last value alone is remembered. */
	parseOnce<T>(name: string, value: unknown, parse: () => T): T {
		const known = this.parsed.get(name) as { value: unknown; result: T } | undefined;
		if (known && known.value === value) return known.result;
		const result = parse();
		this.parsed.set(name, { value, result });
		return result;
	}

	private sourceOf(path: string): Source {
		let source = this.sources.get(path);
		if (!source) {
			const raw = this.rawAt(path);
			source = {
				hasExpression: hasExpression(raw),
				isSameForAll: !NAMES_ITEM.test(String(raw)),
				fill: fillerOf(templateIn(raw)),
				agreedTypes: new Set(),
			};
			this.sources.set(path, source);
		}
		return source;
	}

	/** What stands in a parameter, an expression as it is written. */
	rawAt(path: string): unknown {
		return path
			.split('.')
			.reduce<unknown>(
				(inner, name) => (inner as IDataObject | undefined)?.[name],
				this.node.parameters,
			);
	}
}

/** What an expression can name of the item that it is evaluated for. */
const NAMES_ITEM =
	/\$(?:json|binary|item|itemIndex|input|position|fromAI)\b|\.item\b|itemMatching/i;

function hasExpression(raw: unknown): boolean {
	if (typeof raw === 'string') return raw.startsWith('=');
	return typeof raw === 'object' && raw !== null && Object.values(raw).some(hasExpression);
}

/** Reads the parameters of one item, and collects all problems instead of stopping at the first. */
export class ItemParameters {
	readonly problems: Problem[] = [];

	/** What is odd, but no reason to call nobody. */
	readonly hints: FoundHint[] = [];

	/** The value of Once Per, where it is used. */
	onceKey: string | undefined;

	readonly context: IExecuteFunctions;

	constructor(
		readonly shared: SharedParameters,
		readonly itemIndex: number,
	) {
		this.context = shared.context;
	}

	/** A parameter of any type, since it may come from an expression. */
	parameter(name: string, usual: unknown): unknown {
		return this.shared.read(name, this.itemIndex, usual);
	}

	/** An option that stands alone; null when the user did not add it. */
	option(name: string): unknown {
		return this.shared.read(`options.${name}`, this.itemIndex, null);
	}

	/** The fields of a group of options; undefined when the user did not add the group. */
	group(name: OptionGroup): IDataObject | undefined {
		const values = this.shared.read(`options.${name}.values`, this.itemIndex, null);
		return (values ?? undefined) as IDataObject | undefined;
	}

	/** How strictly phone numbers are checked. */
	numberCheck(): PhoneOptions {
		const { numberCheck } = this.group('technical') ?? {};
		return { check: numberCheck === 'lengthsOnly' ? 'lengthsOnly' : 'numberingPlan' };
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
