import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { startN8n, type N8n } from '../../playground/n8n';
import {
	until,
	withCredential,
	type Credential,
	type Execution,
	type N8nClient,
	type SavedWorkflow,
	type Workflow,
} from '../../playground/n8nClient';
import { startSimulator, type Simulator } from '../simulator';
import { linear, node, type Step } from '../support/workflow';

/** Milliseconds to wait for what comes at once on a machine that has nothing else to do. */
export const PATIENCE = 300_000;

/** The real n8n with the packed node installed, and the simulator in place of the API. */
export class Bed {
	simulator!: Simulator;
	n8n!: N8n;
	/** Has the simulator's key; the scheme is Basic. */
	credential!: Credential;

	get client(): N8nClient {
		return this.n8n.client;
	}

	/** Saves and publishes a workflow; its Voice2Phone nodes get the credential. */
	async save(name: string, workflow: Omit<Workflow, 'name'>): Promise<SavedWorkflow> {
		const saved = await this.client.saveWorkflow(
			withCredential({ settings: { executionOrder: 'v1' }, ...workflow, name }, this.credential),
		);
		await this.client.publish(saved);
		return saved;
	}

	/** A published workflow that begins with `receivedItems()` and goes on with these steps. */
	async saveSteps(name: string, ...steps: Step[]): Promise<SavedWorkflow> {
		const [webhook, splitOut] = receivedItems();
		return await this.save(name, linear(webhook, splitOut, ...steps));
	}

	/** Sends the items to the workflow's webhook and waits for the end of the production execution. */
	async runProduction(workflow: SavedWorkflow, items: IDataObject[]): Promise<Execution> {
		return await this.client.finished(await this.startProduction(workflow, items), PATIENCE);
	}

	/** Sends the items to the workflow's webhook and returns the ID of the execution that began. */
	async startProduction(workflow: SavedWorkflow, items: IDataObject[]): Promise<string> {
		const newest = async () => (await this.client.executions(workflow.id, 1)).at(0)?.id;
		const before = await newest();
		const response = await this.client.callWebhook(webhookPath(workflow), { items });
		expect(response.status).toBe(200);
		return await until('the execution to be listed', PATIENCE, async () => {
			const now = await newest();
			return now === before ? undefined : now;
		});
	}

	/** Runs the workflow as "Execute workflow" does, with these items pinned to its webhook. */
	async runManually(workflow: SavedWorkflow, items: IDataObject[]): Promise<Execution> {
		const pinned = await this.client.saveWorkflow({
			...workflow,
			pinData: { [WEBHOOK]: [{ json: { body: { items } } }] },
		});
		return await this.client.finished(await this.client.runManually(pinned, WEBHOOK), PATIENCE);
	}
}

/** A bed for the tests of a file. The simulator is as new before each test; n8n is one for all. */
export function useN8n(): Bed {
	const bed = new Bed();
	let dataFolder: string;
	beforeAll(async () => {
		bed.simulator = await startSimulator();
		dataFolder = await mkdtemp(join(tmpdir(), 'voice2phone-n8n-'));
		bed.n8n = await startN8n({
			dataFolder,
			packages: [process.env.VOICE2PHONE_TARBALL!],
			n8nFolder: process.env.N8N_FOLDER,
			environment: bed.simulator.environment,
		});
		bed.credential = await bed.client.saveCredential('voice2PhoneApi', 'Voice2Phone simulator', {
			apiKey: bed.simulator.apiKey,
			authScheme: 'basic',
		});
	});
	beforeEach(() => bed.simulator.reset());
	afterAll(async () => {
		// What still runs is of no interest, so n8n need not wait for it.
		await bed.n8n?.kill();
		await bed.simulator?.close();
		if (dataFolder) await rm(dataFolder, { recursive: true, force: true });
	});
	return bed;
}

const WEBHOOK = 'Webhook';

/** A webhook that answers at once, and the items out of the `items` of its body. */
export function receivedItems(): [Step, Step] {
	const webhook = node('n8n-nodes-base.webhook', 2, WEBHOOK, {
		httpMethod: 'POST',
		path: randomUUID(),
		options: {},
	});
	// Without an ID of its own, n8n would put the workflow's and the node's name before the path.
	webhook.nodes[0].webhookId = randomUUID();
	return [
		webhook,
		node('n8n-nodes-base.splitOut', 1, 'Items', { fieldToSplitOut: 'body.items', options: {} }),
	];
}

export function webhookPath({ nodes }: SavedWorkflow): string {
	return String(nodes.find(({ name }) => name === WEBHOOK)?.parameters.path);
}

/** The Data table of the recipe on opting out, empty: as its note says. */
export async function makeDoNotCallTable(client: N8nClient): Promise<void> {
	const { id } = await client.request<{ id: string }>('GET', '/projects/personal');
	const tables = `/projects/${id}/data-tables`;
	const { data } = await client.request<{ data: Array<{ id: string; name: string }> }>(
		'GET',
		tables,
	);
	const old = data.find(({ name }) => name === 'Do Not Call');
	if (old) await client.request('DELETE', `${tables}/${old.id}`);
	const columns = [{ name: 'phone', type: 'string' }];
	await client.request('POST', tables, { name: 'Do Not Call', columns });
}
