import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';
import type * as n8nWorkflow from 'n8n-workflow';
import { StoppableClock } from '../../../nodes/Voice2Phone/run/stoppableClock';
import { ApiCredential } from '../../../nodes/Voice2Phone/transport/apiCredential';
import type * as exchanges from '../../../nodes/Voice2Phone/transport/exchange';

// Before n8n-workflow 2.34, an error of n8n's has no cause.
jest.mock('n8n-workflow', () => ({
	...jest.requireActual<typeof n8nWorkflow>('n8n-workflow'),
	NodeApiError: class extends Error {},
}));

it('has every answer come as it is where n8n’s errors would lose it', async () => {
	const { exchange } = jest.requireActual<typeof exchanges>(
		'../../../nodes/Voice2Phone/transport/exchange',
	);
	const sent: IHttpRequestOptions[] = [];
	const context = {
		getNode: () => ({}),
		getCredentials: async () => ({ apiKey: 'key' }),
		helpers: {
			async httpRequestWithAuthentication(_type: string, request: IHttpRequestOptions) {
				sent.push(request);
				return { statusCode: 402, headers: {}, body: { Error: 'No credit' } };
			},
		},
	} as unknown as IExecuteFunctions;
	const request = { method: 'POST', path: '/call', body: {}, timeoutMs: 100 } as const;
	const credential = await ApiCredential.open(context, Date.now());
	const result = await exchange(context, credential, new StoppableClock(), request);
	expect(sent[0].ignoreHttpStatusErrors).toEqual({ ignore: true, except: [] });
	expect(result).toMatchObject({ kind: 'answer', statusCode: 402, body: { Error: 'No credit' } });
});
