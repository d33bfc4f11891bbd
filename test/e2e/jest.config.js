/** @type {import('jest').Config} */
module.exports = {
	rootDir: '../..',
	testEnvironment: 'node',
	roots: ['<rootDir>/test/e2e'],
	testMatch: ['**/*.test.ts'],
	transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' } }] },
	globalSetup: '<rootDir>/test/e2e/globalSetup.ts',
	// Each file starts an n8n of its own: one after the other, or they would slow each other down.
	maxWorkers: 1,
	// Long, because a machine may be slow; what a test waits for is a condition, never this time.
	testTimeout: 600_000,
};
