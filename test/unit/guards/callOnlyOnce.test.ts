import type { INodeParameters } from 'n8n-workflow';
import { callOnlyOnce } from '../../../nodes/Voice2Phone/guards/callOnlyOnce';
import { Rehearsal, type Check } from '../../../nodes/Voice2Phone/guards/guard';
import { callOf, GuardedRun, wordOf, type NodeOfTest } from '../../support/guarded';
import { ProcessedData } from '../../support/processedData';

const ANN = '+14255550100';
const DAY = 24 * 60 * 60 * 1000;
const START = Date.UTC(2026, 10, 25, 12);

type Outcome = 'accepted' | 'rejected' | 'unknown';

let store: ProcessedData;

beforeEach(() => {
	store = new ProcessedData();
});

/** A lead of this name, in an execution of its own. */
const lead = (name: unknown, options: INodeParameters = {}, node: NodeOfTest = {}) =>
	new GuardedRun({
		options: { oncePer: '={{ $json.lead }}', ...options },
		items: [{ lead: name as string }],
		store,
		...node,
	});

const checkOf = (run: GuardedRun, isTest = false): Check =>
	run.asks(callOnlyOnce, { number: ANN, isTest }).check!;

/** Calls, if it may; what was said. */
async function call(run: GuardedRun, now = START, outcome: Outcome = 'accepted', isTest = false) {
	const claim = checkOf(run, isTest).claim!(now);
	const verdict = await claim.take();
	if (verdict.may === true) await claim.settle(outcome);
	return wordOf(verdict);
}

const problemsOf = (run: GuardedRun) => run.asks(callOnlyOnce, ANN).problems;

describe('Call Only Once', () => {
	it('is off unless it was added', () => {
		const { check, problems } = new GuardedRun({}).asks(callOnlyOnce, ANN);
		expect(check).toBeUndefined();
		expect(problems).toEqual([]);
	});

	it('calls each value once', async () => {
		expect(await call(lead('a'))).toBe('may');
		expect(await call(lead('b'))).toBe('may');
		expect(await checkOf(lead('a')).claim!(START).take()).toEqual({
			may: false,
			because: 'calledBefore',
			fields: {},
		});
	});

	it('calls again who was not called', async () => {
		expect(await call(lead('a'), START, 'rejected')).toBe('may');
		expect(await call(lead('a'))).toBe('may');
	});

	it('calls again after thirty days, if the user says nothing else', async () => {
		await call(lead('a'));
		expect(await call(lead('a'), START + 29 * DAY)).toBe('calledBefore');
		expect(await call(lead('a'), START + 31 * DAY)).toBe('may');
	});

	it.each([10, '10'])('calls again after Remember For: %j', async (rememberFor) => {
		await call(lead('a', { rememberFor }));
		expect(await call(lead('a', { rememberFor }), START + 9 * DAY)).toBe('calledBefore');
		expect(await call(lead('a', { rememberFor }), START + 11 * DAY)).toBe('may');
	});

	it('does not know whether somebody was called of whom n8n does not', async () => {
		await call(lead('a'), START, 'unknown');
		expect(await call(lead('a'))).toBe('unknown');
		expect(await call(lead('a', { dialAgainWhenUnknown: false }))).toBe('unknown');
		expect(await call(lead('a', { dialAgainWhenUnknown: true }))).toBe('may');
		expect(await call(lead('a', { dialAgainWhenUnknown: true }))).toBe('calledBefore');
	});

	it('remembers from the call that was dialled again on', async () => {
		const again = { dialAgainWhenUnknown: true };
		await call(lead('a'), START, 'unknown');
		expect(await call(lead('a', again), START + 20 * DAY)).toBe('may');
		expect(await call(lead('a', again), START + 40 * DAY)).toBe('calledBefore');
	});

	it('takes no call to the Test Number for one to the person', async () => {
		expect(await call(lead('a'), START, 'accepted', true)).toBe('may');
		expect(await call(lead('a'))).toBe('may');
		expect(await call(lead('a'), START, 'accepted', true)).toBe('calledBefore');
	});

	it.each([
		['node', 'may'],
		['workflow', 'calledBefore'],
		[null, 'may'],
	])('is remembered by %s: another node says %s', async (rememberedBy, said) => {
		const options = { rememberedBy } as INodeParameters;
		expect(await call(lead('a', options))).toBe('may');
		expect(await call(lead('a', options, { nodeId: 'other' }))).toBe(said);
		expect(await call(lead('a', options))).toBe('calledBefore');
	});
});

