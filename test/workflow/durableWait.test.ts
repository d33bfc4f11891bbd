import { time, hours, minutes, seconds } from '../support/time';
import { useEngine } from '../support/engine';
import type { RecordedRequest } from '../simulator';
import {
	items,
	linear,
	manualTrigger,
	noOp,
	voice2Phone,
	withBranch,
	type NodeSettings,
	type Step,
} from '../support/workflow';
import type { RunOptions, WorkflowResult } from '../support/workflowRunner';

const bed = useEngine(time);

const options = { surviveRestarts: true, handOverAfter: 20, callsPerSecond: 0, waitAtMost: 30 };
const callAndWait = (parameters = {}, settings: NodeSettings = {}) =>
	voice2Phone(
		{
			operation: 'callAndWait',
			countryCode: 'US',
			phoneNumber: '={{ $json.phone }}',
			message: 'Hello',
			dtmf: {
				entries: [
					{ key: '1', label: 'Yes', message: 'Thank you' },
					{ key: '2', label: 'No', message: 'Goodbye' },
				],
			},
			options,
			...parameters,
		},
		settings,
	);
const workflow = (phones: string[], ...steps: Step[]) =>
	linear(manualTrigger(), items(phones.map((phone) => ({ phone }))), ...steps);

/** An execution that n8n keeps by now; time passes for it only as the test says, until `ended`. */
async function suspended(
	phones: string[],
	step: Step = callAndWait(),
	run: RunOptions = {},
): Promise<{ id: string; ended(): Promise<WorkflowResult> }> {
	const held = time.hold();
	const execution = bed.engine.start(workflow(phones, step, noOp({ name: 'Next' })), {
		mode: 'webhook',
		...run,
	});
	await time.passes(seconds(25));
	const { status, error } = await execution.finished;
	expect(error).toBeUndefined();
	expect(status).toBe('waiting');
	return {
		id: execution.id!,
		async ended() {
			held.release();
			return await execution.ended;
		},
	};
}

const role = ({ workflow: { nodes } }: { workflow: { nodes: Step['nodes'] } }) =>
	nodes.find(({ name }) => name === 'Check Calls')?.parameters.waitStep;
/** The inner executions that n8n holds in some state, by what they do. */
const inner = (wanted = 'waiting') =>
	bed.engine.executions
		.list()
		.filter(({ mode, status }) => mode === 'integrated' && status === wanted);
const roles = (wanted?: string) => inner(wanted).map(role).sort();
const innerId = (of: string) => inner().find((each) => role(each) === of)!.id;

const checks = () => bed.simulator.requests.filter(({ method }) => method === 'GET');
/** Resolves when a status is asked for; the request is never answered. */
async function unansweredCheck(): Promise<RecordedRequest> {
	bed.simulator.faults.next({ kind: 'timeout', when: 'beforeProcessing' }, { match: 'GET' });
	return await new Promise((resolve) => {
		const listen = (request: RecordedRequest) => {
			if (request.fault?.kind !== 'timeout') return;
			bed.simulator.off('request', listen);
			resolve(request);
		};
		bed.simulator.on('request', listen);
	});
}
const callIdOf = (phone: string) => bed.simulator.acceptedCalls(`+1 ${phone}`)[0].callId;
/** Voice2Phone no longer knows the call: asking for its status is answered with 404. */
const forget = (phone: string) => bed.simulator.calls.delete(callIdOf(phone));

afterEach(() => expect(bed.simulator.duplicates()).toEqual([]));

