/* Call Until Accepted: calls people one after the other until somebody accepts. */
import { ACCEPTED, NOBODY } from '../../core/outputs';
import { countryProperty } from '../../parameters/call';
import {
	matterMessageProperty,
	meaningKeysProperty,
	phoneNumbersProperty,
	readMatter,
	roundsProperties,
	severalPeopleOption,
	type MatterRequest,
} from '../../parameters/matter';
import {
	callPaceOption,
	checkPaceOption,
	includeInputFieldsOption,
	requestOption,
} from '../../parameters/options';
import { agentAllowedNumbers, matterPlacingOptions } from '../../parameters/placing';
import { madeUpKeyProperty, testModeProperties } from '../../parameters/testMode';
import { finishedStatusCodesOption } from '../../parameters/wait';
import { callPeople } from '../../steps/callPeople';
import type { Operation } from '../operation';

export const callUntilAccepted: Operation<MatterRequest> = {
	entry: {
		name: 'Call Until Accepted',
		value: 'callUntilAccepted',
		description: 'Call one after the other until a key accepts',
		action: 'Call people until one accepts',
	},
	properties: [
		phoneNumbersProperty,
		countryProperty,
		agentAllowedNumbers,
		matterMessageProperty,
		...testModeProperties,
		madeUpKeyProperty,
		meaningKeysProperty,
		...roundsProperties,
	],
	options: [
		...matterPlacingOptions,
		callPaceOption,
		checkPaceOption,
		finishedStatusCodesOption,
		includeInputFieldsOption,
		requestOption,
		severalPeopleOption,
	],
	read: readMatter,

	async perform(request, itemIndex, run) {
		const fields = await callPeople(request, itemIndex, run);
		return {
			json: run.toJson(run.inputFields(itemIndex), fields),
			output: run.hasOutputs ? (fields.outcome === 'accepted' ? ACCEPTED : NOBODY) : 0,
		};
	},
};
