/* One key of Call Only Once: it is taken before its call, and what became of the call is noted. */
import { sleep, type IExecuteFunctions } from 'n8n-workflow';

import {
	hidingMarks,
	KeyQuestion,
	knownMark,
	marksOfCall,
	placedMark,
	timeMarks,
	type CallKey,
	type KeyState,
} from '../core/calls/keyMarks';
import { NodeErrors } from '../errors/nodeErrors';
import { KeyStore, rowName, type Scope } from './keyStore';

/** How long a key keeps others from being called again, and for which nodes it counts. */
export interface OncePerKey extends CallKey {
	scope: Scope;
	rememberMs: number;
}

const MOST_NOTES = 5;

/**
 * The store is shared by all executions and outlives n8n. A key that was never called is taken with one
 * write; only of one that is known it is asked when it was called. To ask is to record in n8n's store: what
 * a question leaves behind is removed again.
 */
export class CalledKey {
	private readonly store: KeyStore;

	private readonly errors: NodeErrors;

	/** Names the key in this process. */
	private readonly place: string;

	/** What is noted for the call that is under way. */
	private noted: readonly string[] = [];

	/** What was noted of an earlier call that may have been placed. */
	private before: readonly string[] = [];

	private release = () => {};

	constructor(
		private readonly context: IExecuteFunctions,
		private readonly key: OncePerKey,
		private readonly now: number,
	) {
		this.store = KeyStore.of(context, key.scope);
		this.errors = new NodeErrors(context.getNode());
		this.place = `${rowName(context, key.scope)} ${knownMark(key)}`;
	}

	/**
	 * Takes the key, if it is free, just before the request is sent. Who wants the same key in this process
	 * waits until its call is settled. A key that is not taken is left as it was.
	 *
	 * @param evenIfUnknown true: takes also a key whose earlier call may have been placed
	 * @returns how the key stood
	 * @throws NodeOperationError when n8n cannot note the key, or there is no room for it
	 */
	async take({ evenIfUnknown }: { evenIfUnknown: boolean }): Promise<KeyState> {
		const release = await turnOf(this.place);
		let state: KeyState | 'full' = 'full';
		try {
			state = await this.takeOrLeave(evenIfUnknown);
		} catch (error) {
			throw this.errors.keyNotNoted(error as Error);
		} finally {
			if (isTaken(state, evenIfUnknown)) this.release = release;
			else release();
		}
		if (state === 'full') throw this.errors.noRoomForKey(this.key.scope);
		return state;
	}

	/** How the key stands, for a dry run. Leaves all as it was. */
	async peek(): Promise<KeyState> {
		const { helpers } = this.context;
		const release = await turnOf(this.place);
		try {
			if (await this.store.isEmpty(helpers)) return 'free';
			const { state, traces } = await this.ask([]);
			await this.store.change(helpers, { remove: traces });
			return state;
		} catch (error) {
			throw this.errors.keyNotNoted(error as Error);
		} finally {
			release();
		}
	}

	/**
	 * To be called for a key that was taken, when it is known what became of the call, or that it is not
	 * known. A key under which somebody was called is remembered, one under which nobody was is as before.
	 */
	async settle(outcome: 'accepted' | 'rejected' | 'unknown'): Promise<void> {
		try {
			if (outcome === 'rejected') {
				const { noted, before } = this;
				await this.store.change(this.context.helpers, { remove: noted, record: before });
			} else {
				await this.noteAgain(outcome === 'accepted' ? [placedMark(this.key, this.now)] : []);
			}
		} finally {
			this.release();
		}
	}

	/** Forgets the call that was placed at the time that the constructor was given. */
	async forget(): Promise<void> {
		const release = await turnOf(this.place);
		try {
			await this.store.change(this.context.helpers, { remove: marksOfCall(this.key, this.now) });
		} finally {
			release();
		}
	}

	private async takeOrLeave(evenIfUnknown: boolean): Promise<KeyState | 'full'> {
		const { key, now, store } = this;
		const { helpers } = this.context;
		const { rememberMs } = key;
		const known = knownMark(key);
		const marks = [known, ...timeMarks(key, now, rememberMs)];
		const admitted = await store.admit(helpers, marks, { now, rememberMs });
		const isFull = admitted === 'full';
		if (!isFull && !admitted.has(known)) {
			this.noted = marks;
			return 'free';
		}

		const { state, traces, old } = await this.ask(
			isFull ? [] : marks.filter((mark) => !admitted.has(mark)),
		);
		if (isFull || !isTaken(state, evenIfUnknown)) {
			await store.change(helpers, { remove: traces });
			return isTaken(state, evenIfUnknown) ? 'full' : state;
		}
		this.noted = marks;
		if (state === 'unknown') this.before = old;
		// All are noted anew, since what was noted first is dropped first.
		const remove = [...traces, ...old, ...hidingMarks(key, now, rememberMs)];
		await store.change(helpers, { remove, record: marks });
		return state;
	}

	/**
	 * Asks when the key was called. To ask is to record in n8n's store.
	 *
	 * @param own marks of this call that were recorded just now
	 * @returns how the key stands, what is to be removed again, and what was in the store before
	 */
	private async ask(
		own: readonly string[],
	): Promise<{ state: KeyState; traces: string[]; old: string[] }> {
		const { key, now } = this;
		const known = knownMark(key);
		const question = new KeyQuestion(key, now, key.rememberMs);
		const asked = [known, ...question.marks].filter((mark) => !own.includes(mark));
		const old = await this.store.change(this.context.helpers, { record: asked });
		return {
			state: old.has(known) ? question.judge(old) : 'free',
			traces: [...own, ...asked.filter((mark) => !old.has(mark))],
			old: [...old],
		};
	}

	/**
	 * Another worker that read the row before the marks were in it can have written it back without them
	 * while the request was on its way. What is missing is noted again, until it is seen to have stayed.
	 */
	private async noteAgain(more: readonly string[]): Promise<void> {
		for (let tries = 1; tries <= MOST_NOTES; tries++) {
			const record = [...this.noted, ...more];
			const change = { record, calledAt: this.now };
			const found = await this.store.change(this.context.helpers, change);
			if (this.noted.every((mark) => found.has(mark))) return;
			// Long enough for whoever has read the row meanwhile to write it, and not the same for all.
			await sleep(200 * (1 + Math.random()));
		}
	}
}

function isTaken(state: KeyState | 'full', evenIfUnknown: boolean): boolean {
	return state === 'free' || (state === 'unknown' && evenIfUnknown);
}

/** The last turn of each key in this process; the next one begins when it has ended. */
const turns = new Map<string, Promise<void>>();

/**
 * Waits until nobody else in this process has the key.
 *
 * @returns ends the turn
 */
async function turnOf(place: string): Promise<() => void> {
	const before = turns.get(place);
	let end = () => {};
	const turn = new Promise<void>((resolve) => {
		end = resolve;
	});
	turns.set(place, turn);
	await before;
	return () => {
		if (turns.get(place) === turn) turns.delete(place);
		end();
	};
}
