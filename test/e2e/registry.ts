import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createAuthority, type Simulator } from '../simulator';

const HOST = 'registry.npmjs.org';

/** An npm registry that n8n and its npm believe to be the real one. It has one package. */
export interface Registry {
	/** What n8n needs in its environment to reach the registry and the simulator. */
	readonly environment: Record<string, string>;
	/** Publishes what `npm pack` made as the latest version, under another version number if one is given. */
	publish(tarball: string, version?: string): Promise<void>;
	close(): Promise<void>;
}

/** A package.json, and where the registry has its package. */
interface Manifest {
	name: string;
	version: string;
	dist?: { tarball: string; integrity: string };
}

/**
 * Starts the registry and, before the simulator's proxy, one that leads `registry.npmjs.org` here. n8n takes
 * another registry than the real one only with a licence.
 */
export async function startRegistry(simulator: Simulator): Promise<Registry> {
	const folder = await mkdtemp(join(tmpdir(), 'voice2phone-registry-'));
	const { caFile, caPem, certPem: cert, keyPem: key } = await createAuthority(folder, HOST);
	const trusted = join(folder, 'trusted.pem');
	await writeFile(trusted, caPem + (await readFile(simulator.caFile, 'utf8')));

	const manifests = new Map<string, Manifest>();
	const files = new Map<string, Buffer>();
	let latest: Manifest | undefined;

	const found = (url: string): Buffer | string | undefined => {
		const [name, ...rest] = decodeURIComponent(url).slice(1).split('/');
		if (!latest || name !== latest.name) return undefined;
		if (rest[0] === '-') return files.get(rest[1]);
		const answer =
			rest.length === 0
				? {
						name,
						'dist-tags': { latest: latest.version },
						versions: Object.fromEntries(manifests),
					}
				: manifests.get(rest[0] === 'latest' ? latest.version : rest[0]);
		return answer && JSON.stringify(answer);
	};
	const server = createServer({ cert, key }, ({ url = '' }, response) => {
		const answer = found(url);
		response.statusCode = answer ? 200 : 404;
		response.setHeader('Content-Type', 'application/json');
		response.end(answer ?? '{"error":"Not found"}');
	});

	const sockets = new Set<Socket>();
	const proxy = createHttpServer().on('connect', ({ url: target }, client: Socket) => {
		const established = 'HTTP/1.1 200 Connection Established\r\n\r\n';
		client.on('error', () => client.destroy());
		if (target === `${HOST}:443`) {
			client.write(established);
			server.emit('connection', client);
			return;
		}
		const next = connect(simulator.proxyPort, '127.0.0.1', () => {
			next.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
			client.pipe(next).pipe(client);
		});
		next.on('error', () => client.destroy());
		client.on('close', () => next.destroy());
	});
	proxy.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	proxy.listen(0, '127.0.0.1');
	await once(proxy, 'listening');
	const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;

	return {
		environment: {
			...simulator.environment,
			HTTPS_PROXY: proxyUrl,
			https_proxy: proxyUrl,
			NODE_EXTRA_CA_CERTS: trusted,
			// Nothing of the developer's npm, and nothing into it.
			npm_config_cafile: caFile,
			npm_config_cache: join(folder, 'cache'),
			npm_config_userconfig: join(folder, 'npmrc'),
		},

		async publish(tarball, version) {
			const published = version ? await repacked(tarball, version, folder) : tarball;
			const bytes = await readFile(published);
			const packed = await manifestIn(published);
			const file = `${packed.name}-${packed.version}.tgz`;
			const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
			files.set(file, bytes);
			latest = {
				...packed,
				dist: { tarball: `https://${HOST}/${packed.name}/-/${file}`, integrity },
			};
			manifests.set(latest.version, latest);
		},

		async close() {
			const closed = once(proxy.close(), 'close');
			for (const socket of sockets) socket.destroy();
			await closed;
			await rm(folder, { recursive: true, force: true });
		},
	};
}

const run = promisify(execFile);

async function manifestIn(tarball: string): Promise<Manifest> {
	const { stdout } = await run('tar', ['-xzOf', tarball, 'package/package.json']);
	return JSON.parse(stdout) as Manifest;
}

/** The same package with another version number. */
async function repacked(tarball: string, version: string, folder: string): Promise<string> {
	const target = join(folder, `${version}.tgz`);
	await run('tar', ['-xzf', tarball, '-C', folder]);
	const manifest = JSON.stringify({ ...(await manifestIn(tarball)), version });
	await writeFile(join(folder, 'package', 'package.json'), manifest);
	await run('tar', ['-czf', target, '-C', folder, 'package']);
	return target;
}
