import { parseAllowedNumbers } from '../../../../nodes/Voice2Phone/core/numbers/allowedNumbers';
import type { Phone, PhoneOptions } from '../../../../nodes/Voice2Phone/core/numbers/phoneNumber';

const phone = (number: string) => ({ number, countryCode: 'US' });

function isAllowed(called: Phone, text: string, options?: PhoneOptions) {
	const numbers = parseAllowedNumbers(text, options);
	return 'wrongEntry' in numbers ? numbers : { allowed: numbers.allows(called) };
}

const list = '+1 (425) 555-0100, +44 20*\n+4930*';

describe('allowed numbers', () => {
	it.each(['+14255550100', '+442079460000', '+4930123456'])('let %s be called', (number) => {
		expect(isAllowed(phone(number), list)).toEqual({ allowed: true });
	});

	it.each(['+14255550101', '+441632960000', '+142555501000'])(
		'keep %s from being called',
		(number) => {
			expect(isAllowed(phone(number), list)).toEqual({ allowed: false });
		},
	);

	it('let nobody be called when the list is empty', () => {
		expect(isAllowed(phone('+14255550100'), ' , ')).toEqual({ allowed: false });
	});

	it.each(['425 555 0100', '+49 (0)30*', '*', '+*', '44*', 'tel:+44*', '+44x*', 'everybody'])(
		'do not guess what "%s" means',
		(entry) => {
			expect(isAllowed(phone('+14255550100'), `+14255550100, ${entry}`)).toEqual({
				wrongEntry: entry,
			});
		},
	);

	it('may be younger than the plan when the number may', () => {
		const young = phone('+19995550100');
		expect(isAllowed(young, '+1 999 555 0100')).toEqual({ wrongEntry: '+1 999 555 0100' });
		expect(isAllowed(young, '+1 999 555 0100', { check: 'lengthsOnly' })).toEqual({
			allowed: true,
		});
	});
});
