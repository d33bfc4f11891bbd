import { testInBrowser, useEditor } from './support/editor';
import { byTestId, NodePanel } from './support/nodePanel';
import { takePicture } from './support/pictures';

const editor = useEditor();

testInBrowser(
	'a call is filled in, made, and its answer read',
	async (page) => {
		await editor.searchNodes(page, 'Voice2Phone');
		await page.getByText('Ring a phone, speak a message').click();
		await page.getByText('Make a call and wait for the response', { exact: true }).click();
		const node = new NodePanel(page);

		const byName = await node.search('countryCode', 'germ');
		expect(await byName.allInnerTexts()).toEqual(['Germany (DE, +49)']);
		await takePicture(page, 'country-list', [node.field('countryCode'), byName]);
		await page.keyboard.press('Escape');
		const byCallingCode = await node.search('countryCode', '+49');
		expect(await byCallingCode.allInnerTexts()).toEqual(['Germany (DE, +49)']);
		await page.keyboard.press('Escape');
		await (await node.search('countryCode', 'united k')).getByText('(GB, +44)').click();

		await node.fill('phoneNumber', '020 7946 0123');
		await node.fill(
			'message',
			'Hello, this is Dr. Miller’s practice. Press 1 to confirm your appointment tomorrow at ten, or press 2 to cancel it.',
		);
		const addResponse = byTestId(node.panel, 'fixed-collection-add');
		await addResponse.click();
		await node.fill('label', 'Confirm');
		await node.fill('message', 'Thank you, see you tomorrow.');
		await addResponse.click();
		await node.choose('key', '2');
		await node.fill('label', 'Cancel');
		await node.fill('message', 'Your appointment is cancelled.');
		await node.leaveFields();
		await takePicture(page, 'parameters', node.column, 16);

		await node.executeStep();
		await node.output.getByText('pressedLabel').waitFor();
		await byTestId(node.output, 'radio-button-schema').click();
		await node.leaveFields();
		await takePicture(page, 'result', [node.output], 0);
		expect(await node.output.innerText()).toBe('');
		expect(editor.simulator.requests[0].body).toEqual({});
	},
	{ height: 1240 },
);
