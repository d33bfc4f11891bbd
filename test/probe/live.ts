import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import {
	AUTO_DETECT,
	maskPhoneNumber,
	parsePhone,
	type Phone,
} from '../../nodes/Voice2Phone/core/numbers/phoneNumber';
import { probe } from './probe';
import { reportOf, wasPlaced } from './report';

const USAGE = `Usage: npm run probe:live -- --number +NUMBER [--key KEY] [--report FILE]

Asks the real Voice2Phone API what its documentation leaves open, and writes a report without your key
and number. RINGS YOUR PHONE ONCE, at the price of one call. For maintainers with an account.

  --number            your own phone number, with + and country code (or VOICE2PHONE_OWN_NUMBER)
  --key               your API key (or, out of the shell's history, VOICE2PHONE_API_KEY)
  --report            where the report goes (default: voice2phone-probe.md)
  --yes-call-me       the number once more, where there is no terminal to type it in
  --look-every        seconds between two looks at the call (default: 2)
  --unchanged-for     the watching ends after so many seconds without a change (default: 60)
  --watch-at-most     and after so many seconds in any case (default: 300)
`;

function readOptions() {
	try {
		const { values } = parseArgs({
			options: {
				key: { type: 'string', default: process.env.VOICE2PHONE_API_KEY ?? '' },
				number: { type: 'string', default: process.env.VOICE2PHONE_OWN_NUMBER ?? '' },
				report: { type: 'string', default: 'voice2phone-probe.md' },
				'yes-call-me': { type: 'string' },
				'look-every': { type: 'string', default: '2' },
				'unchanged-for': { type: 'string', default: '60' },
				'watch-at-most': { type: 'string', default: '300' },
			},
		});
		const milliseconds = (name: 'look-every' | 'unchanged-for' | 'watch-at-most') => {
			const seconds = Number(values[name]);
			if (!(seconds > 0)) throw new Error(`--${name} must be a number of seconds above 0.`);
			return seconds * 1000;
		};
		const apiKey = values.key.trim();
		if (apiKey === '') throw new Error('The API key is missing.');
		return {
			apiKey,
			phone: toPhone(values.number, '--number'),
			reportFile: values.report,
			confirmation: values['yes-call-me'],
			lookEveryMs: milliseconds('look-every'),
			unchangedForMs: milliseconds('unchanged-for'),
			watchAtMostMs: milliseconds('watch-at-most'),
		};
	} catch (error) {
		throw new Error(`${(error as Error).message}\n\n${USAGE}`);
	}
}

function toPhone(text: string, name: string): Phone {
	if (text === '') throw new Error('Your own phone number is missing.');
	const parsed = parsePhone(text, AUTO_DETECT);
	if (!parsed.ok) throw new Error(`${name} ${parsed.reason}.`);
	return parsed.phone;
}

/** Lets the person type the number a second time: nobody is to be called by a slip of the hand. */
async function confirm(phone: Phone, confirmation: string | undefined): Promise<void> {
	let repeated = confirmation;
	if (repeated === undefined) {
		if (!process.stdin.isTTY) {
			throw new Error(
				'There is no terminal to confirm the call in. Run this in one, or repeat the number in --yes-call-me.',
			);
		}
		const terminal = createInterface({ input: process.stdin, output: process.stdout });
		terminal.once('SIGINT', () => process.exit(130));
		console.log(
			`This calls the real Voice2Phone API and rings ${maskPhoneNumber(phone.number)} once, at the price of one call.`,
		);
		repeated = await terminal.question('Type the number again to be called, or Ctrl-C to leave: ');
		terminal.close();
	}
	if (toPhone(repeated, 'The second number').number !== phone.number) {
		throw new Error('The two numbers differ. Nobody was called.');
	}
}

async function main(): Promise<void> {
	// What runs by itself must never ring a phone.
	if (process.env.CI && process.env.CI !== 'false') {
		throw new Error('The live probe rings a real phone, so it does not run in CI (CI is set).');
	}
	const { phone, apiKey, confirmation, reportFile, ...pace } = readOptions();
	await confirm(phone, confirmation);

	const interruption = new AbortController();
	process.once('SIGINT', () => interruption.abort());
	const findings = await probe({
		apiKey,
		phone,
		...pace,
		signal: interruption.signal,
		say: (line) => console.log(line),
	});
	await writeFile(reportFile, reportOf(findings, { apiKey, phone }));
	console.log(
		`\nThe report, without your key and number: ${reportFile}. Read it before you share it.`,
	);
	if (!wasPlaced(findings)) {
		console.error('No call was placed for certain; the report says why.');
		process.exitCode = 1;
	}
}

main().catch((error: Error) => {
	console.error(error.message);
	process.exitCode = 1;
});
