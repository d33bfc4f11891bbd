/* Calling hours for tests: those of an office, and what a test changes in them. */
import {
	DAYS,
	parseSchedule,
	type Schedule,
	type ScheduleParameters,
} from '../../nodes/Voice2Phone/core/hours/schedule';

export const office: ScheduleParameters = {
	days: DAYS.slice(0, 5),
	from: '09:00',
	until: '20:00',
	notOn: '',
	timeZone: 'phoneNumber',
	workflowTimeZone: 'Europe/Vienna',
};

/** @throws when the settings are wrong */
export function schedule(changes: Partial<ScheduleParameters> = {}): Schedule {
	const parsed = parseSchedule({ ...office, ...changes });
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
	return parsed.value;
}

/** The time of a date that is written in UTC. */
export const at = (text: string) => Date.parse(text);
