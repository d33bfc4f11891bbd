/* How far the node may go to place a call: the fields, and the function that reads them. */
import type { INodeProperties } from 'n8n-workflow';

import { isWrittenByModel, WRITTEN_BY_MODEL } from '../agent/modelArguments';
import { roleOf, type Role } from '../agent/roles';
import type { CallRequest } from '../core/calls/callRequest';
import type { Phone } from '../core/numbers/phoneNumber';
import { agentAllowedNumbers } from '../guards/allowedNumbers';
import type { CallToGuard, Option } from '../guards/guard';
import { DO_NOT_CALL, DO_NOT_CALL_PATH } from '../guards/doNotCall';
import { guardOptions, readGuards, type GuardedCall } from '../guards/guards';
import type { ItemParameters } from '../guards/itemParameters';
import { approvalMessageProperty } from './approval';
import { countryProperty, numberCheckOption, phoneNumberProperty } from './call';
import { messageCheckOption } from '../guards/messageCheck';
import { readTestMode, testModeProperties, type TestMode } from './testMode';

/** The main fields of the operations that call one number. */
export const callProperties = (message: INodeProperties): INodeProperties[] => [
	phoneNumberProperty,
	countryProperty,
	agentAllowedNumbers,
	message,
	...testModeProperties,
];

/** The main fields of Ask for Approval. */
export const approvalCallProperties: INodeProperties[] = [
	phoneNumberProperty,
	countryProperty,
	approvalMessageProperty,
	...testModeProperties,
];

const sameCallField: INodeProperties = {
	displayName: 'Same Call Again',
	name: 'onSameCall',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Dial Again', value: 'dial', description: 'Every item is a call of its own' },
		{ name: 'Refuse', value: 'refuse', description: 'The item fails and nobody is called' },
		{
			name: 'Return the First Call',
			value: 'returnFirst',
			description: 'The first call comes out again, and nobody is called',
		},
	],
	default: 'dial',
	description:
		'What to do with the same number, message and keys a second time in one execution, as an AI agent may ask for',
};

const dialAgainField: INodeProperties = {
	displayName: 'Dial Again If Unknown',
	name: 'dialAgainWhenUnknown',
	type: 'boolean',
	default: false,
	description:
		'Whether a retry may dial when it is not known whether an earlier try did. The phone may then ring twice.',
};

/** Options of all operations that place calls. */
export const placingOptions: Option[] = [
	...guardOptions,
	messageCheckOption,
	numberCheckOption,
	{
		group: 'technical',
		fields: [
			dialAgainField,
			{ ...sameCallField, displayOptions: { hide: { '@tool': [true] } } },
			{ ...sameCallField, default: 'returnFirst', displayOptions: { show: { '@tool': [true] } } },
		],
	},
];

/** Those of Ask for Approval: one call, to a person whom the builder chose. */
export const approvalPlacingOptions = placingOptions.filter(
	({ group }) => group === undefined || group === 'callingHours' || group === 'technical',
);

export type { Refusal, Verdict } from '../guards/guard';
export type { GuardedCall } from '../guards/guards';

/** Those of Call Until Accepted. It calls the same number again as it is told, so Same Call Again has no place. */
export const matterPlacingOptions: Option[] = [
	...guardOptions,
	messageCheckOption,
	numberCheckOption,
	{ group: 'technical', fields: [dialAgainField] },
];

export { agentAllowedNumbers } from '../guards/allowedNumbers';

/** A checked call, and how far the node may go to place it. */
export interface PlaceRequest extends CallRequest {
	guards: GuardedCall;
	/** The key that comes out of a dry run, empty for none; undefined when it is none. */
	dryRunKey: string | undefined;
	dialAgainWhenUnknown: boolean;
	onSameCall: 'dial' | 'returnFirst' | 'refuse';
}

/** Adds to a call whom it really rings, its guards, and what to do in doubt. */
export function readPlacing(
	item: ItemParameters,
	call: CallRequest | undefined,
): PlaceRequest | undefined {
	const testMode = readTestMode(item);
	if (!call) return undefined;
	const calls = whomItCalls(item, testMode, call.phone, 'phoneNumber');
	return {
		...call,
		phone: calls.phone,
		guards: readGuards(item, calls),
		...readDoubt(item, testMode),
	};
}

/** Whom a guard is asked about: an agent is to be told of a number that is not allowed, also in a trial. */
export function whomItCalls(
	item: ItemParameters,
	testMode: TestMode | undefined,
	intended: Phone,
	parameter: 'phoneNumber' | 'phoneNumbers',
): CallToGuard {
	const { type, parameters } = item.shared.node;
	const isTool = roleOf({ type }).name === 'tool';
	if (isTool) refuseListOfModel(item);
	return {
		phone: testMode?.calls === 'testNumber' ? testMode.phone : intended,
		intended,
		isTest: testMode?.calls === 'testNumber',
		isChosenByAgent:
			isTool &&
			// A number without a country code is another one in another country.
			[parameters[parameter], parameters.countryCode].some(isWrittenByModel),
	};
}

/** A list that the model writes would keep it from nobody. n8n lets Allowed Numbers be no expression. */
function refuseListOfModel(item: ItemParameters): void {
	if (isWrittenByModel(item.shared.rawAt(DO_NOT_CALL_PATH))) {
		item.problem(DO_NOT_CALL, WRITTEN_BY_MODEL);
	}
}

/** What to do when it is not known whether somebody was called, and in a dry run. */
function readDoubt(
	item: ItemParameters,
	testMode: TestMode | undefined,
): Pick<PlaceRequest, 'dialAgainWhenUnknown' | 'dryRunKey' | 'onSameCall'> {
	const technical = item.group('technical') ?? {};
	return {
		dryRunKey: testMode?.calls === 'nobody' ? testMode.madeUpKey : undefined,
		dialAgainWhenUnknown: technical.dialAgainWhenUnknown === true,
		onSameCall: sameCallAgain(technical.onSameCall, roleOf(item.shared.node)),
	};
}

function sameCallAgain(choice: unknown, role: Role): PlaceRequest['onSameCall'] {
	const { usualSameCall, canReturnFirstCall } = role;
	const chosen = (choice ?? usualSameCall) as PlaceRequest['onSameCall'];
	return chosen === 'returnFirst' && !canReturnFirstCall ? 'refuse' : chosen;
}
