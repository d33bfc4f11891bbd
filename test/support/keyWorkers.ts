/* Processes of n8n that take keys of Call Only Once at one store. */
import type { IExecuteFunctions } from 'n8n-workflow';
import type * as n8nWorkflow from 'n8n-workflow';
import type * as calledKeys from '../../nodes/Voice2Phone/guards/calledKeys';
import type { KeyState } from '../../nodes/Voice2Phone/core/calls/keyMarks';
import { helpersAt, type ProcessedData } from './processedData';

// Each worker loads the node anew, but not n8n.
const mockN8n = (): typeof n8nWorkflow =>
	(n8n ??= {
		...jest.requireActual<typeof n8nWorkflow>('n8n-workflow'),
		sleep: async (ms: number) => {
			slept.push(ms);
			await new Promise(setImmediate);
		},
	});
let n8n: typeof n8nWorkflow | undefined;
jest.mock('n8n-workflow', () => mockN8n());

/** For how long the workers would have slept, in milliseconds; a test takes no such time. */
export const slept: number[] = [];

export const SECOND = 1000;
const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const START = Date.UTC(2026, 10, 25, 12);

type CalledKey = calledKeys.CalledKey;
type Key = ConstructorParameters<typeof calledKeys.CalledKey>[1];

/** An n8n process: what it keeps in its memory ends with it. */
export class Worker {
	private readonly module: typeof calledKeys;

	constructor(
		readonly store: ProcessedData,
		private readonly node = { id: 'node', name: 'Voice2Phone' },
	) {
		let loaded: unknown;
		jest.isolateModules(() => {
			loaded = jest.requireActual('../../nodes/Voice2Phone/guards/calledKeys');
		});
		this.module = loaded as typeof calledKeys;
	}

	key(text: string, now: number, changes: Partial<Key> = {}): CalledKey {
		const workflow = { id: 'workflow' };
		const where = { workflow, node: this.node } as never;
		const context = {
			getNode: () => this.node,
			getWorkflow: () => workflow,
			helpers: helpersAt(this.store, where),
		} as unknown as IExecuteFunctions;
		const key = { text, isTest: false, scope: 'node' as const, rememberMs: 30 * DAY, ...changes };
		return new this.module.CalledKey(context, key, now);
	}
}

export const take = async (key: CalledKey, evenIfUnknown = false) =>
	await key.take({ evenIfUnknown });

/** Takes the key, and settles it when it was taken. */
export async function call(
	key: CalledKey,
	outcome: 'accepted' | 'rejected' | 'unknown' = 'accepted',
	evenIfUnknown = false,
): Promise<KeyState> {
	const state = await take(key, evenIfUnknown);
	if (state === 'free' || (state === 'unknown' && evenIfUnknown)) await key.settle(outcome);
	return state;
}
