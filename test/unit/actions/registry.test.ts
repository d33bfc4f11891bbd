import { nodeProperties } from '../../../nodes/Voice2Phone/actions/registry';

/** What the panel of an operation shows below it, as a node or as a tool. */
function labels(operation: string, isTool = false): string[] {
	return nodeProperties().flatMap(({ displayName, displayOptions = {} }) => {
		const { show, hide } = displayOptions;
		const isShown = show?.operation?.includes(operation);
		const fits = isTool ? !hide?.['@tool'] : !show?.['@tool'];
		return isShown && fits && displayName !== 'Wait Step' ? [displayName] : [];
	});
}

describe('The panel', () => {
	it.each([
		[
			'callAndWait',
			'Phone Number, Country, Message, Test Mode, Test Number, Made-Up Key, Keys to Press, Split by Key, Options',
		],
		[
			'callUntilAccepted',
			'Phone Numbers, Country, Message, Test Mode, Test Number, Made-Up Key, Keys to Press, Rounds, Minutes Between Rounds, Next Person After (Minutes), Options',
		],
		['getStatus', 'Call ID, Options'],
		['makeCall', 'Phone Number, Country, Message, Test Mode, Test Number, Keys to Press, Options'],
		['waitForResponse', 'Call ID, Keys to Press, Split by Key, Options'],
	])('of %s shows whom, what, a trial and the answer, in this order', (operation, expected) => {
		expect(labels(operation).join(', ')).toBe(expected);
	});

	it('of a tool asks for the numbers that it can call before the message', () => {
		expect(labels('makeCall', true).slice(0, 4)).toEqual([
			'Phone Number',
			'Country',
			'Allowed Numbers',
			'Message',
		]);
	});

	it('of a question to a person ends with the words and keys of the approval', () => {
		expect(labels('sendAndWait', true)).toEqual([
			'Phone Number',
			'Country',
			'Message',
			'Test Mode',
			'Test Number',
			'Made-Up Key',
			'Approval Options',
			'Options',
		]);
	});
});
