/* Makes the request of an AI agent one for ears: nothing that is asked for is left out without a word. */
import { cutText, hasWords } from '../words';
import { speakable, speechSeconds } from './messageCheck';

/** Characters of one value that are said. */
const LONGEST_VALUE = 80;
/** Characters of a name that are said: the agent may make up names of any length. */
const LONGEST_NAME = 60;
/** Characters of all values together; what does not fit is said by name only. */
const LONGEST_LIST = 500;
/** Deeper than this, a value is said by name only. */
const DEEPEST = 10;
/** A listener who has to remember more than two minutes cannot judge it. An assumption. */
const LONGEST_SPEECH_SECONDS = 120;

/**
 * What an AI agent wants to do, made for ears: n8n puts an object into the text of a review request as
 * "[object Object]", users put it there as JSON, and a tool's name is as it stands in code. All become
 * words. Long values are cut wherever they stand. Where not all values fit, the shortest are said, and all others
 * are named: the agent chooses their order and length.
 *
 * @param message the text as n8n made it
 * @param toolName for example "send_invoice"
 * @param toolParameters what the agent wants to call the tool with
 */
export function spokenRequest(message: string, toolName: string, toolParameters: unknown): string {
	const tree = parse(toolParameters, [], 0);
	const list = sayAll(tree);
	const replacements = new Map<string, string>();
	for (const { text, said } of leavesOf(tree)) {
		if (text.length > LONGEST_VALUE) replacements.set(text, said);
	}
	for (const writing of writings(toolParameters)) replacements.set(writing, list);
	return replaceOnce(message, [
		...[...replacements].map(([text, said]) => new Writing(text, said)),
		...(asWords(toolName) === toolName ? [] : [new WholeWord(toolName, asWords(toolName))]),
	]);
}

/** Why a request cannot be spoken, going on from the label "Message"; undefined when it can. */
export function faultOfSpokenRequest(spoken: string): string | undefined {
	const { from, to } = speechSeconds(spoken);
	return to <= LONGEST_SPEECH_SECONDS
		? undefined
		: `would take about ${from} to ${to} seconds to be said, by estimate, and nobody can approve what they cannot remember. Let the agent ask for less at once, or shorten the Message`;
}

/** A value as it is said. `names` lead to it; the entries of a list have that of the list. */
type Spoken =
	| { kind: 'leaf'; names: string[]; text: string; said: string; isSaid: boolean }
	| { kind: 'list'; entries: Spoken[] }
	| { kind: 'record'; entries: Array<{ name: string; value: Spoken }> };

type Leaf = Extract<Spoken, { kind: 'leaf' }>;

function parse(value: unknown, names: string[], depth: number): Spoken {
	if (typeof value !== 'object' || value === null) {
		const text = String(value ?? '');
		return { kind: 'leaf', names, text, said: shortened(text), isSaid: isHeard(text) };
	}
	if (depth >= DEEPEST) return { kind: 'leaf', names, text: '', said: '', isSaid: false };
	if (Array.isArray(value)) {
		return { kind: 'list', entries: value.map((entry) => parse(entry, names, depth + 1)) };
	}
	return {
		kind: 'record',
		entries: Object.entries(value).map(([name, inner]) => {
			const words = cutWords(asWords(name), LONGEST_NAME);
			return { name: words, value: parse(inner, [...names, words], depth + 1) };
		}),
	};
}

/** False when all words of a value stand inside of marks for eyes, as in `<input value=9000>`. */
function isHeard(text: string): boolean {
	return !hasWords(text) || hasWords(speakable(shortened(text)));
}

function leavesOf(tree: Spoken): Leaf[] {
	if (tree.kind === 'leaf') return [tree];
	return tree.kind === 'list'
		? tree.entries.flatMap(leavesOf)
		: tree.entries.flatMap(({ value }) => leavesOf(value));
}

