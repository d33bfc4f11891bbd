import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const pages = [
	...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'test/simulator/README.md'],
	...readdirSync(join(ROOT, 'docs'))
		.filter((file) => file.endsWith('.md'))
		.map((file) => `docs/${file}`),
];
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
	scripts: Record<string, string>;
};

it.each(pages)('every command of %s is one that the package has', (page) => {
	const text = readFileSync(join(ROOT, page), 'utf8');
	const named = [...text.matchAll(/\bnpm (?:run ([\w:.-]+)|(start|test)\b)/g)].map(
		([, script, lifecycle]) => script ?? lifecycle,
	);
	expect(named.filter((script) => !(script in scripts))).toEqual([]);
});
