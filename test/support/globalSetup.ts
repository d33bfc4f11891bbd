import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '../simulator/authority';

interface JestGlobalConfig {
	runInBand?: boolean;
	detectOpenHandles?: boolean;
}

/**
 * Prepares the environment that jest's worker processes start with: a temporary folder with the
 * simulator's certificate authority, trusted by everything in a worker, and with a settings folder for
 * n8n-core. The folder goes when jest ends.
 *
 * `VOICE2PHONE_AUTHORITY` names the directory for `loadAuthority`.
 *
 * @throws when jest would run the tests in its own process, which started without the authority.
 */
export default async function globalSetup(config: JestGlobalConfig): Promise<void> {
	if (config.runInBand || config.detectOpenHandles) {
		throw new Error(
			'These tests need worker processes, because Node reads NODE_EXTRA_CA_CERTS only when it starts. ' +
				'Use --maxWorkers=1 instead of --runInBand, and leave out --detectOpenHandles.',
		);
	}

	// The tests must not depend on how the machine reaches the internet or runs its own n8n.
	for (const name of Object.keys(process.env)) {
		if (/^(N8N_.*|(https?|all|no)_proxy)$/i.test(name)) delete process.env[name];
	}

	// In a zone that is not UTC it shows when a time without a zone is taken for a local one.
	process.env.TZ = 'America/New_York';

	const directory = await mkdtemp(join(tmpdir(), 'voice2phone-test-'));
	process.once('exit', () => rmSync(directory, { recursive: true, force: true }));

	const authorityDirectory = join(directory, 'authority');
	const { caPem } = await createAuthority(authorityDirectory);
	process.env.VOICE2PHONE_AUTHORITY = authorityDirectory;
	process.env.NODE_EXTRA_CA_CERTS = await writeTrustBundle(directory, caPem);

	// Written here, once: n8n-core would write the file itself, in every worker at the same time.
	await mkdir(join(directory, '.n8n'));
	await writeFile(join(directory, '.n8n', 'config'), JSON.stringify({ encryptionKey: 'test' }), {
		mode: 0o600,
	});
	process.env.N8N_USER_FOLDER = directory;
}

/** Writes the authority and what the machine trusted already (a company's proxy, say) into one file. */
async function writeTrustBundle(directory: string, caPem: string): Promise<string> {
	const existing = process.env.NODE_EXTRA_CA_CERTS;
	const bundle = join(directory, 'trusted.pem');
	const trusted = existing && existsSync(existing) ? await readFile(existing, 'utf8') : '';
	await writeFile(bundle, `${trusted}\n${caPem}`);
	return bundle;
}
