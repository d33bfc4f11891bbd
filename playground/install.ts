/** Installs the pinned n8n into the playground, and mends an installation that does not work. */
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { adviceToCompile } from './compiler';
import { environmentForNpm } from './environment';
import { faultOf, isUnpacked, readPinned, type Pinned } from './installation';
import { spawnGroup } from './processGroup';

const MODULES = join(__dirname, 'node_modules');
const LOG_FILE = join(__dirname, '.data', 'install.log');
/** An installed n8n 2.40.7 takes 3.0 GB; npm needs some more while it works. */
const NEEDED_BYTES = 4e9;

/** The version of n8n that the playground's lock file pins. */
export async function pinnedVersion(): Promise<string> {
	return (await readPinned(__dirname)).n8n;
}

/**
 * Installs the pinned n8n into the playground unless one is there that works. Says so before, and how far
 * it is meanwhile: on one line of a terminal, or on a line now and then where the output is a file.
 *
 * @param signal ends npm, and the call fails with the signal's reason; the next call begins anew
 * @throws when there is too little room on the disk, npm fails, or n8n does not work afterwards; the
 * message says what to do
 */
export async function ensureInstalled(signal?: AbortSignal): Promise<void> {
	const output = process.stdout;
	const pinned = await readPinned(__dirname);
	const fault = await faultOf(__dirname, pinned);
	if (!fault) return;

	if (existsSync(MODULES)) {
		output.write(`The n8n in ${__dirname} cannot be used (${fault}), so it is installed anew.\n`);
		await rm(MODULES, { recursive: true, force: true });
	}
	signal?.throwIfAborted();
	await requireRoom();
	output.write(
		`Installing n8n ${pinned.n8n} into ${__dirname}. This is done once and takes about 3 GB and some minutes.\n`,
	);
	const started = Date.now();
	await installPackages(pinned, signal);
	const remaining = await faultOf(__dirname, pinned);
	if (remaining) {
		throw new Error(
			`npm has installed n8n, but it does not work: ${remaining}. What npm said is in ${LOG_FILE}.`,
		);
	}
	output.write(`n8n is installed, after ${Math.round((Date.now() - started) / 1000)} s.\n\n`);
}

async function requireRoom(): Promise<void> {
	const { bavail, bsize } = await statfs(__dirname);
	if (bavail * bsize >= NEEDED_BYTES) return;
	throw new Error(
		`n8n needs ${gigabytes(NEEDED_BYTES)} GB on the disk of ${__dirname}, where ${gigabytes(bavail * bsize)} GB are free. Make room and start again.`,
	);
}

/** Runs `npm ci`, and shows how far it is. */
async function installPackages(pinned: Pinned, signal?: AbortSignal): Promise<void> {
	const output = process.stdout;
	await mkdir(join(__dirname, '.data'), { recursive: true });
	const log = openSync(LOG_FILE, 'w');
	const npm = await spawnGroup('npm', ['ci', '--no-audit', '--no-fund'], {
		cwd: __dirname,
		env: environmentForNpm(),
		stdio: ['ignore', log, log],
	});
	closeSync(log);
	signal?.addEventListener('abort', () => npm.signal('SIGKILL'), { once: true });
	if (signal?.aborted) npm.signal('SIGKILL');

	const started = Date.now();
	const progress = setInterval(
		() => {
			const seconds = Math.round((Date.now() - started) / 1000);
			const line = `  ${seconds} s: ${stepOf(pinned)}`;
			output.write(output.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
		},
		output.isTTY ? 1000 : 15_000,
	);
	try {
		await npm.ended;
	} finally {
		clearInterval(progress);
		if (output.isTTY) output.write('\r\x1b[K');
	}
	signal?.throwIfAborted();
	if (npm.child.exitCode !== 0) throw new Error(failureText());
}

/** npm does not say how far it is; the packages on the disk do. */
function stepOf({ packages }: Pinned): string {
	const unpacked = packages.filter((path) => isUnpacked(__dirname, path)).length;
	if (unpacked === 0) return 'downloading';
	if (unpacked < packages.length) return `${unpacked} of ${packages.length} packages unpacked`;
	return 'all packages unpacked, compiling SQLite';
}

function failureText(): string {
	const log = readFileSync(LOG_FILE, 'utf8').trimEnd();
	const lines = log.split('\n').filter((line) => !line.startsWith('npm warn'));
	const lastLines = lines.slice(-15).join('\n');
	const advice =
		(/path .*node_modules.sqlite3/.test(log) && adviceToCompile()) ||
		'npm needs its registry. It reads its settings from .npmrc files here, and not from variables npm_config_…. Mend what npm names';
	return `n8n could not be installed. npm said (all of it is in ${LOG_FILE}):\n\n${lastLines}\n\n${advice}, and start again.`;
}

const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
