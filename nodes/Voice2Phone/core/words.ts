/** What is wrong with a parameter, as a sentence for the person who set it; `field` is the parameter's label. */
export interface Problem {
	field: string;
	reason: string;
}

export type Parsed<T> = { ok: true; value: T } | { ok: false; problems: Problem[] };
