import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startN8n } from '../../playground/n8n';
import { Budget, duration, kilobytes, megabytes, progress, spread, table } from './report';
import { probe, type CaseOptions } from './workbench';

const packageFolder = resolve(__dirname, '../..');
const run = promisify(execFile);

interface Start {
	wallMs: number;
	cpuMs: number;
	bytes: number;
}

/** What n8n needs more at its start because the package is installed. */
export async function benchLoading({
	quick,
	seconds,
}: Omit<CaseOptions, 'bench'>): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'voice2phone-bench-'));
	// As users have it. A linked folder would bring an n8n-workflow of its own.
	const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
		cwd: packageFolder,
	});
	const [{ filename }] = JSON.parse(stdout) as Array<{ filename: string }>;
	const variants = [
		{ name: 'n8n alone', folder: join(folder, 'alone'), packages: [], starts: [] as Start[] },
		{
			name: 'with this package',
			folder: join(folder, 'with'),
			packages: [join(folder, filename)],
			starts: [] as Start[],
		},
	];
	// The first start makes the database, and is not counted.
	await measureStart(variants[0].folder, []);
	await cp(variants[0].folder, variants[1].folder, { recursive: true });

	const budget = new Budget(seconds);
	let roundMs = 0;
	for (let round = 0; round === 0 || (!quick && budget.allows(roundMs)); round++) {
		const roundBegan = performance.now();
		for (const { name, folder: dataFolder, packages, starts } of variants) {
			const start = await measureStart(dataFolder, packages);
			starts.push(start);
			progress(`Start of ${name}: ${duration(start.wallMs)}`);
		}
		roundMs = performance.now() - roundBegan;
	}
	await rm(folder, { recursive: true, force: true });
	return table(
		['', 'Time until n8n is up', 'CPU', 'Memory'],
		variants.map(({ name, starts }) => [
			name,
			spread(
				starts.map(({ wallMs }) => wallMs),
				duration,
			),
			spread(
				starts.map(({ cpuMs }) => cpuMs),
				duration,
			),
			spread(
				starts.map(({ bytes }) => bytes),
				megabytes,
			),
		]),
	);
}

async function measureStart(dataFolder: string, packages: string[]): Promise<Start> {
	const { environment, ask } = await probe();
	const began = performance.now();
	const n8n = await startN8n({ dataFolder, packages, environment });
	const wallMs = performance.now() - began;
	const total = await ask<Omit<Start, 'wallMs'>>('total');
	await n8n.stop();
	return { wallMs, ...total };
}

/** Well-known community packages. */
const OTHER_PACKAGES = [
	'n8n-nodes-evolution-api',
	'@mendable/n8n-nodes-firecrawl',
	'n8n-nodes-mcp',
];

interface Pack {
	id: string;
	size: number;
	unpackedSize: number;
	entryCount: number;
}

/** The size of the package beside that of well-known ones, which npm is asked for. */
export async function benchPackageSize(): Promise<string> {
	const rows: string[][] = [];
	for (const name of [packageFolder, ...OTHER_PACKAGES]) {
		const packing = run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', name], {
			maxBuffer: 1e8,
		});
		const { stdout } = await packing.catch(() => ({ stdout: '' }));
		if (stdout === '') {
			rows.push([name, 'npm did not answer', '', '']);
			continue;
		}
		const [pack] = JSON.parse(stdout) as Pack[];
		const { id, size, unpackedSize, entryCount } = pack;
		rows.push([id, kilobytes(size), kilobytes(unpackedSize), String(entryCount)]);
	}
	return table(['', 'Packed', 'Unpacked', 'Files'], rows);
}
