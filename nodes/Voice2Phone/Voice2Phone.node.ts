import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookDescription,
} from 'n8n-workflow';

import {
	nodeProperties,
	severalItemsAreCalled,
	subtitleExpression,
	whileNoRunCalls,
} from './actions/registry';
import { route } from './actions/router';
import { outputsExpression } from './core/outputs';

/**
 * n8n offers a node as human review between an AI agent and its tools when it has a webhook and the
 * operation sendAndWait. The node asks the API itself, so nothing ever calls this address.
 */
const reviewWebhooks: IWebhookDescription[] = [
	{
		name: 'default',
		httpMethod: 'GET',
		responseMode: 'onReceived',
		path: '={{ $nodeId }}',
		restartWebhook: true,
		isFullPath: true,
	},
];

export class Voice2Phone implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Voice2Phone',
		name: 'voice2Phone',
		icon: { light: 'file:voice2Phone.svg', dark: 'file:voice2Phone.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: subtitleExpression,
		description: 'Ring a phone, speak a message and go on by the key that was pressed',
		defaults: { name: 'Voice2Phone' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: outputsExpression,
		// n8n gives a node the credential of the first entry alone, and only while that is shown. From a node
		// that shows none, n8n removes the chosen one: the second keeps it for when the dry run is over.
		credentials: [
			{
				name: 'voice2PhoneApi',
				required: true,
				displayOptions: { hide: { testMode: ['dryRun'] } },
			},
			{
				name: 'voice2PhoneApi',
				required: false,
				displayOptions: whileNoRunCalls,
			},
		],
		webhooks: reviewWebhooks,
		hints: [
			{
				message:
					'Every input item is called: each call rings a phone and costs money. Test Mode decides whom a manual run calls.',
				type: 'info',
				location: 'outputPane',
				whenToDisplay: 'beforeExecution',
				displayCondition: severalItemsAreCalled,
			},
		],
		properties: nodeProperties(),
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await route(this);
	}
}
