import { startChild } from './childProcess';
import type { BareClientProgram } from './bareClient';
import { Budget, duration, kilobytes, megabytes, progress, ratio, spread, table } from './report';
import type { Measurement, Workbench } from './workbench';
import {
	batchedCalls,
	CALLS_AT_ONCE,
	callsItemByItem,
	httpRequestCalls,
	voice2PhoneCalls,
	type Contender,
} from './workflows';

const LATENCY_MS = 50;
/** A contender that is known to take longer than this is run once, not in each round. */
const LONG_MS = 30_000;

type Result = Pick<Measurement, 'wallMs' | 'cpuMs'> & Partial<Pick<Measurement, 'peakBytes'>>;

interface Size {
	items: number;
	rounds: number;
	budgetSeconds: number;
	contenders: Contender[];
	/** Whether n8n is started anew before each execution, so that its memory is that of this one. */
	freshProcess: boolean;
}

const all = [voice2PhoneCalls, httpRequestCalls, batchedCalls, callsItemByItem];
const inParallel = [voice2PhoneCalls, httpRequestCalls, batchedCalls];

const SIZES: Size[] = [
	{ items: 1, rounds: 9, budgetSeconds: 30, contenders: all, freshProcess: false },
	{ items: 100, rounds: 3, budgetSeconds: 60, contenders: all, freshProcess: false },
	{ items: 1000, rounds: 3, budgetSeconds: 150, contenders: all, freshProcess: false },
	// Item by item would take five minutes, and would not say more than with 1,000 items.
	{ items: 5000, rounds: 1, budgetSeconds: 150, contenders: inParallel, freshProcess: true },
];

const QUICK_SIZES: Size[] = [
	{ items: 100, rounds: 1, budgetSeconds: 60, contenders: all, freshProcess: false },
];

/** Make Call against what people use instead: the same people, the same simulator, whole executions. */
export async function benchMakeCall(bench: Workbench, quick: boolean): Promise<string> {
	const client = await startChild<BareClientProgram>('bareClient.ts');
	const bareCalls = async (items: number): Promise<Result> => {
		await bench.simulator.call('reset', LATENCY_MS);
		return await client.call('makeCalls', items, CALLS_AT_ONCE, bench.address);
	};
	for (const contender of all) await bench.makeCalls(contender, 10, 0);
	await bareCalls(10);

	const tables: string[] = [];
	for (const size of quick ? QUICK_SIZES : SIZES) {
		const { items, rounds, contenders, freshProcess } = size;
		const budget = new Budget(size.budgetSeconds);
		const runs: Array<{ name: string; run: () => Promise<Result> }> = [
			...contenders.map((contender) => ({
				name: contender.name,
				run: async () => {
					if (freshProcess) {
						await bench.restart();
						await bench.makeCalls(contender, 10, 0);
					}
					return await bench.makeCalls(contender, items, LATENCY_MS);
				},
			})),
			{ name: 'Bare client', run: async () => await bareCalls(items) },
		];
		const results = new Map<string, Result[]>(runs.map(({ name }) => [name, []]));
		for (let round = 0; round < rounds; round++) {
			// Each other round goes the other way, so that nobody always comes after the same one.
			for (const { name, run } of round % 2 === 0 ? runs : [...runs].reverse()) {
				const before = results.get(name)!;
				const expectedMs = before.at(0)?.wallMs ?? 0;
				if (round > 0 && (expectedMs > LONG_MS || !budget.allows(expectedMs))) continue;
				const result = await run();
				before.push(result);
				progress(`Make Call, ${items}: ${name} ${duration(result.wallMs)}`);
			}
		}
		tables.push(tableOf(items, results));
	}
	await client.stop();
	return tables.join('\n\n');
}

function tableOf(items: number, results: Map<string, Result[]>): string {
	const ours = results.get(voice2PhoneCalls.name)!;
	const wall = (each: Result[]) => each.map(({ wallMs }) => wallMs);
	const cpuPerCall = (each: Result[]) => each.map(({ cpuMs }) => cpuMs / items);
	const bytes = (each: Result[]) => each.flatMap(({ peakBytes }) => peakBytes ?? []);
	const rows = [...results].map(([name, each]) => [
		name,
		spread(wall(each), duration),
		ratio(wall(each), wall(ours)),
		spread(cpuPerCall(each), (ms) => `${ms.toFixed(2)} ms`),
		ratio(cpuPerCall(each), cpuPerCall(ours)),
		bytes(each).length > 0 ? spread(bytes(each), megabytes) : '',
		bytes(each).length > 0
			? spread(
					bytes(each).map((sum) => sum / items),
					kilobytes,
				)
			: '',
	]);
	const theoryMs = Math.ceil(items / CALLS_AT_ONCE) * LATENCY_MS;
	rows.push(['Latency alone', duration(theoryMs), ratio([theoryMs], wall(ours)), '', '', '', '']);
	return `### ${items.toLocaleString('en')} ${items === 1 ? 'item' : 'items'}\n\n${table(
		['', 'Time', 'to ours', 'CPU per call', 'to ours', 'Memory', 'per item'],
		rows,
	)}`;
}
