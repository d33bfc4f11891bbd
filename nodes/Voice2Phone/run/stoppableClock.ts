/* The time of a node run: all who sleep wake up at once when the run stops. */
import { sleep } from 'n8n-workflow';

import { sleepLong, type Clock } from '../core/pacing';

export class StoppableClock implements Clock {
	private readonly sleepers = new Set<AbortController>();

	private reason: Error | undefined;

	/** The latest time of the machine that was seen. */
	private latest = -Infinity;

	/** How far the machine's clock was set back since the run began. */
	private setBackMs = 0;

	/**
	 * The time of the machine, but it never goes back: a machine whose clock is set back by an hour would
	 * otherwise let all waits, and the next calls, take an hour longer.
	 */
	now(): number {
		const machine = Date.now();
		if (machine < this.latest) this.setBackMs += this.latest - machine;
		this.latest = machine;
		return machine + this.setBackMs;
	}

	/** What the clock on the wall shows: for what people may be called at, and for what is written down. */
	wallTime(): number {
		return Date.now();
	}

	/**
	 * Rejects with the reason of `stop`. n8n's sleep heeds a signal only since n8n-workflow 2.34, so the
	 * signal is heeded here too. Each sleeper has its own, since thousands of listeners on one make Node.js
	 * warn of a leak.
	 */
	async sleep(ms: number, wake?: AbortSignal): Promise<void> {
		if (this.reason) throw this.reason;
		// A signal tells of its end only once.
		if (wake?.aborted) return;
		const sleeper = new AbortController();
		const { signal } = sleeper;
		this.sleepers.add(sleeper);
		wake?.addEventListener('abort', () => sleeper.abort(wake.reason), { once: true });
		try {
			await new Promise<void>((resolve, reject) => {
				signal.addEventListener('abort', () => {
					if (this.reason) reject(this.reason);
					else resolve();
				});
				void sleepLong(
					ms,
					async (piece) => await sleep(piece, signal),
					() => signal.aborted,
				).then(resolve, reject);
			});
		} finally {
			this.sleepers.delete(sleeper);
		}
	}

	/** Settles as the task does, or rejects at once when the run stops. The task itself goes on. */
	async orStop<T>(task: Promise<T>): Promise<T> {
		if (this.reason) throw this.reason;
		const watcher = new AbortController();
		this.sleepers.add(watcher);
		try {
			return await new Promise<T>((resolve, reject) => {
				watcher.signal.addEventListener('abort', () => reject(watcher.signal.reason as Error));
				task.then(resolve, reject);
			});
		} finally {
			this.sleepers.delete(watcher);
		}
	}

	/** Wakes all who sleep, and lets nobody sleep from now on. */
	stop(reason: Error): void {
		this.reason = reason;
		for (const sleeper of this.sleepers) sleeper.abort(reason);
	}
}
