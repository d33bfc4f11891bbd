import { randomUUID } from 'node:crypto';
import type { CallRequest } from './api';
import type { Behaviour } from './behaviours';
import type { Clock } from './clock';

/** The simulator's own numbers. What the numbers of the real service mean is not documented. */
export const CallStatus = { placed: 0, inProgress: 1, over: 2 } as const;

const RINGS_AFTER_MS = 250;

/** A time as the documentation shows it: UTC without a `Z`, with milliseconds. */
const documentedDate = (milliseconds: number) => new Date(milliseconds).toISOString().slice(0, -1);

/** A call that was placed. What has happened in it so far follows from the clock. */
export class SimulatedCall {
	/** A random GUID. */
	readonly callId = randomUUID();
	/** E.164 form. */
	readonly number: string;
	/** As sent, ISO 3166-1 alpha-2. */
	readonly countryCode: string;
	readonly message: string;
	/** Touch key to the message that is played for it; empty when none was sent. */
	readonly dtmf: Readonly<Record<string, string>>;
	/** Milliseconds since 1970 on the simulator's clock. */
	readonly acceptedAt: number;

	constructor(
		request: CallRequest,
		private readonly behaviour: Behaviour,
		private readonly clock: Clock,
	) {
		this.number = request.number;
		this.countryCode = request.countryCode;
		this.message = request.message;
		this.dtmf = request.dtmf;
		this.acceptedAt = clock.now();
	}

	/** When the person took the call, half way to its end; undefined until then. */
	get answeredAt(): number | undefined {
		return this.reached(this.behaviour.endsAfterMs / 2);
	}

	/** When the call was over, which is when the keys were pressed; undefined until then. */
	get finishedAt(): number | undefined {
		return this.reached(this.behaviour.endsAfterMs);
	}

	/** The keys that have been pressed, undefined until then. */
	get pressed(): string | undefined {
		return this.finishedAt === undefined ? undefined : this.behaviour.presses;
	}

	/** The body of `GET /call/{callId}` now; fields that are undefined are left out of the JSON. */
	status(): Record<string, unknown> {
		const { endsAfterMs, formatDate = documentedDate, keysWrittenAfterMs, status } = this.behaviour;
		const { acceptedAt, answeredAt, finishedAt } = this;
		const ringingAt = this.reached(Math.min(RINGS_AFTER_MS, endsAfterMs / 2));
		return {
			CallId: this.callId,
			Status:
				finishedAt !== undefined
					? CallStatus.over
					: ringingAt !== undefined
						? CallStatus.inProgress
						: CallStatus.placed,
			CreatedDateUtc: formatDate(acceptedAt),
			UpdatedDateUtc: formatDate(finishedAt ?? answeredAt ?? ringingAt ?? acceptedAt),
			Dtmf: this.pressed,
			...(finishedAt === undefined ? {} : status),
			...(this.reached(endsAfterMs + (keysWrittenAfterMs ?? 0)) === undefined &&
				finishedAt !== undefined && { Dtmf: null }),
		};
	}

	private reached(afterMs: number): number | undefined {
		const moment = this.acceptedAt + afterMs;
		return this.clock.now() >= moment ? moment : undefined;
	}
}