describe('Once Per', () => {
	const GIVE = 'Let the expression give a text or a number of its own for each item, such as an ID';

	it.each([
		['', `Once Per is empty. ${GIVE}`],
		['lead-{{ $json.lead }}', /^Once Per "lead-.*" is text, not an expression/],
		[
			'=lead-{{ $json.nobody }}',
			`Once Per is the same for all items, because \`{{ $json.nobody }}\` gave nothing. ${GIVE}`,
		],
		['={{ $json.nobody }}', /^Once Per is the same for all items, because/],
	])('has to tell items apart: %j', (oncePer, problem) => {
		const said = problemsOf(lead('a', { oncePer }));
		expect(said).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)]);
	});

	it.each(['={{ $json.lead }}-{{ $json.nobody }}', '=lead {{ $json.lead }}'])(
		'does so as long as one expression gives something: %s',
		async (oncePer) => {
			expect(problemsOf(lead('a', { oncePer }))).toEqual([]);
			expect(await call(lead('a', { oncePer }))).toBe('may');
			expect(await call(lead('b', { oncePer }))).toBe('may');
			expect(await call(lead('a', { oncePer }))).toBe('calledBefore');
		},
	);

	it('is kept with the item, for a hint about values that all have', () => {
		const keyOf = (name: unknown) => {
			const item = lead(name).item();
			callOnlyOnce.read(item, callOf(ANN));
			return item.onceKey;
		};
		expect(keyOf(' lead  1 ')).toBe('lead 1');
		expect(keyOf('')).toBe('');
	});
});

describe('Remember For', () => {
	it.each([
		[0, 'must be more than 0 days'],
		[-1, 'must be more than 0 days'],
		['', 'must be more than 0 days'],
		['long', 'must be more than 0 days'],
		[3651, 'must be at most 3650 days'],
	])('has to make sense: %j', (rememberFor, reason) => {
		expect(problemsOf(lead('a', { rememberFor }))).toEqual([`Remember For ${reason}`]);
	});

	it.each([1 / 24, 30, 3650])('can be %d days', (rememberFor) => {
		expect(problemsOf(lead('a', { rememberFor }))).toEqual([]);
	});
});

describe('Call Again If No Key', () => {
	const redial = { callAgainIfNoKey: true };

	it.each([
		['noKey', redial, 'may'],
		['keyPressed', redial, 'calledBefore'],
		['otherKey', redial, 'calledBefore'],
		['timedOut', redial, 'calledBefore'],
		['noKey', { callAgainIfNoKey: false }, 'calledBefore'],
		['noKey', { callAgainIfNoKey: 'true' }, 'calledBefore'],
		['noKey', {}, 'calledBefore'],
	] as const)('after %s, with %j: the next execution says %s', async (outcome, options, said) => {
		await call(lead('a', options));
		await checkOf(lead('a', options)).answered!(outcome, START);
		expect(await call(lead('a', options), START + DAY)).toBe(said);
	});

	it.each([
		[{ ...redial, surviveRestarts: true }, true],
		[{ ...redial, surviveRestarts: false }, false],
		[{ ...redial, waitAtMost: 5 }, false],
		[redial, false],
		[{ surviveRestarts: true }, false],
	])('does not go together with Survive Restarts: %j', (options, isWrong) => {
		expect(problemsOf(lead('a', options))).toEqual(
			isWrong
				? ['Call Again If No Key does not go together with Survive Restarts. Turn one of them off']
				: [],
		);
	});
});

describe('a dry run', () => {
	it('says what the run would, and leaves the store as it was', async () => {
		await call(lead('called'));
		await call(lead('unknown'), START, 'unknown');
		const before = store.entries();
		const rehearsal = Rehearsal.of({}, 0);
		const rehearse = async (name: string, options: INodeParameters = {}) => {
			const would = await checkOf(lead(name, options)).rehearse!(rehearsal, START);
			if (would.may === true) would.note();
			return wordOf(would);
		};
		expect(await rehearse('called')).toBe('calledBefore');
		expect(await rehearse('unknown')).toBe('unknown');
		expect(await rehearse('new')).toBe('may');
		expect(await rehearse('new')).toBe('calledBefore');
		expect(await rehearse('other')).toBe('may');
		expect(await rehearse('unknown', { dialAgainWhenUnknown: true })).toBe('may');
		expect(await rehearse('unknown', { dialAgainWhenUnknown: true })).toBe('calledBefore');
		expect(store.entries()).toEqual(before);
	});

	it('notes no call that another guard refuses', async () => {
		const rehearsal = Rehearsal.of({}, 0);
		const rehearse = async () => await checkOf(lead('a')).rehearse!(rehearsal, START);
		await rehearse();
		expect(wordOf(await rehearse())).toBe('may');
	});
});
