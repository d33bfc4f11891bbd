import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { progress, table } from './report';
import type { CaseOptions, CpuProfile } from './workbench';
import { fixedHeaderCalls, otherBuildOf, voice2PhoneCalls, type Contender } from './workflows';

const OWN_FILE = /nodes\/Voice2Phone\/(.+)\.js$/;

/** A piece of n8n or Node.js, known by the files or the names of its functions. The first that fits counts. */
const PIECES: Array<[name: string, fits: RegExp]> = [
	['V8: garbage collection', /^\(garbage collector\)/],
	['V8: native code outside of functions', /^\(program\)/],
	[
		'n8n: expressions and parameters',
		/n8n-workflow\/.*\/(expression|workflow-data-proxy|workflow|node-helpers|node-parameters)|expression-runtime|tournament|isolated-vm|luxon|extract-value|get-node-parameter|node-execution-context\/(node-execution-context|base-execute-context|execute-context)/i,
	],
	['n8n: credentials', /credential|(?<!set)cipher/i],
	['n8n: log', /winston|logform|logger|triple-beam/],
	[
		'HTTP client (axios, agents, n8n’s helper)',
		/axios|follow-redirects|form-data|-proxy-agent|agent-base|request-helper|http-proxy|ssrf/,
	],
	['Node.js: TLS', /node:(_tls|tls|internal\/tls)|SecureContext|TLSWrap/],
	[
		'Node.js: HTTP, sockets and streams',
		/node:(_http|https?|net|internal\/(stream|http|net|js_stream)|dns|_stream|stream)/,
	],
	[
		'n8n: execution data and database',
		/flatted|typeorm|sqlite|execution-(data|persistence|repository|lifecycle)/,
	],
	['Node.js: other', /node:/],
];

/** Milliseconds by the name of what they were spent in. */
type Times = Map<string, number>;

/** From when until when, in microseconds of the profile's clock. */
type Span = [from: number, until: number];

interface Shares {
	/** The time for which the thread was not idle. */
	busyMs: number;
	pieces: Times;
	/** Time in the code of each function itself, by piece and name. */
	functions: Times;
	/** Time for which a file of the node was on the stack, n8n's part above it included. */
	ownFiles: Times;
}

const add = (to: Times, key: string, ms: number) => to.set(key, (to.get(key) ?? 0) + ms);

/**
 * Divides the CPU time of n8n's JavaScript thread. A sample belongs to the piece that is nearest to the top
 * of its stack: what our node calls in n8n is n8n's, and what n8n calls in Node.js is Node.js's.
 */
