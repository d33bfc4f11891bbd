import {
	parseCallId,
	parseCallRequest,
	toBody,
	type CallParameters,
} from '../../../../nodes/Voice2Phone/core/calls/callRequest';

const good: CallParameters = {
	countryCode: 'US',
	phoneNumber: '(425) 233-7837',
	message: ' Please press one ',
	keypadResponses: [],
};
const bodyOf = (changes: Partial<CallParameters>) => {
	const parsed = parseCallRequest({ ...good, ...changes });
	return parsed.ok ? toBody(parsed.value) : parsed.problems;
};

describe('a call request', () => {
	it('becomes the body that the API documents, without Dtmf when no key is asked for', () => {
		expect(bodyOf({})).toEqual({
			Phone: { Number: '+14252337837', CountryCode: 'US' },
			Message: 'Please press one',
		});
	});

	it('maps every key of a phone to its message', () => {
		const keys = [...'0123456789*#'];
		const keypadResponses = keys.map((key) => ({ key, message: `You pressed ${key}` }));
		expect(bodyOf({ keypadResponses })).toMatchObject({
			Dtmf: Object.fromEntries(keys.map((key) => [key, `You pressed ${key}`])),
		});
	});

	it('takes the key and the number as numbers, as expressions give them', () => {
		expect(
			bodyOf({ phoneNumber: 4252337837, keypadResponses: [{ key: 1, message: 'Thank you' }] }),
		).toMatchObject({ Phone: { Number: '+14252337837' }, Dtmf: { '1': 'Thank you' } });
	});

	it.each([
		[{ message: '  ' }, ['Message']],
		[{ message: null }, ['Message']],
		[{ message: { text: 'Hello' } }, ['Message']],
		[{ phoneNumber: '' }, ['Phone Number']],
		[{ countryCode: 'XX' }, ['Country']],
		[{ keypadResponses: [{ key: 'A', message: 'x' }] }, ['Keypad Responses']],
		[{ keypadResponses: [{ key: '12', message: 'x' }] }, ['Keypad Responses']],
		[{ keypadResponses: [{ key: '1', message: ' ' }] }, ['Keypad Responses']],
		[
			{
				keypadResponses: [
					{ key: '1', message: 'x' },
					{ key: '1', message: 'y' },
				],
			},
			['Keypad Responses'],
		],
		[{ message: '', phoneNumber: 'none' }, ['Phone Number', 'Message']],
	])('names every wrong parameter of %o by its label', (changes, fields) => {
		const problems = bodyOf(changes) as Array<{ field: string }>;
		expect(problems.map(({ field }) => field)).toEqual(fields);
	});

	it.each([
		[[{ key: 'A', message: 'x' }], 'have the key "A", which is not on a phone'],
		[[{ key: '1', message: ' ' }], 'have no message for the key 1'],
		[
			[
				{ key: '1', message: 'x' },
				{ key: '1', message: 'y' },
			],
			'have the key 1 twice',
		],
	])('says in a sentence that Keypad Responses are wrong: %o', (keypadResponses, reason) => {
		expect(bodyOf({ keypadResponses })).toEqual([
			{ field: 'Keypad Responses', reason: expect.stringContaining(reason) as string },
		]);
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

	it('says where it comes from when there is none', () => {
		expect(parseCallId(undefined)).toMatchObject({
			problems: [{ reason: expect.stringContaining('connect a Make Call before') as string }],
		});
	});
});
