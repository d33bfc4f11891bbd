import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { withCredential, type Workflow } from '../../playground/n8nClient';
import { testInBrowser, useEditor } from './support/editor';
import { byTestId } from './support/nodePanel';
import { takePicture } from './support/pictures';

const editor = useEditor();

const ROOT = join(__dirname, '..', '..');
const files = ['docs/workflows', 'playground/workflows'].flatMap((folder) =>
	readdirSync(join(ROOT, folder)).map((file) => join(folder, file)),
);

/** The workflow with a place for each credential that a user chooses after the import. */
function read(file: string): Workflow {
	const workflow = JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as Workflow;
	const placeFor = (type: string) => ({ [type]: { id: null, name: '' } });
	for (const node of workflow.nodes) {
		if (node.type.startsWith('n8n-nodes-voice2phone.'))
			node.credentials = placeFor('voice2PhoneApi');
		if (node.type.endsWith('.googleSheets')) node.credentials = placeFor('googleSheetsOAuth2Api');
		if (node.type.endsWith('.googleCalendar'))
			node.credentials = placeFor('googleCalendarOAuth2Api');
		if (node.parameters.authentication === 'headerAuth')
			node.credentials = placeFor('httpHeaderAuth');
		if (node.type.endsWith('.lmChatOpenAi')) node.credentials = placeFor('openAiApi');
	}
	return workflow;
}

/** The wires that run through a node or the name below one, each with that node. */
async function wiresThroughNodes(page: Page): Promise<string[]> {
	return await page.locator('.vue-flow__edge-path').evaluateAll((paths) => {
		const [{ ownerDocument }] = paths;
		const nodes = [...ownerDocument.querySelectorAll('[data-test-id="canvas-node"]')];
		return paths.flatMap((path) => {
			const toScreen = path.getScreenCTM();
			const points = Array.from({ length: Math.ceil(path.getTotalLength() / 4) }, (_, index) =>
				path.getPointAtLength(index * 4).matrixTransform(toScreen),
			);
			return nodes.flatMap((node) => {
				// A wire begins and ends on the edge of a node, at a handle, and may cover the name of its output.
				const texts = [...node.querySelectorAll('*')].filter(
					(each) =>
						each.children.length === 0 &&
						each.textContent.trim() !== '' &&
						each.closest('[data-test-id$="handle"]') === null,
				);
				const places = [node, ...texts].map((each) => each.getBoundingClientRect());
				const isHit = points.some(({ x, y }) =>
					places.some(
						({ left, right, top, bottom }) =>
							x > left + 6 && x < right - 6 && y > top && y < bottom,
					),
				);
				return isHit ? [`${path.id} through ${node.textContent}`] : [];
			});
		});
	});
}

/** At this size nothing of the canvas has to be made smaller, and nothing lies under its buttons. */
const WIDE = { width: 1700, height: 1300 };

for (const file of files) {
	testInBrowser(
		`${file} can be read on the canvas`,
		async (page) => {
			const workflow = read(file);
			await editor.openWorkflow(page, workflow);
			await byTestId(page, 'zoom-to-fit').click();
			const notes = byTestId(page, 'sticky');
			const nodes = byTestId(page, 'canvas-node').or(notes);
			expect(await nodes.count()).toBe(workflow.nodes.length);

			const overlapping = await nodes.evaluateAll((elements) =>
				elements.flatMap((element, index) => {
					const a = element.getBoundingClientRect();
					return elements.slice(index + 1).flatMap((other) => {
						const b = other.getBoundingClientRect();
						const apart =
							a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
						return apart ? [] : [`${element.textContent} and ${other.textContent}`];
					});
				}),
			);
			expect(overlapping).toEqual([]);

			const longerThanTheirNote = await notes.evaluateAll((elements) =>
				elements.flatMap((note) =>
					[...note.querySelectorAll('h2, h3, p, li, pre')]
						.filter((text) => {
							const [inner, outer] = [text.getBoundingClientRect(), note.getBoundingClientRect()];
							return inner.bottom > outer.bottom || text.scrollWidth > text.clientWidth;
						})
						.map(({ textContent }) => textContent),
				),
			);
			expect(longerThanTheirNote).toEqual([]);
			expect(await wiresThroughNodes(page)).toEqual([]);

			const name = basename(file, '.json');
			await takePicture(page, `recipe-${name}-light`, [nodes], 64);
			await page.emulateMedia({ colorScheme: 'dark' });
			await takePicture(page, `recipe-${name}-dark`, [nodes], 64);
		},
		WIDE,
	);
}

for (const theme of ['light', 'dark'] as const) {
	testInBrowser(
		`the review stands between the agent and its tool, in the ${theme} theme`,
		async (page) => {
			const model = await editor.client.saveCredential('openAiApi', 'OpenAI account', {
				apiKey: 'none',
			});
			const workflow = withCredential(read('docs/workflows/approval-by-phone.json'), model);
			await editor.openWorkflow(page, workflow);
			await byTestId(page, 'zoom-to-fit').click();
			const review = byTestId(page, 'canvas-node').filter({ hasText: 'Ask by Phone' });
			expect(await review.innerText()).toContain('Human review');
			await takePicture(page, `approval-by-phone-${theme}`, [byTestId(page, 'canvas-node')], 48);
		},
		{ ...WIDE, theme },
	);
}
