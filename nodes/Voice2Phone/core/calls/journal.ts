import { createHash } from 'node:crypto';

/**
 * What n8n keeps with an execution: the call ID and the time of each call by key, an empty text while its request
 * is on its way; and each call ID that was given, as a key of its own.
 */
export type JournalStore = Record<string, string>;

/** What the journal knows of one call. "unknown": the request was on its way when the node ended. */
export type JournalState = 'none' | 'accepted' | 'unknown';

/** A call that Voice2Phone accepted. */
export interface PlacedCall {
	callId: string;
	/** ISO 8601 in UTC. */
	calledAt: string;
}

const ON_ITS_WAY = '';

/** The state of a matter, as text. */
export interface MatterNote {
	read(): string | undefined;
	write(state: string): void;
}

/**
 * What was already dialled in this execution. The store outlives the tries of "Retry On Fail" and the
 * "Retry" of the executions list, so a rerun finds here whom the first run called.
 */
export class Journal {
	constructor(
		private readonly store: JournalStore,
		private readonly runIndex: number,
	) {}

	/**
	 * The line of one call. The run index is part of its key because all runs of a node in a loop share
	 * one store; the request's fingerprint is, because an edited request is another call.
	 */
	line(itemIndex: number, request: object): JournalLine {
		return new JournalLine(this.store, `${this.runIndex}:${itemIndex}:${fingerprint(request)}`);
	}

	/** The state of a matter with many calls, as text. Its key is made as that of a line. */
	matter(itemIndex: number, request: object): MatterNote {
		return this.noteAt(`matter:${this.runIndex}:${itemIndex}:${fingerprint(request)}`);
	}

	/** The state that all matters with the same request in this execution share. */
	sameMatter(request: object): MatterNote {
		return this.noteAt(`same matter:${fingerprint(request)}`);
	}

	/** The line that all calls with the same request in this execution share. */
	sameCall(request: object): JournalLine {
		return new JournalLine(this.store, `same:${fingerprint(request)}`);
	}

	/**
	 * Notes that a new call has this ID.
	 *
	 * @returns false when a call of this execution had it before: one ID for two calls cannot tell what becomes
	 * of either
	 */
	takeCallId(callId: string): boolean {
		const key = `id:${callId.toLowerCase()}`;
		if (Object.hasOwn(this.store, key)) return false;
		this.store[key] = '';
		return true;
	}

	private noteAt(key: string): MatterNote {
		return {
			read: () => this.store[key],
			write: (state) => {
				this.store[key] = state;
			},
		};
	}
}

export class JournalLine {
	constructor(
		private readonly store: JournalStore,
		private readonly key: string,
	) {}

	get state(): JournalState {
		const entry = this.store[this.key];
		if (entry === undefined) return 'none';
		return entry === ON_ITS_WAY ? 'unknown' : 'accepted';
	}

	/** The accepted call; undefined when there is none. */
	get call(): PlacedCall | undefined {
		if (this.state !== 'accepted') return undefined;
		const [callId, calledAt] = this.store[this.key].split(' ');
		return { callId, calledAt };
	}

	/** To be called before the request is sent: if nothing follows, its outcome is unknown. */
	sending(): void {
		this.store[this.key] = ON_ITS_WAY;
	}

	accepted({ callId, calledAt }: PlacedCall): void {
		this.store[this.key] = `${callId} ${calledAt}`;
	}

	/** Nobody was called: a rerun may try again. */
	rejected(): void {
		delete this.store[this.key];
	}
}

/** 16 hexadecimal digits that stand for a value, so that no number and no message lies in the store. */
export function fingerprint(value: object): string {
	return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
