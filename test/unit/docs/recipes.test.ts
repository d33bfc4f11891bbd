import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INode } from 'n8n-workflow';
import type { Workflow } from '../../../playground/n8nClient';

const FOLDER = join(__dirname, '../../../docs/workflows');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const files = readdirSync(FOLDER);
const read = (file: string) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Workflow;

/** The IDs that n8n makes for a node: its own, and that of its address. */
const idsOf = ({ id, webhookId }: INode) => [id, ...(webhookId ? [webhookId] : [])];

describe.each(files)('%s', (file) => {
	const { name, nodes, connections, ...rest } = read(file);

	it('says by its name what it does, and in its first note what it needs', () => {
		expect(name).toMatch(/^[A-Z].{15,}[^.]$/);
		const [first] = nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
		expect(first.parameters.content).toMatch(/^## .*Set up.*Voice2Phone credential/s);
	});

	it('holds nothing of whoever made it', () => {
		expect(Object.keys(rest)).toEqual(['settings']);
		expect(nodes.filter(({ credentials }) => credentials)).toEqual([]);
	});

	it('calls nobody from the editor until a Test Number is entered', () => {
		const callers = nodes.filter(({ type }) => type.startsWith('n8n-nodes-voice2phone.'));
		expect(callers).not.toEqual([]);
		for (const { parameters } of callers) {
			expect(parameters).toMatchObject({ testMode: 'testNumber', testNumber: '' });
		}
	});

	it('has wires between nodes that are there, and expressions that name such', () => {
		const names = nodes.map((node) => node.name);
		expect(new Set(names).size).toBe(names.length);
		const ends = Object.values(connections).flatMap((byType) =>
			Object.values(byType).flatMap((outputs) =>
				outputs.flatMap((wires) => (wires ?? []).map(({ node }) => node)),
			),
		);
		const named = [...JSON.stringify(nodes).matchAll(/\$\('([^']+)'\)/g)].map(([, node]) => node);
		expect(names).toEqual(expect.arrayContaining([...Object.keys(connections), ...ends, ...named]));
	});
});

it('no two nodes of all recipes have the same ID', () => {
	const ids = files.flatMap((file) => read(file).nodes.flatMap(idsOf));
	for (const id of ids) expect(id).toMatch(UUID);
	expect(new Set(ids).size).toBe(ids.length);
});
