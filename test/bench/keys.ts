import { startPostgres } from '../queue/services';
import { median, progress, spread, table } from './report';
import { Workbench, type CaseOptions } from './workbench';
import { onceCalls } from './workflows';

/** How many keys were called before. */
const SIZES = [0, 5_000, 20_000];
/** The marks of a key that is remembered for 30 days. */
const MARKS_PER_KEY = 4;
/** One after another they take long where there are many keys. */
const CALLS = { 1: 20, 50: 100 };
const ROUNDS = 3;

/**
 * What Call Only Once costs as the keys become more: n8n reads and writes all marks for each change of its
 * store. The calls one after another pay for each change, those at once share them.
 */
export async function benchKeys({ quick }: Omit<CaseOptions, 'bench'>): Promise<string> {
	const rows = await rowsOf('SQLite', {}, quick);
	const postgres = await startPostgres().catch(() => undefined);
	if (postgres) {
		rows.push(
			...(await rowsOf('PostgreSQL', postgres.environment, quick).finally(() => postgres.stop())),
		);
	}
	return table(['Database', 'Keys before', 'Calls at once', 'Time per call'], rows);
}

async function rowsOf(
	name: string,
	database: Record<string, string>,
	quick: boolean,
): Promise<string[][]> {
	const bench = await Workbench.open(database);
	try {
		const rows: string[][] = [];
		for (const atOnce of [1, 50] as const) {
			const calls = onceCalls(atOnce);
			const count = CALLS[atOnce];
			let keys = 0;
			for (const size of quick ? SIZES.slice(0, 1) : SIZES) {
				await bench.simulator.call('reset', 0);
				await bench.run(calls, { count: 10, values: (size - keys) * MARKS_PER_KEY });
				keys = size;
				const times: number[] = [];
				for (let round = 0; round < (quick ? 1 : ROUNDS); round++) {
					await bench.simulator.call('reset', 0);
					const { wallMs, tally } = await bench.run(calls, { count, values: 0 });
					if (tally.acceptedCalls !== count) throw new Error('Not everybody was called once.');
					times.push(wallMs / count);
				}
				progress(`${name}, ${size} keys, ${atOnce} at once: ${median(times).toFixed(1)} ms a call`);
				const shown = spread(times, (ms) => `${ms.toFixed(1)} ms`);
				rows.push([name, size.toLocaleString('en'), String(atOnce), shown]);
			}
		}
		return rows;
	} finally {
		await bench.close();
	}
}
