/* What becomes of a search for somebody who accepts when n8n is killed, and what Retry does then. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { outputItems, until, type Execution, type SavedWorkflow } from '../../playground/n8nClient';
import type { RecordedRequest } from '../simulator';
import { voice2Phone, withBranch, noOp, type NodeSettings, type Step } from '../support/workflow';
import { PATIENCE, useN8n } from './support';

const bed = useN8n();

/** People of the simulator, by what they do. */
const ACCEPTS = '+1 425 555 0101';
const DECLINES = '+1 425 555 0102';
const NO_KEY = '+1 425 555 0110';
const ACCEPTS_AFTER_45_S = '+1 425 555 0245';
const ACCEPTS_AFTER_90_S = '+1 425 555 0290';

const NOBODY = 1;

const search = (people: string[], parameters: INodeParameters = {}, settings: NodeSettings = {}) =>
	withBranch(
		voice2Phone(
			{
				operation: 'callUntilAccepted',
				phoneNumbers: people.join('\n'),
				message: '={{ $json.text }}',
				dtmf: {
					entries: [
						{ key: '1', meaning: 'accepts', message: 'Thank you' },
						{ key: '2', meaning: 'declines', message: 'Goodbye' },
					],
				},
				...parameters,
			},
			{ name: 'Search', ...settings },
		),
		NOBODY,
		noOp({ name: 'Nobody' }),
	);

const callsOf = (text: string) =>
	bed.simulator.acceptedCalls().filter(({ message }) => message === text);
const checksOf = (callId: string) =>
	bed.simulator.requests.filter(({ method, path }) => method === 'GET' && path.includes(callId));
const resultOf = (execution: Execution): IDataObject => {
	const [item] = [0, NOBODY].flatMap((output) => outputItems(execution, 'Search', { output }));
	return item.json;
};

describe('When n8n is killed in the middle of a search', () => {
	/** What the node does when the kill comes, with the people who are searched. */
	const moments: Record<string, Step[]> = {
		'between request and answer': [search([ACCEPTS])],
		'while the phone rings': [search([ACCEPTS_AFTER_45_S])],
		'in the pause between two rounds': [search([NO_KEY], { rounds: 2, minutesBetween: 2 })],
		'after the acceptance': [
			search([ACCEPTS]),
			voice2Phone(
				{
					operation: 'callAndWait',
					phoneNumber: ACCEPTS_AFTER_90_S,
					message: 'What comes after',
				},
				{ name: 'After' },
			),
		],
	};
	const names = Object.keys(moments);
	const both = names.flatMap((moment) => [`${moment}, no key`, `${moment}, key`]);
	const executionIds: Record<string, string> = {};
	const before: Record<string, string[]> = {};
	const retried: Record<string, Execution> = {};
	/** How many calls there were after "Retry". The simulator forgets them before each test. */
	const after: Record<string, number> = {};
	let answerFromLog: Execution;
	let answered: string[];

	/** With Once Per, the text is the key. */
	function stepsOf(search: string): Step[] {
		const [moment, key] = search.split(', ');
		const steps = structuredClone(moments[moment]);
		if (key === 'key') {
			const { parameters } = steps[0].nodes[0];
			parameters.options = { callOnlyOnce: { values: { oncePer: '={{ $json.text }}' } } };
		}
		return steps;
	}

	beforeAll(async () => {
		bed.simulator.reset();
		bed.simulator.faults.next(
			{ kind: 'timeout', when: 'afterProcessing' },
			{
				count: 2,
				match: ({ method, rawBody }: RecordedRequest) =>
					method === 'POST' && rawBody.includes('between request and answer'),
			},
		);
		for (const name of both) {
			const workflow = await bed.saveSteps(name, ...stepsOf(name));
			executionIds[name] = await bed.startProduction(workflow, [{ text: name }]);
		}
		await until('each search to be where it is killed', PATIENCE, () => {
			const isThere = both.every((name) => {
				const [call] = callsOf(name);
				if (!call) return false;
				if (name.startsWith('between')) return true;
				// A call without a key is read a second time before it counts as over.
				return checksOf(call.callId).length >= (name.startsWith('in the pause') ? 2 : 1);
			});
			return (isThere && callsOf('What comes after').length === 2) || undefined;
		});
		// What was read has to arrive.
		await sleep(1000);
		for (const name of both) before[name] = callsOf(name).map(({ callId }) => callId);
		answered = bed.simulator.requests
			.filter(({ method, fault }) => method === 'POST' && !fault)
			.flatMap(({ callId }) => callId ?? []);
		await bed.n8n.kill('SIGKILL');
		bed.n8n = await bed.n8n.restart();
		await Promise.all(
			both.map(async (name) => {
				expect((await bed.client.finished(executionIds[name])).status).toBe('crashed');
				retried[name] = await bed.client.retry(executionIds[name]);
				after[name] = callsOf(name).length;
			}),
		);
		const [callId] = before['while the phone rings, key'];
		const reading = voice2Phone({
			operation: 'waitForResponse',
			callId,
			options: { waitAtMost: 2 },
		});
		answerFromLog = await bed.runProduction(await bed.saveSteps('From the log', reading), [{}]);
	});

	it('each person has been rung once, and the log has the IDs of the calls', async () => {
		for (const name of both) expect([name, before[name].length]).toEqual([name, 1]);
		expect(answered).toHaveLength(8);
		const log = await readFile(bed.n8n.logFile, 'utf8');
		for (const callId of answered) expect(log).toContain(callId);
	});

	it.each([
		['between request and answer', 2, 'accepted'],
		['while the phone rings', 2, 'accepted'],
		['in the pause between two rounds', 3, 'nobody'],
		['after the acceptance', 2, 'accepted'],
	])('%s, no key: "Retry" begins anew, and rings again', (moment, calls, outcome) => {
		const name = `${moment}, no key`;
		expect(retried[name].status).toBe('success');
		expect(resultOf(retried[name]).outcome).toBe(outcome);
		expect(after[name]).toBe(calls);
	});

	it.each(names.slice(0, 3))('%s, key: "Retry" rings nobody, and says why', (moment) => {
		const name = `${moment}, key`;
		expect(retried[name].status).toBe('error');
		expect(retried[name].data.resultData.error?.message).toMatch(
			/may have been placed by an earlier try, so it was not dialled again/,
		);
		expect(after[name]).toBe(1);
	});

	it('after the acceptance, key: "Retry" rings nobody, and who accepted is not known any more', () => {
		const name = 'after the acceptance, key';
		expect(retried[name].status).toBe('success');
		expect(outputItems(retried[name], 'Nobody').map(({ json }) => json)).toEqual([
			{ outcome: 'nobody', acceptedBy: [], attempts: [], notCalledBecause: 'calledBefore' },
		]);
		expect(after[name]).toBe(1);
	});

	it('the answer to a call from the log is read by Wait for Response', () => {
		expect(outputItems(answerFromLog, 'Voice2Phone')[0].json).toMatchObject({ pressedKey: '1' });
	});
});

