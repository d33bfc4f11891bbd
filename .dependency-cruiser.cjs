/**
 * Which room of nodes/Voice2Phone may import from which: the table of CONTRIBUTING.md. A room also imports from
 * itself, and nothing may go in a circle. `npm run lint` checks it.
 */
const ROOMS = {
	actions: ['steps', 'run', 'parameters', 'agent', 'errors', 'core'],
	steps: ['run', 'parameters', 'errors', 'core'],
	run: ['parameters/options', 'agent', 'errors', 'transport', 'core'],
	parameters: ['guards', 'agent', 'core'],
	guards: ['errors', 'core'],
	agent: ['core'],
	errors: ['core'],
	transport: ['core'],
	core: [],
};

const NODE = 'nodes/Voice2Phone';
const inside = (paths) => `^${NODE}/(${paths.join('|')})`;

const rooms = Object.entries(ROOMS).map(([room, mayImport]) => ({
	name: `${room}-imports`,
	severity: 'error',
	comment: `${room}/ may import ${mayImport.join(', ') || 'nothing of the node'}`,
	from: { path: inside([`${room}/`]) },
	to: {
		path: `^${NODE}/`,
		pathNot: inside([
			`${room}/`,
			...mayImport.map((path) => (path.includes('/') ? path : `${path}/`)),
		]),
	},
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
	forbidden: [
		...rooms,
		{
			name: 'description-imports',
			severity: 'error',
			comment: 'the description of the node needs the operations and the outputs, nothing else',
			from: { path: `^${NODE}/Voice2Phone\\.node\\.ts$` },
			to: { path: `^${NODE}/`, pathNot: inside(['actions/', 'core/outputs']) },
		},
		{
			name: 'no-circle',
			severity: 'error',
			from: { path: `^${NODE}/` },
			to: { circular: true },
		},
		{
			name: 'operations-apart',
			severity: 'error',
			comment: 'what two operations share stands in steps/ or parameters/',
			from: { path: '\\.operation\\.ts$' },
			to: { path: '\\.operation\\.ts$' },
		},
		{
			name: 'core-without-n8n',
			severity: 'error',
			comment: 'core/ is rules: it knows no n8n, not even types',
			from: { path: inside(['core/']) },
			to: { path: 'n8n-' },
		},
		{
			name: 'one-place-for-requests',
			severity: 'error',
			comment: 'transport/ is used by run/ alone; the others go through it',
			from: { path: `^${NODE}/`, pathNot: inside(['run/', 'transport/']) },
			to: { path: inside(['transport/']) },
		},
	],
	options: {
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.json' },
		doNotFollow: { path: 'node_modules' },
	},
};
