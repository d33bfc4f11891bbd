import {
	checkDelay,
	look,
	nextLook,
	readAnswer,
	type WaitRequest,
} from '../../../../nodes/Voice2Phone/core/waiting/answer';

const keys = [
	{ key: '1', label: 'Confirm', message: 'Thank you' },
	{ key: '2', label: '', message: 'Goodbye' },
	{ key: '#', label: '', message: '' },
];
const request: WaitRequest = {
	waitAtMostMs: 60_000,
	checkEveryMs: 5_000,
	finishedStatusCodes: new Set(['2', '9']),
	throwOnTimeOut: false,
	keys,
};
const read = (status: Record<string, unknown>) => readAnswer(status, request);

describe('the response in a status', () => {
	it.each([
		['1', '1', 'Confirm'],
		['2', '2', 'Goodbye'],
		['#', '#', null],
		[1, '1', 'Confirm'],
		[' 1 ', '1', 'Confirm'],
		['52', '2', 'Goodbye'],
		['12', '1', 'Confirm'],
		['D1', '1', 'Confirm'],
		['*#', '#', null],
	])('Dtmf %o is key %o, label %o', (Dtmf, pressedKey, pressedLabel) => {
		const expected = { outcome: 'keyPressed', pressedKey, pressedLabel };
		expect(read({ Status: 0, Dtmf })).toEqual(expected);
	});

	it('is an answer without a label where the key has none, and nothing is said after it', () => {
		expect(read({ Dtmf: '9' })).toMatchObject({ pressedLabel: null });
		expect(readAnswer({ Dtmf: '9' }, { ...request, keys: [] })).toMatchObject({
			pressedLabel: null,
		});
	});

	it('is no key where the status says in words, with blanks around them, that the call is over', () => {
		const finishedStatusCodes = new Set(['over']);
		expect(readAnswer({ Status: ' over ' }, { ...request, finishedStatusCodes })?.outcome).toBe(
			'noKey',
		);
	});

	it.each(['5', '78', '0', 'A'])('Dtmf %o has no key that was offered', (Dtmf) => {
		const expected = { outcome: 'otherKey', pressedKey: Dtmf[0], pressedLabel: null };
		expect(read({ Status: 0, Dtmf })).toEqual(expected);
	});

	it('is an answer with any key, where no keys are named', () => {
		expect(readAnswer({ Dtmf: '5' }, { ...request, keys: [] })).toMatchObject({
			outcome: 'keyPressed',
			pressedKey: '5',
		});
	});

	it.each([
		{ Status: 2 },
		{ Status: 9 },
		{ Status: '2' },
		{ Status: 2, Dtmf: '' },
		{ Status: 2, Dtmf: null },
		...[
			'timeout',
			'hangup',
			'none',
			'null',
			'-',
			'-1',
			'timeout after 10 s',
			'1 2',
			'1,2',
			'１',
			-1,
			1.5,
			1e21,
			NaN,
			true,
			['1'],
			{ 1: 1 },
			'key 1',
		].map((Dtmf) => ({ Status: 2, Dtmf })),
	])('%o is over without a key', (status) => {
		expect(read(status)).toEqual({ outcome: 'noKey', pressedKey: null, pressedLabel: null });
	});

	it.each([
		{ Status: 0 },
		{ Status: 7 },
		{ Status: null },
		{ Status: 'done' },
		{},
		{ Dtmf: '' },
		{ Dtmf: null },
		{ Dtmf: {} },
		{ Dtmf: ['1'] },
		{ Status: true },
		{ Status: [2] },
		{ UpdatedDateUtc: '01.08.2016' },
	])('%o is still open', (status) => {
		expect(read(status)).toBeUndefined();
	});
});

