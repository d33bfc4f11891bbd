import type { Answer, OfferedKey } from './waiting/answer';

/**
 * The names of the outputs under Split by Key, in their order. "No Key" is first because n8n sends the
 * items of a node that fails as a whole to the first output, where they do the least harm.
 */
export function outputNames(keys: readonly OfferedKey[]): string[] {
	return [
		'No Key',
		...keys.map(({ key, label }) => (label ? `${key} ${label}` : `Key ${key}`)),
		'Other Key',
		'Timed Out',
	];
}

/** The index of the output under Split by Key to which an item goes. */
export function outputIndex({ outcome, pressedKey }: Answer, keys: readonly OfferedKey[]): number {
	if (outcome === 'timedOut') return keys.length + 2;
	if (pressedKey === null) return 0;
	const index = keys.findIndex(({ key }) => key === pressedKey);
	return index === -1 ? keys.length + 1 : index + 1;
}

interface OutputParameters {
	operation?: string;
	splitByKey?: boolean;
	waitStep?: string;
	dtmf?: { entries?: OfferedKey[] };
	keys?: { entries?: OfferedKey[] };
}

/**
 * The node's outputs for its parameters. n8n runs the text of this function inside an expression, where
 * nothing but its arguments exists.
 */
function outputsOf(
	{ operation, splitByKey, waitStep, dtmf, keys }: OutputParameters,
	names: typeof outputNames,
): Array<{ type: 'main'; displayName?: string }> {
	// The inner executions of a wait: an output back to the step itself, and one for the end of the wait.
	if (waitStep) return [{ type: 'main' }, { type: 'main' }];
	const waits = operation === 'sendAndWait' || operation === 'waitForResponse';
	if (!waits || !splitByKey) return [{ type: 'main' }];
	const offered = operation === 'sendAndWait' ? dtmf : keys;
	return names(offered?.entries ?? []).map((displayName) => ({ type: 'main', displayName }));
}

/** The expression by which the editor and the engine know the outputs of a node. */
export const outputsExpression: `={{${string}}}` = `={{(${outputsOf})($parameter, ${outputNames})}}`;
