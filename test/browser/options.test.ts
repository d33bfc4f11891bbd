import type { INodeParameters, INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import { callAndWait } from '../../nodes/Voice2Phone/actions/call/callAndWait.operation';
import { callUntilAccepted } from '../../nodes/Voice2Phone/actions/call/callUntilAccepted.operation';
import { getStatus } from '../../nodes/Voice2Phone/actions/call/getStatus.operation';
import { makeCall } from '../../nodes/Voice2Phone/actions/call/makeCall.operation';
import { waitForResponseOperation } from '../../nodes/Voice2Phone/actions/call/waitForResponse.operation';
import { optionsCollection } from '../../nodes/Voice2Phone/parameters/options';
import { cutOffTexts } from './support/cutOffTexts';
import { testInBrowser, useEditor } from './support/editor';
import { byTestId } from './support/nodePanel';
import { takePicture } from './support/pictures';

const editor = useEditor();

const entriesOf = ({ options }: { options: typeof callAndWait.options }) =>
	optionsCollection(options).options as INodeProperties[];
const isShown = ({ displayOptions }: INodeProperties) => !displayOptions?.show?.['@tool'];
const fieldsOf = (entry: INodeProperties) =>
	entry.type === 'fixedCollection'
		? (entry.options as INodePropertyCollection[])[0].values.filter(isShown)
		: [];

for (const [operation, most] of [
	[callAndWait, 8],
	[callUntilAccepted, 8],
	[makeCall, 7],
	[waitForResponseOperation, 3],
	[getStatus, 2],
] as const) {
	const { name, value } = operation.entry;
	const entries = entriesOf(operation);

	testInBrowser(
		`${name} offers few options, and each group shows its fields at once`,
		async (page) => {
			expect(entries.length).toBeLessThanOrEqual(most);
			const node = await editor.openNode(page, { operation: value });
			await byTestId(node.panel, 'collection-parameter-add').click();
			await node.offers().first().waitFor();
			expect(await node.offers().allInnerTexts()).toEqual(
				entries.map(({ displayName }) => displayName),
			);
			await takePicture(page, `options-list-${value}`, [node.panel]);

			const groups = entries.filter(({ type }) => type === 'fixedCollection');
			const opened = await editor.openNode(page, {
				operation: value,
				options: Object.fromEntries(
					groups.map(({ name: group, default: added }) => [group, added]),
				) as INodeParameters,
			});
			const labels = byTestId(opened.parameters, 'input-label');
			const fields = groups.flatMap(fieldsOf);
			await labels.getByText(fields.at(-1)!.displayName, { exact: true }).waitFor();
			// Below its text, a label holds the switch between a fixed value and an expression.
			const shown = (await labels.allInnerTexts()).map((text) => text.split('\n')[0].trim());
			for (const { displayName } of fields) expect(shown).toContain(displayName);
			expect(await cutOffTexts(opened.parameters)).toEqual([]);
			await takePicture(page, `options-${value}`, [opened.parameters]);
		},
		{ height: 3200 },
	);
}
