import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const START = resolve(__dirname, '../../playground/start.ts');

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'voice2phone-start-'));
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

/** `npm start` after its build, with a folder of its own for temporary files. */
function start(...options: string[]) {
	const child = spawn(process.execPath, ['--import', 'tsx', START, ...options], {
		env: { ...process.env, TMPDIR: folder },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let printed = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (text: Buffer) => (printed += text.toString()));
	}
	const ended = once(child, 'close').then(([code]) => ({ code: code as number, printed }));
	return { child, ended, printed: () => printed };
}
const leftBehind = async () =>
	(await readdir(folder)).filter((name) => name.startsWith('voice2phone'));

describe('npm start', () => {
	it('makes a call in n8n’s engine and prints the key that the person pressed', async () => {
		const { code, printed } = await start('--engine').ended;
		expect(printed).toMatch(/Pressed key +1\n +Outcome +It works/);
		expect(code).toBe(0);
		expect(await leftBehind()).toEqual([]);
	});

	it('leaves nothing behind when Ctrl-C comes in the middle of the call', async () => {
		const { child, ended } = start('--engine');
		await once(child.stdout, 'data');
		while ((await leftBehind()).length === 0) await new Promise((next) => setTimeout(next, 10));
		child.kill('SIGINT');
		const { code, printed } = await ended;
		expect(printed).toMatch(/Ending …\n$/);
		expect(code).toBe(1);
		expect(await leftBehind()).toEqual([]);
	});

	it('says what it does', async () => {
		const { code, printed } = await start('--help').ended;
		expect(printed).toMatch(/^Usage: npm start/);
		expect(printed).toMatch(/--engine .*\n +--once /);
		expect(code).toBe(0);
	});

	it('refuses an option that it does not know', async () => {
		const { code, printed } = await start('--engin').ended;
		expect(printed).toMatch(/Unknown option '--engin'[^]*Usage: npm start/);
		expect(code).toBe(1);
	});
});
