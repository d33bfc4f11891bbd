/* What else can happen to a matter: odd lists, faults and limits in its middle, people whom two matters share. */
import { bed } from '../support/bed';
import { callEachUntilAccepted, callUntilAccepted } from '../support/calls';
import { phone, service, type Phone } from '../support/phone';
import { run, start } from '../support/run';
import { hours, minutes, seconds, time } from '../support/time';

const ACCEPTED = 0;
const NOBODY = 1;

const whose = ({ number }: Phone) => ({ kind: 'calls', whose: { number } as Phone }) as const;

/** A phone that presses these keys at once, at each ring. */
const pressing = (keys: string): Phone => {
	const person = phone();
	person.answers().presses(keys);
	return person;
};
const declining = () => pressing('2');
/** A phone whose calls end without a key. */
const hangingUp = (): Phone => {
	const person = phone();
	person.answers().hangsUp();
	return person;
};
/** A phone that is never answered, and whose call the service never calls over. */
const silent = (): Phone => {
	const person = phone();
	person.isOff();
	return person;
};

/** The open hours of a clock in UTC, from one time of the day to another. */
const hoursOf = (from: string, until: string) => ({
	days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
	from,
	until,
	timeZone: 'UTC',
});

/** How long the task took, in milliseconds of the people's clock. */
async function lasts(task: () => Promise<unknown>): Promise<number> {
	const began = time.now();
	await task();
	return time.now() - began;
}

describe('The people to call', () => {
	it.each([
		[[phone], 2, /is 2, but Phone Numbers have only one number/],
		[[phone, phone], 3, /is 3, but Phone Numbers have only 2 different numbers/],
	])('must be as many as have to accept', async (list, needed, words) => {
		const people = list.map((make) => make());
		(await run(callUntilAccepted(people, { needed }))).failed(words);
		service.heardNothing();
	});

	it('are one when a number is written in two ways', async () => {
		const ann = hangingUp();
		const written = `(${ann.number.slice(2, 5)}) 555-${ann.number.slice(-4)}`;
		const result = await run(callUntilAccepted([ann, { name: 'Ann', phone: written }]));
		expect(result.item(0).json.attempts).toHaveLength(1);
		ann.rang(1);
	});

	it.each<[string, (ann: Phone, bob: Phone) => unknown]>([
		['JSON as text', (ann, bob) => JSON.stringify([{ phone: ann.number }, { phone: bob.number }])],
		['JSON of a list of texts', (ann, bob) => JSON.stringify([ann.number, bob.number])],
		['a list of texts with several each', (ann, bob) => [`${ann.number}, ${bob.number}`]],
		['a field "Phone Number"', (ann, bob) => [{ 'Phone Number': ann }, { 'Phone Number': bob }]],
		['a field "phoneNumber"', (ann, bob) => [{ phoneNumber: ann }, { phoneNumber: bob }]],
		['a field "mobile"', (ann, bob) => [{ mobile: ann }, { mobile: bob }]],
		[
			'a sheet with an empty row',
			(ann, bob) => [
				{ row_number: 2, name: 'Ann', phone: ann },
				{ row_number: 3, name: '', phone: '' },
				{ row_number: 4, name: 'Bob', phone: bob },
			],
		],
	])('may come as %s', async (_, listOf) => {
		const [ann, bob] = [declining(), pressing('1')];
		(await run(callUntilAccepted(listOf(ann, bob))))
			.item(0)
			.is({ acceptedBy: [{ phone: bob.number }], attempts: [{ phone: ann.number }, {}] });
		ann.rang(1);
		bob.rang(1);
	});

	it.each<[string, unknown, RegExp]>([
		['a row with a name and no number', [{ name: 'Bob', phone: '' }], /entry 2, "Bob": its number/],
		['nothing in the place of a number', [''], /entry 2: /],
		['nothing but empty rows', undefined, /are empty/],
		['JSON that was cut off', '[{"phone": "+1425', /JSON/],
	])('are refused as a whole with %s', async (_, more, words) => {
		const people =
			more === undefined
				? [{ name: '', phone: '' }]
				: typeof more === 'string'
					? more
					: [phone(), ...(more as unknown[])];
		(await run(callUntilAccepted(people))).failed(words);
		service.heardNothing();
	});

	it('need no name, and come out with the one that they have', async () => {
		const [ann, bob] = [pressing('1'), pressing('1')];
		const list = [{ phone: ann }, { name: 'Bob', phone: bob }];
		(await run(callUntilAccepted(list, { needed: 2 })))
			.item(0)
			.is({ acceptedBy: [{ name: null }, { name: 'Bob' }] });
	});

	it('are called at the usual pace, though all at once are wanted', async () => {
		const people = Array.from({ length: 200 }, hangingUp);
		const json = (await run(callUntilAccepted(people, { atOnce: 200 }))).item(0).json;
		expect(json.attempts).toHaveLength(200);
		const at = service.heardAt('calls');
		expect(at[199] - at[0]).toBeGreaterThanOrEqual(seconds(39));
	}, 120_000);

	it('are not rung once more for a problem of the settings that concerns all', async () => {
		const result = await run(callUntilAccepted([phone(), phone(), phone()], { maxCalls: -1 }));
		result.failed(
			/^Item 0: Max Calls per Execution must be a whole number\. Enter 0 for no limit\.$/,
		);
	});

	it.each([null, '', true])('wait for no pause that is none: %j', async (minutesBetween) => {
		const ann = phone();
		const calling = { rounds: 2, minutesBetween: minutesBetween as never };
		(await run(callUntilAccepted([ann], calling))).failed(/Minutes Between Rounds must be/);
		service.heardNothing();
	});
});

