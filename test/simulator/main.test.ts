import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ProxyAgent, request } from 'undici';
import { callTo } from './client';

const ROOT = join(__dirname, '..', '..');
const KEY = 'my-secret-key';

const children = new Set<ChildProcess>();

// A test that fails or runs out of time leaves nothing running.
afterEach(() => {
	for (const child of children) child.kill('SIGKILL');
	children.clear();
});

/** A folder for temporary files with a name that a shell would cut up. */
const temporary = join(mkdtempSync(join(tmpdir(), 'simulator-test-')), "Ada's files");
beforeAll(() => mkdirSync(temporary));
afterAll(() => rmSync(dirname(temporary), { recursive: true }));

/** The variables that a shell has when the printed `export` lines were pasted into it. */
function exported(output: string): Record<string, string> {
	const lines = output.split('\n').filter((line) => line.trim().startsWith('export '));
	const shell = execFileSync('sh', ['-c', `${lines.join('\n')}\nenv`], { encoding: 'utf8' });
	return Object.fromEntries(shell.split('\n').map((line) => line.split(/=(.*)/)));
}

/** Starts the program and collects what it prints. */
function start(...options: string[]) {
	const child: ChildProcess = spawn(
		process.execPath,
		['--import', 'tsx', 'test/simulator/main.ts', ...options],
		{
			cwd: ROOT,
			env: { ...process.env, TMPDIR: temporary },
			stdio: ['ignore', 'pipe', 'pipe'],
		},
	);
	children.add(child);
	let output = '';
	const listeners = new Set<() => void>();
	for (const stream of [child.stdout, child.stderr]) {
		stream?.setEncoding('utf8').on('data', (text: string) => {
			output += text;
			for (const listener of listeners) listener();
		});
	}
	const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;

	return {
		child,
		closed,
		output: () => output,
		/** Resolves when the output has the text; rejects when the program ends without it. */
		printed: (text: string) =>
			new Promise<void>((resolve, reject) => {
				const look = () => {
					if (!output.includes(text)) return;
					listeners.delete(look);
					resolve();
				};
				listeners.add(look);
				look();
				void closed.then(() => reject(new Error(`"${text}" was not printed:\n${output}`)));
			}),
	};
}

test.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])(
	'says how to reach it, shows each request masked, and ends on %s',
	async (signal) => {
		const program = start('--key', KEY);
		await program.printed('Ctrl-C');
		const variables = exported(program.output());
		expect(variables.https_proxy).toBe(variables.HTTPS_PROXY);
		expect(variables.no_proxy).toBe(variables.NO_PROXY);

		const ca = readFileSync(variables.NODE_EXTRA_CA_CERTS, 'utf8');
		const dispatcher = new ProxyAgent({ uri: variables.HTTPS_PROXY, requestTls: { ca } });
		const { statusCode, body } = await request('https://api.voice2phone.com/call', {
			dispatcher,
			method: 'POST',
			headers: { authorization: KEY, 'content-type': 'application/json' },
			body: JSON.stringify(callTo('+14252337837')),
		});
		const { CallId } = (await body.json()) as { CallId: string };
		expect(statusCode).toBe(200);
		await program.printed(`POST /call → 200 +•••••••••37 call ${CallId}`);
		await expect(
			request('https://example.com', { dispatcher, headers: { authorization: KEY } }),
		).rejects.toThrow('403');
		await program.printed('The proxy refused example.com:443');
		await dispatcher.destroy();

		program.child.kill(signal);
		expect(await program.closed).toEqual([0, null]);
		expect(program.output()).not.toContain(KEY);
		expect(program.output()).not.toContain('4252337837');
	},
);

test.each([
	[['--port', 'abc'], '--port must be a port number'],
	[['--proxy-port', '70000'], '--proxy-port must be a port number'],
	[['--latency', '5'], "Unknown option '--latency'"],
])('%j is refused with the usage', async (options, message) => {
	const program = start(...options);
	expect(await program.closed).toEqual([1, null]);
	expect(program.output()).toContain(message);
	expect(program.output()).toContain('Usage: npm run simulator');
});

test('a port in use is said in plain words', async () => {
	const other = createServer();
	await once(other.listen(0, '127.0.0.1'), 'listening');
	const { port } = other.address() as AddressInfo;
	const program = start('--port', String(port));
	expect(await program.closed).toEqual([1, null]);
	expect(program.output()).toContain(`127.0.0.1:${port}`);
	expect(program.output()).toContain('Another program uses this port');
	expect(program.output()).not.toContain('    at ');
	other.close();
});
