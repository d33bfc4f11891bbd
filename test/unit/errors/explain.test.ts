import type { Failure, FailureReason } from '../../../nodes/Voice2Phone/core/calls/outcome';
import {
	explainRejection,
	explainUnknown,
	explainUnreadStatus,
	failureText,
	type Explanation,
} from '../../../nodes/Voice2Phone/errors/explain';

/** What a user reads, the title of the error and the text below it in one. */
const read = ({ message, description }: Explanation) => `${message} | ${description}`;

type Row = [FailureReason, Omit<Failure, 'reason'>, string];

describe('why nobody was called', () => {
	it.each<Row>([
		[
			'badRequest',
			{ statusCode: 400 },
			'Voice2Phone refused the request to call (400) | Check Country, Phone Number, Message and Keys to Press. ',
		],
		[
			'badRequest',
			{ statusCode: 400, isNoJson: true },
			'Voice2Phone refused the request to call (400) | The answer was no JSON, so it may come from a proxy or firewall, and not from Voice2Phone. Check Country, Phone Number, Message and Keys to Press. ',
		],
		[
			'unauthorized',
			{ statusCode: 401 },
			'Voice2Phone refused the API key (401) | Check the API Key in the credential. If it is right, try the other choice in How the Key Is Sent there. ',
		],
		[
			'requestFailed',
			{ statusCode: 402 },
			'Voice2Phone accepted the parameters, but could not carry out the request (402) | Check the number and your Voice2Phone account, then run the workflow again. ',
		],
		[
			'notFound',
			{ statusCode: 404 },
			'Voice2Phone did not find the address for making calls (404) | Check for a newer version of this node. ',
		],
		[
			'tooManyRequests',
			{ statusCode: 429 },
			'Voice2Phone received too many requests (429) | Lower Calls per Second, or raise Max Retries and Retry For in the options. ',
		],
		[
			'tooManyRequests',
			{ statusCode: 429, retryAfterMs: 1_200 },
			'Voice2Phone received too many requests (429) | Voice2Phone asks to wait 2 seconds. Lower Calls per Second, or raise Max Retries and Retry For in the options. ',
		],
		[
			'unreachable',
			{ code: 'ENOTFOUND' },
			'Voice2Phone could not be reached | Check the network of this n8n (ENOTFOUND), then run the workflow again. ',
		],
		[
			'unreachable',
			{ code: '' },
			'Voice2Phone could not be reached | Check the network of this n8n (no connection), then run the workflow again. ',
		],
		[
			'proxyRefused',
			{ statusCode: 407 },
			'The proxy of this n8n refused the connection to Voice2Phone (407) | The proxy asks for a user name and password. Put them into HTTPS_PROXY, as in http://name:password@proxy:8080. ',
		],
		[
			'proxyRefused',
			{},
			'The proxy of this n8n refused the connection to Voice2Phone | Check that HTTPS_PROXY leads to a proxy, and that it lets api.voice2phone.com through. ',
		],
		[
			'notPrepared',
			{ n8nWords: 'No such credential' },
			'n8n could not prepare the request to call | n8n said: "No such credential" Check the credential, then run the workflow again. ',
		],
		[
			'notPrepared',
			{},
			'n8n could not prepare the request to call | Check the credential, then run the workflow again. ',
		],
		[
			'untrustedCertificate',
			{ code: 'CERT_HAS_EXPIRED' },
			'The connection to Voice2Phone could not be trusted | The certificate was refused (CERT_HAS_EXPIRED). Check the clock and the proxy of this n8n. ',
		],
		['otherClientError', { statusCode: 418 }, 'Voice2Phone refused the request to call (418) | '],
	])('%s %o', (reason, parts, words) => {
		expect(read(explainRejection({ reason, ...parts }))).toBe(`${words}Nobody was called.`);
	});
});

