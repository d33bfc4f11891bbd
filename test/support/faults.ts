import type { INodeExecutionData } from 'n8n-workflow';
import type {
	ConnectionFaultRate,
	Fault,
	FaultRate,
	RecordedRequest,
	SimulatedCall,
} from '../simulator';

/** What goes wrong in the fault suites: each way in which a request can fail or its answer be lost. */
export const faultRates: FaultRate[] = [
	{ fault: { kind: 'status', statusCode: 429, retryAfter: 0 }, rate: 0.04 },
	{ fault: { kind: 'status', statusCode: 402 }, rate: 0.02 },
	{ fault: { kind: 'status', statusCode: 500 }, rate: 0.02 },
	{ fault: { kind: 'status', statusCode: 502, accept: true }, rate: 0.02 },
	{ fault: { kind: 'status', statusCode: 503 }, rate: 0.02 },
	{ fault: { kind: 'status', statusCode: 504, accept: true }, rate: 0.02 },
	{ fault: { kind: 'cut', when: 'beforeProcessing' }, rate: 0.02 },
	{ fault: { kind: 'cut', when: 'afterProcessing' }, rate: 0.02 },
	{ fault: { kind: 'cut', when: 'midBody' }, rate: 0.02 },
	{ fault: { kind: 'timeout', when: 'afterProcessing' }, rate: 0.01 },
	{ fault: { kind: 'delay', milliseconds: 100 }, rate: 0.02 },
	{ fault: { kind: 'malformedBody' }, rate: 0.02 },
	{ fault: { kind: 'truncatedBody' }, rate: 0.01 },
	{ fault: { kind: 'noCallId' }, rate: 0.02 },
];

/** What goes wrong before TLS is agreed: a proxy's doing, for the most part. */
export const connectionFaultRates: ConnectionFaultRate[] = [
	{ fault: { kind: 'refused', statusCode: 407 }, rate: 0.005 },
	{ fault: { kind: 'refused', statusCode: 502 }, rate: 0.02 },
	{ fault: { kind: 'refused', statusCode: 503 }, rate: 0.01 },
	{ fault: { kind: 'closed', when: 'connect' }, rate: 0.02 },
	{ fault: { kind: 'reset', when: 'connect' }, rate: 0.01 },
	{ fault: { kind: 'closed', when: 'handshake' }, rate: 0.02 },
	{ fault: { kind: 'reset', when: 'handshake' }, rate: 0.02 },
	{ fault: { kind: 'plainHttp' }, rate: 0.01 },
];

/** Whether nobody but the server can know what became of a request that met the fault. */
export function hidesOutcome(fault: Fault): boolean {
	return fault.kind !== 'delay' && !(fault.kind === 'status' && fault.statusCode < 500);
}

/** The calls that were placed, but whose answer was lost on its way. */
export function placedWithoutAnswer(requests: readonly RecordedRequest[]): number {
	return requests.filter(({ callId, fault }) => callId && fault && hidesOutcome(fault)).length;
}

/** All that a user can see of what an execution did: the items that came out, and the error's words. */
export interface Visible {
	items: INodeExecutionData[];
	error: string;
}

/**
 * Whether the user learns of a call: by its ID, or by the word that its item's call may have been placed.
 * A long list in an error ends with "and N more", which Retry in the executions list gives out.
 *
 * @param call its message is "Message " and the number of its item
 * @param passSize how many items a pass of the loop has, if there is a loop
 */
export function isAccountedFor(
	{ callId, message }: SimulatedCall,
	{ items, error }: Visible,
	passSize: number,
): boolean {
	const number = Number(message.replace('Message ', ''));
	const perPass = [number, number % passSize];
	// The message of an error names its own item.
	const texts = [error.split('\n')[0], ...items.map(({ json }) => JSON.stringify(json))];
	const unknownItems =
		/Not known whether the call was placed: item ([\d, ]+)/.exec(error)?.[1] ?? '';
	return (
		error.includes(callId) ||
		/item \d+: [-\da-f]+, and \d+ more/.test(error) ||
		unknownItems.split(', ').includes(String(number)) ||
		texts.some(
			(text) =>
				text.includes(callId) ||
				perPass.some(
					(item) =>
						/whether the phone rang|may have been placed/.test(text) &&
						new RegExp(`item ${item}\\b`).test(text),
				),
		)
	);
}

const SAYS_UNKNOWN = /whether the phone rang|may have been placed/;

/** Of how many items the user is told that their call may have been placed. */
export function countUnknown({ items, error }: Visible): number {
	const named =
		/Not known whether the call was placed: item ([\d, ]+?)(?:, and (\d+) more)?\./.exec(error);
	const inError = named
		? named[1].split(', ').length + Number(named[2] ?? 0)
		: Number(SAYS_UNKNOWN.test(error.split('\n')[0]));
	const inItems = items.filter(({ json }) => SAYS_UNKNOWN.test(JSON.stringify(json.error ?? '')));
	return inError + inItems.length;
}
