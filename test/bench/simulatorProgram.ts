import { startSimulator, type Simulator } from '../simulator';
import { serve } from './childProcess';
import { API_KEY } from './workflows';

/** What the simulator saw since it was reset. */
export interface Tally {
	acceptedCalls: number;
	/** People who were called more than once. */
	calledTwice: number;
	/** Requests for the status of a call. */
	statusRequests: number;
	mostInFlight: number;
	/** For each call that is over and whose end was read: milliseconds from its end to the request that read it. */
	detectionDelaysMs: number[];
	/** CPU time of the simulator in milliseconds. */
	cpuMs: number;
}

export type SimulatorProgram = ReturnType<typeof functionsOf>;

function functionsOf(simulator: Simulator) {
	let cpuBefore = process.cpuUsage();
	return {
		address() {
			const { environment, apiKey, url, proxyUrl, caFile } = simulator;
			return { environment, apiKey, url, proxyUrl, caFile };
		},
		reset(latencyMs: number) {
			simulator.reset();
			simulator.latencyMs = latencyMs;
			cpuBefore = process.cpuUsage();
		},
		tally(): Tally {
			const { user, system } = process.cpuUsage(cpuBefore);
			const { requests, calls } = simulator;
			return {
				acceptedCalls: calls.size,
				calledTwice: simulator.duplicates().length,
				statusRequests: requests.filter(({ method }) => method === 'GET').length,
				mostInFlight: Math.max(0, ...requests.map(({ inFlight }) => inFlight)),
				detectionDelaysMs: detectionDelays(simulator),
				cpuMs: (user + system) / 1000,
			};
		},
	};
}

function detectionDelays({ requests, calls }: Simulator): number[] {
	const delays = new Map<string, number>();
	for (const { method, path, receivedAt } of requests) {
		const callId = path.replace('/call/', '');
		const finishedAt = calls.get(callId)?.finishedAt;
		if (method !== 'GET' || finishedAt === undefined || receivedAt < finishedAt) continue;
		if (!delays.has(callId)) delays.set(callId, receivedAt - finishedAt);
	}
	return [...delays.values()];
}

void startSimulator({ apiKey: API_KEY }).then((simulator) =>
	serve(functionsOf(simulator), () => simulator.close()),
);
