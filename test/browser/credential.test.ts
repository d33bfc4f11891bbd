import type { Credential } from '../../playground/n8nClient';
import { linear, manualTrigger, voice2Phone } from '../support/workflow';
import { testInBrowser, useEditor } from './support/editor';
import { byTestId } from './support/nodePanel';
import { takePicture } from './support/pictures';

const editor = useEditor();

/** Those of other test files too: the first one gets its name without a number. */
async function deleteCredentials(): Promise<void> {
	const credentials = await editor.client.request<Credential[]>('GET', '/credentials');
	for (const { id, type } of credentials) {
		if (type === 'voice2PhoneApi') await editor.client.request('DELETE', `/credentials/${id}`);
	}
}

testInBrowser(
	'a credential says whether its API key is good',
	async (page) => {
		await deleteCredentials();
		const caller = voice2Phone({ operation: 'makeCall' });
		delete caller.nodes[0].credentials;
		const node = await editor.openPanel(page, {
			name: 'Call',
			...linear(manualTrigger(), caller),
		});
		await node.panel.getByText('Connect to Voice2Phone').click();
		const dialog = byTestId(page, 'editCredential-modal');
		const apiKey = byTestId(dialog, 'parameter-input-apiKey').locator('input');
		const save = byTestId(dialog, 'credential-save-button');

		await apiKey.fill('not-my-key');
		await save.click();
		await dialog.getByText('More details').click();
		const refusal = dialog.getByText('Voice2Phone refused the API key.');
		await refusal.waitFor();
		await takePicture(page, 'credential-refused', [dialog], -8);
		expect(await dialog.innerText()).toContain(
			'Voice2Phone refused the API key. Check it, or try the other choice in How the Key Is Sent.',
		);

		await apiKey.fill(editor.simulator.apiKey);
		await save.click();
		// n8n closes the dialog of a credential that it could save and test, and tests it when it is opened.
		await dialog.waitFor({ state: 'hidden' });
		await byTestId(node.panel, 'credential-edit-button').click();
		const success = dialog.getByText('Connection tested successfully');
		await success.waitFor();
		await takePicture(page, 'credential', [dialog], -8);
		expect(await refusal.count()).toBe(0);
	},
	{ height: 1000 },
);
