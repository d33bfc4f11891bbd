import {
	answerIn,
	kindOf,
	readFault,
	type NetworkFault,
} from '../../../../nodes/Voice2Phone/core/calls/networkFaults';

const fault = (parts: Partial<NetworkFault>): NetworkFault => ({ code: '', message: '', ...parts });

describe('what a network fault means, when the connection shows how far it came', () => {
	it.each([
		['noSocket', 'neverLeft'],
		['handshaking', 'neverLeft'],
		['plain', 'proxyRefused'],
		['secure', 'unknown'],
	] as const)('a reset at "%s" is "%s"', (stage, kind) => {
		expect(kindOf(fault({ code: 'ECONNRESET', syscall: 'read', stage }))).toBe(kind);
		expect(kindOf(fault({ message: 'socket hang up', stage }))).toBe(kind);
		expect(kindOf(fault({ code: 'EPROTO', stage }))).toBe(kind);
		expect(kindOf(fault({ code: 'ERR_SSL_WRONG_VERSION_NUMBER', stage }))).toBe(kind);
	});

	it('a time-out before TLS was agreed cannot have called anybody, a later one can', () => {
		const timeOut = { code: 'ECONNABORTED', message: 'timeout of 30000ms exceeded' };
		expect(kindOf(fault({ ...timeOut, stage: 'noSocket' }))).toBe('neverLeft');
		expect(kindOf(fault({ ...timeOut, stage: 'handshaking' }))).toBe('neverLeft');
		expect(kindOf(fault({ ...timeOut, stage: 'secure' }))).toBe('timedOut');
		expect(kindOf(fault(timeOut))).toBe('timedOut');
	});
});

