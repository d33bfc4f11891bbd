import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { IDataObject } from 'n8n-workflow';
import { createAuthority, startSimulator, type Simulator } from '../test/simulator';
import { testNumbers } from '../test/simulator/behaviours';
import { ensureInstalled, pinnedVersion } from './install';
import { freePort, isFree, owner, startN8n, type N8n } from './n8n';
import {
	outputItems,
	withCredential,
	type Execution,
	type SavedWorkflow,
	type Workflow,
} from './n8nClient';

const USAGE = `Usage: npm start [-- --once]

Starts n8n with the Voice2Phone node and a simulator in place of Voice2Phone, and makes a call.

  --once   end after the call; the exit code is 0 only if the pressed key was read back`;

const DATA_FOLDER = join(__dirname, '.data');
const SAMPLES_FOLDER = join(__dirname, 'workflows');
/** n8n's own default. */
const USUAL_PORT = 5678;

/** By the simulator's table of numbers, this person presses 1 three seconds after the phone rang. */
const person = { name: 'Ada Lovelace', phone: '+1 425 555 0203', country: 'US', presses: '1' };

/** Those of the simulator's test numbers that a first workflow is tried with. */
const someNumbers = new Set([
	'+1 425 555 0101',
	'+1 425 555 0102',
	'+1 425 555 0110',
	'+1 425 555 0120',
]);

/** What ends the things that were started, in the order in which they were. */
const endings: Array<() => Promise<void>> = [];

async function main(): Promise<void> {
	const { values } = parseArgs({ options: { once: { type: 'boolean' } } });
	const interruption = new AbortController();
	let interruptedAt = Infinity;
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(signal, () => {
			// One Ctrl-C arrives twice, from the terminal and from npm. A later one means: at once.
			if (Date.now() - interruptedAt > 1000) process.exit(1);
			interruptedAt = Math.min(interruptedAt, Date.now());
			interruption.abort();
		});
	}
	const interrupted = once(interruption.signal, 'abort').then(() => 'interrupted' as const);

	try {
		const job = await Promise.race([run(interruption.signal), interrupted]);
		if (values.once || job === 'interrupted') {
			process.exitCode = job !== 'interrupted' && job.succeeded ? 0 : 1;
		} else {
			print('Ctrl-C ends n8n and the simulator.');
			const crashed = once(job.n8n.child, 'exit').then(() => 'crashed' as const);
			if ((await Promise.race([interrupted, crashed])) === 'crashed') {
				throw new Error(`n8n has ended by itself. Its log: ${job.n8n.logFile}`);
			}
		}
	} finally {
		if (interruption.signal.aborted) print('\nEnding …');
		for (const end of endings.reverse()) await end();
	}
}

/** Starts everything, and makes the call that shows whether it works. */
async function run(signal: AbortSignal): Promise<{ n8n: N8n; succeeded: boolean }> {
	await ensureInstalled(signal);
	await claimDataFolder();

	const simulator = await startSimulator({
		authority: await createAuthority(join(DATA_FOLDER, 'authority')),
	});
	endings.push(() => simulator.close());

	print(`Starting n8n ${await pinnedVersion()} …`);
	const n8n = await startN8n({
		dataFolder: DATA_FOLDER,
		port: await choosePort(),
		packages: [dirname(__dirname)],
		environment: simulator.environment,
	});
	endings.push(() => n8n.stop());

	const samples = await saveSamples(n8n, simulator);
	return { n8n, succeeded: await callFromForm(n8n, simulator, samples.get('call-from-form')!) };
}

/** Two n8n on one database would spoil it. */
async function claimDataFolder(): Promise<void> {
	const file = join(DATA_FOLDER, 'playground.pid');
	const other = Number(await readFile(file, 'utf8').catch(() => ''));
	if (other && isAlive(other)) {
		throw new Error(
			`The playground is running already, as process ${other}: end it there with Ctrl-C. (If that is another program, delete ${file}.)`,
		);
	}
	await mkdir(DATA_FOLDER, { recursive: true });
	await writeFile(file, String(process.pid));
	endings.push(() => rm(file, { force: true }));
}

