/** Says where digits leave a pattern of the numbering plans, so that a refusal can name the fault. */

/** A pattern as a tree; repetitions are written out, as all of them are short. */
type Node =
	| { is: 'digit'; allowed: ReadonlySet<string> }
	| { is: 'row'; parts: readonly Node[] }
	| { is: 'choice'; parts: readonly Node[] };

/** What is still to come, the next part first. */
type Rest = { first: Node; then: Rest } | undefined;

/** How digits relate to a pattern. */
export interface Fit {
	/** How many of the digits begin a number of the pattern. */
	fitting: number;
	/** If all of them fit: how many digits can follow, ascending; 0 among them if the number is whole. */
	missing: readonly number[];
	/** The lengths of the whole numbers that the digits begin with, ascending. */
	wholeAt: readonly number[];
}

const TOKEN = /\[[\d-]+\]|\{\d+(?:,\d+)?\}|[x\d()|?]/g;
const ALL_DIGITS = '0123456789';
const NOTHING: Node = { is: 'row', parts: [] };

/** `[1-35]` → 1, 2, 3, 5. */
function digitsOfClass(token: string): ReadonlySet<string> {
	if (token === 'x') return new Set(ALL_DIGITS);
	return new Set(
		[...token.matchAll(/(\d)(?:-(\d))?/g)].flatMap(([, first, last = first]) => [
			...ALL_DIGITS.slice(Number(first), Number(last) + 1),
		]),
	);
}

function repeat(node: Node, least: number, most: number): Node {
	let optional = NOTHING;
	for (let count = least; count < most; count++) {
		optional = { is: 'choice', parts: [NOTHING, { is: 'row', parts: [node, optional] }] };
	}
	return { is: 'row', parts: [...Array.from({ length: least }, () => node), optional] };
}

const parsed = new Map<string, Node>();

/** The tree of a pattern, made when it is first asked for. */
function treeOf(pattern: string): Node {
	let tree = parsed.get(pattern);
	if (!tree) parsed.set(pattern, (tree = parse(pattern)));
	return tree;
}

/** @param pattern in the language of the country data: digits, x, classes, brackets, |, ? and {2,3} */
function parse(pattern: string): Node {
	const tokens = pattern.match(TOKEN) ?? [];
	let position = 0;

	function choice(): Node {
		const parts = [row()];
		while (tokens[position] === '|') {
			position++;
			parts.push(row());
		}
		return parts.length > 1 ? { is: 'choice', parts } : parts[0];
	}

	function row(): Node {
		const parts: Node[] = [];
		while (position < tokens.length && tokens[position] !== '|' && tokens[position] !== ')') {
			parts.push(repeated());
		}
		return { is: 'row', parts };
	}

	function repeated(): Node {
		const token = tokens[position++];
		let node: Node;
		if (token === '(') {
			node = choice();
			position++;
		} else {
			node = { is: 'digit', allowed: digitsOfClass(token) };
		}
		const next = tokens[position] ?? '';
		if (next !== '?' && !next.startsWith('{')) return node;
		position++;
		const [least, most = least] = next === '?' ? [0, 1] : (next.match(/\d+/g) ?? []).map(Number);
		return repeat(node, least, most);
	}

	return choice();
}

/** Adds what can come next to `digits`, or an end to them. */
function unfold(rest: Rest, digits: { allowed: ReadonlySet<string>; then: Rest }[]): boolean {
	if (!rest) return true;
	const { first, then } = rest;
	if (first.is === 'digit') {
		digits.push({ allowed: first.allowed, then });
		return false;
	}
	if (first.is === 'row') {
		return unfold(
			first.parts.reduceRight<Rest>((after, part) => ({ first: part, then: after }), then),
			digits,
		);
	}
	return first.parts.map((part) => unfold({ first: part, then }, digits)).includes(true);
}

const sums = (a: ReadonlySet<number>, b: ReadonlySet<number>) =>
	new Set([...a].flatMap((x) => [...b].map((y) => x + y)));

function lengthsOf(node: Node): ReadonlySet<number> {
	if (node.is === 'digit') return new Set([1]);
	const parts = node.parts.map(lengthsOf);
	return node.is === 'row'
		? parts.reduce(sums, new Set([0]))
		: new Set(parts.flatMap((part) => [...part]));
}

function lengthsOfRest(rest: Rest): ReadonlySet<number> {
	let lengths: ReadonlySet<number> = new Set([0]);
	for (let next = rest; next; next = next.then) lengths = sums(lengths, lengthsOf(next.first));
	return lengths;
}

const ascending = (lengths: Iterable<number>) => [...new Set(lengths)].sort((a, b) => a - b);

/** Follows digits through a pattern of the country data, as far as they fit. */
export function fit(pattern: string, digits: string): Fit {
	let rests: Rest[] = [{ first: treeOf(pattern), then: undefined }];
	const wholeAt: number[] = [];
	for (let position = 0; ; position++) {
		const next: { allowed: ReadonlySet<string>; then: Rest }[] = [];
		if (rests.map((rest) => unfold(rest, next)).includes(true)) wholeAt.push(position);
		if (position === digits.length) {
			const missing = ascending(rests.flatMap((rest) => [...lengthsOfRest(rest)]));
			return { fitting: position, missing, wholeAt };
		}
		const digit = digits[position];
		rests = next.filter(({ allowed }) => allowed.has(digit)).map(({ then }) => then);
		if (rests.length === 0) return { fitting: position, missing: [], wholeAt };
	}
}

/** The digits that numbers of a pattern begin with, ascending. */
export function firstDigits(pattern: string): string[] {
	const next: { allowed: ReadonlySet<string>; then: Rest }[] = [];
	unfold({ first: treeOf(pattern), then: undefined }, next);
	return [...new Set(next.flatMap(({ allowed }) => [...allowed]))].sort();
}
