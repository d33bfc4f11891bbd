/* What differs when an AI agent uses the node. The only file that looks at the type name of the node. */

/** In which of n8n's three places the node stands. */
export interface Role {
	name: 'workflow' | 'tool' | 'review';
	/** True: a failed item becomes an error item, whatever the node's settings say. */
	alwaysContinues: boolean;
	/** Whether there is an output for each key. Only the first output reaches an agent. */
	canSplitByKey: boolean;
	/** Whether n8n may keep the wait. A tool has to answer its agent itself. */
	canSuspend: boolean;
	/** Whether errors say in their message what to do. n8n tells an agent nothing else. */
	advisesInMessage: boolean;
	/** What becomes of the same call a second time, when the user did not choose. */
	usualSameCall: 'dial' | 'returnFirst';
	/** Whether an earlier call may answer for a new one. An approval counts once. */
	canReturnFirstCall: boolean;
	/** True: each try is a run of its own, so only the same request tells that there was one before. */
	retriesAsNewRun: boolean;
	/** True: the text is the agent's, so it is made for ears, and comes out as it was spoken. */
	speaksForAgent: boolean;
	/** The fields that come out; all when undefined. A model pays for each word that it reads. */
	outputFields: ReadonlySet<string> | undefined;
}

const FIELDS_FOR_AGENT = new Set([
	'outcome',
	'pressedKey',
	'pressedLabel',
	'CallId',
	'notCalledBecause',
	'callableFrom',
	'optedOut',
	'spokenMessage',
	'wouldCall',
	'dryRun',
]);

const ROLES: Record<Role['name'], Role> = {
	workflow: {
		name: 'workflow',
		alwaysContinues: false,
		canSplitByKey: true,
		canSuspend: true,
		advisesInMessage: false,
		usualSameCall: 'dial',
		canReturnFirstCall: true,
		retriesAsNewRun: false,
		speaksForAgent: false,
		outputFields: undefined,
	},
	tool: {
		name: 'tool',
		alwaysContinues: false,
		canSplitByKey: false,
		canSuspend: false,
		advisesInMessage: true,
		// An agent that meets a fault asks again, in a new run of the node that knows nothing of the one before.
		usualSameCall: 'returnFirst',
		canReturnFirstCall: true,
		retriesAsNewRun: true,
		speaksForAgent: true,
		outputFields: FIELDS_FOR_AGENT,
	},
	review: {
		name: 'review',
		// n8n tells the agent of an error that the person refused.
		alwaysContinues: true,
		canSplitByKey: false,
		canSuspend: false,
		advisesInMessage: true,
		usualSameCall: 'dial',
		canReturnFirstCall: false,
		retriesAsNewRun: true,
		speaksForAgent: true,
		outputFields: undefined,
	},
};

/** n8n makes two more types of a node that agents can use, with these endings. */
export function roleOf({ type }: { type: string }): Role {
	if (type.endsWith('HitlTool')) return ROLES.review;
	return type.endsWith('Tool') ? ROLES.tool : ROLES.workflow;
}
