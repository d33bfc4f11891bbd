import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startN8n, type N8n } from '../../../playground/n8n';
import { createAuthority, startSimulator } from '../../simulator';

const PACKAGE = resolve(__dirname, '..', '..', '..');

declare global {
	/** Ends the n8n of all test files; for the global teardown. */
	var stopN8n: (() => Promise<void>) | undefined;
}

/**
 * Starts the one n8n that all test files share, with the built package in it. The simulator that it
 * reaches as Voice2Phone is started by each test file, on the port that n8n knows.
 */
export default async function globalSetup(): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), 'voice2phone-browser-'));
	const authority = join(folder, 'authority');
	const simulator = await startSimulator({ authority: await createAuthority(authority) });
	await simulator.close();

	const n8n: N8n = await startN8n({
		dataFolder: join(folder, 'n8n'),
		packages: [PACKAGE],
		environment: simulator.environment,
	});
	process.env.N8N_URL = n8n.url;
	process.env.BROWSER_PROFILE = join(folder, 'browser');
	process.env.SIMULATOR_AUTHORITY = authority;
	process.env.SIMULATOR_PROXY_PORT = String(simulator.proxyPort);
	globalThis.stopN8n = async () => {
		await n8n.stop();
		await rm(folder, { recursive: true, force: true });
	};
}
