/** Does the main job in n8n's engine, which `npm ci` installs with the tests: no n8n is needed. */
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '../test/simulator';
import { environmentForN8n } from './environment';
import type { JobRun } from './job';
import { spawnGroup } from './processGroup';

/** Where the program of the engine leaves what came of the job, in the folder that it is given. */
export const RUN_FILE = 'run.json';

/**
 * Runs the sample workflow in n8n's engine against a simulator. The engine gets a process of its own, since
 * Node.js reads at its start only which certificates it trusts.
 *
 * @param signal ends the process, and the call fails with the signal's reason
 * @throws when the engine does not start; the message has its last words
 */
export async function runInEngine(signal: AbortSignal): Promise<JobRun> {
	const folder = await mkdtemp(join(tmpdir(), 'voice2phone-engine-'));
	try {
		const { caFile } = await createAuthority(folder);
		const logFile = join(folder, 'engine.log');
		const log = openSync(logFile, 'w');
		const program = [...process.execArgv, join(__dirname, 'engineProgram.ts'), folder];
		const engine = await spawnGroup(process.execPath, program, {
			env: { ...environmentForN8n(), NODE_EXTRA_CA_CERTS: caFile, N8N_USER_FOLDER: folder },
			stdio: ['ignore', log, log],
		});
		closeSync(log);
		signal.addEventListener('abort', () => engine.signal('SIGKILL'), { once: true });
		if (signal.aborted) engine.signal('SIGKILL');
		await engine.ended;
		signal.throwIfAborted();
		if (engine.child.exitCode !== 0) {
			throw new Error(`n8n's engine failed. It said:\n${await readFile(logFile, 'utf8')}`);
		}
		return JSON.parse(await readFile(join(folder, RUN_FILE), 'utf8')) as JobRun;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}