function isAlive(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}

async function choosePort(): Promise<number> {
	if (await isFree(USUAL_PORT)) return USUAL_PORT;
	const port = await freePort();
	print(`Port ${USUAL_PORT} is in use, so n8n gets port ${port}.`);
	return port;
}

/** Creates the credential and the sample workflows, or puts them back as they were, and publishes. */
async function saveSamples(
	{ client }: N8n,
	simulator: Simulator,
): Promise<Map<string, SavedWorkflow>> {
	const credential = await client.saveCredential('voice2PhoneApi', 'Voice2Phone simulator', {
		apiKey: simulator.apiKey,
		authScheme: 'basic',
	});
	const samples = new Map<string, SavedWorkflow>();
	for (const file of await readdir(SAMPLES_FOLDER)) {
		const workflow = JSON.parse(await readFile(join(SAMPLES_FOLDER, file), 'utf8')) as Workflow;
		const saved = await client.saveWorkflow(withCredential(workflow, credential));
		await client.publish(saved);
		samples.set(file.replace('.json', ''), saved);
	}
	return samples;
}

/**
 * The main job: submits the form as a browser would, and prints what came of it.
 *
 * @returns whether n8n read the key back that the simulated person pressed in this very call
 */
async function callFromForm(
	{ client, url }: N8n,
	simulator: Simulator,
	workflow: SavedWorkflow,
): Promise<boolean> {
	const { name, phone, country } = person;
	print(`Submitting the form for ${name}, ${phone} …\n`);
	const execution = await client.executionOf(workflow.id, () =>
		client.submitForm('call-me', [name, phone, country]),
	);
	const result = outputItems(execution, 'Result').at(0)?.json ?? {};
	const problem = problemOf(execution, result, simulator.acceptedCalls(phone));

	printTable([
		['Called', `${name}, ${phone} (simulated)`],
		['Call ID', result.callId],
		['Status', result.status],
		['Pressed key', result.pressedKey],
		['Outcome', problem ? `FAILED: ${problem}` : 'It works.'],
	]);
	printTable([
		['Editor', `${url}/workflow/${workflow.id}`],
		['Log in', `${owner.email} / ${owner.password}`],
		['This run', `${url}/workflow/${workflow.id}/executions/${execution.id}`],
		['Form', `${url}/form/call-me`],
	]);
	print(
		'A node that you add yourself finds the credential of the simulator. Another credential needs',
	);
	print(`the API key ${simulator.apiKey}. No real phone rings; the simulated person at\n`);
	for (const { number, does } of testNumbers) {
		if (someNumbers.has(number)) print(`  ${number}  ${does}`);
	}
	print('  another number   presses the first key that the call offers\n');
	return !problem;
}

/** What is wrong with the run, or undefined when the simulated person was called once and understood. */
function problemOf(
	{ status, data }: Execution,
	{ callId, pressedKey }: IDataObject,
	placed: Array<{ callId: string }>,
): string | undefined {
	const { error, lastNodeExecuted } = data.resultData;
	if (error) return `"${lastNodeExecuted}" says: ${error.message}`;
	if (status !== 'success') return `the execution ended as "${status}".`;
	if (placed.length !== 1 || placed[0].callId !== callId) {
		return `the simulator accepted ${placed.length} calls, and should have accepted just this one.`;
	}
	if (pressedKey !== person.presses) return `the person pressed ${person.presses}.`;
	return undefined;
}

function printTable(rows: Array<[string, unknown]>): void {
	for (const [label, value] of rows) print(`  ${label.padEnd(12)} ${value ?? '–'}`);
	print('');
}

const print = (line: string) => console.log(line);

main()
	.catch((error: NodeJS.ErrnoException) => {
		const isUsage = error.code?.startsWith('ERR_PARSE_ARGS');
		console.error(isUsage ? `${error.message}\n\n${USAGE}` : `\n${error.message}`);
		process.exitCode = 1;
	})
	// After an interruption, what was being started is not waited for; it ends with this process.
	.finally(() => process.exit());
