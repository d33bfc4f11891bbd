import {
	notCalledFields,
	outputIndex,
	outputNames,
	toFields,
} from '../../../nodes/Voice2Phone/core/outputs';

const keys = [
	{ key: '1', label: 'Confirm', message: 'Thank you' },
	{ key: '2', label: '', message: 'Goodbye' },
	{ key: '#', label: '', message: '' },
];

describe('split by key', () => {
	it('names the outputs by key and label, behind those that every node has', () => {
		expect(outputNames(keys)).toEqual([
			'No Key',
			'Timed Out',
			'Not Called',
			'1 Confirm',
			'Key 2',
			'Key #',
		]);
	});

	it('moves no output when a key is added at the end', () => {
		expect(outputNames(keys).slice(0, 5)).toEqual(outputNames(keys.slice(0, 2)));
	});

	it.each([
		['keyPressed', '1', '1 Confirm'],
		['keyPressed', '2', 'Key 2'],
		['keyPressed', '#', 'Key #'],
		['keyPressed', '9', 'No Key'],
		['otherKey', '9', 'No Key'],
		['noKey', null, 'No Key'],
		['timedOut', null, 'Timed Out'],
		['notCalled', null, 'Not Called'],
	] as const)('%s with key %o goes to “%s”', (outcome, pressedKey, name) => {
		expect(outputNames(keys)[outputIndex({ outcome, pressedKey }, keys)]).toBe(name);
	});
});

it('gives every item the same fields in the same order', () => {
	expect(Object.keys(toFields({ CallId: 'a', outcome: 'noKey' }))).toEqual([
		'outcome',
		'pressedKey',
		'pressedLabel',
		'calledNumber',
		'notCalledBecause',
		'CallId',
		'Status',
		'Dtmf',
		'CreatedDateUtc',
		'UpdatedDateUtc',
	]);
});

it('says of an item that was not called why, and what its guard knows', () => {
	const fields = { calledNumber: '+14255550100' };
	expect(notCalledFields({ because: 'outsideHours', fields })).toEqual({
		outcome: 'notCalled',
		pressedKey: null,
		pressedLabel: null,
		calledNumber: '+14255550100',
		notCalledBecause: 'outsideHours',
		CallId: null,
		Status: null,
		Dtmf: null,
		CreatedDateUtc: null,
		UpdatedDateUtc: null,
	});
});
