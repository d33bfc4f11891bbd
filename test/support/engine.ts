import type { INodeType } from 'n8n-workflow';
import { loadAuthority, startSimulator, type Simulator } from '../simulator';
import type { time } from './time';
import { createWorkflowRunner, processedData, type WorkflowRunner } from './workflowRunner';

/**
 * A simulator and n8n's engine for the tests of a file; both are as new before each test.
 *
 * @param clock the one of `time.ts`, which people, node and n8n then share; default: the machine's
 * @param nodeTypes nodes of the test, by their types
 */
export function useEngine({
	clock,
	nodeTypes,
}: { clock?: typeof time; nodeTypes?: Record<string, INodeType> } = {}): {
	simulator: Simulator;
	engine: WorkflowRunner;
} {
	const bed = {} as { simulator: Simulator; engine: WorkflowRunner };
	beforeAll(async () => {
		const authority = await loadAuthority(process.env.VOICE2PHONE_AUTHORITY ?? '');
		bed.simulator = await startSimulator({ authority, clock: clock?.clock });
		bed.engine = await createWorkflowRunner({ simulator: bed.simulator, nodeTypes, time: clock });
	});
	beforeEach(() => {
		bed.simulator.reset();
		processedData.clear();
		bed.engine.executions.clear();
	});
	afterAll(async () => await bed.simulator.close());
	return bed;
}
