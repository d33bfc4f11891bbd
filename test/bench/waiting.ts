import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { duration, median, progress, spread, table } from './report';
import type { CaseOptions, Measurement, Workbench } from './workbench';
import { CHECK_EVERY_SECONDS, voice2PhoneWait, waitingLoop } from './workflows';

/** The people answer between these seconds after their call was placed, evenly. */
const FIRST_ANSWER = 2;
const LAST_ANSWER = 21;

/** Waits for the answers to many open calls, by our node and by a loop of n8n's own nodes, in turns. */
export async function benchWaiting({ bench, quick, turns = 3 }: CaseOptions): Promise<string> {
	const count = quick ? 50 : 500;
	const contenders = [voice2PhoneWait, waitingLoop];
	const results = new Map<string, Measurement[]>(contenders.map(({ name }) => [name, []]));
	for (let turn = 0; turn < (quick ? 1 : turns); turn++) {
		for (const contender of turn % 2 === 0 ? contenders : [...contenders].reverse()) {
			await bench.run(contender, { calls: await placeCalls(bench, 1, 0) });
			const calls = await placeCalls(bench, count, LAST_ANSWER - FIRST_ANSWER + 1);
			const result = await bench.run(contender, { calls });
			progress(`Waiting, ${count}: ${contender.name} ${duration(result.wallMs)}`);
			const read = result.tally.detectionDelaysMs.length;
			if (read !== count) {
				throw new Error(`"${contender.name}" read the end of ${read} of ${count} calls.`);
			}
			results.get(contender.name)!.push(result);
		}
	}
	const rows = [...results].map(([name, each]) => [
		name,
		spread(
			each.map(({ tally }) => tally.statusRequests / count),
			(requests) => requests.toFixed(2),
		),
		spread(
			each.map(({ tally }) => median(tally.detectionDelaysMs)),
			duration,
		),
		spread(
			each.map(({ tally }) => Math.max(...tally.detectionDelaysMs)),
			duration,
		),
		spread(
			each.map(({ cpuMs }) => cpuMs),
			duration,
		),
		spread(
			each.map(({ wallMs }) => wallMs),
			duration,
		),
	]);
	const lines = table(
		['', 'Requests per call', 'Delay, median', 'longest', 'CPU of n8n', 'Time'],
		rows,
	);
	return `${count} open calls, each checked every ${CHECK_EVERY_SECONDS} s, whose people press a key ${FIRST_ANSWER} to ${LAST_ANSWER} s after they were called.\n\n${lines}`;
}

/** Places calls whose people, by the simulator's numbers +1 425 555 02NN, press 1 after so many seconds. */
async function placeCalls(
	{ address, simulator }: Workbench,
	count: number,
	differentSeconds: number,
): Promise<Array<{ CallId: string }>> {
	await simulator.call('reset', 0);
	const dispatcher = new Agent({ connect: { ca: readFileSync(address.caFile) }, connections: 10 });
	const authorization = `Basic ${Buffer.from(`${address.apiKey}:`).toString('base64')}`;
	const calls = await Promise.all(
		Array.from({ length: count }, async (_, index) => {
			const seconds = differentSeconds === 0 ? 0 : FIRST_ANSWER + (index % differentSeconds);
			const { body } = await request(`${address.url}/call`, {
				method: 'POST',
				dispatcher,
				headers: { authorization, 'content-type': 'application/json' },
				body: JSON.stringify({
					Phone: {
						Number: `+142555502${String(seconds).padStart(2, '0')}`,
						CountryCode: 'US',
					},
					Message: 'Press 1 to confirm.',
					Dtmf: { '1': 'Thank you' },
				}),
			});
			return (await body.json()) as { CallId: string };
		}),
	);
	await dispatcher.close();
	return calls;
}
