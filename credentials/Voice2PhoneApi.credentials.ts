import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	Icon,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';

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
			displayName: 'Authentication Scheme',
			name: 'authScheme',
			type: 'options',
			options: [
				{
					name: 'Basic',
					value: 'basic',
					description: 'The API key as user name with an empty password, as the documentation says',
				},
				{
					name: 'API Key Only',
					value: 'apiKey',
					description:
						'The bare API key in the Authorization header, as the vendor’s own clients send it',
				},
			],
			default: 'basic',
			description: 'How the API key is sent. If a good key is refused, choose the other scheme.',
		},
	];

	/**
	 * Puts the key into the Authorization header. A pasted key often brings a line break or a space with it.
	 * An expression would say the same, but n8n would evaluate it anew for each request.
	 */
	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
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
						'Voice2Phone refused the API key. Check it, or choose the other Authentication Scheme.',
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
