import type { INodeExecutionData } from 'n8n-workflow';
import type { Execution, SavedWorkflow } from '../../playground/n8nClient';
import type { FaultRate } from '../simulator';
import { faultRates, isAccountedFor, type Visible } from '../support/faults';
import {
	loopOverItems,
	node,
	noOp,
	voice2Phone,
	withBranch,
	type NodeSettings,
	type Step,
} from '../support/workflow';
import { useN8n } from './support';

const bed = useN8n();

const SEED = Number(process.env.FAULT_SEED ?? 1);
const CALLS = 80;
/** Items in a pass of the loop. */
const PASS = 20;
const RETRIES_FROM_LIST = 4;
/** Milliseconds after which a request that is not answered is given up. */
const TIMEOUT = 1000;

/** n8n's HTTP Request waits five minutes for the rest of a body that was cut off; that one is left out. */
const faults = faultRates.filter(({ fault }) => !('when' in fault && fault.when === 'midBody'));

/** Nobody is called by these, so a retry gets on to the end; an unknown outcome keeps a node in its place. */
const refusals: FaultRate[] = [
	{ fault: { kind: 'status', statusCode: 429, retryAfter: 0 }, rate: 0.1 },
	{ fault: { kind: 'status', statusCode: 402 }, rate: 0.03 },
];

const campaign = Array.from({ length: CALLS }, (_, number) => ({
	phone: '+14255550101',
	text: `Message ${number}`,
}));
const retryOnFail: NodeSettings = { retryOnFail: true, maxTries: 4 };

const call = (settings: NodeSettings) =>
	voice2Phone(
		{
			operation: 'makeCall',
			countryCode: 'US',
			phoneNumber: '={{ $json.phone }}',
			message: '={{ $json.text }}',
			options: { callsAtOnce: 8, callsPerSecond: 0, requestTimeout: TIMEOUT / 1000 },
		},
		settings,
	);
/** n8n's own HTTP Request, set up as the vendor's documentation says. */
const httpRequest = (settings: NodeSettings) =>
	node(
		'n8n-nodes-base.httpRequest',
		4.2,
		'HTTP Request',
		{
			method: 'POST',
			url: 'https://api.voice2phone.com/call',
			sendHeaders: true,
			headerParameters: {
				parameters: [{ name: 'Authorization', value: bed.simulator.apiKey }],
			},
			sendBody: true,
			specifyBody: 'json',
			jsonBody: '={{ { Phone: { Number: $json.phone, CountryCode: "US" }, Message: $json.text } }}',
			options: { timeout: TIMEOUT },
		},
		settings,
	);

/** Each with the faults that it meets and with the step that holds the node. */
const workflows: Array<
	[string, FaultRate[], (placeCalls: (settings: NodeSettings) => Step) => Step]
> = [
	[
		'Refusals, Stop Workflow, Retry On Fail',
		refusals,
		(placeCalls) => placeCalls({ ...retryOnFail, maxTries: 2 }),
	],
	['Stop Workflow, Retry On Fail', faults, (placeCalls) => placeCalls(retryOnFail)],
	[
		'Loop Over Items, Continue, Retry On Fail',
		faults,
		(placeCalls) =>
			loopOverItems([placeCalls({ ...retryOnFail, onError: 'continueRegularOutput' })], {
				batchSize: PASS,
			}),
	],
	[
		'Error output, Retry On Fail',
		faults,
		(placeCalls) =>
			withBranch(
				placeCalls({ ...retryOnFail, onError: 'continueErrorOutput' }),
				1,
				noOp({ name: 'On Error' }),
			),
	],
];

/** Runs the workflow and, as long as it fails, presses Retry in the executions list. */
async function runUnderFaults(
	workflow: SavedWorkflow,
	rates: FaultRate[],
	onEnd: (execution: Execution) => void = () => {},
): Promise<void> {
	bed.simulator.faults.seed(SEED, rates);
	let execution = await bed.runProduction(workflow, campaign);
	onEnd(execution);
	for (let retries = 0; execution.status === 'error' && retries < RETRIES_FROM_LIST; retries++) {
		execution = await bed.client.retry(execution.id);
		onEnd(execution);
	}
}

function visible({ data }: Execution): Visible {
	const { runData, error } = data.resultData;
	const items = (runData.Voice2Phone ?? []).flatMap((run) =>
		(run.data?.main ?? []).flatMap((output): INodeExecutionData[] => output ?? []),
	);
	return { items, error: `${error?.message}\n${error?.description}` };
}

interface Count {
	workflow: string;
	node: string;
	requests: number;
	faults: number;
	'calls accepted': number;
	'people called more than once': number;
	'calls too many': number;
}

const counts: Count[] = [];

function count(workflow: string, nodeName: string): void {
	const { requests, calls } = bed.simulator;
	const duplicates = bed.simulator.duplicates();
	counts.push({
		workflow,
		node: nodeName,
		requests: requests.length,
		faults: requests.filter(({ fault }) => fault).length,
		'calls accepted': calls.size,
		'people called more than once': duplicates.length,
		'calls too many': duplicates.reduce((sum, group) => sum + group.length - 1, 0),
	});
}

afterAll(() => {
	console.log(`Faults of seed ${SEED}, ${CALLS} items in each workflow:`);
	console.table(counts);
});

describe.each(workflows)('Under faults, %s', (name, rates, placedBy) => {
	it('the node calls nobody twice, and every call is accounted for', async () => {
		const workflow = await bed.saveSteps(name, placedBy(call));
		await runUnderFaults(workflow, rates, (execution) => {
			const seen = visible(execution);
			expect(
				bed.simulator.acceptedCalls().filter((each) => !isAccountedFor(each, seen, PASS)),
			).toEqual([]);
		});
		count(name, 'Voice2Phone');
		expect(bed.simulator.requests.filter(({ fault }) => fault).length).toBeGreaterThan(0);
		expect(bed.simulator.duplicates()).toEqual([]);
	});

	it('n8n’s HTTP Request is the comparison', async () => {
		const workflow = await bed.saveSteps(`${name} (HTTP Request)`, placedBy(httpRequest));
		await runUnderFaults(workflow, rates);
		count(name, 'HTTP Request');
		expect(bed.simulator.calls.size).toBeGreaterThan(0);
	});
});
