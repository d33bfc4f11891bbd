/* Test Mode: whom the node calls while one builds. On from the start. */
import type {
	IExecuteFunctions,
	IExecutionContext,
	INodeProperties,
	WorkflowExecuteMode,
} from 'n8n-workflow';

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

/** The modes in which a run may call somebody. */
export const CALLING_MODES = Object.keys(MODES).filter((mode) => mode !== 'dryRun');

/** The modes in which a run may call nobody. */
const DRY_MODES = ['manualDryRun', 'dryRun'];

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
		placeholder: 'e.g. +1 425 555 0123 (your own phone)',
		description: 'Your own phone, with + and country code',
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
};

/** Modes that say nothing of who started the execution. */
const HIDING_MODES: ReadonlyArray<WorkflowExecuteMode | undefined> = [
	undefined,
	'integrated',
	'retry',
];

/** What n8n 2.40 has in every context of a running node, without a function that would give it out. */
interface Internals {
	additionalData?: { rootExecutionMode?: WorkflowExecuteMode };
	runExecutionData?: { parentExecution?: { executionContext?: IExecutionContext } };
}

/**
 * Two modes hide who started an execution. Under "Retry" in the executions list, n8n keeps the mode of the
 * first try. To a sub-workflow n8n hands the mode of the outermost workflow, but not from the tool "Call n8n
 * Workflow" and not after a Wait or a retry; then the mode of the workflow right above is still there.
 */
function startedBy(context: IExecuteFunctions): StartedBy {
	const { additionalData, runExecutionData } = context as Internals;
	const mode = [
		context.getMode(),
		additionalData?.rootExecutionMode,
		context.getExecutionContext()?.source,
		runExecutionData?.parentExecution?.executionContext?.source,
	].find((each) => !HIDING_MODES.includes(each));
	return mode ? (STARTED_BY[mode] ?? 'production') : 'unknown';
}

/** Whom an item calls: the person it is meant for, the Test Number, or nobody. */
export type TestMode =
	| { calls: 'phoneNumber' }
	| { calls: 'testNumber'; phone: Phone }
	| { calls: 'nobody'; madeUpKey: string };

/** Whether this node run calls nobody, whatever its items say. */
export function isDryRun(context: IExecuteFunctions): boolean {
	return callsNobody(context.getNodeParameter('testMode', 0, 'off'), () => startedBy(context));
}

function callsNobody(mode: unknown, starter: () => StartedBy): boolean {
	return mode === 'dryRun' || (mode === 'manualDryRun' && starter() === 'person');
}

/** Reads Test Mode. In doubt, and without a Test Number, nobody is called. */
export function readTestMode(item: ItemParameters): TestMode | undefined {
	const { context, shared } = item;
	const mode = item.parameter('testMode', 'testNumber');
	if (mode === 'off') return { calls: 'phoneNumber' };
	const starter = shared.parseOnce('startedBy', context, () => startedBy(context));
	if (callsNobody(mode, () => starter)) return readDryRun(item);
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
	const parsed = parsePhone(typed, AUTO_DETECT, item.numberCheck());
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
