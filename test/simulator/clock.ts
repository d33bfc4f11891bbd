/**
 * The time that the simulated people live in, in milliseconds since 1970. It runs with the machine's
 * clock and can be put forward, so that a test need not wait until somebody presses a key.
 */
export class Clock {
	private offset = 0;

	/** @param source where the time comes from; a constant function makes a clock that stands still */
	constructor(private readonly source: () => number = Date.now) {}

	now(): number {
		return this.source() + this.offset;
	}

	/** Puts the clock forward by so many milliseconds. */
	advance(milliseconds: number): void {
		this.offset += milliseconds;
	}
}

/** A clock that moves by `advance` only. */
export const standingClock = (at = Date.UTC(2026, 0, 1)): Clock => new Clock(() => at);