describe('The key', () => {
	it.each([
		['1', 'accepted'],
		['17', 'accepted'],
		['71', 'accepted'],
		['2', 'declined'],
		['7', 'otherKey'],
		['12', 'otherKey'],
		['21', 'otherKey'],
	])('%s counts as %s', async (keys, outcome) => {
		const ann = pressing(keys);
		const { json } = (await run(callUntilAccepted([ann]))).item(0);
		expect(json.attempts).toMatchObject([{ outcome }]);
		expect(json.outcome).toBe(outcome === 'accepted' ? 'accepted' : 'nobody');
	});

	it('has to be one that accepts: without such a key nobody is called', async () => {
		const keys = [{ key: '2', meaning: 'declines' }] as const;
		(await run(callUntilAccepted([phone()], { keys: [...keys] }))).failed(
			/Keys to Press has no key that accepts/,
		);
		service.heardNothing();
	});

	it('that says both yes and no is told as it was pressed, and the next person is called', async () => {
		const [ann, bob] = [pressing('12'), pressing('1')];
		(await run(callUntilAccepted([ann, bob]))).item(0).is({
			acceptedBy: [{ phone: bob.number }],
			attempts: [{ outcome: 'otherKey', pressedKey: '12' }, {}],
		});
	});

	it('counts when it is pressed after Wait Limit, while others are called', async () => {
		const ann = phone();
		ann.answers().after(minutes(5)).presses('1');
		const [bob, cy] = [silent(), silent()];
		const { json } = (await run(callUntilAccepted([ann, bob, cy]))).item(0);
		expect(json).toMatchObject({ acceptedBy: [{ phone: ann.number }] });
		expect(json.attempts).toMatchObject([{}, { stillOpen: true }, { stillOpen: true }]);
		cy.rang(1);
	});

	it('counts when it is pressed in the pause between two rounds', async () => {
		const [ann, bob] = [phone(), hangingUp()];
		ann.answers().after(minutes(4)).presses('1');
		const search = { rounds: 2, minutesBetween: 10 };
		const took = await lasts(async () => {
			(await run(callUntilAccepted([ann, bob], search)))
				.item(0)
				.is({ acceptedBy: [{ phone: ann.number }] });
		});
		expect(took).toBeLessThan(minutes(5));
		ann.rang(1);
		bob.rang(1);
	});

	it('that is pressed while another request is under way lets that call be named', async () => {
		const [ann, bob, cy] = [pressing('1'), silent(), silent()];
		service.isSlow(cy, 300);
		const search = { atOnce: 3, callsPerSecond: 0 };
		const { json } = (await run(callUntilAccepted([ann, bob, cy], search))).item(0);
		expect(json.attempts).toMatchObject([
			{ outcome: 'accepted' },
			{ CallId: bob.callId, stillOpen: true },
			{ CallId: cy.callId, stillOpen: true },
		]);
	});
});

