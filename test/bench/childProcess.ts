import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

type Functions = Record<string, (...args: never[]) => unknown>;

interface Answer {
	result?: unknown;
	error?: string;
}

/** A program that runs beside this one, so that its CPU time is its own, and whose functions can be called. */
export interface Child<F extends Functions> {
	/** Calls a function of the program; one call at a time. */
	call<Name extends keyof F & string>(
		name: Name,
		...args: Parameters<F[Name]>
	): Promise<Awaited<ReturnType<F[Name]>>>;
	stop(): Promise<void>;
}

const n8nsNode = join(__dirname, '../../playground/node_modules/node/bin/node');

/** Starts a program of this folder on the Node.js that n8n runs on. It ends with this one. */
export async function startChild<F extends Functions>(
	file: string,
	environment: Record<string, string> = {},
): Promise<Child<F>> {
	const child = fork(join(__dirname, file), {
		execPath: existsSync(n8nsNode) ? n8nsNode : process.execPath,
		env: { ...process.env, ...environment },
	});
	const ended = once(child, 'exit');
	const message = async () => {
		const received = await Promise.race([once(child, 'message'), ended.then(() => undefined)]);
		if (!received) throw new Error(`${file} ended before it answered.`);
		return received[0] as Answer;
	};
	await message();
	return {
		async call(name, ...args) {
			child.send({ name, args });
			const { result, error } = await message();
			if (error) throw new Error(`${file}: ${error}`);
			return result as never;
		},
		async stop() {
			child.disconnect();
			await ended;
		},
	};
}

/** In the child: answers the calls of the parent, until the parent goes. */
export function serve(functions: Functions, beforeExit = async () => {}): void {
	process.on('message', ({ name, args }: { name: string; args: never[] }) => {
		void (async () => {
			const answer: Answer = {};
			try {
				answer.result = await functions[name](...args);
			} catch (error) {
				answer.error = (error as Error).stack;
			}
			process.send!(answer);
		})();
	});
	process.once('disconnect', () => void beforeExit().finally(() => process.exit()));
	process.send!('ready');
}
