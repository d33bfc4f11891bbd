import { testInBrowser, useEditor } from './support/editor';
import { byTestId, NodePanel } from './support/nodePanel';
import { cutOffTexts } from './support/cutOffTexts';
import { takePicture } from './support/pictures';

const editor = useEditor();

/** What they do is in the simulator's table of test numbers: the first declines, the second accepts. */
const PEOPLE = ['+1 425 555 0102', '+1 425 555 0101'];
const MESSAGE =
	'The freezer in kitchen two is too warm. Press 1 to take care of it, or 2 to pass it on.';

for (const theme of ['light', 'dark'] as const) {
	testInBrowser(
		`seven clicks on an empty canvas call people until one accepts, in the ${theme} theme`,
		async (page) => {
			await page.addInitScript({
				content: 'clicks = 0; addEventListener("click", () => clicks++, true);',
			});
			await editor.searchNodes(page, 'call');
			await page.getByText('Ring a phone, speak a message').click();
			await page.getByText('Call people until one accepts', { exact: true }).click();
			const node = new NodePanel(page);
			for (const [name, text] of [
				['phoneNumbers', PEOPLE.join('\n')],
				['message', MESSAGE],
				['testNumber', PEOPLE[1]],
			]) {
				await byTestId(node.panel, `parameter-input-${name}`).first().click();
				await page.keyboard.insertText(text);
			}
			await node.executeStep();
			await byTestId(node.output, 'radio-button-schema').waitFor();
			expect(await page.evaluate('clicks')).toBe(7);
			// In a trial, all calls go to the Test Number.
			expect(editor.simulator.acceptedCalls('+14255550101')).toHaveLength(1);
			expect(editor.simulator.calls.size).toBe(1);

			await node.choose('testMode', 'Off: All Runs Call the Phone Number');
			await node.executeStep();
			await byTestId(node.output, 'radio-button-json').click();
			await node.output.getByText('"declined"').waitFor();
			const shown = await node.output.innerText();
			expect(shown).toMatch(/"outcome":\s*"accepted"/);
			// The field acceptedBy comes first, then the attempts.
			const [decliner, accepter] = ['+14255550102', '+14255550101'];
			expect([...shown.matchAll(/"phone":\s*"([^"]+)"/g)].map(([, phone]) => phone)).toEqual([
				accepter,
				decliner,
				accepter,
			]);
			await node.panel.getByText('Execute step').waitFor();
			expect(await cutOffTexts(node.parameters)).toEqual([]);
			await node.leaveFields();
			await takePicture(page, `until-accepted-panel-${theme}`, [node.panel], 0);

			await node.close();
			const names = byTestId(page, 'canvas-node-output-handle').filter({ hasText: /\S/ });
			await names.first().waitFor();
			expect(await names.allInnerTexts()).toEqual(['Accepted\n1 item', 'Nobody']);
			await takePicture(
				page,
				`until-accepted-canvas-${theme}`,
				[byTestId(page, 'canvas-node'), byTestId(page, 'canvas-handle-plus-wrapper')],
				56,
			);
		},
		{ width: 1440, height: 900, theme },
	);
}
