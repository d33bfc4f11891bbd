/* The inner executions that keep a wait: their workflow, and how one is started. */
import type { IExecuteFunctions, INode, INodeParameters, IWorkflowBase } from 'n8n-workflow';

import type { WaitRole } from '../../core/waiting/durableWait';
import { item, type WaitState } from './state';

/** The node that every inner execution begins with. */
export const START = 'Start';

/**
 * Starts an inner execution, which suspends itself. When it ends, a watcher resumes the execution that sent
 * it; a supervisor the one that waits, whoever sent it; a standby nobody.
 *
 * @returns its ID
 */
export async function startInner(
	context: IExecuteFunctions,
	role: WaitRole,
	state: WaitState,
): Promise<string> {
	const { executionId } = await context.executeWorkflow(
		{ code: innerWorkflow(context, role, state) },
		[item(state)],
		undefined,
		{
			parentExecution: {
				executionId: role === 'watcher' ? context.getExecutionId() : state.parent.executionId,
				workflowId: context.getWorkflow().id as string,
				shouldResume: role !== 'standby',
			},
		},
	);
	return executionId;
}

/**
 * Start → Check Calls → Deliver Responses, with a way back from Check Calls to itself. Nothing of it is
 * stored when it has ended well or badly: what it came to is in the execution that waits.
 */
function innerWorkflow(
	context: IExecuteFunctions,
	role: WaitRole,
	{ splitsByKey }: WaitState,
): IWorkflowBase {
	const { type, typeVersion, credentials, parameters } = context.getNode();
	const start: INode = {
		id: 'start',
		name: START,
		type: 'n8n-nodes-base.executeWorkflowTrigger',
		typeVersion: 1.1,
		position: [0, 0],
		parameters: { inputSource: 'passthrough' },
	};
	const check: INode = {
		id: 'check',
		name: 'Check Calls',
		type,
		typeVersion,
		position: [200, 0],
		// A reference: the key itself stays where n8n keeps it.
		credentials,
		// So that a watcher that died does not end its supervisor.
		onError: 'continueRegularOutput',
		parameters: {
			resource: 'call',
			operation: 'waitForResponse',
			callId: 'in the item',
			splitByKey: splitsByKey,
			options: requestSettings(parameters.options as INodeParameters | undefined),
			waitStep: role,
		},
	};
	const end: INode =
		role !== 'supervisor'
			? {
					...start,
					id: 'end',
					name: 'Back',
					type: 'n8n-nodes-base.noOp',
					typeVersion: 1,
					parameters: {},
				}
			: {
					...check,
					id: 'deliver',
					name: 'Deliver Responses',
					onError: 'stopWorkflow',
					parameters: { ...check.parameters, waitStep: 'deliver' },
				};
	end.position = [400, 0];
	const to = (node: INode) => [{ node: node.name, type: 'main' as const, index: 0 }];
	return {
		id: context.getWorkflow().id as string,
		name: 'Voice2Phone: waiting for responses',
		active: false,
		isArchived: false,
		activeVersionId: null,
		createdAt: new Date(),
		updatedAt: new Date(),
		nodes: [start, check, end],
		connections: {
			[start.name]: { main: [to(check)] },
			[check.name]: { main: [to(check), to(end)] },
		},
		settings: {
			executionOrder: 'v1',
			// The longest wait is the node's own, and it ends the inner executions too.
			executionTimeout: -1,
			callerPolicy: 'any',
			saveDataErrorExecution: 'none',
			saveDataSuccessExecution: 'none',
			saveExecutionProgress: false,
		},
	};
}

/** The options that say how to ask, without those that only the node that waits may have. */
function requestSettings(options: INodeParameters = {}): INodeParameters {
	const { technical } = options;
	return technical ? { technical } : {};
}
