import { setTimeout } from 'node:timers/promises';
import { bed } from '../support/bed';
import { makeCall } from '../support/calls';
import { phone, service } from '../support/phone';
import { start, type Run } from '../support/run';
import { seconds, time } from '../support/time';
import { processedData } from '../support/workflowRunner';

/** n8n's database takes so long for each note of a key. */
function slowDatabase(ms: number): void {
	const record = processedData.checkProcessedAndRecord.bind(processedData);
	jest.spyOn(processedData, 'checkProcessedAndRecord').mockImplementation(async (...given) => {
		await time.sleep(ms);
		return await record(...given);
	});
}

afterEach(() => jest.restoreAllMocks());

describe('A node that stops', () => {
	it('calls nobody after one call failed, also who waited for the same key', async () => {
		const [ann, bob] = [phone(), phone()];
		service.refuses(ann, 402);
		const result = await start(makeCall([ann, bob], { oncePer: 'incident 7' }));
		result.failed(/\(402\)/);
		bob.rang(0);
	});

	it('calls nobody and gives the key back when it is stopped while the key is noted', async () => {
		slowDatabase(seconds(3));
		const ann = phone();
		ann.answers().presses('1');
		const held = time.hold();
		const running = start(makeCall(ann, { oncePer: 'incident 8' }));
		await time.passes(seconds(1));
		running.stop();
		held.release();
		await running;
		await time.passes(seconds(10));
		ann.rang(0);
		jest.restoreAllMocks();
		(await start(makeCall(ann, { oncePer: 'incident 8' }))).item(0).is({ CallId: ann.callId });
		ann.rang(1);
	});

	it('calls nobody when it is stopped while n8n reads the credential', async () => {
		const { apiKey } = bed.simulator;
		const voice2PhoneApi = () => {
			running.stop();
			return { apiKey };
		};
		const running: Run = start(makeCall(phone()), { credentials: { voice2PhoneApi } });
		const { execution } = await running;
		expect(execution.status).toBe('canceled');
		service.heardNothing();
	});

	it('ends at once while it waits for a key that another execution is using', async () => {
		const [ann, bob] = [phone(), phone()];
		ann.answers().hangsUp();
		service.isSlow(ann, 1500);
		let isFirstOver = false;
		const first = start(makeCall(ann, { oncePer: 'incident 9' })).then(() => {
			isFirstOver = true;
		});
		await service.hears('calls', 1);
		const second = start(makeCall(bob, { oncePer: 'incident 9' }));
		await setTimeout(200);
		second.stop();
		const { execution } = await second;
		expect(execution.status).toBe('canceled');
		expect(isFirstOver).toBe(false);
		await first;
		ann.rang(1);
		bob.rang(0);
	});
});
