/* Random people, texts and settings: what a dry run says of each item is what the run then does. */
import type { IDataObject } from 'n8n-workflow';
import { bed } from '../support/bed';
import { callAndWait, makeCall, type Calling } from '../support/calls';
import { phone, service } from '../support/phone';
import { run, type Item, type Result } from '../support/run';
import { hours, minutes, time } from '../support/time';
import { processedData } from '../support/workflowRunner';
import { seeded, seedsOf } from '../support/random';

/** `SEEDS=1-1000` runs a thousand; a failing seed stands in the name of its test. */
const seeds = seedsOf(process.env.SEEDS ?? '1-25');
const ITEMS = 20;

/** People from Hawaii to New Zealand, some of whom nobody can place in a time zone. */
const NUMBERS = [
	'+14255550100',
	'+12125550101',
	'+18085550102',
	'+18005550103',
	'+17095550104',
	'+4930901820',
	'+4915112345678',
	'+442079460000',
	'+79161234567',
	'+5511987654321',
	'+919812345678',
	'+9779841234567',
	'+61412345678',
	'+6433051234',
	'+8821612345678',
];

/** A number as people write it. */
const WRITINGS: Array<(number: string) => string> = [
	(number) => number,
	(number) => `${number.slice(0, 3)} ${number.slice(3, 6)} ${number.slice(6)}`,
	(number) => `00${number.slice(1)}`,
	(number) => (number.startsWith('+1') ? `(${number.slice(2, 5)}) ${number.slice(5)}` : number),
];

const WRONG_NUMBERS = ['12345', '', 'tomorrow', null, 1700000000, '+999123456789'];
const TEXTS = ['your order is ready', 'the gate is open', 'call us back'];
const ODD_TEXTS = ['', null, '[object Object]', '{{ name }}', 'Invalid Date', '\u200B'];
const LEADS = ['A', 'a', 'B', ' B ', 'C', 'D', 'E', 7, '7', 'Andr\u00E9', 'Andre\u0301'];
const WRONG_LEADS = ['', null, 'undefined'];
const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const WINDOWS = [
	['09:00', '20:00'],
	['08:00', '23:00'],
	['22:00', '06:00'],
	['00:00', '24:00'],
	['12:30', '12:45'],
];
const ZONES = ['phoneNumber', 'phoneNumber', 'workflow', 'Europe/Berlin', 'Asia/Katmandu'];

/** What a seed decides. */
class Choice {
	private readonly chance: () => number;

	constructor(seed: number) {
		this.chance = seeded(seed);
	}

	/** True once in so many times. */
	oneIn(times: number): boolean {
		return this.chance() * times < 1;
	}

	of<T>(list: readonly T[]): T {
		return list[Math.floor(this.chance() * list.length)];
	}

	some<T>(list: readonly T[]): T[] {
		return list.filter(() => this.oneIn(2));
	}

	upTo(most: number): number {
		return Math.floor(this.chance() * (most + 1));
	}

	item(country: string | undefined): IDataObject & { phone: unknown } {
		// Elsewhere a number without + is refused, which the wrong numbers show already.
		const isLocal = country === 'US';
		const numbers = isLocal ? NUMBERS.filter((number) => number.startsWith('+1')) : NUMBERS;
		const writings = isLocal ? WRITINGS : WRITINGS.slice(0, 3);
		return {
			phone: this.oneIn(8)
				? this.of(WRONG_NUMBERS)
				: this.of(writings)(this.of(numbers.slice(0, this.of([3, numbers.length])))),
			text: this.of(this.oneIn(8) ? ODD_TEXTS : TEXTS),
			lead: this.of(this.oneIn(20) ? WRONG_LEADS : LEADS),
		};
	}

