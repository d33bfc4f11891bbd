import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

testInBrowser('the node is found by every word that people type for it', async (page) => {
	const codex = join(__dirname, '../../nodes/Voice2Phone/Voice2Phone.node.json');
	const { alias } = JSON.parse(readFileSync(codex, 'utf8')) as { alias: string[] };
	await editor.searchNodes(page, 'Voice2Phone');
	const node = byTestId(page, 'item-iterator-item').filter({ hasText: 'Voice2Phone' });
	for (const word of alias) {
		await byTestId(page, 'node-creator-search-bar').fill('');
		await byTestId(page, 'node-creator-search-bar').fill(word);
		await node.first().waitFor({ timeout: 10_000 });
	}
});

testInBrowser('the node offers its operations in words', async (page) => {
	await editor.searchNodes(page, 'Voice2Phone');
	await page.getByText(DESCRIPTION).click();
	const actions = byTestId(page, 'item-iterator-item').filter({
		hasText: /^\s*(?:Call |Get call|Make call|Wait for response)/,
	});
	await page.getByText('Wait for response to call').waitFor();
	expect((await actions.allInnerTexts()).map((text) => text.trim())).toEqual([
		'Call and wait for key press',
		'Call people until one accepts',
		'Get call status',
		'Make call',
		'Wait for response to call',
	]);
	await takePicture(page, 'operations', [page.getByText('Node details'), actions]);
});
