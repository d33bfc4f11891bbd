import { readFileSync } from 'node:fs';
import { ProxyAgent, request } from 'undici';
import { serve } from './childProcess';

export type BareClientProgram = typeof functions;

/**
 * Makes calls with nothing but an HTTP client: no n8n, no checks, no journal. Each request has a
 * connection and a TLS handshake of its own through the proxy, as n8n's requests have.
 */
const functions = {
	async makeCalls(
		count: number,
		atOnce: number,
		simulator: { proxyUrl: string; caFile: string; apiKey: string },
	): Promise<{ wallMs: number; cpuMs: number }> {
		const agent = new ProxyAgent({
			uri: simulator.proxyUrl,
			pipelining: 0,
			requestTls: { ca: readFileSync(simulator.caFile), maxCachedSessions: 0 },
		});
		const authorization = `Basic ${Buffer.from(`${simulator.apiKey}:`).toString('base64')}`;
		let next = 0;
		const callInTurn = async () => {
			while (next < count) {
				const index = next++;
				const { statusCode, body } = await request('https://api.voice2phone.com/call', {
					method: 'POST',
					dispatcher: agent,
					headers: { 'content-type': 'application/json', authorization },
					body: JSON.stringify({
						Phone: { Number: `+1206${2_000_000 + index}`, CountryCode: 'US' },
						Message: `Hello Person ${index}, your order is ready. Press 1 to confirm.`,
						Dtmf: { '1': 'Thank you' },
					}),
				});
				const answer = await body.text();
				if (statusCode !== 200) throw new Error(`${statusCode}: ${answer}`);
			}
		};
		const began = performance.now();
		const cpuBefore = process.cpuUsage();
		await Promise.all(Array.from({ length: Math.min(atOnce, count) }, callInTurn));
		const { user, system } = process.cpuUsage(cpuBefore);
		await agent.close();
		return { wallMs: performance.now() - began, cpuMs: (user + system) / 1000 };
	},
};

serve(functions);
