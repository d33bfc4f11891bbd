/** @type {import('jest').Config} */
module.exports = {
	rootDir: '../..',
	roots: ['<rootDir>/test/browser'],
	testMatch: ['**/*.test.ts'],
	testEnvironment: 'node',
	transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' } }] },
	globalSetup: '<rootDir>/test/browser/support/globalSetup.ts',
	globalTeardown: '<rootDir>/test/browser/support/globalTeardown.ts',
	// All tests share one n8n, and its requests reach the simulator of the test file that runs.
	maxWorkers: 1,
	testTimeout: 300_000,
};
