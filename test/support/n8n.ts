/** What n8n holds of executions that wait, and what it may lose. */
import { bed } from './bed';
import type { Run } from './run';

/** What an inner execution of a wait that survives restarts does. */
export type Role = 'supervisor' | 'watcher' | 'standby';

export const n8n = {
	/** What the inner executions do that are in this state, in the order of the alphabet. */
	inner(status: 'waiting' | 'running' | 'crashed' = 'waiting'): Role[] {
		return innerExecutions()
			.filter((each) => each.status === status)
			.map(({ role }) => role)
			.sort();
	},

	/** Is killed and started again: what runs is lost, what waits is not, and the package is loaded anew. */
	async isKilled(): Promise<void> {
		bed.engine.executions.kill();
		await jest.isolateModulesAsync(async () => await bed.engine.reload());
	},

	/** Loses an inner execution that waits, as if its process had died in a moment in which it ran. */
	loses(role: Role): void {
		bed.engine.executions.lose(idOf(role));
	},

	/** Loses it with a worker of queue mode, and notices that. */
	async losesWorkerOf(role: Role): Promise<void> {
		const message = 'job stalled more than maxStalledCount';
		await bed.engine.executions.killWorkerOf(idOf(role), message);
	},

	/** Has marked the execution as crashed for a moment, as it does after its start. */
	beginsToRepair({ id }: Run): { ends(): void } {
		bed.engine.executions.setStatus(id, 'crashed');
		return { ends: () => bed.engine.executions.setStatus(id, 'waiting') };
	},

	/** Stops an execution that waits, as the button in the list does. */
	stops({ id }: Run): void {
		bed.engine.executions.stop(id);
	},

	/** Cannot begin inner executions while the task runs. */
	async isBusy(fault: Error, task: () => Promise<void>): Promise<void> {
		const { executions } = bed.engine;
		const begin = executions.start.bind(executions);
		const spy = jest.spyOn(executions, 'start').mockImplementation((execution, data) => {
			if (execution.mode === 'integrated') throw fault;
			return begin(execution, data);
		});
		try {
			await task();
		} finally {
			spy.mockRestore();
		}
	},

	/** How many executions it has, the inner ones too. */
	get executionCount(): number {
		return bed.engine.executions.list().length;
	},

	/** All that it has stored of executions. */
	async stored(): Promise<string[]> {
		const { executions } = bed.engine;
		return await Promise.all(
			executions.list().map(async ({ id }) => JSON.stringify(await executions.dataOf(id))),
		);
	},
};

function innerExecutions() {
	return bed.engine.executions
		.list()
		.filter(({ mode }) => mode === 'integrated')
		.map(({ id, status, workflow }) => {
			const check = workflow.nodes.find(({ name }) => name === 'Check Calls');
			return { id, status, role: check?.parameters.waitStep as Role };
		});
}

function idOf(role: Role): string {
	const found = innerExecutions().find((each) => each.status === 'waiting' && each.role === role);
	if (!found) throw new Error(`n8n holds no ${role} that waits.`);
	return found.id;
}
