/** The program that `runInEngine` starts: runs the sample workflow in n8n's engine, and writes what came of it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IDataObject, IExecuteFunctions, INodeType } from 'n8n-workflow';
import { loadAuthority, startSimulator, type Clock } from '../test/simulator';
import { createWorkflowRunner } from '../test/support/workflowRunner';
import { RUN_FILE } from './engine';
import { entries, JOB, person, readSample, RESULT_NODE, type JobRun } from './job';
import type { Workflow } from './n8nClient';

/** Nothing in the sample takes so long; an engine that hangs is to end nevertheless. */
const TIMEOUT_MS = 60_000;

const UNIT_MS = { seconds: 1000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 };

const FORM = 'n8n-nodes-base.formTrigger';

async function main(folder: string): Promise<void> {
	const workflow = await readSample(JOB);
	const simulator = await startSimulator({ authority: await loadAuthority(folder) });
	const runner = await createWorkflowRunner({
		simulator,
		nodeTypes: {
			[FORM]: formTrigger(submission(workflow)),
			'n8n-nodes-base.wait': wait(simulator.clock),
		},
	});
	// As an active workflow: executions that somebody started by hand are trials, and may ring a test number.
	const result = await runner.run(workflow, { mode: 'trigger', executionTimeout: TIMEOUT_MS });

	const { error } = result;
	const run: JobRun = {
		status: result.status,
		error: error && {
			node: 'node' in error ? error.node?.name : undefined,
			message: error.message,
		},
		result: result.runs(RESULT_NODE).at(-1)?.data?.main[0]?.[0]?.json ?? {},
		accepted: simulator.acceptedCalls(person.phone).map(({ callId }) => callId),
	};
	await writeFile(join(folder, RUN_FILE), JSON.stringify(run));
	await simulator.close();
}

/** The form's answer as the form trigger gives it out: a value for each label of the form in the workflow. */
function submission({ nodes }: Workflow): IDataObject {
	const form = nodes.find(({ type }) => type === FORM)!;
	const { values } = form.parameters.formFields as { values: Array<{ fieldLabel: string }> };
	return Object.fromEntries(values.map(({ fieldLabel }, index) => [fieldLabel, entries[index]]));
}

/** n8n's form trigger, on which somebody has just submitted the form. */
function formTrigger(json: IDataObject): INodeType {
	return {
		description: {
			displayName: 'Form',
			name: 'formTrigger',
			group: ['trigger'],
			version: 2.3,
			description: '',
			defaults: { name: 'Form' },
			inputs: [],
			outputs: ['main'],
			properties: [],
		},
		async execute() {
			return [[{ json }]];
		},
	};
}

/** n8n's Wait, which puts the simulated people's clock forward: they do in no time what takes them seconds. */
function wait(clock: Clock): INodeType {
	return {
		description: {
			displayName: 'Wait',
			name: 'wait',
			group: ['transform'],
			version: 1.1,
			description: '',
			defaults: { name: 'Wait' },
			inputs: ['main'],
			outputs: ['main'],
			properties: [
				{ displayName: 'Wait Amount', name: 'amount', type: 'number', default: 1 },
				{ displayName: 'Wait Unit', name: 'unit', type: 'string', default: 'hours' },
			],
		},
		async execute(this: IExecuteFunctions) {
			const amount = this.getNodeParameter('amount', 0) as number;
			const unit = this.getNodeParameter('unit', 0) as keyof typeof UNIT_MS;
			clock.advance(amount * UNIT_MS[unit]);
			return [this.getInputData()];
		},
	};
}

main(process.argv[2]).then(
	() => process.exit(),
	(error: Error) => {
		console.error(error.message);
		process.exit(1);
	},
);
