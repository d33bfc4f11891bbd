/**
 * Is loaded into n8n's main process by NODE_OPTIONS=--require, and tells over HTTP what the process used.
 * Node.js runs it without a compiler, so its TypeScript has types only.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Session } from 'node:inspector/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What n8n's main process used since the probe's `begin`. */
export interface Usage {
	/** Milliseconds of CPU time, all threads of the process. */
	cpuMs: number;
	/** Bytes by which the memory of the process was larger at its peak than at `begin`. */
	peakBytes: number;
	/** Bytes of memory of the process (resident set) at `begin`, garbage collected. */
	baseBytes: number;
	/** The longest time in milliseconds for which the event loop stood still between two marks; 0 without marks. */
	stallMs: number;
	/** The most CPU time in milliseconds that n8n's JavaScript took at a stretch: other programs do not lengthen it. */
	stallCpuMs: number;
	/** From when until when that was, in microseconds of the clock that V8's profiles have too. */
	stallUs: [from: number, until: number];
}

const TICK_MS = 5;

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (options: object) => void;
/** As when memory is short: also gives back the pages that are empty then. */
const collectGarbage = () => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });

/** Resident set of this process in bytes: now (VmRSS), or the highest since it was reset (VmHWM). */
function memory(field: 'VmRSS' | 'VmHWM'): number {
	const [, kilobytes] = new RegExp(`${field}:\\s+(\\d+)`).exec(
		readFileSync('/proc/self/status', 'utf8'),
	)!;
	return Number(kilobytes) * 1024;
}

let lastTick = 0;
let lastCpuMs = 0;
let stallMs = 0;
let stallCpuMs = 0;
let stallUs: Usage['stallUs'] = [0, 0];
let ticking: NodeJS.Timeout | undefined;

/** A timer that comes late was held up; so is one that has not come yet. */
function tick(): void {
	const now = monotonicMs();
	stallMs = Math.max(stallMs, now - lastTick - TICK_MS);
	const cpuMs = threadCpuMs();
	if (cpuMs - lastCpuMs > stallCpuMs) {
		stallCpuMs = cpuMs - lastCpuMs;
		stallUs = [lastTick * 1000, now * 1000];
	}
	lastTick = now;
	lastCpuMs = cpuMs;
}

const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;

/** Of the thread that runs n8n's JavaScript. The types here are older than the Node.js that n8n brings. */
function threadCpuMs(): number {
	const { user, system } = (process as unknown as Node24).threadCpuUsage();
	return (user + system) / 1000;
}

interface Node24 {
	threadCpuUsage(): NodeJS.CpuUsage;
}

process.on('benchWatch' as never, () => {
	clearInterval(ticking);
	stallMs = 0;
	stallCpuMs = 0;
	lastTick = monotonicMs();
	lastCpuMs = threadCpuMs();
	ticking = setInterval(tick, TICK_MS);
});
process.on('benchWatched' as never, () => {
	tick();
	clearInterval(ticking);
});

let base = { cpu: process.cpuUsage(), bytes: 0 };
const profiler = new Session();
let isProfiling = false;

const answers: Record<string, () => unknown> = {
	begin() {
		// It would be the greatest part of a short profile.
		if (!isProfiling) collectGarbage();
		// Makes the present resident set the highest one: man 5 proc_pid_clear_refs.
		writeFileSync('/proc/self/clear_refs', '5');
		stallMs = 0;
		stallCpuMs = 0;
		base = { cpu: process.cpuUsage(), bytes: memory('VmRSS') };
	},
	end(): Usage {
		const { user, system } = process.cpuUsage(base.cpu);
		return {
			cpuMs: (user + system) / 1000,
			peakBytes: memory('VmHWM') - base.bytes,
			baseBytes: base.bytes,
			stallMs: Math.max(0, stallMs),
			stallCpuMs,
			stallUs,
		};
	},
	/** CPU time and memory since the process was started. */
	total() {
		const { user, system } = process.cpuUsage();
		collectGarbage();
		return { cpuMs: (user + system) / 1000, bytes: memory('VmRSS') };
	},
	async startProfile() {
		isProfiling = true;
		collectGarbage();
		profiler.connect();
		await profiler.post('Profiler.enable');
		await profiler.post('Profiler.setSamplingInterval', { interval: 250 });
		await profiler.post('Profiler.start');
	},
	async stopProfile() {
		const { profile } = await profiler.post('Profiler.stop');
		profiler.disconnect();
		isProfiling = false;
		return profile;
	},
};

const { BENCH_PROBE_PORT } = process.env;
// NODE_OPTIONS reaches n8n's task runner too.
if (BENCH_PROBE_PORT && process.argv[1]?.endsWith('n8n') && process.argv[2] === 'start') {
	createServer((request, response) => {
		void (async () => {
			const answer = await answers[request.url!.slice(1)]();
			response.end(JSON.stringify(answer ?? null));
		})();
	})
		.listen(Number(BENCH_PROBE_PORT), '127.0.0.1')
		.unref();
}
