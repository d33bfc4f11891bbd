import {
	checkDelay,
	readAnswer,
	type WaitRequest,
} from '../../../../nodes/Voice2Phone/core/waiting/answer';
import { outputIndex, outputNames } from '../../../../nodes/Voice2Phone/core/outputs';

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
		['5', '5', null],
		[1, '1', 'Confirm'],
		[' 1 ', '1', 'Confirm'],
		['52', '2', 'Goodbye'],
		['12', '1', 'Confirm'],
		['78', '7', null],
	])('Dtmf %o is key %o, label %o', (Dtmf, pressedKey, pressedLabel) => {
		const expected = { outcome: 'keyPressed', pressedKey, pressedLabel };
		expect(read({ Status: 0, Dtmf })).toEqual(expected);
	});

	it.each([
		{ Status: 2 },
		{ Status: 9 },
		{ Status: '2' },
		{ Status: 2, Dtmf: '' },
		{ Status: 2, Dtmf: null },
	])('%o is over without a key', (status) => {
		expect(read(status)).toEqual({ outcome: 'finished', pressedKey: null, pressedLabel: null });
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

describe('split by key', () => {
	it('names the outputs by key and label, the harmless one first', () => {
		expect(outputNames(keys)).toEqual([
			'No Key',
			'1 Confirm',
			'Key 2',
			'Key #',
			'Other Key',
			'Timed Out',
		]);
	});

	it.each([
		['keyPressed', '1', '1 Confirm'],
		['keyPressed', '2', 'Key 2'],
		['keyPressed', '#', 'Key #'],
		['keyPressed', '9', 'Other Key'],
		['finished', null, 'No Key'],
		['timedOut', null, 'Timed Out'],
	] as const)('%s with key %o goes to “%s”', (outcome, pressedKey, name) => {
		const index = outputIndex({ outcome, pressedKey, pressedLabel: null }, keys);
		expect(outputNames(keys)[index]).toBe(name);
	});
});