describe('What happens in the middle', () => {
	it('"too many requests" for some seconds: the next person is called then', async () => {
		const [ann, bob] = [declining(), pressing('1')];
		service.fails({ kind: 'status', statusCode: 429, retryAfter: 20 }, whose(bob));
		(await run(callUntilAccepted([ann, bob]))).item(0).is({ outcome: 'accepted' });
		bob.rang(1);
	});

	it('"too many requests" for an hour: the matter ends soon, and names its calls', async () => {
		const [ann, bob] = [declining(), phone()];
		service.fails({ kind: 'status', statusCode: 429, retryAfter: 3600 }, whose(bob));
		const took = await lasts(async () => {
			const result = await run(callUntilAccepted([ann, bob]));
			result.failed(/too many requests/i, new RegExp(`CallId ${ann.callId}`));
		});
		expect(took).toBeLessThan(minutes(3));
		bob.rang(0);
	});

	it('"too many requests" for an hour to a check: the matter keeps its times', async () => {
		const [ann, bob] = [silent(), silent()];
		service.fails({ kind: 'status', statusCode: 429, retryAfter: 3600 }, { kind: 'checks' });
		const took = await lasts(async () => {
			(await run(callUntilAccepted([ann, bob]))).item(0).is({
				outcome: 'nobody',
				attempts: [{ stillOpen: true }, { stillOpen: true }],
			});
		});
		expect(took).toBeLessThan(minutes(6));
	});

	it('a check that is not answered: the matter keeps its times', async () => {
		const ann = silent();
		service.fails({ kind: 'status', statusCode: 503 }, { kind: 'checks', times: Infinity });
		const took = await lasts(async () => {
			(await run(callUntilAccepted([ann]))).item(0).is({ attempts: [{ stillOpen: true }] });
		});
		expect(took).toBeLessThan(minutes(4));
	});

	it.each([
		['continueRegularOutput', NOBODY],
		['continueErrorOutput', 2],
	] as const)('a refused key: with %s the error item names the calls', async (onError, output) => {
		const [ann, bob, cy] = [declining(), phone(), phone()];
		service.refuses(bob, 401);
		service.refuses(cy, 401);
		const result = await run(callEachUntilAccepted([[ann, bob], [cy]], { settings: { onError } }));
		const [first, second] = [result.item(0), result.item(1)];
		expect([first.output, second.output]).toEqual([output, output]);
		first.failed(new RegExp(`refused the API key \\(401\\).*${ann.callId}`));
		second.failed(/refused the API key \(401\)/);
	});

	it('a refused key: the error names the calls of each item once', async () => {
		const [ann, bob, cy] = [declining(), phone(), silent()];
		service.refuses(bob, 401);
		const result = await run(callEachUntilAccepted([[ann, bob], [cy]]));
		const { description } = result.execution.error as { description: string };
		for (const text of [ann.callId, cy.callId, 'Calls of item']) {
			expect(description.split(new RegExp(text, 'i'))).toHaveLength(2);
		}
	});

	it('the calling hours end: who is next is not called, and the matter says from when on', async () => {
		await time.passes(hours(24) - (time.now() % hours(24)));
		const [ann, bob, cy] = [silent(), silent(), phone()];
		const search = { ...hoursOf('00:00', '00:03'), rounds: 3 };
		const took = await lasts(async () => {
			const { json } = (await run(callUntilAccepted([ann, bob, cy], search))).item(0);
			expect(json.attempts).toMatchObject([
				{ phone: ann.number, outcome: 'open' },
				{ phone: bob.number, outcome: 'open' },
				{
					phone: cy.number,
					outcome: 'notCalled',
					reason: 'outsideHours',
					callableFrom: new Date(time.now() - (time.now() % hours(24)) + hours(24)).toISOString(),
				},
			]);
		});
		cy.rang(0);
		expect(took).toBeLessThan(minutes(20));
	});

	it('a Stop in the pause between two rounds: the matter ends, and names its calls', async () => {
		const ann = hangingUp();
		const running = start(callUntilAccepted([ann], { rounds: 2, minutesBetween: 60 }));
		const held = time.hold();
		await time.passes(minutes(10));
		running.stop();
		held.release();
		const { execution } = await running;
		expect(execution.status).toBe('canceled');
		expect(execution.error?.description).toContain(ann.callId);
		await time.passes(hours(2));
		ann.rang(1);
	});

	it('Max Calls is reached: nobody else is called, and no round is waited for', async () => {
		const [ann, bob] = [declining(), phone()];
		const search = { maxCalls: 1, rounds: 9, minutesBetween: 60 };
		const took = await lasts(async () => {
			(await run(callUntilAccepted([ann, bob], search))).item(0).is({
				outcome: 'nobody',
				attempts: [
					{ outcome: 'declined' },
					{ phone: bob.number, outcome: 'notCalled', reason: 'limitReached' },
				],
			});
		});
		expect(took).toBeLessThan(minutes(1));
	});
});

