/**
 * Mutation testing: StrykerJS plants one fault after the other (`<` for `<=`, an empty text, a block left out) and runs
 * the tests that reach it. A fault that no test notices has survived. `npm run test:mutation` starts it, see
 * test/mutation/run.ts. Stryker works in a copy below .stryker-tmp/; the sources stay as they are.
 */
const mutated = process.env.MUTATED ?? 'nodes/Voice2Phone/core';
const report = `.stryker-reports/${mutated.replace(/^nodes\/Voice2Phone\//, '').replace(/\W+/g, '-')}`;

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
	// Generated tables are compared with their sources by npm test.
	mutate: [
		mutated.endsWith('.ts') ? mutated : `${mutated}/**/*.ts`,
		'!nodes/Voice2Phone/core/numbers/{countryData,timeZoneData}.ts',
	],
	plugins: ['@stryker-mutator/jest-runner', './test/mutation/ignored.mjs'],
	ignorers: ['words'],
	// What runs once, when a module is loaded, would need all tests for each fault: 90 % of the time.
	ignoreStatic: true,

	testRunner: 'jest',
	jest: { configFile: 'test/mutation/jest.config.js' },
	coverageAnalysis: 'perTest',
	// The generated tables are compared byte by byte, so nothing is put into them.
	disableTypeChecks: 'nodes/**/!(countryData|timeZoneData).ts',
	ignorePatterns: ['/dist', '/coverage', '/docs/images', '/playground/.data', '/.stryker-reports'],

	concurrency: Number(process.env.MUTATION_WORKERS ?? 2),
	// What an earlier run has found is found again only if the fault or its tests have changed.
	incremental: true,
	incrementalFile: `${report}.incremental.json`,
	reporters: ['clear-text', 'html'],
	htmlReporter: { fileName: `${report}.html` },
	clearTextReporter: { logTests: false, allowColor: false, allowEmojis: false },
	thresholds: { high: 96, low: 92, break: 92 },
};
