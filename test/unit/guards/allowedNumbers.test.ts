import { allowedNumbers } from '../../../nodes/Voice2Phone/guards/allowedNumbers';
import { GuardedRun, phoneOf } from '../../support/guarded';

const ANN = '+14255550100';
const OF_LONDON = '+442079460958';
const NOT_AMONG = (number: string) =>
	`Phone Number ${number} is not among the Allowed Numbers. Call one that is, or add it there`;

describe('Allowed Numbers', () => {
	it.each([{}, { allowedNumbers: '' }, { doNotCall: ANN }])(
		'allow all while none are entered: %o',
		(options) => {
			const { check, problems } = new GuardedRun({ options }).asks(allowedNumbers, ANN);
			expect(check).toBeUndefined();
			expect(problems).toEqual([]);
		},
	);

	it('have to be entered where an agent chooses the number', () => {
		const run = new GuardedRun({});
		expect(run.asks(allowedNumbers, { number: ANN, isChosenByAgent: true }).problems).toEqual([
			'Allowed Numbers is empty, and the agent chooses the number. Enter the numbers that it can call',
		]);
	});

	it.each([
		['in the options', { options: { allowedNumbers: '+1 425 555 0100, +44 20*' } }],
		['as a field of its own', { parameters: { allowedNumbers: '+1 425 555 0100, +44 20*' } }],
	])('refuse whoever is not among them: %s', (_, node) => {
		const run = new GuardedRun(node);
		for (const isChosenByAgent of [false, true]) {
			const problems = (number: string) =>
				run.asks(allowedNumbers, { number, isChosenByAgent }).problems;
			expect(problems(ANN)).toEqual([]);
			expect(problems(OF_LONDON)).toEqual([]);
			expect(problems('+14255550101')).toEqual([NOT_AMONG('+14255550101')]);
		}
	});

	it('look at the number of the item, also when the Test Number rings', () => {
		const run = new GuardedRun({ options: { allowedNumbers: ANN } });
		const problems = (number: string, intended: string) =>
			run.asks(allowedNumbers, { number, isTest: true, intended: phoneOf(intended) }).problems;
		expect(problems(OF_LONDON, ANN)).toEqual([]);
		expect(problems(ANN, OF_LONDON)).toEqual([NOT_AMONG(OF_LONDON)]);
	});

	it.each(['425 555 0100', 'all', '44*'])('refuse an entry that is no number: %s', (entry) => {
		const run = new GuardedRun({ options: { allowedNumbers: `${ANN}, ${entry}` } });
		expect(run.asks(allowedNumbers, ANN).problems).toEqual([
			`Allowed Numbers has "${entry}", which is neither a number with + and country code nor the beginning of one followed by *`,
		]);
	});

	it('are checked as strictly as the numbers that are called', () => {
		// North America has no such area code today.
		const young = '+19995550100';
		const check = "={{ $json.isYoung ? 'lengthsOnly' : 'numberingPlan' }}";
		const run = new GuardedRun({
			options: { allowedNumbers: young, numberCheck: check },
			items: [{ isYoung: true }, { isYoung: false }],
		});
		expect(run.asks(allowedNumbers, young).problems).toEqual([]);
		expect(run.asks(allowedNumbers, young, 1).problems).toEqual([
			expect.stringContaining('Allowed Numbers has "+19995550100"'),
		]);
	});
});
