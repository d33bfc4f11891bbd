import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort, launchN8n, type N8nOptions, type N8nProcess } from '../../playground/n8n';
import { isRunning, spawnGroup } from '../../playground/processGroup';

const run = promisify(execFile);

/** A server on a free port of loopback, with its data in a temporary folder that goes with it. */
export interface Service {
	readonly port: number;
	/** What n8n needs in its environment to work with it. */
	readonly environment: Record<string, string>;
	stop(): Promise<void>;
}

/**
 * How soon n8n notices that a worker is gone. Its defaults (60 s, 10 s and 30 s) would make a test wait for
 * two minutes; with these it is a third of that.
 */
export const noticeSoon: Record<string, string> = {
	QUEUE_WORKER_LOCK_DURATION: '20000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '5000',
	QUEUE_WORKER_STALLED_INTERVAL: '10000',
};

/** How many executions a worker runs at once. */
export const CONCURRENCY = 5;

/** Starts a worker of an n8n in queue mode. */
export async function startWorker(options: N8nOptions): Promise<N8nProcess> {
	return await launchN8n(
		['worker', `--concurrency=${CONCURRENCY}`],
		'n8n worker is now ready',
		options,
	);
}

const READY_WITHIN_MS = 60_000;
/** Where Debian keeps the programs of PostgreSQL, by major version; most of them are not in the PATH. */
const DEBIAN_POSTGRES = '/usr/lib/postgresql';

/** Starts a Redis that keeps nothing on disk, for an n8n in queue mode. */
export async function startRedis(): Promise<Service> {
	const service = await startService('redis-server', (port, folder) => [
		['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
		['--save', '', '--appendonly', 'no'],
	]);
	const environment = {
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(service.port),
		N8N_ENCRYPTION_KEY: 'the same for all processes',
	};
	return { ...service, environment };
}

/** Starts a PostgreSQL with an empty database `postgres` that the user `postgres` needs no password for. */
export async function startPostgres(): Promise<Service> {
	const service = await startService('postgres', async (port, folder, asOwner) => {
		const data = join(folder, 'data');
		const options = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--no-locale'];
		await run(await find('initdb'), ['-D', data, ...options, '--no-sync'], asOwner);
		return [
			['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1'],
			['-c', 'unix_socket_directories=', '-c', 'fsync=off'],
		];
	});
	const environment = {
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(service.port),
		DB_POSTGRESDB_DATABASE: 'postgres',
		DB_POSTGRESDB_USER: 'postgres',
	};
	return { ...service, environment };
}

interface Owner {
	uid?: number;
	gid?: number;
}

async function startService(
	program: 'redis-server' | 'postgres',
	prepare: (
		port: number,
		folder: string,
		asOwner: Owner & { cwd: string },
	) => string[][] | Promise<string[][]>,
): Promise<Omit<Service, 'environment'>> {
	const file = await find(program);
	const port = await freePort();
	const folder = await mkdtemp(join(tmpdir(), `voice2phone-${program}-`));
	const owner = await ownerOfServices();
	if (owner.uid !== undefined) await chown(folder, owner.uid, owner.gid!);
	const asOwner = { ...owner, cwd: folder };
	const options = await prepare(port, folder, asOwner);
	const { child, ended, signal } = await spawnGroup(file, options.flat(), {
		...asOwner,
		stdio: 'ignore',
	});
	const stop = async () => {
		signal('SIGKILL');
		await ended;
		await rm(folder, { recursive: true, force: true });
	};
	const deadline = Date.now() + READY_WITHIN_MS;
	while (!(await answers(port))) {
		if (!isRunning(child) || Date.now() > deadline) {
			await stop();
			throw new Error(`${program} did not start: try "${file} ${options.flat().join(' ')}".`);
		}
		await sleep(100);
	}
	return { port, stop };
}

/** PostgreSQL refuses to run as root; Debian's packages bring a user for it. */
async function ownerOfServices(): Promise<Owner> {
	if (process.getuid?.() !== 0) return {};
	const id = async (option: string) => Number((await run('id', [option, 'postgres'])).stdout);
	return { uid: await id('-u'), gid: await id('-g') };
}

/** @throws when the machine has no such program */
async function find(program: string): Promise<string> {
	const namesIn = async (folder: string): Promise<string[]> =>
		await readdir(folder).catch(() => []);
	const versions = await namesIn(DEBIAN_POSTGRES);
	const folders = [
		...(process.env.PATH ?? '').split(delimiter),
		...versions.map((version) => join(DEBIAN_POSTGRES, version, 'bin')),
	];
	for (const folder of folders) {
		if ((await namesIn(folder)).includes(program)) return join(folder, program);
	}
	throw new Error(
		`${program} is not installed. On Debian: apt-get install --no-install-recommends redis-server postgresql`,
	);
}

async function answers(port: number): Promise<boolean> {
	const socket = connect(port, '127.0.0.1');
	try {
		await once(socket, 'connect');
		return true;
	} catch {
		return false;
	} finally {
		socket.destroy();
	}
}
