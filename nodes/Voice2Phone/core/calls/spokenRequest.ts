const LONGEST_VALUE = 80;
const LONGEST_LIST = 500;

/**
 * What an AI agent wants to do, made for ears: n8n puts an object into the text of a review request as
 * "[object Object]", users put it there as JSON, and a tool's name is as it stands in code. All become
 * words.
 *
 * @param message the text as n8n made it
 * @param toolName for example "send_invoice"
 * @param toolParameters what the agent wants to call the tool with
 */
export function spokenRequest(message: string, toolName: string, toolParameters: unknown): string {
	const list = shortened(inWords(toolParameters), LONGEST_LIST) || 'nothing';
	const spoken = writings(toolParameters).reduce(
		(text, writing) => text.replaceAll(writing, () => list),
		message,
	);
	return toolName ? spoken.replaceAll(toolName, () => asWords(toolName)) : spoken;
}

/** How parameters may stand in the text of a request. */
function writings(parameters: unknown): string[] {
	return typeof parameters === 'object' && parameters !== null
		? ['[object Object]', JSON.stringify(parameters), JSON.stringify(parameters, null, 2)]
		: ['[object Object]'];
}

function inWords(value: unknown): string {
	if (Array.isArray(value)) return value.map(inWords).filter(Boolean).join(', ');
	if (typeof value === 'object' && value !== null) {
		return Object.entries(value)
			.map(([name, inner]) => `${asWords(name)}: ${inWords(inner) || 'nothing'}`)
			.join('. ');
	}
	// The full stop between two values is set by the list.
	return shortened(String(value ?? ''), LONGEST_VALUE).replace(/\.+$/, '');
}

/** "dueDate", "due_date" and "due-date" are spoken "due date". */
function asWords(name: string): string {
	return name
		.replace(/([a-z\d])([A-Z])/g, '$1 $2')
		.replace(/[_-]+/g, ' ')
		.trim()
		.toLowerCase();
}

function shortened(text: string, longest: number): string {
	const line = text.replace(/\s+/g, ' ').trim();
	return line.length > longest ? `${line.slice(0, longest).trim()}, and so on` : line;
}
