/* The phones that matters of this run are calling: none is called by two of them at a time. */

interface Busy {
	owner: object;
	/** Of a call that was placed. */
	callId?: string;
	/** Until when others wait for its end, in milliseconds since 1970; Infinity while its request is under way. */
	until: number;
}

export class BusyNumbers {
	private readonly busy = new Map<string, Busy>();

	private readonly listeners = new Set<() => void>();

	/** Whether another owner is calling this number, and its call is worth waiting for. */
	isCalledByOther(number: string, owner: object, now: number): boolean {
		const known = this.busy.get(number);
		return known !== undefined && known.owner !== owner && now < known.until;
	}

	/** When the first of the waits ends that somebody knows the end of. */
	nextEnd(now: number): number {
		const ends = [...this.busy.values()].map(({ until }) => until).filter((until) => until > now);
		return Math.min(Infinity, ...ends);
	}

	/** False: a call of another owner to this number is, or may be, open. */
	take(number: string, owner: object, now: number): boolean {
		const known = this.busy.get(number);
		const isOthers = known !== undefined && known.owner !== owner;
		if (isOthers && (known.callId !== undefined || now < known.until)) return false;
		this.busy.set(number, { owner, until: Infinity });
		return true;
	}

	/** The call that another owner left open, or does not wait for any more. */
	leftOpen(number: string): string | undefined {
		return this.busy.get(number)?.callId;
	}

	/**
	 * The phone rings, or may ring when there is no call ID.
	 *
	 * @param until how long it is waited for, in milliseconds since 1970
	 */
	rings(number: string, owner: object, callId: string | undefined, until: number): void {
		this.busy.set(number, { owner, callId, until });
		this.tell();
	}

	/** The call to this number is over. */
	free(number: string, callId: string): void {
		if (this.busy.get(number)?.callId !== callId) return;
		this.busy.delete(number);
		this.tell();
	}

	/** Whoever took the number did not ring it. */
	giveBack(number: string, owner: object): void {
		const known = this.busy.get(number);
		if (known?.owner !== owner || known.until < Infinity) return;
		this.busy.delete(number);
		this.tell();
	}

	/** @param changed called when a number may have become free */
	listen(changed: () => void): void {
		this.listeners.add(changed);
	}

	stopListening(changed: () => void): void {
		this.listeners.delete(changed);
	}

	private tell(): void {
		for (const changed of this.listeners) changed();
	}
}