describe('Rounds in which nobody can be called', () => {
	it('are not waited for when the calling hours begin after the last', async () => {
		await time.passes(hours(24) - (time.now() % hours(24)));
		const ann = phone();
		const search = { ...hoursOf('20:00', '21:00'), rounds: 10, minutesBetween: 60 };
		const took = await lasts(async () => {
			const { json } = (await run(callUntilAccepted([ann], search))).item(0);
			expect(json).toMatchObject({ outcome: 'nobody', attempts: [{ reason: 'outsideHours' }] });
		});
		expect(took).toBeLessThan(minutes(1));
		ann.rang(0);
	});

	it('pass without a call until the hours begin, when a round comes then', async () => {
		await time.passes(hours(24) - (time.now() % hours(24)));
		const ann = pressing('1');
		const search = { ...hoursOf('03:30', '21:00'), rounds: 10, minutesBetween: 60 };
		const took = await lasts(async () => {
			const { json } = (await run(callUntilAccepted([ann], search))).item(0);
			expect(json).toMatchObject({
				outcome: 'accepted',
				attempts: [
					{ round: 1, reason: 'outsideHours' },
					{ round: 5, outcome: 'accepted' },
				],
			});
		});
		expect(took).toBeGreaterThanOrEqual(hours(4));
		expect(took).toBeLessThan(hours(4) + minutes(1));
	});

	it('are two at most when each call is refused', async () => {
		const [ann, bob] = [phone(), phone()];
		service.refuses(ann, 402);
		service.refuses(bob, 402);
		const search = { rounds: 100, minutesBetween: 60 };
		const took = await lasts(async () => {
			const { json } = (await run(callUntilAccepted([ann, bob], search))).item(0);
			expect(json.attempts).toHaveLength(4);
		});
		expect(took).toBeLessThan(hours(2));
	});

	it('are two at most when a call never ends', async () => {
		const ann = silent();
		const took = await lasts(async () => {
			await run(callUntilAccepted([ann], { rounds: 100, minutesBetween: 9 }));
		});
		expect(took).toBeLessThan(minutes(30));
		ann.rang(1);
	});

	it('are not many rounds in which somebody is called: they are all waited for', async () => {
		const [ann, bob] = [hangingUp(), phone()];
		service.refuses(bob, 402);
		await run(callUntilAccepted([ann, bob], { rounds: 6, minutesBetween: 60 }));
		ann.rang(6);
	});
});

