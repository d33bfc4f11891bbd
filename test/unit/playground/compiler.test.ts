import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adviceToCompile } from '../../../playground/compiler';

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'voice2phone-tools-'));
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

const machineWith = async (...programs: string[]) => {
	for (const name of programs) await writeFile(join(folder, name), '', { mode: 0o755 });
	return folder;
};

describe('where SQLite has to be compiled', () => {
	it('names what is missing, and how Debian installs it', async () => {
		expect(adviceToCompile(await machineWith('python3', 'apt-get'))).toBe(
			'There is no ready-made SQLite for this machine, and to compile it these are missing: make, g++. ' +
				'Install them: sudo apt-get install python3 make g++',
		);
	});

	it('names the tools where it does not know how to install them', async () => {
		expect(adviceToCompile(await machineWith('make'))).toMatch(
			/missing: python3, g\+\+\. Install them \(Python 3, make and a C\+\+ compiler\)$/,
		);
	});

	it('says nothing where all of them are there, under whatever name', async () => {
		expect(adviceToCompile(await machineWith('python', 'make', 'c++'))).toBeUndefined();
	});
});
