/** Says whether the n8n that is installed in a folder works, and what is wrong with it. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { environmentForN8n } from './environment';

const run = promisify(execFile);

/** Loads SQLite as n8n does, beginning the search in n8n's own folder. */
const LOAD_SQLITE = `require('node:module').createRequire(process.argv[1])('sqlite3')`;

interface LockFile {
	packages: Record<string, { version?: string; optional?: boolean; extraneous?: boolean }>;
}

/** What the lock file of a folder pins. */
export interface Pinned {
	n8n: string;
	node: string;
	/** Paths of the packages that npm installs on every machine, relative to the folder. */
	packages: string[];
}

/** @param folder has the `package-lock.json` */
export async function readPinned(folder: string): Promise<Pinned> {
	const text = await readFile(join(folder, 'package-lock.json'), 'utf8');
	const { packages } = JSON.parse(text) as LockFile;
	return {
		n8n: packages['node_modules/n8n'].version!,
		node: packages['node_modules/node'].version!,
		packages: Object.keys(packages).filter(
			(path) => path !== '' && !packages[path].optional && !packages[path].extraneous,
		),
	};
}

export const isUnpacked = (folder: string, path: string) =>
	existsSync(join(folder, path, 'package.json'));

/**
 * Tries what n8n needs to start. What npm has written about its work says too little: it also calls an
 * installation complete whose install scripts were not run.
 *
 * @returns what is wrong, as a clause such as "SQLite does not load"; undefined when n8n can start
 */
export async function faultOf(folder: string, pinned: Pinned): Promise<string | undefined> {
	const modules = join(folder, 'node_modules');
	if (!existsSync(modules)) return 'nothing is installed';

	const missing = pinned.packages.filter((path) => !isUnpacked(folder, path));
	if (missing.length > 0)
		return `${missing.length} of ${pinned.packages.length} packages are missing`;
	// npm writes this file last. Without it, a package may be there in part.
	if (!existsSync(join(modules, '.package-lock.json'))) return 'the installation was interrupted';

	const n8nFile = join(modules, 'n8n', 'package.json');
	const { version } = JSON.parse(await readFile(n8nFile, 'utf8')) as { version: string };
	if (version !== pinned.n8n) return `it is n8n ${version}, and not ${pinned.n8n}`;

	const node = join(modules, 'node', 'bin', 'node');
	const options = { cwd: folder, env: environmentForN8n(), timeout: 60_000 };
	try {
		const { stdout } = await run(node, ['--version'], options);
		if (stdout.trim() !== `v${pinned.node}`) return `its Node.js is ${stdout.trim()}`;
	} catch {
		return 'its Node.js does not run';
	}
	try {
		await run(node, ['-e', LOAD_SQLITE, n8nFile], options);
	} catch {
		return 'its SQLite does not load';
	}
	return undefined;
}
