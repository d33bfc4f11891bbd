/* What a request asks before each try and tells after it: the guards, and whoever keeps a note of it. */
import type { GuardedCall, Verdict } from '../parameters/placing';
import type { NodeRun } from '../run/nodeRun';

/** What became of a request, for those who keep a note of it. */
export type Settled = { kind: 'accepted'; callId: string } | { kind: 'rejected' | 'unknown' };

/** A note of a request that outlives the node run. */
export interface RequestNote<Refusal> {
	/** Right before the request is sent. A refusal keeps it from being sent. */
	sending(): Refusal | undefined;
	/** @param at ISO 8601 in UTC */
	settled(outcome: Settled, at: string): void;
}

type NoVerdict = Exclude<Verdict, { may: true }>;

export class GuardedRequest<Refusal = never> {
	/** When the last outcome was known, ISO 8601 in UTC. */
	settledAt = '';

	constructor(
		private readonly guards: GuardedCall,
		private readonly note: RequestNote<Refusal>,
		private readonly run: NodeRun,
	) {}

	/**
	 * Asks the guards. Whoever waits for one ends at once when the run stops: nothing is sent then, and what
	 * a guard kept for the call is given back.
	 */
	async take(): Promise<NoVerdict | Refusal | undefined> {
		const { clock } = this.run;
		const taking = this.guards.isTakenInTurn
			? this.run.inTurn('guards', async () => await this.takeGuards())
			: this.takeGuards();
		let isToBeSent = false;
		try {
			const verdict = await clock.orStop(taking);
			if (verdict.may !== true) return verdict;
			const refusal = this.note.sending();
			isToBeSent = refusal === undefined;
			return refusal;
		} finally {
			if (!isToBeSent) void this.giveBack(taking);
		}
	}

	async settle(outcome: Settled): Promise<void> {
		this.settledAt = new Date(this.run.clock.wallTime()).toISOString();
		this.note.settled(outcome, this.settledAt);
		await this.settleGuards(outcome.kind);
	}

	private async takeGuards(): Promise<Verdict> {
		const { clock, stopReason } = this.run;
		if (stopReason) throw stopReason;
		return await this.guards.take(clock.wallTime());
	}

	private async giveBack(taking: Promise<Verdict>): Promise<void> {
		const verdict = await taking.catch(() => undefined);
		if (verdict?.may === true) await this.settleGuards('rejected');
	}

	private async settleGuards(kind: Settled['kind']): Promise<void> {
		try {
			await this.guards.settle(kind);
		} catch (error) {
			// The call stands, whatever became of the note: without it the key counts as unknown, which is safe.
			this.run.context.logger.warn(`Voice2Phone: ${(error as Error).message}`);
		}
	}
}