describe('Two matters of a run', () => {
	it('ring a person whom they share one after the other, and others meanwhile', async () => {
		const [ann, bob] = [phone(), phone()];
		const running = start(callEachUntilAccepted([[ann], [ann, bob]]));
		const first = await ann.rings();
		const second = await bob.rings();
		ann.rang(1);
		second.presses('2');
		first.presses('2');
		const third = await ann.rings();
		third.presses('1');
		const result = await running;
		result
			.item(0)
			.cameOutOf(NOBODY)
			.is({ attempts: [{ outcome: 'declined' }] });
		result
			.item(1)
			.cameOutOf(ACCEPTED)
			.is({
				acceptedBy: [{ phone: ann.number, CallId: ann.callId }],
				attempts: [{ phone: bob.number }, { phone: ann.number }],
			});
	});

	it('do not ring a phone that the other one, which is over, may have left ringing', async () => {
		const [ann, bob, cy] = [silent(), phone(), declining()];
		bob.answers().after(minutes(1)).presses('1');
		const result = await run(
			callEachUntilAccepted(
				[
					[ann, bob],
					[cy, ann],
				],
				{ atOnce: 2, callsPerSecond: 0 },
			),
		);
		ann.rang(1);
		result.item(1).is({
			outcome: 'nobody',
			attempts: [
				{ phone: cy.number },
				{
					phone: ann.number,
					outcome: 'notCalled',
					reason: expect.stringContaining('another item') as string,
				},
			],
		});
	});

	it('ring it when the call that the other one left is over', async () => {
		const [ann, bob] = [phone(), phone()];
		ann.answers().after(seconds(90)).presses('1');
		ann.answers().presses('1');
		bob.answers().after(seconds(30)).presses('1');
		const result = await run(
			callEachUntilAccepted([[bob, ann], [ann]], { atOnce: 2, callsPerSecond: 0 }),
		);
		result.item(0).is({ acceptedBy: [{ phone: bob.number }] });
		result.item(1).is({ acceptedBy: [{ phone: ann.number }] });
		ann.rang(2);
		const [first, second] = bed.simulator.acceptedCalls(ann.number);
		expect(second.acceptedAt).toBeGreaterThanOrEqual(first.finishedAt!);
	});

	it('ring who could not be called for the other one', async () => {
		const [ann, bob] = [phone(), phone()];
		service.fails({ kind: 'status', statusCode: 402 }, whose(ann));
		ann.answers().presses('1');
		bob.answers().after(minutes(1)).presses('1');
		const result = await run(callEachUntilAccepted([[ann, bob], [ann]]));
		result.item(0).is({ acceptedBy: [{ phone: bob.number }] });
		result.item(1).is({ acceptedBy: [{ phone: ann.number }] });
		ann.rang(1);
	});

	it('come out at their outputs, each linked to its item', async () => {
		const lists = [[declining()], [pressing('1')], [declining()], [pressing('1')]];
		const result = await run(callEachUntilAccepted(lists));
		for (const [index, output] of [NOBODY, ACCEPTED, NOBODY, ACCEPTED].entries()) {
			result
				.item(index)
				.cameOutOf(output)
				.is({ attempts: [{ phone: lists[index][0].number }] });
		}
	});

	it('of which one has a wrong number: the other goes on where that is wanted', async () => {
		const ann = pressing('1');
		const settings = { onError: 'continueRegularOutput' } as const;
		const result = await run(callEachUntilAccepted([['12'], [ann]], { settings }));
		result
			.item(0)
			.cameOutOf(NOBODY)
			.failed(/wrong entry 1/);
		result.item(1).cameOutOf(ACCEPTED).is({ outcome: 'accepted' });
	});
});

