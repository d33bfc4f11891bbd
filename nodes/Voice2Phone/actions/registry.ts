/* The one table of operations. Options, visibility, the line on the canvas and the dispatch come from it. */
import type { ICredentialsDisplayOptions, INodeProperties } from 'n8n-workflow';

import type { Role } from '../agent/roles';
import { optionsCollection } from '../parameters/options';
import { CALLING_MODES } from '../parameters/testMode';
import { askForApproval } from './call/askForApproval.operation';
import { callAndWait } from './call/callAndWait.operation';
import { callUntilAccepted } from './call/callUntilAccepted.operation';
import { getStatus } from './call/getStatus.operation';
import { makeCall } from './call/makeCall.operation';
import { waitForResponseOperation } from './call/waitForResponse.operation';
import type { Operation } from './operation';

/** In the order in which the editor lists them. */
const operations: ReadonlyArray<Operation<unknown>> = [
	callAndWait,
	callUntilAccepted,
	getStatus,
	makeCall,
	waitForResponseOperation,
];

/** Those of a node that an AI agent uses: n8n takes it for a human review when it has "sendAndWait". */
const toolOperations = [askForApproval, ...operations];

const USUAL = callAndWait.entry.value;

/**
 * n8n gives a human review the operation "sendAndWait" unless the workflow has another: what it does is
 * told by the role.
 *
 * @throws Error when a workflow names an operation that this version does not have
 */
export function findOperation(value: string, { name }: Role): Operation<unknown> {
	if (name === 'review') return askForApproval;
	const operation = toolOperations.find(({ entry }) => entry.value === value);
	if (!operation) {
		throw new Error(`The operation "${value}" does not exist in this version of the node`);
	}
	return operation;
}

/**
 * The line under a node's name. The editor cuts it off after some 28 characters, so a dry run names its
 * operation in short.
 */
export const subtitleExpression = `={{ ((name) => $parameter["testMode"] === "dryRun" ? "Dry run: " + name.replace(" for Response", "") : name)((${JSON.stringify(
	Object.fromEntries(toolOperations.map(({ entry: { name, value } }) => [value, name])),
)})[$parameter["operation"]]) }}`;

const dials = ({ properties }: Operation<unknown>) =>
	properties.some(({ name }) => name === 'testMode');
const valuesOf = (some: Array<Operation<unknown>>) => some.map(({ entry }) => String(entry.value));

/** Shows what stands for the credential while no run of the node can call anybody. */
export const whileNoRunCalls: ICredentialsDisplayOptions = {
	// With `show`, the editor would put the credential beside Test Mode.
	hide: {
		testMode: CALLING_MODES,
		// They have no Test Mode.
		operation: valuesOf(operations.filter((operation) => !dials(operation))),
	},
};

/** Whether the node is about to call more than one person, for the hint before a run. */
export const severalItemsAreCalled = `={{ $input.all().length > 1 && ${JSON.stringify(
	valuesOf(operations.filter(dials)),
)}.includes($parameter["operation"]) }}`;

/**
 * The node's parameters. The order and the conditions of the first three matter to n8n: it describes a tool
 * to the model by the first "operation" whose `show.resource` fits, lists the options of the first one in
 * the node search, and puts what stands in `show` among the parameters of a node that is added.
 */
export function nodeProperties(): INodeProperties[] {
	return [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'hidden',
			options: [{ name: 'Call', value: 'call' }],
			default: 'call',
		},
		{
			displayName: 'Operation',
			name: 'operation',
			type: 'options',
			noDataExpression: true,
			displayOptions: { hide: { '@tool': [true] } },
			options: operations.map(({ entry }) => entry),
			default: USUAL,
		},
		{
			displayName: 'Operation',
			name: 'operation',
			type: 'options',
			noDataExpression: true,
			displayOptions: { show: { resource: ['call'], '@tool': [true] } },
			options: toolOperations.map(({ entry }) => entry),
			default: USUAL,
		},
		...operationProperties(),
	];
}

/** Fields that several operations share stand once, and show for all of them. */
function operationProperties(): INodeProperties[] {
	const main = inOneOrder(toolOperations.map(({ properties }) => properties)).map((property) => {
		const owners = toolOperations.filter(({ properties }) => properties.includes(property));
		return shownFor(
			property,
			owners.map(({ entry }) => String(entry.value)),
		);
	});
	const options = toolOperations.map(({ entry, options: own }) =>
		shownFor(optionsCollection(own), [String(entry.value)]),
	);
	return [...main, ...options];
}

/** Every property once. The panel of an operation shows them in the order in which the operation lists them. */
function inOneOrder(lists: INodeProperties[][]): INodeProperties[] {
	const all: INodeProperties[] = [];
	for (const list of lists) {
		let place = 0;
		for (const property of list) {
			const found = all.indexOf(property);
			if (found === -1) all.splice(place, 0, property);
			place = (found === -1 ? place : found) + 1;
		}
	}
	return all;
}

function shownFor(property: INodeProperties, operation: string[]): INodeProperties {
	const { displayOptions } = property;
	return {
		...property,
		displayOptions: { ...displayOptions, show: { operation, ...displayOptions?.show } },
	};
}
