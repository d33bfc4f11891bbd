/**
 * Plants faults in the rooms that hold the rules, one room after the other: `npm run test:mutation`, or
 * `npm run test:mutation -- core/numbers errors/explain.ts` for parts of the house. Fails when the tests miss more
 * than 8 % of them in a part.
 */
import { spawnSync } from 'node:child_process';
import globalSetup from '../support/globalSetup';

const ROOMS = ['core', 'guards', 'errors', 'transport'];

async function main(): Promise<void> {
	await globalSetup({});
	const parts = process.argv.slice(2);
	for (const part of parts.length > 0 ? parts : ROOMS) {
		const env = { ...process.env, MUTATED: `nodes/Voice2Phone/${part}` };
		const { status } = spawnSync('stryker', ['run'], { env, stdio: 'inherit' });
		if (status !== 0) process.exitCode = 1;
	}
}

void main();
