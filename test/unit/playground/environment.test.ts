import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { environmentForN8n, environmentForNpm } from '../../../playground/environment';

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'voice2phone-environment-'));
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

describe('an npm that a script of another npm, of pnpm or of yarn starts', () => {
	const scriptsIgnored = {
		npm_config_ignore_scripts: 'true',
		NPM_CONFIG_IGNORE_SCRIPTS: 'true',
		Npm_Config_Omit: 'dev',
	};
	const install = async (env: NodeJS.ProcessEnv) => {
		await writeFile(join(folder, '.npmrc'), 'update-notifier=false\n');
		await writeFile(
			join(folder, 'package.json'),
			JSON.stringify({ name: 'x', scripts: { install: 'echo ran > ran.txt' } }),
		);
		const { stdout } = await promisify(execFile)(
			'sh',
			['-c', 'npm install --offline --no-audit >install.log 2>&1; cat ran.txt || true'],
			{ cwd: folder, env },
		);
		return stdout.trim();
	};

	it('runs install scripts although the other one must not', async () => {
		const present = { ...process.env, ...scriptsIgnored };
		expect(await install(environmentForNpm(present))).toBe('ran');
	});

	it('would not run them in the environment as it is', async () => {
		expect(await install({ ...process.env, ...scriptsIgnored })).toBe('');
	});

	it('gets what the shell says of the network and the machine', () => {
		const ofTheShell = {
			PATH: '/bin',
			HOME: '/home/ada',
			HTTPS_PROXY: 'http://proxy:3128',
			NODE_EXTRA_CA_CERTS: '/etc/company.pem',
			NPMRC: 'kept, it only looks like one',
		};
		const handedDown = {
			npm_package_json: '/x/package.json',
			npm_lifecycle_event: 'start',
			pnpm_config_ignore_scripts: 'true',
			YARN_IGNORE_SCRIPTS: '1',
			BERRY_BIN_FOLDER: '/tmp/x',
			INIT_CWD: '/x',
			PROJECT_CWD: '/x',
		};
		expect(environmentForNpm({ ...ofTheShell, ...handedDown })).toEqual(ofTheShell);
	});
});

it('n8n gets nothing of a developer’s own n8n', () => {
	const own = { PATH: '/bin', HOME: '/h', N8N_PORT: '1', DB_TYPE: 'mysqldb', NODE_OPTIONS: '-r x' };
	expect(environmentForN8n(own)).toEqual({ PATH: '/bin', HOME: '/h' });
});
