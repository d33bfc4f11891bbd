/** `npm start`: makes a call in n8n's engine, then in the real n8n, both against the simulator. */
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createAuthority, startSimulator, type Simulator } from '../test/simulator';
import { testNumbers } from '../test/simulator/behaviours';
import { runInEngine } from './engine';
import { ensureInstalled, pinnedVersion } from './install';
import {
	entries,
	JOB,
	person,
	printRun,
	printTable,
	readSample,
	RESULT_NODE,
	SAMPLES_FOLDER,
	type JobRun,
} from './job';
import { freePort, isFree, owner, startN8n, type N8n } from './n8n';
import { outputItems, withCredential, type SavedWorkflow } from './n8nClient';
import { spawnGroup } from './processGroup';

const USAGE = `Usage: npm start [-- --engine | --once | --watch]

1. Makes a call in n8n's own engine, with a simulator in place of Voice2Phone: seconds, nothing to install.
2. Makes the same call in the real n8n, and leaves its editor open. Installs n8n first, which takes
   about 3 GB and some minutes, once.

  --engine   end after the first call; no n8n is needed
  --once     end after the second call
  --watch    compile the node again when its files change; the editor of n8n then shows the new one

The exit code is 0 only if the key that the simulated person pressed was read back.`;

const DATA_FOLDER = join(__dirname, '.data');
/** n8n's own default. */
const USUAL_PORT = 5678;

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
	const { values } = parseArgs({
		options: {
			engine: { type: 'boolean' },
			once: { type: 'boolean' },
			watch: { type: 'boolean' },
			help: { type: 'boolean', short: 'h' },
		},
	});
	if (values.help) return print(USAGE);

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
		const works = await Promise.race([callInEngine(interruption.signal), interrupted]);
		if (works !== true || values.engine) {
			process.exitCode = works === true ? 0 : 1;
			return;
		}
		const real = await Promise.race([
			callInN8n(interruption.signal, values.watch === true),
			interrupted,
		]);
		if (real === 'interrupted' || values.once) {
			process.exitCode = real !== 'interrupted' && real.works ? 0 : 1;
			return;
		}
		if (values.watch) await compileOnChange();
		print('Ctrl-C ends n8n and the simulator.');
		const crashed = once(real.n8n.child, 'exit').then(() => 'crashed' as const);
		if ((await Promise.race([interrupted, crashed])) === 'crashed') {
			throw new Error(`n8n has ended by itself. Its log: ${real.n8n.logFile}`);
		}
	} finally {
		if (interruption.signal.aborted) print('\nEnding …');
		for (const end of endings.reverse()) await end();
	}
}

/** The first part: an answer within seconds, from what `npm ci` has installed. */
async function callInEngine(signal: AbortSignal): Promise<boolean> {
	print(`1. ${person.name} fills in a form and is called, in n8n's own engine …\n`);
	const started = Date.now();
	const job = runInEngine(signal);
	endings.push(() => settled(job));
	return printRun(await job, secondsSince(started));
}

/** The second part: the same in the real n8n, whose editor then is there to be used. */
async function callInN8n(
	signal: AbortSignal,
	isWatching: boolean,
): Promise<{ n8n: N8n; works: boolean }> {
	const version = await pinnedVersion();
	print(`2. The same in the real n8n ${version}, with its editor.\n`);
	await claimDataFolder();
	const installed = ensureInstalled(signal);
	endings.push(() => settled(installed));
	await installed;

	const simulator = await startSimulator({
		authority: await createAuthority(join(DATA_FOLDER, 'authority')),
	});
	endings.push(() => simulator.close());

	print(`Starting n8n ${version} …\n`);
	const started = Date.now();
	const n8n = await startN8n({
		dataFolder: DATA_FOLDER,
		port: await choosePort(),
		packages: [dirname(__dirname)],
		environment: { ...simulator.environment, ...(isWatching && { N8N_DEV_RELOAD: 'true' }) },
	});
	endings.push(() => n8n.stop());

	const sample = (await saveSamples(n8n, simulator)).get(JOB)!;
	const { job, executionId } = await callFromForm(n8n, simulator, sample);
	const works = printRun(job, secondsSince(started));
	printWays(n8n, simulator, sample, executionId);
	return { n8n, works };
}

/** The compiler says on the terminal what it does; n8n looks for what has changed in dist/. */
async function compileOnChange(): Promise<void> {
	const root = dirname(__dirname);
	// From here, `require` would find the TypeScript that n8n brings.
	const compiler = await spawnGroup(
		join(root, 'node_modules', '.bin', 'tsc'),
		['--watch', '--preserveWatchOutput', '--project', root],
		{ stdio: 'inherit' },
	);
	endings.push(async () => {
		compiler.signal('SIGTERM');
		await compiler.ended;
	});
}

/** The end of what a signal has ended already; how it ended is told elsewhere. */
const settled = (work: Promise<unknown>) =>
	work.then(
		() => {},
		() => {},
	);

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
		const name = file.replace('.json', '');
		const saved = await client.saveWorkflow(withCredential(await readSample(name), credential));
		await client.publish(saved);
		samples.set(name, saved);
	}
	return samples;
}

/** Submits the form of the sample as a browser would, and waits for the end of the execution. */
async function callFromForm(
	{ client }: N8n,
	simulator: Simulator,
	workflow: SavedWorkflow,
): Promise<{ job: JobRun; executionId: string }> {
	const execution = await client.executionOf(workflow.id, () =>
		client.submitForm('call-me', entries),
	);
	const { error, lastNodeExecuted } = execution.data.resultData;
	const job = {
		status: execution.status,
		error: error && { node: lastNodeExecuted, message: error.message },
		result: outputItems(execution, RESULT_NODE).at(0)?.json ?? {},
		accepted: simulator.acceptedCalls(person.phone).map(({ callId }) => callId),
	};
	return { job, executionId: execution.id };
}

/** Where to go on from here. */
function printWays({ url }: N8n, simulator: Simulator, workflow: SavedWorkflow, run: string): void {
	printTable([
		['Editor', `${url}/workflow/${workflow.id}`],
		['Log in', `${owner.email} / ${owner.password}`],
		['This run', `${url}/workflow/${workflow.id}/executions/${run}`],
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
}

const secondsSince = (started: number) => (Date.now() - started) / 1000;

const print = (line: string) => console.log(line);

main()
	.catch((error: NodeJS.ErrnoException) => {
		const isUsage = error.code?.startsWith('ERR_PARSE_ARGS');
		console.error(isUsage ? `${error.message}\n\n${USAGE}` : `\n${error.message}`);
		process.exitCode = 1;
	})
	// After an interruption, what was being started is not waited for; it ends with this process.
	.finally(() => process.exit());
