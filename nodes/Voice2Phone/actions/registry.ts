import type { INodeProperties } from 'n8n-workflow';

import { getStatus } from './call/getStatus.operation';
import { makeCall } from './call/makeCall.operation';
import { sendAndWait } from './call/sendAndWait.operation';
import { waitForResponseOperation } from './call/waitForResponse.operation';
import type { Operation } from './operation';

/** All operations, in the order in which the editor lists them. The options and the dispatch come from here. */
const operations: ReadonlyArray<Operation<unknown>> = [
	getStatus,
	makeCall,
	sendAndWait,
	waitForResponseOperation,
];

/** @throws Error when a workflow names an operation that this version does not have */
export function findOperation(value: string): Operation<unknown> {
	const operation = operations.find(({ option }) => option.value === value);
	if (!operation)
		throw new Error(`The operation "${value}" does not exist in this version of the node`);
	return operation;
}

/** The editor cuts the line under a node's name off after some 28 characters. */
const shortNames: Record<string, string> = { sendAndWait: 'Make Call and Wait' };

/** The chosen operation in words, for the line under the node's name on the canvas. */
export const subtitleExpression = `={{ (${JSON.stringify(
	Object.fromEntries(
		operations.map(({ option: { name, value } }) => [value, shortNames[String(value)] ?? name]),
	),
)})[$parameter["operation"]] }}`;

/** The node's parameters: resource, operation, and those of each operation, shown where they belong. */
export function nodeProperties(): INodeProperties[] {
	return [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			options: [{ name: 'Call', value: 'call' }],
			default: 'call',
		},
		{
			displayName: 'Operation',
			name: 'operation',
			type: 'options',
			noDataExpression: true,
			displayOptions: { show: { resource: ['call'] } },
			options: operations.map(({ option }) => option),
			default: 'makeCall',
		},
		...operationProperties(),
	];
}

function operationProperties(): INodeProperties[] {
	const operationsByProperty = new Map<INodeProperties, string[]>();
	for (const { option, properties } of operations) {
		for (const property of properties) {
			const values = operationsByProperty.get(property) ?? [];
			operationsByProperty.set(property, [...values, String(option.value)]);
		}
	}
	return [...operationsByProperty].map(([property, operation]) => ({
		...property,
		displayOptions: {
			...property.displayOptions,
			show: { resource: ['call'], operation, ...property.displayOptions?.show },
		},
	}));
}
