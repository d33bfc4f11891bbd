/* Chance that is the same each time, so that what failed can be run again. */

/** Numbers from 0 up to but not including 1. */
export type Random = () => number;

/** mulberry32: the same numbers from the same seed on every machine. */
export function seeded(seed: number): Random {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** The seeds of a range: `7`, or `1-1000`. */
export function seedsOf(range: string): number[] {
	const [first, last = first] = range.split('-').map(Number);
	return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
