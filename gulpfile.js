const { rm } = require('node:fs/promises');
const { execFile } = require('node:child_process');
const { promisify } = require('node:util');
const { dest, parallel, series, src } = require('gulp');

const run = promisify(execFile);

const clean = () => rm('dist', { recursive: true, force: true });

/** JavaScript and type declarations; the compiler's own words reach the terminal when it refuses. */
async function compile() {
	try {
		await run(process.execPath, [require.resolve('typescript/bin/tsc')]);
	} catch (error) {
		throw new Error(error.stdout || error.message);
	}
}

/** Icons and the codex file, which n8n reads beside the compiled node. */
const assets = () => src('nodes/**/*.{svg,json}', { encoding: false }).pipe(dest('dist/nodes'));

/** Generates the checked-in country data anew from the libraries it comes from. */
exports.countryData = require('./build/countryData').countryData;
/** The same for the time zones of phone numbers. */
exports.timeZones = require('./build/timeZones').timeZones;
exports.clean = clean;
exports.build = series(clean, parallel(compile, assets));
/** Writes docs/options.md from the descriptions of the built node. */
exports.optionsDoc = series(exports.build, require('./build/optionsDoc').optionsDoc);
exports.default = exports.build;
