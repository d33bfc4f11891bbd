/* What the choices of Message Check do with a text that nobody can mean. */
import { makeCall } from '../../support/calls';
import { phone, service } from '../../support/phone';
import { run } from '../../support/run';

const GAVE_NOTHING = '`{{ $json.name }}` gave nothing';

describe('Message Check', () => {
	it('Warn calls, and says in a hint what is odd', async () => {
		const ann = phone();
		const calling = { message: '=Hello {{ $json.name }}', messageCheck: 'warn' };
		const { hints } = await run(makeCall(ann, calling));
		expect(ann.call.message).toBe('Hello');
		expect(hints).toEqual([expect.stringContaining(`Message of item 0: ${GAVE_NOTHING}`)]);
		ann.rang(1);
	});

	it('Off calls, and says nothing', async () => {
		const ann = phone();
		const calling = { message: '=Hello {{ $json.name }}', messageCheck: 'off' };
		expect((await run(makeCall(ann, calling))).hints).toEqual([]);
		expect(ann.call.message).toBe('Hello');
		ann.rang(1);
	});

	it('Refuse calls nobody, also for a reply that nobody can mean', async () => {
		const keys = [{ key: '1', reply: '=Bye {{ $json.name }}' }];
		const { execution } = await run(makeCall(phone(), { keys }));
		expect(execution.error?.message).toContain(`Item 0: Reply ${GAVE_NOTHING}`);
		service.heardNothing();
	});
});
