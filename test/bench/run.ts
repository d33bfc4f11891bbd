import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { Agent, setGlobalDispatcher } from 'undici';
import { ensureInstalled, pinnedVersion } from '../../playground/install';
import { benchCosts } from './costs';
import { benchGrowth } from './growth';
import { benchKeys } from './keys';
import { benchLoading, benchPackageSize } from './loading';
import { benchMakeCall } from './makeCall';
import { benchProfile } from './profile';
import { progress } from './report';
import { benchRules } from './rules';
import { benchWaiting } from './waiting';
import { Workbench, type CaseOptions } from './workbench';

interface Case<Options> {
	title: string;
	/** The share of the whole time that the case may take. */
	share: number;
	run(options: Options): Promise<string>;
}

/** These share one n8n and one simulator. */
const EXECUTION_CASES: Record<string, Case<CaseOptions>> = {
	calls: { title: 'Make Call, 50 ms latency', share: 0.5, run: benchMakeCall },
	waiting: { title: 'Waiting for the pressed key', share: 0.1, run: benchWaiting },
	profile: { title: 'Whose CPU time a call takes', share: 0.05, run: benchProfile },
	costs: { title: 'What checks cost, no latency', share: 0.1, run: benchCosts },
	growth: { title: 'Cost as the items become more, no latency', share: 0.25, run: benchGrowth },
};

/** These run when no other n8n takes CPU time. */
const PACKAGE_CASES: Record<string, Case<Omit<CaseOptions, 'bench'>>> = {
	keys: { title: 'Call Only Once, no latency', share: 0.1, run: benchKeys },
	loading: { title: 'Start of n8n', share: 0.1, run: benchLoading },
	rules: { title: 'Rules alone', share: 0, run: benchRules },
	size: { title: 'Size of the package', share: 0, run: benchPackageSize },
};

const ALL_NAMES = [...Object.keys(EXECUTION_CASES), ...Object.keys(PACKAGE_CASES)];

const USAGE = `Usage: npm run bench [-- --quick] [-- --minutes N] [-- --items N] [-- --turns N]
                     [-- --only CASE[,CASE…]]

  --quick    few items and one round: whether the benchmark works, not how fast the node is
  --minutes  how long the whole may take, about (default: 12); what does not fit in is left out
  --items    of the cases calls, costs, growth and profile: this many items alone
  --turns    of the cases calls, costs and waiting: how often each contender has its turn at most
  --against  of the cases calls and profile: the folder of another build of this package, as a further contender
  --only     some of the cases: ${ALL_NAMES.join(', ')}`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			quick: { type: 'boolean', default: false },
			minutes: { type: 'string', default: '12' },
			items: { type: 'string' },
			turns: { type: 'string' },
			against: { type: 'string' },
			only: { type: 'string' },
		},
	});
	const names = values.only?.split(',') ?? ALL_NAMES;
	const unknown = names.find((name) => !ALL_NAMES.includes(name));
	if (unknown) throw new Error(`There is no case "${unknown}".\n\n${USAGE}`);

	await ensureInstalled();
	// The webhook answers when the execution has ended; fetch would give up after five minutes.
	setGlobalDispatcher(new Agent({ headersTimeout: 0, bodyTimeout: 0 }));
	const wholeSeconds = Number(values.minutes) * 60;

	const [{ model }] = cpus();
	console.log(
		`n8n ${await pinnedVersion()}, ${cpus().length} × ${model}, ${Math.round(totalmem() / 1e9)} GB, load ${loadavg()[0].toFixed(1)} at the start\n`,
	);
	const runCases = async <Options>(cases: Record<string, Case<Options>>, common: object) => {
		for (const name of names.filter((each) => each in cases)) {
			const { title, share, run } = cases[name];
			progress(title);
			const { quick } = values;
			const [items, turns] = [values.items, values.turns].map((each) => each && Number(each));
			const options = {
				...common,
				quick,
				items,
				turns,
				against: values.against,
				seconds: wholeSeconds * share,
			};
			const report = await run(options as Options);
			console.log(`## ${title}\n\n${report}\n`);
		}
	};
	if (names.some((name) => name in EXECUTION_CASES)) {
		const bench = await Workbench.open({}, values.against);
		await runCases(EXECUTION_CASES, { bench }).finally(() => bench.close());
	}
	await runCases(PACKAGE_CASES, {});
	console.log(`Load at the end: ${loadavg()[0].toFixed(1)}`);
}

main().catch((error: Error) => {
	console.error(error);
	process.exitCode = 1;
});
