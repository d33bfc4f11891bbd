import type { IDataObject, IExecuteFunctions, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { getCredentialAllowedDomains, injectDomainRestrictionFields } from 'n8n-workflow';
import { Voice2PhoneApi } from '../../credentials/Voice2PhoneApi.credentials';
import { useEngine } from '../support/engine';
import { items, linear, manualTrigger, node, voice2Phone } from '../support/workflow';

/*
 * The API key is for one host. n8n's HTTP Request node can use the credential of any node, so what keeps the
 * key from other hosts is what the credential says of itself.
 */

const voice2PhoneApi = new Voice2PhoneApi();
const description: INodeTypeDescription = {
	displayName: 'Test',
	name: 'test',
	group: ['output'],
	version: 1,
	description: '',
	defaults: {},
	inputs: ['main'],
	outputs: ['main'],
	credentials: [{ name: voice2PhoneApi.name, required: true }],
	properties: [],
};

/** What n8n's HTTP Request node (HttpRequestV3.node.js, 2.40) does with the credential of another node. */
const httpRequest: INodeType = {
	description: {
		...description,
		properties: [{ displayName: 'URL', name: 'url', type: 'string', default: '' }],
	},
	async execute(this: IExecuteFunctions) {
		const credentialData = await this.getCredentials(voice2PhoneApi.name);
		const surface = 'HTTP Request or GraphQL';
		const allowedDomains = getCredentialAllowedDomains({
			node: this.getNode(),
			credentialData,
			surface,
		});
		const json: IDataObject = await this.helpers.httpRequestWithAuthentication.call(
			this,
			voice2PhoneApi.name,
			{ url: this.getNodeParameter('url', 0) as string, json: true, allowedDomains },
		);
		return [[{ json }]];
	},
};

/** n8n tests a credential by a node without code that sends its test request. */
const credentialTest: INodeType = {
	description: {
		...description,
		properties: [
			{
				displayName: 'Temp',
				name: 'temp',
				type: 'string',
				default: '',
				routing: { request: voice2PhoneApi.test.request },
			},
		],
	},
};

const bed = useEngine({
	nodeTypes: { 'test.httpRequest': httpRequest, 'test.credential': credentialTest },
});

const credentials = { voice2PhoneApi: { id: '1', name: 'Voice2Phone account' } };

/** Runs one node with a credential that holds the key and these fields. */
async function runWith(fields: IDataObject, type: string, parameters = {}) {
	const step =
		type === 'makeCall'
			? voice2Phone({ operation: 'makeCall', phoneNumber: '+1 425 555 0101', message: 'Hello' })
			: node(type, 1, 'Test', parameters, { credentials });
	const stored = { apiKey: bed.simulator.apiKey, ...fields } as Record<string, string>;
	return await bed.engine.run(linear(manualTrigger(), items([{}]), step), {
		credentials: { voice2PhoneApi: stored },
	});
}

describe('The credential', () => {
	it('brings the fields that keep the key from other hosts, so that n8n adds none', () => {
		expect(injectDomainRestrictionFields(voice2PhoneApi)).toBe(voice2PhoneApi.properties);
		const names = voice2PhoneApi.properties.map(({ name }) => name);
		expect(names).toEqual(['apiKey', 'authScheme', 'allowedHttpRequestDomains', 'allowedDomains']);
	});

	it.each([
		'https://evil.example/call',
		'https://api.voice2phone.com.evil.example/call',
		'https://voice2phone.com/call',
		'https://api.voice2phone.com@evil.example/call',
		'https://127.0.0.1/call',
	])('lets HTTP Request send the key to no other host: %s', async (url) => {
		const { error } = await runWith({}, 'test.httpRequest', { url });
		expect(error?.message).toMatch(/^Domain not allowed: This credential is restricted/);
		expect(bed.simulator.requests).toEqual([]);
	});

	it('lets HTTP Request ask the API, unless its user says otherwise', async () => {
		const url = 'https://api.voice2phone.com/call/54b16dd7-8e68-4a2a-973d-063e39a6998c';
		const { error } = await runWith({}, 'test.httpRequest', { url });
		expect(bed.simulator.requests).toMatchObject([{ method: 'GET' }]);
		expect(error?.message).toMatch(/404|could not be found/);

		await runWith({ allowedHttpRequestDomains: 'none' }, 'test.httpRequest', { url });
		expect(bed.simulator.requests).toHaveLength(1);
	});

	it.each([
		{},
		{ allowedHttpRequestDomains: 'none' },
		{ allowedHttpRequestDomains: 'all' },
		{ allowedHttpRequestDomains: 'domains', allowedDomains: 'example.com' },
		{ allowedHttpRequestDomains: 'domains', allowedDomains: '' },
	])('hinders neither its own node nor its test: %j', async (fields) => {
		const made = await runWith(fields, 'makeCall');
		expect(made.error).toBeUndefined();
		expect(bed.simulator.acceptedCalls()).toHaveLength(1);
		const tested = await runWith(fields, 'test.credential');
		expect(tested.error).toBeUndefined();
		expect(bed.simulator.requests).toHaveLength(2);
	});
});

describe('A key that no server can take', () => {
	it.each<[string, RegExp]>([
		['abc\u2014def', /has a character that no key can have/],
		['ab\ncd', /has a line break inside/],
		['abc\u200Bd', /has an invisible character inside/],
		['\u0430bcd', /has a character that no key can have/],
		['={{ $json.key }}', /has \{\{ … \}\} in it/],
		['ab cd', /has a blank inside/],
	])('is refused in words, and nobody is called: %j', async (apiKey, words) => {
		for (const authScheme of ['basic', 'apiKey']) {
			const { error } = await runWith({ apiKey, authScheme }, 'makeCall');
			expect(error?.message).toMatch(words);
			expect(error?.message).toMatch(/^API Key in the credential /);
			expect(error?.description).toContain('Nobody was called.');
			const tested = await runWith({ apiKey, authScheme }, 'test.credential');
			expect(tested.error?.message).toMatch(words);
		}
		expect(bed.simulator.requests).toEqual([]);
	});
});