describe('A trial', () => {
	it('rings the Test Number for each person, one after the other, and for each item', async () => {
		const mine = phone();
		mine.answers().presses('2');
		const people = [phone(), phone(), phone()];
		const trial = { testNumber: mine, needed: 2 };
		const result = await run(callEachUntilAccepted([people, people.slice(1)], trial));
		expect(result.item(0).json.attempts).toHaveLength(3);
		expect(result.item(1).json.attempts).toHaveLength(2);
		mine.rang(5);
		const calls = bed.simulator.acceptedCalls(mine.number);
		for (const [index, call] of calls.slice(1).entries()) {
			expect(call.acceptedAt).toBeGreaterThanOrEqual(calls[index].finishedAt!);
		}
	});

	it('names everybody, also those for whom the Test Number rang for too long', async () => {
		const mine = silent();
		const people = [phone(), phone(), phone()].map((who, index) => ({
			name: `No. ${index}`,
			phone: who,
		}));
		const { json } = (await run(callUntilAccepted(people, { testNumber: mine }))).item(0);
		expect(json.attempts).toMatchObject([
			{ name: 'No. 0', outcome: 'open', stillOpen: true },
			{ name: 'No. 1', outcome: 'notCalled', reason: expect.any(String) as string },
			{ name: 'No. 2', outcome: 'notCalled', reason: expect.any(String) as string },
		]);
		mine.rang(1);
	});

	it.each([
		['1', 1, ACCEPTED, 1],
		['1', 2, ACCEPTED, 2],
		['1', 3, NOBODY, 2],
		['2', 1, NOBODY, 0],
		['', 1, NOBODY, 0],
	])(
		'without calls: the key "%s", of which %i are needed, comes out as if it was pressed',
		async (madeUpKey, needed, output, accepting) => {
			const [ann, bob, cy] = [phone(), phone(), phone()];
			const trial = { testMode: 'dryRun', madeUpKey, needed, doNotCall: ann.number } as const;
			const result = await run(callUntilAccepted([{ name: 'Ann', phone: ann }, bob, cy], trial));
			const { json } = result.item(0).cameOutOf(output);
			expect(json.acceptedBy).toMatchObject(
				[bob, cy].slice(0, accepting).map(({ number }) => ({
					name: null,
					phone: number,
					CallId: null,
					pressedKey: '1',
				})),
			);
			service.heardNothing();
		},
	);

	it('without calls counts Max Calls, as a run that calls does', async () => {
		const people = [phone(), phone(), phone()];
		const trial = { testMode: 'dryRun', maxCalls: 2 } as const;
		const { json } = (await run(callUntilAccepted(people, trial))).item(0);
		expect(json.dryRun).toMatchObject({
			people: [
				{ wouldCall: true },
				{ wouldCall: true },
				{ wouldCall: false, reason: 'limitReached' },
			],
		});
	});
});

describe('Call Only Once', () => {
	const once = (people: unknown, search: Parameters<typeof callUntilAccepted>[1] = {}) =>
		callUntilAccepted(people, { oncePer: 'incident 7', ...search });

	it('lets a later execution call when the key was refused before anybody was called', async () => {
		const ann = pressing('1');
		service.fails({ kind: 'status', statusCode: 401 }, whose(ann));
		(await run(once([ann]))).failed(/401/);
		(await run(once([ann]))).item(0).is({ outcome: 'accepted' });
		ann.rang(1);
	});

	it('remembers the matter when the second try of an execution called', async () => {
		const ann = pressing('1');
		service.fails({ kind: 'status', statusCode: 401 }, whose(ann));
		const settings = { retryOnFail: true, maxTries: 2 };
		(await run(once([ann], { settings }))).item(0).is({ outcome: 'accepted' });
		(await run(once([ann]))).item(0).is({ notCalledBecause: 'calledBefore' });
		ann.rang(1);
	});

	it('remembers a matter that failed after somebody was called, and a retry goes on', async () => {
		const [ann, bob] = [declining(), pressing('1')];
		service.fails({ kind: 'status', statusCode: 401 }, whose(bob));
		(await run(once([ann, bob]))).failed(/401/);
		(await run(once([ann, bob]))).item(0).is({ notCalledBecause: 'calledBefore' });
		ann.rang(1);
		bob.rang(0);
	});

	it('is no reason to stop for a retry of the execution that noted it', async () => {
		const [ann, bob] = [declining(), pressing('1')];
		service.fails({ kind: 'status', statusCode: 401 }, whose(bob));
		const settings = { retryOnFail: true, maxTries: 2 };
		const { json } = (await run(once([ann, bob], { settings }))).item(0);
		expect(json).toMatchObject({ outcome: 'accepted', acceptedBy: [{ phone: bob.number }] });
		ann.rang(1);
		bob.rang(1);
	});

	it('calls again in a later execution when nobody pressed a key, where that is wanted', async () => {
		const [ann, bob] = [hangingUp(), hangingUp()];
		const again = () => run(once([ann, bob], { callAgainIfNoKey: true }));
		(await again()).item(0).is({ outcome: 'nobody' });
		(await again()).item(0).is({ outcome: 'nobody', notCalledBecause: null });
		ann.rang(2);
		bob.rang(2);
	});

	it.each([
		['declined', '2'],
		['accepted', '1'],
	])('does not call again when somebody %s', async (_, key) => {
		const [ann, bob] = [hangingUp(), pressing(key)];
		const again = () => run(once([ann, bob], { callAgainIfNoKey: true }));
		await again();
		(await again()).item(0).is({ notCalledBecause: 'calledBefore' });
		ann.rang(1);
		bob.rang(1);
	});
});

