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

const people = [
	{ name: 'Ada', phone: '+1 425 555 0101', day: '2026-12-01T10:00:00Z' },
	{ name: 'Bob', phone: '+1 425 555 0102' },
];
const reminder = { operation: 'makeCall', phoneNumber: '={{ $json.phone }}' };

testInBrowser('a message whose expression gave nothing is refused, and named', async (page) => {
	const node = await editor.openNodeBehind(page, people, {
		...reminder,
		message: '=Hello {{ $json.name }}, we expect you on {{ $json.day }}.',
	});
	await node.executeStep();
	const shown = byTestId(node.output, 'node-error-message');
	await shown.waitFor();
	expect(await shown.innerText()).toContain('Item 1: Message `{{ $json.day }}` gave nothing.');
	expect(await cutOffTexts(node.output)).toEqual([]);
	expect(editor.simulator.requests).toEqual([]);
	await takePicture(page, 'message-refused', [node.panel]);
});

testInBrowser('a message that sounds odd is spoken, and a hint says what is odd', async (page) => {
	const node = await editor.openNodeBehind(page, people, {
		...reminder,
		message: '=Hello {{ $json.name }}, we expect you on {{ $json.day ?? "Monday" }}.',
	});
	await node.executeStep();
	const hint = byTestId(node.output, 'node-hint').filter({
		hasText: 'Message of item 0: has a date as machines write it',
	});
	await hint.waitFor();
	expect(await cutOffTexts(hint)).toEqual([]);
	expect(editor.simulator.calls.size).toBe(2);
	await takePicture(page, 'message-hint', [node.panel]);
});
