import { mapInTurns } from '../../../nodes/Voice2Phone/actions/turns';

/** Keeps the event loop busy, as the evaluation of many expressions does. */
function work(milliseconds: number): void {
	const end = Date.now() + milliseconds;
	while (Date.now() < end);
}

describe('mapInTurns', () => {
	it('lets other work in between the items, and keeps their order', async () => {
		const done: string[] = [];
		setTimeout(() => done.push('other work'), 0);

		const results = await mapInTurns(['a', 'b', 'c'], (item, index) => {
			work(60);
			done.push(item);
			return `${item}${index}`;
		});

		expect(results).toEqual(['a0', 'b1', 'c2']);
		expect(done).toEqual(['a', 'other work', 'b', 'c']);
	});

	it('ends between two turns when it may not go on, as when the execution is stopped', async () => {
		let isStopped = false;
		setTimeout(() => (isStopped = true), 0);
		const read = (item: number) => {
			work(30);
			return item;
		};
		const items = Array.from({ length: 20_000 }, (_, index) => index);
		expect(await mapInTurns(items, read, () => !isStopped)).toEqual([0]);
	});
});
