/**
 * Compares our phone number rules with google-libphonenumber over example numbers of every country and type
 * and over writings and mutations of them: Number Check "Numbering Plan" with its `isValidNumber` and
 * `isValidNumberForRegion`, "Lengths Only" with its `isPossibleNumber`. `npm test` compares a sample; the whole:
 * `npx tsx test/conformance/phoneNumbers.ts [--variants 200000] [--seed 1]`, and with `--bench` the speed.
 * Before that it counts how many numbers of peopleWrite.ts are taken as they are meant.
 */
import { parseArgs } from 'node:util';
import { AUTO_DETECT, parsePhone } from '../../nodes/Voice2Phone/core/numbers/phoneNumber';
import type { NumberCheck } from '../../nodes/Voice2Phone/core/numbers/readings';
import { compare, judge } from './differences';
import { PEOPLE_WRITE } from './peopleWrite';
import { seeded } from '../support/random';
import { exampleNumbers, variantsOf, type Writing } from './writings';

export interface ComparisonReport {
	examples: number;
	variants: number;
	/** Accepted by both with the same number, in international form the same country too. */
	accepted: number;
	/** Refused by both. */
	refused: number;
	/** How many comparisons each difference explains, by its name. */
	explained: ReadonlyMap<string, number>;
	unexplained: readonly Writing[];
}

export interface PeopleReport {
	dialledRightly: number;
	refusedRightly: number;
	wronglyDialled: readonly Writing[];
	wronglyRefused: readonly Writing[];
}

/** Holds our rules against the numbers as people write them. */
export function countPeopleWrite(): PeopleReport {
	const counts = { dialledRightly: 0, refusedRightly: 0 };
	const wronglyDialled: Writing[] = [];
	const wronglyRefused: Writing[] = [];
	for (const { country, numbers } of PEOPLE_WRITE) {
		for (const [, input, right] of numbers) {
			const result = parsePhone(input, country);
			if (!result.ok && right === 'refuse') counts.refusedRightly++;
			else if (!result.ok) wronglyRefused.push({ input, country });
			else if (result.phone.number === right) counts.dialledRightly++;
			else wronglyDialled.push({ input, country });
		}
	}
	return { ...counts, wronglyDialled, wronglyRefused };
}

/** Compares all example numbers, and as many variants of them as wanted. */
export function compareWithLibrary(options: {
	variants: number;
	seed: number;
	check: NumberCheck;
}): ComparisonReport {
	const random = seeded(options.seed);
	const examples = exampleNumbers();
	const plainExamples = examples.flatMap(({ callingCode, nationalNumber, country }) => [
		{ input: `+${callingCode}${nationalNumber}`, country: AUTO_DETECT },
		...(country ? [{ input: nationalNumber, country }] : []),
	]);
	const variants = variantsOf(examples, options.variants, random);

	const counts = { accepted: 0, refused: 0 };
	const explained = new Map<string, number>();
	const unexplained: Writing[] = [];
	for (const writing of [...plainExamples, ...variants]) {
		const verdict = judge(writing, options.check);
		if (verdict === 'unexplained') unexplained.push(writing);
		else if (typeof verdict === 'string') counts[verdict]++;
		else explained.set(verdict.name, (explained.get(verdict.name) ?? 0) + 1);
	}
	return {
		examples: plainExamples.length,
		variants: variants.length,
		...counts,
		explained,
		unexplained,
	};
}

function printComparison(report: ComparisonReport, check: NumberCheck): void {
	console.log(
		`${check}: ${report.examples} example numbers and ${report.variants} variants of them:\n` +
			`${report.accepted} accepted and ${report.refused} refused as the library does`,
	);
	for (const [name, count] of report.explained) console.log(`${count} explained by: ${name}`);
	console.log(`${report.unexplained.length} unexplained`);
	for (const writing of report.unexplained.slice(0, 50)) {
		const { input, country, library, ours } = compare(writing, check);
		console.log(
			`${JSON.stringify(input)} in ${country}: library ${JSON.stringify(library)}, ours ${JSON.stringify(ours)}`,
		);
	}
}

function printPeopleReport(report: PeopleReport): void {
	const { dialledRightly, refusedRightly, wronglyDialled, wronglyRefused } = report;
	console.log(
		`${PEOPLE_WRITE.length - 1} countries and ${AUTO_DETECT}: ${dialledRightly} numbers dialled rightly, ${refusedRightly} refused rightly, ${wronglyDialled.length} wrongly dialled, ${wronglyRefused.length} wrongly refused`,
	);
	for (const writing of [...wronglyDialled, ...wronglyRefused]) console.log(writing);
}

/** Counts processor time, so that other programs on the machine make no difference. */
function printSpeed(seed: number): void {
	const random = seeded(seed);
	const writings = variantsOf(exampleNumbers(), 10_000, random);
	const rounds = 30;
	const validateAll = () => writings.forEach(({ input, country }) => parsePhone(input, country));
	validateAll();
	const start = process.cpuUsage();
	for (let round = 0; round < rounds; round++) validateAll();
	const { user, system } = process.cpuUsage(start);
	const microseconds = (user + system) / (rounds * writings.length);
	console.log(
		`${Math.round(1e6 / microseconds)} validations per second, ${microseconds.toFixed(2)} ms for the numbers of 1,000 calls`,
	);
}

function main(): void {
	const { values } = parseArgs({
		options: {
			variants: { type: 'string', default: '200000' },
			seed: { type: 'string', default: '1' },
			bench: { type: 'boolean', default: false },
		},
	});
	const seed = Number(values.seed);
	if (values.bench) return printSpeed(seed);
	const people = countPeopleWrite();
	printPeopleReport(people);
	if (people.wronglyDialled.length > 0) process.exitCode = 1;
	for (const check of ['numberingPlan', 'lengthsOnly'] as const) {
		const report = compareWithLibrary({ variants: Number(values.variants), seed, check });
		printComparison(report, check);
		if (report.unexplained.length > 0) process.exitCode = 1;
	}
}

if (require.main === module) main();
