import type { INodeProperties } from 'n8n-workflow';
import { nodeProperties, severalItemsAreCalled } from '../../../nodes/Voice2Phone/actions/registry';
import { GuardedRun } from '../../support/guarded';

/** What the panel of an operation shows below it, as a node or as a tool. */
function labels(operation: string, isTool = false): string[] {
	return nodeProperties().flatMap(({ displayName, displayOptions = {} }) => {
		const { show, hide } = displayOptions;
		const isShown = show?.operation?.includes(operation);
		const fits = isTool ? !hide?.['@tool'] : !show?.['@tool'];
		return isShown && fits && displayName !== 'Wait Step' ? [displayName] : [];
	});
}

/** The fields of a panel that take no expression, those inside of groups too. */
function fixedFields(properties: INodeProperties[]): string[] {
	return properties.flatMap((property) => {
		const { displayName, noDataExpression, type, options = [] } = property;
		if (type === 'collection') return fixedFields(options as INodeProperties[]);
		if (type === 'fixedCollection') {
			return (options as Array<{ values: INodeProperties[] }>).flatMap(({ values }) =>
				fixedFields(values),
			);
		}
		return noDataExpression ? [displayName] : [];
	});
}

describe('The panel', () => {
	// Where a field takes an expression, n8n also offers to let an agent's model fill it.
	it('takes no expression for trials, limits, keys, and what holds for the whole run', () => {
		const ofAKey = ['Key', 'Label', 'Meaning', 'Opts Out', 'Repeats the Message'];
		expect([...new Set(fixedFields(nodeProperties()))].sort()).toEqual(
			[
				...ofAKey,
				'Allowed Numbers',
				'Approve Key',
				'Calls per Second',
				'Checks at Once',
				'Checks per Second',
				'Hand Over (Seconds)',
				'Include Input Fields',
				'Made-Up Key',
				'Max Calls per Execution',
				'Max Calls per Number',
				'Max Retries',
				'Message Check',
				'Number Check',
				'Operation',
				'Refuse Key',
				'Remember For (Days)',
				'Requests at Once',
				'Retry For (Seconds)',
				'Same Call Again',
				'Split by Key',
				'Survive Restarts (Beta)',
				'Test Mode',
				'Test Number',
				'Timeout (Seconds)',
			].sort(),
		);
	});

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

describe('The hint that every item is called', () => {
	it.each([
		['makeCall', 2, true],
		['callAndWait', 2, true],
		['callUntilAccepted', 2, true],
		['makeCall', 1, false],
		['getStatus', 2, false],
		['waitForResponse', 2, false],
	])('before %s of %d items: %s', (operation, count, isShown) => {
		const items = Array.from({ length: count }, () => ({}));
		const { context } = new GuardedRun({ parameters: { operation }, items });
		expect(context.evaluateExpression(severalItemsAreCalled.slice(1), 0)).toBe(isShown);
	});
});
