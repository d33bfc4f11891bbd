import { loadAuthority, startSimulator, type Simulator } from '../simulator';
import { createWorkflowRunner, processedData, type WorkflowRunner } from './workflowRunner';

/** A simulator and n8n's engine for the tests of a file; both are as new before each test. */
export function useEngine(): { simulator: Simulator; engine: WorkflowRunner } {
	const bed = {} as { simulator: Simulator; engine: WorkflowRunner };
	beforeAll(async () => {
		const authority = await loadAuthority(process.env.VOICE2PHONE_AUTHORITY ?? '');
		bed.simulator = await startSimulator({ authority });
		bed.engine = await createWorkflowRunner({ simulator: bed.simulator });
	});
	beforeEach(() => {
		bed.simulator.reset();
		processedData.clear();
	});
	afterAll(async () => await bed.simulator.close());
	return bed;
}
