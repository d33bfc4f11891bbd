/** Decides what the programs that the playground starts are told of the environment it was started in. */

/** What npm, pnpm and yarn hand to the scripts that they run; npm does not care about the case. */
const HANDED_DOWN = /^(npm|pnpm|yarn|berry)_|^(init|project)_cwd$/i;

/**
 * The environment for an npm of its own.
 *
 * npm hands its settings to the scripts that it runs, those of the project's `.npmrc` included. So an npm
 * that a script starts in another folder would take `ignore-scripts` of this project over, for instance.
 */
export function environmentForNpm(present: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
	return Object.fromEntries(Object.entries(present).filter(([name]) => !HANDED_DOWN.test(name)));
}

/**
 * What any program needs, and no more: a developer's own `N8N_…`, `DB_…`, `NODE_OPTIONS` or proxy variables
 * would change what is run.
 */
export function environmentForN8n(present: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
	const { PATH = '', HOME, LANG, TMPDIR } = present;
	return { PATH, HOME, LANG, TMPDIR };
}
