import { answerOf, type Meaning } from '../../../../nodes/Voice2Phone/core/calls/matterAnswer';

const meanings = new Map<string, Meaning>([
	['1', 'accepts'],
	['3', 'accepts'],
	['2', 'declines'],
]);

it.each([
	['1', '1', 'accepts'],
	['2', '2', 'declines'],
	['13', '1', 'accepts'],
	['91', '1', 'accepts'],
	['29', '2', 'declines'],
	['9', '9', 'other'],
	['98', '9', 'other'],
	['12', '12', 'other'],
	['21', '21', 'other'],
	['192', '192', 'other'],
] as const)('takes the keys %s for %s, which %s', (pressed, key, meaning) => {
	expect(answerOf(pressed, meanings)).toEqual({ key, meaning });
});

it('takes no key for no answer', () => {
	expect(answerOf('', meanings)).toBeUndefined();
});
