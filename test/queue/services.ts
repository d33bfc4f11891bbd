import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../playground/n8n';
import { isRunning, spawnGroup } from '../../playground/processGroup';

const run = promisify(execFile);

/** A server on a free port of loopback, with its data in a temporary folder that goes with it. */
export interface Service {
	readonly port: number;
	stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
/** Where Debian keeps the programs of PostgreSQL, by major version; most of them are not in the PATH. */
const DEBIAN_POSTGRES = '/usr/lib/postgresql';

/** Starts a Redis that keeps nothing on disk. */
export async function startRedis(): Promise<Service> {
	return await startService('redis-server', (port, folder) => [
		['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
		['--save', '', '--appendonly', 'no'],
	]);
}

/** Starts a PostgreSQL with an empty database `postgres` that the user `postgres` needs no password for. */
export async function startPostgres(): Promise<Service> {
	return await startService('postgres', async (port, folder, asOwner) => {
		const data = join(folder, 'data');
		const options = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--no-locale'];
		await run(await find('initdb'), ['-D', data, ...options, '--no-sync'], asOwner);
		return [
			['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1'],
			['-c', 'unix_socket_directories=', '-c', 'fsync=off'],
		];
	});
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
): Promise<Service> {
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
