import { setTimeout } from 'node:timers/promises';
import { callAndWait, makeCall, type Calling } from '../../support/calls';
import { phone, service, type Phone } from '../../support/phone';
import { run, start } from '../../support/run';
import { hours, minutes, seconds, time } from '../../support/time';
import { processedData } from '../../support/workflowRunner';

/* Who was called under a value of Once Per is not called again, in later executions too. */

const days = (count: number) => hours(24 * count);
const keys = [{ key: '1', label: 'Yes' }];
const calledBefore = { outcome: 'notCalled', notCalledBecause: 'calledBefore', CallId: null };
const once = (who: Phone, lead: unknown, calling: Calling = {}) =>
	makeCall({ phone: who, lead: lead as string }, { oncePer: '={{ $json.lead }}', ...calling });

function answering(): Phone {
	const person = phone();
	person.answers().presses('1');
	return person;
}

describe('Remember For', () => {
	it('remembers who was called when it is made longer, and when it is changed back', async () => {
		const ann = answering();
		for (const rememberFor of [30, 60, 30]) await run(once(ann, 'lead-1', { rememberFor }));
		ann.rang(1);
		await time.passes(days(45));
		(await run(once(ann, 'lead-1', { rememberFor: 60 }))).item(0).is(calledBefore);
		await run(once(ann, 'lead-1', { rememberFor: 30 }));
		ann.rang(2);
	});

	it('is not prolonged by asking, whatever became of the call', async () => {
		const ann = answering();
		const bob = answering();
		service.cuts('afterProcessing', ann);
		(await run(once(ann, 'lead-1'))).failed(/not known whether the phone rang/);
		await run(once(bob, 'lead-2'));
		for (let week = 1; week <= 4; week++) {
			await time.passes(days(7));
			(await run(once(ann, 'lead-1'))).failed(/may have been placed by an earlier try/);
			(await run(once(bob, 'lead-2'))).item(0).is(calledBefore);
		}
		await time.passes(days(3));
		await run(once(ann, 'lead-1'));
		await run(once(bob, 'lead-2'));
		ann.rang(2);
		bob.rang(2);
	});

	it('lets an alarm ring again soon after its hour', async () => {
		const ann = answering();
		const alarm = () => run(once(ann, 'fire', { rememberFor: 1 / 24 }));
		await alarm();
		await time.passes(minutes(59));
		(await alarm()).item(0).is(calledBefore);
		await time.passes(minutes(9));
		await alarm();
		ann.rang(2);
	});

	it.each([
		[0, /more than 0 days/],
		['', /more than 0 days/],
		[4000, /at most 3650 days/],
	])('must be a time that makes sense: %j', async (rememberFor, problem) => {
		(await run(once(phone(), 'lead-1', { rememberFor }))).failed(problem);
		service.heardNothing();
	});
});

describe('Call Again If No Key', () => {
	const redial = (who: Phone, calling: Calling = {}) =>
		callAndWait(
			{ phone: who, lead: 'lead-1' },
			{
				keys,
				oncePer: '={{ $json.lead }}',
				callAgainIfNoKey: true,
				waitAtMost: minutes(3),
				...calling,
			},
		);

	it('calls tomorrow who pressed no key, and nobody who pressed one', async () => {
		const ann = phone();
		ann.answers().hangsUp();
		ann.answers().presses('1');
		(await run(redial(ann))).item(0).is({ outcome: 'noKey' });
		await time.passes(days(1));
		(await run(redial(ann))).item(0).is({ outcome: 'keyPressed' });
		await time.passes(days(1));
		(await run(redial(ann))).item(0).is(calledBefore);
		ann.rang(2);
	});

	it('calls nobody again unless it is on', async () => {
		const ann = phone();
		ann.answers().hangsUp();
		await run(redial(ann, { callAgainIfNoKey: false }));
		(await run(redial(ann, { callAgainIfNoKey: false }))).item(0).is(calledBefore);
		ann.rang(1);
	});

	it.each([
		['pressed a key that was not offered', (ann: Phone) => ann.answers().presses('7')],
		['may still press one', (ann: Phone) => ann.isOff()],
	])('calls nobody again who %s', async (_, acts) => {
		const ann = phone();
		acts(ann);
		await run(redial(ann));
		await time.passes(days(1));
		(await run(redial(ann))).item(0).is(calledBefore);
		ann.rang(1);
	});

	it('forgets the call also when a retry reads what became of it', async () => {
		const ann = phone();
		const bob = phone();
		ann.answers().hangsUp();
		bob.answers().hangsUp();
		service.fails({ kind: 'status', statusCode: 402 }, { kind: 'calls', whose: bob });
		const both = () =>
			callAndWait(
				[
					{ phone: ann, lead: 'lead-1' },
					{ phone: bob, lead: 'lead-2' },
				],
				{
					keys,
					oncePer: '={{ $json.lead }}',
					callAgainIfNoKey: true,
					settings: { retryOnFail: true, maxTries: 2 },
				},
			);
		(await run(both())).item(0).is({ outcome: 'noKey' });
		await run(both());
		ann.rang(2);
		bob.rang(2);
	});

	it('forgets nobody over a call that was the first one of another item', async () => {
		const [ann, bob] = [phone(), phone()];
		const calling = {
			keys,
			oncePer: '={{ $json.lead }}',
			callAgainIfNoKey: true,
			onSameCall: 'returnFirst',
		};
		bob.answers().presses('1');
		ann.answers().hangsUp();
		await run(callAndWait({ phone: bob, lead: 'lead-2' }, calling));
		await time.passes(days(1));
		const twice = ['lead-1', 'lead-2'].map((lead) => ({ phone: ann, lead }));
		(await run(callAndWait(twice, calling))).item(1).is({ CallId: ann.callId, outcome: 'noKey' });
		await time.passes(days(1));
		const again = await run(callAndWait({ phone: bob, lead: 'lead-2' }, calling));
		again.item(0).is(calledBefore);
		bob.rang(1);
	});

	it('is refused where n8n keeps the wait', async () => {
		(await run(redial(phone(), { surviveRestarts: true }))).failed(
			/Call Again If No Key does not go together with Survive Restarts/,
		);
		service.heardNothing();
	});
});

