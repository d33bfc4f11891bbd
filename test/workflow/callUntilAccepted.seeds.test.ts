/* Random people, rounds and faults: whatever they do, nobody is rung wrongly and no call ID is lost. */
import { bed } from '../support/bed';
import { callUntilAccepted } from '../support/calls';
import { phone, service, type Phone } from '../support/phone';
import { run } from '../support/run';
import { minutes, seconds } from '../support/time';
import { seeded, seedsOf } from '../support/random';

/** `SEEDS=1-1000` runs a thousand; a failing seed stands in the name of its test. */
const seeds = seedsOf(process.env.SEEDS ?? '1-12');

/** How a person takes the calls; each is as likely as the others. */
const WAYS: Array<(person: Phone, chance: () => number) => void> = [
	(person) => person.answers().presses('2'),
	(person) => person.answers().hangsUp(),
	(person) => person.isOff(),
	(person, chance) =>
		person
			.answers()
			.after(seconds(chance() * 300))
			.presses('1'),
	(person, chance) =>
		person
			.answers()
			.after(seconds(chance() * 300))
			.presses('2'),
	(person, chance) =>
		person
			.answers()
			.after(seconds(chance() * 300))
			.hangsUp(),
	(person) => person.answers().presses('7'),
	(person) => service.refuses(person, 402),
	(person) => service.fails({ kind: 'status', statusCode: 500 }, { kind: 'calls', whose: person }),
	(person) => {
		person.answers().presses('1');
		service.cuts('afterProcessing', person);
	},
];

it.each(seeds)('rings nobody wrongly, and loses no call ID: seed %i', async (seed) => {
	const chance = seeded(seed);
	const upTo = (most: number) => 1 + Math.floor(chance() * most);
	const people = Array.from({ length: upTo(6) }, () => phone());
	for (const person of people) WAYS[Math.floor(chance() * WAYS.length)](person, chance);
	const needed = Math.min(upTo(2), people.length);
	const search = {
		needed,
		rounds: upTo(3),
		minutesBetween: Math.floor(chance() * 4),
		nextAfter: minutes(upTo(3)),
		atOnce: upTo(3),
		callsPerSecond: 0,
	};
	const { json } = (await run(callUntilAccepted(people, search))).item(0);
	for (const person of people) person.rang(person.ringCount);

	const attempts = json.attempts as Array<{ CallId: string | null; outcome: string }>;
	const acceptedBy = json.acceptedBy as Array<{ CallId: string; at: string }>;
	expect(json.outcome).toBe(acceptedBy.length >= needed ? 'accepted' : 'nobody');

	// Every call that Voice2Phone confirmed is in the output.
	const known = new Set(attempts.map(({ CallId }) => CallId));
	const confirmed = bed.simulator.requests
		.filter(({ method, statusCode }) => method === 'POST' && statusCode === 200)
		.flatMap(({ callId }) => callId ?? []);
	const lost = confirmed.filter((callId) => !known.has(callId));
	const unknown = attempts.filter(({ outcome }) => outcome === 'unknown');
	expect(lost.length).toBeLessThanOrEqual(unknown.length);

	// Nobody is rung after the last acceptance that was needed was seen.
	if (json.outcome === 'accepted') {
		const seenAt = acceptedBy.map(({ at }) => Date.parse(at)).sort((a, b) => a - b)[needed - 1];
		const later = bed.simulator.acceptedCalls().filter(({ acceptedAt }) => acceptedAt > seenAt);
		expect(later).toEqual([]);
	}

	// Nobody is rung while a call to them is open.
	for (const { number } of people) {
		const calls = bed.simulator.acceptedCalls(number);
		for (const [index, call] of calls.slice(1).entries()) {
			expect(call.acceptedAt).toBeGreaterThanOrEqual(calls[index].finishedAt ?? Infinity);
		}
	}
});
