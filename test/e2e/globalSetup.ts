import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ensureInstalled } from '../../playground/install';

const PACKAGE = resolve(__dirname, '../..');

/**
 * Prepares what all files share: the playground's n8n, installed if it is not there yet, and the package
 * as `npm pack` makes it for the registry, from the build that is in `dist/`.
 *
 * `VOICE2PHONE_TARBALL` names the tarball. `N8N_FOLDER`, when it is set, names a folder whose
 * `node_modules` has another n8n to test with.
 */
export default async function globalSetup(): Promise<void> {
	if (!process.env.N8N_FOLDER) await ensureInstalled();

	const folder = await mkdtemp(join(tmpdir(), 'voice2phone-e2e-'));
	process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
	const { stdout } = await promisify(execFile)(
		'npm',
		['pack', '--json', '--pack-destination', folder],
		{ cwd: PACKAGE },
	);
	const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
	process.env.VOICE2PHONE_TARBALL = join(folder, filename);
}
