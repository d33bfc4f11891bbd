import { fingerprint } from '../../nodes/Voice2Phone/core/calls/journal';
import { checkSpokenText } from '../../nodes/Voice2Phone/core/calls/messageCheck';
import { parseAllowedNumbers } from '../../nodes/Voice2Phone/core/numbers/allowedNumbers';
import { parsePhone } from '../../nodes/Voice2Phone/core/numbers/phoneNumber';
import { table } from './report';

const ROUNDS = 20_000;

const message = (index: number) =>
	`Hello Person ${index}, your order is ready. Press 1 to confirm.`;
const manyNumbers = Array.from({ length: 1000 }, (_, index) => `+1425${3_000_000 + index}`).join();

/** What is done for each item besides what n8n does, and for a long list once in a run. */
const RULES: Array<[name: string, rounds: number, run: (index: number) => unknown]> = [
	['Phone number, +1206…', ROUNDS, (index) => parsePhone(`+1206${2_000_000 + index}`, 'US')],
	['Phone number, 030 …', ROUNDS, (index) => parsePhone(`030 ${20_000_000 + index}`, 'DE')],
	['Message Check', ROUNDS, (index) => checkSpokenText(message(index))],
	['Line of the journal', ROUNDS, (index) => fingerprint({ Message: message(index) })],
	['1,000 Allowed Numbers', 50, () => parseAllowedNumbers(manyNumbers)],
];

/** What the node's rules take alone, without n8n: CPU time of this process. */
export async function benchRules(): Promise<string> {
	const rows = RULES.map(([name, rounds, run]) => {
		for (let index = 0; index < rounds; index++) run(index);
		const before = process.cpuUsage();
		for (let index = 0; index < rounds; index++) run(index);
		const { user, system } = process.cpuUsage(before);
		return [name, `${((user + system) / rounds).toFixed(1)} µs`];
	});
	return table(['', 'CPU'], rows);
}
