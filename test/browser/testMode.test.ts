import { linear, manualTrigger, node as nodeStep, voice2Phone } from '../support/workflow';
import { cutOffTexts } from './support/cutOffTexts';
import { testInBrowser, useEditor } from './support/editor';
import { byTestId, NodePanel } from './support/nodePanel';
import { takePicture } from './support/pictures';

const editor = useEditor();

const EVERY_ITEM =
	'Every input item is called: each call rings a phone and costs money. Test Mode decides whom a manual run calls.';

testInBrowser('Test Mode is on from the start, and asks for a number', async (page) => {
	const node = await editor.openNode(page, {
		operation: 'makeCall',
		phoneNumber: '+1 425 555 0101',
		message: 'Hello',
		testMode: 'testNumber',
	});
	expect(await node.field('testMode').locator('input').inputValue()).toBe(
		'Manual Runs Call the Test Number',
	);
	await node.field('testNumber').waitFor();
	expect(await cutOffTexts(node.parameters)).toEqual([]);
	await node.executeStep();
	const shown = byTestId(node.output, 'node-error-message');
	await shown.waitFor();
	expect(await shown.innerText()).toContain('Test Number is empty');
	expect(editor.simulator.calls.size).toBe(0);
	await takePicture(page, 'test-mode', node.column, 6);
});

testInBrowser('a dry run needs no credential, and says what it would do', async (page) => {
	const step = voice2Phone({
		operation: 'callAndWait',
		phoneNumber: '+1 425 555 0101',
		message: 'Hello. Press 1.',
		testMode: 'dryRun',
		dtmf: { entries: [{ key: '1', label: 'Yes', message: 'Thank you.' }] },
	});
	delete step.nodes[0].credentials;
	const { id } = await editor.client.saveWorkflow({
		name: 'Dry run',
		...linear(manualTrigger(), step),
	});
	await page.goto(`${process.env.N8N_URL}/workflow/${id}/${step.nodes[0].id}`, {
		waitUntil: 'commit',
	});
	const node = new NodePanel(page);
	await node.parameters.waitFor();
	expect(await byTestId(node.panel, 'node-credentials-select').count()).toBe(0);
	await node.executeStep();
	const hint = node.output.getByText('Dry run: nobody was called. 1 of 1 items would be called');
	await hint.waitFor();
	expect(editor.simulator.requests).toEqual([]);
	await takePicture(page, 'dry-run', [node.output]);
});

testInBrowser('several items are announced before they are called', async (page) => {
	const step = voice2Phone({ operation: 'callAndWait', message: 'Hello' });
	const two = nodeStep('n8n-nodes-base.code', 2, 'Two Customers', {
		jsCode: 'return [{ json: { phone: "1" } }, { json: { phone: "2" } }];',
	});
	const { id } = await editor.client.saveWorkflow({
		name: 'Several items',
		...linear(manualTrigger(), two, step),
	});
	const url = `${process.env.N8N_URL}/workflow/${id}/${two.nodes[0].id}`;
	await page.goto(url, { waitUntil: 'commit' });
	const node = new NodePanel(page);
	await node.executeStep();
	await node.output.getByText('2 items').first().waitFor();
	await page.keyboard.press('Escape');
	await byTestId(page, 'canvas-node').filter({ hasText: 'Voice2Phone' }).dblclick();
	await node.field('phoneNumber').waitFor();
	await node.panel.getByText(EVERY_ITEM).waitFor();
	expect(await node.panel.getByText('only once, for the first input item').count()).toBe(0);
	await takePicture(page, 'several-items', [node.panel]);
});

testInBrowser('as a tool, the node says how to bind the agent', async (page) => {
	const node = await editor.openNode(page, { operation: 'makeCall' }, 'Tool');
	await node.field('allowedNumbers').waitFor();
	await byTestId(node.panel, 'collection-parameter-add').click();
	await node.offers().getByText('Technical Settings', { exact: true }).click();
	expect(await node.field('onSameCall').locator('input').inputValue()).toBe(
		'Return the First Call',
	);
	await takePicture(page, 'tool', node.column, 6);
});
