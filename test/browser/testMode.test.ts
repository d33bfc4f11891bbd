import { until } from '../../playground/n8nClient';
import { linear, manualTrigger, voice2Phone } from '../support/workflow';
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

const dryRun = {
	operation: 'callAndWait',
	phoneNumber: '+1 425 555 0101',
	message: 'Hello. Press 1.',
	testMode: 'dryRun',
	dtmf: { entries: [{ key: '1', label: 'Yes', message: 'Thank you.' }] },
};

testInBrowser('a dry run needs no credential, and says what it would do', async (page) => {
	const step = voice2Phone(dryRun);
	delete step.nodes[0].credentials;
	await editor.openWorkflow(page, { name: 'Dry run', ...linear(manualTrigger(), step) });
	const caller = byTestId(page, 'canvas-node').filter({ hasText: 'Voice2Phone' });
	expect(await caller.innerText()).toContain('Dry run: Call and Wait');
	expect(await cutOffTexts(caller)).toEqual([]);
	await byTestId(page, 'execute-workflow-button').click();
	await byTestId(page, 'canvas-node-status-success').nth(1).waitFor();
	expect(editor.simulator.requests).toEqual([]);
	await takePicture(page, 'dry-run-canvas', [byTestId(page, 'canvas-node')], 64);

	await caller.dblclick();
	const node = new NodePanel(page);
	await node.output
		.getByText('Dry run: nobody was called. 1 of 1 item would be called, about')
		.waitFor();
	await node.field('madeUpKey').waitFor();
	expect(await cutOffTexts(node.parameters)).toEqual([]);
	await takePicture(page, 'dry-run', [node.panel]);
});

testInBrowser('there is one credential in every mode, at the top, and it stays', async (page) => {
	const node = await editor.openNode(page, dryRun);
	const operation = node.field('operation');
	for (const mode of [
		'Manual Runs Call Nobody',
		'Manual Runs Call the Test Number',
		'Off: All Runs Call the Phone Number',
		'No Run Calls Anybody (Dry Run)',
	]) {
		await node.choose('testMode', mode);
		await node.credentials.waitFor();
		const [credential, next] = await Promise.all([
			node.credentials.boundingBox(),
			operation.boundingBox(),
		]);
		expect(credential!.y).toBeLessThan(next!.y);
	}
	await node.fillFirst('message', 'Hello again. Press 1.');
	const saved = await until('the editor to save', 30_000, async () => {
		const { nodes } = await editor.savedWorkflow(page);
		return nodes.find(({ parameters }) => parameters.message === 'Hello again. Press 1.');
	});
	const { id, name } = editor.credential;
	expect(saved.credentials).toEqual({ voice2PhoneApi: { id, name } });

	await node.choose('operation', 'Get Status');
	await node.credentials.waitFor();
});

testInBrowser('several items are announced before they are called', async (page) => {
	const node = await editor.openNodeBehind(page, [{ phone: '1' }, { phone: '2' }], {
		operation: 'callAndWait',
		message: 'Hello',
	});
	await node.output.getByText(EVERY_ITEM).waitFor();
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
