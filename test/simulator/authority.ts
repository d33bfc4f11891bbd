import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate, type SelfsignedOptions } from 'selfsigned';

/** A certificate authority that lives for one test run, and the server certificate it signed. */
export interface Authority {
	/** Certificate of the authority, PEM; what a client has to trust. */
	caPem: string;
	/** Path of `caPem` on disk, the value for NODE_EXTRA_CA_CERTS. */
	caFile: string;
	/** Certificate of the server, PEM. */
	certPem: string;
	/** Private key of the server, PEM. */
	keyPem: string;
	/** Certificate of the server that is no longer valid, with the same key. */
	expiredPem: string;
	/** Certificate of another host, with the same key. */
	otherHostPem: string;
}

const files = (directory: string) => ({
	ca: join(directory, 'ca.pem'),
	cert: join(directory, 'cert.pem'),
	key: join(directory, 'key.pem'),
	expired: join(directory, 'expired.pem'),
	otherHost: join(directory, 'other-host.pem'),
});

/**
 * Makes an authority and a certificate for the host and loopback, and writes `ca.pem`, `cert.pem` and
 * `key.pem` into the directory, which is created if it is missing. Elliptic curve keys: n8n opens a
 * connection per request, and an RSA handshake would cost the most of each.
 *
 * The authority's own key is written nowhere, so nobody can sign another certificate with it.
 */
export async function createAuthority(
	directory: string,
	host = 'api.voice2phone.com',
): Promise<Authority> {
	// A name of its own: a client that trusts two authorities of one name tries the wrong one.
	const caName = `Voice2Phone simulator ${randomUUID()}`;
	const ca = await generate([{ name: 'commonName', value: caName }], {
		keyType: 'ec',
		algorithm: 'sha256',
		extensions: [
			{ name: 'basicConstraints', cA: true, critical: true },
			{ name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
		],
	});
	const sign = async (names: string[], addresses: string[], options: SelfsignedOptions = {}) =>
		await generate([{ name: 'commonName', value: names[0] }], {
			keyType: 'ec',
			algorithm: 'sha256',
			ca: { key: ca.private, cert: ca.cert },
			extensions: [
				{ name: 'basicConstraints', cA: false, critical: true },
				{ name: 'keyUsage', digitalSignature: true, critical: true },
				{ name: 'extKeyUsage', serverAuth: true },
				{
					name: 'subjectAltName',
					altNames: [
						...names.map((value) => ({ type: 2 as const, value })),
						...addresses.map((ip) => ({ type: 7 as const, ip })),
					],
				},
			],
			...options,
		});
	const server = await sign([host, 'localhost'], ['127.0.0.1', '::1']);
	const keyPair = { privateKey: server.private, publicKey: server.public };
	const expired = await sign([host], [], {
		keyPair,
		notBeforeDate: new Date('2020-01-01'),
		notAfterDate: new Date('2020-02-01'),
	});
	const otherHost = await sign(['other.example'], [], { keyPair });

	const paths = files(directory);
	const authority = {
		caPem: `${ca.cert}\n`,
		caFile: paths.ca,
		certPem: `${server.cert}\n`,
		keyPem: server.private,
		expiredPem: `${expired.cert}\n`,
		otherHostPem: `${otherHost.cert}\n`,
	};
	await mkdir(directory, { recursive: true });
	await writeFile(paths.ca, authority.caPem);
	await writeFile(paths.cert, authority.certPem);
	await writeFile(paths.key, authority.keyPem, { mode: 0o600 });
	await writeFile(paths.expired, authority.expiredPem);
	await writeFile(paths.otherHost, authority.otherHostPem);
	return authority;
}

/** Reads what `createAuthority` wrote into the directory. Rejects with ENOENT when it is not there. */
export async function loadAuthority(directory: string): Promise<Authority> {
	const paths = files(directory);
	const [caPem, certPem, keyPem, expiredPem, otherHostPem] = await Promise.all(
		[paths.ca, paths.cert, paths.key, paths.expired, paths.otherHost].map((path) =>
			readFile(path, 'utf8'),
		),
	);
	return { caPem, caFile: paths.ca, certPem, keyPem, expiredPem, otherHostPem };
}
