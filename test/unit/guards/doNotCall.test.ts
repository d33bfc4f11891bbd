import { doNotCall } from '../../../nodes/Voice2Phone/guards/doNotCall';
import { GuardedRun, wordOf } from '../../support/guarded';

const ANN = '+14255550100';
const BOB = '+14255550101';
const ofLondon = '+442079460958';

const asked = (run: GuardedRun, number: string, itemIndex = 0) => {
	const { check, problems, hints } = run.asks(doNotCall, number, itemIndex);
	return { said: check && wordOf(check.look!(0)), problems, hints };
};
const is = (said: string | undefined, problems: string[] = [], hints: string[] = []) => ({
	said,
	problems,
	hints,
});

describe('Do Not Call', () => {
	it.each([{}, { doNotCall: '' }, { allowedNumbers: ANN }])('is off: %o', (options) => {
		expect(asked(new GuardedRun({ options }), ANN)).toEqual(is(undefined));
	});

	it('keeps the numbers of the list from being called, and nobody else', () => {
		const run = new GuardedRun({ options: { doNotCall: `${ANN}\n020 7946 0000` } });
		expect(asked(run, ANN)).toEqual(is(undefined, [expect.stringContaining('line 2') as string]));
		const other = new GuardedRun({ options: { doNotCall: `${ANN}\n+44 20 7946 0958` } });
		expect(asked(other, ANN)).toEqual(is('doNotCall'));
		expect(asked(other, BOB)).toEqual(is('may'));
		expect(asked(other, ofLondon)).toEqual(is('doNotCall'));
	});

	it('says no more than that', () => {
		const { check } = new GuardedRun({ options: { doNotCall: ANN } }).asks(doNotCall, ANN);
		expect(check!.look!(0)).toEqual({ may: false, because: 'doNotCall', fields: {} });
	});

	it('reads a national number in the country of each phone that would ring', () => {
		const run = new GuardedRun({ options: { doNotCall: '030 1234 5678' }, items: [{}, {}] });
		expect(asked(run, '+443012345678')).toEqual(is('doNotCall'));
		expect(asked(run, '+493012345678', 1)).toEqual(is('doNotCall'));
	});

	it.each(['={{ [] }}', '={{ "" }}', '={{ [{}] }}'])('says that it is empty: %s', (list) => {
		const run = new GuardedRun({ options: { doNotCall: list }, items: [{}, {}] });
		const { said, hints, problems } = asked(run, ANN, 1);
		expect(said ?? 'may').toBe('may');
		expect(problems).toEqual([]);
		expect(hints).toEqual(['Do Not Call of item 1: is empty, so it kept nobody from being called']);
	});

	it('that cannot be read lets nobody be called', () => {
		const run = new GuardedRun({ options: { doNotCall: '={{ $json.nobody }}' } });
		expect(asked(run, ANN)).toEqual(
			is(undefined, [
				'Do Not Call has no value: its expression gave nothing. Correct the expression',
			]),
		);
	});

	it('is read for each item, where its expression names something of the item', () => {
		const items = [{ list: ANN }, { list: BOB }];
		const run = new GuardedRun({ options: { doNotCall: '={{ $json.list }}' }, items });
		expect(asked(run, ANN)).toEqual(is('doNotCall'));
		expect(asked(run, ANN, 1)).toEqual(is('may'));
	});
});
