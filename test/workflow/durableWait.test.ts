import { callAndWait, makeCall, waitForResponse, type Calling } from '../support/calls';
import { n8n } from '../support/n8n';
import { phone, service, type Phone, type Ring } from '../support/phone';
import { run, start, type Run } from '../support/run';
import { hours, minutes, seconds, time } from '../support/time';
import { editFields } from '../support/workflow';
import type { RunOptions } from '../support/workflowRunner';

const keys = [
	{ key: '1', label: 'Yes', reply: 'Thank you' },
	{ key: '2', label: 'No', reply: 'Goodbye' },
];
const durable = { surviveRestarts: true, callsPerSecond: 0, waitAtMost: minutes(30) };
const wait = (who: Phone | Phone[], calling: Calling = {}) =>
	callAndWait(who, { keys, ...durable, ...calling });
const goesOn = { settings: { onError: 'continueRegularOutput' } } as const;

/** An execution that n8n keeps by now, with live calls to so many phones. */
async function suspended(
	count: number,
	calling: Calling = {},
	how: RunOptions = {},
): Promise<{ running: Run; phones: Phone[]; rings: Ring[] }> {
	const phones = Array.from({ length: count }, () => phone());
	const running = start(wait(phones, calling), { mode: 'webhook', ...how });
	const rings: Ring[] = [];
	for (const each of phones) rings.push(await each.rings());
	await running.suspends();
	return { running, phones, rings };
}

describe('Survive Restarts', () => {
	it('hands a long wait to n8n, which goes on with the answer', async () => {
		const { running, phones, rings } = await suspended(1);
		const asked = service.heard('checks');
		await time.passes(minutes(1));
		expect(service.heard('checks') - asked).toBe(1);
		const pressed = time.now();
		rings[0].presses('2');
		const result = await running;
		expect(result.items).toHaveLength(1);
		result.item(0).is({
			CallId: phones[0].callId,
			outcome: 'keyPressed',
			pressedKey: '2',
			pressedLabel: 'No',
		});
		expect(result.item(0).json).not.toHaveProperty('lastCheckFailed');
		expect(time.now() - pressed).toBeLessThanOrEqual(minutes(1));
		phones[0].rang(1);
	});

	it('is not needed for those who answer soon', async () => {
		const ann = phone();
		ann.answers().after(seconds(10)).presses('1');
		(await run(wait(ann))).item(0).is({ pressedKey: '1' });
		expect(n8n.executionCount).toBe(1);
	});

	it('leaves no inner execution behind', async () => {
		const { running, rings } = await suspended(1);
		expect(n8n.inner()).toEqual(['standby', 'supervisor', 'watcher']);
		rings[0].presses('1');
		await running;
		await time.passes(minutes(10));
		expect(n8n.executionCount).toBe(1);
	});

	it('gives all items out in order and linked, when the last call is over', async () => {
		const [ann, bob, cy, dee, eve] = [phone(), phone(), phone(), phone(), phone()];
		ann.answers().after(minutes(2)).presses('1');
		bob.answers().presses('1');
		cy.answers().after(minutes(1)).presses('2');
		dee.isOff();
		service.refuses(eve, 402);
		const from = editFields("={{ { from: $('Items').item.json.phone } }}", { name: 'From' });
		const phones = [ann, bob, cy, dee, eve];
		const result = await run([wait(phones, { waitAtMost: minutes(10), ...goesOn }), from]);
		result.item(0).is({ outcome: 'keyPressed', pressedKey: '1' });
		result.item(1).is({ outcome: 'keyPressed', pressedKey: '1' });
		result.item(2).is({ outcome: 'keyPressed', pressedKey: '2' });
		result.item(3).is({ outcome: 'timedOut', pressedKey: null });
		result.item(4).failed(/\(402\), item 4/);
		expect(result.item(3).json).not.toHaveProperty('lastCheckFailed');
		expect(result.execution.output('From').map(({ json }) => json.from)).toEqual(
			phones.map(({ number }) => number),
		);
	});

	it('fails a call that is still open after the longest wait, if the user wants that', async () => {
		const ann = phone();
		ann.isOff();
		const result = await run(wait(ann, { waitAtMost: minutes(5), onTimeOut: 'throwError' }));
		result.failed(new RegExp(`still open after 5 minutes, CallId ${ann.callId}`));
	});

	it('sends an item to the output of its key, linked to its input', async () => {
		const ann = phone();
		ann.answers().after(minutes(2)).presses('2');
		const from = editFields("={{ { from: $('Items').item.json.phone } }}", { name: 'From' });
		const result = await run([wait(ann, { splitByKey: true, output: 4 }), from]);
		result.item(0).cameOutOf(4).is({ pressedKey: '2' });
		expect(result.execution.output('From').map(({ json }) => json)).toEqual([{ from: ann.number }]);
	});

	it('waits itself where several items are split by key, and says so', async () => {
		const [ann, bob] = [phone(), phone()];
		ann.answers().after(minutes(2)).presses('1');
		bob.answers().after(minutes(2)).presses('2');
		const result = await run(wait([ann, bob], { splitByKey: true }));
		result.item(0).cameOutOf(3);
		result.item(1).cameOutOf(4);
		expect(result.hints).toEqual([expect.stringMatching(/no effect/)]);
		expect(n8n.executionCount).toBe(1);
	});

	it('reads the response to a call that was placed before', async () => {
		const ann = phone();
		ann.answers().after(minutes(2)).presses('2');
		const result = await run([makeCall(ann), waitForResponse({ keys, ...durable })]);
		result.item(0).is({ pressedKey: '2', pressedLabel: 'No' });
		expect(n8n.executionCount).toBeGreaterThan(1);
	});

	it('is not run again by Retry On Fail, also by hand', async () => {
		const settings = { retryOnFail: true, maxTries: 3 };
		const { running, phones, rings } = await suspended(1, { settings }, { mode: 'manual' });
		rings[0].presses('2');
		(await running).item(0).is({ pressedKey: '2' });
		phones[0].rang(1);
	});

	it('asks as the options say also while n8n keeps the wait', async () => {
		const { running, rings } = await suspended(3, { checksPerSecond: 0.1, checksAtOnce: 1 });
		const asked = service.heard('checks');
		await time.passes(minutes(4));
		const times = service.heardAt('checks').slice(asked);
		expect(times.length).toBeGreaterThan(5);
		const gaps = times.slice(1).map((at, index) => at - times[index]);
		expect(Math.min(...gaps)).toBeGreaterThanOrEqual(seconds(10));
		for (const ring of rings) ring.presses('1');
		for (const index of rings.keys()) (await running).item(index).is({ pressedKey: '1' });
	});

	it('keeps the API key out of what n8n stores', async () => {
		const { phones } = await suspended(1);
		await time.passes(minutes(1));
		const stored = await n8n.stored();
		expect(stored).toHaveLength(4);
		for (const each of stored) {
			expect(each).toContain(phones[0].callId);
			expect(each).not.toContain(service.apiKey);
		}
	});
});