describe('why it is not known whether somebody was called', () => {
	it.each<Row>([
		['serverError', { statusCode: 503 }, 'server error 503'],
		['timedOut', {}, 'no answer in time'],
		['connectionLost', {}, 'connection cut'],
		['connectionLost', { code: 'ECONNRESET' }, 'connection cut (ECONNRESET)'],
		['connectionLost', { code: 'EPIPE' }, 'connection cut (EPIPE)'],
		[
			'connectionLost',
			{ code: 'ERR_CANCELED' },
			'the execution was stopped before the answer came',
		],
		['unreadableAnswer', {}, 'the answer could not be read'],
		['noCallId', {}, 'the answer has no CallId'],
		['repeatedCallId', {}, 'the answer has the CallId of another call'],
		['unexpectedAnswer', { statusCode: 302 }, 'status 302, which Voice2Phone does not document'],
		['noTurn', {}, 'the answer was lost'],
	])('%s %o', (reason, parts, words) => {
		const { message, description } = explainUnknown({ reason, ...parts });
		expect(message).toBe(`It is not known whether the phone rang: ${words}`);
		expect(description).toMatch(
			/^The call may have been placed\. Find out in your Voice2Phone account .* turn on Dial Again If Unknown in the options\.$/,
		);
	});

	it('may be a proxy that answered', () => {
		const { description } = explainUnknown({ reason: 'serverError', isNoJson: true });
		expect(description).toMatch(
			/^The call may have been placed\. The answer was no JSON, so it may come from a proxy/,
		);
	});
});

describe('why a status could not be read', () => {
	const safe = 'Reading a status calls nobody.';

	it.each<Row>([
		['badRequest', {}, 'Voice2Phone refused the request for the status (400) | Check the Call ID.'],
		[
			'unauthorized',
			{},
			'Voice2Phone refused the API key (401) | Check the API Key in the credential. If it is right, try the other choice in How the Key Is Sent there.',
		],
		[
			'notFound',
			{},
			'Voice2Phone does not know this call (404) | Check the Call ID, and that the credential belongs to the account that placed the call.',
		],
		[
			'tooManyRequests',
			{ retryAfterMs: 60_000 },
			'Voice2Phone received too many requests (429) | Voice2Phone asks to wait 60 seconds. Lower Checks per Second, or raise Max Retries and Retry For in the options. The call goes on.',
		],
		[
			'serverError',
			{ statusCode: 500 },
			`Voice2Phone answered with a server error (500) | Run the node again later. ${safe}`,
		],
		[
			'unreadableAnswer',
			{},
			`The status that Voice2Phone sent could not be read | Run the node again later. ${safe}`,
		],
		[
			'otherCall',
			{},
			`Voice2Phone answered with the status of another call | Run the node again later. ${safe}`,
		],
		[
			'proxyRefused',
			{ statusCode: 403 },
			`The proxy of this n8n refused the connection to Voice2Phone (403) | Check that HTTPS_PROXY leads to a proxy, and that it lets api.voice2phone.com through. ${safe}`,
		],
		[
			'notPrepared',
			{ n8nWords: 'x' },
			`n8n could not prepare the request for the status | n8n said: "x" Check the credential, then run the node again. ${safe}`,
		],
		[
			'timedOut',
			{},
			`Voice2Phone did not answer in time | Raise Timeout in the options, or run the node again. ${safe}`,
		],
		[
			'unreachable',
			{},
			`Voice2Phone could not be reached | Check the network of this n8n (no connection), then run the node again. ${safe}`,
		],
		[
			'connectionLost',
			{ code: 'EPIPE' },
			`Voice2Phone could not be reached | Check the network of this n8n (EPIPE), then run the node again. ${safe}`,
		],
		[
			'untrustedCertificate',
			{ code: 'CERT_HAS_EXPIRED' },
			'The connection to Voice2Phone could not be trusted | The certificate was refused (CERT_HAS_EXPIRED). Check the clock and the proxy of this n8n.',
		],
		[
			'otherClientError',
			{ statusCode: 418 },
			'Voice2Phone did not give the status (418) | Check the Call ID and the credential, then run the node again.',
		],
	])('%s %o', (reason, parts, words) => {
		expect(read(explainUnreadStatus({ reason, ...parts }))).toBe(words);
	});
});

it.each<Row>([
	['connectionLost', { code: 'EPIPE' }, 'connection cut (EPIPE)'],
	['noTurn', {}, 'there was no turn in time: Checks per Second makes all calls wait'],
	['notPrepared', {}, 'n8n could not prepare the request'],
	['otherCall', { statusCode: 200 }, 'Voice2Phone answered with the status of another call (200)'],
	['proxyRefused', { statusCode: 407 }, 'the proxy of this n8n refused the connection (407)'],
	['timedOut', {}, 'no answer in time'],
	['unreachable', { code: 'ENOTFOUND' }, 'Voice2Phone could not be reached (ENOTFOUND)'],
	['unreadableAnswer', {}, 'the answer could not be read'],
	['untrustedCertificate', {}, 'the certificate was refused'],
	['serverError', { statusCode: 503 }, 'Voice2Phone answered with 503'],
])('%s %o in a few words: %s', (reason, parts, words) => {
	expect(failureText({ reason, ...parts })).toBe(words);
});
