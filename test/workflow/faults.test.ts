import { useEngine } from '../support/engine';
import { faultRates, isAccountedFor, type Visible } from '../support/faults';
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

function visible(result: WorkflowResult): Visible {
	const runs = result.runs('Voice2Phone');
	return {
		items: runs.flatMap(({ data }) => (data?.main ?? []).flatMap((output) => output ?? [])),
		error: `${result.error?.message ?? ''}\n${result.error?.description ?? ''}`,
	};
}

const counts: Record<string, number> = {};
const count = (what: string, by: number) => (counts[what] = (counts[what] ?? 0) + by);

afterAll(() => console.log('Under faults:', counts));

describe.each(SEEDS)('Under faults of seed %i', (seed) => {
	it.each(workflows)(
		'nobody is called twice and every call is accounted for: %s',
		async (...given) => {
			const [, workflow] = given;
			bed.simulator.faults.seed(seed, faultRates);
			let result = await bed.engine.run(workflow, { mode: 'webhook' });
			for (let retries = 0; result.status === 'error' && retries < 4; retries++) {
				const seen = visible(result);
				expect(
					bed.simulator.acceptedCalls().filter((call) => !isAccountedFor(call, seen, PASS)),
				).toEqual([]);
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
			expect(
				bed.simulator.acceptedCalls().filter((call) => !isAccountedFor(call, seen, PASS)),
			).toEqual([]);
		},
	);
});
