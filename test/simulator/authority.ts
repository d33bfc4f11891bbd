import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

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
}

const files = (directory: string) => ({
	ca: join(directory, 'ca.pem'),
	cert: join(directory, 'cert.pem'),
	key: join(directory, 'key.pem'),
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
	const server = await generate([{ name: 'commonName', value: host }], {
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
					{ type: 2, value: host },
					{ type: 2, value: 'localhost' },
					{ type: 7, ip: '127.0.0.1' },
					{ type: 7, ip: '::1' },
				],
			},
		],
	});

	const paths = files(directory);
	const authority = {
		caPem: `${ca.cert}\n`,
		caFile: paths.ca,
		certPem: `${server.cert}\n`,
		keyPem: server.private,
	};
	await mkdir(directory, { recursive: true });
	await writeFile(paths.ca, authority.caPem);
	await writeFile(paths.cert, authority.certPem);
	await writeFile(paths.key, authority.keyPem, { mode: 0o600 });
	return authority;
}

/** Reads what `createAuthority` wrote into the directory. Rejects with ENOENT when it is not there. */
export async function loadAuthority(directory: string): Promise<Authority> {
	const paths = files(directory);
	const [caPem, certPem, keyPem] = await Promise.all(
		[paths.ca, paths.cert, paths.key].map((path) => readFile(path, 'utf8')),
	);
	return { caPem, caFile: paths.ca, certPem, keyPem };
}
