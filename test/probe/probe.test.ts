import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAuthority, startSimulator, type Simulator } from '../simulator';

const PROGRAM = join(__dirname, '..', 'probe', 'live.ts');
/** Presses 1 and then 2 at once. */
const NUMBER = '+1 425 555 0112';
const QUICK = ['--look-every', '0.05', '--unchanged-for', '0.3'];

let simulator: Simulator;
let folder: string;
let report: string;

beforeEach(async () => {
	simulator = await startSimulator({
		authority: await loadAuthority(process.env.VOICE2PHONE_AUTHORITY as string),
		apiKey: 'a-very-secret-key',
	});
	folder = await mkdtemp(join(tmpdir(), 'live-probe-'));
	report = join(folder, 'voice2phone-probe.md');
});

afterEach(async () => {
	await simulator.close();
	await rm(folder, { recursive: true });
});

const environment = (changes: Record<string, string> = {}) => ({
	PATH: process.env.PATH,
	...simulator.environment,
	VOICE2PHONE_API_KEY: simulator.apiKey,
	...changes,
});

/** Runs the probe without a terminal. */
async function run(options: string[], changes?: Record<string, string>) {
	return await new Promise<{ code: unknown; output: string }>((resolve) => {
		execFile(
			process.execPath,
			['--import', require.resolve('tsx'), PROGRAM, ...QUICK, ...options],
			{ cwd: folder, env: environment(changes) },
			(error, stdout, stderr) => resolve({ code: error?.code ?? 0, output: stdout + stderr }),
		);
	});
}

/** Runs the probe in a terminal, and types a line when it asks for one. */
async function runInTerminal(typed: string): Promise<string> {
	const command = [
		process.execPath,
		'--import',
		require.resolve('tsx'),
		PROGRAM,
		...QUICK,
		'--number',
		NUMBER,
	]
		.map((word) => `'${word}'`)
		.join(' ');
	const terminal = spawn('script', ['-qec', command, '/dev/null'], {
		cwd: folder,
		env: environment(),
	});
	let output = '';
	let answered = false;
	terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
		output += text;
		if (answered || !output.includes('Type the number again')) return;
		answered = true;
		terminal.stdin.write(`${typed}\n`);
	});
	await once(terminal, 'close');
	return output;
}

const confirmed = ['--number', NUMBER, '--yes-call-me', '+14255550112'];

