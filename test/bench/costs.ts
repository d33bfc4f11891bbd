import { median, progress, table } from './report';
import type { CaseOptions, Measurement } from './workbench';
import { callsWith, type Contender } from './workflows';

const ITEMS = 500;
const TURNS = 3;

/** A thousand numbers that nobody in the benchmark has. */
const otherNumbers = Array.from({ length: 1000 }, (_, index) => `+1425${3_000_000 + index}`);

const off = { messageCheck: 'off' };
const nothing = callsWith('Without any of these', off);

/** What a user may add to the same calls. */
const ADDED: Contender[] = [
	callsWith('Message Check', {}),
	callsWith('Expressions that n8n has to evaluate', off, {
		countryCode: '={{ $json.country.trim() }}',
		phoneNumber: '={{ $json.phone.trim() }}',
		message: '=Hello {{ $json.name.trim() }}, your order is ready. Press 1 to confirm.',
	}),
	callsWith('Allowed Numbers, 1,001', {
		...off,
		allowedNumbers: [...otherNumbers, '+1206*'].join(', '),
	}),
	callsWith('Do Not Call, 1,000', { ...off, doNotCall: otherNumbers.join('\n') }),
	callsWith('Calling Hours', {
		...off,
		days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
		from: '00:00',
		until: '24:00',
	}),
	callsWith('Max Calls', { ...off, maxCalls: 1_000_000 }),
	callsWith('Same Call Again: Return the First Call', { ...off, onSameCall: 'returnFirst' }),
	callsWith('Call Only Once', {
		...off,
		oncePer: '={{ $execution.id }} {{ $json.name }}',
		rememberedBy: 'node',
	}),
];

/** What the node's checks cost: the same calls with and without each, in turns, without latency. */
export async function benchCosts({
	bench,
	quick,
	turns = TURNS,
	items = ITEMS,
}: CaseOptions): Promise<string> {
	const count = quick ? 50 : items;
	const contenders = [nothing, ...ADDED];
	const results = new Map<string, Measurement[]>(contenders.map(({ name }) => [name, []]));
	for (const contender of contenders) await bench.makeCalls(contender, 10, 0);
	for (let turn = 0; turn < (quick ? 1 : turns); turn++) {
		for (const contender of turn % 2 === 0 ? contenders : [...contenders].reverse()) {
			const result = await bench.makeCalls(contender, count, 0);
			results.get(contender.name)!.push(result);
			progress(`Costs, ${count}: ${contender.name} ${Math.round(result.cpuMs)} ms`);
		}
	}
	const of = (name: string, key: 'wallMs' | 'cpuMs') =>
		median(results.get(name)!.map((each) => each[key]));
	const rows = contenders.map(({ name }) => {
		const perCall = (key: 'wallMs' | 'cpuMs') => `${(of(name, key) / count).toFixed(2)} ms`;
		const ratio = (key: 'wallMs' | 'cpuMs') =>
			`${(of(name, key) / of(nothing.name, key)).toFixed(2)}×`;
		return [name, perCall('wallMs'), ratio('wallMs'), perCall('cpuMs'), ratio('cpuMs')];
	});
	const lines = table(['', 'Time per call', 'to without', 'CPU per call', 'to without'], rows);
	return `${count} calls, the median of ${quick ? 1 : turns} turns.\n\n${lines}`;
}
