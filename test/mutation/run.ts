/**
 * Plants faults in `core/`: `npm run test:mutation`, or `npm run test:mutation -- core/calls errors/explain.ts` for
 * parts of the house that unit tests cover. Fails when the tests miss more than 8 % of them in a part.
 */
import { spawnSync } from 'node:child_process';

const parts = process.argv.slice(2);
for (const part of parts.length > 0 ? parts : ['core']) {
	const env = { ...process.env, MUTATED: `nodes/Voice2Phone/${part}` };
	const { status } = spawnSync('stryker', ['run'], { env, stdio: 'inherit' });
	if (status !== 0) process.exitCode = 1;
}
