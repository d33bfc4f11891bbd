/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	roots: ['unit', 'workflow', 'simulator', 'probe'].map((layer) => `<rootDir>/test/${layer}`),
	testMatch: ['**/*.test.ts'],
	transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' } }] },
	globalSetup: '<rootDir>/test/support/globalSetup.ts',
	// Node reads NODE_EXTRA_CA_CERTS, which the global set-up sets, at start only: a memory limit makes
	// jest use worker processes always, which start after the set-up.
	workerIdleMemoryLimit: '1.5GB',
	testTimeout: 30_000,
};
