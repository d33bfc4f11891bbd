import { startChild } from './childProcess';
import type { BareClientProgram } from './bareClient';
import {
	Budget,
	duration,
	kilobytes,
	median,
	megabytes,
	progress,
	ratio,
	spread,
	table,
} from './report';
import type { CaseOptions, Measurement } from './workbench';
import {
	barestCalls,
	CALLS_AT_ONCE,
	callsItemByItem,
	fixedHeaderCalls,
	httpRequestCalls,
	otherBuildOf,
	voice2PhoneCalls,
} from './workflows';

const LATENCY_MS = 50;

type Result = Pick<Measurement, 'wallMs' | 'cpuMs'> &
	Partial<Pick<Measurement, 'peakBytes' | 'stallCpuMs'>>;

interface Competitor {
	name: string;
	/** With more items it would take too long. */
	mostItems: number;
	makeCalls(items: number, freshProcess: boolean): Promise<Result>;
}

interface Size {
	items: number;
	rounds: number;
	/** The share of the case's time. */
	share: number;
	/** Whether n8n is started anew before each execution, so that its memory is that of this one. */
	freshProcess: boolean;
}

const SIZES: Size[] = [
	{ items: 1, rounds: 9, share: 0.05, freshProcess: false },
	{ items: 100, rounds: 5, share: 0.15, freshProcess: false },
	{ items: 1000, rounds: 5, share: 0.45, freshProcess: false },
	{ items: 5000, rounds: 3, share: 0.35, freshProcess: true },
];

const QUICK_SIZES: Size[] = [{ items: 100, rounds: 1, share: 1, freshProcess: false }];

function sizesOf({ quick, items }: CaseOptions): Size[] {
	if (quick) return QUICK_SIZES;
	if (!items) return SIZES;
	const known = SIZES.find((size) => size.items === items);
	return [{ rounds: 3, freshProcess: items >= 5000, ...known, items, share: 1 }];
}

/** Make Call against what people use instead: the same people, the same simulator, whole executions. */
export async function benchMakeCall(options: CaseOptions): Promise<string> {
	const { bench, seconds, turns, against } = options;
	const client = await startChild<BareClientProgram>('bareClient.ts');
	const competitors = [
		...[
			voice2PhoneCalls,
			...(against ? [otherBuildOf(voice2PhoneCalls)] : []),
			httpRequestCalls,
			fixedHeaderCalls,
			callsItemByItem,
			barestCalls,
		].map((contender): Competitor => ({
			name: contender.name,
			mostItems: [callsItemByItem, barestCalls].includes(contender) ? 1000 : Infinity,
			async makeCalls(items, freshProcess) {
				if (freshProcess) {
					await bench.restart();
					await bench.makeCalls(contender, 10, 0);
				}
				return await bench.makeCalls(contender, items, LATENCY_MS);
			},
		})),
		{
			name: 'Bare client',
			mostItems: 1000,
			async makeCalls(items: number) {
				await bench.simulator.call('reset', LATENCY_MS);
				return await client.call('makeCalls', items, CALLS_AT_ONCE, bench.address);
			},
		},
	];
	// The first requests of a process load code.
	for (const { makeCalls } of competitors) await makeCalls(10, false);

	const msPerItem = new Map<string, number>();
	const tables: string[] = [];
	for (const { items, rounds, share, freshProcess } of sizesOf(options)) {
		const budget = new Budget(seconds * share);
		const results = new Map<string, Result[]>(competitors.map(({ name }) => [name, []]));
		const failed = new Set<string>();
		for (let round = 0; round < (turns ?? rounds); round++) {
			// Each other round goes the other way, so that nobody always comes after the same one.
			for (const competitor of round % 2 === 0 ? competitors : [...competitors].reverse()) {
				const { name, mostItems } = competitor;
				if (items > mostItems) continue;
				const expectedMs = (msPerItem.get(name) ?? 0) * items;
				const isFirst = round === 0 && expectedMs === 0;
				if (!isFirst && !budget.allows(expectedMs)) continue;
				let result: Result;
				try {
					result = await competitor.makeCalls(items, freshProcess);
				} catch (error) {
					// With many items others come to their end. This node must not.
					if (name === voice2PhoneCalls.name) throw error;
					failed.add(name);
					progress(`Make Call, ${items}: ${(error as Error).message}`);
					continue;
				}
				results.get(name)!.push(result);
				// Fewer items are not worked on in parallel, so they do not tell how long many take.
				if (items >= CALLS_AT_ONCE) msPerItem.set(name, result.wallMs / items);
				progress(`Make Call, ${items}: ${name} ${duration(result.wallMs)}`);
			}
		}
		tables.push(tableOf(items, results, failed));
	}
	await client.stop();
	return tables.join('\n\n');
}

function tableOf(items: number, results: Map<string, Result[]>, failed: Set<string>): string {
	const ours = results.get(voice2PhoneCalls.name)!;
	const wall = (each: Result[]) => each.map(({ wallMs }) => wallMs);
	const cpuPerCall = (each: Result[]) => each.map(({ cpuMs }) => cpuMs / items);
	const stalls = (each: Result[]) => each.flatMap(({ stallCpuMs }) => stallCpuMs ?? []);
	const bytes = (each: Result[]) => each.flatMap(({ peakBytes }) => peakBytes ?? []);
	const rows = [...results].map(([name, each]) =>
		each.length === 0
			? [name, failed.has(name) ? 'failed' : 'not run', ...Array<string>(6).fill('')]
			: [
					name,
					spread(wall(each), duration),
					ratio(wall(ours), wall(each)),
					spread(cpuPerCall(each), (ms) => `${ms.toFixed(2)} ms`),
					ratio(cpuPerCall(ours), cpuPerCall(each)),
					bytes(each).length > 0 ? spread(bytes(each), megabytes) : '',
					bytes(each).length > 0 ? kilobytes(median(bytes(each)) / items) : '',
					stalls(each).length > 0 ? spread(stalls(each), duration) : '',
				],
	);
	const theoryMs = Math.ceil(items / CALLS_AT_ONCE) * LATENCY_MS;
	rows.push([
		'Latency alone',
		duration(theoryMs),
		ratio(wall(ours), [theoryMs]),
		...Array<string>(5).fill(''),
	]);
	return `### ${items.toLocaleString('en')} ${items === 1 ? 'item' : 'items'}\n\n${table(
		[
			'',
			'Time',
			'ours to it',
			'CPU per call',
			'ours to it',
			'Memory',
			'per item',
			'Longest stall, CPU',
		],
		rows,
	)}`;
}
