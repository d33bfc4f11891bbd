import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { Agent, setGlobalDispatcher } from 'undici';
import { ensureInstalled, pinnedVersion } from '../../playground/install';
import { benchGrowth } from './growth';
import { benchLoading, benchPackageSize } from './loading';
import { benchMakeCall } from './makeCall';
import { progress } from './report';
import { benchShares } from './shares';
import { benchWaiting } from './waiting';
import { Workbench } from './workbench';

const USAGE = `Usage: npm run bench [-- --quick] [-- --only CASE[,CASE…]]

  --quick  few items and one round: whether the benchmark works, not how fast the node is
  --only   some of the cases: ${'calls, waiting, growth, shares, loading, size'}`;

interface Case {
	title: string;
	run: (bench: () => Promise<Workbench>, quick: boolean) => Promise<string>;
}

const CASES: Record<string, Case> = {
	calls: {
		title: 'Make Call, 50 ms latency',
		run: async (bench, quick) => await benchMakeCall(await bench(), quick),
	},
	waiting: {
		title: 'Waiting for the pressed key',
		run: async (bench, quick) => await benchWaiting(await bench(), quick),
	},
	shares: {
		title: 'What the node itself takes of the CPU time of a call',
		run: async (bench, quick) => await benchShares(await bench(), quick),
	},
	growth: {
		title: 'Cost as the items become more, no latency',
		run: async (bench, quick) => await benchGrowth(await bench(), quick),
	},
	loading: { title: 'Start of n8n', run: async (_, quick) => await benchLoading(quick) },
	size: { title: 'Size of the package', run: async () => await benchPackageSize() },
};

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
	});
	const names = values.only?.split(',') ?? Object.keys(CASES);
	const unknown = names.find((name) => !(name in CASES));
	if (unknown) throw new Error(`There is no case "${unknown}".\n\n${USAGE}`);

	await ensureInstalled();
	// The webhook answers when the execution has ended; fetch would give up after five minutes.
	setGlobalDispatcher(new Agent({ headersTimeout: 0, bodyTimeout: 0 }));
	let opened: Workbench | undefined;
	const bench = async () => (opened ??= await Workbench.open());

	const [{ model }] = cpus();
	console.log(
		`n8n ${await pinnedVersion()}, ${cpus().length} × ${model}, ${Math.round(totalmem() / 1e9)} GB, load ${loadavg()[0].toFixed(1)} at the start\n`,
	);
	try {
		for (const name of names) {
			const { title, run } = CASES[name];
			progress(title);
			console.log(`## ${title}\n\n${await run(bench, values.quick)}\n`);
		}
	} finally {
		await opened?.close();
	}
	console.log(`Load at the end: ${loadavg()[0].toFixed(1)}`);
}

main().catch((error: Error) => {
	console.error(error);
	process.exitCode = 1;
});
