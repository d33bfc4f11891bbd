/* The API key: how it is entered, sent, tested, and kept from other hosts. */
import {
	UserError,
	type ICredentialDataDecryptedObject,
	type ICredentialTestRequest,
	type ICredentialType,
	type Icon,
	type IHttpRequestOptions,
	type INodeProperties,
} from 'n8n-workflow';

import { faultOfApiKey } from '../nodes/Voice2Phone/core/apiKey';

/** What a server answers to a good key: 404 for the call that does not exist, or 200. */
const GOOD_KEY = [200, 404];
const allOtherStatuses = Array.from({ length: 500 }, (_, index) => 100 + index).filter(
	(status) => !GOOD_KEY.includes(status),
);

export class Voice2PhoneApi implements ICredentialType {
	name = 'voice2PhoneApi';

	displayName = 'Voice2Phone API';

	icon: Icon = {
		light: 'file:../nodes/Voice2Phone/voice2Phone.svg',
		dark: 'file:../nodes/Voice2Phone/voice2Phone.dark.svg',
	};

	documentationUrl = 'https://github.com/n8n-nodes-voice2phone/n8n-nodes-voice2phone#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'Found in your Voice2Phone account after logging in',
		},
		{
			displayName: 'How the Key Is Sent',
			name: 'authScheme',
			type: 'options',
			options: [
				{
					name: 'Standard (Basic)',
					value: 'basic',
					description: 'The API key as user name with an empty password, as the documentation says',
				},
				{
					name: 'Key Only',
					value: 'apiKey',
					description:
						'The bare API key in the Authorization header, as the vendor’s own clients send it',
				},
			],
			default: 'basic',
			hint: 'If your key is refused, try the other',
		},
		// Without these two fields n8n adds its own, which let HTTP Request send the key to any host.
		{
			displayName: 'Allowed HTTP Request Domains',
			name: 'allowedHttpRequestDomains',
			type: 'options',
			options: [
				{ name: 'All', value: 'all', description: 'Any host gets the key that is asked for it' },
				{ name: 'None', value: 'none', description: 'HTTP Request cannot use this credential' },
				{ name: 'Specific Domains', value: 'domains', description: 'Only these hosts get the key' },
			],
			default: 'domains',
			description: 'Where the HTTP Request and GraphQL nodes may send the key',
		},
		{
			displayName: 'Allowed Domains',
			name: 'allowedDomains',
			type: 'string',
			default: 'api.voice2phone.com',
			placeholder: 'e.g. api.voice2phone.com',
			description: 'The hosts that may get the key, separated by commas',
			displayOptions: { show: { allowedHttpRequestDomains: ['domains'] } },
		},
	];

	/**
	 * Puts the key into the Authorization header. A pasted key often brings a line break or a space with it.
	 * An expression would say the same, but n8n would evaluate it anew for each request.
	 *
	 * @throws UserError when no server can take the key; n8n's test of the credential shows its words
	 */
	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const fault = faultOfApiKey(credentials.apiKey);
		if (fault) throw new UserError(`API Key ${fault}.`);
		const key = String(credentials.apiKey).trim();
		const authorization =
			credentials.authScheme === 'apiKey'
				? key
				: `Basic ${Buffer.from(`${key}:`).toString('base64')}`;
		return { ...request, headers: { ...request.headers, Authorization: authorization } };
	}

	/**
	 * Asks for a call that does not exist: that it is not found means that the key is good. Nobody is called. No
	 * other answer counts as a success, neither that of a proxy nor that of a page behind a redirect.
	 * The object form of `ignoreHttpStatusErrors` needs n8n-workflow 2.10.
	 */
	test: ICredentialTestRequest = {
		request: {
			baseURL: 'https://api.voice2phone.com',
			url: '/call/00000000-0000-0000-0000-000000000000',
			disableFollowRedirect: true,
			ignoreHttpStatusErrors: { ignore: true, except: allOtherStatuses },
		},
		rules: [
			{
				type: 'responseCode',
				properties: {
					value: 401,
					message:
						'Voice2Phone refused the API key. Check it, or try the other choice in How the Key Is Sent.',
				},
			},
			{
				type: 'responseCode',
				properties: {
					value: 429,
					message: 'Voice2Phone received too many requests. Wait a minute and test again.',
				},
			},
			...[301, 302, 303, 307, 308].map((value) => ({
				type: 'responseCode' as const,
				properties: {
					value,
					message: `Something other than Voice2Phone seems to have answered (${value}). Check the network and the proxy of this n8n.`,
				},
			})),
			...[500, 502, 503, 504].map((value) => ({
				type: 'responseCode' as const,
				properties: {
					value,
					message: `Voice2Phone answered with a server error (${value}). Test again later.`,
				},
			})),
		],
	};
}
