import { testInBrowser, useEditor } from './support/editor';
import { byTestId } from './support/nodePanel';
import { cutOffTexts } from './support/cutOffTexts';
import { takePicture } from './support/pictures';

const editor = useEditor();

testInBrowser(
	'x',
	async (page) => {
		const node = await editor.openNode(page, { operation: 'sendAndWait' });
		await byTestId(node.panel, 'collection-parameter-add').click();
		await takePicture(page, 'options-list', [node.offers()]);
		const names = await node.offers().allInnerTexts();
		console.log(names);
		for (const name of names) {
			await node.offers().getByText(name, { exact: true }).click();
			await byTestId(node.panel, 'collection-parameter-add').click();
		}
		await takePicture(page, 'options', [node.parameters]);
		expect(await cutOffTexts(node.parameters)).toEqual([]);
	},
	{ height: 2600 },
);