describe('Once Per', () => {
	it('that is one value for all items is told in a hint', async () => {
		const people = [phone(), phone(), phone()];
		const { hints } = await run(makeCall(people, { oncePer: 'all' }));
		expect(hints.join('\n')).toContain('Once Per is "all" for 3 of 3 items');
		for (const [index, each] of people.entries()) each.rang(index === 0 ? 1 : 0);
	});

	it.each(['=lead-{{ $json.missing }}', '={{ "lead-" + $json.missing }}'])(
		'is refused where an expression in it gives nothing: %s',
		async (oncePer) => {
			(await run(makeCall([phone(), phone()], { oncePer }))).failed(/2 items|Once Per/);
			service.heardNothing();
		},
	);

	it.each(['={{ "x" + $json.a + $json.b }}-{{ $json.lead }}', '={{ "x" + $json.a + $json.lead }}'])(
		'tells items apart by the one value that is there, whatever is missing beside it: %s',
		async (oncePer) => {
			const [ann, bob] = [answering(), answering()];
			const items = [
				{ phone: ann, lead: '1' },
				{ phone: bob, lead: '2' },
			];
			await run(makeCall(items, { oncePer }));
			const again = await run(makeCall(items, { oncePer }));
			for (const item of [0, 1]) again.item(item).is(calledBefore);
			ann.rang(1);
			bob.rang(1);
		},
	);

	it('is one key however its blanks are written', async () => {
		const ann = answering();
		await run(once(ann, 'Hall 3'));
		(await run(once(ann, 'Hall\u00A03'))).item(0).is(calledBefore);
		ann.rang(1);
	});

	it.each([
		['André', 'Andre\u0301'],
		['lead', 'le\u200Bad'],
		[7, '7'],
	])('takes %j and %j for one', async (first, second) => {
		const ann = answering();
		await run(once(ann, first));
		(await run(once(ann, second))).item(0).is(calledBefore);
		ann.rang(1);
	});

	it.each([
		[2 ** 53, /too many digits/],
		[NaN, /Once Per/],
		['\ud800', /half a character/],
		['undefined', /the same for all items/],
	])('refuses %j, which may stand for several', async (lead, problem) => {
		(await run(once(phone(), lead))).failed(problem);
		service.heardNothing();
	});

	it('of a trial is never one of production', async () => {
		const [ann, bob, own] = [answering(), answering(), answering()];
		await run(once(ann, 'lead-5', { testNumber: own }));
		const production = { mode: 'webhook' } as const;
		for (const [who, lead] of [
			[ann, 'test lead-5'],
			[bob, 'lead-5'],
		] as const) {
			await run(once(who, lead, { testNumber: own }), production);
		}
		for (const each of [ann, bob, own]) each.rang(1);
	});
});

describe('a key whose call is under way', () => {
	it('is waited for no longer than until Stop', async () => {
		const ann = answering();
		service.isSlow(ann, 1_500);
		const first = start(once(ann, 'lead-1'));
		await service.hears('calls', 1);
		const second = start(once(ann, 'lead-1'));
		await setTimeout(300);
		const began = performance.now();
		second.stop();
		expect((await second).execution.status).toBe('canceled');
		expect(performance.now() - began).toBeLessThan(800);
		(await first).item(0).is({ CallId: ann.callId });
		(await run(once(ann, 'lead-1'))).item(0).is(calledBefore);
		ann.rang(1);
	});

	it('is free for the next execution when the answer cannot be read', async () => {
		const ann = answering();
		const deep = '['.repeat(4_300);
		service.fails({ kind: 'status', statusCode: 402, body: deep }, { kind: 'calls', whose: ann });
		(await run(once(ann, 'lead-1'))).failed(/402/);
		(await run(once(ann, 'lead-1'))).item(0).is({ CallId: ann.callId });
		ann.rang(1);
	});
});

describe('a dry run', () => {
	it('says who was called before, and leaves what is remembered as it was', async () => {
		const [ann, bob] = [answering(), phone()];
		await run(once(ann, 'lead-1'));
		await time.passes(seconds(1));
		const before = processedData.entries();
		const dry = { testMode: 'dryRun' } as const;
		(await run(once(ann, 'lead-1', dry))).item(0).is({ ...calledBefore, wouldCall: false });
		(await run(once(bob, 'lead-2', dry))).item(0).is({ wouldCall: true });
		expect(processedData.entries()).toEqual(before);
		ann.rang(1);
	});
});
