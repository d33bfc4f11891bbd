import { testInBrowser, useEditor } from './support/editor';
import { byTestId } from './support/nodePanel';
import { takePicture } from './support/pictures';

const editor = useEditor();

testInBrowser(
	'a credential says whether its API key is good',
	async (page) => {
		const node = await editor.openNode(page, { operation: 'makeCall' });
		await byTestId(node.panel, 'node-credentials-select').click();
		await page.getByText('Create new credential').click();
		const dialog = byTestId(page, 'editCredential-modal');
		const apiKey = byTestId(dialog, 'parameter-input-apiKey').locator('input');
		const save = byTestId(dialog, 'credential-save-button');

		await apiKey.fill('not-my-key');
		await save.click();
		await dialog.getByText('More details').click();
		const refusal = dialog.getByText('Voice2Phone refused the API key.');
		await refusal.waitFor();
		await takePicture(page, 'credential-refused', [dialog], 0);
		expect(await dialog.innerText()).toContain('x');

		await apiKey.fill(editor.simulator.apiKey);
		await save.click();
		const success = dialog.getByText('Connection tested successfully');
		await success.waitFor();
		await takePicture(page, 'credential', [dialog], 0);
		expect(await refusal.count()).toBe(0);
	},
	{ height: 800 },
);
