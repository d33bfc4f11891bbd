/** What StrykerJS plants no fault in, because no test could tell it from the right thing. */

/** Words of a table of options, all of which `npm test` compares with docs/options.md; and sources of facts. */
const WORDS = ['displayName', 'description', 'placeholder', 'hint', 'action', 'source'];

const nameOf = ({ key }) => key?.name ?? key?.value;

const ignorer = {
	shouldIgnore(path) {
		if (path.isStringLiteral() || path.isTemplateLiteral()) {
			const property = path.findParent((parent) => parent.isObjectProperty());
			if (property && WORDS.includes(nameOf(property.node))) return 'words of a table';
		}
		// n8n evaluates the text of this function, without the helpers that Stryker puts into it.
		if (path.isFunctionDeclaration() && path.node.id?.name === 'outputsOf') {
			return 'n8n runs its text';
		}
		return undefined;
	},
};

export const strykerPlugins = [{ kind: 'Ignore', name: 'words', value: ignorer }];