describe('what a network fault means by its code, call or words alone', () => {
	it.each<[NetworkFault['code'], Partial<NetworkFault>, string]>([
		['EAI_FAIL', { syscall: 'getaddrinfo' }, 'neverLeft'],
		['EAI_NODATA', {}, 'neverLeft'],
		['ESERVFAIL', { syscall: 'getaddrinfo' }, 'neverLeft'],
		['ENOTFOUND', {}, 'neverLeft'],
		['EMFILE', { syscall: 'connect' }, 'neverLeft'],
		['ETIMEDOUT', { syscall: 'connect' }, 'neverLeft'],
		['ECONNREFUSED', {}, 'neverLeft'],
		['EHOSTUNREACH', {}, 'neverLeft'],
		['EHOSTUNREACH', { syscall: 'read' }, 'unknown'],
		['ENETDOWN', { syscall: 'write' }, 'unknown'],
		['EPROTO', { message: 'wrong version number' }, 'neverLeft'],
		['EPROTO', { message: 'decryption failed or bad record mac' }, 'unknown'],
		['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', {}, 'neverLeft'],
		['ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC', {}, 'unknown'],
		['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', {}, 'unknown'],
		['ERR_SSL_UNEXPECTED_EOF_WHILE_READING', {}, 'unknown'],
		['ERR_SSL_UNEXPECTED_EOF_WHILE_READING', { stage: 'handshaking' }, 'neverLeft'],
		['ERR_SSL_APPLICATION_DATA_AFTER_CLOSE_NOTIFY', {}, 'unknown'],
		['ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', {}, 'unknown'],
		['ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR', { stage: 'handshaking' }, 'neverLeft'],
		['EPROTO', { message: 'tlsv1 alert internal error' }, 'unknown'],
		['ERR_SSL_WRONG_VERSION_NUMBER', {}, 'neverLeft'],
		['CERT_HAS_EXPIRED', {}, 'certificate'],
		['ERR_TLS_CERT_ALTNAME_INVALID', {}, 'certificate'],
		['SELF_SIGNED_CERT_IN_CHAIN', {}, 'certificate'],
		['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', { stage: 'handshaking' }, 'certificate'],
		['', { message: 'Proxy connection ended before receiving CONNECT response' }, 'proxyRefused'],
		['', { message: 'Invalid header from proxy CONNECT response: "x"' }, 'proxyRefused'],
		['ERR_INVALID_CHAR', {}, 'notPrepared'],
		['ERR_INVALID_ARG_TYPE', {}, 'notPrepared'],
		['ERR_BAD_OPTION_VALUE', {}, 'notPrepared'],
		['ERR_CANCELED', { hasRequest: false }, 'neverLeft'],
		['ERR_CANCELED', { hasRequest: true }, 'unknown'],
		['ERR_CANCELED', {}, 'unknown'],
		['', { hasRequest: false }, 'notPrepared'],
		['', { hasRequest: true }, 'unknown'],
		['', {}, 'unknown'],
		['SQLITE_BUSY', { message: 'NodeOperationError: x', hasRequest: false }, 'notPrepared'],
		['UND_ERR_SOCKET', { hasRequest: false }, 'unknown'],
		['ECONNRESET', {}, 'unknown'],
		['EPIPE', {}, 'unknown'],
		['ERR_BAD_RESPONSE', { message: 'stream has been aborted' }, 'unknown'],
		['HPE_INVALID_CONSTANT', {}, 'unknown'],
		['ERR_SOMETHING_NEW', {}, 'unknown'],
	])('%s %o is %s', (code, parts, kind) => {
		expect(kindOf(fault({ code, ...parts }))).toBe(kind);
	});

	it('is that nobody was called, when n8n had made no request yet', () => {
		expect(kindOf(fault({ code: 'ECONNRESET', stage: 'unprepared' }))).toBe('notPrepared');
	});

	it('is that nobody was called, when the connection closed before TLS was agreed', () => {
		const message =
			'Error: Client network socket disconnected before secure TLS connection was established';
		expect(kindOf(fault({ code: 'ECONNRESET', message }))).toBe('neverLeft');
	});

	// Nobody knows what it means, so the call may have been placed.
	it.each([
		'CERT_HAS_EXPIRED',
		'ENOTFOUND',
		'EAI_AGAIN',
		'ECONNREFUSED',
		'ENETUNREACH',
		'ETIMEDOUT',
		'EPROTO',
		'ERR_SSL_WRONG_VERSION_NUMBER',
		'ERR_INVALID_CHAR',
		'ERR_BAD_OPTION',
		'ERR_CANCELED',
		'',
	])('is unknown for a code that only has %s in it', (code) => {
		for (const other of [`X_${code}`, ...(/^(CERT|$)/.test(code) ? [] : [`${code}-X`])])
			expect(kindOf(fault({ code: other, hasRequest: false }))).toBe('unknown');
	});

	it.each(['getaddrinfo', 'connect'])('is unknown for a call that only has %s in it', (syscall) => {
		for (const other of [`x${syscall}`, `${syscall}x`])
			expect(kindOf(fault({ code: 'EMFILE', syscall: other }))).toBe('unknown');
	});

	it('is unknown for words that only speak of an error of n8n', () => {
		const message = 'Error: behind a NodeOperationError: x';
		expect(kindOf(fault({ code: 'X', message, hasRequest: false }))).toBe('unknown');
		expect(kindOf(fault({ syscall: 'read', hasRequest: false }))).toBe('unknown');
	});

	it('several addresses were not reached only when none was', () => {
		const attempts = [
			{ code: 'ETIMEDOUT', syscall: 'connect' },
			{ code: 'ENETUNREACH', syscall: 'connect' },
		];
		expect(kindOf(fault({ code: 'ETIMEDOUT', attempts }))).toBe('neverLeft');
		expect(
			kindOf(fault({ code: 'ETIMEDOUT', attempts: [...attempts, { code: 'ECONNRESET' }] })),
		).toBe('timedOut');
	});
});

