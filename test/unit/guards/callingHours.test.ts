import type { INodeParameters } from 'n8n-workflow';
import { callingHours } from '../../../nodes/Voice2Phone/guards/callingHours';
import { callOf, GuardedRun, hintsOf } from '../../support/guarded';

const OF_BERLIN = '+4930901820';
/** Anywhere in North America. */
const OF_NO_AREA = '+18005550100';
const ALL_DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** A Wednesday in November; Berlin is one hour ahead of UTC. */
const at = (time: string, day = 25) => Date.parse(`2026-11-${day}T${time}Z`);

/** Options with calling hours alone; an empty object is the group as it was added. */
const withHours = (hours: INodeParameters) =>
	new GuardedRun({ parameters: {}, options: { callingHours: { values: hours } } });

const look = (run: GuardedRun, number: string, now: number) =>
	run.asks(callingHours, number).check!.look!(now);

describe('Calling Hours', () => {
	it('are off unless they were added', () => {
		const { check, problems } = new GuardedRun({}).asks(callingHours, OF_BERLIN);
		expect(check).toBeUndefined();
		expect(problems).toEqual([]);
	});

	it.each([
		['07:59', 25, false],
		['08:00', 25, true],
		['18:59', 25, true],
		['19:00', 25, false],
		['12:00', 27, true],
		['12:00', 28, false],
		['12:00', 29, false],
		['12:00', 30, true],
	])(
		'are nine to eight on workdays, by the clock of the phone: %s UTC on day %i',
		(time, day, may) => {
			expect(look(withHours({}), OF_BERLIN, at(time, day)).may).toBe(may);
		},
	);

	it('say when the person may be called, and what time it is there', () => {
		expect(look(withHours({}), OF_BERLIN, at('19:30'))).toEqual({
			may: false,
			because: 'outsideHours',
			fields: {
				callableFrom: '2026-11-26T08:00:00.000Z',
				localTime: '2026-11-25 20:30 (Europe/Berlin)',
			},
		});
	});

	it('are those that the user enters', () => {
		const run = withHours({
			days: ALL_DAYS,
			from: '10:00',
			until: '11:00',
			notOn: '2026-11-26',
			timeZone: 'Asia/Tokyo',
		});
		const says = (now: number) => look(run, OF_BERLIN, now).may;
		expect([at('00:59'), at('01:00'), at('01:59'), at('02:00')].map(says)).toEqual([
			false,
			true,
			true,
			false,
		]);
		expect([at('01:00', 26), at('01:00', 28)].map(says)).toEqual([false, true]);
	});

	it('can be by the clock of the workflow', () => {
		const run = new GuardedRun({
			options: { callingHours: { values: { timeZone: 'workflow' } } },
			timezone: 'Asia/Tokyo',
		});
		expect(look(run, OF_BERLIN, at('00:00')).may).toBe(true);
		expect(look(run, OF_BERLIN, at('11:00')).may).toBe(false);
	});

	it('that cannot be read let nobody be called', () => {
		const run = withHours({ days: [], from: 'late', until: '25:00', notOn: 'tomorrow' });
		const { check, problems } = run.asks(callingHours, OF_BERLIN);
		expect(check).toBeUndefined();
		expect(problems).toEqual([
			'Days is empty. Choose at least one day',
			'Hours From "late" is not a time of day. Enter it as 09:00 or 17:30',
			'Hours Until "25:00" is not a time of day. Enter it as 09:00 or 17:30',
			'Not On has "tomorrow", which is no date. Enter dates as 2026-12-24, separated by commas',
		]);
	});

	it('are each item’s own where an expression says so', () => {
		const run = new GuardedRun({
			options: { callingHours: { values: { timeZone: '={{ $json.zone }}' } } },
			items: [{ zone: 'Asia/Tokyo' }, { zone: 'Europe/Berlin' }],
		});
		const says = (itemIndex: number) =>
			run.asks(callingHours, OF_BERLIN, itemIndex).check!.look!(at('01:00')).may;
		expect([says(0), says(1)]).toEqual([true, false]);
	});

	const ADVICE =
		'Time Zone of item 0: cannot be told from this number, so no hour is sure to be good for all of its zones. Choose a Time Zone in Calling Hours';

	it('advise a Time Zone where no hour is good for all zones of a number', () => {
		const item = withHours({ from: '12:00', until: '13:00' }).item();
		const { look } = callingHours.read(item, callOf(OF_NO_AREA))!;
		expect(hintsOf(item)).toEqual([]);
		expect(look!(at('17:00'))).toEqual({
			may: false,
			because: 'outsideHours',
			fields: { callableFrom: null, localTime: expect.stringContaining(' to ') as string },
		});
		expect(hintsOf(item)).toEqual([ADVICE]);
	});

	it('advise it where a number has no zone, whose time nobody can tell', () => {
		const item = withHours({}).item();
		// Numbers of no country, such as those of satellites.
		const phone = { number: '+870773111632', countryCode: '' };
		const call = callOf({ number: OF_BERLIN, phone });
		expect(callingHours.read(item, call)!.look!(at('12:00'))).toEqual({
			may: false,
			because: 'outsideHours',
			fields: { callableFrom: null },
		});
		expect(hintsOf(item)).toEqual([ADVICE]);
	});

	it('advise nothing where there is an hour', () => {
		const run = withHours({});
		const item = run.asks(callingHours, OF_BERLIN);
		item.check!.look!(at('03:00'));
		expect(item.hints).toEqual([]);
	});
});
