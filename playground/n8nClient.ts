import { setTimeout as sleep } from 'node:timers/promises';
import type {
	ExecutionStatus,
	ICredentialDataDecryptedObject,
	ICredentialType,
	IConnections,
	INode,
	INodeExecutionData,
	INodeTypeDescription,
	IPinData,
	IRunExecutionData,
	IWorkflowSettings,
	WorkflowExecuteMode,
} from 'n8n-workflow';

/** A workflow as n8n exports it. */
export interface Workflow {
	id?: string;
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
	pinData?: IPinData;
}

/** A workflow in n8n's database; `versionId` names the version that `publish` makes live. */
export interface SavedWorkflow extends Workflow {
	id: string;
	versionId: string;
}

export interface Credential {
	id: string;
	name: string;
	type: string;
}

/** A row of the executions list. */
export interface ExecutionSummary {
	id: string;
	workflowId: string;
	status: ExecutionStatus;
	mode: WorkflowExecuteMode;
	startedAt: string;
	stoppedAt?: string;
	retryOf?: string;
}

/** An execution with what every node returned. */
export interface Execution extends ExecutionSummary {
	data: IRunExecutionData;
}

interface Publication {
	status: 'in_progress' | 'published' | 'partial' | 'failed' | 'not_published';
	liveVersionId: string | null;
	triggers: Array<{ status: string; errorMessage: string | null }>;
}

const FINISHED: readonly ExecutionStatus[] = ['success', 'error', 'canceled', 'crashed'];

/** Ties the session to one browser; n8n refuses the cookie under another value. */
const BROWSER_ID = 'playground';

/**
 * Sends a request, and sends it again while n8n refuses all of them because it is not connected to its
 * database yet, as it is for a moment after a start.
 *
 * n8n closes a connection that was idle for five seconds; a request that is sent at this moment would be
 * lost. So each has a connection of its own.
 */
async function send(url: string, init: RequestInit = {}): Promise<Response> {
	return await until('n8n to be connected to its database', 60_000, async () => {
		const response = await fetch(url, {
			...init,
			headers: { ...init.headers, connection: 'close' },
		});
		if (response.status !== 503) return response;
		const text = await response.clone().text();
		return text.includes('Database is not ready') ? undefined : response;
	});
}

/** n8n answered a request with another status code than 2xx. */
export class N8nError extends Error {
	constructor(
		asked: string,
		readonly statusCode: number,
		answer: string,
	) {
		super(`n8n answered ${statusCode} to ${asked}: ${wordsOf(answer)}`);
	}
}

/** The message in an answer of n8n's API; the beginning of an answer that is a web page. */
function wordsOf(answer: string): string {
	try {
		return (JSON.parse(answer) as { message: string }).message;
	} catch {
		return answer.slice(0, 300);
	}
}

/**
 * What the editor does, done through the REST API that the editor uses. That API is internal to n8n;
 * the shapes here are those of n8n 2.40.7 (its `*.controller.js` files).
 *
 * Every method throws an `N8nError` with n8n's own words when n8n refuses what was asked.
 */
export class N8nClient {
	private cookie = '';

	constructor(readonly url: string) {}

