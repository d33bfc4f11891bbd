/* Places a call: was it placed before? → guards → request → call ID. */
import { sameCallOf, toBody } from '../core/calls/callRequest';
import { fingerprint, type JournalLine, type PlacedCall } from '../core/calls/journal';
import { toDtmf } from '../core/calls/keys';
import { speechSeconds } from '../core/calls/messageCheck';
import { maskPhoneNumber, type Phone } from '../core/numbers/phoneNumber';
import { notCalledFields, type CallFields, type DryRun } from '../core/outputs';
import type { NodeError } from '../errors/nodeErrors';
import type { PlaceRequest, Verdict } from '../parameters/placing';
import type { NodeRun } from '../run/nodeRun';
import { GuardedRequest, type RequestNote } from './guardedRequest';

/** What a call came to: it was placed, or a guard said no. */
export type Placed =
	/** `isOwn`: false when the item got the first of two equal calls. */
	| { kind: 'placed'; callId: string; isOwn: boolean; fields: Partial<CallFields> }
	/** A dry run: the call would be placed, or the first of two equal calls would answer for it. */
	| { kind: 'rehearsed'; fields: Partial<CallFields> }
	| { kind: 'notCalled'; fields: Record<string, unknown> };

/**
 * Dials, unless an earlier try of this execution did (then its call ID is returned again) or a guard says
 * no.
 *
 * @throws NodeApiError or NodeOperationError when the call was rejected or its outcome is unknown
 */
export async function placeCall(
	request: PlaceRequest,
	itemIndex: number,
	run: NodeRun,
): Promise<Placed> {
	if (request.dryRunKey !== undefined) {
		return await run.inTurn('rehearsal', async () => await rehearseCall(request, itemIndex, run));
	}
	const place = async () => await placeOrFindCall(request, itemIndex, run);
	if (request.onSameCall === 'dial' && !run.role.retriesAsNewRun) return await place();
	// The second of two equal calls has to see what became of the first.
	return await run.inTurn(JSON.stringify(sameCallOf(request)), place);
}

/** Everything but the request, one item after the other: what the guards note depends on the order. */
async function rehearseCall(
	request: PlaceRequest,
	itemIndex: number,
	run: NodeRun,
): Promise<Placed> {
	const { phone, message, keys, guards } = request;
	const dryRun: DryRun = {
		number: phone.number,
		message,
		replies: toDtmf(keys, message) ?? {},
		seconds: speechSeconds(message),
	};
	const calls = run.rehearsal.of('calls', () => new Set<string>());
	const same = fingerprint(sameCallOf(request));
	if (request.onSameCall !== 'dial' && calls.has(same)) {
		if (request.onSameCall === 'refuse') run.fail(run.errors.sameCallWouldBeRefused(itemIndex));
		return { kind: 'rehearsed', fields: { wouldCall: false, dryRun } };
	}
	const verdict = await guards.rehearse(run.rehearsal, run.clock.wallTime());
	if (verdict.may === 'unknown') run.fail(run.errors.unknownFromEarlierTry(itemIndex));
	if (verdict.may === true) {
		calls.add(same);
		return { kind: 'rehearsed', fields: { wouldCall: true, dryRun } };
	}
	const { because, fields } = verdict as Extract<Verdict, { may: false }>;
	return {
		kind: 'notCalled',
		fields: notCalledFields({ because, fields: { ...fields, wouldCall: false, dryRun } }),
	};
}

async function placeOrFindCall(
	request: PlaceRequest,
	itemIndex: number,
	run: NodeRun,
): Promise<Placed> {
	const { errors } = run;
	const failUnknown = (error: NodeError): never => {
		run.unknownItems.add(itemIndex);
		return run.fail(error);
	};
	const placed = ({ callId, calledAt }: PlacedCall, isOwn = true): Placed => {
		run.callIds.set(itemIndex, callId);
		const fields = {
			CallId: callId,
			calledNumber: request.phone.number,
			calledAt,
			...(run.role.speaksForAgent && { spokenMessage: request.message }),
		};
		return { kind: 'placed', callId, isOwn, fields };
	};

	const line = run.journal.line(itemIndex, toBody(request));
	const same = run.journal.sameCall(sameCallOf(request));
	const looksForSame = request.onSameCall !== 'dial';
	const lines = looksForSame || run.role.retriesAsNewRun ? [line, same] : [line];
	if (line.call) return placed(line.call);
	if (looksForSame && same.call) {
		if (request.onSameCall === 'returnFirst') return placed(same.call, false);
		run.fail(errors.sameCallRefused(same.call.callId, itemIndex));
	}
	if (lines.some(({ state }) => state === 'unknown') && !request.dialAgainWhenUnknown) {
		failUnknown(errors.unknownFromEarlierTry(itemIndex));
	}

	const guard = new GuardedRequest(request.guards, noteIn(lines), run);
	return await run.api.placeCall(toBody(request), guard, (outcome) => {
		switch (outcome.kind) {
			case 'accepted':
				logCall(run, outcome.callId, request.phone);
				return placed({ callId: outcome.callId, calledAt: guard.settledAt });
			case 'rejected':
				return run.fail(errors.rejectedCall(outcome.failure, itemIndex));
			case 'unknown':
				return failUnknown(errors.unknownCall(outcome.failure, itemIndex));
			case 'notSent':
				return outcome.refusal.may === 'unknown'
					? failUnknown(errors.unknownFromEarlierTry(itemIndex))
					: { kind: 'notCalled', fields: notCalledFields(outcome.refusal) };
		}
	});
}

/**
 * A killed n8n loses the execution's data: this is then the trace of a call that was paid for. The call ID
 * stands in the message, because by default n8n prints nothing else.
 */
export function logCall({ context }: NodeRun, callId: string, { number }: Phone): void {
	context.logger.info(`Voice2Phone placed the call ${callId} to ${maskPhoneNumber(number)}`);
}

/** The lines of the journal as the note of a request. */
function noteIn(lines: JournalLine[]): RequestNote<never> {
	return {
		sending() {
			for (const line of lines) line.sending();
			return undefined;
		},
		settled(outcome, calledAt) {
			for (const line of lines) {
				if (outcome.kind === 'accepted') line.accepted({ callId: outcome.callId, calledAt });
				if (outcome.kind === 'rejected') line.rejected();
			}
		},
	};
}
