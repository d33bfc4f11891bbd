/* Calling Hours: a person is called only at hours that are decent where the person is. */
import {
	DAYS,
	isOpen,
	localTimes,
	nextOpening,
	OF_THE_NUMBER,
	OF_THE_WORKFLOW,
	parseSchedule,
} from '../core/hours/schedule';
import { timeZonesOf } from '../core/numbers/timeZones';
import { MAY_BE_CALLED, type Guard, type Verdict } from './guard';

const WORKDAYS = DAYS.slice(0, 5);
const NO_ZONE =
	'cannot be told from this number, so no hour is sure to be good for all of its zones. Choose a Time Zone in Calling Hours';

export const callingHours: Guard = {
	askedPer: 'call',
	options: [
		{
			group: 'callingHours',
			fields: [
				{
					displayName: 'Days',
					name: 'days',
					type: 'multiOptions',
					options: DAYS.map((day) => ({
						name: day[0].toUpperCase() + day.slice(1),
						value: day,
					})),
					default: [...WORKDAYS],
					description: 'The days on which people are called',
				},
				{
					displayName: 'Hours From',
					name: 'from',
					type: 'string',
					default: '09:00',
					placeholder: 'e.g. 09:00',
					description: 'The first minute at which people are called, by their clock',
				},
				{
					displayName: 'Hours Until',
					name: 'until',
					type: 'string',
					default: '20:00',
					placeholder: 'e.g. 20:00',
					description: 'From this minute on nobody is called',
				},
				{
					displayName: 'Not On',
					name: 'notOn',
					type: 'string',
					default: '',
					placeholder: 'e.g. 2026-12-24, 2026-12-25',
					description: 'Dates on which nobody is called, such as holidays',
				},
				{
					displayName: 'Time Zone',
					name: 'timeZone',
					type: 'options',
					options: [
						{ name: 'Of the Phone Number', value: OF_THE_NUMBER },
						{ name: 'Of This Workflow', value: OF_THE_WORKFLOW },
					],
					default: OF_THE_NUMBER,
					description:
						'Whose clock counts. An expression gives the name of a zone, for example Europe/Berlin.',
				},
			],
		},
	],

	read(item, { phone }) {
		const group = item.group('callingHours');
		if (!group) return undefined;
		const {
			days = WORKDAYS,
			from = '09:00',
			until = '20:00',
			notOn = '',
			timeZone = OF_THE_NUMBER,
		} = group;
		const parsed = item.shared.parseOnce('callingHours', group, () =>
			parseSchedule({
				days,
				from,
				until,
				notOn,
				timeZone,
				workflowTimeZone: item.context.getTimezone(),
			}),
		);
		if (!parsed.ok) {
			item.problems.push(...parsed.problems);
			return undefined;
		}
		const schedule = parsed.value;
		const zones = schedule.zones ?? timeZonesOf(phone);
		return {
			look(now): Verdict {
				if (isOpen(schedule, zones, now)) return MAY_BE_CALLED;
				const opening = nextOpening(schedule, zones, now);
				if (opening === null) item.hint('Time Zone', NO_ZONE);
				return {
					may: false,
					because: 'outsideHours',
					fields: {
						callableFrom: opening === null ? null : new Date(opening).toISOString(),
						...(zones.length > 0 && { localTime: localTimes(zones, now) }),
					},
				};
			},
		};
	},
};
