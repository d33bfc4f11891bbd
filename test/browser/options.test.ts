import type { INodeParameters, INodeProperties } from 'n8n-workflow';
import { callAndWait } from '../../nodes/Voice2Phone/actions/call/callAndWait.operation';
import { optionsCollection } from '../../nodes/Voice2Phone/parameters/options';
import { cutOffTexts } from './support/cutOffTexts';
import { testInBrowser, useEditor } from './support/editor';
import { byTestId } from './support/nodePanel';
import { takePicture } from './support/pictures';

const editor = useEditor();

testInBrowser(
	'the options stand there whole',
	async (page) => {
		// Of all operations, this one has all options.
		const options = (optionsCollection(callAndWait.options).options as INodeProperties[]).filter(
			({ displayOptions }) => !displayOptions?.show?.['@tool'],
		);
		const node = await editor.openNode(page, {
			operation: 'callAndWait',
			options: Object.fromEntries(
				options.map(({ name, default: value }) => [name, value]),
			) as INodeParameters,
		});
		const labels = byTestId(node.parameters, 'input-label');
		await labels.getByText(options.at(-1)!.displayName, { exact: true }).waitFor();
		// Below its text, a label holds the switch between a fixed value and an expression.
		const shown = (await labels.allInnerTexts()).map((text) => text.split('\n')[0].trim());
		expect(shown.slice(-options.length)).toEqual(options.map(({ displayName }) => displayName));
		expect(await cutOffTexts(node.parameters)).toEqual([]);
		await takePicture(page, 'options', [
			node.parameters.getByText('Options', { exact: true }),
			labels.getByText(options.at(-1)!.displayName, { exact: true }),
			byTestId(node.panel, 'parameter-input-waitAtMost'),
		]);
	},
	{ height: 2300 },
);
