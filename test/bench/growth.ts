import { Budget, duration, kilobytes, megabytes, progress, table } from './report';
import type { CaseOptions, Measurement } from './workbench';
import { noCalls, voice2PhoneCalls } from './workflows';

const SIZES = [100, 1_000, 10_000, 50_000];

/**
 * What a call costs as the items become more: without latency, so that the time is the machine's. Each
 * size gets a fresh n8n. The stalls of n8n's event loop stand beside those of a workflow without calls.
 */
export async function benchGrowth({
	bench,
	quick,
	seconds,
	items: only,
}: CaseOptions): Promise<string> {
	const budget = new Budget(only ? Infinity : seconds);
	const rows: string[][] = [];
	let last: Measurement | undefined;
	let lastItems = 0;
	const sizes = only ? [only] : SIZES;
	for (const items of quick ? SIZES.slice(0, 1) : sizes) {
		const expectedMs = last ? (last.wallMs * items) / lastItems : 0;
		if (!budget.allows(expectedMs)) {
			rows.push([items.toLocaleString('en'), `not run: about ${duration(expectedMs)}`]);
			continue;
		}
		await bench.restart();
		await bench.makeCalls(voice2PhoneCalls, 10, 0);
		const without = await bench.run(noCalls, { count: items });
		const calls = await bench.makeCalls(voice2PhoneCalls, items, 0);
		progress(`Growth, ${items}: ${duration(calls.wallMs)}`);
		rows.push([
			items.toLocaleString('en'),
			duration(calls.wallMs),
			`${(calls.wallMs / items).toFixed(2)} ms`,
			`${(calls.cpuMs / items).toFixed(2)} ms`,
			megabytes(calls.peakBytes),
			kilobytes(calls.peakBytes / items),
			duration(calls.stallMs),
			duration(calls.stallCpuMs),
			duration(without.stallCpuMs),
		]);
		last = calls;
		lastItems = items;
	}
	return table(
		[
			'Items',
			'Time',
			'Time per item',
			'CPU per item',
			'Memory',
			'Memory per item',
			'Longest stall',
			'its CPU time',
			'without calls',
		],
		rows,
	);
}
