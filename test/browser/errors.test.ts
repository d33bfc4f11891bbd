import { cutOffTexts } from './support/cutOffTexts';
import { testInBrowser, useEditor } from './support/editor';
import { byTestId } from './support/nodePanel';
import { takePicture } from './support/pictures';

const editor = useEditor();

/** What the people at these numbers do is in the simulator's table of test numbers. */
const cases = [
	{
		what: 'a wrong number',
		phoneNumber: '425 555 01',
		picture: 'error-wrong-number',
		message:
			'Item 0: Phone Number "425 555 01" is too short for United States (10 digits after +1, this one has 8). Enter the whole number with its area code.',
		advice: 'Nobody was called.',
		callsPlaced: 0,
	},
	{
		what: 'a call that may have been placed',
		phoneNumber: '+1 425 555 0150',
		picture: 'error-unknown-outcome',
		message: 'It is not known whether the phone rang: server error 500, item 0',
		advice: 'turn on Dial Again If Unknown in the options.',
		callsPlaced: 1,
	},
];

for (const { what, phoneNumber, picture, message, advice, callsPlaced } of cases) {
	testInBrowser(`the error about ${what} is shown whole`, async (page) => {
		const node = await editor.openNode(page, {
			operation: 'makeCall',
			countryCode: 'US',
			phoneNumber,
			message: 'Hello',
		});
		await node.executeStep();
		const shown = byTestId(node.output, 'node-error-message');
		await shown.waitFor();
		expect(await shown.innerText()).toBe(message);
		expect(await node.output.innerText()).toContain(advice);
		expect(await cutOffTexts(node.output)).toEqual([]);
		expect(editor.simulator.calls.size).toBe(callsPlaced);
		await takePicture(
			page,
			picture,
			[
				node.output.getByText('Output', { exact: true }),
				shown,
				node.output.getByText('Other info'),
			],
			8,
		);
	});
}
