import { callAndWait, makeCall } from '../support/calls';
import { bed } from '../support/bed';
import { phone, service } from '../support/phone';
import { run } from '../support/run';
import { linear, loopOverItems, manualTrigger } from '../support/workflow';

/* What strangers write into forms and sheets, and what people build on it without a thought. */

describe('Keys to Press', () => {
	it.each<[string, unknown, RegExp]>([
		['of another script', '١', /has the key "١", which is not on a phone/],
		['that is wide', '１', /has the key "１"/],
		['with something invisible', '1\u200b', /which is not on a phone/],
		['of two digits', '11', /has the key "11"/],
		['with the name of a prototype', '__proto__', /has the key "__proto__"/],
		['that every object has', 'constructor', /has the key "constructor"/],
		['that is true', true, /has a key of the type boolean/],
		['that is a list', ['1'], /has a key of the type object/],
		['that has no text', { toString: 1 }, /has a key of the type object/],
		['that an expression would give', '={{ $json.key }}', /has the key ".*json.key/],
	])('call nobody with a key %s', async (_, key, words) => {
		const ann = phone();
		(await run(callAndWait(ann, { keys: [{ key: key as string, reply: 'Bye' }] }))).failed(words);
		service.heardNothing();
	});

	it.each(['1', 1, ' 1 '])('call with the key %j', async (key) => {
		const ann = phone();
		ann.answers().presses('1');
		const keys = [{ key: key as string, reply: 'Bye' }];
		(await run(callAndWait(ann, { keys }))).item(0).is({ outcome: 'keyPressed', pressedKey: '1' });
		expect(ann.call.dtmf).toEqual({ 1: 'Bye' });
	});
});

describe('Once Per', () => {
	it.each([
		['=lead-{{ $json.lead }}', /`{{ \$json.lead }}` gave nothing/],
		['={{ "lead-" + $json.lead }}', /`{{ \$json.lead }}` gave nothing/],
		[
			'={{ $json.first }}-{{ $json.last }}',
			/`{{ \$json.first }}`, `{{ \$json.last }}` gave nothing/,
		],
		['={{ $json.sheet }}', /"#N\/A" is the same for all items/],
	])('calls nobody whose value is the same for all: %s', async (oncePer, words) => {
		const ann = phone();
		(await run(makeCall({ phone: ann, sheet: '#N/A' }, { oncePer }))).failed(words);
		ann.rang(0);
	});

	it('takes a value of which only a part is missing', async () => {
		const ann = phone();
		ann.answers();
		await run(
			makeCall({ phone: ann, last: 'Lee' }, { oncePer: '={{ $json.first }}-{{ $json.last }}' }),
		);
		ann.rang(1);
	});

	it('of a trial is another one than any in production', async () => {
		const [ann, me] = [phone(), phone()];
		ann.answers();
		me.answers();
		const call = (oncePer: string) => makeCall(ann, { oncePer, testNumber: me });
		await run(call('lead-5'));
		for (const key of [
			'lead-5',
			'test lead-5',
			'test known lead-5',
			'voice2phone test known lead-5',
		]) {
			(await run(call(key), { mode: 'trigger' })).item(0).is({ calledNumber: ann.number });
		}
		me.rang(1);
		ann.rang(4);
	});
});

describe('A hint', () => {
	it('shows nothing that a browser takes for HTML, whoever wrote it', async () => {
		const ann = phone();
		ann.answers();
		const result = await run(
			makeCall([ann, ann, ann], {
				message: "=Hello {{ $json['<img src=x onerror=alert(1)>'] }}",
				messageCheck: 'warn',
				onSameCall: 'returnFirst',
				oncePer: undefined,
			}),
		);
		expect(result.hints.join()).toContain('img src=x');
		expect(result.hints.join()).not.toMatch(/[<>]/);
		ann.rang(1);
	});
});

describe('An execution', () => {
	it('with many runs of the node keeps nothing of them at its signal', async () => {
		const ann = phone();
		ann.answers();
		const counts = new Map<AbortSignal, number>();
		const count = (by: number) =>
			function (signal: AbortSignal, type: string) {
				if (type === 'abort') counts.set(signal, (counts.get(signal) ?? 0) + by);
			};
		const { addEventListener, removeEventListener } = AbortSignal.prototype;
		const spies = [
			jest.spyOn(AbortSignal.prototype, 'addEventListener').mockImplementation(function (
				this: AbortSignal,
				...of
			) {
				count(1)(this, of[0]);
				addEventListener.apply(this, of as never);
			}),
			jest.spyOn(AbortSignal.prototype, 'removeEventListener').mockImplementation(function (
				this: AbortSignal,
				...of
			) {
				count(-1)(this, of[0]);
				removeEventListener.apply(this, of as never);
			}),
		];
		try {
			const call = makeCall(
				Array.from({ length: 30 }, () => ann),
				{ callsPerSecond: 0 },
			);
			await bed.engine.run(linear(manualTrigger(), call.feed, loopOverItems([call])));
		} finally {
			for (const spy of spies) spy.mockRestore();
		}
		expect(bed.simulator.acceptedCalls()).toHaveLength(30);
		ann.rang(30);
		process.stdout.write(
			JSON.stringify([...counts.values()].sort((a, b) => b - a).slice(0, 5)) + '\n',
		);
		expect(Math.max(...counts.values())).toBeLessThan(10);
	});
});