describe('what was thrown', () => {
	const axiosError = (request: unknown, parts: object = {}) =>
		Object.assign(new Error('outer'), { code: 'ECONNRESET', isAxiosError: true, request }, parts);

	it('is read down to its innermost cause', () => {
		const inner = Object.assign(new Error('connect ECONNREFUSED'), {
			code: 'ECONNREFUSED',
			syscall: 'connect',
		});
		const outer = new Error('The service refused the connection', { cause: inner });
		expect(readFault(new Error('n8n', { cause: outer }))).toMatchObject({
			code: 'ECONNREFUSED',
			syscall: 'connect',
			message: 'Error: n8n\nError: The service refused the connection\nError: connect ECONNREFUSED',
			hasRequest: false,
		});
	});

	it('holds what became of each address', () => {
		const attempt = Object.assign(new Error('x'), { code: 'ETIMEDOUT', syscall: 'connect' });
		const cause = Object.assign(new AggregateError([attempt, attempt]), { code: 'ETIMEDOUT' });
		const read = readFault(axiosError(undefined, { cause }));
		expect(read.attempts).toEqual(Array(2).fill({ code: 'ETIMEDOUT', syscall: 'connect' }));
		expect(kindOf(read)).toBe('neverLeft');
	});

	it.each([
		[{ socket: null }, 'noSocket'],
		[{ socket: { secureConnecting: true, encrypted: true } }, 'handshaking'],
		[{ socket: { secureConnecting: false, encrypted: true } }, 'secure'],
		[{ socket: { encrypted: true } }, 'secure'],
		[{ socket: {} }, 'plain'],
		[{}, undefined],
	])('shows how far the request came: %o is %s', (request, stage) => {
		expect(readFault(axiosError(request))).toMatchObject({ hasRequest: true, stage });
	});

	it.each([
		undefined,
		null,
		'text',
		12,
		{},
		[],
		() => 1,
		Object.assign(new Error('lost'), { name: 'NodeApiError' }),
	])('is unknown when it tells nothing: %o', (thrown) => {
		expect(kindOf(readFault(thrown))).toBe('unknown');
	});

	it('came before the request when it is an error without a code', () => {
		const inner = new Error('The credential could not be decrypted');
		expect(kindOf(readFault(new Error('n8n', { cause: inner })))).toBe('notPrepared');
	});

	it('keeps a code that is a number, and no part of what is no text', () => {
		const error = Object.assign(new Error('x'.repeat(600)), { code: 503, syscall: 7, name: 12 });
		const attempts = [null, 'text', { code: 7, syscall: 7 }];
		const read = readFault(Object.assign(error, { errors: attempts }));
		expect(read.code).toBe('503');
		expect(read).not.toHaveProperty('syscall');
		expect(read.message).toBe(`: ${'x'.repeat(500)}`);
		expect(read.attempts).toStrictEqual([{ code: '' }]);
	});

	it('is read ten causes deep', () => {
		let error = new Error('the innermost');
		for (let depth = 0; depth < 12; depth++) error = new Error(`${depth}`, { cause: error });
		expect(readFault(error).message.split('\n')).toHaveLength(10);
	});

	it('holds no answer when it has no status', () => {
		const inner = axiosError({ socket: null }, { response: { status: 402 } });
		const thrown = Object.assign(new Error('n8n', { cause: inner }), { response: {} });
		expect(answerIn(thrown)).toEqual({ response: { status: 402 }, stage: 'noSocket' });
	});

	it('can be its own cause', () => {
		const error: Error & { cause?: unknown } = new Error('round');
		error.cause = error;
		expect(readFault(error).code).toBe('');
		expect(answerIn(error)).toBeUndefined();
	});

	it('can hold an answer, and who gave it', () => {
		const response = { status: 502 };
		const thrown = new Error('n8n', { cause: axiosError({ socket: {} }, { response }) });
		expect(answerIn(thrown)).toEqual({ response, stage: 'plain' });
		expect(answerIn(axiosError({ socket: null }))).toBeUndefined();
	});
});

// Before 2.34 they have no cause.
describe('what an error of an older n8n leaves of a fault', () => {
	const ofOlderN8n = (httpCode: unknown, ...messages: string[]) =>
		Object.assign(new Error('The service refused the connection - perhaps it is offline'), {
			name: 'NodeApiError',
			httpCode,
			messages,
		});

	it.each([
		['ECONNREFUSED', 'connect ECONNREFUSED 1.2.3.4:443', 'neverLeft'],
		['ENOTFOUND', 'getaddrinfo ENOTFOUND api.voice2phone.com', 'neverLeft'],
		['EHOSTUNREACH', 'connect EHOSTUNREACH 1.2.3.4:443', 'neverLeft'],
		['EHOSTUNREACH', 'read EHOSTUNREACH', 'unknown'],
		['ECONNRESET', 'read ECONNRESET', 'unknown'],
		['ECONNABORTED', 'timeout of 30000ms exceeded', 'timedOut'],
		[null, 'something else', 'unknown'],
	])('%s, "%s": %s', (httpCode, words, kind) => {
		expect(kindOf(readFault(ofOlderN8n(httpCode, words, words)))).toBe(kind);
		expect(kindOf(readFault(ofOlderN8n(httpCode)))).not.toBe('notPrepared');
	});
});
