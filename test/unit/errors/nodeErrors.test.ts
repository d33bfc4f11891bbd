import type { INode } from 'n8n-workflow';
import type { Failure } from '../../../nodes/Voice2Phone/core/calls/outcome';
import { NodeErrors } from '../../../nodes/Voice2Phone/errors/nodeErrors';

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
