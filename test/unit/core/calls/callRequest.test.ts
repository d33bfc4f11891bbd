import {
	asHeard,
	parseCallId,
	parseMessage,
	parsePhoneParameters,
	sameCallOf,
	toBody,
	type CallRequest,
} from '../../../../nodes/Voice2Phone/core/calls/callRequest';
import type { Problem } from '../../../../nodes/Voice2Phone/core/words';

const request: CallRequest = {
	phone: { number: '+14252337837', countryCode: 'US' },
	message: 'Please press one',
	keys: [],
};
const key = (name: string, message: string) => ({ key: name, label: '', message });

describe('a call request', () => {
	it('becomes the body that the API documents, without Dtmf when no key is asked for', () => {
		expect(toBody(request)).toEqual({
			Phone: { Number: '+14252337837', CountryCode: 'US' },
			Message: 'Please press one',
		});
	});

	it('maps every key of a phone to what is said after it', () => {
		const keys = [...'0123456789*#'].map((name) => key(name, `You pressed ${name}`));
		expect(toBody({ ...request, keys }).Dtmf).toEqual(
			Object.fromEntries(keys.map(({ key: name, message }) => [name, message])),
		);
	});

	it('is the same call with another country of the same number, and with the keys in another order', () => {
		const keys = [key('1', 'Yes'), key('2', 'No')];
		const one = sameCallOf({ ...request, keys });
		const phone = { ...request.phone, countryCode: 'CA' };
		expect(sameCallOf({ ...request, phone, keys: [...keys].reverse() })).toEqual(one);
		expect(sameCallOf({ ...request, keys: [key('1', 'Yes'), key('2', 'Yes')] })).not.toEqual(one);
	});

	it('takes the number of a country', () => {
		const problems: Problem[] = [];
		expect(parsePhoneParameters('(425) 233-7837', 'US', problems)).toMatchObject(request.phone);
		expect(problems).toEqual([]);
	});

	it.each([
		[{ phoneNumber: '', countryCode: 'US' }, 'Phone Number'],
		[{ phoneNumber: '4252337837', countryCode: 'XX' }, 'Country'],
	])('names the wrong parameter of %o by its label', ({ phoneNumber, countryCode }, field) => {
		const problems: Problem[] = [];
		expect(parsePhoneParameters(phoneNumber, countryCode, problems)).toBeUndefined();
		expect(problems.map((problem) => problem.field)).toEqual([field]);
	});
});

describe('a message', () => {
	it.each([
		['  ', 'is empty'],
		['', 'is empty. Enter what is to be said'],
		[undefined, 'is empty. Enter what is to be said'],
		[null, 'is empty'],
		[{ text: 'Hello' }, 'is of the type object'],
		[['Hello'], 'is a list'],
		[true, 'is of the type boolean'],
	])('may not be %o', (message, reason) => {
		const problems: Problem[] = [];
		expect(parseMessage(message, problems)).toBe('');
		expect(problems).toEqual([
			{ field: 'Message', reason: expect.stringContaining(reason) as string },
		]);
	});

	it('is spoken without the blanks around it', () => {
		const problems: Problem[] = [];
		expect(parseMessage(' Please press one ', problems)).toBe('Please press one');
		expect(parseMessage(4711, problems)).toBe('4711');
		expect(problems).toEqual([]);
	});
});

describe('words that are heard alike', () => {
	it.each([
		['It\u2019s Ann\u00B4s \u2018van\u02BCs` key', "It's Ann's 'van's' key"],
		['\u201CYes\u201D, \u00ABno\u00BB', '"Yes", "no"'],
		['9\u201310 \u2014 or \u22121', '9-10 - or -1'],
		['Wait\u2026 now', 'Wait... now'],
		['Press  1,\n\tplease', 'Press 1, please'],
		['Cafe\u0301', 'Caf\u00E9'],
		['Han\u00ADnover\u200B', 'Hannover'],
		['Press 1. Thank you !..', 'Press 1. Thank you'],
		['Press 1?', 'Press 1?'],
	])('are the same: %j', (text, heard) => {
		expect(asHeard(text)).toBe(heard);
	});
});

describe('a call ID', () => {
	it.each(['54b16dd7-8e68-4a2a-973d-063e39a6998c', ' 54B16DD7-8E68-4A2A-973D-063E39A6998C\n'])(
		'may be %o',
		(callId) => {
			expect(parseCallId(callId)).toEqual({ ok: true, value: callId.trim() });
		},
	);

	it.each(['../admin', '54b16dd7', '54b16dd7-8e68-4a2a-973d-063e39a6998c/..', {}, 42])(
		'may not be %o',
		(callId) => {
			expect(parseCallId(callId)).toMatchObject({ ok: false, problems: [{ field: 'Call ID' }] });
		},
	);

	it.each([[undefined], [null], ['']])('says where it comes from when it is %o', (callId) => {
		expect(parseCallId(callId)).toMatchObject({
			problems: [{ reason: expect.stringContaining('connect a Make Call before') as string }],
		});
	});

	it.each([
		['54b16dd7', '"54b16dd7" is not a call ID. It looks like 54b16dd7-8e68-'],
		[' ', 'is not a call ID'],
		[42, '"42" is not a call ID'],
		[{}, 'is of the type object, which is not a call ID'],
		['x54b16dd7-8e68-4a2a-973d-063e39a6998c', 'is not a call ID'],
		['54b16dd7-8e68-4a2a-973d-063e39a6998c0', 'is not a call ID'],
	])('says of %j what one looks like', (callId, reason) => {
		expect(parseCallId(callId)).toMatchObject({
			problems: [{ reason: expect.stringContaining(reason) as string }],
		});
	});
});
