import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir, readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnGroup } from './processGroup';

const LOG_FILE = join(__dirname, '.data', 'install.log');
/** An installed n8n 2.40.7 takes 3.0 GB; npm needs some more while it works. */
const NEEDED_BYTES = 4e9;

interface Packages {
	packages: Record<string, { version?: string; optional?: boolean; extraneous?: boolean }>;
}

/** The version of n8n that the playground's lock file pins. */
export async function pinnedVersion(): Promise<string> {
	const { packages } = await readJson<Packages>(join(__dirname, 'package-lock.json'));
	return packages['node_modules/n8n'].version!;
}

/**
 * Installs the pinned n8n into the playground unless it is there already. Says so before, and how far
 * it is meanwhile: on one line of a terminal, or on a line now and then where the output is a file.
 *
 * @param signal ends npm; the next call begins anew
 * @throws when there is too little room on the disk, or npm fails; the message says what to do
 */
export async function ensureInstalled(signal?: AbortSignal): Promise<void> {
	const output = process.stdout;
	const { packages: pinned } = await readJson<Packages>(join(__dirname, 'package-lock.json'));
	if (await isInstalled(pinned)) return;

	const { bavail, bsize } = await statfs(__dirname);
	if (bavail * bsize < NEEDED_BYTES) {
		throw new Error(
			`n8n needs ${NEEDED_BYTES / 1e9} GB on the disk of ${__dirname}, where ${gigabytes(bavail * bsize)} GB are free. Make room and start again.`,
		);
	}
	const version = pinned['node_modules/n8n'].version;
	output.write(
		`Installing n8n ${version} into ${__dirname}. This is done once and takes about 3 GB and some minutes.\n`,
	);

	await mkdir(join(__dirname, '.data'), { recursive: true });
	const log = openSync(LOG_FILE, 'w');
	const npm = await spawnGroup('npm', ['ci', '--no-audit', '--no-fund'], {
		cwd: __dirname,
		stdio: ['ignore', log, log],
	});
	closeSync(log);
	signal?.addEventListener('abort', () => npm.signal('SIGKILL'), { once: true });
	const started = Date.now();
	const folders = Object.keys(pinned).filter(
		(path) => path !== '' && !pinned[path].optional && !pinned[path].extraneous,
	);
	const progress = setInterval(
		() => {
			const present = folders.filter((path) => existsSync(join(__dirname, path, 'package.json')));
			const seconds = Math.round((Date.now() - started) / 1000);
			const step =
				present.length === 0
					? 'downloading'
					: present.length < folders.length
						? `${present.length} of ${folders.length} packages unpacked`
						: 'all packages unpacked, compiling SQLite';
			output.write(output.isTTY ? `\r\x1b[K  ${seconds} s: ${step}` : `  ${seconds} s: ${step}\n`);
		},
		output.isTTY ? 1000 : 15_000,
	);
	try {
		await npm.ended;
		if (npm.child.exitCode !== 0) {
			const lastLines = readFileSync(LOG_FILE, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
			throw new Error(
				`n8n could not be installed. npm said (all of it is in ${LOG_FILE}):\n\n${lastLines}\n\n` +
					'npm needs its registry, and Python 3, make and a C++ compiler where there is no ready-made SQLite. Mend that and start again.',
			);
		}
	} finally {
		clearInterval(progress);
		if (output.isTTY) output.write('\r\x1b[K');
	}
	output.write(`n8n is installed, after ${Math.round((Date.now() - started) / 1000)} s.\n\n`);
}

/** npm writes its hidden lock file last, so an installation that was interrupted has none. */
async function isInstalled(pinned: Packages['packages']): Promise<boolean> {
	const hiddenLockFile = join(__dirname, 'node_modules', '.package-lock.json');
	if (!existsSync(hiddenLockFile)) return false;
	const { packages: installed } = await readJson<Packages>(hiddenLockFile);
	return ['node_modules/n8n', 'node_modules/node'].every(
		(path) => installed[path]?.version === pinned[path].version,
	);
}

async function readJson<T>(file: string): Promise<T> {
	return JSON.parse(await readFile(file, 'utf8')) as T;
}

const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
