import { progress, table } from './report';
import type { CaseOptions, CpuProfile } from './workbench';
import { voice2PhoneCalls } from './workflows';

const OWN_FILE = /(?:n8n-nodes-voice2phone|dist)\/(?:dist\/)?nodes\/Voice2Phone\/(.+)\.js$/;

/** The part of the work that a file of the node stands for. */
const PARTS: Array<[part: string, file: RegExp]> = [
	['Validation', /^(parameters|guards|core\/(calls|numbers|hours))\/(?!.*(journal|outcome))/],
	['Journal', /^core\/calls\/journal/],
	['Pacing', /^core\/pacing/],
];

/** Milliseconds of CPU time by part, and the whole time that n8n was not idle. */
interface Shares {
	busyMs: number;
	byPart: Map<string, number>;
	/** Of every file of the node: with what it calls elsewhere, n8n's helpers included. */
	byFile: Map<string, number>;
}

/**
 * Divides the CPU time of n8n's JavaScript thread. A sample belongs to the file of the node that is
 * nearest to the top of its stack, so what a file calls in Node.js or n8n counts as its own.
 */
function sharesOf({ nodes, samples, timeDeltas }: CpuProfile): Shares {
	const parents = new Map<number, number>();
	for (const { id, children = [] } of nodes) {
		for (const child of children) parents.set(child, id);
	}
	const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
	const ownFile = (id: number | undefined): string | undefined => {
		for (let each = id; each !== undefined; each = parents.get(each)) {
			const match = OWN_FILE.exec(frames.get(each)!.url);
			if (match) return match[1];
		}
		return undefined;
	};

	const shares: Shares = { busyMs: 0, byPart: new Map(), byFile: new Map() };
	const add = (to: Map<string, number>, key: string, ms: number) =>
		to.set(key, (to.get(key) ?? 0) + ms);
	samples.forEach((id, index) => {
		if (['(idle)', '(root)'].includes(frames.get(id)!.functionName)) return;
		const ms = timeDeltas[index] / 1000;
		shares.busyMs += ms;
		const file = ownFile(id);
		if (file === undefined) return;
		add(shares.byFile, file, ms);
		const part = PARTS.find(([, pattern]) => pattern.test(file))?.[0];
		if (part) add(shares.byPart, part, ms);
	});
	return shares;
}

/** Profiles n8n while our node makes calls, and says what the node's own work took of the CPU time. */
export async function benchShares({ bench, quick }: CaseOptions): Promise<string> {
	const items = quick ? 100 : 1000;
	await bench.makeCalls(voice2PhoneCalls, 10, 0);
	const profile = await bench.profile(
		async () => await bench.makeCalls(voice2PhoneCalls, items, 50),
	);
	progress(`Shares, ${items}: ${profile.samples.length} samples`);
	const { busyMs, byPart, byFile } = sharesOf(profile);
	const row = (name: string, ms: number) => [
		name,
		`${(ms / items).toFixed(3)} ms`,
		`${((ms / busyMs) * 100).toFixed(2)} %`,
	];
	const sum = (times: Iterable<number>) => [...times].reduce((total, ms) => total + ms, 0);
	const readingMs = byFile.get('actions/call/readCall') ?? 0;
	const requestMs = byFile.get('transport/voiceApi') ?? 0;
	const ownMs = sum(byPart.values());
	return table(
		['', 'Per call', 'Share'],
		[
			...[...byPart].map(([part, ms]) => row(part, ms)),
			row('The three together', ownMs),
			row('Reading the parameters (n8n evaluates the expressions)', readingMs),
			row('Handing the request to n8n', requestMs),
			row('The rest of the node', sum(byFile.values()) - ownMs - readingMs - requestMs),
			row('All that n8n did', busyMs),
		],
	);
}
