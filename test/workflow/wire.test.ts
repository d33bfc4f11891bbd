import { bed } from '../support/bed';
import { getStatus, makeCall } from '../support/calls';
import { run } from '../support/run';

/*
 * What goes over the wire, byte by byte: nothing else in the tests of workflows asserts requests, so that
 * they read like a phone in the hand.
 */

/** A call whose every field comes from the item. */
const fromItem = {
	country: '={{ $json.country }}',
	message: '=Hello {{ $json.name }}, please press one',
	keys: [{ key: '1', reply: '=Thank you {{ $json.name }}' }],
};
const people = [
	{ name: 'Ann', phone: '(425) 555-0101', country: 'us' },
	{ name: 'Bob', phone: '+1 425 555 0102', country: ' US ' },
	{ name: 'Cy', phone: 4255550103, country: 'US' },
];

describe('The request to make a call', () => {
	it('sends what the API documents, for each item with its own values', async () => {
		const result = await run(makeCall(people, fromItem));

		expect(bed.simulator.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
			'POST /call',
			'POST /call',
			'POST /call',
		]);
		expect(bed.simulator.requests.map(({ body }) => body)).toEqual([
			{
				Phone: { Number: '+14255550101', CountryCode: 'US' },
				Message: 'Hello Ann, please press one',
				Dtmf: { '1': 'Thank you Ann' },
			},
			{
				Phone: { Number: '+14255550102', CountryCode: 'US' },
				Message: 'Hello Bob, please press one',
				Dtmf: { '1': 'Thank you Bob' },
			},
			{
				Phone: { Number: '+14255550103', CountryCode: 'US' },
				Message: 'Hello Cy, please press one',
				Dtmf: { '1': 'Thank you Cy' },
			},
		]);
		const callIds = bed.simulator.requests.map(({ callId }) => callId);
		expect(result.items.map(({ CallId }) => CallId)).toEqual(callIds);
		callIds.forEach((CallId, index) => result.item(index).is({ CallId }));
	});

	it.each([
		['basic', ' the-key\n', `Basic ${Buffer.from('the-key:').toString('base64')}`],
		['apiKey', '\tthe-key ', 'the-key'],
	])('sends the key by the scheme "%s", also when it was pasted with spaces', async (...given) => {
		const [authScheme, apiKey, authorization] = given;
		await run(makeCall(people[0], fromItem), {
			credentials: { voice2PhoneApi: { apiKey, authScheme } },
		});
		expect(bed.simulator.requests.map((request) => request.authorization)).toEqual([authorization]);
	});

	it('sends no Dtmf when there is no key to press', async () => {
		await run(makeCall(people[0], { ...fromItem, keys: [] }));
		expect(bed.simulator.requests[0].rawBody).toBe(
			'{"Phone":{"Number":"+14255550101","CountryCode":"US"},"Message":"Hello Ann, please press one"}',
		);
	});

	it('does not follow a redirect, which would carry the key elsewhere', async () => {
		bed.simulator.faults.next({ kind: 'status', statusCode: 307, location: '/elsewhere' });
		(await run(makeCall(people[0], fromItem))).failed(/whether the phone rang: status 307/);
		expect(bed.simulator.requests.map(({ path }) => path)).toEqual(['/call']);
	});
});

describe('The request for a status', () => {
	it('names the call in the path', async () => {
		await run([makeCall(people[0], fromItem), getStatus()]);
		const [{ callId }] = bed.simulator.acceptedCalls();
		const { path, method } = bed.simulator.requests[1];
		expect(`${method} ${path}`).toBe(`GET /call/${callId}`);
	});
});