describe('keys with a meaning of their own', () => {
	const withOptOut = {
		...request,
		keys: [
			...keys,
			{ key: '9', label: 'Stop', message: 'Bye', optsOut: true as const },
			{ key: '0', label: '', message: '', repeats: true as const },
		],
	};

	it.each([
		['9', '9', true],
		['19', '1', true],
		['91', '9', true],
		['1', '1', undefined],
		['01', '1', undefined],
	])('Dtmf %o is key %o, opted out: %o', (Dtmf, pressedKey, optedOut) => {
		expect(readAnswer({ Dtmf }, withOptOut)).toMatchObject({ outcome: 'keyPressed', pressedKey });
		expect(readAnswer({ Dtmf }, withOptOut)?.optedOut).toBe(optedOut);
	});

	it('is no answer when the message was only heard again', () => {
		expect(readAnswer({ Status: 0, Dtmf: '00' }, withOptOut)).toBeUndefined();
		expect(readAnswer({ Status: 2, Dtmf: '0' }, withOptOut)).toMatchObject({ outcome: 'noKey' });
	});
});

describe('checking', () => {
	it('begins soon, but not sooner than the user wants', () => {
		expect([0, 1, 2].map((checks) => checkDelay(checks, 5000))).toEqual([2000, 5000, 5000]);
		expect(checkDelay(0, 1000)).toBe(1000);
	});
});

describe('a call that is over without a key', () => {
	const began = 1_000_000;
	const over = { Status: 2, Dtmf: '' };

	it('is looked at once more, three seconds later, before it counts', () => {
		const wait = { began, request };
		expect(look(wait, over, began + 7_000)).toEqual({ overSince: began + 7_000 });
		const again = { ...wait, overSince: began + 7_000 };
		expect(nextLook(again, 2, began + 7_000)).toBe(began + 10_000);
		expect(look(again, over, began + 10_000)).toEqual({
			answer: { outcome: 'noKey', pressedKey: null, pressedLabel: null },
		});
	});

	it('has the key that was written meanwhile', () => {
		const again = { began, request, overSince: began + 7_000 };
		expect(look(again, { Status: 2, Dtmf: '1' }, began + 10_000)).toMatchObject({
			answer: { outcome: 'keyPressed', pressedKey: '1' },
		});
	});

	it('is looked at sooner where the user wants that, which does not count yet', () => {
		const often = { ...request, checkEveryMs: 1_000 };
		const again = { began, request: often, overSince: began + 7_000 };
		expect(nextLook(again, 5, began + 7_000)).toBe(began + 8_000);
		expect(look(again, over, began + 8_000)).toEqual({ overSince: began + 7_000 });
	});

	it('is open again when it says so', () => {
		const again = { began, request, overSince: began + 7_000 };
		expect(look(again, { Status: 1 }, began + 10_000)).toEqual({ overSince: undefined });
	});

	it('waits for a look that succeeds, but not for longer than the user does', () => {
		const again = { began, request, overSince: began + 7_000 };
		expect(look(again, undefined, began + 10_000)).toEqual({ overSince: began + 7_000 });
		expect(look(again, undefined, began + 60_000)).toMatchObject({
			answer: { outcome: 'noKey' },
		});
		expect(look({ began, request }, over, began + 60_000)).toMatchObject({
			answer: { outcome: 'noKey' },
		});
	});
});

describe('the end of a wait', () => {
	const began = 1_000_000;
	const wait = { began, request };

	it('has its last look two seconds before, and none after', () => {
		expect(nextLook(wait, 11, began + 54_000)).toBe(began + 58_000);
		expect(nextLook(wait, 12, began + 58_000)).toBe(began + 60_000);
		expect(nextLook(wait, 12, began + 90_000)).toBe(began + 60_000);
	});

	it('has its last look late also in a short wait', () => {
		const short = { began, request: { ...request, waitAtMostMs: 600 } };
		expect(nextLook(short, 0, began)).toBe(began + 540);
	});

	it('is timed out only when the time is up', () => {
		expect(look(wait, { Status: 0 }, began + 59_999)).toEqual({ overSince: undefined });
		expect(look(wait, { Status: 0 }, began + 60_000)).toEqual({
			answer: { outcome: 'timedOut', pressedKey: null, pressedLabel: null },
		});
		expect(look(wait, undefined, began + 60_000)).toMatchObject({
			answer: { outcome: 'timedOut' },
		});
	});
});
