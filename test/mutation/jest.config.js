/**
 * The tests that StrykerJS runs against planted faults: unit tests. Workflow tests need worker processes that start
 * with a certificate authority (support/globalSetup.ts); Stryker runs jest in a process of its own.
 */
const { globalSetup, workerIdleMemoryLimit, roots, ...shared } = require('../../jest.config.js');

/** Measure time, fill a store, go through days by the minute, or try random orders of events: seconds for each fault. */
const TOO_SLOW = ['growth', 'fullStore', '\\.minutes', '\\.seeds', 'hostile\\.test', 'conformance'];

/** @type {import('jest').Config} */
module.exports = {
	...shared,
	rootDir: '../..',
	roots: ['core', 'errors', 'guards', 'transport'].map((room) => `<rootDir>/test/unit/${room}`),
	// Another n8n makes other constants: Stryker would then count as a survivor what it cannot plant.
	testPathIgnorePatterns: ['/node_modules/', 'olderN8n', ...TOO_SLOW],
};
