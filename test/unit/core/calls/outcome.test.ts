import {
	judgeCall,
	judgeStatus,
	retryAfterMs,
	type HttpResult,
} from '../../../../nodes/Voice2Phone/core/calls/outcome';

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
	it('is accepted when there is a call ID, and keeps all that was answered', () => {
		const body = { CallId: ' 54b16dd7-8e68-4a2a-973d-063e39a6998c ', Extra: 1 };
		expect(judgeCall(answer(200, body), NOW)).toEqual({
			kind: 'accepted',
			callId: '54b16dd7-8e68-4a2a-973d-063e39a6998c',
			body,
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
		[answer(200, {}), 'noCallId'],
		[answer(200, { CallId: '  ' }), 'noCallId'],
		[answer(200, { CallId: 12 }), 'noCallId'],
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
		[{ Errors: ['a'] }, '{"Errors":["a"]}'],
		['<html><h1>Bad\n Gateway</h1></html>', 'Bad Gateway'],
		['', undefined],
		[{}, undefined],
		['x'.repeat(400), `${'x'.repeat(300)}…`],
	])('keeps the server’s own words: %o', (body, serverWords) => {
		expect(judgeCall(answer(402, body), NOW)).toMatchObject({ failure: { serverWords } });
	});
});

describe('the outcome of a request for a status', () => {
	it('is read when the answer is an object', () => {
		const body = { CallId: 'x', Status: 2 };
		expect(judgeStatus(answer(200, body), NOW)).toEqual({ kind: 'read', body });
	});

	it.each([
		answer(429),
		answer(500),
		answer(503),
		answer(200, 'not JSON'),
		fault('ECONNRESET'),
		fault('ECONNREFUSED'),
		fault('ECONNABORTED'),
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
		['soon', undefined],
		['', undefined],
		[undefined, undefined],
	])('%o means %o milliseconds', (header, expected) => {
		expect(retryAfterMs(header, NOW)).toBe(expected);
	});
});
