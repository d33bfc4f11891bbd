import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';
import type { CallBody } from '../../../nodes/Voice2Phone/core/calls/callRequest';
import { Journal } from '../../../nodes/Voice2Phone/core/calls/journal';
import type { CallOutcome } from '../../../nodes/Voice2Phone/core/calls/outcome';
import { LONGEST_TIMER_MS, Pace } from '../../../nodes/Voice2Phone/core/pacing';
import { StoppableClock } from '../../../nodes/Voice2Phone/run/stoppableClock';
import { ApiCredential } from '../../../nodes/Voice2Phone/transport/apiCredential';
import { VoiceApi, type RequestLimits } from '../../../nodes/Voice2Phone/transport/voiceApi';

const CALL_ID = '54b16dd7-8e68-4a2a-973d-063e39a6998c';
const body: CallBody = { Phone: { Number: '+14255550101', CountryCode: 'US' }, Message: 'Hello' };
const accepted = { statusCode: 200, headers: {}, body: { CallId: CALL_ID } };
const open = { statusCode: 200, headers: {}, body: { CallId: CALL_ID, Status: 1 } };

type Sent = IHttpRequestOptions & { apiKey: unknown };

/** An API whose server answers by `answer`; the credential holds `keys`, one after the other. */
async function startApi(
	answer: (request: Sent, count: number) => unknown,
	limits: Partial<RequestLimits> = {},
	keys: unknown[] = ['the-api-key'],
) {
	const sent: Sent[] = [];
	let readings = 0;
	const read = (): unknown => {
		const key = keys[Math.min(readings++, keys.length - 1)];
		if (key instanceof Error) throw key;
		return key;
	};
	const context = {
		getNode: () => ({ credentials: { voice2PhoneApi: { id: '1', name: 'account' } } }),
		getCredentials: async () => ({ apiKey: read(), authScheme: 'basic' }),
		helpers: {
			httpRequestWithAuthentication: async (
				_type: string,
				request: IHttpRequestOptions,
				{ credentialsDecrypted }: { credentialsDecrypted: { data: { apiKey: unknown } } },
			) => {
				sent.push({ ...request, apiKey: credentialsDecrypted.data.apiKey });
				return await answer(sent[sent.length - 1], sent.length);
			},
		},
	} as unknown as IExecuteFunctions;
	const clock = new StoppableClock();
	const paces = [0, 1].map(() => new Pace({ atOnce: 2, perSecond: 0, patienceMs: 60_000 }, clock));
	const credential = await ApiCredential.open(context, clock.now());
	const usual = { timeoutMs: 1_000, retry: { retries: 0, withinMs: 60_000 } };
	const all = { ...usual, ...limits };
	const journal = new Journal({}, 0);
	const api = new VoiceApi(context, credential, clock, paces[0], paces[1], all, (callId) =>
		journal.takeCallId(callId),
	);
	const stop = (reason: Error) => {
		for (const pace of paces) pace.stop(reason);
		clock.stop(reason);
	};
	return { api, credential, paces, sent, stop, readings: () => readings };
}

const freeGuard = () => {
	const settled: CallOutcome[] = [];
	return {
		settled,
		take: async (): Promise<string | undefined> => undefined,
		settle: async (outcome: CallOutcome) => void settled.push(outcome),
	};
};
const never = async () => await new Promise<never>(() => {});
const asIs = <T>(outcome: T) => outcome;

