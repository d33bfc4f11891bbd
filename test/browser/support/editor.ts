import { join } from 'node:path';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { owner } from '../../../playground/n8n';
import {
	N8nClient,
	withCredential,
	type Credential,
	type SavedWorkflow,
	type Workflow,
} from '../../../playground/n8nClient';
import { loadAuthority, startSimulator, type Simulator } from '../../simulator';
import { linear, manualTrigger, node, voice2Phone } from '../../support/workflow';
import { byTestId, NodePanel } from './nodePanel';
import { SCALE, TEMPORARY_FOLDER } from './pictures';

/** Whatever n8n's editor would load from the internet is refused at once. */
const CHROMIUM_FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** n8n ties a session to the value that the editor keeps under this name. */
const BROWSER_ID = { name: 'n8n-browserId', value: 'browser-tests' };

/** How the editor is looked at. */
export interface View {
	/** In CSS pixels. */
	width?: number;
	height?: number;
	theme?: 'light' | 'dark';
}

const url = process.env.N8N_URL!;

/** What the tests of one file share: a browser, a simulator, and n8n's REST API to prepare things with. */
class Editor {
	browser!: BrowserContext;
	simulator!: Simulator;
	client!: N8nClient;
	/** The good credential, which n8n selects in new nodes by itself. */
	credential!: Credential;

	async start(): Promise<void> {
		this.simulator = await startSimulator({
			authority: await loadAuthority(process.env.SIMULATOR_AUTHORITY!),
			proxyPort: Number(process.env.SIMULATOR_PROXY_PORT),
		});
		this.client = new N8nClient(url);
		await this.client.logIn(owner);
		this.credential = await this.client.saveCredential('voice2PhoneApi', 'Voice2Phone account', {
			apiKey: this.simulator.apiKey,
			authScheme: 'basic',
		});
		// One profile for all files: its cache spares each of them loading and compiling the editor anew.
		this.browser = await chromium.launchPersistentContext(process.env.BROWSER_PROFILE!, {
			executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
			args: CHROMIUM_FLAGS,
			deviceScaleFactor: SCALE,
			reducedMotion: 'reduce',
			locale: 'en-US',
		});
		this.browser.setDefaultTimeout(120_000);
		await this.logIn();
	}

	private async logIn(): Promise<void> {
		const { name, value } = BROWSER_ID;
		await this.browser.addInitScript({ content: `localStorage.setItem('${name}', '${value}')` });
		const response = await this.browser.request.post(`${url}/rest/login`, {
			headers: { 'browser-id': value },
			data: { emailOrLdapLoginId: owner.email, password: owner.password },
		});
		if (!response.ok()) throw new Error(`n8n refused the log-in: ${await response.text()}`);
	}

	async stop(): Promise<void> {
		await this.browser?.close();
		await this.simulator?.close();
	}

	async newPage({ width = 1280, height = 900, theme = 'light' }: View): Promise<Page> {
		const page = await this.browser.newPage();
		await page.setViewportSize({ width, height });
		await page.emulateMedia({ colorScheme: theme });
		return page;
	}

	/** Saves the workflow, with the good credential in its nodes, and opens it. */
	async openWorkflow(page: Page, workflow: Workflow): Promise<void> {
		const { id } = await this.client.saveWorkflow(withCredential(workflow, this.credential));
		await page.goto(`${url}/workflow/${id}`, { waitUntil: 'commit' });
		await byTestId(page, 'canvas-node').first().waitFor();
	}

	/**
	 * Opens the panel of a Voice2Phone node with these parameters, in a workflow that calls it.
	 *
	 * @param variant `Tool` or `HitlTool`, as what n8n gives the node to an AI agent
	 */
	async openNode(page: Page, parameters: INodeParameters, variant = ''): Promise<NodePanel> {
		const caller = voice2Phone(parameters);
		caller.nodes[0].type += variant;
		const workflow = { name: 'Call', ...linear(manualTrigger(), caller) };
		return await this.openPanel(page, withCredential(workflow, this.credential));
	}

	/** Opens the panel of a Voice2Phone node that these items come in to; the nodes before have run. */
	async openNodeBehind(
		page: Page,
		items: IDataObject[],
		parameters: INodeParameters,
	): Promise<NodePanel> {
		const jsCode = `return ${JSON.stringify(items.map((json) => ({ json })))};`;
		const customers = node('n8n-nodes-base.code', 2, 'Customers', { jsCode });
		const workflow = {
			name: 'Call customers',
			...linear(manualTrigger(), customers, voice2Phone(parameters)),
		};
		const panel = await this.openPanel(page, withCredential(workflow, this.credential));
		await panel.panel.getByText('Execute previous nodes').click();
		await panel.input.getByText(`${items.length} items`).first().waitFor();
		return panel;
	}

	/** Saves the workflow, and opens the panel of its Voice2Phone node. */
	async openPanel(page: Page, workflow: Workflow): Promise<NodePanel> {
		const { id, nodes } = await this.client.saveWorkflow(workflow);
		const caller = nodes.find(({ type }) => type.includes('voice2Phone'))!;
		await page.goto(`${url}/workflow/${id}/${caller.id}`, { waitUntil: 'commit' });
		const panel = new NodePanel(page);
		await panel.parameters.waitFor();
		return panel;
	}

	/** The workflow that the page shows, as n8n has saved it. */
	async savedWorkflow(page: Page): Promise<SavedWorkflow> {
		const [, id] = /workflow\/([^/?]+)/.exec(page.url())!;
		return await this.client.request<SavedWorkflow>('GET', `/workflows/${id}`);
	}

	/** Opens an empty workflow, and the node creator beside it with this in its search. */
	async searchNodes(page: Page, text: string): Promise<void> {
		await page.goto(`${url}/workflow/new`, { waitUntil: 'commit' });
		await byTestId(page, 'node-creator-plus-button').click();
		await byTestId(page, 'node-creator-search-bar').fill(text);
	}
}

const started = new Editor();

/** Starts the editor before the tests of the file that calls it, and ends it after them. */
export function useEditor(): Editor {
	beforeAll(async () => await started.start(), 120_000);
	beforeEach(() => started.simulator.reset());
	afterAll(async () => await started.stop());
	return started;
}

/** A test with a page of its own. When it fails, a picture shows what was to be seen then. */
export function testInBrowser(
	name: string,
	body: (page: Page) => Promise<void>,
	view: View = {},
): void {
	test(name, async () => {
		const page = await started.newPage(view);
		try {
			await body(page);
		} catch (error) {
			const path = join(TEMPORARY_FOLDER, 'failed', `${name.replace(/\W+/g, '-')}.png`);
			await page.screenshot({ path });
			(error as Error).message += `\n\nThe page at that moment: ${path}`;
			throw error;
		} finally {
			await page.close();
		}
	});
}