	/** Sends a request to `/rest…` as the logged-in user and returns `data` of the answer. */
	async request<T>(method: string, path: string, body?: unknown): Promise<T> {
		const response = await send(`${this.url}/rest${path}`, {
			method,
			headers: {
				'browser-id': BROWSER_ID,
				cookie: this.cookie,
				...(body !== undefined && { 'content-type': 'application/json' }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const text = await response.text();
		if (!response.ok) throw new N8nError(`${method} /rest${path}`, response.status, text);
		const session = response.headers
			.getSetCookie()
			.find((cookie) => cookie.startsWith('n8n-auth='));
		if (session) this.cookie = session.split(';')[0];
		return (JSON.parse(text) as { data: T }).data;
	}

	/** The descriptions of all nodes or credentials that n8n has loaded, as the editor gets them. */
	async types(kind: 'nodes'): Promise<INodeTypeDescription[]>;
	async types(kind: 'credentials'): Promise<ICredentialType[]>;
	async types(kind: string): Promise<unknown> {
		return await (await this.get(`/types/${kind}.json`)).json();
	}

	/** The bytes of a file that an item holds: `id` of an entry of its `binary`. */
	async binaryData(id: string): Promise<Buffer> {
		const path = `/rest/binary-data?action=download&id=${encodeURIComponent(id)}`;
		return Buffer.from(await (await this.get(path)).arrayBuffer());
	}

	/** What is not wrapped in `data`, as files are not. */
	private async get(path: string): Promise<Response> {
		const response = await send(this.url + path, {
			headers: { 'browser-id': BROWSER_ID, cookie: this.cookie },
		});
		if (!response.ok) throw new N8nError(`GET ${path}`, response.status, await response.text());
		return response;
	}

	/** Logs in as the owner of the instance, after creating the account if the instance has none. */
	async logIn(owner: {
		email: string;
		password: string;
		firstName: string;
		lastName: string;
	}): Promise<void> {
		const { userManagement } = await this.request<{
			userManagement: { showSetupOnFirstLoad: boolean };
		}>('GET', '/settings');
		if (userManagement.showSetupOnFirstLoad) {
			await this.request('POST', '/owner/setup', owner);
		} else {
			const { email, password } = owner;
			await this.request('POST', '/login', { emailOrLdapLoginId: email, password });
		}
	}

	/** Creates the credential, or renews the data of the one with this type and name. */
	async saveCredential(
		type: string,
		name: string,
		data: ICredentialDataDecryptedObject,
	): Promise<Credential> {
		const all = await this.request<Credential[]>('GET', '/credentials');
		const present = all.find((each) => each.type === type && each.name === name);
		return present
			? await this.request('PATCH', `/credentials/${present.id}`, { type, name, data })
			: await this.request('POST', '/credentials', { type, name, data });
	}

	/** What the credential dialog shows for these values: "Connection successful!" or why not. */
	async testCredential(
		credential: Credential,
		data: ICredentialDataDecryptedObject,
	): Promise<{ status: 'OK' | 'Error'; message: string }> {
		const { id, name, type } = credential;
		return await this.request('POST', '/credentials/test', {
			credentials: { id, name, type, data },
		});
	}

	/** Creates the workflow, or puts it in place of the one that has its `id`. */
	async saveWorkflow(workflow: Workflow): Promise<SavedWorkflow> {
		const { id } = workflow;
		// As in what the editor saves. Without it n8n 2.40 cannot execute a step behind nodes that have run.
		const saved = { pinData: {}, ...workflow };
		const exists =
			id !== undefined &&
			(await this.request<{ exists: boolean }>('GET', `/workflows/${id}/exists`)).exists;
		return exists
			? await this.request('PATCH', `/workflows/${id}`, saved)
			: // n8n 1 wants to be told that it is not active yet.
				await this.request('POST', '/workflows', { active: false, ...saved });
	}

	/**
	 * Makes this version of the workflow live, and waits until its webhooks and forms answer: n8n 2.40
	 * registers them after it has answered the request. Older ones, which know no publication status,
	 * register them before.
	 */
	async publish(workflow: SavedWorkflow): Promise<void> {
		const { id, versionId, name } = workflow;
		await this.request('POST', `/workflows/${id}/activate`, { versionId });
		await until(`"${name}" to be published`, 60_000, async () => {
			const path = `/workflows/${id}/publication-status`;
			const publication = await this.request<Publication>('GET', path).catch((error) => {
				if (error instanceof N8nError && error.statusCode === 404) return undefined;
				throw error;
			});
			if (publication?.status === 'in_progress') return undefined;
			const failure = publication?.triggers.find((trigger) => trigger.status === 'failed');
			if (failure) throw new Error(`"${name}" was not published: ${failure.errorMessage}`);
			return !publication || publication.liveVersionId === versionId || undefined;
		});
	}

	/**
	 * Starts a manual execution, as the button "Execute workflow" does from the trigger node named
	 * here; with `lastNode`, as "Execute step" of that node does. Returns the execution's ID.
	 *
	 * A trigger that waits for an event (form, webhook) cannot be started like this: use pinned data,
	 * a Manual Trigger, or the published workflow.
	 */
	async runManually(workflow: SavedWorkflow, trigger: string, lastNode?: string): Promise<string> {
		const answer = await this.request<{ executionId: string } | { waitingForWebhook: true }>(
			'POST',
			`/workflows/${workflow.id}/run`,
			{
				// n8n 2.40 runs the workflow in its database; older ones the one in the body.
				workflowData: workflow,
				triggerToStartFrom: { name: trigger },
				...(lastNode && { destinationNode: { nodeName: lastNode, mode: 'inclusive' } }),
			},
		);
		if ('executionId' in answer) return answer.executionId;
		throw new Error(`The trigger "${trigger}" waits for an event, so it cannot be run manually.`);
	}

	/** Runs again what failed, as "Retry" of the executions list does, and returns the new execution. */
	async retry(executionId: string, options = { withCurrentWorkflow: false }): Promise<Execution> {
		const { id } = await this.request<{ id: string }>('POST', `/executions/${executionId}/retry`, {
			loadWorkflow: options.withCurrentWorkflow,
		});
		return await this.execution(id);
	}

	/** Stops a running execution, as "Stop" in the editor does. */
	async stop(executionId: string): Promise<void> {
		await this.request('POST', `/executions/${executionId}/stop`);
	}

	/** The newest executions of a workflow, newest first, running ones included; at most 100. */
	async executions(workflowId: string, limit = 20): Promise<ExecutionSummary[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const { results } = await this.request<{ results: ExecutionSummary[] }>(
			'GET',
			`/executions?limit=${limit}&filter=${filter}`,
		);
		return results;
	}

	/** The execution with its data, as far as it has come. */
	async execution(id: string): Promise<Execution> {
		const stored = await this.request<Omit<Execution, 'data'> & { data: string }>(
			'GET',
			`/executions/${id}`,
		);
		return { ...stored, data: unflatten(stored.data) as IRunExecutionData };
	}

	/**
	 * Waits until the execution has succeeded, failed, been stopped or crashed.
	 *
	 * @throws when that takes longer than `timeout` milliseconds
	 */
	async finished(id: string, timeout = 60_000): Promise<Execution> {
		return await until(`execution ${id} to end`, timeout, async () => {
			const execution = await this.execution(id);
			return FINISHED.includes(execution.status) ? execution : undefined;
		});
	}

	/**
	 * Does what triggers a published workflow (submits its form, calls its webhook) and waits for the
	 * end of the execution that this started.
	 *
	 * @throws when that takes longer than `timeout` milliseconds
	 */
	async executionOf(
		workflowId: string,
		trigger: () => Promise<unknown>,
		timeout = 60_000,
	): Promise<Execution> {
		const newest = async () => (await this.executions(workflowId, 1)).at(0)?.id;
		const before = await newest();
		await trigger();
		const id = await until(`an execution of workflow ${workflowId}`, timeout, async () => {
			const now = await newest();
			return now === before ? undefined : now;
		});
		return await this.finished(id, timeout);
	}

	/** Calls a published webhook with a JSON body. The answer is the caller's to judge. */
	async callWebhook(
		path: string,
		body: unknown,
		{ method = 'POST', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
	): Promise<Response> {
		return await send(`${this.url}/webhook/${path}`, {
			method,
			headers: { 'content-type': 'application/json', ...headers },
			body: JSON.stringify(body),
		});
	}

	/** Submits a published form: the values of its fields in their order, as the form's page sends them. */
	async submitForm(path: string, values: string[]): Promise<void> {
		const form = new FormData();
		values.forEach((value, index) => form.append(`field-${index}`, value));
		const response = await send(`${this.url}/form/${path}`, { method: 'POST', body: form });
		const text = await response.text();
		if (!response.ok) throw new N8nError(`the form ${path}`, response.status, text);
	}
}

/** The workflow with this credential in every node that asks for one of its type. */
export function withCredential<T extends Workflow>(workflow: T, credential: Credential): T {
	const { id, name, type } = credential;
	const nodes = workflow.nodes.map((node) =>
		node.credentials?.[type]
			? { ...node, credentials: { ...node.credentials, [type]: { id, name } } }
			: node,
	);
	return { ...workflow, nodes };
}

/** What a node of the execution returned on one of its outputs, in its last run or the given one. */
export function outputItems(
	execution: Execution,
	node: string,
	{ run = -1, output = 0 } = {},
): INodeExecutionData[] {
	const runs = execution.data.resultData.runData[node] ?? [];
	return runs.at(run)?.data?.main[output] ?? [];
}

/**
 * Reads the form in which n8n sends execution data (that of the package `flatted`): a list whose first
 * element is the data, and in which a string inside an object or array is the index of an element.
 */
function unflatten(text: string): unknown {
	const values = JSON.parse(text) as unknown[];
	for (const value of values) {
		if (typeof value !== 'object' || value === null) continue;
		const fields = value as Record<string, unknown>;
		for (const [name, field] of Object.entries(fields)) {
			if (typeof field === 'string') fields[name] = values[Number(field)];
		}
	}
	return values[0];
}

/**
 * Looks again and again, until there is something.
 *
 * @throws when that takes longer than `timeout` milliseconds; the message names `what`
 */
export async function until<T>(
	what: string,
	timeout: number,
	look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
	const deadline = Date.now() + timeout;
	for (;;) {
		const found = await look();
		if (found !== undefined) return found;
		if (Date.now() > deadline) {
			throw new Error(`Waited ${timeout / 1000} s for ${what}, in vain. See the log of n8n.`);
		}
		await sleep(100);
	}
}
