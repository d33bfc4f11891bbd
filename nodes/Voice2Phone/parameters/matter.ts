/* Call Until Accepted: whom to call, and how to go on until somebody accepts. The fields, and the function that reads them. */
import type { INodeProperties } from 'n8n-workflow';

import type { OfferedKey } from '../core/calls/keys';
import type { Meaning } from '../core/calls/matterAnswer';
import { findTooFewPeople, parsePeople, type Person } from '../core/calls/people';
import type { MatterSettings } from '../core/calls/untilAccepted';
import { AUTO_DETECT } from '../core/numbers/phoneNumber';
import { numberFrom } from '../core/words';
import type { Option } from '../guards/guard';
import { readGuards, type GuardedCall } from '../guards/guards';
import type { ItemParameters } from '../guards/itemParameters';
import {
	keyField,
	keysProperty,
	messageProperty,
	readKeys,
	readMessage,
	replyField,
	USUAL_REPLY,
} from './call';
import { whomItCalls } from './placing';
import { readTestMode } from './testMode';
import { DEFAULT_CHECK_EVERY_S, DEFAULT_WAIT_LIMIT_MIN, readFinishedStatusCodes } from './wait';

export const phoneNumbersProperty: INodeProperties = {
	displayName: 'Phone Numbers',
	name: 'phoneNumbers',
	type: 'string',
	required: true,
	typeOptions: { rows: 3 },
	default: '',
	placeholder: 'e.g. +1 425 555 0100\n+1 425 555 0101',
	description:
		'The numbers to call, in this order. Separate them by commas or new lines, or let an expression give a list.',
};

export const matterMessageProperty = messageProperty(
	'The freezer in kitchen two is too warm. Press 1 to take care of it, or 2 to pass it on.',
);

const meaningField: INodeProperties = {
	displayName: 'Meaning',
	name: 'meaning',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Accepts', value: 'accepts', description: 'The search is over' },
		{ name: 'Declines', value: 'declines', description: 'The next person is called' },
	],
	default: 'accepts',
	description: 'Whether the key ends the search or passes the call on',
};

/** Two keys are there from the start. */
export const meaningKeysProperty: INodeProperties = {
	...keysProperty([keyField, meaningField, replyField]),
	default: {
		entries: [
			{ key: '1', meaning: 'accepts', message: USUAL_REPLY },
			{ key: '2', meaning: 'declines', message: USUAL_REPLY },
		],
	},
};

export const roundsProperties: INodeProperties[] = [
	{
		displayName: 'Rounds',
		name: 'rounds',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 1,
		description: 'How often to go through the numbers',
	},
	{
		displayName: 'Minutes Between Rounds',
		name: 'minutesBetween',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 5,
		description: 'How long to wait before the numbers are called again',
		displayOptions: { hide: { rounds: [1] } },
	},
	{
		displayName: 'Next Person After (Minutes)',
		name: 'nextAfter',
		type: 'number',
		default: 2,
		description:
			'How long to wait for a key before the next number is called. A key pressed later still counts.',
	},
];

export const severalPeopleOption: Option = {
	group: 'severalPeople',
	fields: [
		{
			displayName: 'Acceptances Needed',
			name: 'needed',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 1,
			description: 'How many people have to accept',
		},
		{
			displayName: 'Calls at Once',
			name: 'atOnce',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 1,
			description: 'How many people are called at the same time',
		},
	],
};

/** An alarm, a shift: people who are called until enough of them accept. */
export interface MatterRequest {
	people: Person[];
	message: string;
	keys: readonly OfferedKey[];
	/** The keys that accept, and those that decline. */
	meanings: ReadonlyMap<string, Meaning>;
	settings: MatterSettings;
	checkEveryMs: number;
	finishedStatusCodes: ReadonlySet<string>;
	/** Asked once, before the first call. */
	itemGuards: GuardedCall;
	/** Asked before every call, by the person's place in the list. */
	callGuards: GuardedCall[];
	dialAgainWhenUnknown: boolean;
	/** As in a call. */
	dryRunKey: string | undefined;
}

const MINUTE_MS = 60_000;
/** Rounds in which nobody can be rung are counted one by one. */
const MOST_ROUNDS = 1_000;

/** Reads one item of Call Until Accepted; undefined when nobody can be called. */
export function readMatter(item: ItemParameters): MatterRequest | undefined {
	const parsed = parsePeople(
		item.parameter('phoneNumbers', ''),
		item.parameter('countryCode', AUTO_DETECT),
		item.numberCheck(),
	);
	if (!parsed.ok) item.problems.push(...parsed.problems);
	const message = readMessage(item);
	const keys = readKeys(item, { needsReply: true });
	const meanings = readMeanings(item, keys);
	const settings = readMatterSettings(item);
	const testMode = readTestMode(item);
	const finishedStatusCodes = readFinishedStatusCodes(item);
	if (!parsed.ok) return undefined;

	const tooFew = findTooFewPeople(parsed.value, settings.needed);
	if (tooFew) item.problems.push(tooFew);
	const calls = parsed.value.map(({ phone }) => whomItCalls(item, testMode, phone, 'phoneNumbers'));
	return {
		people: parsed.value.map((person, index) => ({ ...person, phone: calls[index].phone })),
		message,
		keys,
		meanings,
		settings,
		checkEveryMs: DEFAULT_CHECK_EVERY_S * 1000,
		finishedStatusCodes,
		itemGuards: readGuards(item, calls[0], 'item'),
		callGuards: calls.map((call) => readGuards(item, call, 'call')),
		dialAgainWhenUnknown: item.group('technical')?.dialAgainWhenUnknown === true,
		dryRunKey: testMode?.calls === 'nobody' ? testMode.madeUpKey : undefined,
	};
}

function readMeanings(item: ItemParameters, keys: readonly OfferedKey[]): Map<string, Meaning> {
	const meanings = new Map(
		keys.map(({ key, declines }) => [key, declines ? 'declines' : 'accepts'] as const),
	);
	if (![...meanings.values()].includes('accepts')) {
		item.problem('Keys to Press', 'has no key that accepts. Add one, and say it in the message');
	}
	return meanings;
}

function readMatterSettings(item: ItemParameters): MatterSettings {
	const several = item.group('severalPeople') ?? {};
	const whole = (field: string, typed: unknown, most: number): number => {
		const value = numberFrom(typed);
		if (Number.isInteger(value) && value >= 1 && value <= most) return value;
		item.problem(field, `must be a whole number from 1 to ${most}`);
		return 1;
	};
	const minutes = (field: string, typed: unknown, isGood: (value: number) => boolean): number => {
		const value = numberFrom(typed);
		if (Number.isFinite(value) && isGood(value)) return value * MINUTE_MS;
		item.problem(field, 'must be a number of minutes');
		return 0;
	};
	const nextAfterMs = minutes(
		'Next Person After',
		item.parameter('nextAfter', 2),
		(value) => value > 0,
	);
	return {
		rounds: whole('Rounds', item.parameter('rounds', 1), MOST_ROUNDS),
		betweenRoundsMs: minutes(
			'Minutes Between Rounds',
			item.parameter('minutesBetween', 5),
			(value) => value >= 0,
		),
		nextAfterMs,
		needed: whole('Acceptances Needed', several.needed ?? 1, MOST_ROUNDS),
		atOnce: whole('Calls at Once', several.atOnce ?? 1, MOST_ROUNDS),
		watchMs: DEFAULT_WAIT_LIMIT_MIN * MINUTE_MS,
	};
}
