/** The median of the values, the mean of the middle two when they are even in number. */
export function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length / 2;
	return sorted.length % 2 === 1
		? sorted[Math.floor(middle)]
		: (sorted[middle - 1] + sorted[middle]) / 2;
}

/** `1.2 (1.1–1.4)`: the median, and from the least to the most where there are several values. */
export function spread(values: number[], format: (value: number) => string): string {
	const middle = format(median(values));
	if (values.length === 1) return middle;
	return `${middle} (${format(Math.min(...values))}–${format(Math.max(...values))})`;
}

/** How many times as much as the reference, by the medians; empty where there is none to compare with. */
export function ratio(values: number[], reference: number[]): string {
	return reference.length === 0 ? '' : `${(median(values) / median(reference)).toFixed(2)}×`;
}

/** `3 ms`, or `1.25 s` from a second on. */
export const duration = (ms: number): string =>
	ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

export const kilobytes = (bytes: number): string => `${(bytes / 1e3).toFixed(1)} kB`;

/** A table in Markdown; its first column is text, the others are numbers. */
export function table(head: string[], rows: string[][]): string {
	const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
	const ruler = head.map((_, index) => (index === 0 ? '---' : '---:'));
	return [head, ruler, ...rows].map(line).join('\n');
}

/** Says on the terminal how far the benchmark is; the report itself goes to standard output. */
export function progress(text: string): void {
	process.stderr.write(`${new Date().toTimeString().slice(0, 8)} ${text}\n`);
}

/** How long a case may take. What would take it further is not begun. */
export class Budget {
	private readonly ends: number;

	constructor(seconds: number) {
		this.ends = performance.now() + seconds * 1000;
	}

	/** Whether something that takes so many milliseconds still fits in. */
	allows(ms: number): boolean {
		return performance.now() + ms <= this.ends;
	}
}
