import type { INodeParameters } from 'n8n-workflow';
import { until } from '../../playground/n8nClient';
import { cutOffTexts } from './support/cutOffTexts';
import { testInBrowser, useEditor } from './support/editor';
import { byTestId } from './support/nodePanel';
import { takePicture } from './support/pictures';

const editor = useEditor();

/** A laptop's screen. */
const LAPTOP = { width: 1440, height: 900 };

/** The panels as they are when a node was just added, and the last main field that is seen without scrolling. */
const panels: Array<{
	name: string;
	variant?: string;
	parameters: INodeParameters;
	seen: string;
}> = [
	{ name: 'callAndWait', parameters: { operation: 'callAndWait' }, seen: 'message' },
	{ name: 'callUntilAccepted', parameters: { operation: 'callUntilAccepted' }, seen: 'testNumber' },
	{ name: 'getStatus', parameters: { operation: 'getStatus' }, seen: 'callId' },
	{ name: 'makeCall', parameters: { operation: 'makeCall' }, seen: 'testNumber' },
	{ name: 'waitForResponse', parameters: { operation: 'waitForResponse' }, seen: 'callId' },
	{
		name: 'tool',
		variant: 'Tool',
		parameters: { operation: 'callAndWait' },
		seen: 'testNumber',
	},
	{
		name: 'approval',
		variant: 'Tool',
		parameters: { operation: 'sendAndWait' },
		seen: 'testNumber',
	},
	{ name: 'review', variant: 'HitlTool', parameters: {}, seen: 'testNumber' },
];

for (const theme of ['light', 'dark'] as const) {
	for (const { name, variant, parameters, seen } of panels) {
		testInBrowser(
			`the panel "${name}" shows what most people need, in the ${theme} theme`,
			async (page) => {
				const node = await editor.openNode(
					page,
					{ testMode: 'testNumber', ...parameters },
					variant,
				);
				const last = node.field(seen);
				await last.waitFor();
				const [field, column] = await Promise.all([
					last.boundingBox(),
					node.parameters.boundingBox(),
				]);
				expect(field!.y + field!.height).toBeLessThan(column!.y + column!.height);
				// n8n itself cuts the preview of the message that it proposes for a review.
				const cutOff = (await cutOffTexts(node.parameters)).filter(
					(text) => !/filled\sat\sexecution\stime/.test(text),
				);
				expect(cutOff).toEqual([]);
				await takePicture(page, `panel-${name}-${theme}`, [node.panel], 0);
			},
			{ ...LAPTOP, theme },
		);
	}
}

testInBrowser(
	'Keys to Press starts with one key, and offers what else a key can mean',
	async (page) => {
		const node = await editor.openNode(page, { operation: 'callAndWait' });
		const keys = byTestId(node.panel, 'fixed-collection-dtmf');
		await node.field('label').waitFor();
		expect(await byTestId(keys, 'parameter-input-key').count()).toBe(1);
		await byTestId(keys, 'fixed-collection-add-property').locator('input').click();
		await node.offers().first().waitFor();
		expect(await node.offers().allInnerTexts()).toEqual(['Opts Out', 'Repeats the Message']);
		await node.offers().first().click();
		await node.field('optsOut').waitFor();
	},
);

testInBrowser('fields of the input are dragged onto the fields of option groups', async (page) => {
	const customers = [7, 8].map((id) => ({
		id,
		zone: 'Europe/Berlin',
		refused: ['+1 425 555 0199'],
	}));
	const node = await editor.openNodeBehind(page, customers, {
		operation: 'callAndWait',
		options: { oncePer: '', timeZone: 'phoneNumber', doNotCall: '' },
	});
	await node.drag('id', 'oncePer');
	await node.drag('zone', 'timeZone');
	await node.drag('refused', 'doNotCall');
	const options = await until('the editor to save', 30_000, async () => {
		const { nodes } = await editor.savedWorkflow(page);
		const saved = nodes.at(-1)!.parameters.options;
		return JSON.stringify(saved).includes('$json.refused') ? saved : undefined;
	});
	expect(options).toMatchObject({
		callOnlyOnce: { values: { oncePer: '={{ $json.id }}' } },
		callingHours: { values: { timeZone: '={{ $json.zone }}' } },
		whoMayBeCalled: { values: { doNotCall: '={{ $json.refused }}' } },
	});
	await takePicture(page, 'dragged', [node.panel]);
});
