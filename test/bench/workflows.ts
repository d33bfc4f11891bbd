import type { INodeParameters } from 'n8n-workflow';
import type { Workflow } from '../../playground/n8nClient';
import { linear, node, noOp, voice2Phone, type Step } from '../support/workflow';

/** One way to do a thing in n8n. */
export interface Contender {
	name: string;
	workflow: Workflow;
}

const credentials = { voice2PhoneApi: { id: '', name: '' } };

/** The webhook that starts the workflow answers when it has ended. */
function contender(name: string, ...steps: Step[]): Contender {
	const trigger = node('n8n-nodes-base.webhook', 2.1, 'Webhook', {
		httpMethod: 'POST',
		path: webhookPath(name),
		responseMode: 'lastNode',
	});
	// Without it n8n puts the workflow's ID before the path.
	trigger.nodes[0].webhookId = webhookPath(name);
	return { name, workflow: { name, ...linear(trigger, ...steps) } };
}

/** The path of the webhook that starts a contender. */
export const webhookPath = (name: string) => name.toLowerCase().replaceAll(/\W+/g, '-');

const callPeople = (name: string, step: Step) =>
	contender(
		name,
		node('n8n-nodes-bench.peopleToCall', 1, 'People to Call', {
			count: '={{ $json.body.count }}',
		}),
		step,
		node('n8n-nodes-bench.countItems', 1, 'Count Items', {}),
	);

const MESSAGE = 'Hello {{ $json.name }}, your order is ready. Press 1 to confirm.';

/** How many calls our node and the bare client place at the same time. */
export const CALLS_AT_ONCE = 50;

/** What the simulator takes for a key. */
export const API_KEY = 'simulator-api-key';

/** Two ways to send the key with HTTP Request: n8n reads the credential for each item, or it stands in the node. */
const byCredential = {
	authentication: 'predefinedCredentialType',
	nodeCredentialType: 'voice2PhoneApi',
};
const byFixedHeader = {
	sendHeaders: true,
	headerParameters: {
		parameters: [
			{
				name: 'Authorization',
				value: `Basic ${Buffer.from(`${API_KEY}:`).toString('base64')}`,
			},
		],
	},
};

const httpRequest = (parameters: INodeParameters) =>
	node('n8n-nodes-base.httpRequest', 4.5, 'HTTP Request', parameters, {
		...('authentication' in parameters && { credentials }),
	});

const callByHttpRequest = (authentication: INodeParameters) =>
	httpRequest({
		...authentication,
		method: 'POST',
		url: 'https://api.voice2phone.com/call',
		sendBody: true,
		specifyBody: 'json',
		jsonBody: `={
			"Phone": { "Number": "{{ $json.phone }}", "CountryCode": "{{ $json.country }}" },
			"Message": "${MESSAGE}",
			"Dtmf": { "1": "Thank you" }
		}`,
		options: {},
	});

/** Calls by our node as fast as n8n can, with these options and fields besides. */
export const callsWith = (name: string, options: INodeParameters, fields: INodeParameters = {}) =>
	callPeople(
		name,
		voice2Phone(
			{
				operation: 'makeCall',
				testMode: 'testNumber',
				countryCode: '={{ $json.country }}',
				phoneNumber: '={{ $json.phone }}',
				message: `=${MESSAGE}`,
				dtmf: { entries: [{ key: '1', message: 'Thank you' }] },
				...fields,
				options: { callsAtOnce: CALLS_AT_ONCE, callsPerSecond: 0, maxCalls: 0, ...options },
			},
			{ credentials },
		),
	);

export const voice2PhoneCalls = callsWith('Voice2Phone', {});

/** The name under which n8n has another build of this package. */
export const OTHER_BUILD = 'n8n-nodes-voice2phone-other';

/** The same workflow with the node of another build. */
export function otherBuildOf({ name, workflow }: Contender): Contender {
	const path = webhookPath(`${name}, other build`);
	const nodes = workflow.nodes.map((each) => ({
		...each,
		type: each.type.replace(/^n8n-nodes-voice2phone\./, `${OTHER_BUILD}.`),
		...(each.webhookId && { webhookId: path, parameters: { ...each.parameters, path } }),
	}));
	return { name: `${name}, other build`, workflow: { ...workflow, nodes } };
}

