import {
	outputItems,
	until,
	withCredential,
	type Execution,
	type SavedWorkflow,
} from '../../playground/n8nClient';
import { linear, node, voice2Phone, type NodeSettings } from '../support/workflow';
import { PATIENCE, useN8n, webhookPath } from './support';

const bed = useN8n();

const CUSTOMER = '+14255550102';
const OWN_PHONE = '+14255550101';
const customers = [{ phone: CUSTOMER }];

/** Rings the customer; in a run by hand the Test Number, as a node that was just added. */
const call = (testNumber: string, settings?: NodeSettings) =>
	voice2Phone(
		{
			operation: 'makeCall',
			phoneNumber: '={{ $json.phone }}',
			message: 'Hello',
			testMode: 'testNumber',
			testNumber,
		},
		settings,
	);

const rung = () => bed.simulator.acceptedCalls().map(({ number }) => number);
const messageOf = ({ data }: Execution) => data.resultData.error?.message;
const EMPTY = /Test Number is empty, and a manual run calls the Test Number/;

describe('Test Mode', () => {
	let withNumber: SavedWorkflow;
	let withoutNumber: SavedWorkflow;
	beforeAll(async () => {
		withNumber = await bed.saveSteps('Test number', call(OWN_PHONE));
		withoutNumber = await bed.saveSteps('No test number', call(''));
	});

	it('lets a production execution ring the customer, with a Test Number and without', async () => {
		for (const workflow of [withNumber, withoutNumber]) {
			expect((await bed.runProduction(workflow, customers)).status).toBe('success');
		}
		expect(rung()).toEqual([CUSTOMER, CUSTOMER]);
	});

	it('lets a run by hand ring the Test Number, and says so in the output', async () => {
		const execution = await bed.runManually(withNumber, customers);
		expect(rung()).toEqual([OWN_PHONE]);
		expect(outputItems(execution, 'Voice2Phone')[0].json.calledNumber).toBe(OWN_PHONE);
	});

	it('refuses a run by hand without a Test Number', async () => {
		expect(messageOf(await bed.runManually(withoutNumber, customers))).toMatch(EMPTY);
		expect(bed.simulator.requests).toEqual([]);
	});

	it('lets "Execute step" ring the Test Number', async () => {
		const pinned = await bed.client.saveWorkflow({
			...withNumber,
			pinData: { Webhook: [{ json: { body: { items: customers } } }] },
		});
		await bed.client.finished(await bed.client.runManually(pinned, 'Webhook', 'Voice2Phone'));
		expect(rung()).toEqual([OWN_PHONE]);
	});

	it('lets the test address of a webhook ring the Test Number', async () => {
		const workflow = await bed.saveSteps('Test address', call(OWN_PHONE));
		const execution = await bed.client.executionOf(workflow.id, async () => {
			// Its trigger waits for an event.
			await bed.client.runManually(workflow, 'Webhook').catch(() => undefined);
			const response = await fetch(`${bed.n8n.url}/webhook-test/${webhookPath(workflow)}`, {
				method: 'POST',
				headers: { 'content-type': 'application/json', connection: 'close' },
				body: JSON.stringify({ items: customers }),
			});
			expect(response.status).toBe(200);
		});
		expect(execution.status).toBe('success');
		expect(rung()).toEqual([OWN_PHONE]);
	});

	describe('under "Retry" in the executions list', () => {
		it.each([
			['runProduction', CUSTOMER],
			['runManually', OWN_PHONE],
		] as const)('rings whom the first try was for (%s)', async (run, number) => {
			bed.simulator.faults.next({ kind: 'status', statusCode: 402 }, { match: number });
			const failed = await bed[run](withNumber, customers);
			expect(failed.status).toBe('error');
			expect((await bed.client.retry(failed.id)).status).toBe('success');
			expect(rung()).toEqual([number]);
		});

		it.each([
			['runProduction', CUSTOMER],
			['runManually', OWN_PHONE],
		] as const)('does so too when a node before had failed (%s)', async (run, number) => {
			const { data } = await bed.runProduction(withNumber, [{ phone: '+1 425 555 0103' }]);
			const { CallId } = data.resultData.runData.Voice2Phone[0].data!.main[0]![0].json;
			bed.simulator.faults.next({ kind: 'status', statusCode: 401 }, { match: 'GET' });
			const workflow = await bed.saveSteps(
				`A node before fails, ${run}`,
				voice2Phone(
					{ operation: 'getStatus', options: { includeInputFields: true } },
					{ name: 'Before' },
				),
				call(OWN_PHONE),
			);
			const failed = await bed[run](workflow, [{ phone: CUSTOMER, CallId }]);
			expect(failed.data.resultData.lastNodeExecuted).toBe('Before');
			const retried = await bed.client.retry(failed.id);
			expect(messageOf(retried)).toBeUndefined();
			expect(rung().slice(1)).toEqual([number]);
		});
	});
});

