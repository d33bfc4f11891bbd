import { parseKeys, toDtmf } from '../../../../nodes/Voice2Phone/core/calls/keys';
import type { Problem } from '../../../../nodes/Voice2Phone/core/words';

const parse = (dtmf: unknown, needsReply = true) => {
	const problems: Problem[] = [];
	return { keys: parseKeys(dtmf, problems, { needsReply: () => needsReply }), problems };
};

describe('the keys to press', () => {
	it('may be numbers, as expressions give them', () => {
		const { keys, problems } = parse({ entries: [{ key: 1, label: ' Yes ', message: 'Thanks' }] });
		expect(problems).toEqual([]);
		expect(keys).toEqual([{ key: '1', label: 'Yes', message: 'Thanks' }]);
		expect(toDtmf(keys, 'Hello')).toEqual({ '1': 'Thanks' });
	});

	it.each([[undefined], [null], [''], [{}], [{ entries: [] }]])('are none in %o', (dtmf) => {
		expect(parse(dtmf)).toEqual({ keys: [], problems: [] });
		expect(toDtmf([], 'Hello')).toBeUndefined();
	});

	it.each([
		[{ entries: [{ key: 'A', message: 'x' }] }, 'has the key "A", which is not on a phone'],
		[{ entries: [{ key: '12', message: 'x' }] }, 'has the key "12", which is not on a phone'],
		[{ entries: [{ message: 'x' }] }, 'has the key "", which is not on a phone'],
		[{ entries: [{ key: null }] }, 'has the key "", which is not on a phone'],
		[{ entries: [{ key: 12 }] }, 'has the key "12", which is not on a phone'],
		[{ entries: [{ key: true }] }, 'has a key of the type boolean, which is not on a phone'],
		[{ entries: [{ key: ['1'] }] }, 'has a key of the type object, which is not on a phone'],
		[{ entries: [null] }, 'has the key "", which is not on a phone'],
		[{ entries: [{ key: '1', message: ' ' }] }, 'has no Reply for the key 1'],
		[
			{
				entries: [
					{ key: '1', message: 'x' },
					{ key: 1, message: 'y' },
				],
			},
			'has the key 1 twice',
		],
		[{ key: '1', message: 'x' }, 'is no list of keys'],
		[[{ key: '1', message: 'x' }], 'is no list of keys'],
		[{ entries: { key: '1', message: 'x' } }, 'is no list of keys'],
		['1', 'is no list of keys'],
		[true, 'is no list of keys'],
	])('may not be %o', (dtmf, reason) => {
		expect(parse(dtmf).problems).toEqual([
			{ field: 'Keys to Press', reason: expect.stringContaining(reason) as string },
		]);
	});

	it('keep what pressing them means: declining, or never to be called again', () => {
		const entries = [
			{ key: '1', meaning: 'accepts', optsOut: false, repeats: false },
			{ key: '2', meaning: 'declines' },
			{ key: '9', optsOut: true },
			{ key: '0', repeats: true },
		];
		const none = { label: '', message: '' };
		expect(parse({ entries }, false).keys).toStrictEqual([
			{ key: '1', ...none },
			{ key: '2', ...none, declines: true },
			{ key: '9', ...none, optsOut: true },
			{ key: '0', ...none, repeats: true },
		]);
	});

	it('are none when they are no list', () => {
		expect(parse('1').keys).toEqual([]);
	});

	it('may say a number, and nothing that is no text', () => {
		const entries = [
			{ key: '1', label: 24, message: 7 },
			{ key: '2', label: { en: 'Yes' }, message: ['Yes'] },
		];
		expect(parse({ entries }, false).keys).toEqual([
			{ key: '1', label: '24', message: '7' },
			{ key: '2', label: '', message: '' },
		]);
	});

	it('need no reply when nobody asks for one', () => {
		const problems: Problem[] = [];
		expect(parseKeys({ entries: [{ key: '1' }] }, problems)).toHaveLength(1);
		expect(problems).toEqual([]);
	});

	it('say the message again after a key that repeats it', () => {
		const entries = [
			{ key: '0', message: 'x', repeats: true },
			{ key: '9', message: 'Bye', optsOut: true },
		];
		expect(toDtmf(parse({ entries }).keys, 'Hello')).toEqual({ '0': 'Hello', '9': 'Bye' });
	});

	it('need no reply where the call was placed before', () => {
		expect(parse({ entries: [{ key: '1' }] }, false).problems).toEqual([]);
	});
});