describe('When a search ends and n8n goes on', () => {
	const PEOPLE = [ACCEPTS_AFTER_45_S, DECLINES];
	/** The second person is called while the phone of the first rings. */
	const soon = { nextAfter: 0.1 };
	const refuseKeyOnce = () =>
		bed.simulator.faults.next({ kind: 'status', statusCode: 401 }, { match: DECLINES });
	const save = async (name: string, settings: NodeSettings = {}): Promise<SavedWorkflow> =>
		await bed.saveSteps(name, search(PEOPLE, soon, settings));

	/** The open call was read, and nobody was rung twice. */
	function expectGoneOn(execution: Execution, text: string): void {
		expect([execution.status, execution.data.resultData.error?.message]).toEqual([
			'success',
			undefined,
		]);
		const [first, second, ...others] = callsOf(text);
		expect(others).toEqual([]);
		expect(resultOf(execution)).toMatchObject({
			outcome: 'accepted',
			acceptedBy: [{ phone: '+14255550245', CallId: first.callId, pressedKey: '1' }],
			attempts: [
				{ CallId: first.callId, outcome: 'accepted' },
				{ CallId: second.callId, outcome: 'declined' },
			],
		});
	}

	it('by an error: Retry On Fail goes on', async () => {
		refuseKeyOnce();
		const workflow = await save('Retry On Fail', { retryOnFail: true, maxTries: 2 });
		expectGoneOn(await bed.runProduction(workflow, [{ text: 'Again' }]), 'Again');
	});

	it('by an error: "Retry" in the list goes on', async () => {
		refuseKeyOnce();
		const workflow = await save('Retry in the list');
		const failed = await bed.runProduction(workflow, [{ text: 'List' }]);
		expect(failed.status).toBe('error');
		const { message, description } = failed.data.resultData.error as {
			message: string;
			description?: string;
		};
		expect(message).toMatch(/refused the API key \(401\)/);
		expect(description).toContain(callsOf('List')[0].callId);
		expectGoneOn(await bed.client.retry(failed.id), 'List');
	});
});
