import { execFile, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { environmentForN8n } from './environment';
import { N8nClient } from './n8nClient';
import { isRunning, spawnGroup } from './processGroup';

/** The account that `startN8n` creates. It guards a throw-away n8n on loopback, so it is no secret. */
export const owner = {
	email: 'owner@example.com',
	password: 'Playground1',
	firstName: 'Playground',
	lastName: 'Owner',
};

export interface N8nOptions {
	/** n8n's user folder: database, encryption key and community packages are in `.n8n/` below it. */
	dataFolder: string;
	/** Port of the editor and the API on 127.0.0.1. 0, the default, takes a free one. */
	port?: number;
	/**
	 * Community packages that n8n shall have. A `.tgz` of `npm pack` is unpacked as n8n's own installer
	 * does it (without its dependencies); a folder is linked, so its `dist/` must be built.
	 */
	packages?: string[];
	/** Further environment variables, for instance those that lead n8n to the simulator. */
	environment?: Record<string, string>;
	/** Folder whose `node_modules` holds `n8n`, and `node` if n8n shall not run on the present one. */
	n8nFolder?: string;
	/** What n8n prints is appended here. Default: `n8n.log` in the data folder. */
	logFile?: string;
}

/** A process of n8n: the main one, or a worker. It ends with the process that launched it. */
export interface N8nProcess {
	readonly child: ChildProcess;
	readonly logFile: string;
	/** Asks n8n to end; it waits up to 30 s for executions that run. Then whatever is left is killed. */
	stop(): Promise<void>;
	/** Sends the signal to n8n and its task runner at once, and waits until n8n has ended. */
	kill(signal?: NodeJS.Signals): Promise<void>;
}

/** An n8n that is up, with an owner account and a client that is logged in as the owner. */
export interface N8n extends N8nProcess {
	readonly url: string;
	readonly port: number;
	readonly client: N8nClient;
	/** Stops n8n if it still runs, and starts it again on the same data folder and port. */
	restart(changes?: Partial<N8nOptions>): Promise<N8n>;
}

/** An idle machine needs 5 to 10 s, one with many test runs at a time minutes. */
const START_TIMEOUT_MS = 240_000;
/** n8n's default for N8N_GRACEFUL_SHUTDOWN_TIMEOUT is 30 s. */
const STOP_TIMEOUT_MS = 35_000;

/**
 * A port of 127.0.0.1 that nothing listens on. It lies below the range from which Linux and macOS
 * take the ports of outgoing connections, so that none of those gets it before n8n listens.
 */
export async function freePort(): Promise<number> {
	for (;;) {
		const port = randomInt(20_000, 32_768);
		if (await isFree(port)) return port;
	}
}

/** Whether one can listen on this port of 127.0.0.1. */
export async function isFree(port: number): Promise<boolean> {
	const server = createServer();
	return await new Promise((settle) => {
		server.once('error', () => settle(false));
		server.listen(port, '127.0.0.1', () => server.close(() => settle(true)));
	});
}

/**
 * Starts n8n on loopback and waits until its published workflows can be triggered. Creates the owner
 * account on a new data folder.
 *
 * @throws when n8n is not installed, the port is in use, or n8n ends or is not up within four minutes;
 * the message holds the end of n8n's log.
 */
export async function startN8n(options: N8nOptions): Promise<N8n> {
	const port = options.port || (await freePort());
	if (!(await isFree(port))) {
		throw new Error(
			`Port ${port} is in use. End the program that listens on it, or choose another.`,
		);
	}
	const url = `http://127.0.0.1:${port}`;
	const launched = await launchN8n(['start'], 'Editor is now accessible', {
		...options,
		environment: { N8N_PORT: String(port), ...options.environment },
	});
	const client = new N8nClient(url);
	try {
		await client.logIn(owner);
	} catch (error) {
		await launched.kill();
		throw error;
	}
	return {
		...launched,
		url,
		port,
		client,
		async restart(changes = {}) {
			await launched.stop();
			return await startN8n({ ...options, port, ...changes });
		},
	};
}

/**
 * Runs a command of n8n (`['start']`, `['worker', '--concurrency=5']`) and waits until it prints
 * `readyLine`.
 */
export async function launchN8n(
	command: string[],
	readyLine: string,
	options: N8nOptions,
): Promise<N8nProcess> {
	const modules = join(options.n8nFolder ?? __dirname, 'node_modules');
	const n8n = join(modules, 'n8n', 'bin', 'n8n');
	if (!existsSync(n8n)) {
		throw new Error(`n8n is not installed in ${dirname(modules)}: run "npm ci" there.`);
	}
	const ownNode = join(modules, 'node', 'bin', 'node');
	const node = existsSync(ownNode) ? ownNode : process.execPath;

	const dataFolder = resolve(options.dataFolder);
	await mkdir(dataFolder, { recursive: true });
	for (const source of options.packages ?? []) await addPackage(resolve(source), dataFolder);

	const logFile = resolve(options.logFile ?? join(dataFolder, 'n8n.log'));
	const log = openSync(logFile, 'a');
	const logStart = statSync(logFile).size;
	const { child, ended, signal } = await spawnGroup(node, [n8n, ...command], {
		cwd: dataFolder,
		env: await environmentOf(options, dataFolder, dirname(node), modules),
		stdio: ['ignore', log, log],
	});
	closeSync(log);

	const launched: N8nProcess = {
		child,
		logFile,
		async stop() {
			child.kill('SIGTERM');
			const timeout = setTimeout(() => signal('SIGKILL'), STOP_TIMEOUT_MS);
			await ended;
			clearTimeout(timeout);
		},
		async kill(name = 'SIGKILL') {
			signal(name);
			await ended;
		},
	};

	const deadline = Date.now() + START_TIMEOUT_MS;
	const printed = () => readFileSync(logFile).subarray(logStart).toString();
	while (!printed().includes(readyLine)) {
		const problem = !isRunning(child)
			? `ended (${child.signalCode ?? `exit code ${child.exitCode}`}) before it was up`
			: Date.now() > deadline
				? `was not up after ${START_TIMEOUT_MS / 1000} s`
				: undefined;
		if (problem) {
			await launched.kill();
			const lastLines = printed().trimEnd().split('\n').slice(-15).join('\n');
			throw new Error(`n8n ${problem}. The end of ${logFile}:\n${lastLines}`);
		}
		await sleep(100);
	}
	return launched;
}

async function environmentOf(
	options: N8nOptions,
	dataFolder: string,
	nodeFolder: string,
	modules: string,
) {
	const needed = environmentForN8n();
	return {
		...needed,
		PATH: `${nodeFolder}${delimiter}${needed.PATH}`,
		N8N_USER_FOLDER: dataFolder,
		N8N_HOST: '127.0.0.1',
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		N8N_SECURE_COOKIE: 'false',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_DISABLED_MODULES: needlessModules(modules).join(),
		...options.environment,
	};
}

/** Modules that ask the internet and fill the log. An n8n that does not know one of them refuses to start. */
function needlessModules(modules: string): string[] {
	return ['mcp-registry', 'instance-ai', 'agents', 'chat-hub'].filter((name) =>
		existsSync(join(modules, 'n8n', 'dist', 'modules', name)),
	);
}

/** Puts a package where n8n looks for installed community packages, in place of an older one. */
async function addPackage(source: string, dataFolder: string): Promise<void> {
	const nodes = join(dataFolder, '.n8n', 'nodes');
	const isTarball = source.endsWith('.tgz');
	const folder = isTarball ? join(nodes, 'unpacked') : source;
	if (isTarball) {
		await rm(folder, { recursive: true, force: true });
		await mkdir(folder, { recursive: true });
		await promisify(execFile)('tar', ['-xzf', source, '-C', folder, '--strip-components=1']);
	}
	const { name, n8n } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
		name: string;
		n8n: { nodes: string[] };
	};
	const missing = n8n.nodes.find((file) => !existsSync(join(folder, file)));
	if (missing) throw new Error(`${source} has no ${missing}. Build the package first.`);
	const target = join(nodes, 'node_modules', name);
	await mkdir(dirname(target), { recursive: true });
	await rm(target, { recursive: true, force: true });
	if (isTarball) await rename(folder, target);
	else await symlink(folder, target, 'dir');
}
