import type { IDataObject } from 'n8n-workflow';

import { toBody } from '../core/calls/callRequest';
import type { JournalLine } from '../core/calls/journal';
import { maskPhoneNumber } from '../core/numbers/phoneNumber';
import type { NodeError } from '../errors/nodeErrors';
import { CalledKey } from '../guards/calledKeys';
import type { PlaceRequest } from '../parameters/placing';
import type { NodeRun } from '../run/nodeRun';
import type { CallGuard } from '../transport/voiceApi';

/** What a call came to; without a call ID when its deduplication key kept it from being placed. */
export interface Placed {
	callId: string | undefined;
	json: IDataObject;
}

/**
 * Dials, unless an earlier try of this execution did (then its call ID is returned again) or the
 * deduplication key says that the person was called.
 *
 * @throws NodeApiError or NodeOperationError when the call was rejected or its outcome is unknown
 */
export async function placeCall(
	request: PlaceRequest,
	itemIndex: number,
	run: NodeRun,
): Promise<Placed> {
	const place = async () => await placeOrFindCall(request, itemIndex, run);
	if (request.onSameCall === 'dial') return await place();
	// The second of two equal calls has to see what became of the first.
	return await run.inTurn(JSON.stringify(toBody(request)), place);
}

async function placeOrFindCall(
	request: PlaceRequest,
	itemIndex: number,
	run: NodeRun,
): Promise<Placed> {
	const { context, errors } = run;
	const failUnknown = (error: NodeError): never => {
		run.unknownItems.add(itemIndex);
		return run.fail(error);
	};
	const body = toBody(request);
	const line = run.journal.line(itemIndex, body);
	const lines = [line];
	if (request.onSameCall !== 'dial') {
		const same = run.journal.sameCall(body);
		if (same.state === 'accepted' && request.onSameCall === 'refuse' && line.state === 'none') {
			run.fail(errors.sameCallRefused(same.callId, itemIndex));
		}
		lines.push(same);
	}
	const callId = lines.find(({ state }) => state === 'accepted')?.callId;
	if (callId) {
		run.callIds.set(itemIndex, callId);
		return { callId, json: { CallId: callId, ...redirection(request) } };
	}
	if (lines.some(({ state }) => state === 'unknown') && !request.dialAgainWhenUnknown) {
		failUnknown(errors.unknownFromEarlierTry(itemIndex));
	}

	return await run.api.placeCall(body, guardOf(request, lines, run), (outcome) => {
		switch (outcome.kind) {
			case 'accepted':
				run.callIds.set(itemIndex, outcome.callId);
				// A killed n8n loses the execution's data; this is then the trace of a call that was paid for. It
				// stands in the message, because by default n8n prints nothing else.
				context.logger.info(
					`Voice2Phone placed the call ${outcome.callId} to ${maskPhoneNumber(request.phone.number)}`,
				);
				return {
					callId: outcome.callId,
					json: { ...(outcome.body as IDataObject), ...redirection(request) },
				};
			case 'rejected':
				return run.fail(errors.rejectedCall(outcome.failure, itemIndex));
			case 'unknown':
				return failUnknown(errors.unknownCall(outcome.failure, itemIndex));
			case 'notSent':
				if (outcome.state === 'unknown') failUnknown(errors.unknownFromEarlierTry(itemIndex));
				return {
					callId: undefined,
					json: { outcome: 'skipped', deduplicationKey: request.deduplication?.key ?? null },
				};
		}
	});
}

/** The journal's lines, and the deduplication key where there is one, guard a call together. */
function guardOf(
	{ deduplication, dialAgainWhenUnknown }: PlaceRequest,
	lines: JournalLine[],
	{ context, clock }: NodeRun,
): CallGuard {
	const calledKey = deduplication && new CalledKey(context, deduplication, clock.now());
	return {
		async take() {
			const state = (await calledKey?.take()) ?? 'free';
			if (state === 'called') return state;
			if (state === 'unknown' && !dialAgainWhenUnknown) {
				await calledKey?.settle('unknown');
				return state;
			}
			for (const line of lines) line.sending();
			return 'free';
		},

		async settle(outcome) {
			for (const line of lines) {
				if (outcome.kind === 'accepted') line.accepted(outcome.callId);
				if (outcome.kind === 'rejected') line.rejected();
			}
			try {
				await calledKey?.settle(outcome.kind);
			} catch (error) {
				// The call stands, whatever became of the note: without it the key counts as unknown, which is safe.
				context.logger.warn(`Voice2Phone: ${(error as Error).message}`);
			}
		},
	};
}

/** Says in the output that a manual run called another number than the one that was meant. */
function redirection({ insteadOf, phone }: PlaceRequest): IDataObject {
	return insteadOf ? { manualTestNumber: phone.number, intendedNumber: insteadOf.number } : {};
}
