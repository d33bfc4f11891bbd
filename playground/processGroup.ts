import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';

/** A program that was started, with every process that it starts itself. */
export interface ProcessGroup {
	readonly child: ChildProcess;
	/** Fulfilled when the program has ended and what it left running has been killed. */
	readonly ended: Promise<void>;
	/** Sends the signal to all processes of the group, unless the program has ended. */
	signal(name: NodeJS.Signals): void;
}

/**
 * Starts a program that cannot outlive the present process, in whatever way that ends.
 *
 * The program gets a process group of its own, and a shell beside it that kills the group when its
 * standard input closes. The other end of that pipe is here: it is closed when the program ends, and by
 * the system when the present process does, a `kill -9` included.
 *
 * @throws when the program cannot be started
 */
export async function spawnGroup(
	file: string,
	args: string[],
	options: SpawnOptions,
): Promise<ProcessGroup> {
	const child = spawn(file, args, { ...options, detached: true });
	await once(child, 'spawn');
	const guard = spawn('sh', ['-c', `read -r _; kill -KILL -${child.pid}`], {
		stdio: ['pipe', 'ignore', 'ignore'],
		detached: true,
	});
	// The guard alone must not keep the present process from ending.
	guard.unref();
	(guard.stdin as unknown as Socket).unref();

	const ended = once(child, 'exit').then(async () => {
		const guardEnded = once(guard, 'exit');
		guard.ref();
		guard.stdin.end();
		await guardEnded;
	});
	return {
		child,
		ended,
		signal(name) {
			if (isRunning(child)) process.kill(-child.pid!, name);
		},
	};
}

/** Whether the program has not ended yet. */
export function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
	return exitCode === null && signalCode === null;
}