function sayAll(tree: Spoken): string {
	const leaves = leavesOf(tree);
	let length = 0;
	for (const leaf of [...leaves].sort((a, b) => a.said.length - b.said.length)) {
		length += (leaf.names.at(-1)?.length ?? 0) + leaf.said.length + ': . '.length;
		leaf.isSaid &&= length <= LONGEST_LIST;
	}
	const said = say(tree) || 'nothing';
	const unsaid = leaves.filter(({ isSaid }) => !isSaid);
	if (unsaid.length === 0) return said;
	const counts = new Map<string, number>();
	for (const { names } of unsaid) {
		const name = names.join(' ') || 'an entry';
		counts.set(name, (counts.get(name) ?? 0) + 1);
	}
	const named = [...counts].map(([name, count]) => (count > 1 ? `${name}, ${count} times` : name));
	const rest = `Not said here: ${named.join('; ')}`;
	return said === 'nothing' ? rest : `${said}. ${rest}`;
}

function say(tree: Spoken): string {
	switch (tree.kind) {
		case 'leaf':
			// The full stop between two values is set by the list.
			return tree.said.replace(/\.+$/, '');
		case 'list':
			return tree.entries.filter(isSaid).map(say).filter(Boolean).join(', ');
		case 'record':
			return tree.entries
				.filter(({ value }) => isSaid(value))
				.map(({ name, value }) => `${name}: ${say(value) || 'nothing'}`)
				.join('. ');
	}
}

/** Whether something of it is said; of what is empty, its name is. */
function isSaid(tree: Spoken): boolean {
	const leaves = leavesOf(tree);
	return leaves.length === 0 || leaves.some((leaf) => leaf.isSaid);
}

/** How parameters may stand in the text of a request. */
function writings(parameters: unknown): string[] {
	const written = ['[object Object]'];
	if (typeof parameters === 'object' && parameters !== null) {
		try {
			written.push(JSON.stringify(parameters), JSON.stringify(parameters, null, 2));
		} catch {
			// What cannot be written as JSON does not stand in the text as JSON.
		}
	}
	return written;
}

/** Something that is replaced in a text, and where it stands next. */
class Writing {
	private next = -1;

	constructor(
		readonly text: string,
		readonly said: string,
	) {}

	/** Infinity when it does not stand behind the position. */
	from(text: string, position: number): number {
		if (this.next < position) this.next = this.find(text, position);
		return this.next;
	}

	protected find(text: string, position: number): number {
		const found = text.indexOf(this.text, position);
		return found < 0 ? Infinity : found;
	}
}

class WholeWord extends Writing {
	protected override find(text: string, position: number): number {
		if (!hasWords(this.text)) return Infinity;
		let found = super.find(text, position);
		while (found < Infinity && this.isPartOfWord(text, found)) found = super.find(text, found + 1);
		return found;
	}

	private isPartOfWord(text: string, start: number): boolean {
		const end = start + this.text.length;
		return (
			/[\p{L}\p{N}_-]$/u.test(text.slice(Math.max(0, start - 2), start)) ||
			/^[\p{L}\p{N}_-]/u.test(text.slice(end, end + 2))
		);
	}
}

/**
 * Replaces all writings in one pass from left to right, the longest where several begin. What was put in is not
 * looked at again: it may contain a writing itself.
 */
function replaceOnce(text: string, writings: Writing[]): string {
	const longestFirst = [...writings].sort((a, b) => b.text.length - a.text.length);
	let result = '';
	let position = 0;
	for (;;) {
		let next: Writing | undefined;
		let start = Infinity;
		for (const writing of longestFirst) {
			const found = writing.from(text, position);
			if (found < start) [next, start] = [writing, found];
		}
		if (!next) return result + text.slice(position);
		result += text.slice(position, start) + next.said;
		position = start + next.text.length;
	}
}

/** "dueDate", "due_date" and "due-date" are spoken "due date". */
function asWords(name: string): string {
	return name
		.replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
		.replace(/[\s_-]+/g, ' ')
		.trim()
		.toLowerCase();
}

function shortened(text: string): string {
	return cutWords(text.replace(/\s+/g, ' ').trim(), LONGEST_VALUE);
}

function cutWords(text: string, longest: number): string {
	const wellFormed = text.replace(/\p{Surrogate}/gu, '');
	return wellFormed.length > longest
		? `${cutText(wellFormed, longest).trim()}, and so on`
		: wellFormed;
}
