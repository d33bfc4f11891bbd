import type { INodeParameters, INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import { askForApproval } from '../../nodes/Voice2Phone/actions/call/askForApproval.operation';
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
/** Whether a field of a group is shown with this operation, to the workflow node or to a tool. */
const isShown = (
	{ displayOptions: { show, hide } = {} }: INodeProperties,
	operation: unknown,
	isTool: boolean,
) => !(isTool ? hide : show)?.['@tool'] && !hide?.['/operation']?.includes(operation as string);
const fieldsOf = (entry: INodeProperties, operation: unknown, isTool: boolean) =>
	entry.type === 'fixedCollection'
		? (entry.options as INodePropertyCollection[])[0].values.filter((field) =>
				isShown(field, operation, isTool),
			)
		: [];

for (const [operation, most, variant] of [
	[callAndWait, 8, ''],
	[callUntilAccepted, 8, ''],
	[makeCall, 7, ''],
	[waitForResponseOperation, 3, ''],
	[getStatus, 2, ''],
	[callAndWait, 8, 'Tool'],
	[callUntilAccepted, 8, 'Tool'],
	[askForApproval, 4, 'Tool'],
] as const) {
	const { value } = operation.entry;
	const name = `${operation.entry.name}${variant && ' as a tool'}`;
	const isTool = variant !== '';
	const entries = entriesOf(operation);

	testInBrowser(
		`${name} offers few options, and each group shows its fields at once`,
		async (page) => {
			expect(entries.length).toBeLessThanOrEqual(most);
			const node = await editor.openNode(page, { operation: value }, variant);
			await byTestId(node.panel, 'collection-parameter-add').last().click();
			await node.offers().first().waitFor();
			expect(await node.offers().allInnerTexts()).toEqual(
				entries.map(({ displayName }) => displayName),
			);
			await takePicture(page, `options-list-${value}${variant}`, [node.panel]);

			const groups = entries.filter(({ type }) => type === 'fixedCollection');
			const options = Object.fromEntries(
				groups.map(({ name: group, default: added }) => [group, added]),
			) as INodeParameters;
			const opened = await editor.openNode(page, { operation: value, options }, variant);
			const labels = byTestId(opened.parameters, 'input-label');
			const fields = groups.flatMap((group) => fieldsOf(group, value, isTool));
			await labels.getByText(fields.at(-1)!.displayName, { exact: true }).waitFor();
			// Below its text, a label holds the switch between a fixed value and an expression.
			const shown = (await labels.allInnerTexts()).map((text) => text.split('\n')[0].trim());
			for (const { displayName } of fields) expect(shown).toContain(displayName);
			expect(await cutOffTexts(opened.parameters)).toEqual([]);
			await takePicture(page, `options-${value}${variant}`, [opened.parameters]);
		},
		{ height: 3200 },
	);
}
