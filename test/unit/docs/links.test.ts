import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(__dirname, '../../..');
const pages = [
	...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'test/simulator/README.md'],
	...readdirSync(join(ROOT, 'docs'))
		.filter((file) => file.endsWith('.md'))
		.map((file) => `docs/${file}`),
];

const read = (page: string) => readFileSync(join(ROOT, page), 'utf8');

/** The targets of links, images and sources, but for those on other servers. */
function targets(page: string): string[] {
	const text = read(page).replace(/```.*?```/gs, '');
	return [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)]
		.map(([, link, source]) => link ?? source)
		.filter((target) => !/^[a-z]+:/.test(target));
}

/** The addresses of a page's headings, as GitHub makes them. */
function anchors(page: string): string[] {
	return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
		heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N} _-]/gu, '')
			.replaceAll(' ', '-'),
	);
}

it.each(pages)('every link of %s leads somewhere', (page) => {
	const dead = targets(page).filter((target) => {
		const [path, anchor] = target.split('#');
		const file = path ? relative(ROOT, join(ROOT, dirname(page), path)) : page;
		if (!existsSync(join(ROOT, file))) return true;
		return anchor !== undefined && !anchors(file).includes(anchor);
	});
	expect(dead).toEqual([]);
});

it('every page of docs is linked from another page', () => {
	const linked = new Set(
		pages.flatMap((page) =>
			targets(page).map((target) => join(dirname(page), target.split('#')[0])),
		),
	);
	const alone = pages.filter((page) => page.startsWith('docs/') && !linked.has(page));
	expect(alone).toEqual([]);
});

it('every recipe is linked from the README', () => {
	const recipes = readdirSync(join(ROOT, 'docs/workflows'));
	expect(targets('README.md')).toEqual(
		expect.arrayContaining(recipes.map((file) => `docs/workflows/${file}`)),
	);
});

it('the node and its credential name headings of the README that exist', () => {
	const files = [
		'credentials/Voice2PhoneApi.credentials.ts',
		'nodes/Voice2Phone/Voice2Phone.node.json',
	];
	const named = files
		.flatMap((file) => [...read(file).matchAll(/#([a-z-]+)['"]/g)].map(([, anchor]) => anchor))
		// GitHub's own address for the whole page.
		.filter((anchor) => anchor !== 'readme');
	expect(named).toEqual(['credential', 'credential']);
	expect(anchors('README.md')).toEqual(expect.arrayContaining(named));
});
