import { sleep } from 'n8n-workflow';

/** Milliseconds after which n8n is let in between two items. */
const LONGEST_TURN_MS = 25;

/**
 * Maps items one after the other, and lets n8n do other work now and then. n8n takes about a millisecond
 * to evaluate an expression: thousands of items at a stretch would freeze it for all who use it.
 *
 * @param mayGoOn asked between two turns; false ends it, and the items that were not reached are missing
 * @throws what `map` throws
 */
export async function mapInTurns<Item, Result>(
	items: Item[],
	map: (item: Item, index: number) => Result,
	mayGoOn: () => boolean = () => true,
): Promise<Result[]> {
	const results: Result[] = [];
	let turnBegan = Date.now();
	for (const [index, item] of items.entries()) {
		results.push(map(item, index));
		if (Date.now() - turnBegan >= LONGEST_TURN_MS) {
			await sleep(0);
			if (!mayGoOn()) break;
			turnBegan = Date.now();
		}
	}
	return results;
}