describe('Survive Restarts', () => {
	it('hands a long wait to n8n, which goes on with the answer', async () => {
		const execution = await suspended(['425 555 0399']);
		const began = time.now();
		const asked = checks().length;
		await time.passes(seconds(60));
		expect(checks().length - asked).toBeLessThanOrEqual(1);
		const result = await execution.ended();
		expect(result.status).toBe('success');
		const [{ json, pairedItem }, ...others] = result.output('Next');
		expect(others).toEqual([]);
		expect(json).toMatchObject({
			CallId: callIdOf('425 555 0399'),
			outcome: 'keyPressed',
			pressedKey: '2',
			pressedLabel: 'No',
		});
		expect(json).not.toHaveProperty('lastCheckFailed');
		// The person pressed the key after 99 s; n8n notices it a minute later at most.
		expect(time.now() - began).toBeLessThanOrEqual(seconds(99 + 60));
		expect(pairedItem).toEqual({ item: 0 });
	});

	it('is not needed for those who answer soon', async () => {
		const { ended } = bed.engine.start(workflow(['425 555 0210'], callAndWait()));
		const result = await ended;
		expect(result.output('Voice2Phone')[0].json).toMatchObject({ pressedKey: '1' });
		expect(bed.engine.executions.list()).toHaveLength(1);
	});

	it('leaves no inner execution behind', async () => {
		const execution = await suspended(['425 555 0399']);
		expect(roles()).toEqual(['standby', 'supervisor', 'watcher']);
		await execution.ended();
		await time.passes(minutes(10));
		expect(bed.engine.executions.list().map(({ id }) => id)).toEqual([execution.id]);
	});

	it('gives all items out in order and linked, when the last call is over', async () => {
		const phones = ['425 555 0290', '425 555 0101', '425 555 0389', '425 555 0120', '425 555 0142'];
		const step = callAndWait(
			{ options: { ...options, waitAtMost: 10 } },
			{ onError: 'continueRegularOutput' },
		);
		const result = await (await suspended(phones, step)).ended();
		const output = result.output('Next');
		expect(output.map(({ json }) => [json.outcome, json.pressedKey])).toEqual([
			['keyPressed', '1'],
			['keyPressed', '1'],
			['keyPressed', '2'],
			['timedOut', null],
			[undefined, undefined],
		]);
		expect(output[4].json.error).toMatch(/\(402\), item 4/);
		expect(output[3].json).not.toHaveProperty('lastCheckFailed');
		expect(result.output('Voice2Phone').map(({ pairedItem }) => pairedItem)).toEqual(
			phones.map((_, item) => ({ item })),
		);
	});

	it('fails a call that is still open after the longest wait, if the user wants that', async () => {
		const step = callAndWait({ options: { ...options, waitAtMost: 5, onTimeOut: 'throwError' } });
		const { status, error } = await (await suspended(['425 555 0120'], step)).ended();
		expect(status).toBe('error');
		expect(error?.message).toContain(
			`still open after 5 minutes, CallId ${callIdOf('425 555 0120')}`,
		);
	});

	it('sends an item to the output of its key, linked to its input', async () => {
		const step = callAndWait({ splitByKey: true });
		const result = await (await suspended(['425 555 0399'], withBranch(step, 4, noOp()))).ended();
		const counts = [0, 1, 2, 3, 4].map((output) => result.output('Voice2Phone', output).length);
		expect(counts).toEqual([0, 0, 0, 0, 1]);
		expect(result.output('No Operation')[0].json).toMatchObject({ pressedKey: '2' });
		expect(result.output('Voice2Phone', 4)[0].pairedItem).toMatchObject({ item: 0 });
	});

	it('waits itself where several items are split by key, and says so', async () => {
		const result = await bed.engine.start(
			workflow(['425 555 0399', '425 555 0290'], callAndWait({ splitByKey: true })),
		).ended;
		expect(result.output('Voice2Phone', 3)).toHaveLength(1);
		expect(result.output('Voice2Phone', 4)).toHaveLength(1);
		expect(result.runs('Voice2Phone')[0].hints?.[0].message).toMatch(/no effect/);
		expect(bed.engine.executions.list()).toHaveLength(1);
	});

	it('reads the response to a call that was placed before', async () => {
		const makeCall = voice2Phone(
			{
				operation: 'makeCall',
				countryCode: 'US',
				phoneNumber: '={{ $json.phone }}',
				message: 'Hi',
			},
			{ name: 'Make Call' },
		);
		const wait = voice2Phone(
			{ operation: 'waitForResponse', dtmf: { entries: [{ key: '2', label: 'No' }] }, options },
			{ name: 'Wait' },
		);
		const running = bed.engine.start(workflow(['425 555 0399'], makeCall, wait));
		const result = await running.ended;
		// Without a mapping of keys the simulated person presses 2 all the same.
		expect(result.output('Wait')[0].json).toMatchObject({ pressedKey: '2', pressedLabel: 'No' });
		expect(bed.simulator.acceptedCalls()).toHaveLength(1);
	});

	it('is not run again by Retry On Fail', async () => {
		const step = callAndWait({}, { retryOnFail: true, maxTries: 3 });
		const result = await (await suspended(['425 555 0399'], step, { mode: 'manual' })).ended();
		expect(result.output('Next')[0].json).toMatchObject({ pressedKey: '2' });
	});

	it('keeps the API key out of what n8n stores', async () => {
		await suspended(['425 555 0399']);
		await time.passes(minutes(1));
		for (const { id } of bed.engine.executions.list()) {
			const stored = JSON.stringify(await bed.engine.executions.dataOf(id));
			expect(stored).toContain('425');
			expect(stored).not.toContain(bed.simulator.apiKey);
		}
	});
});

