/** A key that a call offers, and what it stands for. */
export interface OfferedKey {
	key: string;
	/** For example "Confirm"; empty when the user gave none. */
	label: string;
	/** What is played when it is pressed; empty when that is not known here. */
	message: string;
}

/** How long to wait for one call, and when it counts as over. */
export interface WaitRequest {
	waitAtMostMs: number;
	checkEveryMs: number;
	/** The `Status` values, as text, that mean a call is over. The API does not document them. */
	finishedStatusCodes: ReadonlySet<string>;
	throwOnTimeOut: boolean;
	keys: readonly OfferedKey[];
}

/** How a wait ended, with the names that the output items have. */
export interface Answer {
	outcome: 'keyPressed' | 'finished' | 'timedOut';
	/** The first pressed key that the call offers, else the first pressed key, else null. */
	pressedKey: string | null;
	/** The label of the pressed key, else its message, else null. */
	pressedLabel: string | null;
}

const FIRST_CHECK_MS = 2_000;

/**
 * How long to wait before a check. The first comes soon, for those who answer at once.
 *
 * @param checks how many checks there were
 * @returns milliseconds
 */
export function checkDelay(checks: number, checkEveryMs: number): number {
	return checks === 0 ? Math.min(FIRST_CHECK_MS, checkEveryMs) : checkEveryMs;
}

/**
 * What a call's status says of its end, or undefined while the call is open. Over means that a key was
 * pressed, or that the status is one of those the user calls finished; no other status has a meaning.
 */
export function readAnswer(
	status: Record<string, unknown>,
	{ finishedStatusCodes, keys }: WaitRequest,
): Answer | undefined {
	const pressed = pressedKeys(status.Dtmf);
	if (pressed !== '') {
		const characters = [...pressed];
		const pressedKey =
			characters.find((character) => keys.some(({ key }) => key === character)) ?? characters[0];
		return { outcome: 'keyPressed', pressedKey, pressedLabel: labelOf(pressedKey, keys) };
	}
	if (isCode(status.Status) && finishedStatusCodes.has(String(status.Status).trim())) {
		return { outcome: 'finished', pressedKey: null, pressedLabel: null };
	}
	return undefined;
}

function pressedKeys(dtmf: unknown): string {
	return isCode(dtmf) ? String(dtmf).trim() : '';
}

function isCode(value: unknown): value is string | number {
	return typeof value === 'string' || typeof value === 'number';
}

function labelOf(pressedKey: string, keys: readonly OfferedKey[]): string | null {
	const offered = keys.find(({ key }) => key === pressedKey);
	return offered?.label || offered?.message || null;
}

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
