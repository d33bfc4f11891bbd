/* Test Mode: whom the node calls while one builds. On from the start. */
import type { IExecuteFunctions, INodeProperties, WorkflowExecuteMode } from 'n8n-workflow';

import { isKey } from '../core/calls/keys';
import { AUTO_DETECT, parsePhone, type Phone } from '../core/numbers/phoneNumber';
import { quote } from '../core/numbers/phoneNumberText';
import type { ItemParameters } from '../guards/itemParameters';

const MODES = {
	manualDryRun: 'Manual Runs Call Nobody',
	testNumber: 'Manual Runs Call the Test Number',
	dryRun: 'No Run Calls Anybody (Dry Run)',
	off: 'Off: All Runs Call the Phone Number',
};

/** The modes in which a node may call nobody: it then needs no credential. */
export const DRY_MODES = ['manualDryRun', 'dryRun'];

export const testModeProperties: INodeProperties[] = [
	{
		displayName: 'Test Mode',
		name: 'testMode',
		type: 'options',
		noDataExpression: true,
		options: Object.entries(MODES).map(([value, name]) => ({ name, value })),
		default: 'testNumber',
		description: 'Whom this node calls while you build. Each call costs money.',
	},
	{
		displayName: 'Test Number',
		name: 'testNumber',
		type: 'string',
		noDataExpression: true,
		default: '',
		placeholder: 'e.g. +1 425 555 0100',
		hint: 'Your own phone, with + and country code',
		displayOptions: { show: { testMode: ['testNumber'] } },
	},
];

/** What comes out of a dry run, where a key could have been pressed. */
export const madeUpKeyProperty: INodeProperties = {
	displayName: 'Made-Up Key',
	name: 'madeUpKey',
	type: 'string',
	noDataExpression: true,
	default: '1',
	hint: 'Comes out as if it was pressed. Leave empty for no key.',
	displayOptions: { show: { testMode: DRY_MODES } },
};

/** Who started an execution: a person for a trial, or an active workflow. */
type StartedBy = 'person' | 'production' | 'unknown';

const STARTED_BY: Partial<Record<WorkflowExecuteMode, StartedBy>> = {
	manual: 'person',
	evaluation: 'person',
	integrated: 'unknown',
	retry: 'unknown',
};

/**
 * "Retry" in the executions list runs in a mode of its own, so the first run notes who started it. A
 * sub-workflow runs in a mode of its own too. n8n knows the mode of the outermost workflow, but has no
 * function for it: where the field is missing, nobody can tell.
 */
function startedBy(context: IExecuteFunctions): StartedBy {
	const noted = context.getContext('node') as { startedBy?: StartedBy };
	const mode = context.getMode();
	if (mode === 'retry') return noted.startedBy ?? 'unknown';
	const { additionalData } = context as {
		additionalData?: { rootExecutionMode?: WorkflowExecuteMode };
	};
	const outermost = mode === 'integrated' ? (additionalData?.rootExecutionMode ?? mode) : mode;
	noted.startedBy = STARTED_BY[outermost] ?? 'production';
	return noted.startedBy;
}

/** Whom an item calls: the person it is meant for, the Test Number, or nobody. */
export type TestMode =
	| { calls: 'phoneNumber' }
	| { calls: 'testNumber'; phone: Phone }
	| { calls: 'nobody'; madeUpKey: string };

/** Whether this node run calls nobody, whatever its items say. */
export function isDryRun(context: IExecuteFunctions): boolean {
	const mode = context.getNodeParameter('testMode', 0, 'off');
	return mode === 'dryRun' || (mode === 'manualDryRun' && startedBy(context) === 'person');
}

/** Reads Test Mode. In doubt, and without a Test Number, nobody is called. */
export function readTestMode(item: ItemParameters): TestMode | undefined {
	const mode = item.parameter('testMode', 'testNumber');
	if (mode === 'off') return { calls: 'phoneNumber' };
	if (isDryRun(item.context)) return readDryRun(item);
	const starter = startedBy(item.context);
	if (starter === 'production') return { calls: 'phoneNumber' };
	if (starter === 'unknown') {
		item.problem(
			'Test Mode',
			'cannot tell whether a person started this execution. Run the workflow anew from its start, or set Test Mode to Off to call the real numbers',
		);
		return undefined;
	}
	const typed = item.parameter('testNumber', '');
	if (typed === '' || typed === undefined || typed === null) {
		item.problem(
			'Test Number',
			'is empty, and a manual run calls the Test Number. Enter your own phone number, or set Test Mode to Off to call the real numbers',
		);
		return undefined;
	}
	const parsed = parsePhone(typed, AUTO_DETECT);
	if (parsed.ok) return { calls: 'testNumber', phone: parsed.phone };
	item.problem('Test Number', parsed.reason);
	return undefined;
}

function readDryRun(item: ItemParameters): TestMode | undefined {
	const madeUpKey = String(item.parameter('madeUpKey', '')).trim();
	if (madeUpKey === '' || isKey(madeUpKey)) return { calls: 'nobody', madeUpKey };
	item.problem('Made-Up Key', `${quote(madeUpKey)} is not on a phone. Enter 0–9, * or #`);
	return undefined;
}
