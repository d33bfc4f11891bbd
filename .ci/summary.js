// Adds up jest's reports in a folder. A file of tests that was run a second time counts as it then was.
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const directory = process.argv[2];
const report = (file) => JSON.parse(readFileSync(join(directory, file), 'utf8')).testResults;

const total = { passed: 0, failed: 0 };
for (const file of readdirSync(directory).filter((name) => !name.endsWith('.again.json'))) {
	const again = file.replace('.json', '.again.json');
	const files = new Map(report(file).map((result) => [result.name, result]));
	if (readdirSync(directory).includes(again)) {
		for (const result of report(again)) files.set(result.name, result);
	}
	const counts = { passed: 0, failed: 0 };
	for (const { status, assertionResults } of files.values()) {
		const failed = assertionResults.filter((test) => test.status === 'failed').length;
		counts.passed += assertionResults.filter((test) => test.status === 'passed').length;
		// A file that could not even be loaded has no tests that could fail.
		counts.failed += status === 'failed' ? Math.max(1, failed) : failed;
	}
	console.log(`${file.replace('.json', '')}: ${counts.passed} passed, ${counts.failed} failed`);
	total.passed += counts.passed;
	total.failed += counts.failed;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
