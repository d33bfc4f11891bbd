/* Which parameters hold what the model of an AI agent wrote. */

/** What an expression can name besides the item of a tool, in which n8n puts what the model wrote. */
const OUTSIDE_OF_ITEM =
	/\$(?:node|vars|env|workflow|execution|secrets|now|today|if|ifEmpty|max|min)\b|\$\(/g;

/** In a tool, `$fromAI`, `$json`, `$input` and their like all hold what the model wrote. */
export function isWrittenByModel(parameter: unknown): boolean {
	const raw = String(parameter);
	return raw.startsWith('=') && raw.replace(OUTSIDE_OF_ITEM, '').includes('$');
}

/** Goes on from the label of a parameter that the model must not write. */
export const WRITTEN_BY_MODEL =
	"is read from $json, $input or $fromAI, in which the agent can write anything. Enter it as text, or read it from another node by its name, for example {{ $('Form').item.json.phone }}";
