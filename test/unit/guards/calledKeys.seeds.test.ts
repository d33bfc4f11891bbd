import type { KeyState } from '../../../nodes/Voice2Phone/core/calls/keyMarks';
import { DAY, HOUR, SECOND, START, take, Worker } from '../../support/keyWorkers';
import { ProcessedData } from '../../support/processedData';
import { seeded } from '../../support/random';

describe('whatever happens in whatever order', () => {
	it.each(Array.from({ length: 30 }, (_, seed) => seed + 1))(
		'nobody is called twice in time, and nobody is kept out for longer: seed %i',
		async (seed) => {
			const random = seeded(seed);
			const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)];
			const store = new ProcessedData();
			const workers = [new Worker(store), new Worker(store)];
			const times = [30 * SECOND, HOUR, 5 * HOUR, DAY, 6 * DAY, 30 * DAY, 90 * DAY];
			const last = new Map<string, { at: number; rememberMs: number; state: KeyState }>();
			const placed = new Map<string, number[]>();
			let now = START;
			let rememberMs = pick(times);
			for (let step = 0; step < 150; step++) {
				now += Math.round(10 ** (random() * 10));
				if (random() < 0.1) rememberMs = pick(times);
				if (random() < 0.05) workers[Math.floor(random() * 2)] = new Worker(store);
				const text = pick(['a', 'b', 'c']);
				const worker = pick(workers);
				const known = last.get(text);
				if (known && random() < 0.05) {
					await worker.key(text, known.at, { rememberMs }).forget();
					last.delete(text);
					continue;
				}

				const before = store.entries();
				const key = worker.key(text, now, { rememberMs });
				const seen = await key.peek();
				expect(store.entries()).toEqual(before);
				const age = known ? now - known.at : Infinity;
				const longest = Math.max(rememberMs, known?.rememberMs ?? 0);
				if (known && age < rememberMs) {
					// An earlier call is a call too, where there still are marks of it: they name 16 days.
					const calls = placed.get(text) ?? [];
					const earlier = calls.some((at) => now - at < rememberMs + 16 * DAY);
					expect(earlier ? ['called', known.state] : [known.state]).toContain(seen);
				} else if (age >= rememberMs + Math.min(DAY, longest / 8)) expect(seen).toBe('free');

				const evenIfUnknown = random() < 0.3;
				expect(await take(key, evenIfUnknown)).toBe(seen);
				if (seen === 'called' || (seen === 'unknown' && !evenIfUnknown)) {
					expect(store.entries()).toEqual(before);
					continue;
				}
				const outcome = pick(['accepted', 'accepted', 'rejected', 'unknown', 'killed'] as const);
				if (outcome === 'killed') workers[workers.indexOf(worker)] = new Worker(store);
				else await key.settle(outcome);
				if (outcome === 'rejected') {
					if (seen === 'free') last.delete(text);
					continue;
				}
				const state = outcome === 'accepted' ? 'called' : 'unknown';
				if (outcome === 'accepted') placed.set(text, [...(placed.get(text) ?? []), now]);
				last.set(text, { at: now, rememberMs, state });
			}
		},
	);
});
