/** The people whom a test calls, and the service that calls them. */
import type { Behaviour, Fault, RecordedRequest, SimulatedCall } from '../simulator';
import { bed } from './bed';
import { time } from './time';

/*
 * A phone of which the test says nothing is a live one: its call stays open until the test acts. Time stands
 * still meanwhile, unless the test lets it pass or awaits what happens next. Every ring has to be named, by a plan for it
 * (`answers`, `isOff`), by `await phone.rings()` or by `phone.rang(n)`; a ring without a name fails the test.
 */

/** What a person does when the phone rings; each word is added to those before. */
export class Plan {
	/** @internal */
	readonly behaviour: Behaviour = { endsAfterMs: 0 };

	/** How long it takes until the rest of the plan happens, in milliseconds. */
	after(ms: number): this {
		this.behaviour.endsAfterMs = ms;
		return this;
	}

	/** Presses these keys, which ends the call. */
	presses(keys: string): this {
		this.behaviour.presses = keys;
		return this;
	}

	/** The status says that the call is over, and only so much later which keys were pressed. */
	isWrittenAfter(ms: number): this {
		this.behaviour.keysWrittenAfterMs = ms;
		return this;
	}

	/** Ends the call without a key, which is also what a plan without further words does. */
	hangsUp(): this {
		this.behaviour.presses = undefined;
		return this;
	}

	/** What the status of the call says in place of what it usually says; undefined leaves a field out. */
	recordedAs(status: Behaviour['status'], formatDate?: Behaviour['formatDate']): this {
		Object.assign(this.behaviour, { status, formatDate });
		return this;
	}
}

/** A call that is open until the test acts. */
export class Ring {
	constructor(
		/** The call as the simulator knows it. */
		readonly call: SimulatedCall,
		private readonly behaviour: Behaviour,
		private readonly held: { release(): void },
	) {}

	/** Fails when the message lacks one of these texts, in any case of letters. */
	hears(...texts: string[]): this {
		const message = this.call.message.toLowerCase();
		for (const text of texts) expect(message).toContain(text.toLowerCase());
		return this;
	}

	/** Presses these keys, which ends the call. */
	presses(keys: string): void {
		this.behaviour.presses = keys;
		this.hangsUp();
	}

	hangsUp(): void {
		this.behaviour.endsAfterMs = time.now() - this.call.acceptedAt;
		this.held.release();
	}
}

/** A phone in somebody's hand. */
export class Phone {
	private readonly plans: Plan[] = [];

	private readonly calls: SimulatedCall[] = [];

	private readonly live: Ring[] = [];

	private readonly waiting: Array<(ring: Ring) => void> = [];

	/** How many of the rings the test has named. */
	private named = 0;

	/** @param number E.164 form */
	constructor(readonly number: string) {}

	/** The person answers the next ring, and does then what is added. */
	answers(): Plan {
		const plan = new Plan();
		this.plans.push(plan);
		this.named += 1;
		return plan;
	}

	/** The next ring is never answered: its call stays open for ever. */
	isOff(): void {
		this.answers().after(Infinity);
	}

	/**
	 * Waits for a ring, if none is there that the test did not take yet.
	 *
	 * @throws when the phone stays silent
	 */
	async rings(): Promise<Ring> {
		this.named += 1;
		const ring = this.live.shift();
		if (ring) return ring;
		const next = new Promise<Ring>((resolve) => this.waiting.push(resolve));
		return await time.passesUntil(`${this.number} did not ring`, next);
	}

	/** Fails unless the phone has rung so often by now. */
	rang(times: number): void {
		expect(`${this.number} rang: ${this.calls.length}`).toBe(`${this.number} rang: ${times}`);
		this.named = Math.max(this.named, times);
	}

	/** The last call. */
	get call(): SimulatedCall {
		const call = this.calls.at(-1);
		if (!call) throw new Error(`${this.number} did not ring.`);
		return call;
	}

	/** How often the phone has rung by now. */
	get ringCount(): number {
		return this.calls.length;
	}

	/** The ID of the last call. */
	get callId(): string {
		return this.call.callId;
	}

	/** What the API says of the last call now. */
	status(): Record<string, unknown> {
		return this.call.status();
	}

	/** @internal What the person does at the next ring. */
	behaviour(): Behaviour {
		const plan = this.plans.length > 1 ? this.plans.shift() : this.plans[0];
		return plan ? { ...plan.behaviour } : { endsAfterMs: Infinity };
	}

	/** @internal */
	ring(call: SimulatedCall, behaviour: Behaviour): void {
		this.calls.push(call);
		if (this.plans.length > 0) return;
		const held = time.hold();
		const ring = new Ring(call, behaviour, held);
		const take = this.waiting.shift();
		if (take) take(ring);
		else this.live.push(ring);
	}

	/** @internal The rings that the test said nothing of. */
	get unnamed(): SimulatedCall[] {
		return this.calls.slice(this.named);
	}
}

/** Area codes of the United States. The numbers 555 0100 to 555 0199 in each are kept for fiction, and count as valid. */
const AREA_CODES = ['425', '206', '212', '312', '415', '617', '202', '303', '404', '512'];

