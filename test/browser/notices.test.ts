import { cutOffTexts } from './support/cutOffTexts';
import { testInBrowser, useEditor } from './support/editor';
import { byTestId } from './support/nodePanel';
import { takePicture } from './support/pictures';

const editor = useEditor();

const NOTICE =
	'Each call costs money and rings a real phone. Call only people who agreed to it. While you build, set Manual Test Number in the options to your own number.';
const NOTICE_FOR_AGENTS =
	'Each call costs money and rings a real phone. Set Allowed Numbers in the options, so that the agent can reach nobody else.';

testInBrowser('what a call costs is said where a phone rings, and only there', async (page) => {
	const node = await editor.openNode(page, { operation: 'makeCall' });
	const notices = byTestId(node.parameters, 'parameter-item').locator('.notice, .n8n-notice');
	await node.field('countryCode').waitFor();
	expect(await notices.allInnerTexts()).toEqual([NOTICE]);
	expect(await cutOffTexts(node.parameters)).toEqual([]);
	await takePicture(page, 'notice', node.column, 6);

	await node.choose('operation', 'Get Status');
	await node.field('callId').waitFor();
	expect(await notices.count()).toBe(0);
	await node.choose('operation', 'Make Call and Wait for Response');
	await node.field('countryCode').waitFor();
	expect(await notices.allInnerTexts()).toEqual([NOTICE]);
	await node.choose('operation', 'Wait for Response');
	await node.field('callId').waitFor();
	expect(await notices.count()).toBe(0);
});

for (const [what, variant] of [
	['tool', 'Tool'],
	['human review', 'HitlTool'],
]) {
	testInBrowser(`as a ${what}, the node says how to bind the agent`, async (page) => {
		const node = await editor.openNode(page, { operation: 'sendAndWait' }, variant);
		const notices = byTestId(node.parameters, 'parameter-item').locator('.notice, .n8n-notice');
		await node.field('countryCode').waitFor();
		expect(await notices.allInnerTexts()).toEqual([NOTICE_FOR_AGENTS]);
		await byTestId(node.panel, 'collection-parameter-add').click();
		await node.offers().getByText('Same Call Again', { exact: true }).click();
		expect(await node.field('onSameCall').locator('input').inputValue()).toBe(
			'Return the First Call',
		);
		await takePicture(page, `notice-${variant}`, node.column, 6);
	});
}
