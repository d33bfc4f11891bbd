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
