/** The main job that the playground shows: a form is filled in, a phone rings, the pressed key is read back. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionStatus, IDataObject } from 'n8n-workflow';
import type { Workflow } from './n8nClient';

/** The sample workflows, as n8n exports them. */
export const SAMPLES_FOLDER = join(__dirname, 'workflows');

/** The sample that does the job. */
export const JOB = 'call-from-form';

/** The node of that sample whose item says what came of the call. */
export const RESULT_NODE = 'Result';

/** By the simulator's table of numbers, this person presses 1 three seconds after the phone rang. */
export const person = {
	name: 'Ada Lovelace',
	phone: '+1 425 555 0203',
	country: 'US',
	presses: '1',
};

/** What the person enters, in the order of the form's fields. */
export const entries = [person.name, person.phone, person.country];

/** What came of the job. */
export interface JobRun {
	status: ExecutionStatus;
	/** What ended the execution, with the node in which it happened. */
	error?: { node?: string; message: string };
	/** The result node's item: `callId`, `status` and `pressedKey`. */
	result: IDataObject;
	/** IDs of the calls to the person that the simulator accepted in this run. */
	accepted: string[];
}

export async function readSample(name: string): Promise<Workflow> {
	return JSON.parse(await readFile(join(SAMPLES_FOLDER, `${name}.json`), 'utf8')) as Workflow;
}

/** What is wrong with the run, or undefined when the simulated person was called once and understood. */
function problemOf({ status, error, result, accepted }: JobRun): string | undefined {
	if (error) return error.node ? `"${error.node}" says: ${error.message}` : error.message;
	if (status !== 'success') return `the execution ended as "${status}".`;
	if (accepted.length !== 1 || accepted[0] !== result.callId) {
		return `the simulator accepted ${accepted.length} calls, and should have accepted just this one.`;
	}
	if (result.pressedKey !== person.presses) return `the person pressed ${person.presses}.`;
	return undefined;
}

/**
 * Prints what came of the job.
 *
 * @param seconds how long it took, the start of n8n or its engine included
 * @returns whether the key was read back that the simulated person pressed in this very call
 */
export function printRun(run: JobRun, seconds: number): boolean {
	const problem = problemOf(run);
	printTable([
		['Called', `${person.name}, ${person.phone} (simulated)`],
		['Call ID', run.result.callId],
		['Status', run.result.status],
		['Pressed key', run.result.pressedKey],
		['Outcome', problem ? `FAILED: ${problem}` : `It works, after ${seconds.toFixed(1)} s.`],
	]);
	return !problem;
}

export function printTable(rows: Array<[string, unknown]>): void {
	for (const [label, value] of rows) console.log(`  ${label.padEnd(12)} ${value ?? '–'}`);
	console.log('');
}
