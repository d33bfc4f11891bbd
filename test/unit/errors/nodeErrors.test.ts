import type { INode } from 'n8n-workflow';
import type { Failure } from '../../../nodes/Voice2Phone/core/calls/outcome';
import type { AttemptResult } from '../../../nodes/Voice2Phone/core/calls/untilAccepted';
import { WHAT_TO_DO_IF_UNKNOWN } from '../../../nodes/Voice2Phone/errors/explain';
import {
	NodeErrors,
	withAdvice,
	withCalls,
	withWaitedFor,
	type NodeError,
} from '../../../nodes/Voice2Phone/errors/nodeErrors';

const node = { name: 'Voice2Phone', type: 'voice2Phone', parameters: {} } as unknown as INode;
const errors = new NodeErrors(node);

describe('The message of an error', () => {
	// n8n has words of its own for these, wherever they stand in a message.
	it.each(['ECONNRESET', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EPERM', 'EPIPE'])(
		'says that the phone may have rung, whatever cut the connection: %s',
		(code) => {
			const failure: Failure = { reason: 'connectionLost', code };
			const { message } = errors.unknownCall(failure, 3);
			expect(message).toBe(
				`It is not known whether the phone rang: connection cut (${code}), item 3`,
			);
		},
	);

	it('says what is wrong also when a typed word looks like a code', () => {
		const problem = { field: 'Phone Number', reason: '"preexisting" has no digits' };
		expect(errors.wrongItem([problem], 0).message).toBe(
			'Item 0: Phone Number "preexisting" has no digits.',
		);
	});
});

describe('A request that n8n could not prepare', () => {
	it.each([
		['', 'Check the credential'],
		['ERR_INVALID_URL', 'Check HTTPS_PROXY'],
	])('is explained by its code: "%s"', (code, advice) => {
		const failure: Failure = { reason: 'notPrepared', code, n8nWords: 'no' };
		for (const error of [errors.rejectedCall(failure, 0), errors.unreadStatus(failure, 0, 'id')]) {
			expect(error.description).toContain(`n8n said: "no" ${advice}, then run`);
		}
	});
});

describe('A request that was refused with a web page', () => {
	it.each<[Failure['reason'], number]>([
		['badRequest', 400],
		['unauthorized', 401],
		['otherClientError', 403],
		['notFound', 404],
	])('may have met a firewall: %s', (reason, statusCode) => {
		const failure: Failure = { reason, statusCode };
		const description = (isNoJson: boolean) =>
			errors.rejectedCall({ ...failure, isNoJson }, 0).description;
		expect(description(true)).toMatch(
			/it may come from a proxy or firewall.* Nobody was called\.$/,
		);
		expect(description(false)).not.toContain('firewall');
	});
});

/** What a user reads: the message, then the description. */
const read = ({ message, description }: NodeError) => [message, description];
const ID = '54b16dd7-8e68-4a2a-973d-063e39a6998c';
const OTHER_ID = '9d6b1f0e-3c52-4a7b-8e1d-5f2a4c6b8d90';

describe('The user reads, message and description', () => {
	it.each<[string, () => NodeError, string, string]>([
		[
			'of an output that is not there',
			() => errors.noSuchOutput(3, 1),
			'Item 1 belongs to output 3, which this node does not have',
			'Open the node, check Keys to Press and Split by Key, and save the workflow. The call stands: do not run it again.',
		],
		[
			'without a credential',
			() => errors.noCredential(),
			'No credential is selected',
			'Choose one at the top of this panel, or create it with your API key. Nobody was called.',
		],
		[
			'of a key that no server can take',
			() => errors.unusableKey('is empty'),
			'API Key in the credential is empty.',
			'Nobody was called.',
		],
		[
			'of a call that an earlier try may have placed',
			() => errors.unknownFromEarlierTry(2),
			'The call of item 2 may have been placed by an earlier try, so it was not dialled again',
			WHAT_TO_DO_IF_UNKNOWN,
		],
		[
			'of the same call, refused',
			() => errors.sameCallRefused(ID, 2),
			`The same call was placed before in this execution, CallId ${ID}, item 2`,
			'Nobody was called. To read what became of the first call, use Get Status with this Call ID; to allow the second, change Same Call Again in the options.',
		],
		[
			'of the same call in a dry run',
			() => errors.sameCallWouldBeRefused(2),
			'The same call comes before in this execution, item 2',
			'To allow the second, change Same Call Again in the options.',
		],
		[
			'of a call that is still open',
			() => errors.stillOpen(ID, 90_000, 2),
			`The call was still open after 1.5 minutes, CallId ${ID}, item 2`,
			'The call goes on, and nobody is dialled again by waiting longer: use Wait for Response with this Call ID, or raise Wait Limit.',
		],
		[
			'of a wait that n8n did not keep',
			() => errors.waitNotKept(ID, new Error('no database'), 2),
			`n8n could not keep the wait for the response to the call, CallId ${ID}: no database`,
			'Use Wait for Response with this Call ID: nobody is dialled again. If it happens again, turn Survive Restarts off.',
		],
		[
			'of a store that refused',
			() => errors.keyNotNoted(new Error('<b>locked</b>')),
			'Once Per could not be noted, so nobody was called',
			'Save the workflow, and if it has a Remove Duplicates node, set Remembered By to This Node. n8n said: "‹b›locked‹/b›"',
		],
		[
			'of a node that remembers too many',
			() => errors.noRoomForKey('node'),
			'Call Only Once cannot remember more values, so nobody was called',
			'Lower Remember For: older values are then forgotten. Or let a copy of this node take its place: a copy remembers nobody.',
		],
		[
			'of a workflow that remembers too many',
			() => errors.noRoomForKey('workflow'),
			'Call Only Once cannot remember more values, so nobody was called',
			'To forget all values, run a Remove Duplicates node in this workflow with the operation Clear Deduplication History and the scope Workflow. Or set Remembered By to This Node.',
		],
		[
			'of a text that was stored',
			() => errors.again({ message: 'It failed', description: 'Try <again>' }, 4),
			'It failed',
			'Try ‹again›',
		],
	])('%s', (_, met, message, description) => {
		expect(read(met())).toEqual([message, description]);
	});

	it('that the execution was canceled', () => {
		expect(errors.canceled().message).toBe('The execution was canceled');
	});

	it('which item it was, and the status of the answer, where n8n shows them', () => {
		const failure: Failure = { reason: 'serverError', statusCode: 503 };
		expect(errors.rejectedCall(failure, 7)).toMatchObject({
			httpCode: '503',
			context: { itemIndex: 7 },
		});
		expect(errors.wrongItem([{ field: 'Message', reason: 'is empty' }], 7)).toMatchObject({
			context: { itemIndex: 7 },
		});
		expect(errors.from(new Error('odd'), 7)).toMatchObject({
			message: 'odd',
			context: { itemIndex: 7 },
		});
		expect(errors.from(errors.unreadStatus(failure, 3, ID), 7).context.itemIndex).toBe(3);
	});

	it('the words of the server, without HTML and without the key', () => {
		const careful = new NodeErrors(node, (text) => text.replace('key', '[API key]'));
		const failure: Failure = {
			reason: 'requestFailed',
			statusCode: 402,
			serverWords: '<i>key</i>',
		};
		const { description } = careful.rejectedCall(failure, 0);
		expect(description).toMatch(/ Voice2Phone said: "‹i›\[API key\]‹\/i›"$/);
		expect(careful.rejectedCall({ reason: 'requestFailed' }, 0).description).not.toContain('said');
	});

	it('the call ID of a status that could not be read in the message, which is all of an error item', () => {
		const { message } = errors.unreadStatus({ reason: 'serverError', statusCode: 500 }, 2, ID);
		expect(message).toMatch(new RegExp(`, CallId ${ID}, item 2$`));
	});
});

describe('Wrong parameters', () => {
	const wrong = (field: string, reason = 'is empty') => ({ field, reason });

	it('of one item are its own error, each named once', () => {
		const problems = [wrong('Country'), wrong('Message', 'is too long.'), wrong('Country')];
		expect(read(errors.wrongParameters(new Map([[4, problems]])))).toEqual([
			'Item 4: Country is empty. Message is too long.',
			'Nobody was called.',
		]);
	});

	it('of many items are listed by what is wrong', () => {
		const faults = new Map([0, 1, 2, 3, 4, 6, 7].map((item) => [item, [wrong('Country')]]));
		faults.set(3, [wrong('Message')]);
		const error = errors.wrongParameters(faults);
		expect(read(error)).toEqual([
			'7 items have wrong parameters, so nobody was called',
			'Items 0–2, 4, 6–7: Country is empty.\nItem 3: Message is empty.',
		]);
		expect(error.context.itemIndex).toBe(0);
	});

	it('of ten kinds are all listed, of more the rest is counted', () => {
		const items = (count: number) =>
			new Map(Array.from({ length: count }, (_, index) => [index, [wrong(`Field ${index}`)]]));
		const lines = (count: number) =>
			String(errors.wrongParameters(items(count)).description).split('\n');
		expect(lines(10)).toHaveLength(10);
		expect(lines(10)[9]).toBe('Item 9: Field 9 is empty.');
		expect(lines(13).slice(9)).toEqual(['Item 9: Field 9 is empty.', 'And 3 more.']);
	});
});

describe('What the error that ends the node adds', () => {
	const ended = () => errors.wrongItem([{ field: 'Message', reason: 'is empty' }], 1);
	const retry =
		'Do not run the workflow again: press Retry in the executions list, which calls only those who were not called.';

	it('is nothing when nobody was called', () => {
		expect(withCalls(ended(), new Map(), new Set()).description).toBe('Nobody was called.');
		expect(withCalls(ended(), new Map([[1, ID]]), new Set([1])).description).toBe(
			'Nobody was called.',
		);
	});

	it('is each call by its item, in order, but for the one that failed', () => {
		const calls = new Map([
			[12, OTHER_ID],
			[1, 'own'],
			[2, ID],
		]);
		expect(withCalls(ended(), calls, new Set()).description).toBe(
			`Nobody was called.\n2 others were called: item 2: ${ID}, item 12: ${OTHER_ID}.\n${retry}`,
		);
		expect(withCalls(ended(), new Map([[2, ID]]), new Set()).description).toBe(
			`Nobody was called.\n1 other was called: item 2: ${ID}.\n${retry}`,
		);
	});

	it('is whom it may have called', () => {
		expect(withCalls(ended(), new Map(), new Set([12, 1, 3])).description).toBe(
			'Nobody was called.\nNot known whether the call was placed: item 1, 3, 12.',
		);
	});

	it('stands alone when there was no advice', () => {
		expect(withCalls(errors.canceled(), new Map(), new Set([3])).description).toBe(
			'Not known whether the call was placed: item 3.',
		);
	});

	it('is the calls that were waited for', () => {
		const calls = new Map([
			[1, 'own'],
			[2, ID],
			[3, OTHER_ID],
		]);
		expect(withWaitedFor(ended(), calls).description).toBe(
			`Nobody was called.\nThe other calls: item 2: ${ID}, item 3: ${OTHER_ID}. Wait for Response reads what came of them, and dials nobody.`,
		);
		expect(withWaitedFor(ended(), new Map([[1, 'own']])).description).toBe('Nobody was called.');
	});

	it('stands in the message for an agent, who is told nothing else', () => {
		expect(withAdvice(ended()).message).toBe('Item 1: Message is empty. Nobody was called.');
		expect(withAdvice(errors.noSuchOutput(3, 1)).message).toMatch(/not have\. Open the node/);
		expect(withAdvice(errors.canceled()).message).toBe('The execution was canceled');
	});
});

describe('What ended a search for somebody who accepts', () => {
	const attempts = [
		{ name: 'Ann', phone: '+14255550101', CallId: ID, outcome: 'noKey' },
		{ name: null, phone: '+14255550102', CallId: null, outcome: 'notCalled' },
	] as unknown as AttemptResult[];
	const calls = `Calls of item 5 so far: Ann, +14255550101: noKey, CallId ${ID}, +14255550102: notCalled.`;

	it('names every call, and how to go on', () => {
		const error = errors.withAttempts(errors.unknownFromEarlierTry(5), attempts, { goesOn: false });
		expect(error.description).toBe(
			`${WHAT_TO_DO_IF_UNKNOWN}\n${calls}\nPress Retry in the executions list to go on: nobody is called again whose call stands.`,
		);
		const bare = errors.from(new Error('odd'), 5);
		expect(errors.withAttempts(bare, attempts, { goesOn: false }).description).toMatch(/^Calls of/);
	});

	it('names them in the message of an error item, which keeps nothing else', () => {
		const error = errors.withAttempts(errors.from(new Error('odd'), 5), attempts, { goesOn: true });
		expect(error.message).toBe(`odd. ${calls}`);
	});

	it('is left as it is when there was no call', () => {
		const error = errors.unknownFromEarlierTry(5);
		expect(read(errors.withAttempts(error, [], { goesOn: true }))).toEqual(
			read(errors.unknownFromEarlierTry(5)),
		);
	});
});