/** The same calls with Call Only Once; the webhook's body says how many values the store gets before. */
export const onceCalls = (callsAtOnce: number): Contender =>
	contender(
		`Once, ${callsAtOnce} at once`,
		node('n8n-nodes-bench.rememberValues', 1, 'Remember Values', {
			values: '={{ $json.body.values }}',
		}),
		node('n8n-nodes-bench.peopleToCall', 1, 'People to Call', {
			count: "={{ $('Webhook').item.json.body.count }}",
		}),
		voice2Phone(
			{
				operation: 'makeCall',
				countryCode: 'US',
				phoneNumber: '={{ $json.phone }}',
				message: 'Hello',
				options: {
					oncePer: '={{ $execution.id }} {{ $json.name }}',
					rememberedBy: 'workflow',
					callsAtOnce,
					callsPerSecond: 0,
				},
			},
			{ credentials },
		),
		node('n8n-nodes-bench.countItems', 1, 'Count Items', {}),
	);

export const httpRequestCalls = callPeople('HTTP Request', callByHttpRequest(byCredential));

export const fixedHeaderCalls = callPeople(
	'HTTP Request, fixed header',
	callByHttpRequest(byFixedHeader),
);

const plainCalls = (name: string, atOnce: number) =>
	callPeople(
		name,
		node(
			'n8n-nodes-bench.plainCalls',
			1,
			'Plain Calls',
			{
				atOnce,
				number: '={{ $json.phone }}',
				countryCode: '={{ $json.country }}',
				message: `=${MESSAGE}`,
			},
			{ credentials },
		),
	);

export const callsItemByItem = plainCalls('Item by item', 1);

/** What n8n needs itself, whatever the node: for each call three expressions and a request. */
export const barestCalls = plainCalls('Barest node', CALLS_AT_ONCE);

/** What n8n itself does with the items: the cost of the workflow around the node that is measured. */
export const noCalls = callPeople('No calls', noOp());

const openCalls = node('n8n-nodes-base.splitOut', 1, 'Open Calls', {
	fieldToSplitOut: 'body.calls',
	options: {},
});

/** Seconds between two checks of a call. */
export const CHECK_EVERY_SECONDS = 5;

export const voice2PhoneWait = contender(
	'Voice2Phone waits',
	openCalls,
	voice2Phone(
		{
			operation: 'waitForResponse',
			callId: '={{ $json.CallId }}',
			options: {
				checkEvery: CHECK_EVERY_SECONDS,
				checksAtOnce: CALLS_AT_ONCE,
				checksPerSecond: 0,
			},
		},
		{ credentials },
	),
);

/** The loop that people build: wait, ask for the status of the open calls, and wait again for those still open. */
export const waitingLoop = loopUntilOver();

function loopUntilOver(): Contender {
	const { name, workflow } = contender(
		'Wait and HTTP Request',
		openCalls,
		node('n8n-nodes-base.wait', 1.1, 'Wait', { amount: CHECK_EVERY_SECONDS, unit: 'seconds' }),
		httpRequest({
			...byCredential,
			url: '=https://api.voice2phone.com/call/{{ $json.CallId }}',
			options: {},
		}),
		node('n8n-nodes-base.if', 2.3, 'Over?', {
			conditions: {
				options: { caseSensitive: true, typeValidation: 'loose', version: 3 },
				combinator: 'and',
				conditions: [
					{
						id: 'over',
						leftValue: '={{ $json.Status }}',
						rightValue: 2,
						operator: { type: 'number', operation: 'equals' },
					},
				],
			},
			options: {},
		}),
		noOp({ name: 'Over' }),
	);
	const stillOpen = [{ node: 'Wait', type: 'main' as const, index: 0 }];
	workflow.connections['Over?'].main.push(stillOpen);
	return { name, workflow };
}