describe('Test Mode in a sub-workflow', () => {
	const executeWorkflow = ({ id }: SavedWorkflow) =>
		node('n8n-nodes-base.executeWorkflow', 1.2, 'Execute Workflow', {
			workflowId: { __rl: true, mode: 'id', value: id },
			options: {},
		});
	const whenExecuted = () =>
		node('n8n-nodes-base.executeWorkflowTrigger', 1.1, 'When Executed', {
			inputSource: 'passthrough',
		});
	/** A published workflow that calls, behind one or more others that execute the next. */
	const behind = async (name: string, levels: number, testNumber: string) => {
		let inner = await bed.save(`${name} 0`, linear(whenExecuted(), call(testNumber)));
		for (let level = 1; level < levels; level++) {
			inner = await bed.save(`${name} ${level}`, linear(whenExecuted(), executeWorkflow(inner)));
		}
		return await bed.saveSteps(name, executeWorkflow(inner));
	};

	describe.each([
		['one', 1],
		['two', 2],
	])('%s below the workflow that was started', (name, levels) => {
		it('rings the customer in production', async () => {
			const workflow = await behind(`Production, ${name}`, levels, '');
			expect(messageOf(await bed.runProduction(workflow, customers))).toBeUndefined();
			expect(rung()).toEqual([CUSTOMER]);
		});

		it('rings the Test Number in a run by hand', async () => {
			const workflow = await behind(`By hand, ${name}`, levels, OWN_PHONE);
			expect(messageOf(await bed.runManually(workflow, customers))).toBeUndefined();
			expect(rung()).toEqual([OWN_PHONE]);
		});

		it('rings nobody in a run by hand without a Test Number', async () => {
			const workflow = await behind(`No number, ${name}`, levels, '');
			expect(messageOf(await bed.runManually(workflow, customers))).toMatch(EMPTY);
			expect(bed.simulator.requests).toEqual([]);
		});
	});

	it.each([
		['runProduction', CUSTOMER],
		['runManually', OWN_PHONE],
	] as const)('under "Retry" rings whom the first try was for (%s)', async (run, number) => {
		bed.simulator.faults.next({ kind: 'status', statusCode: 402 }, { match: number });
		const failed = await bed[run](await behind(`Retry, ${run}`, 1, OWN_PHONE), customers);
		expect(failed.status).toBe('error');
		const retried = await bed.client.retry(failed.id);
		expect(messageOf(retried)).toBeUndefined();
		expect(rung()).toEqual([number]);
	});

	it.each([
		['runProduction', CUSTOMER],
		['runManually', OWN_PHONE],
	] as const)(
		'that waits before it calls, rings whom the start was for (%s)',
		async (run, number) => {
			const inner = await bed.save(
				`Waits, ${run}`,
				linear(
					whenExecuted(),
					// n8n suspends an execution that waits for longer than 65 seconds.
					node('n8n-nodes-base.wait', 1.1, 'Wait', { amount: 66, unit: 'seconds' }),
					call(OWN_PHONE),
				),
			);
			const workflow = await bed.saveSteps(`Waits below, ${run}`, executeWorkflow(inner));
			const execution = await bed[run](workflow, customers);
			expect(messageOf(execution)).toBeUndefined();
			expect(rung()).toEqual([number]);
		},
	);
});

describe('Test Mode in an evaluation', () => {
	/** A data table with the customers, as the evaluation's cases. */
	async function saveCases(): Promise<string> {
		const { id: projectId } = await bed.client.request<{ id: string }>('GET', '/projects/personal');
		const tables = `/projects/${projectId}/data-tables`;
		const { id } = await bed.client.request<{ id: string }>('POST', tables, {
			name: 'Cases',
			columns: [{ name: 'phone', type: 'string' }],
		});
		await bed.client.request('POST', `${tables}/${id}/insert`, { data: customers });
		return id;
	}

	it('rings the Test Number for each case', async () => {
		const metrics = { assignments: [{ id: 'rung', name: 'rung', type: 'number', value: 1 }] };
		const { nodes, connections } = linear(
			node('n8n-nodes-base.evaluationTrigger', 4.7, 'Cases', {
				source: 'dataTable',
				dataTableId: { __rl: true, mode: 'id', value: await saveCases() },
			}),
			call(OWN_PHONE),
			node('n8n-nodes-base.evaluation', 4.8, 'Metrics', {
				operation: 'setMetrics',
				metric: 'customMetrics',
				metrics,
			}),
		);
		// An evaluation runs the workflow as it is saved; it has no trigger that could be published.
		const workflow = await bed.client.saveWorkflow(
			withCredential({ name: 'Evaluation', nodes, connections }, bed.credential),
		);
		await bed.client.request('POST', `/workflows/${workflow.id}/test-runs/new`, {});
		const { id } = await until('the case to be run', PATIENCE, async () =>
			(await bed.client.executions(workflow.id)).find(({ mode }) => mode === 'evaluation'),
		);
		expect(messageOf(await bed.client.finished(id, PATIENCE))).toBeUndefined();
		expect(rung()).toEqual([OWN_PHONE]);
	});
});