describe('a request to make a call', () => {
	it('is not sent when the node stops while its guards are asked, and they get back what they gave', async () => {
		const { api, sent, stop } = await startApi(() => accepted);
		const guard = freeGuard();
		guard.take = async () => {
			stop(new Error('stopped'));
			return undefined;
		};
		await expect(api.placeCall(body, guard, asIs)).rejects.toThrow('stopped');
		expect(sent).toEqual([]);
		expect(guard.settled).toMatchObject([{ kind: 'rejected' }]);
	});

	it('comes to its end when the node stops meanwhile', async () => {
		let finish: (answer: unknown) => void = () => {};
		const { api, stop } = await startApi(
			async () => await new Promise((resolve) => (finish = resolve)),
		);
		const guard = freeGuard();
		const call = api.placeCall(body, guard, asIs);
		await new Promise((resolve) => setTimeout(resolve, 20));
		stop(new Error('stopped'));
		finish(accepted);
		await expect(call).resolves.toMatchObject({ kind: 'accepted' });
		expect(guard.settled).toMatchObject([{ kind: 'accepted', callId: CALL_ID }]);
	});

	it('is given up after the time-out also when the node has stopped', async () => {
		const { api, stop } = await startApi(never, { timeoutMs: 30 });
		const guard = freeGuard();
		const call = api.placeCall(body, guard, asIs);
		await new Promise((resolve) => setTimeout(resolve, 20));
		stop(new Error('stopped'));
		await expect(call).resolves.toMatchObject({
			kind: 'unknown',
			failure: { reason: 'timedOut' },
		});
		expect(guard.settled).toMatchObject([{ kind: 'unknown' }]);
	});

	it('has no call ID when it is that of another call', async () => {
		const { api } = await startApi((_, count) =>
			count === 1 ? accepted : { ...accepted, body: { CallId: CALL_ID.toUpperCase() } },
		);
		const guard = freeGuard();
		const outcomes = [];
		for (let call = 0; call < 3; call++) outcomes.push(await api.placeCall(body, guard, asIs));
		expect(outcomes.map(({ kind }) => kind)).toEqual(['accepted', 'unknown', 'unknown']);
		expect(outcomes[1]).toMatchObject({ failure: { reason: 'repeatedCallId' } });
		expect(guard.settled.map(({ kind }) => kind)).toEqual(['accepted', 'unknown', 'unknown']);
	});

	it.each([3_000_000_000, Infinity])('has a time-out that a timer can hold: %p ms', async (ms) => {
		// A timer that is to wait for longer than it can hold fires at once.
		const soon = async () =>
			await new Promise((resolve) => setTimeout(() => resolve(accepted), 50));
		const { api, sent } = await startApi(soon, { timeoutMs: ms });
		await expect(api.placeCall(body, freeGuard(), asIs)).resolves.toMatchObject({
			kind: 'accepted',
		});
		expect(sent[0].timeout).toBe(LONGEST_TIMER_MS);
	});
});

describe('the credential', () => {
	beforeEach(() => void jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] }));
	afterEach(() => void jest.useRealTimers());

	it('is read once for many requests', async () => {
		const { api, readings } = await startApi(() => open);
		for (let check = 0; check < 50; check++) await api.checkStatus(CALL_ID);
		expect(readings()).toBe(1);
	});

	it('is read again after some minutes, once for all requests at that time', async () => {
		const { api, sent, readings } = await startApi(() => open, {}, ['old-key', 'new-key']);
		await api.checkStatus(CALL_ID);
		jest.setSystemTime(Date.now() + 5 * 60_000);
		await Promise.all([1, 2, 3].map(async () => await api.checkStatus(CALL_ID)));
		expect(readings()).toBe(2);
		expect(sent.map(({ apiKey }) => apiKey)).toEqual(['old-key', 'new-key', 'new-key', 'new-key']);
	});

	it('is read again each time it may have changed', async () => {
		const { api, readings } = await startApi(() => open);
		for (let times = 1; times <= 3; times++) {
			await api.checkStatus(CALL_ID);
			expect(readings()).toBe(times);
			jest.setSystemTime(Date.now() + 5 * 60_000);
		}
	});

	it('is read again when the key is refused for a status, which is then asked for again', async () => {
		const refused = { statusCode: 401, headers: {}, body: {} };
		const { api, sent, credential } = await startApi(
			({ apiKey }) => (apiKey === 'new-key' ? open : refused),
			{},
			['old-key', 'new-key'],
		);
		await expect(api.checkStatus(CALL_ID)).resolves.toMatchObject({ kind: 'read' });
		expect(sent.map(({ apiKey }) => apiKey)).toEqual(['old-key', 'new-key']);
		expect(credential.hide('old-key and new-key')).toBe('[API key] and [API key]');
	});

	it('is not read once more for a refusal that comes when the new one was read already', async () => {
		const refused = { statusCode: 401, headers: {}, body: {} };
		let refuse: (answer: unknown) => void = () => {};
		const { api, sent, readings } = await startApi(
			async ({ apiKey }, count) => {
				if (apiKey === 'new-key') return open;
				return count === 1 ? refused : await new Promise((resolve) => (refuse = resolve));
			},
			{},
			['old-key', 'new-key'],
		);
		const checks = [1, 2].map(async () => await api.checkStatus(CALL_ID));
		await checks[0];
		refuse(refused);
		await expect(checks[1]).resolves.toMatchObject({ kind: 'read' });
		expect(sent.map(({ apiKey }) => apiKey)).toEqual(['old-key', 'old-key', 'new-key', 'new-key']);
		expect(readings()).toBe(2);
	});

	it('is not tried again when it is the same', async () => {
		const refused = { statusCode: 401, headers: {}, body: {} };
		const { api, sent } = await startApi(() => refused);
		await expect(api.checkStatus(CALL_ID)).resolves.toMatchObject({
			kind: 'failed',
			transient: false,
			failure: { reason: 'unauthorized' },
		});
		expect(sent).toHaveLength(1);
	});

	it('that is refused and cannot be read again is refused', async () => {
		const refused = { statusCode: 401, headers: {}, body: {} };
		const { api, sent } = await startApi(() => refused, {}, ['a-key', new Error('no database')]);
		await expect(api.checkStatus(CALL_ID)).resolves.toMatchObject({
			kind: 'failed',
			failure: { reason: 'unauthorized' },
		});
		expect(sent).toHaveLength(1);
	});

	it('that cannot be read means that nobody was called, and that a status is asked for again', async () => {
		const fault = Object.assign(new Error('the-api-key: database is locked'), {
			code: 'SQLITE_BUSY',
		});
		const { api, sent } = await startApi(() => accepted, {}, ['the-api-key', fault]);
		jest.setSystemTime(Date.now() + 5 * 60_000);
		const guard = freeGuard();
		await expect(api.placeCall(body, guard, asIs)).resolves.toMatchObject({
			kind: 'rejected',
			failure: { reason: 'notPrepared', n8nWords: '[API key]: database is locked' },
		});
		expect(guard.settled).toMatchObject([{ kind: 'rejected' }]);
		await expect(api.checkStatus(CALL_ID)).resolves.toMatchObject({
			kind: 'failed',
			transient: true,
		});
		expect(sent).toEqual([]);
	});
});

