import {
	judgeCall,
	judgeStatus,
	retryAfterMs,
	type HttpResult,
} from '../../../../nodes/Voice2Phone/core/calls/outcome';
import { redactor } from '../../../../nodes/Voice2Phone/core/redact';

const CALL_ID = '54b16dd7-8e68-4a2a-973d-063e39a6998c';
const OTHER_CALL_ID = '9d6b1f0e-3c52-4a7b-8e1d-5f2a4c6b8d90';
const NOW = Date.parse('2026-11-25T10:00:00Z');

const answer = (statusCode: number, body: unknown = {}, headers = {}): HttpResult => ({
	kind: 'answer',
	statusCode,
	headers,
	body,
});
const fault = (code: string, message = '', syscall?: string): HttpResult => ({
	kind: 'fault',
	code,
	message,
	syscall,
});

describe('the outcome of a request to make a call', () => {
	it('is accepted when there is a call ID, and keeps nothing else', () => {
		expect(judgeCall(answer(200, { CallId: ` ${CALL_ID} `, Extra: 1 }), NOW)).toEqual({
			kind: 'accepted',
			callId: CALL_ID,
			body: { CallId: CALL_ID },
		});
	});

	it.each([
		[400, 'badRequest'],
		[401, 'unauthorized'],
		[402, 'requestFailed'],
		[403, 'otherClientError'],
		[404, 'notFound'],
	])('is rejected for good on %i', (statusCode, reason) => {
		expect(judgeCall(answer(statusCode), NOW)).toMatchObject({
			kind: 'rejected',
			retryable: false,
			failure: { reason, statusCode },
		});
	});

	it('is rejected, and may be tried again, on 429', () => {
		expect(judgeCall(answer(429, {}, { 'retry-after': '7' }), NOW)).toMatchObject({
			kind: 'rejected',
			retryable: true,
			failure: { reason: 'tooManyRequests', retryAfterMs: 7000 },
		});
	});

	it.each([
		fault('ENOTFOUND'),
		fault('EAI_AGAIN'),
		fault('ECONNREFUSED'),
		fault('ETIMEDOUT', '', 'connect'),
		fault('EAI_FAIL', '', 'getaddrinfo'),
		fault('EPROTO'),
		fault(
			'ECONNRESET',
			'Client network socket disconnected before secure TLS connection was established',
		),
	])('is rejected, and may be tried again, when the request never left: %o', (result) => {
		expect(judgeCall(result, NOW)).toMatchObject({
			kind: 'rejected',
			retryable: true,
			failure: { reason: 'unreachable' },
		});
	});

	it('is rejected for good when the certificate is refused', () => {
		expect(judgeCall(fault('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), NOW)).toMatchObject({
			kind: 'rejected',
			retryable: false,
		});
	});

	it.each([
		[answer(500), 'serverError'],
		[answer(502), 'serverError'],
		[answer(503, {}, { 'retry-after': '1' }), 'serverError'],
		[answer(504), 'serverError'],
		[answer(302), 'unexpectedAnswer'],
		[answer(199, { CallId: CALL_ID }), 'unexpectedAnswer'],
		[answer(300, { CallId: CALL_ID }), 'unexpectedAnswer'],
		[answer(200, {}), 'noCallId'],
		[answer(200, { CallId: '  ' }), 'noCallId'],
		[answer(200, { CallId: 12 }), 'noCallId'],
		[answer(200, { CallId: [CALL_ID] }), 'noCallId'],
		[answer(200, { callid: CALL_ID }), 'noCallId'],
		[answer(200, { CallId: '../account/delete?x=' }), 'noCallId'],
		[answer(200, { CallId: `${CALL_ID}?a=1#` }), 'noCallId'],
		[answer(200, { CallId: `${CALL_ID}\na line in the log` }), 'noCallId'],
		[answer(200, { CallId: 'a'.repeat(70_000) }), 'noCallId'],
		[answer(200, { CallId: '00000000-0000-0000-0000-000000000000' }), 'noCallId'],
		[answer(502, '<h1>Bad Gateway</h1>', { via: '1.1 proxy' }), 'serverError'],
		[answer(200, '{"CallId": "54b1'), 'unreadableAnswer'],
		[answer(200, []), 'unreadableAnswer'],
		[answer(200, null), 'unreadableAnswer'],
		[fault('ECONNRESET', 'socket hang up'), 'connectionLost'],
		[fault('EPIPE'), 'connectionLost'],
		[fault('ECONNABORTED', 'timeout of 30000ms exceeded'), 'timedOut'],
		[fault('ETIMEDOUT'), 'timedOut'],
		[fault(''), 'connectionLost'],
	])('is unknown, never rejected, after %o', (result, reason) => {
		expect(judgeCall(result, NOW)).toMatchObject({ kind: 'unknown', failure: { reason } });
	});

	it.each([
		['plain words', 'plain words'],
		[{ Message: 'No credit' }, 'No credit'],
		[{ message: 'No credit' }, 'No credit'],
		[{ error: 'No credit' }, 'No credit'],
		[{ Error: 'No credit' }, 'No credit'],
		[{ Errors: ['a'] }, '{"Errors":["a"]}'],
		['<html><h1>Bad\n Gateway</h1></html>', 'Bad Gateway'],
		['Bad<br>Gateway', 'Bad Gateway'],
		['', undefined],
		['""', undefined],
		[{}, undefined],
		[`${' '.repeat(4_000)}behind 4,000 characters`, undefined],
		['x'.repeat(300), 'x'.repeat(300)],
		['x'.repeat(400), `${'x'.repeat(300)}…`],
		['😀'.repeat(151), `${'😀'.repeat(150)}…`],
		['🇩🇪'.repeat(99), `${'🇩🇪'.repeat(75)}…`],
		[`${'x'.repeat(299)}👩‍👧`, `${'x'.repeat(299)}…`],
		[{ Message: 'cut \uD83D off' }, 'cut \uFFFD off'],
		[
			{ Message: 'a <a href=//evil.io>link</a> and <a href=//evil.io' },
			'a link and \u2039a href=//evil.io',
		],
		[{ Message: { text: 'No credit' } }, '{"Message":{"text":"No credit"}}'],
	])('keeps the server’s own words: %o', (body, serverWords) => {
		expect(judgeCall(answer(402, body), NOW)).toMatchObject({ failure: { serverWords } });
	});

	it('has no words of a server whose answer was cut off', () => {
		const result: HttpResult = { kind: 'answer', statusCode: 402, headers: {}, body: undefined };
		expect(judgeCall(result, NOW)).toMatchObject({ failure: { serverWords: undefined } });
	});

	it.each([
		['<h1>No credit</h1>', true],
		[' \n', false],
		[{ Message: 'No credit' }, false],
	])('says whether an answer was no JSON: %o', (body, isNoJson) => {
		const outcome = judgeCall(answer(402, body), NOW);
		expect(outcome.kind === 'rejected' && outcome.failure.isNoJson === true).toBe(isNoJson);
	});

	it.each([
		['NodeOperationError: Credential: no access', 'Credential: no access'],
		['NodeApiError: outer\nError: The vault does not answer', 'The vault does not answer'],
		['no name: of an error', 'no name: of an error'],
	])('keeps what n8n said when it could not prepare the request: %j', (message, n8nWords) => {
		const result: HttpResult = { kind: 'fault', code: 'X', message, stage: 'unprepared' };
		expect(judgeCall(result, NOW)).toEqual({
			kind: 'rejected',
			retryable: true,
			failure: { reason: 'notPrepared', code: 'X', n8nWords },
		});
	});
});

describe('the refusal of a proxy', () => {
	const refused = (statusCode: number, isFromProxy = true): HttpResult => ({
		kind: 'answer',
		statusCode,
		headers: {},
		body: '<h1>Welcome to the proxy</h1>',
		isFromProxy,
	});

	it.each([204, 302, 400, 401, 403, 407])('means for good that nobody was called: %i', (status) => {
		expect(judgeCall(refused(status), NOW)).toMatchObject({
			kind: 'rejected',
			retryable: false,
			failure: { reason: 'proxyRefused', statusCode: status, serverWords: undefined },
		});
	});

	it.each([429, 500, 502, 503, 504])('may pass by: %i', (status) => {
		expect(judgeCall(refused(status), NOW)).toMatchObject({
			kind: 'rejected',
			retryable: true,
			failure: { reason: 'proxyRefused' },
		});
	});

	it('is known by 407 alone', () => {
		expect(judgeCall(refused(407, false), NOW)).toMatchObject({
			kind: 'rejected',
			failure: { reason: 'proxyRefused' },
		});
		expect(judgeCall(refused(502, false), NOW)).toMatchObject({ kind: 'unknown' });
	});
});

describe('the words of a server', () => {
	const KEY = 'a"long-key-of-an-account';
	const words = (body: unknown) => {
		const outcome = judgeCall(answer(402, body), NOW, redactor(KEY));
		return outcome.kind === 'rejected' ? outcome.failure.serverWords : outcome;
	};

	it('have the key hidden before they are cut', () => {
		for (let length = 260; length < 310; length++) {
			expect(words(`${'x'.repeat(length)} ${KEY}`)).not.toContain(KEY.slice(0, 3));
			expect(words({ Message: `${'x'.repeat(length)} ${KEY}` })).not.toContain(KEY.slice(0, 3));
		}
		expect(words({ detail: KEY })).toBe('{"detail":"[API key]"}');
	});

	it.each([
		['tags that never end', '<'.repeat(1_000_000)],
		['one long tag', `<${'a'.repeat(1_000_000)}`],
		['blanks', ' '.repeat(1_000_000)],
	])('are found at once in %s', (_, body) => {
		const began = performance.now();
		words(body);
		expect(performance.now() - began).toBeLessThan(1000);
	});

	it.each([200, 402, 500])(
		'are left out when they are nested too deep to be written: %i',
		(status) => {
			const nested = JSON.parse('['.repeat(5000) + ']'.repeat(5000)) as unknown;
			const inRecord = JSON.parse('{"a":'.repeat(50_000) + '1' + '}'.repeat(50_000)) as unknown;
			for (const body of [nested, inRecord]) {
				const outcome = judgeCall(answer(status, body), NOW);
				expect(outcome.kind).toBe(status === 402 ? 'rejected' : 'unknown');
				expect(outcome).toMatchObject({ failure: { serverWords: undefined } });
				expect(judgeStatus(answer(status, body), NOW).kind).toBe('failed');
			}
		},
	);
});

describe('the outcome of a request for a status', () => {
	const documented = {
		CallId: CALL_ID,
		Status: 2,
		CreatedDateUtc: '2016-08-01T18:33:08.997',
		UpdatedDateUtc: '/Date(1470076388997)/',
		Dtmf: '1',
	};
	const read = (body: unknown, hide = redactor('secret-key')) =>
		judgeStatus(answer(200, body), NOW, CALL_ID, hide);

	it('is read, with the documented fields as they came', () => {
		expect(read(documented)).toEqual({ kind: 'read', body: documented });
		expect(read({ ...documented, Dtmf: 12, Status: '2' })).toEqual({
			kind: 'read',
			body: { ...documented, Dtmf: 12, Status: '2' },
		});
		expect(read({ ...documented, CallId: CALL_ID.toUpperCase() }).kind).toBe('read');
		const empty = { CallId: CALL_ID, Status: null, Dtmf: null };
		expect(read(empty)).toEqual({ kind: 'read', body: empty });
		expect(read({ Dtmf: 'timeout' })).toEqual({ kind: 'read', body: { Dtmf: 'timeout' } });
		expect(read({ CallId: null, Dtmf: '1' })).toEqual({ kind: 'read', body: { Dtmf: '1' } });
		expect(judgeStatus(answer(200, documented), NOW)).toEqual({ kind: 'read', body: documented });
	});

	it.each([
		['Status', ' -12 ', true],
		['Status', '1'.repeat(15), true],
		['Status', '1'.repeat(16), false],
		['Status', 'x2', false],
		['Status', '2x', false],
		['Status', '', false],
		['Dtmf', '1'.repeat(1_000), true],
		['Dtmf', '1'.repeat(1_001), false],
	])('takes %s %j: %j', (field, value, isTaken) => {
		const body = { CallId: CALL_ID, ...(isTaken && { [field]: value }) };
		expect(read({ CallId: CALL_ID, [field]: value })).toEqual({ kind: 'read', body });
	});

	it('has no field that is not documented, and none of another type', () => {
		const body = {
			CallId: CALL_ID,
			Status: 1.5,
			CreatedDateUtc: 12,
			UpdatedDateUtc: ['2016'],
			Dtmf: ['1'],
			approved: true,
			outcome: 'keyPressed',
			Account: { ApiKey: 'secret-key' },
			['__proto__']: { Dtmf: '1' },
		};
		expect(read(body)).toEqual({ kind: 'read', body: { CallId: CALL_ID } });
		expect(read({ ...documented, Dtmf: '1'.repeat(2000), Status: 'x'.repeat(2000) })).toMatchObject(
			{
				body: { CallId: CALL_ID, CreatedDateUtc: documented.CreatedDateUtc },
			},
		);
	});

	it('does not give out the API key', () => {
		const outcome = read({ ...documented, Dtmf: 'secret-key', CreatedDateUtc: 'at SECRET-KEY' });
		expect(outcome).toMatchObject({ body: { Dtmf: '[API key]', CreatedDateUtc: 'at [API key]' } });
		const accepted = judgeCall(answer(200, { CallId: CALL_ID }), NOW, redactor(CALL_ID));
		expect(accepted).toMatchObject({ kind: 'unknown', failure: { reason: 'noCallId' } });
		expect(JSON.stringify(accepted)).not.toContain(CALL_ID);
	});

	it.each([
		[{ ...documented, CallId: OTHER_CALL_ID }, 'otherCall'],
		[{ ...documented, CallId: 'x' }, 'unreadableAnswer'],
		[{ ...documented, CallId: [CALL_ID] }, 'unreadableAnswer'],
		[{ status: 'ok' }, 'unreadableAnswer'],
		[{}, 'unreadableAnswer'],
		[[documented], 'unreadableAnswer'],
		[undefined, 'unreadableAnswer'],
	])('is no answer when it may be that of another call: %o', (body, reason) => {
		expect(read(body)).toMatchObject({ kind: 'failed', transient: true, failure: { reason } });
	});

	it.each([
		answer(429),
		answer(500),
		answer(503),
		answer(200, 'not JSON'),
		fault('ECONNRESET'),
		fault('ECONNREFUSED'),
		fault('ECONNABORTED'),
		answer(502),
		{ ...fault(''), hasRequest: false } as HttpResult,
	])('passes by after %o', (result) => {
		expect(judgeStatus(result, NOW)).toMatchObject({ kind: 'failed', transient: true });
	});

	it.each([answer(400), answer(401), answer(404), answer(301), fault('CERT_HAS_EXPIRED')])(
		'lasts after %o',
		(result) => {
			expect(judgeStatus(result, NOW)).toMatchObject({ kind: 'failed', transient: false });
		},
	);
});

describe('Retry-After', () => {
	it.each([
		['120', 120_000],
		[' 0 ', 0],
		['Wed, 25 Nov 2026 10:00:05 GMT', 5_000],
		['Wed, 25 Nov 2026 09:00:00 GMT', 0],
		['Wednesday, 25-Nov-26 10:00:05 GMT', 5_000],
		['Wed Nov 25 10:00:05 2026', 5_000],
		['Sun Nov  1 08:49:37 2026', 0],
		['Wed, 25 Nov 2026 10:00:05', 5_000],
		['Wed, 25 Nov 2026 10:02:05 GMT', 125_000],
		['Wednesday, 25-Nov-76 10:00:05 GMT', Date.parse('2076-11-25T10:00:05Z') - NOW],
		['Tuesday, 25-Nov-75 10:00:05 GMT', Date.parse('2075-11-25T10:00:05Z') - NOW],
		['Saturday, 25-Nov-78 10:00:05 GMT', 0],
		['Wed, 25 Nov 2026 10:00:60 GMT', 60_000],
		['1.5', 2_000],
		['1.25', 2_000],
		['0.5', 1_000],
		['0.0', 0],
		['9999999999', 2 ** 31 * 1000],
		['9'.repeat(400), 2 ** 31 * 1000],
		['-1', undefined],
		['+5', undefined],
		['"5"', undefined],
		['1e3', undefined],
		['.5', undefined],
		['5 s', undefined],
		['5, 10', undefined],
		['0x10', undefined],
		['５', undefined],
		['2026-11-25', undefined],
		['2026-11-25T10:00:05Z', undefined],
		['Wed, 25 Nov 2026 10:00:05 +0500', undefined],
		['Wed, 25 Nov 2026 10:00:05 EST', undefined],
		['Wed, 31 Feb 2026 10:00:05 GMT', undefined],
		['Wed, 00 Nov 2026 10:00:05 GMT', undefined],
		['Wed, 25 Nov 2026 24:00:05 GMT', undefined],
		['Wed, 25 Nov 2026 10:60:05 GMT', undefined],
		['Wed, 25 Nov 2026 10:00:61 GMT', undefined],
		[5, undefined],
		[['5'], undefined],
		['soon', undefined],
		['', undefined],
		[undefined, undefined],
	])('%o means %o milliseconds', (header, expected) => {
		expect(retryAfterMs(header, NOW)).toBe(expected);
	});
});
