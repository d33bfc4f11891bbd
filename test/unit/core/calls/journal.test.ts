import { Journal, type JournalStore } from '../../../../nodes/Voice2Phone/core/calls/journal';

const call = { callId: 'call-1', calledAt: '2026-11-25T20:00:00.000Z' };
const request = { Phone: { Number: '+14255550100', CountryCode: 'US' }, Message: 'Hello' };

/** What n8n does with the store between two tries: it goes through JSON. */
const kept = (store: JournalStore) => JSON.parse(JSON.stringify(store)) as JournalStore;

describe('the journal', () => {
	it('gives the call ID of the first try to the second', () => {
		const store: JournalStore = {};
		const line = new Journal(store, 0).line(3, request);
		expect(line.state).toBe('none');
		line.sending();
		line.accepted(call);

		const again = new Journal(kept(store), 0).line(3, request);
		expect(again.state).toBe('accepted');
		expect(again.call).toEqual(call);
	});

	it('knows that a call may have been placed when its try ended before the answer', () => {
		const store: JournalStore = {};
		new Journal(store, 0).line(0, request).sending();
		expect(new Journal(kept(store), 0).line(0, request).state).toBe('unknown');
	});

	it('lets a rejected call be tried again', () => {
		const store: JournalStore = {};
		const line = new Journal(store, 0).line(0, request);
		line.sending();
		line.rejected();
		expect(new Journal(kept(store), 0).line(0, request).state).toBe('none');
	});

	it.each([
		['another pass of a loop', 1, 0, request],
		['another item with the same request', 0, 1, request],
		['an edited request', 0, 0, { ...request, Message: 'Hello again' }],
	])('knows nothing of %s', (_, runIndex, itemIndex, other) => {
		const store: JournalStore = {};
		new Journal(store, 0).line(0, request).accepted(call);
		expect(new Journal(store, runIndex).line(itemIndex, other).state).toBe('none');
	});

	it('knows in a later try and in a later pass which call IDs were given, in any case of letters', () => {
		const store: JournalStore = {};
		const id = '54b16dd7-8e68-4a2a-973d-063e39a6998c';
		expect(new Journal(store, 0).takeCallId(id)).toBe(true);
		for (const runIndex of [0, 1]) {
			expect(new Journal(kept(store), runIndex).takeCallId(id.toUpperCase())).toBe(false);
		}
		expect(new Journal(kept(store), 0).takeCallId(id.replace('5', '6'))).toBe(true);
	});

	it('holds no phone number and no message', () => {
		const store: JournalStore = {};
		new Journal(store, 0).line(0, request).sending();
		expect(JSON.stringify(store)).not.toMatch(/4255550100|Hello/);
	});

	it('has no call to give before one was accepted', () => {
		const line = new Journal({}, 0).line(0, request);
		expect(line.call).toBeUndefined();
		line.sending();
		expect(line.call).toBeUndefined();
		line.rejected();
		expect(line.call).toBeUndefined();
	});

	it('knows the same call of another item, and no other call', () => {
		const store: JournalStore = {};
		new Journal(store, 0).sameCall(request).accepted(call);
		expect(new Journal(kept(store), 1).sameCall(request).call).toEqual(call);
		expect(new Journal(store, 0).sameCall({ ...request, Message: 'Bye' }).state).toBe('none');
		expect(new Journal(store, 0).line(0, request).state).toBe('none');
	});

	it('keeps the state of a matter apart from that of other items, runs and requests', () => {
		const store: JournalStore = {};
		const matter = new Journal(store, 0).matter(2, request);
		expect(matter.read()).toBeUndefined();
		matter.write('two people were called');
		expect(new Journal(kept(store), 0).matter(2, request).read()).toBe('two people were called');
		expect(new Journal(store, 0).matter(3, request).read()).toBeUndefined();
		expect(new Journal(store, 1).matter(2, request).read()).toBeUndefined();
		expect(new Journal(store, 0).matter(2, { ...request, Message: 'Bye' }).read()).toBeUndefined();
		expect(new Journal(store, 0).line(2, request).state).toBe('none');
	});

	it('shares the state of a matter between the items and runs with the same request', () => {
		const store: JournalStore = {};
		new Journal(store, 0).sameMatter(request).write('one person was called');
		expect(new Journal(kept(store), 1).sameMatter(request).read()).toBe('one person was called');
		const other = { ...request, Message: 'Bye' };
		expect(new Journal(store, 0).sameMatter(other).read()).toBeUndefined();
		expect(new Journal(store, 0).matter(0, request).read()).toBeUndefined();
	});

	it('stays small, however long a request is', () => {
		const store: JournalStore = {};
		new Journal(store, 0).line(0, { ...request, Message: 'x'.repeat(9_000) }).sending();
		expect(JSON.stringify(store).length).toBeLessThan(40);
	});
});
