import { callUntilAccepted } from '../support/calls';
import { phone, service } from '../support/phone';
import { run, start } from '../support/run';
import { minutes, seconds, time } from '../support/time';
import { bed } from '../support/bed';

const ACCEPTED = 0;
const NOBODY = 1;

describe('Call Until Accepted', () => {
	it('calls one after the other until somebody presses the key that accepts', async () => {
		const [ann, bob, cy] = [phone(), phone(), phone()];
		ann.answers().presses('2');
		bob.answers().presses('1');
		const result = await run(
			callUntilAccepted([ann, bob, cy], { message: 'Alarm. Press 1 or 2.' }),
		);
		result
			.item(0)
			.cameOutOf(ACCEPTED)
			.is({
				outcome: 'accepted',
				acceptedBy: [{ phone: bob.number, CallId: bob.callId, pressedKey: '1' }],
				attempts: [
					{ phone: ann.number, outcome: 'declined', CallId: ann.callId, pressedKey: '2' },
					{ phone: bob.number, outcome: 'accepted', CallId: bob.callId },
				],
			});
		cy.rang(0);
	});

	it('goes to the next person when the time is up, and a late key still counts', async () => {
		const [ann, bob, cy] = [phone(), phone(), phone()];
		const running = start(callUntilAccepted([ann, bob, cy], { nextAfter: minutes(2) }));
		const first = await ann.rings();
		await time.passes(minutes(1));
		bob.rang(0);
		const second = await bob.rings();
		first.presses('1');
		const { json } = (await running).item(0).cameOutOf(ACCEPTED);
		expect(json).toMatchObject({
			acceptedBy: [{ phone: ann.number }],
			attempts: [
				{ phone: ann.number, outcome: 'accepted' },
				{ phone: bob.number, outcome: 'open', stillOpen: true },
			],
		});
		second.hangsUp();
		cy.rang(0);
	});

	it('ends at Nobody when all decline, and calls each once in each round', async () => {
		const [ann, bob] = [phone(), phone()];
		ann.answers().hangsUp();
		bob.answers().presses('2');
		const calling = callUntilAccepted([ann, bob], { rounds: 2, minutesBetween: 5 });
		(await run(calling)).item(0).cameOutOf(NOBODY).is({ outcome: 'nobody', acceptedBy: [] });
		ann.rang(2);
		// Who declined has passed the call on for good.
		bob.rang(1);
	});

	it('names two who accept at the same time', async () => {
		const [ann, bob] = [phone(), phone()];
		ann.answers().after(seconds(30)).presses('1');
		bob.answers().after(seconds(30)).presses('1');
		const result = await run(callUntilAccepted([ann, bob], { atOnce: 2 }));
		expect(result.item(0).json.acceptedBy).toHaveLength(2);
	});

	it('fills a shift: it goes on until as many accepted as are needed', async () => {
		const people = [phone(), phone(), phone(), phone()];
		people[0].answers().presses('1');
		people[1].answers().presses('2');
		people[2].answers().presses('1');
		const { json } = (await run(callUntilAccepted(people, { needed: 2 }))).item(0);
		expect(json.acceptedBy).toMatchObject([
			{ phone: people[0].number },
			{ phone: people[2].number },
		]);
		people[3].rang(0);
	});

	it.each([
		[402, 'could not carry out the request'],
		[400, 'refused the request to call'],
	])('takes a refusal of one person (%i) for an attempt that failed', async (status, words) => {
		const [ann, bob] = [phone(), phone()];
		service.refuses(ann, status);
		bob.answers().presses('1');
		const { json } = (await run(callUntilAccepted([ann, bob]))).item(0);
		expect(json).toMatchObject({
			outcome: 'accepted',
			attempts: [
				{
					phone: ann.number,
					outcome: 'notCalled',
					reason: expect.stringContaining(words) as string,
				},
				{ phone: bob.number, outcome: 'accepted' },
			],
		});
		ann.rang(0);
	});

	it('rings nobody a second time whose call may have been placed', async () => {
		const [ann, bob] = [phone(), phone()];
		service.cuts('afterProcessing', ann);
		ann.answers().hangsUp();
		bob.answers().hangsUp();
		const result = await run(callUntilAccepted([ann, bob], { rounds: 3 }));
		result.item(0).is({ outcome: 'nobody' });
		expect(result.item(0).json.attempts).toMatchObject([
			{ phone: ann.number, outcome: 'unknown' },
			{ phone: bob.number },
			{ phone: bob.number },
			{ phone: bob.number },
		]);
		ann.rang(1);
		bob.rang(3);
	});

	it('ends with an error that names every call when the key is refused', async () => {
		const [ann, bob] = [phone(), phone()];
		ann.answers().presses('2');
		service.refuses(bob, 401);
		const result = await run(callUntilAccepted([ann, bob]));
		result.failed(/refused the API key \(401\)/, new RegExp(`declined, CallId ${ann.callId}`));
		bob.rang(0);
	});

	it('goes on where it was after a retry, and calls nobody again', async () => {
		const [ann, bob] = [phone(), phone()];
		ann.answers().presses('2');
		service.fails({ kind: 'status', statusCode: 401 }, { kind: 'calls', whose: bob });
		bob.answers().presses('1');
		const settings = { retryOnFail: true, maxTries: 2 };
		const result = await run(callUntilAccepted([ann, bob], { settings }));
		result.item(0).is({ outcome: 'accepted', attempts: [{ CallId: ann.callId }, {}] });
		ann.rang(1);
		bob.rang(1);
	});

	it('refuses a list with one wrong number before anybody is called', async () => {
		const ann = phone();
		(await run(callUntilAccepted([ann, '12']))).failed(/Phone Numbers have a wrong entry 2/);
		service.heardNothing();
	});

	it('refuses an empty list', async () => {
		(await run(callUntilAccepted([]))).failed(/Phone Numbers are empty/);
		service.heardNothing();
	});

	it('calls a number that stands twice once in a round', async () => {
		const ann = phone();
		ann.answers().hangsUp();
		(await run(callUntilAccepted([ann, ann]))).item(0).is({ outcome: 'nobody' });
		ann.rang(1);
	});

	it('calls two hundred people, one after the other', async () => {
		const people = Array.from({ length: 200 }, () => phone());
		for (const each of people.slice(0, 199)) each.answers().hangsUp();
		people[199].answers().presses('1');
		const { json } = (await run(callUntilAccepted(people, { callsPerSecond: 0 }))).item(0);
		expect(json.attempts).toHaveLength(200);
		expect(json.acceptedBy).toMatchObject([{ phone: people[199].number }]);
	}, 120_000);

	it('asks the guards before each call: who is on the list of Do Not Call is not rung', async () => {
		const [ann, bob] = [phone(), phone()];
		bob.answers().presses('1');
		const { json } = (await run(callUntilAccepted([ann, bob], { doNotCall: ann.number }))).item(0);
		expect(json.attempts).toMatchObject([
			{ phone: ann.number, outcome: 'notCalled', reason: 'doNotCall' },
			{ phone: bob.number, outcome: 'accepted' },
		]);
		ann.rang(0);
	});

	it('calls nobody for a matter whose Once Per was called before', async () => {
		const [ann, bob] = [phone(), phone()];
		ann.answers().presses('1');
		const alarm = () => callUntilAccepted([ann, bob], { oncePer: 'incident 12' });
		(await run(alarm())).item(0).is({ outcome: 'accepted' });
		(await run(alarm())).item(0).cameOutOf(NOBODY).is({ notCalledBecause: 'calledBefore' });
		ann.rang(1);
		bob.rang(0);
	});

	it('says in a dry run who would be called, and calls nobody', async () => {
		const [ann, bob] = [phone(), phone()];
		const trial = { testMode: 'dryRun', madeUpKey: '1', doNotCall: bob.number } as const;
		const { json } = (await run(callUntilAccepted([ann, bob], trial))).item(0).cameOutOf(ACCEPTED);
		expect(json).toMatchObject({
			wouldCall: true,
			dryRun: {
				people: [
					{ phone: ann.number, wouldCall: true },
					{ phone: bob.number, wouldCall: false, reason: 'doNotCall' },
				],
			},
		});
		service.heardNothing();
	});

	it('ends at once when the execution is stopped, and names the calls', async () => {
		const [ann, bob] = [phone(), phone()];
		const running = start(callUntilAccepted([ann, bob]));
		const ring = await ann.rings();
		running.stop();
		const { execution } = await running;
		expect(execution.status).toBe('canceled');
		ring.hangsUp();
		bob.rang(0);
		expect(bed.simulator.acceptedCalls()).toHaveLength(1);
	});
});