describe('A retry', () => {
	it('from the list reads what came of an open call, and rings nobody again', async () => {
		const [ann, bob] = [phone(), phone()];
		ann.answers().after(minutes(3)).presses('1');
		service.refuses(bob, 401);
		const { execution } = await run(callUntilAccepted([ann, bob]));
		expect(execution.error?.message).toMatch(/401/);
		await time.passes(minutes(5));
		const retried = await bed.engine.retry(execution);
		expect(retried.output('Call Until Accepted')[0].json).toMatchObject({
			outcome: 'accepted',
			acceptedBy: [{ phone: ann.number, CallId: ann.callId }],
		});
		ann.rang(1);
		bob.rang(0);
	});

	it('from the list goes on after a Stop, and rings nobody again', async () => {
		const [ann, bob] = [phone(), phone()];
		const running = start(callUntilAccepted([ann, bob]));
		const ring = await ann.rings();
		// The answer with the call ID has to arrive.
		await time.passes(seconds(1));
		running.stop();
		const { execution } = await running;
		expect(execution.status).toBe('canceled');
		ring.presses('1');
		const retried = await bed.engine.retry(execution);
		expect(retried.error?.message).toBeUndefined();
		expect(retried.output('Call Until Accepted')[0].json).toMatchObject({
			acceptedBy: [{ phone: ann.number, CallId: ann.callId }],
		});
		ann.rang(1);
		bob.rang(0);
	});

	it('from the list does not ring who was being rung at the Stop', async () => {
		const ann = pressing('1');
		service.isSlow(ann, 300);
		const running = start(callUntilAccepted([ann]));
		await service.hears('calls', 1);
		running.stop();
		const { execution } = await running;
		expect(execution.status).toBe('canceled');
		const retried = await bed.engine.retry(execution);
		expect(retried.output('Call Until Accepted', NOBODY)[0].json).toMatchObject({
			attempts: [{ phone: ann.number, outcome: 'unknown' }],
		});
		expect(service.heard('calls')).toBe(1);
	});

	it('does not dial whose phone may have rung, unless Dial Again If Unknown is on', async () => {
		for (const dialAgainWhenUnknown of [false, true]) {
			const [ann, bob] = [phone(), phone()];
			service.cuts('afterProcessing', ann);
			ann.answers().presses('1');
			service.fails({ kind: 'status', statusCode: 401 }, whose(bob));
			bob.answers().presses('2');
			const search = { settings: { retryOnFail: true, maxTries: 2 }, dialAgainWhenUnknown };
			const { json } = (await run(callUntilAccepted([ann, bob], search))).item(0);
			expect(json.outcome).toBe(dialAgainWhenUnknown ? 'accepted' : 'nobody');
			ann.rang(dialAgainWhenUnknown ? 2 : 1);
			bob.rang(dialAgainWhenUnknown ? 0 : 1);
		}
	});
});
