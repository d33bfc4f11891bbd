import { parseArgs } from 'node:util';
import { startSimulator, type RecordedRequest, type Simulator } from './index';

const USAGE = `Usage: npm run simulator -- [--port N] [--proxy-port N] [--key KEY]

  --port        port of the API over TLS (default: a free one)
  --proxy-port  port of the proxy for HTTPS_PROXY (default: a free one)
  --key         the API key that is good (default: simulator-api-key)
`;

class UsageError extends Error {}

function readOptions() {
	const toPort = (name: string, text: string | undefined) => {
		if (text === undefined) return undefined;
		const port = Number(text);
		if (!/^\d+$/.test(text) || port > 65_535) {
			throw new UsageError(`--${name} must be a port number, 0 to 65535.`);
		}
		return port;
	};
	try {
		const { values } = parseArgs({
			options: {
				port: { type: 'string' },
				'proxy-port': { type: 'string' },
				key: { type: 'string' },
			},
		});
		return {
			port: toPort('port', values.port),
			proxyPort: toPort('proxy-port', values['proxy-port']),
			apiKey: values.key,
		};
	} catch (error) {
		throw new UsageError(error instanceof Error ? error.message : String(error));
	}
}

/** Only the last two digits: what is printed here may be real numbers and end up in a shared log. */
const masked = (number: string) => number.replace(/\d(?=\d\d)/g, '•');

/** One line for one request: what was asked, what was answered, and the fault if there was one. */
function lineOf(request: RecordedRequest, simulator: Simulator): string {
	const call = request.callId ? simulator.calls.get(request.callId) : undefined;
	return [
		new Date(request.receivedAt).toISOString().slice(11, 23),
		request.method.padEnd(4),
		request.path,
		'→',
		request.statusCode ?? 'no answer',
		request.number ? masked(request.number) : '',
		call ? `call ${call.callId}` : '',
		request.fault ? `fault: ${request.fault.kind}` : '',
	]
		.filter((part) => part !== '')
		.join(' ');
}

/** As one word of a shell: the folder for temporary files may have a blank in its name. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function instructions(simulator: Simulator, ownKey: boolean): string {
	const { HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS } = simulator.environment;
	return `Voice2Phone simulator: ${simulator.url}, proxy ${simulator.proxyUrl}

To let an n8n call the simulator instead of the real API, start it with these variables:

  export HTTPS_PROXY=${HTTPS_PROXY} https_proxy=${HTTPS_PROXY}
  export NO_PROXY=${NO_PROXY} no_proxy=${NO_PROXY}
  export NODE_EXTRA_CA_CERTS=${quoted(NODE_EXTRA_CA_CERTS)}

The API key is ${ownKey ? 'the one you gave' : simulator.apiKey}. Numbers with a set behaviour: test/simulator/README.md.
Ctrl-C ends the simulator.
`;
}

async function main(): Promise<void> {
	const options = readOptions();
	const simulator = await startSimulator(options);
	console.log(instructions(simulator, options.apiKey !== undefined));
	simulator.on('request', (request) => console.log(lineOf(request, simulator)));
	simulator.on('refusal', (target) => console.log(`The proxy refused ${target}`));

	const stop = () => void simulator.close();
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
}

main().catch((error: NodeJS.ErrnoException) => {
	if (error instanceof UsageError) console.error(`${error.message}\n\n${USAGE}`);
	else if (error.code === 'EADDRINUSE') {
		console.error(
			`${error.message}\nAnother program uses this port: choose another, or none for a free one.`,
		);
	} else console.error(error);
	process.exitCode = 1;
});
