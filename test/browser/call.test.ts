import type { Locator } from 'playwright-core';
import { testInBrowser, useEditor } from './support/editor';
import { byTestId, NodePanel } from './support/nodePanel';
import { takePicture } from './support/pictures';

const editor = useEditor();

const MESSAGE =
	'Hello, this is Dr. Miller’s practice. Press 1 to confirm your appointment tomorrow at ten, or press 2 to cancel it.';

testInBrowser(
	'the first call of the README is filled in and made, and its answer is read',
	async (page) => {
		await editor.searchNodes(page, 'call');
		await page.getByText('Ring a phone, speak a message').click();
		await page.getByText('Call and wait for key press', { exact: true }).click();
		const node = new NodePanel(page);
		await node.fill('phoneNumber', '+1 425 555 0100');
		await node.fillFirst('message', MESSAGE);
		await node.fill('testNumber', '+1 425 555 0123');
		await node.fill('label', 'Confirm');
		await node.fill('message', 'Thank you, see you tomorrow.');
		await byTestId(node.panel, 'fixed-collection-add').click();
		await node.choose('key', '2');
		await node.fill('label', 'Cancel');
		await node.fill('message', 'Your appointment is cancelled.');
		await node.leaveFields();
		expect(await node.field('testMode').locator('input').inputValue()).toBe(
			'Manual Runs Call the Test Number',
		);
		await takePicture(page, 'parameters', node.column, 6);

		await node.executeStep();
		await byTestId(node.output, 'radio-button-schema').click();
		const label = node.output.getByText('pressedLabel');
		await label.waitFor();
		// Without behaviour of its own, a simulated person presses the first key that the call offers.
		expect(await node.output.innerText()).toMatch(
			/outcome\s+keyPressed\s+pressedKey\s+1\s+pressedLabel\s+Confirm\s+calledNumber\s+\+14255550123/,
		);
		await node.leaveFields();
		await takePicture(
			page,
			'result',
			[
				byTestId(node.output, 'radio-button-json'),
				node.output.getByText('Output', { exact: true }),
				node.output.getByText('calledAt'),
			],
			8,
		);

		const [call] = editor.simulator.acceptedCalls();
		expect(call).toMatchObject({
			message: MESSAGE,
			dtmf: { 1: 'Thank you, see you tomorrow.', 2: 'Your appointment is cancelled.' },
		});
		expect(editor.simulator.acceptedCalls('+14255550123')).toEqual([call]);
	},
	{ height: 1560 },
);

testInBrowser('a country is found by its name and by its code', async (page) => {
	const node = await editor.openNode(page, { operation: 'makeCall' });
	const names = async (offers: Locator) => await offers.allInnerTexts();
	for (const text of ['germ', '+49', '(DE']) {
		const offers = await node.search('countryCode', text);
		expect(await names(offers)).toEqual(['Germany (DE, +49)']);
		await takePicture(page, 'country-list', [
			node.panel.getByText('Country', { exact: true }),
			node.field('countryCode'),
			offers,
		]);
		await page.keyboard.press('Escape');
	}
	await (await node.search('countryCode', 'united k')).getByText('(GB, +44)').click();
	await node.fill('phoneNumber', '020 7946 0123');
	await node.fillFirst('message', MESSAGE);
	await node.choose('testMode', 'Off: All Runs Call the Phone Number');
	await node.executeStep();
	await byTestId(node.output, 'radio-button-schema').waitFor();
	expect(editor.simulator.acceptedCalls('+442079460123')).toMatchObject([{ countryCode: 'GB' }]);
});
