/* What a person says with the keys that they pressed: yes, no, or neither. */

/** What a key means in Call Until Accepted. */
export type Meaning = 'accepts' | 'declines';

/**
 * Who pressed a key that accepts and one that declines said neither: an alarm is not taken by a person who
 * does not want it, and the next one is rung.
 *
 * @param pressed the keys in the order in which they were pressed
 * @returns the key that counts, all keys when they contradict each other; undefined when none was pressed
 */
export function answerOf(
	pressed: string,
	meanings: ReadonlyMap<string, Meaning>,
): { key: string; meaning: Meaning | 'other' } | undefined {
	if (pressed === '') return undefined;
	const offered = [...pressed].filter((key) => meanings.has(key));
	if (offered.length === 0) return { key: pressed[0], meaning: 'other' };
	const [first, ...others] = offered.map((key) => meanings.get(key) as Meaning);
	return others.every((meaning) => meaning === first)
		? { key: offered[0], meaning: first }
		: { key: pressed, meaning: 'other' };
}
