import type { INodeParameters } from 'n8n-workflow';
import { useEngine } from '../support/engine';
import {
	items,
	linear,
	loopOverItems,
	manualTrigger,
	noOp,
	voice2Phone,
	type NodeSettings,
} from '../support/workflow';

const bed = useEngine();

const call = (options: INodeParameters, settings: NodeSettings = {}) =>
	voice2Phone(
		{
			operation: 'makeCall',
			countryCode: 'US',
			phoneNumber: '={{ $json.phone }}',
			message: '={{ $json.text }}',
			options,
		},
		settings,
	);
const twice = (text = 'Hello') => [
	{ phone: '425 555 0101', text: 'Hello' },
	{ phone: '+1 425 555 0101', text },
];

describe('Allowed Numbers', () => {
	it('keep every other number from being called, before anything is sent', async () => {
		const { error } = await bed.engine.run(
			linear(
				manualTrigger(),
				items([...twice(), { phone: '425 555 0102', text: 'Hello' }]),
				call({ allowedNumbers: '+1 425 555 0101' }),
			),
		);
		expect(error?.message).toMatch(/Item 2: Phone Number \+14255550102 is not among the Allowed/);
		expect(bed.simulator.requests).toEqual([]);
	});

	it('let the listed numbers be called', async () => {
		await bed.engine.run(
			linear(manualTrigger(), items(twice()), call({ allowedNumbers: '+1425555*' })),
		);
		expect(bed.simulator.acceptedCalls()).toHaveLength(2);
	});
});

describe('Same Call Again', () => {
	it('is another call by default', async () => {
		await bed.engine.run(linear(manualTrigger(), items(twice()), call({})));
		expect(bed.simulator.acceptedCalls()).toHaveLength(2);
	});

	it.each([1, 2])('gives the first call out again, in passes of %i', async (batchSize) => {
		const result = await bed.engine.run(
			linear(
				manualTrigger(),
				items(twice()),
				loopOverItems([call({ onSameCall: 'returnFirst' })], { batchSize }),
				noOp(),
			),
		);
		const [{ callId }] = bed.simulator.acceptedCalls();
		expect(bed.simulator.requests).toHaveLength(1);
		expect(result.output('No Operation').map(({ json }) => json.CallId)).toEqual([callId, callId]);
	});

	it.each([1, 2])('is refused with the ID of the first, in passes of %i', async (batchSize) => {
		const { error } = await bed.engine.run(
			linear(
				manualTrigger(),
				items(twice()),
				loopOverItems([call({ onSameCall: 'refuse' })], { batchSize }),
			),
		);
		const [{ callId }] = bed.simulator.acceptedCalls();
		expect(error?.message).toContain(`was placed before in this execution, CallId ${callId}`);
		expect(bed.simulator.requests).toHaveLength(1);
	});

	it('is none when n8n tries again: the call of the first try comes out', async () => {
		const two = [...twice('Hi'), { phone: '425 555 0103', text: 'Hello' }];
		bed.simulator.faults.next({ kind: 'status', statusCode: 402 }, { match: '+14255550103' });
		const result = await bed.engine.run(
			linear(
				manualTrigger(),
				items(two),
				call({ onSameCall: 'refuse', callsAtOnce: 1 }, { retryOnFail: true, maxTries: 2 }),
			),
		);
		expect(result.output('Voice2Phone').map(({ json }) => json.CallId)).toEqual(
			bed.simulator.acceptedCalls().map(({ callId }) => callId),
		);
	});

	it('is none when the message is another', async () => {
		await bed.engine.run(
			linear(manualTrigger(), items(twice('Hi')), call({ onSameCall: 'refuse' })),
		);
		expect(bed.simulator.acceptedCalls()).toHaveLength(2);
	});
});
