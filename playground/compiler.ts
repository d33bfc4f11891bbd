/** Names what is missing on a machine where SQLite has to be compiled. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What node-gyp calls; one name of each row is enough. */
const TOOLS = [['python3', 'python'], ['make'], ['g++', 'c++']];

/** How to get all of them, by the command that installs packages on the system. */
const INSTALLERS = {
	'apt-get': 'sudo apt-get install python3 make g++',
	dnf: 'sudo dnf install python3 make gcc-c++',
	zypper: 'sudo zypper install python3 make gcc-c++',
	pacman: 'sudo pacman -S python make gcc',
	apk: 'sudo apk add python3 make g++',
	'xcode-select': 'xcode-select --install',
};

/**
 * @param path the folders in which programs are looked for, as in PATH
 * @returns a sentence that names the missing tools and the packages to install; undefined when all are there
 */
export function adviceToCompile(path = process.env.PATH ?? ''): string | undefined {
	const missing = TOOLS.filter((names) => !names.some((name) => isInPath(name, path)));
	if (missing.length === 0) return undefined;
	const names = missing.map(([name]) => name).join(', ');
	const installer = Object.entries(INSTALLERS).find(([command]) => isInPath(command, path));
	const packages = installer ? `: ${installer[1]}` : ' (Python 3, make and a C++ compiler)';
	return `There is no ready-made SQLite for this machine, and to compile it these are missing: ${names}. Install them${packages}`;
}

function isInPath(name: string, path: string): boolean {
	return path.split(delimiter).some((folder) => {
		try {
			accessSync(join(folder, name), constants.X_OK);
			return true;
		} catch {
			return false;
		}
	});
}
