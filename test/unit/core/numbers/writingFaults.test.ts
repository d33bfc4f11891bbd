import { parsePhone } from '../../../../nodes/Voice2Phone/core/numbers/phoneNumber';
import { WRITING_FAULTS } from '../../../../nodes/Voice2Phone/core/numbers/writingFaults';
import { outcome } from '../../../support/numbers';

const examples = WRITING_FAULTS.flatMap(({ says, examples: texts }) =>
	texts.map((text) => ({ text, says: typeof says === 'string' ? says : '' })),
);

describe('texts that are no phone number', () => {
	it.each(examples)('$text', ({ text, says }) => {
		const reason = outcome(text, 'DE');
		expect(reason).toContain(says);
		expect(reason).not.toMatch(/^\+/);
	});

	it.each([
		['24.12.2026', 'US', /is a date/],
		['2026/11/25', 'FR', /is a date/],
		['25/11/2026', 'IN', /is a date/],
		['20-12-2026', 'DK', /is a date/],
		['2026-11-25T10:30:00Z', 'SG', /is a date/],
		['31.12.2026', 'NO', /is a date/],
		['11/25/26', 'US', /is a date/],
		['1.12.2026', 'DE', /is a date/],
		['12.1.2026', 'DE', /is a date/],
		['00.11.2026', 'DE', /starts with \+1, the calling code of United States/],
		['10:30', 'SG', /is a time of day/],
		['192.168.1.10', 'FR', /is the address of a computer/],
		['10.0.0.1', 'US', /is the address of a computer/],
		['10.101.0.1', 'US', /is the address of a computer/],
		['10.0.0.255', 'US', /is the address of a computer/],
		['10.0.0.256', 'US', /is too short for United States/],
		['10.0.0.01', 'US', /is too short for United States/],
		['4252337837.00', 'US', /ends in \.00 like a decimal number/],
		['4,252,337,837', 'US', /is written like an amount/],
		[14252300000, 'US', /was rounded by a spreadsheet/],
		['+44 20 7946 0018 / 19', 'GB', /holds several numbers/],
		['01 58858-0/-12', 'AT', /holds several numbers/],
		['01 58858-0/-12', 'DE', /numbers that begin like this have 2 digits more/],
		['030-901820\u{2013}29', 'DE', /holds several numbers/],
		['030 90182-0 / -12 / -13', 'DE', /holds several numbers/],
		['123456, 654321', 'DE', /holds several numbers/],
		['Tel. 030 901820/12', 'DE', /has letters. Enter only the number/],
		['800-356-93AB', 'US', /has letters. Enter only the number/],
		['1234567000', 'DE', /no number there begins with 12/],
		['170000000', 'DE', /numbers that begin like this have 1 or 2 digits more/],
		['20261125103000', 'US', /is a date/],
		['31121990', 'IT', /is a date/],
		['05 06 2026', 'IT', /is a date/],
		['44012.75', 'GB', /is a date/],
		['84.150.212.33', 'DE', /is the address of a computer/],
		['255.255.255.0', 'US', /is the address of a computer/],
		['9,81,23,45,678', 'IN', /is written like an amount/],
		['$4,252,337,837', 'US', /is written like an amount/],
		['42,52,33,78,37', 'US', /has the character ","/],
		['0612345678.0', 'FR', /ends in \.0 like a decimal number/],
		['030 901820 / 90 18 21', 'DE', /holds several numbers/],
		['01 58858/58859', 'AT', /holds several numbers/],
		['11.00.2026', 'DE', /no number there begins with 11/],
		['13.13.2026', 'DE', /no number there begins with 131/],
		['32.12.2026', 'DE', /numbers that begin like this have 3 to 5 digits more/],
	])('and such as look like them: %j in %s', (text, country, reason) => {
		expect(outcome(text, country)).toMatch(reason);
	});
});

describe('numbers that only look like one of them', () => {
	it.each([
		['044.123.45.67', 'CH', '+41441234567'],
		['44.123.45.67', 'CH', '+41441234567'],
		['22.12.34.56', 'NO', '+4722123456'],
		['20261125', 'DK', '+4520261125'],
		['20 12 2026', 'DK', '+4520122026'],
		['20261325', 'DE', '+4920261325'],
		['20261232', 'DE', '+4920261232'],
		['25.11.1826', 'DE', '+4925111826'],
		['22.11.4520', 'NO', '+4722114520'],
		['31.10.24', 'GL', '+299311024'],
		['4915123000000', 'DE', '+4915123000000'],
		['033702/123456', 'DE', '+4933702123456'],
		['030/901820', 'DE', '+4930901820'],
		['0171/1234567', 'DE', '+491711234567'],
		['0221/470/1234', 'DE', '+492214701234'],
		['49 2204/123456', 'DE', '+492204123456'],
		['+49 33702/12345', 'DE', '+493370212345'],
		['+49 - 30 - 901820', 'DE', '+4930901820'],
		['31121990', 'SG', '+6531121990'],
		['201012251030', 'EG', '+201012251030'],
		['2012-0123', 'DK', '+4520120123'],
		['98123.45678', 'IN', '+919812345678'],
		['50.123.45.67', 'UA', '+380501234567'],
		['+55 11 98765.0000', 'BR', '+5511987650000'],
		['01.42.68.53.00', 'FR', '+33142685300'],
		['+1.425.555.0100', 'US', '+14255550100'],
		['01 02 2034 56', 'FR', '+33102203456'],
		['24 12 2026', 'DK', '+4524122026'],
		['02 01 20 26', 'DE', '+492012026'],
		['01.02.19.84.00', 'FR', '+33102198400'],
		['425.233.7837', 'US', '+14252337837'],
		['34.612.345.678', 'ES', '+34612345678'],
		['033702/12345', 'DE', '+493370212345'],
		['033702/012345', 'DE', '+4933702012345'],
		['0221/470-1234', 'DE', '+492214701234'],
		['089 - 12345 - 67', 'DE', '+49891234567'],
		['089-123456-78', 'DE', '+498912345678'],
		['030\u{2013}901820\u{2013}10', 'DE', '+493090182010'],
		['089 123456 - 78 90', 'DE', '+49891234567890'],
		['089-123456\u{2013}78 90', 'DE', '+49891234567890'],
		['030 90182-0', 'DE', '+4930901820'],
		['01 40 00 00 00', 'FR', '+33140000000'],
		[1711234567, 'DE', '+491711234567'],
	])('%j in %s is %s', (text, country, number) => {
		expect(parsePhone(text, country)).toMatchObject({ ok: true, phone: { number } });
	});
});
