import { useEngine } from '../support/engine';
import { items, linear, manualTrigger, voice2Phone } from '../support/workflow';

const bed = useEngine();

const makeCall = (phoneNumber: string) =>
	voice2Phone(
		{ operation: 'makeCall', countryCode: 'US', phoneNumber, message: 'Hello' },
		{ name: 'Make Call' },
	);
/** As it is when the node is dropped into the editor: the Call ID comes from the incoming item. */
const getStatus = (parameters = {}, settings = {}) =>
	voice2Phone({ operation: 'getStatus', ...parameters }, { name: 'Get Status', ...settings });

describe('Get Status', () => {
	it('takes the call ID from the item before and gives out exactly what the API returned', async () => {
		const result = await bed.engine.run(
			linear(manualTrigger(), makeCall('+1 425 555 0101'), getStatus()),
		);
		const [{ callId }] = bed.simulator.acceptedCalls();
		const [{ json, pairedItem }] = result.output('Get Status');
		expect(json).toEqual(bed.simulator.calls.get(callId)?.status());
		expect(json).toMatchObject({ CallId: callId, Status: 2, Dtmf: '1' });
		expect(pairedItem).toEqual({ item: 0 });
	});

	it.each([
		['../../account', /Item 0: Call ID "\.\.\/\.\.\/account" is not a call ID/],
		['', /Item 0: Call ID is empty/],
	])('refuses %o as a call ID and sends nothing', async (callId, message) => {
		const { error } = await bed.engine.run(
			linear(manualTrigger(), items([{}]), getStatus({ callId: `={{ "${callId}" }}` })),
		);
		expect(error?.message).toMatch(message);
		expect(bed.simulator.requests).toEqual([]);
	});

	it('says that a call is not known, with its ID', async () => {
		const CallId = '00000000-0000-4000-8000-000000000000';
		const { error } = await bed.engine.run(
			linear(manualTrigger(), items([{ CallId }]), getStatus()),
		);
		expect(error?.message).toBe(
			`Voice2Phone does not know this call (404), CallId ${CallId}, item 0`,
		);
	});

	it.each([
		{ kind: 'status', statusCode: 503, retryAfter: 0 },
		{ kind: 'status', statusCode: 429, retryAfter: 0 },
	] as const)('asks again after %o, since reading calls nobody', async (fault) => {
		bed.simulator.faults.next(fault, { match: 'GET', count: 3 });
		const result = await bed.engine.run(
			linear(manualTrigger(), makeCall('+1 425 555 0102'), getStatus()),
		);
		expect(result.output('Get Status')[0].json).toMatchObject({ Dtmf: '2' });
		expect(bed.simulator.requests.map(({ method }) => method)).toEqual([
			'POST',
			'GET',
			'GET',
			'GET',
			'GET',
		]);
	});

	it.each([
		[{ kind: 'status', statusCode: 401 }, /refused the API key \(401\)/],
		[{ kind: 'status', statusCode: 503 }, /server error \(503\)/],
		[{ kind: 'malformedBody' }, /could not be read/],
		[{ kind: 'cut', when: 'beforeProcessing' }, /could not be reached/],
		[{ kind: 'timeout', when: 'beforeProcessing' }, /did not answer in time/],
	] as const)('tells of %o when the retries are used up', async (fault, message) => {
		bed.simulator.faults.next(fault, { match: 'GET', count: Infinity });
		const { error } = await bed.engine.run(
			linear(
				manualTrigger(),
				makeCall('+1 425 555 0102'),
				getStatus({ options: { maxRetries: 0, requestTimeout: 1 } }),
			),
		);
		expect(error?.message).toMatch(message);
	});
});
