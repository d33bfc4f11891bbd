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
	/** In Call Until Accepted. */
	meaning?: 'accepts' | 'declines';
}

/** All options by their names in the node, and the milliseconds of those that are times. */
const UNITS = {
	allowedNumbers: 1,
	atOnce: 1,
	callAgainIfNoKey: 1,
	callsAtOnce: 1,
	callsPerSecond: 1,
	checkEvery: 1000,
	checksAtOnce: 1,
	checksPerSecond: 1,
	days: 1,
	dialAgainWhenUnknown: 1,
	doNotCall: 1,
	finishedStatusCodes: 1,
	from: 1,
	handOverAfter: 1000,
	includeInputFields: 1,
	maxCalls: 1,
	maxRetries: 1,
	messageCheck: 1,
	needed: 1,
	notOn: 1,
	numberCheck: 1,
	onSameCall: 1,
	onTimeOut: 1,
	oncePer: 1,
	rememberFor: 1,
	rememberedBy: 1,
	requestTimeout: 1000,
	retryFor: 1000,
	surviveRestarts: 1,
	timeZone: 1,
	until: 1,
	waitAtMost: 60_000,
};

/** Times are in milliseconds. Any other value stands as it is, so that wrong ones can be tried. */
type Options = Partial<Record<keyof typeof UNITS, unknown>>;

/** Whom the node calls while one builds. */
interface Trial {
	testMode?: 'testNumber' | 'manualDryRun' | 'dryRun' | 'off';
	testNumber?: Phone | string;
	madeUpKey?: string;
}

export interface Waiting extends Options, Trial {
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
	...operation('callAndWait', 'Call and Wait', calling, {
		...callFields(calling),
		splitByKey: calling.splitByKey,
	}),
	...feed(who),
});

/** How Call Until Accepted goes on; minutes are minutes, `nextAfter` is in milliseconds. */
interface Searching extends Calling {
	rounds?: number;
	minutesBetween?: number | null;
	nextAfter?: number;
}

const ANSWERS: KeyToPress[] = [
	{ key: '1', meaning: 'accepts' },
	{ key: '2', meaning: 'declines' },
];

/** Call Until Accepted: one item, whose people are these. 1 accepts, 2 declines, unless it says other keys. */
export const callUntilAccepted = (people: unknown, searching: Searching = {}): Feeding =>
	callEachUntilAccepted([people], searching);

/** Call Until Accepted with an item for each of these lists: of phones, of rows, or whatever an expression gives. */
export const callEachUntilAccepted = (
	lists: unknown[],
	{ rounds, minutesBetween, nextAfter, ...searching }: Searching = {},
): Feeding => {
	const { country = 'US', message = 'Hello', keys = ANSWERS } = searching;
	return {
		...operation('callUntilAccepted', 'Call Until Accepted', searching, {
			countryCode: country,
			phoneNumbers: '={{ $json.people }}',
			message,
			dtmf: { entries: keys.map(({ key, meaning }) => ({ key, meaning })) },
			rounds,
			minutesBetween,
			nextAfter: nextAfter && nextAfter / 60_000,
		}),
		feed: items(lists.map((people) => ({ people: withNumbers(people) }) as IDataObject)),
	};
};

/** Wait for Response: the call ID comes from the item before. */
export const waitForResponse = (waiting: Waiting & { callId?: string } = {}): Step =>
	operation('waitForResponse', 'Wait for Response', waiting, {
		callId: waiting.callId,
		dtmf: { entries: (waiting.keys ?? []).map(({ key, label }) => ({ key, label })) },
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
	{ settings, output = 0, ...given }: Options & Trial & Pick<Waiting, 'output' | 'settings'>,
	fields: IDataObject,
): Step {
	const options = Object.entries(UNITS).map(([option, unit]) => {
		const typed = given[option as keyof Options];
		return [option, typeof typed === 'number' ? typed / unit : typed];
	});
	const { testMode = given.testNumber && 'testNumber', testNumber, madeUpKey } = given;
	const parameters = {
		operation: value,
		...withoutUndefined({ ...fields, testMode, madeUpKey } as IDataObject),
		...(testNumber && { testNumber: numberOf(testNumber) }),
		options: withoutUndefined(Object.fromEntries(options) as IDataObject),
	};
	const step = voice2Phone(parameters as INodeParameters, { name, ...settings });
	return { ...step, output: { ...step.output, index: output } };
}

/** The numbers in place of the phones, however deep. */
function withNumbers(value: unknown): unknown {
	if (isPhone(value)) return value.number;
	if (Array.isArray(value)) return value.map(withNumbers);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, inner]) => [name, withNumbers(inner)]),
	);
}

const numberOf = (who: unknown) => (isPhone(who) ? who.number : who);

const feed = (who: Who | Who[]) => ({ feed: items([who].flat().map(toItem)) });

function toItem(who: Who): IDataObject {
	if (isPhone(who)) return { phone: who.number };
	if (typeof who !== 'object') return { phone: who };
	return { ...who, phone: numberOf(who.phone) as string };
}

const isPhone = (value: unknown): value is Phone =>
	typeof value === 'object' && value !== null && 'rings' in value;

const withoutUndefined = (fields: IDataObject): IDataObject =>
	Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
