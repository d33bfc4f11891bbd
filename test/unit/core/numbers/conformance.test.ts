import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { NUMBERING_PLANS } from '../../../../nodes/Voice2Phone/core/numbers/countryData';
import { fit } from '../../../../nodes/Voice2Phone/core/numbers/digitPattern';
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

it('takes the example numbers of all countries and types, save those that left the plan since', () => {
	const examples = exampleNumbers()
		.filter(({ country }) => country !== undefined)
		.map(({ callingCode, nationalNumber }) => `+${callingCode}${nationalNumber}`);
	const refused = [...new Set(examples)].filter((number) => !parsePhone(number, 'auto').ok);
	const stillInThePlan = (number: string) => parsePhoneNumberFromString(number)?.isValid();
	expect(examples.length).toBeGreaterThan(1_300);
	expect(refused.filter(stillInThePlan)).toEqual([]);
	expect(refused.length).toBeLessThan(5);
});

it('takes the numbers that people write as they are meant, and refuses what nobody can be called by', () => {
	const report = countPeopleWrite();
	expect(report.wronglyDialled).toEqual([]);
	expect(report.wronglyRefused).toEqual([]);
	expect(report.dialledRightly).toBeGreaterThan(300);
	expect(report.refusedRightly).toBeGreaterThan(100);
});

it('follows the example numbers of all countries through their patterns to the end', () => {
	const examples = exampleNumbers().filter(({ country }) => country && NUMBERING_PLANS[country]);
	expect(examples.length).toBeGreaterThan(1_000);
	for (const { country = '', nationalNumber } of examples) {
		const [, , , others, mobile = ''] = NUMBERING_PLANS[country];
		const pattern = [others, mobile].filter(Boolean).join('|');
		const isWhole = new RegExp(`^(?:${pattern.replaceAll('x', '\\d')})$`).test(nationalNumber);
		const { wholeAt } = fit(pattern, nationalNumber);
		expect([country, nationalNumber, wholeAt.includes(nationalNumber.length)]).toEqual([
			country,
			nationalNumber,
			isWhole,
		]);
	}
});