describe('Survive Restarts, when a call fails', () => {
	it('stops the workflow and names the other calls', async () => {
		const { running, phones } = await suspended(2);
		const [ann, bob] = phones.map(({ callId }) => callId);
		service.forgets(phones[0]);
		(await running).failed(new RegExp(`\\(404\\), CallId ${ann}`), new RegExp(`item 1: ${bob}`));
	});

	it('names every call, also of those that failed with it', async () => {
		const { running, phones } = await suspended(3);
		const callIds = phones.map(({ callId }) => callId);
		service.forgets(phones[0]);
		service.forgets(phones[2]);
		const { error } = (await running).execution;
		for (const callId of callIds) {
			expect(`${error?.message} ${error?.description}`).toContain(callId);
		}
	});

	it('goes on with the others, and sends the failed item to the error output', async () => {
		const settings = { onError: 'continueErrorOutput' } as const;
		const { running, phones, rings } = await suspended(2, { settings });
		service.forgets(phones[0]);
		rings[1].presses('2');
		const result = await running;
		result.item(1).cameOutOf(0).is({ pressedKey: '2' });
		result
			.item(0)
			.cameOutOf(1)
			.failed(/\(404\)/);
		expect(Object.keys(result.item(0).json)).toEqual(['phone', 'error']);
	});

	it('makes an error item with the call ID in the mode "continue"', async () => {
		const { running, phones, rings } = await suspended(2, goesOn);
		const { callId } = phones[0];
		service.forgets(phones[0]);
		rings[1].presses('2');
		const result = await running;
		result.item(0).failed(new RegExp(callId));
		result.item(1).is({ pressedKey: '2' });
	});

	it('is not disturbed by faults of Voice2Phone that pass by', async () => {
		const { running, rings } = await suspended(1);
		service.fails({ kind: 'status', statusCode: 503 }, { kind: 'checks', times: 2 });
		rings[0].presses('2');
		const { json } = (await running).item(0).is({ pressedKey: '2' });
		expect(json).not.toHaveProperty('lastCheckFailed');
	});

	it('names the calls when n8n cannot keep the wait', async () => {
		const [ann, bob] = [phone(), phone()];
		for (const each of [ann, bob]) each.isOff();
		await n8n.isBusy(new Error('SQLITE_BUSY: database is locked'), async () => {
			(await run(wait([ann, bob]))).failed(
				new RegExp(`could not keep the wait.*${ann.callId}.*SQLITE_BUSY`),
				new RegExp(bob.callId),
			);
			const result = await run(wait([ann, bob], goesOn));
			result.item(1).failed(new RegExp(`could not keep the wait.*${bob.callId}`));
		});
		for (const each of [ann, bob]) each.rang(2);
	});
});