describe('Survive Restarts, when a call fails', () => {
	const [failing, other, third] = ['425 555 0398', '425 555 0399', '425 555 0299'];

	it('stops the workflow and names the other calls', async () => {
		const execution = await suspended([failing, other]);
		const callId = callIdOf(failing);
		forget(failing);
		const { status, error } = await execution.ended();
		expect(status).toBe('error');
		expect(error?.message).toContain(`(404), CallId ${callId}`);
		expect(error?.description).toContain(`item 1: ${callIdOf(other)}`);
	});

	it('names every call, also of those that failed with it', async () => {
		const execution = await suspended([failing, other, third]);
		const callIds = [failing, other, third].map(callIdOf);
		forget(failing);
		forget(third);
		const { error } = await execution.ended();
		for (const callId of callIds) {
			expect(`${error?.message} ${error?.description}`).toContain(callId);
		}
	});

	it('goes on with the others, and sends the failed item to the error output', async () => {
		const step = callAndWait({}, { onError: 'continueErrorOutput' });
		const execution = await suspended(
			[failing, other],
			withBranch(step, 1, noOp({ name: 'On Error' })),
		);
		forget(failing);
		const result = await execution.ended();
		expect(result.status).toBe('success');
		expect(result.output('Next').map(({ json }) => json.pressedKey)).toEqual(['2']);
		expect(result.output('On Error').map(({ json }) => json)).toEqual([
			{ phone: failing, error: expect.stringContaining('(404)') as string },
		]);
	});

	it('makes an error item with the call ID in the mode "continue"', async () => {
		const step = callAndWait({}, { onError: 'continueRegularOutput' });
		const execution = await suspended([failing, other], step);
		const callId = callIdOf(failing);
		forget(failing);
		const [failed, answered] = (await execution.ended()).output('Next');
		expect(failed.json.error).toContain(callId);
		expect(answered.json).toMatchObject({ pressedKey: '2' });
	});

	it('is not disturbed by faults of Voice2Phone that pass by', async () => {
		const execution = await suspended([other]);
		bed.simulator.faults.next({ kind: 'status', statusCode: 503 }, { match: 'GET', count: 2 });
		const [{ json }] = (await execution.ended()).output('Next');
		expect(json).toMatchObject({ pressedKey: '2' });
		expect(json).not.toHaveProperty('lastCheckFailed');
	});

	it('names the call when n8n cannot keep the wait', async () => {
		const begin = bed.engine.executions.start.bind(bed.engine.executions);
		const spy = jest.spyOn(bed.engine.executions, 'start').mockImplementation((of, data) => {
			if (of.mode === 'integrated') throw new Error('SQLITE_BUSY: database is locked');
			return begin(of, data);
		});
		try {
			const { error } = await bed.engine.start(workflow([failing, other], callAndWait())).ended;
			expect(error?.message).toMatch(/could not keep the wait.*SQLITE_BUSY/);
			expect(error?.message).toContain(callIdOf(failing));
			expect(error?.description).toContain(callIdOf(other));
		} finally {
			spy.mockRestore();
		}
	});
});

