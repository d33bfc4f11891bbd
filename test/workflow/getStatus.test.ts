import { getStatus, makeCall } from '../support/calls';
import { phone, service } from '../support/phone';
import { run } from '../support/run';
import { seconds } from '../support/time';

describe('Get Status', () => {
	it('takes the call ID from the item before and gives out exactly what the API returned', async () => {
		const ann = phone();
		ann.answers().presses('1');
		const result = await run([makeCall(ann), getStatus()]);
		expect(result.item(0).json).toEqual(ann.status());
		result.item(0).is({ CallId: ann.callId, Status: 2, Dtmf: '1' });
	});

	it.each([
		['../../account', /Item 0: Call ID "\.\.\/\.\.\/account" is not a call ID/],
		['', /Item 0: Call ID is empty/],
	])('refuses %o as a call ID and sends nothing', async (callId, message) => {
		(await run(getStatus({ callId: `={{ "${callId}" }}` }))).failed(message);
		service.heardNothing();
	});

	it('says that a call is not known, with its ID', async () => {
		const callId = '00000000-0000-4000-8000-000000000000';
		(await run(getStatus({ callId }))).failed(
			`Voice2Phone does not know this call (404), CallId ${callId}, item 0`,
		);
	});

	it.each([
		{ kind: 'status', statusCode: 503, retryAfter: 0 },
		{ kind: 'status', statusCode: 429, retryAfter: 0 },
	] as const)('asks again after %o, since reading calls nobody', async (fault) => {
		const bob = phone();
		bob.answers().presses('2');
		service.fails(fault, { kind: 'checks', times: 3 });
		(await run([makeCall(bob), getStatus()])).item(0).is({ Dtmf: '2' });
		expect(service.heard('checks')).toBe(4);
		bob.rang(1);
	});

	it.each([
		[{ kind: 'status', statusCode: 401 }, /refused the API key \(401\)/],
		[{ kind: 'status', statusCode: 503 }, /server error \(503\)/],
		[{ kind: 'malformedBody' }, /could not be read/],
		[{ kind: 'cut', when: 'beforeProcessing' }, /could not be reached/],
		[{ kind: 'timeout', when: 'beforeProcessing' }, /did not answer in time/],
	] as const)('tells of %o when the retries are used up', async (fault, message) => {
		const bob = phone();
		bob.answers().presses('2');
		service.fails(fault, { kind: 'checks', times: Infinity });
		const asking = getStatus({ maxRetries: 0, requestTimeout: seconds(1) });
		(await run([makeCall(bob), asking])).failed(message);
		bob.rang(1);
	});
});
