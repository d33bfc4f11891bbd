/* Words that several rules share. */

/** What is wrong with a parameter, as a sentence for the person who set it; `field` is the parameter's label. */
export interface Problem {
	field: string;
	reason: string;
}

export type Parsed<T> = { ok: true; value: T } | { ok: false; problems: Problem[] };

/** Ends a text with a full stop, unless it has an end. */
export function asSentence(text: string): string {
	return /[.?!]"?$/.test(text) ? text : `${text}.`;
}

const MOST_LISTED = 20;

/** The entries with commas between them: at most 20, and how many more there are. */
export function listed(entries: string[]): string {
	const more = entries.length - MOST_LISTED;
	const named = entries.slice(0, MOST_LISTED).join(', ');
	return more > 0 ? `${named}, and ${more} more` : named;
}
