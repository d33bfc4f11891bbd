/**
 * The tests that StrykerJS runs against planted faults. They run in Stryker's own processes, so what the global
 * set-up prepares for jest's workers, `run.ts` prepares before Stryker starts.
 */
const { globalSetup, workerIdleMemoryLimit, roots, ...shared } = require('../../jest.config.js');

/** Relative to test/; the part of the house is what `run.ts` was told. */
const UNIT_TESTS = ['unit/core', 'unit/guards', 'unit/transport'];
/** Each fault is tried in a workflow within a second or two; the longer tests look at the same rooms again. */
const WORKFLOW_TESTS = [
	'unit/errors',
	'unit/guards',
	'unit/transport',
	'workflow/guards',
	'workflow/guards.test.ts',
	'workflow/embeddedExpressions.test.ts',
	'workflow/makeCall.test.ts',
	'workflow/getStatus.test.ts',
	'workflow/hostileServer.test.ts',
	'workflow/credential.test.ts',
];
/** Measure time, try random orders of events, or start programs: seconds for each fault. */
const TOO_SLOW = ['growth', '\\.seeds', 'hostile\\.test', 'conformance'];

const isCore = /Voice2Phone\/core\b/.test(process.env.MUTATED ?? '');

/** @type {import('jest').Config} */
module.exports = {
	...shared,
	rootDir: '../..',
	roots: ['<rootDir>/test'],
	testMatch: (isCore ? UNIT_TESTS : WORKFLOW_TESTS).map((path) =>
		path.endsWith('.ts') ? `<rootDir>/test/${path}` : `<rootDir>/test/${path}/**/*.test.ts`,
	),
	testPathIgnorePatterns: ['/node_modules/', ...TOO_SLOW],
};
