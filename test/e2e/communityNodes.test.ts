import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startN8n } from '../../playground/n8n';
import { outputItems, type SavedWorkflow } from '../../playground/n8nClient';
import { startSimulator } from '../simulator';
import { voice2Phone } from '../support/workflow';
import { startRegistry, type Registry } from './registry';
import { Bed } from './support';

const NAME = 'n8n-nodes-voice2phone';
const NODE = `${NAME}.voice2Phone`;
const NEWER = '99.0.0';

interface InstalledPackage {
	installedVersion: string;
	installedNodes: Array<{ type: string }>;
	updateAvailable?: string;
}

const bed = new Bed();
let registry: Registry;
let dataFolder: string;
let workflow: SavedWorkflow;

beforeAll(async () => {
	bed.simulator = await startSimulator();
	registry = await startRegistry(bed.simulator);
	await registry.publish(process.env.VOICE2PHONE_TARBALL!);
	dataFolder = await mkdtemp(join(tmpdir(), 'voice2phone-n8n-'));
	bed.n8n = await startN8n({
		dataFolder,
		n8nFolder: process.env.N8N_FOLDER,
		environment: registry.environment,
	});
});
beforeEach(() => bed.simulator.reset());
afterAll(async () => {
	await bed.n8n?.kill();
	await registry?.close();
	await bed.simulator?.close();
	if (dataFolder) await rm(dataFolder, { recursive: true, force: true });
});

/** What the buttons of Settings → Community nodes do. */
const communityNodes = async <T>(method: 'GET' | 'POST' | 'PATCH', body?: { name: string }) =>
	await bed.client.request<T>(method, '/community-packages', body);
const nodeNames = async () =>
	(await bed.client.types('nodes')).map(({ name }) => name).filter((name) => name.startsWith(NAME));
const credentialNames = async () =>
	(await bed.client.types('credentials'))
		.map(({ name }) => name)
		.filter((name) => /2phone/i.test(name));
const callAnn = async () => {
	const execution = await bed.runProduction(workflow, [{ phone: '425 555 0101' }]);
	return outputItems(execution, 'Voice2Phone').map(({ json }) => json);
};

// Each test goes on where the one before ended.
describe('Settings → Community nodes', () => {
	it('installs the package from npm, and a workflow calls with it', async () => {
		expect(await nodeNames()).toEqual([]);
		const { version } = jest.requireActual<{ version: string }>('../../package.json');
		expect(await communityNodes<InstalledPackage>('POST', { name: NAME })).toMatchObject({
			installedVersion: version,
			installedNodes: [{ type: NODE }],
		});
		expect(await nodeNames()).toContain(NODE);
		expect(await credentialNames()).toEqual(['voice2PhoneApi']);

		bed.credential = await bed.client.saveCredential('voice2PhoneApi', 'Voice2Phone', {
			apiKey: bed.simulator.apiKey,
			authScheme: 'basic',
		});
		workflow = await bed.saveSteps(
			'Call',
			voice2Phone({
				operation: 'makeCall',
				countryCode: 'US',
				phoneNumber: '={{ $json.phone }}',
				message: 'Hello',
			}),
		);
		const [{ CallId }] = await callAnn();
		expect(bed.simulator.acceptedCalls().map(({ callId }) => callId)).toEqual([CallId]);
	});

	it('offers a newer version, updates to it, and the workflow goes on calling', async () => {
		await registry.publish(process.env.VOICE2PHONE_TARBALL!, NEWER);
		expect(await communityNodes<InstalledPackage[]>('GET')).toMatchObject([
			{ updateAvailable: NEWER },
		]);
		expect(await communityNodes<InstalledPackage>('PATCH', { name: NAME })).toMatchObject({
			installedVersion: NEWER,
		});
		await callAnn();
		expect(bed.simulator.acceptedCalls()).toHaveLength(1);
	});

	it('removes it with its node and credential', async () => {
		await bed.client.request('DELETE', `/community-packages?name=${NAME}`);
		expect(await nodeNames()).toEqual([]);
		expect(await credentialNames()).toEqual([]);
		expect(await communityNodes('GET')).toEqual([]);
	});
});
