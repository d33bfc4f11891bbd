import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { useN8n } from './support';

const bed = useN8n();

const NODE = 'n8n-nodes-voice2phone.voice2Phone';
const SUCCESS = { status: 'OK', message: 'Connection successful!' };

describe('The tarball', () => {
	it('holds what n8n and its users need, and nothing of the workshop', async () => {
		const { stdout } = await promisify(execFile)('tar', ['-tzf', process.env.VOICE2PHONE_TARBALL!]);
		const files = stdout
			.trim()
			.split('\n')
			.map((file) => file.replace(/^package\//, ''));
		expect(files).toEqual(
			expect.arrayContaining([
				'README.md',
				'LICENSE',
				'package.json',
				'index.js',
				'dist/credentials/Voice2PhoneApi.credentials.js',
				'dist/nodes/Voice2Phone/Voice2Phone.node.js',
				'dist/nodes/Voice2Phone/Voice2Phone.node.json',
				'dist/nodes/Voice2Phone/voice2Phone.svg',
				'dist/nodes/Voice2Phone/voice2Phone.dark.svg',
			]),
		);
		const shipped =
			/^(README\.md|CHANGELOG\.md|LICENSE|package\.json|index\.js|dist\/(credentials|nodes)\/.*\.(js|d\.ts|json|svg))$/;
		expect(
			files.filter((file) => !shipped.test(file) || /(^|\/)test\/|\.test\./.test(file)),
		).toEqual([]);
	});
});

describe('The installed package', () => {
	it('brings its node, also as a tool and as human review of AI agents', async () => {
		const nodes = await bed.client.types('nodes');
		const names = nodes.map(({ name }) => name).filter((name) => name.startsWith(NODE));
		expect(names).toEqual([NODE, `${NODE}Tool`, `${NODE}HitlTool`]);
	});

	it('brings its credential', async () => {
		const credentials = await bed.client.types('credentials');
		expect(credentials.find(({ name }) => name === 'voice2PhoneApi')?.displayName).toBe(
			'Voice2Phone API',
		);
	});

	it('brings its icons', async () => {
		const nodes = await bed.client.types('nodes');
		const { iconUrl } = nodes.find(({ name }) => name === NODE)!;
		for (const url of Object.values(iconUrl as { light: string; dark: string })) {
			const response = await fetch(`${bed.n8n.url}/${url}`);
			expect(response.headers.get('content-type')).toMatch('image/svg+xml');
			expect(await response.text()).toMatch('<svg');
		}
	});
});

describe('The test of the credential', () => {
	const test = async ({ apiKey = bed.simulator.apiKey, authScheme = 'basic' } = {}) =>
		await bed.client.testCredential(bed.credential, { apiKey, authScheme });
	/** A failed test with these words. n8n older than 2.34 loses the status, and has words of its own. */
	const failed = (message: RegExp) => ({
		status: 'Error',
		message: expect.stringMatching(saysOurWords ? message : /./) as string,
	});
	let saysOurWords: boolean;
	beforeAll(async () => {
		const { versionCli } = await bed.client.request<{ versionCli: string }>('GET', '/settings');
		const [major, minor] = versionCli.split('.').map(Number);
		saysOurWords = major > 2 || (major === 2 && minor >= 34);
	});

	it.each(['basic', 'apiKey'])('succeeds with a good key, scheme "%s"', async (authScheme) => {
		expect(await test({ authScheme })).toEqual(SUCCESS);
		expect(bed.simulator.acceptedCalls()).toEqual([]);
	});

	it('names the other scheme when the key is refused', async () => {
		expect(await test({ apiKey: 'wrong' })).toEqual(
			failed(
				/^Voice2Phone refused the API key\. Check it, or try the other choice in How the Key Is Sent\.$/,
			),
		);
	});

	it('fails under the scheme that the API does not take, and succeeds under the other', async () => {
		bed.simulator.faults.next(
			{ kind: 'status', statusCode: 401 },
			{ count: Infinity, match: ({ authorization }) => authorization!.startsWith('Basic ') },
		);
		expect(await test({ authScheme: 'basic' })).toEqual(
			failed(/try the other choice in How the Key Is Sent/),
		);
		expect(await test({ authScheme: 'apiKey' })).toEqual(SUCCESS);
	});

	it.each([
		[302, /^Something other than Voice2Phone seems to have answered \(302\)/],
		[403, /^Forbidden$/],
		[429, /^Voice2Phone received too many requests\. Wait a minute and test again\.$/],
		[500, /^Voice2Phone answered with a server error \(500\)\. Test again later\.$/],
		[520, /./],
		[503, /^Voice2Phone answered with a server error \(503\)\. Test again later\.$/],
	])('fails when the API answers %i', async (statusCode, message) => {
		bed.simulator.faults.next({ kind: 'status', statusCode }, { count: Infinity });
		expect(await test()).toEqual(failed(message));
	});

	it('fails when the answer is cut off', async () => {
		bed.simulator.faults.next({ kind: 'cut', when: 'beforeProcessing' }, { count: Infinity });
		expect((await test()).status).toBe('Error');
	});

	it('fails when the API cannot be reached', async () => {
		await bed.simulator.down(true);
		try {
			expect((await test()).status).toBe('Error');
		} finally {
			await bed.simulator.down(false);
		}
	});
});