describe('a request for a status', () => {
	it('is given up at the deadline of the wait, though the time-out is later', async () => {
		const { api } = await startApi(never, { timeoutMs: 30_000 });
		const began = Date.now();
		await expect(api.checkStatus(CALL_ID, began + 100)).resolves.toMatchObject({
			kind: 'failed',
			transient: true,
			failure: { reason: 'timedOut' },
		});
		expect(Date.now() - began).toBeLessThan(1_000);
	});

	it('is not sent after the deadline of the wait', async () => {
		const { api, sent } = await startApi(() => open);
		await expect(api.checkStatus(CALL_ID, Date.now() - 1)).resolves.toMatchObject({
			kind: 'failed',
			transient: true,
		});
		expect(sent).toEqual([]);
	});

	it('ends at once when the node stops', async () => {
		const { api, stop } = await startApi(never, { timeoutMs: 30_000 });
		const check = api.checkStatus(CALL_ID);
		await new Promise((resolve) => setTimeout(resolve, 20));
		stop(new Error('stopped'));
		await expect(check).rejects.toThrow('stopped');
	});

	it('fails when it is answered for another call', async () => {
		const other = '9d6b1f0e-3c52-4a7b-8e1d-5f2a4c6b8d90';
		const { api } = await startApi(() => ({ ...open, body: { CallId: other, Dtmf: '1' } }));
		await expect(api.checkStatus(CALL_ID)).resolves.toMatchObject({
			kind: 'failed',
			transient: true,
			failure: { reason: 'otherCall' },
		});
	});
});

