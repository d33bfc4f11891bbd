/** The node's operations as steps of a workflow: the only place of the tests with its parameters. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Phone } from './phone';
import { items, voice2Phone, type NodeSettings, type Step } from './workflow';

/** A key that a call offers. */
export interface KeyToPress {
	key: string;
	label?: string;
	/** What is said when it was pressed. */
	reply?: string;
}

/** Times are in milliseconds. Any other value stands as it is, so that wrong ones can be tried. */
interface Options {
	callsAtOnce?: unknown;
	callsPerSecond?: unknown;
	checkEvery?: unknown;
	checksAtOnce?: unknown;
	checksPerSecond?: unknown;
	finishedStatusCodes?: unknown;
	handOverAfter?: unknown;
	maxRetries?: unknown;
	onTimeOut?: 'returnItem' | 'throwError';
	requestTimeout?: unknown;
	retryFor?: unknown;
	surviveRestarts?: unknown;
	testNumber?: Phone | string;
	waitAtMost?: unknown;
}

export interface Waiting extends Options {
	keys?: KeyToPress[];
	splitByKey?: boolean;
	/** The output that the next step is connected to, 0 if it is not said. */
	output?: number;
	/** What the node's tab "Settings" holds. */
	settings?: NodeSettings;
}

export interface Calling extends Waiting {
	country?: string;
	message?: string;
}

/** Where each option stands among the node's parameters, and in which unit. */
const OPTIONS: Record<keyof Options, [path: string, unitMs?: number]> = {
	callsAtOnce: ['options.callsAtOnce'],
	callsPerSecond: ['options.callsPerSecond'],
	checkEvery: ['options.checkEvery', 1000],
	checksAtOnce: ['options.checksAtOnce'],
	checksPerSecond: ['options.checksPerSecond'],
	finishedStatusCodes: ['options.finishedStatusCodes'],
	handOverAfter: ['options.handOverAfter', 1000],
	maxRetries: ['options.maxRetries'],
	onTimeOut: ['options.onTimeOut'],
	requestTimeout: ['options.requestTimeout', 1000],
	retryFor: ['options.retryFor', 1000],
	surviveRestarts: ['options.surviveRestarts'],
	testNumber: ['options.manualTestNumber'],
	waitAtMost: ['options.waitAtMost', 60_000],
};

/** Whom to call: a phone, what somebody typed, or a whole item with either as `phone`. */
type Who = Phone | string | number | (IDataObject & { phone: unknown });

/** A step, and the items that it starts with. */
export interface Feeding extends Step {
	feed: Step;
}

/** Make Call. */
export const makeCall = (who: Who | Who[], calling: Calling = {}): Feeding => ({
	...operation('makeCall', 'Make Call', calling, callFields(calling)),
	...feed(who),
});

/** Call and Wait for Response. */
export const callAndWait = (who: Who | Who[], calling: Calling = {}): Feeding => ({
	...operation('sendAndWait', 'Call and Wait', calling, {
		...callFields(calling),
		splitByKey: calling.splitByKey,
	}),
	...feed(who),
});

/** Wait for Response: the call ID comes from the item before. */
export const waitForResponse = (waiting: Waiting & { callId?: string } = {}): Step =>
	operation('waitForResponse', 'Wait for Response', waiting, {
		callId: waiting.callId,
		keys: { entries: (waiting.keys ?? []).map(({ key, label }) => ({ key, label })) },
		splitByKey: waiting.splitByKey,
	});

/** Get Status: the call ID comes from the item before. */
export const getStatus = (
	reading: Options & { callId?: string; settings?: NodeSettings } = {},
): Step => operation('getStatus', 'Get Status', reading, { callId: reading.callId });

function callFields({ country = 'US', message = 'Hello', keys = [] }: Calling): IDataObject {
	return {
		countryCode: country,
		phoneNumber: '={{ $json.phone }}',
		message,
		dtmf: { entries: keys.map(({ key, label, reply }) => ({ key, label, message: reply })) },
	};
}

function operation(
	value: string,
	name: string,
	{ settings, output = 0, ...options }: Options & Pick<Waiting, 'output' | 'settings'>,
	fields: IDataObject,
): Step {
	const parameters: IDataObject = { operation: value, ...withoutUndefined(fields) };
	for (const [option, [path, unitMs = 1]] of Object.entries(OPTIONS)) {
		const given = options[option as keyof Options];
		if (given === undefined) continue;
		const typed = isPhone(given) ? given.number : given;
		set(parameters, path.split('.'), typeof typed === 'number' ? typed / unitMs : typed);
	}
	const step = voice2Phone(parameters as INodeParameters, { name, ...settings });
	return { ...step, output: { ...step.output, index: output } };
}

const feed = (who: Who | Who[]) => ({ feed: items([who].flat().map(toItem)) });

function toItem(who: Who): IDataObject {
	if (isPhone(who)) return { phone: who.number };
	if (typeof who !== 'object') return { phone: who };
	return { ...who, phone: isPhone(who.phone) ? who.phone.number : (who.phone as string) };
}

const isPhone = (value: unknown): value is Phone =>
	typeof value === 'object' && value !== null && 'rings' in value;

const withoutUndefined = (fields: IDataObject): IDataObject =>
	Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

function set(target: IDataObject, [first, ...rest]: string[], value: unknown): void {
	if (rest.length === 0) target[first] = value as string;
	else set((target[first] ??= {}) as IDataObject, rest, value);
}
