import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeProperties,
} from 'n8n-workflow';

import { KEYS, parseCallId } from '../../core/calls/callRequest';
import type { Parsed, Problem } from '../../core/words';
import {
	checkDelay,
	readAnswer,
	type Answer,
	type OfferedKey,
	type WaitRequest,
} from '../../core/waiting/answer';
import { outputIndex } from '../../core/outputs';
import { failureText, unreadStatus } from '../../transport/errors';
import type { Batch } from '../batch';
import type { Operation, Result } from '../operation';
import { outputKeyFields } from './callFields';
import { callIdProperty } from './getStatus.operation';
import {
	checkPaceOptions,
	optionsCollection,
	requestOptions,
	restartOptions,
	waitStepProperty,
} from './options';

export const splitByKeyProperty: INodeProperties = {
	displayName: 'Split by Key',
	name: 'splitByKey',
	type: 'boolean',
	noDataExpression: true,
	default: false,
	// Only its first output reaches an agent.
	displayOptions: { hide: { '@tool': [true] } },
	description:
		'Whether each key has its own output. There are also outputs for No Key, Other Key and Timed Out. A node that was connected before is then connected to No Key.',
};

const offeredKeysProperty: INodeProperties = {
	displayName: 'Keys',
	name: 'keys',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Key' },
	placeholder: 'Add Key',
	default: {},
	description: 'The keys that the call offers, and what each means',
	options: [{ displayName: 'Key', name: 'entries', values: outputKeyFields }],
};

/** Options of the operations that wait, besides their pace. */
export const waitOptions: INodeProperties[] = [
	{
		displayName: 'Check Every (Seconds)',
		name: 'checkEvery',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 5,
		description:
			'How often the status of each call is read. With many open calls, Checks per Second makes it less often.',
	},
	{
		displayName: 'Finished Status Codes',
		name: 'finishedStatusCodes',
		type: 'string',
		default: '2',
		placeholder: 'e.g. 2, 3',
		description:
			'The values of Status that mean that a call is over, separated by commas. Voice2Phone does not document them; its example of an answered call shows 2.',
	},
	{
		displayName: 'On Time-Out',
		name: 'onTimeOut',
		type: 'options',
		options: [
			{
				name: 'Return Item',
				value: 'returnItem',
				description: 'The item comes out with outcome "timedOut" and its CallId',
			},
			{
				name: 'Throw Error',
				value: 'throwError',
				description: 'The item fails with an error that names its CallId',
			},
		],
		default: 'returnItem',
		description: 'What to do when a call is still open after the longest wait',
	},
	{
		displayName: 'Wait At Most (Minutes)',
		name: 'waitAtMost',
		type: 'number',
		default: 5,
		description: 'How long to wait for the response to each call',
	},
];

/**
 * Reads and checks how to wait.
 *
 * @param offered `[{ key, label?, message? }, …]`, of any type: what can be pressed
 */
export function readWait(
	context: IExecuteFunctions,
	itemIndex: number,
	offered: unknown,
): Parsed<WaitRequest> {
	const options = context.getNodeParameter('options', itemIndex, {}) as IDataObject;
	const { waitAtMost = 5, checkEvery = 5, finishedStatusCodes = '2', onTimeOut } = options;
	const problems: Problem[] = [];
	if (!(Number(waitAtMost) > 0)) {
		problems.push({ field: 'Wait At Most', reason: 'must be more than 0 minutes' });
	}
	if (!(Number(checkEvery) > 0)) {
		problems.push({ field: 'Check Every', reason: 'must be more than 0 seconds' });
	}
	const codes = String(finishedStatusCodes)
		.split(',')
		.map((code) => code.trim());
	if (!codes.every((code) => /^-?\d+$/.test(code))) {
		const reason = `"${String(finishedStatusCodes)}" must be whole numbers separated by commas, for example 2, 3`;
		problems.push({ field: 'Finished Status Codes', reason });
	}
	const keys = readOfferedKeys(offered, problems);
	if (problems.length > 0) return { ok: false, problems };
	return {
		ok: true,
		value: {
			waitAtMostMs: Number(waitAtMost) * 60_000,
			checkEveryMs: Number(checkEvery) * 1000,
			finishedStatusCodes: new Set(codes),
			throwOnTimeOut: onTimeOut === 'throwError',
			keys,
		},
	};
}

function readOfferedKeys(entries: unknown, problems: Problem[]): OfferedKey[] {
	const keys = (Array.isArray(entries) ? entries : []).map((entry: IDataObject) => ({
		key: String(entry.key ?? ''),
		label: String(entry.label ?? '').trim(),
		message: String(entry.message ?? '').trim(),
	}));
	for (const { key } of keys) {
		if (!(KEYS as readonly string[]).includes(key)) {
			problems.push({
				field: 'Keys',
				reason: `have the key "${key}", which is not on a phone. Choose 0–9, * or #`,
			});
		}
	}
	if (new Set(keys.map(({ key }) => key)).size < keys.length) {
		problems.push({
			field: 'Keys',
			reason: 'have a key twice. Choose another key for one of them',
		});
	}
	return keys;
}

