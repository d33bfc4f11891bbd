import { testInBrowser, useEditor } from './support/editor';
import { byTestId } from './support/nodePanel';
import { takePicture } from './support/pictures';

const editor = useEditor();

const DESCRIPTION = 'Ring a phone, speak a message and go on by the key that was pressed';

for (const text of ['call', 'phone']) {
	testInBrowser(`the node is found by typing "${text}"`, async (page) => {
		await editor.searchNodes(page, text);
		const found = byTestId(page, 'item-iterator-item');
		const node = found.filter({ hasText: 'Voice2Phone' });
		await node.waitFor();
		expect(await node.innerText()).toContain(DESCRIPTION);
		// Further down nobody looks.
		const names = await byTestId(page, 'node-creator-item-name').allInnerTexts();
		expect(names.slice(0, 3)).toContain('Voice2Phone');
		await takePicture(page, `node-creator-${text}`, [
			byTestId(page, 'node-creator-search-bar'),
			found.first(),
			node,
		]);
	});
}

testInBrowser('the node offers its operations in words', async (page) => {
	await editor.searchNodes(page, 'Voice2Phone');
	await page.getByText(DESCRIPTION).click();
	const actions = byTestId(page, 'item-iterator-item').filter({ hasText: / call/ });
	await page.getByText('Wait for the response to a call').waitFor();
	expect(await actions.allInnerTexts()).toEqual([
		'On a Webhook call',
		'Get the status of a call',
		'Make a call',
		'Make a call and wait for the response',
		'Wait for the response to a call',
	]);
	await takePicture(page, 'operations', [page.getByText('Node details'), actions]);
});