function sharesOf(
	{ nodes, samples, timeDeltas, startTime }: CpuProfile,
	[from, until]: Span = [0, Infinity],
): Shares {
	const parents = new Map<number, number>();
	for (const { id, children = [] } of nodes) for (const child of children) parents.set(child, id);
	const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
	const pieceOf = new Map<number, string>();
	const pieceAt = (id: number | undefined): string => {
		if (id === undefined) return 'n8n: the rest';
		const known = pieceOf.get(id);
		if (known) return known;
		const { functionName, url } = frames.get(id)!;
		const text = `${functionName} ${url}`;
		const piece = OWN_FILE.test(url)
			? 'Voice2Phone'
			: (PIECES.find(([, fits]) => fits.test(text))?.[0] ?? pieceAt(parents.get(id)));
		pieceOf.set(id, piece);
		return piece;
	};
	const ownFilesAt = (id: number): Set<string> => {
		const files = new Set<string>();
		for (let each: number | undefined = id; each !== undefined; each = parents.get(each)) {
			const file = OWN_FILE.exec(frames.get(each)!.url)?.[1];
			if (file) files.add(file);
		}
		return files;
	};

	const shares: Shares = {
		busyMs: 0,
		pieces: new Map(),
		functions: new Map(),
		ownFiles: new Map(),
	};
	let now = startTime;
	samples.forEach((id, index) => {
		now += timeDeltas[index];
		if (now < from || now > until) return;
		const { functionName, url } = frames.get(id)!;
		// The profiler's own work is none of n8n's.
		if (['(idle)', '(root)'].includes(functionName) || url === 'node:inspector') return;
		const ms = timeDeltas[index] / 1000;
		shares.busyMs += ms;
		const piece = pieceAt(id);
		add(shares.pieces, piece, ms);
		const file = url.replace(/^.*node_modules\//, '').replace(/^.*\/dist\//, '');
		add(shares.functions, `${piece}: ${functionName || '(anonymous)'} ${file}`, ms);
		for (const own of ownFilesAt(id)) add(shares.ownFiles, own, ms);
	});
	return shares;
}

/** Whatever takes less is left out. */
const SMALLEST_SHARE = 0.01;
const SMALLEST_OWN_SHARE = 0.001;
const SMALLEST_STALL_SHARE = 0.03;

/**
 * Profiles n8n with Node's inspector while calls are made, and says what takes more than 1 % and whose it is.
 * PROFILES=folder keeps the profiles: Chrome's developer tools open them.
 */
export async function benchProfile({
	bench,
	quick,
	against,
	items = 1000,
}: CaseOptions): Promise<string> {
	const count = quick ? 100 : items;
	const reports: string[] = [];
	const other = against ? [otherBuildOf(voice2PhoneCalls)] : [];
	for (const contender of [voice2PhoneCalls, ...other, fixedHeaderCalls]) {
		await bench.makeCalls(contender, quick ? 10 : 300, 0);
		const { profile, measurement } = await bench.profile(
			async () => await bench.makeCalls(contender, count, 50),
		);
		progress(`Profile, ${count}: ${contender.name}, ${profile.samples.length} samples`);
		await keep(contender, profile);
		reports.push(
			`### ${contender.name}, ${count} items\n\n${report(sharesOf(profile), count)}`,
			stallReport(sharesOf(profile, measurement.stallUs)),
		);
	}
	return reports.join('\n\n');
}

async function keep({ name }: Contender, profile: CpuProfile): Promise<void> {
	const { PROFILES } = process.env;
	if (!PROFILES) return;
	await mkdir(PROFILES, { recursive: true });
	await writeFile(join(PROFILES, `${name}.cpuprofile`), JSON.stringify(profile));
}

/** The times that are no less than this share of a whole, the largest first. */
const largest = (times: Times, wholeMs: number, smallestShare: number) =>
	[...times].filter(([, ms]) => ms / wholeMs >= smallestShare).sort(([, a], [, b]) => b - a);

/** What n8n's JavaScript did in the one go that was the longest. */
function stallReport({ busyMs, pieces, functions }: Shares): string {
	const rows = (times: Times) =>
		largest(times, busyMs, SMALLEST_STALL_SHARE).map(([name, ms]) => [name, `${ms.toFixed(1)} ms`]);
	return [
		`Longest stall, ${busyMs.toFixed(0)} ms:`,
		table(['Whose', ''], rows(pieces)),
		table(['Functions, their own code alone', ''], rows(functions)),
	].join('\n\n');
}

function report({ busyMs, pieces, functions, ownFiles }: Shares, count: number): string {
	const rows = (times: Times, smallest: number) =>
		largest(times, busyMs, smallest).map(([name, ms]) => [
			name,
			`${(ms / count).toFixed(3)} ms`,
			`${((ms / busyMs) * 100).toFixed(1)} %`,
		]);
	const head = (title: string) => [title, 'Per call', 'Share'];
	return [
		table(head('Whose'), [
			...rows(pieces, SMALLEST_SHARE),
			['All of n8n’s JavaScript thread', `${(busyMs / count).toFixed(3)} ms`, ''],
		]),
		table(head('Functions, their own code alone'), rows(functions, SMALLEST_SHARE)),
		table(
			head('Files of this node, with what they call in n8n'),
			rows(ownFiles, SMALLEST_OWN_SHARE),
		),
	].join('\n\n');
}
