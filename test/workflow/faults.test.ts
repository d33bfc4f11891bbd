import type { INodeExecutionData } from 'n8n-workflow';
import type { FaultRate, SimulatedCall } from '../simulator';
import { useEngine } from '../support/engine';
import {
	items,
	linear,
	loopOverItems,
	manualTrigger,
	voice2Phone,
	withBranch,
	noOp,
	type NodeSettings,
	type WorkflowJson,
} from '../support/workflow';
import type { WorkflowResult } from '../support/workflowRunner';

const bed = useEngine();

const CALLS_PER_RUN = 120;
/** Items in a pass of the loop. */
const PASS = 40;
/** `FAULT_SEEDS=7 npx jest faults` runs a seed again that failed, `FAULT_SEEDS=1-20` runs many. */
const [first, last = first] = (process.env.FAULT_SEEDS ?? '1-2').split('-').map(Number);
const SEEDS = Array.from({ length: last - first + 1 }, (_, index) => first + index);

const FAULTS: FaultRate[] = [
	{ fault: { kind: 'status', statusCode: 429, retryAfter: 0 }, rate: 0.04 },
	{ fault: { kind: 'status', statusCode: 402 }, rate: 0.02 },
	{ fault: { kind: 'status', statusCode: 500 }, rate: 0.02 },
	{ fault: { kind: 'status', statusCode: 502, accept: true }, rate: 0.02 },
	{ fault: { kind: 'status', statusCode: 503 }, rate: 0.02 },
	{ fault: { kind: 'status', statusCode: 504, accept: true }, rate: 0.02 },
	{ fault: { kind: 'cut', when: 'beforeProcessing' }, rate: 0.02 },
	{ fault: { kind: 'cut', when: 'afterProcessing' }, rate: 0.02 },
	{ fault: { kind: 'cut', when: 'midBody' }, rate: 0.02 },
	{ fault: { kind: 'timeout', when: 'afterProcessing' }, rate: 0.01 },
	{ fault: { kind: 'delay', milliseconds: 100 }, rate: 0.02 },
	{ fault: { kind: 'malformedBody' }, rate: 0.02 },
	{ fault: { kind: 'truncatedBody' }, rate: 0.01 },
	{ fault: { kind: 'noCallId' }, rate: 0.02 },
];

const campaign = items(
	Array.from({ length: CALLS_PER_RUN }, (_, number) => ({
		phone: '425 555 0101',
		text: `Message ${number}`,
	})),
);
const call = (settings: NodeSettings) =>
	voice2Phone(
		{
			operation: 'makeCall',
			countryCode: 'US',
			phoneNumber: '={{ $json.phone }}',
			message: '={{ $json.text }}',
			options: { callsAtOnce: 8, callsPerSecond: 0, requestTimeout: 1 },
		},
		settings,
	);

const retryOnFail = { retryOnFail: true, maxTries: 4 };
const workflows: Array<[string, WorkflowJson]> = [
	['Stop Workflow', linear(manualTrigger(), campaign, call({}))],
	['Stop Workflow, Retry On Fail', linear(manualTrigger(), campaign, call(retryOnFail))],
	[
		'Continue, Retry On Fail',
		linear(manualTrigger(), campaign, call({ ...retryOnFail, onError: 'continueRegularOutput' })),
	],
	[
		'Continue With Error Output',
		linear(
			manualTrigger(),
			campaign,
			withBranch(call({ onError: 'continueErrorOutput' }), 1, noOp({ name: 'On Error' })),
		),
	],
	[
		'Loop Over Items, Continue, Retry On Fail',
		linear(
			manualTrigger(),
			campaign,
			loopOverItems([call({ ...retryOnFail, onError: 'continueRegularOutput' })], {
				batchSize: PASS,
			}),
		),
	],
];

/** All that a user can see of what an execution did. */
function visible(result: WorkflowResult): { items: INodeExecutionData[]; error: string } {
	const runs = result.runs('Voice2Phone');
	return {
		items: runs.flatMap(({ data }) => (data?.main ?? []).flatMap((output) => output ?? [])),
		error: `${result.error?.message ?? ''}\n${result.error?.description ?? ''}`,
	};
}

/**
 * Whether the user learns of a call: by its ID, or by the word that its item's call may have been placed.
 * A long list in an error ends with "and N more", which Retry in the executions list gives out.
 */
function isAccountedFor(call: SimulatedCall, { items: output, error }: ReturnType<typeof visible>) {
	const number = Number(call.message.replace('Message ', ''));
	const perPass = [number, number % PASS];
	const texts = output.map(({ json }) => JSON.stringify(json));
	const unknownItems =
		/Not known whether the call was placed: item ([\d, ]+)/.exec(error)?.[1] ?? '';
	return (
		error.includes(call.callId) ||
		/item \d+: [-\da-f]+, and \d+ more/.test(error) ||
		unknownItems.split(', ').includes(String(number)) ||
		texts.some(
			(text) =>
				text.includes(call.callId) ||
				perPass.some(
					(item) => /may have been placed/.test(text) && new RegExp(`item ${item}\\b`).test(text),
				),
		)
	);
}

const counts: Record<string, number> = {};
const count = (what: string, by: number) => (counts[what] = (counts[what] ?? 0) + by);

afterAll(() => console.log('Under faults:', counts));

describe.each(SEEDS)('Under faults of seed %i', (seed) => {
	it.each(workflows)(
		'nobody is called twice and every call is accounted for: %s',
		async (...given) => {
			const [, workflow] = given;
			bed.simulator.faults.seed(seed, FAULTS);
			let result = await bed.engine.run(workflow, { mode: 'webhook' });
			for (let retries = 0; result.status === 'error' && retries < 4; retries++) {
				const seen = visible(result);
				expect(bed.simulator.acceptedCalls().filter((call) => !isAccountedFor(call, seen))).toEqual(
					[],
				);
				result = await bed.engine.retry(result);
			}
			for (const { fault } of bed.simulator.requests) {
				if (fault)
					count(`${fault.kind} ${'statusCode' in fault ? fault.statusCode : ''}`.trim(), 1);
			}
			count('requests', bed.simulator.requests.length);
			count('calls accepted', bed.simulator.calls.size);
			expect(bed.simulator.duplicates()).toEqual([]);
			const seen = visible(result);
			expect(bed.simulator.acceptedCalls().filter((call) => !isAccountedFor(call, seen))).toEqual(
				[],
			);
		},
	);
});
