/* What a guard is: it says whether a person may be called now. "No" is no error. */
import type { INodeProperties } from 'n8n-workflow';

import type { CallOutcome } from '../core/calls/outcome';
import type { CallOutcomeName, NotCalled } from '../core/outputs';
import type { Phone } from '../core/numbers/phoneNumber';
import type { ItemParameters, OptionGroup } from './itemParameters';

/** A field of "Options", and the group in which it stands; without a group it stands alone. */
export interface Option {
	group?: OptionGroup;
	fields: INodeProperties[];
}

/** Whom a guard is asked about. */
export interface CallToGuard {
	/** The number that would ring. */
	phone: Phone;
	/** The number that the item names; another one when the Test Number rings. */
	intended: Phone;
	/** Whether it rings the Test Number instead of the person whom it is meant for. */
	isTest: boolean;
	/** Whether an AI agent wrote the number. */
	isChosenByAgent: boolean;
}

/** "unknown": an earlier execution may have called, and it is not known whether it did. */
export type Verdict = { may: true } | Refusal;
export type Refusal = ({ may: false } & NotCalled) | { may: 'unknown' };

export const MAY_BE_CALLED: Verdict = { may: true };

/** `item`: asked once, before the first call of an item. `call`: asked before every call. */
export type AskedPer = 'item' | 'call';

export interface Guard {
	/** An item of Call Until Accepted has many calls. */
	askedPer: AskedPer;
	options: Option[];
	/** Undefined when the user does not use the guard. What is wrong with its settings goes to `item.problems`. */
	read(item: ItemParameters, call: CallToGuard): Check | undefined;
}

/** A guard for one call. All looks come before the first claim. */
export interface Check {
	/** Changes nothing. Asked again right before each request. */
	look?(now: number): Verdict;
	claim?(now: number): Claim;
	/** Told how a call ended that was placed and waited for, in this or an earlier try of the execution. */
	answered?(outcome: CallOutcomeName, calledAt: number): Promise<void>;
	/** For a dry run: what `take` would say after the items before it. The call is noted when no guard refuses. */
	rehearse?(rehearsal: Rehearsal, now: number): Promise<Refusal | Noting>;
}

/** Notes a call in the rehearsal. */
export interface Noting {
	may: true;
	note(): void;
}

/**
 * What the guards note in a dry run in place of what they would really keep. Each pass of a loop goes on
 * where the one before ended, and a retry where its pass began.
 */
export class Rehearsal {
	private constructor(private readonly notes: Map<string, object>) {}

	/**
	 * @param execution stands for the execution as long as n8n has it in its memory; nothing is kept in it
	 * @param pass the number of the node's run, counted from 0
	 */
	static of(execution: object, pass: number): Rehearsal {
		const last = rehearsals.get(execution);
		const before = last?.pass === pass ? last.before : (last?.notes ?? new Map<string, object>());
		const notes = structuredClone(before);
		rehearsals.set(execution, { pass, before, notes });
		return new Rehearsal(notes);
	}

	/** The notes of one guard; made at its first question. */
	of<T extends object>(guard: string, begin: () => T): T {
		if (!this.notes.has(guard)) this.notes.set(guard, begin());
		return this.notes.get(guard) as T;
	}
}

const rehearsals = new WeakMap<
	object,
	{ pass: number; before: Map<string, object>; notes: Map<string, object> }
>();

/** Something that a call takes before it is placed, and that is given back when nobody was called. */
export interface Claim {
	/** @throws NodeOperationError when it cannot be known: then nobody is called */
	take(): Promise<Verdict>;
	settle(outcome: CallOutcome['kind']): Promise<void>;
}