describe('Survive Restarts, when n8n loses something', () => {
	it('asks itself in place of a watcher that died with n8n', async () => {
		const execution = await suspended(['425 555 0399']);
		const asked = unansweredCheck();
		const passing = time.passes(minutes(2));
		await asked;
		expect(roles('running')).toEqual(['watcher']);
		bed.engine.executions.kill();
		await passing;
		expect(roles('crashed')).toEqual(['watcher']);
		const result = await execution.ended();
		expect(result.output('Next')[0].json).toMatchObject({ pressedKey: '2' });
		expect(result.output('Next')[0].json).not.toHaveProperty('lastCheckFailed');
	});

	it('asks itself in place of a watcher that died with its worker', async () => {
		const execution = await suspended(['425 555 0399']);
		await time.passes(minutes(1));
		await bed.engine.executions.killWorkerOf(
			innerId('watcher'),
			'job stalled more than maxStalledCount',
		);
		const result = await execution.ended();
		expect(result.output('Next')[0].json).toMatchObject({ pressedKey: '2' });
	});

	it('replaces a supervisor that died', async () => {
		const execution = await suspended(['425 555 0399']);
		await time.passes(minutes(1));
		const lost = innerId('supervisor');
		bed.engine.executions.lose(lost);
		bed.engine.executions.lose(innerId('watcher'));
		await time.passes(minutes(15));
		const result = await execution.ended();
		expect(result.output('Next')[0].json).toMatchObject({ pressedKey: '2' });
		await time.passes(minutes(10));
		expect(roles()).toEqual([]);
	});

	it('hands a result back again that came while n8n repaired its executions', async () => {
		const execution = await suspended(['425 555 0399']);
		bed.engine.executions.setStatus(execution.id, 'crashed');
		await time.passes(minutes(3));
		expect(roles()).toEqual(['standby']);
		bed.engine.executions.setStatus(execution.id, 'waiting');
		const result = await execution.ended();
		expect(result.output('Next')[0].json).toMatchObject({ pressedKey: '2' });
		expect(result.output('Next')[0].json).not.toHaveProperty('lastCheckFailed');
	});

	it('goes on a day later if all is lost, and says so', async () => {
		const execution = await suspended(['425 555 0399', '425 555 0101']);
		await time.passes(minutes(1));
		for (const { id } of inner()) bed.engine.executions.lose(id);
		const began = time.now();
		const [lost, answered] = (await execution.ended()).output('Next');
		expect(time.now() - began).toBeGreaterThan(hours(24));
		expect(lost.json).toMatchObject({
			CallId: callIdOf('425 555 0399'),
			outcome: 'timedOut',
			lastCheckFailed: expect.stringContaining('n8n lost this wait') as string,
		});
		expect(answered.json).toMatchObject({ pressedKey: '1' });
	});

	it('ends by itself when a person stops the execution', async () => {
		const execution = await suspended(['425 555 0120']);
		bed.engine.executions.stop(execution.id);
		await time.passes(minutes(11));
		expect(roles()).toEqual([]);
	});

	it('asks again when n8n cannot read the credential for a moment', async () => {
		let isBusy = false;
		const credential = () => {
			if (isBusy) throw new Error('SQLITE_BUSY: database is locked');
			return { apiKey: bed.simulator.apiKey };
		};
		const execution = await suspended(['425 555 0399', '425 555 0298'], callAndWait(), {
			credentials: { voice2PhoneApi: credential },
		});
		isBusy = true;
		await time.passes(minutes(3));
		isBusy = false;
		const result = await execution.ended();
		expect(result.error).toBeUndefined();
		expect(result.output('Next').map(({ json }) => json.pressedKey)).toEqual(['2', '1']);
	});

	it('ends as timed out when the credential cannot be read until long after the longest wait', async () => {
		let isGone = false;
		const credential = () => {
			if (isGone) throw new Error('Credential with ID "1" does not exist');
			return { apiKey: bed.simulator.apiKey };
		};
		const execution = await suspended(['425 555 0120'], callAndWait(), {
			credentials: { voice2PhoneApi: credential },
		});
		isGone = true;
		const [{ json }] = (await execution.ended()).output('Next');
		expect(json).toMatchObject({
			outcome: 'timedOut',
			CallId: callIdOf('425 555 0120'),
			lastCheckFailed: 'n8n could not ask for the status: Credential with ID "1" does not exist',
		});
	});
});
