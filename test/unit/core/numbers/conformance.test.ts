import { parsePhone } from '../../../../nodes/Voice2Phone/core/numbers/phoneNumber';
import { DIFFERENCES, judge } from '../../../conformance/differences';
import { compareWithLibrary, countPeopleWrite } from '../../../conformance/phoneNumbers';
import { exampleNumbers } from '../../../conformance/writings';

describe.each(['numberingPlan', 'lengthsOnly'] as const)('libphonenumber and %s', (check) => {
	it('agree on the example numbers, and on writings and mutations of them', () => {
		const report = compareWithLibrary({ variants: 4_000, seed: 20_260, check });
		expect(report.unexplained).toEqual([]);
		expect(report.examples).toBeGreaterThan(2_500);
		expect(report.accepted).toBeGreaterThan(3_000);
		expect(report.refused).toBeGreaterThan(1_000);
	});
});

describe('libphonenumber and we part at', () => {
	it.each(DIFFERENCES.map((difference) => ({ ...difference, difference })))(
		'$name',
		({ difference, examples }) => {
			expect(examples.length).toBeGreaterThan(0);
			for (const { check = 'numberingPlan', ...example } of examples)
				expect([example, judge(example, check)]).toEqual([example, difference]);
		},
	);
});

it('takes the example numbers of all countries and types, save those that were withdrawn since', () => {
	const refused = exampleNumbers()
		.filter(({ country }) => country !== undefined)
		.map(({ callingCode, nationalNumber }) => `+${callingCode}${nationalNumber}`)
		.filter((number) => !parsePhone(number, 'auto').ok);
	// Benin gave up eight digits in November 2024, Zimbabwe its area code 13.
	expect([...new Set(refused)]).toEqual(['+22985751234', '+22981123456', '+2631312345']);
});

it('takes the numbers that people write as they are meant, and refuses what nobody can be called by', () => {
	const report = countPeopleWrite();
	expect(report.wronglyDialled).toEqual([]);
	expect(report.wronglyRefused).toEqual([]);
	expect(report.dialledRightly).toBeGreaterThan(300);
	expect(report.refusedRightly).toBeGreaterThan(100);
});