describe('a request that may be sent again', () => {
	const NOW = 1_000_000;

	beforeEach(() => {
		jest.useFakeTimers({ now: NOW, doNotFake: ['setImmediate', 'nextTick'] });
		// The longest backoff: 1 s, 2 s, 4 s …
		jest.spyOn(Math, 'random').mockReturnValue(1);
	});
	afterEach(() => {
		jest.useRealTimers();
		jest.restoreAllMocks();
	});

	const retry = { retries: 2, withinMs: 60_000 };
	const busy = { statusCode: 429, headers: {}, body: {} };
	const busyFor = (seconds: number) => ({ ...busy, headers: { 'retry-after': `${seconds}` } });
	const broken = { statusCode: 503, headers: {}, body: {} };
	const offline = async () =>
		await Promise.reject(
			Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' }),
		);

	/** What the server answers to one request after the other, and when each came. */
	async function startTimed(answers: unknown[], limits: Partial<RequestLimits> = { retry }) {
		const sentAt: number[] = [];
		const started = await startApi(async (_, count) => {
			sentAt.push(Date.now() - NOW);
			const answer = answers[Math.min(count, answers.length) - 1];
			return typeof answer === 'function' ? await (answer as () => unknown)() : answer;
		}, limits);
		const ends = async <T>(outcome: Promise<T>, withinMs = 60_000): Promise<T> => {
			outcome.catch(() => {});
			await jest.advanceTimersByTimeAsync(withinMs);
			return await outcome;
		};
		return { ...started, sentAt, ends };
	}

	it.each<[string, unknown[], number[], object, string[]]>([
		[
			'429, when it says',
			[busyFor(3), accepted],
			[0, 3_000],
			{ kind: 'accepted' },
			['rejected', 'accepted'],
		],
		[
			'429, later each time',
			[busy, busy, accepted],
			[0, 1_000, 3_000],
			{ kind: 'accepted' },
			['rejected', 'rejected', 'accepted'],
		],
		[
			'429, so often',
			[busy],
			[0, 1_000, 3_000],
			{ kind: 'rejected', failure: { reason: 'tooManyRequests' } },
			['rejected', 'rejected', 'rejected'],
		],
		[
			'429, not after too long',
			[busyFor(61)],
			[0],
			{ kind: 'rejected', failure: { reason: 'tooManyRequests' } },
			['rejected'],
		],
		[
			'what never left',
			[offline, accepted],
			[0, 1_000],
			{ kind: 'accepted' },
			['rejected', 'accepted'],
		],
		['not what may have been placed', [broken, accepted], [0], { kind: 'unknown' }, ['unknown']],
		[
			'not what was refused',
			[{ ...busy, statusCode: 402 }, accepted],
			[0],
			{ kind: 'rejected' },
			['rejected'],
		],
	])('to place a call: %s', async (_, answers, times, outcome, settled) => {
		const { api, sent, sentAt, ends } = await startTimed(answers);
		const guard = freeGuard();
		await expect(ends(api.placeCall(body, guard, asIs))).resolves.toMatchObject(outcome);
		expect(sentAt).toEqual(times);
		expect(guard.settled.map(({ kind }) => kind)).toEqual(settled);
		for (const request of sent) {
			expect(request).toMatchObject({
				method: 'POST',
				url: 'https://api.voice2phone.com/call',
				body,
			});
		}
	});

	it.each<[string, unknown[], number[], object]>([
		['429', [busyFor(3), open], [0, 3_000], { kind: 'read' }],
		['a fault of the server', [broken, open], [0, 1_000], { kind: 'read' }],
		['a fault of the network', [offline, offline, open], [0, 1_000, 3_000], { kind: 'read' }],
		[
			'not for ever',
			[broken],
			[0, 1_000, 3_000],
			{ kind: 'failed', failure: { reason: 'serverError' } },
		],
		[
			'not of a call that is not known',
			[{ ...busy, statusCode: 404 }, open],
			[0],
			{ kind: 'failed', failure: { reason: 'notFound' } },
		],
	])('to read a status: %s', async (_, answers, times, outcome) => {
		const { api, sent, sentAt, ends } = await startTimed(answers);
		await expect(ends(api.readStatus(CALL_ID, asIs))).resolves.toMatchObject(outcome);
		expect(sentAt).toEqual(times);
		for (const request of sent) {
			expect(request).toMatchObject({
				method: 'GET',
				url: `https://api.voice2phone.com/call/${CALL_ID}`,
			});
		}
	});

	it('goes before those who never had a turn', async () => {
		const { api, sent, ends } = await startTimed([busyFor(1), busyFor(1), accepted]);
		const place = async (Message: string) =>
			await api.placeCall({ ...body, Message }, freeGuard(), () => {});
		await ends(Promise.all(['a', 'b', 'c', 'd', 'e'].map(place)));
		const order = sent.map((request) => (request.body as CallBody).Message);
		expect(order.slice(0, 2)).toEqual(['a', 'b']);
		// One of those who wait is woken first; then those who had a turn have the next ones.
		expect(order.slice(2)).toEqual(['c', 'a', 'b', 'd', 'e']);
	});

	it('is not sent again when the time for it is over, whenever the last try was', async () => {
		const { api, sentAt, ends } = await startTimed([busyFor(3)], {
			retry: { retries: 5, withinMs: 7_000 },
		});
		await ends(api.readStatus(CALL_ID, asIs));
		expect(sentAt).toEqual([0, 3_000, 6_000]);
	});

	it('is not sent for those who would have to wait longer than the user lets them', async () => {
		const { api, sentAt, ends } = await startTimed([busyFor(61)]);
		const first = api.placeCall(body, freeGuard(), asIs);
		await ends(first, 0);
		const late = freeGuard();
		await expect(ends(api.placeCall(body, late, asIs), 0)).resolves.toMatchObject({
			kind: 'rejected',
			retryable: false,
			failure: { reason: 'tooManyRequests' },
		});
		expect(late.settled).toEqual([]);
		expect(sentAt).toEqual([0]);
	});

	it('is refused as one too many where the pace does not know why it is slow', async () => {
		const { api, paces, sent } = await startTimed([accepted]);
		paces[0].slowDown(61_000);
		await expect(api.placeCall(body, freeGuard(), asIs)).resolves.toEqual({
			kind: 'rejected',
			retryable: false,
			failure: { reason: 'tooManyRequests' },
		});
		expect(sent).toEqual([]);
	});

	it('of a status is refused likewise, and may be asked for later', async () => {
		const { api, sentAt, ends } = await startTimed([busyFor(61)]);
		await ends(api.readStatus(CALL_ID, asIs), 0);
		await expect(ends(api.readStatus(CALL_ID, asIs), 0)).resolves.toMatchObject({
			kind: 'failed',
			transient: true,
			failure: { reason: 'tooManyRequests' },
		});
		expect(sentAt).toEqual([0]);
	});

	it('is not sent when its guard says no, and the guard is not told of an outcome', async () => {
		const { api, sent, ends } = await startTimed([accepted]);
		const guard = freeGuard();
		guard.take = async () => 'not now';
		await expect(ends(api.placeCall(body, guard, asIs), 0)).resolves.toEqual({
			kind: 'notSent',
			refusal: 'not now',
		});
		expect(guard.settled).toEqual([]);
		expect(sent).toEqual([]);
	});

	it.each([
		['for a second', busy, 1_000],
		['for as long as the server says', busyFor(5), 5_000],
	])('slows all checks down %s after 429', async (_, answer, at) => {
		const { api, sentAt, ends } = await startTimed([answer, open]);
		await expect(ends(api.checkStatus(CALL_ID), 0)).resolves.toMatchObject({
			kind: 'failed',
			transient: true,
			failure: { reason: 'tooManyRequests' },
		});
		await expect(ends(api.checkStatus(CALL_ID))).resolves.toMatchObject({ kind: 'read' });
		expect(sentAt).toEqual([0, at]);
	});

	it('has no turn before the deadline of the wait while others are under way', async () => {
		const { api, sent, ends } = await startTimed([never]);
		const others = [1, 2].map(async () => await api.checkStatus(CALL_ID));
		await expect(ends(api.checkStatus(CALL_ID, NOW + 500), 500)).resolves.toMatchObject({
			kind: 'failed',
			transient: true,
			failure: { reason: 'noTurn' },
		});
		expect(sent).toHaveLength(2);
		await ends(Promise.all(others));
	});
});

describe('an API key', () => {
	it.each<[unknown, string, string]>([
		['a-key', 'my a-key', 'my [API key]'],
		[12345678, 'my 12345678', 'my [API key]'],
		[{ a: 1 }, 'my [object Object]', 'my [object Object]'],
		[true, 'it is true', 'it is true'],
		[undefined, 'it is undefined', 'it is undefined'],
	])('%p is hidden as it is sent', async (key, text, shown) => {
		const { credential } = await startApi(() => open, {}, [key]);
		expect(credential.hide(text)).toBe(shown);
	});

	it.each([
		['a-key', undefined],
		['a key', expect.stringMatching(/^has a blank inside/)],
		[undefined, expect.stringMatching(/^is empty/)],
	])('%p is looked at before anything is sent', async (key, fault) => {
		const { credential, sent } = await startApi(() => open, {}, [key]);
		expect(credential.fault).toEqual(fault);
		expect(sent).toEqual([]);
	});
});