test('asks with both schemes and a wrong key, calls once, and reports without key, number and CallId', async () => {
	const { code, output } = await run(confirmed);
	expect(output).toContain('Read it before you share it');
	expect(code).toBe(0);

	const encoded = (key: string) => `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
	const asked = simulator.requests.map(({ method, path, authorization }) => [
		method,
		path.replace(/^\/call\/(?!0{8}).+/, 'the call'),
		authorization,
	]);
	const noCall = '/call/00000000-0000-0000-0000-000000000000';
	const basic = encoded(simulator.apiKey);
	expect(asked.slice(0, 7)).toEqual([
		['GET', noCall, basic],
		['GET', noCall, simulator.apiKey],
		['GET', noCall, encoded('not-a-key')],
		['GET', noCall, 'not-a-key'],
		['POST', '/call', basic],
		['POST', '/call', basic],
		['GET', 'the call', basic],
	]);
	expect(asked.slice(7).every(([, path]) => path === 'the call')).toBe(true);
	const [call, ...others] = simulator.acceptedCalls();
	expect(others).toEqual([]);
	expect(call.number).toBe('+14255550112');

	const text = await readFile(report, 'utf8');
	expect(text).toContain('- Standard (Basic): **accepted** (the key got 404, a wrong key 401)');
	expect(text).toContain('- Key Only: **accepted**');
	expect(text).toMatch(/POST a call without a phone: 400[^#]*"Message":"Phone is missing\."/);
	expect(text).toMatch(/\| `2` \| `"12"` \| `"20..-[^`]+"` \|/);
	expect(text).toMatch(/read as UTC, is -?0\.\d s after/);
	for (const secret of [simulator.apiKey, basic.slice(6), call.callId, '5550112', '555 0112']) {
		expect(text).not.toContain(secret);
	}
	expect(output).not.toContain(simulator.apiKey);
	expect(output).not.toContain('5550112');
});

test('records what the status goes through', async () => {
	const number = '+1 425 555 0201';
	await run(['--number', number, '--yes-call-me', number, '--unchanged-for', '1.5']);
	const rows = (await readFile(report, 'utf8')).match(/^\| \d.*$/gm) ?? [];
	const statuses = rows.map((row) => row.split(' | ').slice(1, 3).join(' '));
	expect([...new Set(statuses)]).toEqual(['`0` `missing`', '`1` `missing`', '`2` `"1"`']);
});

test('an answer that repeats the number and the key leaves neither in the report', async () => {
	simulator.faults.next(
		{
			kind: 'status',
			statusCode: 402,
			body: `No credit to call (425) 555-0112 for ${simulator.apiKey}`,
		},
		{ match: ({ method, number }) => method === 'POST' && number !== undefined },
	);
	const { code, output } = await run(confirmed);
	expect(code).toBe(1);
	expect(output).toContain('No call was placed for certain');
	const text = await readFile(report, 'utf8');
	expect(text).toContain('POST a call: 402');
	expect(text).toContain('No credit to call [phone number] for [API key]');
});

test('an unknown outcome is reported and the call is not placed again', async () => {
	simulator.faults.next(
		{ kind: 'cut', when: 'afterProcessing' },
		{ match: ({ method, number }) => method === 'POST' && number !== undefined },
	);
	expect((await run(confirmed)).code).toBe(1);
	expect(simulator.acceptedCalls()).toHaveLength(1);
	expect(await readFile(report, 'utf8')).toMatch(/POST a call: no answer\n\n\w+ after/);
});

test('a key that is refused in both schemes calls nobody', async () => {
	const { code } = await run(confirmed, { VOICE2PHONE_API_KEY: 'another-key' });
	expect(code).toBe(1);
	expect(simulator.requests.map(({ method }) => method)).toEqual(['GET', 'GET']);
	const text = await readFile(report, 'utf8');
	expect(text).toContain('- Standard (Basic): **refused** (the key got 401)');
	expect(text).toContain('Not placed: the key was refused in both schemes.');
});

test('an API that takes a request without a phone for good is not asked to call', async () => {
	simulator.faults.next({ kind: 'status', statusCode: 200, body: {} }, { match: 'POST' });
	expect((await run(confirmed)).code).toBe(1);
	expect(simulator.acceptedCalls()).toEqual([]);
	expect(await readFile(report, 'utf8')).toContain('got 200, as if it were good');
});

test('too many requests: it looks less often', async () => {
	simulator.faults.next(
		{ kind: 'status', statusCode: 429, retryAfter: 1 },
		{ match: ({ path, method }) => method === 'GET' && !path.includes('00000000') },
	);
	await run(confirmed);
	const looks = simulator.requests.slice(6);
	expect(looks[1].receivedAt - looks[0].receivedAt).toBeGreaterThanOrEqual(1000);
	expect(await readFile(report, 'utf8')).toContain('`retry-after: 1`');
});

test('an API that cannot be reached is said, and there is no report', async () => {
	await simulator.down(true);
	const { code, output } = await run(confirmed);
	expect(code).toBe(1);
	expect(output).toContain('cannot be reached (ECONNREFUSED)');
	expect(existsSync(report)).toBe(false);
});

test.each<[string, string[], Record<string, string>, string]>([
	['without a confirmation', ['--number', NUMBER], {}, 'no terminal to confirm'],
	['in CI', confirmed, { CI: 'true' }, 'does not run in CI'],
	['without a key', confirmed, { VOICE2PHONE_API_KEY: '' }, 'The API key is missing'],
	['without a number', [], {}, 'Your own phone number is missing'],
	['with a number without country', ['--number', '4255550112'], {}, '--number'],
	['confirmed with another', [...confirmed, '--yes-call-me', '+14255550101'], {}, 'differ'],
	['with a wrong option', [...confirmed, '--look-every', 'x'], {}, '--look-every must be'],
])('nothing is sent %s', async (_case, options, changes, message) => {
	const { code, output } = await run(options, changes);
	expect(code).toBe(1);
	expect(output).toContain(message);
	expect(simulator.requests).toEqual([]);
});

describe('in a terminal', () => {
	test('the number is asked for again, and called', async () => {
		const output = await runInTerminal('+1 (425) 555-0112');
		expect(output).toContain('rings +*********12 once');
		expect(simulator.acceptedCalls()).toHaveLength(1);
	});

	test('another number calls nobody', async () => {
		expect(await runInTerminal('+1 425 555 0101')).toContain('The two numbers differ');
		expect(simulator.requests).toEqual([]);
	});
});