/** A credential that n8n cannot read while `fault` says why. */
function faultyCredentials() {
	const credentials = {
		fault: '',
		how: {
			credentials: {
				voice2PhoneApi() {
					if (credentials.fault) throw new Error(credentials.fault);
					return { apiKey: service.apiKey };
				},
			},
		},
	};
	return credentials;
}

describe('Survive Restarts, when n8n loses something', () => {
	it('asks itself in place of a watcher that died with n8n', async () => {
		const { running, rings } = await suspended(1);
		service.fails({ kind: 'timeout', when: 'beforeProcessing' }, { kind: 'checks' });
		await service.hears('checks', service.heard('checks') + 1);
		expect(n8n.inner('running')).toEqual(['watcher']);
		await n8n.isKilled();
		expect(n8n.inner('crashed')).toEqual(['watcher']);
		await service.hears('checks', service.heard('checks') + 1);
		expect(n8n.inner('running')).toEqual(['supervisor']);
		rings[0].presses('2');
		const { json } = (await running).item(0).is({ pressedKey: '2' });
		expect(json).not.toHaveProperty('lastCheckFailed');
	});

	it('keeps still for a minute and a half after n8n has started', async () => {
		const { running, rings } = await suspended(1);
		await n8n.isKilled();
		const asked = service.heard('checks');
		await time.passes(seconds(90));
		expect(service.heard('checks')).toBe(asked);
		rings[0].presses('2');
		const pressed = time.now();
		(await running).item(0).is({ pressedKey: '2' });
		expect(time.now() - pressed).toBeLessThanOrEqual(minutes(2));
	});

	it('asks itself in place of a watcher that died with its worker', async () => {
		const { running, rings } = await suspended(1);
		await n8n.losesWorkerOf('watcher');
		// The supervisor has sent another at once.
		expect(n8n.inner()).toEqual(['standby', 'supervisor', 'watcher']);
		rings[0].presses('2');
		(await running).item(0).is({ pressedKey: '2' });
	});

	it('replaces a supervisor that died', async () => {
		const { running, rings } = await suspended(1);
		n8n.loses('supervisor');
		n8n.loses('watcher');
		await time.passes(minutes(15));
		expect(n8n.inner()).toEqual(['standby', 'supervisor', 'watcher']);
		rings[0].presses('2');
		(await running).item(0).is({ pressedKey: '2' });
		await time.passes(minutes(10));
		expect(n8n.inner()).toEqual([]);
	});

	it('hands a result back again that came while n8n repaired its executions', async () => {
		const { running, rings } = await suspended(1);
		const repair = n8n.beginsToRepair(running);
		rings[0].presses('2');
		await time.passes(minutes(3));
		expect(n8n.inner()).toEqual(['standby']);
		repair.ends();
		const { json } = (await running).item(0).is({ pressedKey: '2' });
		expect(json).not.toHaveProperty('lastCheckFailed');
	});

	it('goes on a day later if all is lost, and says so', async () => {
		const [late, early] = [phone(), phone()];
		early.answers().presses('1');
		const running = start(wait([late, early]), { mode: 'webhook' });
		(await late.rings()).hears('hello');
		await running.suspends();
		for (const role of ['supervisor', 'watcher', 'standby'] as const) n8n.loses(role);
		const began = time.now();
		const result = await running;
		expect(time.now() - began).toBeGreaterThan(hours(24));
		result.item(0).is({
			CallId: late.callId,
			outcome: 'timedOut',
			lastCheckFailed: expect.stringContaining('n8n lost this wait') as string,
		});
		result.item(1).is({ pressedKey: '1' });
	});

	it('ends by itself when a person stops the execution', async () => {
		const { running } = await suspended(1);
		n8n.stops(running);
		await time.passes(minutes(11));
		expect(n8n.inner()).toEqual([]);
	});

	it('asks again when n8n cannot read the credential for a moment', async () => {
		const credentials = faultyCredentials();
		const { running, rings } = await suspended(2, {}, credentials.how);
		credentials.fault = 'SQLITE_BUSY: database is locked';
		await time.passes(minutes(3));
		credentials.fault = '';
		rings[0].presses('2');
		rings[1].presses('1');
		const result = await running;
		result.item(0).is({ pressedKey: '2' });
		result.item(1).is({ pressedKey: '1' });
	});

	it('ends as timed out when the credential cannot be read until long after the longest wait', async () => {
		const credentials = faultyCredentials();
		const { running, phones } = await suspended(1, {}, credentials.how);
		credentials.fault = 'Credential with ID "1" does not exist';
		(await running).item(0).is({
			outcome: 'timedOut',
			CallId: phones[0].callId,
			lastCheckFailed: `n8n could not ask for the status: ${credentials.fault}`,
		});
	});
});
