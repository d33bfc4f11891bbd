import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A tool that the model wants to use, by the name under which the agent offered it. */
export interface ToolCall {
	tool: string;
	arguments: Record<string, unknown>;
}

/** One answer of the model: tools to use, all at once, or the text that ends the agent's work. */
export type Turn = ToolCall[] | string;

/** A tool as the agent describes it to the model. */
export interface OfferedTool {
	name: string;
	description: string;
	/** JSON Schema of its arguments. */
	parameters: {
		properties: Record<string, { type?: string; description?: string; properties?: object }>;
		required?: string[];
	};
}

interface ChatMessage {
	role: 'system' | 'user' | 'assistant' | 'tool';
	content: string;
}

interface ChatRequest {
	messages: ChatMessage[];
	tools?: Array<{ function: OfferedTool }>;
}

/**
 * A language model that says what a test wants: an OpenAI-compatible server on loopback (chat completions,
 * without streaming) that gives the turns of a script in their order. `startScriptedModel` makes one.
 */
export class ScriptedModel {
	/** What the model was asked, in order. */
	readonly requests: ChatRequest[] = [];
	/** The base URL for an OpenAI credential. */
	url = '';
	private turns: Turn[] = [];
	private readonly server: Server;

	/** @internal Use `startScriptedModel`. */
	constructor() {
		this.server = createServer((request, response) => {
			void json(request).then((body) => this.answer(body as ChatRequest, response));
		});
	}

	/** Forgets what was asked, and will say these turns. */
	script(...turns: Turn[]): void {
		this.requests.length = 0;
		this.turns = turns;
	}

	/** The tools in the last request, by name. */
	get offeredTools(): Map<string, OfferedTool> {
		const tools = this.requests.at(-1)?.tools ?? [];
		return new Map(tools.map(({ function: tool }) => [tool.name, tool]));
	}

	/** What came of the tools, as the model was told in the last request, in order. */
	get toolResults(): string[] {
		const messages = this.requests.at(-1)?.messages ?? [];
		return messages.filter(({ role }) => role === 'tool').map(({ content }) => content);
	}

	/** @internal */
	async start(): Promise<void> {
		this.server.listen(0, '127.0.0.1');
		await once(this.server, 'listening');
		this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
	}

	async close(): Promise<void> {
		const closed = once(this.server.close(), 'close');
		this.server.closeAllConnections();
		await closed;
	}

	private answer(request: ChatRequest, response: ServerResponse): void {
		this.requests.push(request);
		const turn = this.turns.shift();
		response.setHeader('content-type', 'application/json');
		if (turn === undefined) {
			// 400, because clients repeat a request that was answered with 5xx.
			response.statusCode = 400;
			response.end(JSON.stringify({ error: { message: 'The script has no further turn.' } }));
			return;
		}
		const message =
			typeof turn === 'string'
				? { role: 'assistant', content: turn }
				: { role: 'assistant', content: null, tool_calls: turn.map(asToolCall) };
		response.end(
			JSON.stringify({
				id: `chatcmpl-${randomUUID()}`,
				object: 'chat.completion',
				created: 0,
				model: 'scripted',
				choices: [
					{ index: 0, message, finish_reason: typeof turn === 'string' ? 'stop' : 'tool_calls' },
				],
				usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
			}),
		);
	}
}

export async function startScriptedModel(): Promise<ScriptedModel> {
	const model = new ScriptedModel();
	await model.start();
	return model;
}

function asToolCall({ tool: name, arguments: values }: ToolCall) {
	return {
		id: `call_${randomUUID()}`,
		type: 'function',
		function: { name, arguments: JSON.stringify(values) },
	};
}
