import type { INode } from 'n8n-workflow';
import { until, type Workflow } from '../../playground/n8nClient';
import { node, voice2Phone } from '../support/workflow';
import { testInBrowser, useEditor } from './support/editor';
import { byTestId, NodePanel } from './support/nodePanel';
import { cutOffTexts } from './support/cutOffTexts';
import { takePicture } from './support/pictures';

const editor = useEditor();

/** What the simulated people do is in the simulator's table of test numbers. */
const patients = [
	{ name: 'Ada', phone: '+1 425 555 0101' },
	{ name: 'Bob', phone: '+1 425 555 0101' },
	{ name: 'Cleo', phone: '+1 425 555 0102' },
	{ name: 'Dan', phone: '+1 425 555 0110' },
	{ name: 'Eve', phone: '+1 425 555 0120' },
	{ name: 'Finn', phone: '+1 425 555 0103' },
];

/** Wants no calls. */
const [finn] = patients.slice(-1);

/** Which node each output leads to, in the order of the outputs. */
const outputs = [
	{ name: 'No Key', to: 'Pick Another Time', items: 1 },
	{ name: 'Timed Out', to: 'Ask the Front Desk', items: 1 },
	{ name: 'Not Called', to: 'Ask the Front Desk', items: 1 },
	{ name: '1 Confirm', to: 'Mark as Confirmed', items: 2 },
	{ name: '2 Cancel', to: 'Free the Time Slot', items: 1 },
];

function confirmAppointments(): Workflow {
	const nodes: INode[] = [
		node('n8n-nodes-base.scheduleTrigger', 1.2, 'Every Day at 9', {
			rule: { interval: [{ triggerAtHour: 9 }] },
		}),
		node('n8n-nodes-base.code', 2, 'Appointments Tomorrow', {
			jsCode: `return ${JSON.stringify(patients.map((json) => ({ json })))};`,
		}),
		voice2Phone(
			{
				operation: 'callAndWait',
				phoneNumber: '={{ $json.phone }}',
				message: '=Hello {{ $json.name }}. Press 1 to confirm, or 2 to cancel.',
				dtmf: {
					entries: [
						{ key: '1', label: 'Confirm', message: 'Thank you.' },
						{ key: '2', label: 'Cancel', message: 'Your appointment is cancelled.' },
					],
				},
				splitByKey: true,
				options: { waitAtMost: 0.05, checkEvery: 1, doNotCall: finn.phone },
			},
			{ name: 'Call the Patient' },
		),
		node('n8n-nodes-base.dateTime', 2, 'Pick Another Time', {}),
		node('n8n-nodes-base.set', 3.4, 'Mark as Confirmed', {}),
		node('n8n-nodes-base.set', 3.4, 'Free the Time Slot', {}),
		node('n8n-nodes-base.noOp', 1, 'Ask the Front Desk', {}),
	].flatMap((step) => step.nodes);
	const positions: Array<[number, number]> = [
		[0, 256],
		[208, 256],
		[416, 208],
		[800, 0],
		[800, 320],
		[800, 480],
		[800, 160],
	];
	nodes.forEach((each, index) => (each.position = positions[index]));
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	return {
		name: 'Confirm appointments',
		nodes,
		connections: {
			'Every Day at 9': { main: [to('Appointments Tomorrow')] },
			'Appointments Tomorrow': { main: [to('Call the Patient')] },
			'Call the Patient': { main: outputs.map((output) => to(output.to)) },
		},
	};
}

for (const theme of ['light', 'dark'] as const) {
	testInBrowser(
		`the outputs are named by the keys, and items leave by them, in the ${theme} theme`,
		async (page) => {
			await editor.openWorkflow(page, confirmAppointments());
			const nodes = byTestId(page, 'canvas-node');
			const names = byTestId(page, 'canvas-node-output-handle').filter({ hasText: /\S/ });
			await names.first().waitFor();
			expect(await names.allInnerTexts()).toEqual(outputs.map(({ name }) => name));
			const caller = nodes.filter({ hasText: 'Call the Patient' });
			expect(await caller.innerText()).toContain('Call and Wait for Response');
			expect(await cutOffTexts(caller)).toEqual([]);

			await byTestId(page, 'execute-workflow-button').click();
			await byTestId(page, 'canvas-node-status-success').nth(6).waitFor();
			await byTestId(page, 'zoom-to-fit').click();
			await takePicture(
				page,
				`workflow-${theme}`,
				[nodes, byTestId(page, 'canvas-handle-plus-wrapper')],
				56,
			);
			// As in the editor, a connection that nothing went over has no label.
			const counts = [1, patients.length, ...outputs.map(({ items }) => items)].filter(Boolean);
			expect(await byTestId(page, 'edge-label').allInnerTexts()).toEqual(
				counts.map((count) => `${count} item${count > 1 ? 's' : ''}`),
			);
		},
		{ width: 1440, height: 1000, theme },
	);
}

testInBrowser('a wire stays when a key is added or removed at the end', async (page) => {
	const workflow = confirmAppointments();
	const wires = workflow.connections['Call the Patient'].main.map((wire) => wire?.[0].node);
	await editor.openWorkflow(page, workflow);
	const node = new NodePanel(page);
	const keys = byTestId(node.panel, 'fixed-collection-dtmf');
	const names = byTestId(page, 'canvas-node-output-handle').filter({ hasText: /\S/ });
	const openKeys = async () => {
		await byTestId(page, 'canvas-node').filter({ hasText: 'Call the Patient' }).dblclick();
		await node.field('label').waitFor();
	};
	/** The wires as n8n has saved them with so many keys. */
	const savedWires = async (keyCount: number) => {
		await node.close();
		return await until('the editor to save', 30_000, async () => {
			const { nodes, connections } = await editor.savedWorkflow(page);
			const caller = nodes.find(({ name }) => name === 'Call the Patient')!;
			const { entries } = caller.parameters.dtmf as { entries: unknown[] };
			const saved = connections[caller.name].main;
			return entries.length === keyCount ? saved.map((wire) => wire?.[0].node) : undefined;
		});
	};

	await openKeys();
	await byTestId(keys, 'fixed-collection-add').click();
	await node.choose('key', '3');
	await node.fill('label', 'Later');
	expect(await savedWires(3)).toEqual(wires);
	expect(await names.allInnerTexts()).toEqual([...outputs.map(({ name }) => name), '3 Later']);

	await openKeys();
	// The button is there only under the mouse.
	await keys.locator('[data-test-id="fixed-collection-delete"]').last().click({ force: true });
	expect(await savedWires(2)).toEqual(wires);
	expect(await names.allInnerTexts()).toEqual(outputs.map(({ name }) => name));
});