const phones = new Map<string, Phone>();

/** A phone with a number of its own, which the numbering plan has; or with this one, in E.164 form. */
export function phone(number = nextNumber()): Phone {
	const made = phones.get(number) ?? new Phone(number);
	phones.set(number, made);
	return made;
}

function nextNumber(): string {
	const count = phones.size;
	const areaCode = AREA_CODES[Math.floor(count / 100)];
	if (!areaCode) throw new Error('A test has a thousand phones: add an area code.');
	return `+1${areaCode}55501${String(count % 100).padStart(2, '0')}`;
}

/** Which requests are meant: those that place calls, or those that read a status. */
type Kind = 'calls' | 'checks';

const matches =
	(kind: Kind, whose?: Phone) =>
	({ method, number }: RecordedRequest) =>
		method === (kind === 'calls' ? 'POST' : 'GET') && (!whose || number === whose.number);

/** What Voice2Phone does. */
export const service = {
	/** Refuses to call this phone with a status code; `words` is what it says. */
	refuses(whose: Phone, statusCode: number, words?: unknown): void {
		this.fails(
			{ kind: 'status', statusCode, body: words },
			{ kind: 'calls', whose, times: Infinity },
		);
	},

	/** Cuts the connection of the next request to call. */
	cuts(when: Extract<Fault, { kind: 'cut' }>['when'], whose?: Phone): void {
		this.fails({ kind: 'cut', when }, { kind: 'calls', whose });
	},

	/** Lets so many requests fail, those of one phone or of all, when so many were heard before. */
	fails(
		fault: Fault,
		{
			kind,
			whose,
			times = 1,
			after = 0,
		}: { kind: Kind; whose?: Phone; times?: number; after?: number },
	): void {
		const isMeant = matches(kind, whose);
		bed.simulator.faults.next(fault, {
			// The request that is asked about is among those heard.
			match: (request) => isMeant(request) && this.heard(kind, whose) > after,
			count: times,
		});
	},

	/** Answers the next request to call this phone so much later, by the machine's clock. */
	isSlow(whose: Phone, milliseconds: number): void {
		this.fails({ kind: 'delay', milliseconds }, { kind: 'calls', whose });
	},

	/** Cannot be reached while the task runs. */
	async isDown(task: () => Promise<void>): Promise<void> {
		await bed.simulator.down(true);
		try {
			await task();
		} finally {
			await bed.simulator.down(false);
		}
	},

	/** The one key that is good. */
	get apiKey(): string {
		return bed.simulator.apiKey;
	},

	/** Does not know the calls to this phone any more. */
	forgets(whose: Phone): void {
		for (const { callId } of bed.simulator.acceptedCalls(whose.number)) {
			bed.simulator.calls.delete(callId);
		}
	},

	/** Fails if any request has come. */
	heardNothing(): void {
		expect(bed.simulator.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
	},

	/** Resolves as soon as so many requests have come. */
	async hears(kind: Kind, times: number): Promise<void> {
		const heard = new Promise<void>((resolve) => {
			const look = () => {
				if (this.heard(kind) < times) return;
				bed.simulator.off('request', look);
				resolve();
			};
			bed.simulator.on('request', look);
			look();
		});
		await time.passesUntil(`There were fewer than ${times} ${kind}`, heard);
	},

	/** When the requests came, in milliseconds. */
	heardAt(kind: Kind): number[] {
		return bed.simulator.requests.filter(matches(kind)).map(({ receivedAt }) => receivedAt);
	},

	/** How many requests were open at the same time, at most. */
	heardAtOnce(kind: Kind): number {
		const heard = bed.simulator.requests.filter(matches(kind));
		return Math.max(0, ...heard.map(({ inFlight }) => inFlight));
	},

	/** How many requests have come so far. */
	heard(kind: Kind, whose?: Phone): number {
		return bed.simulator.requests.filter(matches(kind, whose)).length;
	},
};

/** Calls to numbers that are no phone of the test. */
let strangers: SimulatedCall[] = [];

/** The rings that the test has not named, in words. */
export function strayRings(): string[] {
	const unnamed = [...strangers, ...[...phones.values()].flatMap((each) => each.unnamed)];
	return unnamed.map(({ number, message }) => `${number} was called: "${message}"`);
}

/** Forgets all phones and their rings: for the tests of these words. */
export function forgetPhones(): void {
	phones.clear();
	strangers = [];
}

beforeEach(() => {
	forgetPhones();
	let behaviour: Behaviour;
	bed.simulator.personAt = (number) => {
		const called = phones.get(number);
		return called && (behaviour = called.behaviour());
	};
	bed.simulator.on('call', (call) => {
		const called = phones.get(call.number);
		if (called) called.ring(call, behaviour);
		else strangers.push(call);
	});
});

afterEach(() => {
	bed.simulator.removeAllListeners('call');
	bed.engine.executions.clear();
	// Nobody else was called.
	expect(strayRings()).toEqual([]);
});
