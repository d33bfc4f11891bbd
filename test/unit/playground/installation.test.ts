import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultOf, type Pinned } from '../../../playground/installation';

let folder: string;
let pinned: Pinned;

/** Makes an installation that works, with stand-ins for n8n and SQLite. */
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'voice2phone installation '));
	pinned = {
		n8n: '2.40.7',
		node: process.versions.node,
		packages: ['node_modules/n8n', 'node_modules/sqlite3', 'node_modules/node'],
	};
	for (const path of pinned.packages) {
		await write(`${path}/package.json`, JSON.stringify({ version: '2.40.7' }));
	}
	await write('node_modules/.package-lock.json', '{}');
	await write('node_modules/sqlite3/index.js', '');
	await mkdir(join(folder, 'node_modules/node/bin'));
	await symlink(process.execPath, join(folder, 'node_modules/node/bin/node'));
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

async function write(path: string, content: string): Promise<void> {
	await mkdir(join(folder, path, '..'), { recursive: true });
	await writeFile(join(folder, path), content);
}
const remove = async (path: string) => await rm(join(folder, path), { recursive: true });

describe('an installed n8n', () => {
	it('is used when its Node.js runs and its SQLite loads', async () => {
		expect(await faultOf(folder, pinned)).toBeUndefined();
	});

	it.each<[string, () => Promise<void>, string]>([
		['was never there', () => remove('node_modules'), 'nothing is installed'],
		['lost a package', () => remove('node_modules/sqlite3'), '1 of 3 packages are missing'],
		[
			'was interrupted by Ctrl-C',
			() => remove('node_modules/.package-lock.json'),
			'the installation was interrupted',
		],
		[
			'is of an older playground',
			() => write('node_modules/n8n/package.json', '{"version":"2.39.0"}'),
			'it is n8n 2.39.0, and not 2.40.7',
		],
		[
			'was installed without install scripts',
			() => remove('node_modules/node/bin'),
			'its Node.js does not run',
		],
		[
			'has a Node.js for another machine',
			async () => {
				await remove('node_modules/node/bin/node');
				await write('node_modules/node/bin/node', '\x7fELF');
				await chmod(join(folder, 'node_modules/node/bin/node'), 0o755);
			},
			'its Node.js does not run',
		],
		[
			'has a SQLite that was not compiled',
			() => write('node_modules/sqlite3/index.js', "require('./build/node_sqlite3.node')"),
			'its SQLite does not load',
		],
	])('that %s is recognised', async (_what, harm, fault) => {
		await harm();
		expect(await faultOf(folder, pinned)).toBe(fault);
	});
});