	settings(): Calling {
		const hasHours = this.oneIn(2);
		const [from, until] = this.of(WINDOWS);
		return {
			country: this.of(['US', 'auto', 'auto', 'auto']),
			message: this.of(['=Hello, {{ $json.text }}.', '={{ $json.text }}', 'Hello']),
			keys: [{ key: '1', label: 'Yes', reply: 'Thanks' }],
			callsPerSecond: 0,
			callsAtOnce: this.of([1, 5, 50]),
			...(this.oneIn(2) && { maxCalls: this.of([1, 3, 8, 1.5]) }),
			...(this.oneIn(2) && {
				oncePer: '={{ $json.lead }}',
				rememberFor: this.of([1, 30]),
				rememberedBy: this.of(['node', 'workflow']),
			}),
			...(hasHours && {
				days: this.oneIn(2) ? DAYS : this.some(DAYS),
				from,
				until,
				timeZone: this.of(ZONES),
				notOn: this.of(['', new Date(time.now()).toISOString().slice(0, 10)]),
			}),
			...(this.oneIn(2) && {
				doNotCall: this.some(NUMBERS)
					.map((number) => this.of(WRITINGS.slice(0, 3))(number))
					.join(this.of(['\n', ', '])),
			}),
			...(this.oneIn(4) && { allowedNumbers: this.of(['+1*', '+1 425*, +49*, +44 20 7946 0000']) }),
			...(this.oneIn(2) && { messageCheck: this.of(['refuse', 'warn', 'off']) }),
			...(this.oneIn(3) && { onSameCall: this.of(['dial', 'refuse', 'returnFirst']) }),
			...(this.oneIn(6) && { dialAgainWhenUnknown: true }),
			settings: { onError: this.oneIn(5) ? 'stopWorkflow' : 'continueRegularOutput' },
		};
	}
}

/** What became of an item, or would: an error, a reason, or a call. */
function verdictOf({ json }: Item): string {
	const { error, notCalledBecause, callableFrom, localTime } = json;
	if (/^The same call /.test(String(error))) return 'sameCall';
	if (error) return `error: ${String(error)}`;
	if (!notCalledBecause || notCalledBecause === 'dryRun') return 'called';
	return [notCalledBecause, callableFrom, localTime].join(' ');
}

const verdicts = (result: Result) =>
	result.execution.error
		? []
		: Array.from({ length: ITEMS }, (_, index) => verdictOf(result.item(index)));

const seen = new Map<string, number>();
afterAll(() => console.log(`Verdicts of seeds ${seeds[0]} to ${seeds.at(-1)}:`, seen));

it.each(seeds)('says before what then happens, and leaves no trace: seed %i', async (seed) => {
	const choice = new Choice(seed);
	await time.passes(minutes(choice.upTo(7 * 24 * 60)));
	for (const number of NUMBERS) phone(number).answers().hangsUp();
	const operation = choice.of([makeCall, callAndWait]);
	const settings = choice.settings();

	// Some were called days ago, and of some it is not known.
	const { oncePer, rememberFor, rememberedBy } = settings;
	const once = { ...(oncePer !== undefined && { oncePer, rememberFor, rememberedBy }) };
	for (const lead of choice.some(LEADS)) {
		if (choice.oneIn(5)) service.cuts('afterProcessing');
		await run(operation({ phone: NUMBERS[0], lead }, once));
		bed.simulator.faults.clear();
	}
	await time.passes(hours(choice.upTo(40 * 24)));
	const callsBefore = bed.simulator.acceptedCalls().length;

	const people = Array.from({ length: ITEMS }, () => choice.item(settings.country));
	const storeBefore = processedData.entries();
	const rehearsed = await run(operation(people, { ...settings, testMode: 'dryRun' }));
	expect(processedData.entries()).toEqual(storeBefore);
	expect(bed.simulator.acceptedCalls()).toHaveLength(callsBefore);

	const really = await run(operation(people, settings));
	const calls = bed.simulator.acceptedCalls().slice(callsBefore);
	for (const number of NUMBERS) phone(number).rang(phone(number).ringCount);

	const said = verdicts(rehearsed);
	expect(verdicts(really)).toEqual(said);
	expect(really.execution.error?.message).toEqual(rehearsed.execution.error?.message);
	const promised = rehearsed.items.filter(({ wouldCall }) => wouldCall === true);
	expect(calls.map(({ number, message }) => `${number} ${message}`).sort()).toEqual(
		promised
			.map(({ dryRun }) => dryRun as { number: string; message: string })
			.map(({ number, message }) => `${number} ${message}`)
			.sort(),
	);
	for (const verdict of said.length > 0 ? said : ['the whole run failed']) {
		const kind = verdict.split(' ')[0];
		seen.set(kind, (seen.get(kind) ?? 0) + 1);
	}
});