/** A call whose end is waited for, and what is known of it so far. */
export interface OpenCall {
	callId: string;
	itemIndex: number;
	request: WaitRequest;
	/** When the wait began, in milliseconds since 1970. */
	began: number;
	/** What is known of the call beyond its status. */
	before: IDataObject;
	/** The API's fields as they came last, `before` included. */
	json: IDataObject;
	/** Why the last check failed, or null when it did not. */
	lastFault: string | null;
}

/**
 * Reads the status of a call until it is over, the longest wait has passed, or the wait is to be handed
 * over to n8n. Faults that pass by cost nothing but a check; it never dials.
 *
 * @returns the API's fields as they came last, `before` (what is known of the call), and how the wait
 * ended; or the call itself, when the wait goes on outside of this run of the node
 * @throws NodeApiError when Voice2Phone refuses to say; NodeOperationError on time-out, if the user wants that
 */
export async function waitForResponse(
	callId: string,
	request: WaitRequest,
	itemIndex: number,
	batch: Batch,
	before: IDataObject = {},
): Promise<Result> {
	const { clock } = batch;
	const began = clock.now();
	const json = { CallId: callId, ...before };
	const call: OpenCall = { callId, itemIndex, request, began, before, json, lastFault: null };
	for (let checks = 0; ; checks++) {
		const nextCheck = clock.now() + checkDelay(checks, request.checkEveryMs);
		const latest = began + Math.min(request.waitAtMostMs, batch.handOverAfterMs);
		await clock.sleep(Math.max(0, Math.min(nextCheck, latest) - clock.now()));
		const result = await checkCall(call, batch);
		if (result) return result;
		if (clock.now() >= began + batch.handOverAfterMs) return { json: call.json, open: call };
	}
}

/**
 * Reads the status of a call once, and notes it in the call.
 *
 * @returns how the wait ended, or undefined while it goes on
 * @throws as `waitForResponse` does
 */
export async function checkCall(call: OpenCall, batch: Batch): Promise<Result | undefined> {
	const { callId, request, itemIndex } = call;
	const { api, clock, node, redact } = batch;
	const outcome = await api.checkStatus(callId);
	let answer: Answer | undefined;
	if (outcome.kind === 'read') {
		call.json = { ...call.before, ...(outcome.body as IDataObject) };
		call.lastFault = null;
		answer = readAnswer(outcome.body, request);
	} else if (outcome.transient) {
		call.lastFault = failureText(outcome.failure);
	} else {
		throw unreadStatus(node, outcome.failure, itemIndex, callId, redact);
	}
	const isOver = clock.now() >= call.began + request.waitAtMostMs;
	if (!answer && isOver && request.throwOnTimeOut) throw timedOut(call, batch);
	if (!answer && !isOver) return undefined;
	return endOfWait(call, answer ?? TIMED_OUT, clock.now(), batch.splitsByKey);
}

const TIMED_OUT: Answer = { outcome: 'timedOut', pressedKey: null, pressedLabel: null };

/** The result of a call whose wait was lost. */
export function timedOutResult(call: OpenCall, { clock, splitsByKey }: Batch): Result {
	return endOfWait(call, TIMED_OUT, clock.now(), splitsByKey);
}

function endOfWait(call: OpenCall, answer: Answer, now: number, splitsByKey: boolean): Result {
	return {
		json: {
			// In the editor's table, what people look for stands first.
			CallId: call.callId,
			...answer,
			...call.json,
			...answer,
			waitedSeconds: Math.round((now - call.began) / 100) / 10,
			...(call.lastFault && { lastCheckFailed: call.lastFault }),
		},
		output: splitsByKey ? outputIndex(answer, call.request.keys) : 0,
	};
}

function timedOut(
	{ callId, itemIndex, request: { waitAtMostMs } }: OpenCall,
	{ node }: Batch,
): NodeOperationError {
	return new NodeOperationError(
		node,
		`The call was still open after ${waitAtMostMs / 60_000} minutes, CallId ${callId}, item ${itemIndex}`,
		{
			description: `The call goes on, and nobody is dialled again by waiting longer: use Wait for Response with this Call ID, or raise Wait At Most.`,
			itemIndex,
		},
	);
}

interface WaitForCall extends WaitRequest {
	callId: string;
}

/** Waits for the response to a call that was placed before. */
export const waitForResponseOperation: Operation<WaitForCall> = {
	option: {
		name: 'Wait for Response',
		value: 'waitForResponse',
		description:
			'Wait until a key was pressed or the call is over, for a call that was placed before',
		action: 'Wait for the response to a call',
	},
	properties: [
		callIdProperty,
		offeredKeysProperty,
		splitByKeyProperty,
		optionsCollection(waitOptions, checkPaceOptions, requestOptions, restartOptions),
		waitStepProperty,
	],

	read(context, itemIndex) {
		const callId = parseCallId(context.getNodeParameter('callId', itemIndex));
		const wait = readWait(
			context,
			itemIndex,
			context.getNodeParameter('keys.entries', itemIndex, []),
		);
		if (callId.ok && wait.ok) return { ok: true, value: { callId: callId.value, ...wait.value } };
		return {
			ok: false,
			problems: [...(callId.ok ? [] : callId.problems), ...(wait.ok ? [] : wait.problems)],
		};
	},

	async perform(request, itemIndex, batch) {
		batch.callIds.set(itemIndex, request.callId);
		return await waitForResponse(request.callId, request, itemIndex, batch);
	},
};
