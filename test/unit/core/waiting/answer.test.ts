import {
	checkDelay,
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
	])('Dtmf %o is key %o, label %o', (Dtmf, pressedKey, pressedLabel) => {
		const expected = { outcome: 'keyPressed', pressedKey, pressedLabel };
		expect(read({ Status: 0, Dtmf })).toEqual(expected);
	});

	it.each(['5', '78'])('Dtmf %o has no key that was offered', (Dtmf) => {
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

describe('checking', () => {
	it('begins soon, but not sooner than the user wants', () => {
		expect([0, 1, 2].map((checks) => checkDelay(checks, 5000))).toEqual([2000, 5000, 5000]);
		expect(checkDelay(0, 1000)).toBe(1000);
	});
});
