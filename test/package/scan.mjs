// Runs the checks of n8n's own package scanner before anything is published: on the sources and on the
// unpacked tarball, as the scanner does it with a published package.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	analyzePackage,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';

const folder = mkdtempSync(join(tmpdir(), 'voice2phone-scan-'));
try {
	execFileSync('npm', ['pack', '--silent', '--pack-destination', folder]);
	execFileSync('sh', ['-c', 'tar -xzf *.tgz'], { cwd: folder });
	const parts = [
		['sources', await analyzePackage(process.cwd(), SOURCE_FILE_PATTERNS)],
		['tarball', await analyzePackage(join(folder, 'package'), ['**/*.js', 'package.json'])],
	];
	for (const [part, { passed, message, details }] of parts) {
		console.log(`${part}: ${passed ? 'clean' : `${message}\n${details ?? ''}`}`);
		if (!passed) process.exitCode = 1;
	}
} finally {
	rmSync(folder, { recursive: true, force: true });
}
