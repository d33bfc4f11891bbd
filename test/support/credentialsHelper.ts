import type {
	ICredentialDataDecryptedObject,
	ICredentials,
	ICredentialType,
	IHttpRequestOptions,
	INode,
	INodeCredentialsDetails,
	INodeProperties,
	IRequestOptionsSimplified,
	IWorkflowExecuteAdditionalData,
	Workflow,
} from 'n8n-workflow';
import { ICredentialsHelper, isExpression, NodeHelpers } from 'n8n-workflow';

/**
 * Decrypted credentials by credential type, with the fields as they stand in n8n's dialog; undefined: deleted.
 * A function is asked each time and may throw, as a database that is busy.
 */
export type StoredCredentials = Record<
	string,
	ICredentialDataDecryptedObject | (() => ICredentialDataDecryptedObject) | undefined
>;

/**
 * What n8n's `packages/cli/src/credentials-helper.ts` (2.40) does for a credential without OAuth, with
 * one credential of each type in memory in place of the database.
 */
export class CredentialsHelper extends ICredentialsHelper {
	/**
	 * @param typeOf looks a credential type up by its name; throws when there is none
	 */
	constructor(
		private readonly typeOf: (name: string) => ICredentialType,
		private readonly stored: StoredCredentials,
	) {
		super();
	}

	/** The fields of the credential, those that were never set with their defaults. */
	async getDecrypted(
		_additionalData: IWorkflowExecuteAdditionalData,
		credential: INodeCredentialsDetails,
		type: string,
	): Promise<ICredentialDataDecryptedObject> {
		const stored = this.stored[type];
		const data = typeof stored === 'function' ? stored() : stored;
		if (!data) {
			throw new Error(
				`Credential with ID "${credential.id}" does not exist for type "${type}": give it to the workflow runner.`,
			);
		}
		return NodeHelpers.getNodeParameters(
			this.getCredentialsProperties(type),
			data as Parameters<typeof NodeHelpers.getNodeParameters>[1],
			true,
			false,
			null,
			null,
		) as ICredentialDataDecryptedObject;
	}

	/** Signs the request in the way the credential type declares or does itself. */
	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		type: string,
		request: IHttpRequestOptions | IRequestOptionsSimplified,
		workflow: Workflow,
		node: INode,
	): Promise<IHttpRequestOptions> {
		const { authenticate } = this.typeOf(type);
		const signed = request as IHttpRequestOptions;
		if (typeof authenticate === 'function') return await authenticate(credentials, signed);

		const resolve = (text: string): string => {
			if (!isExpression(text)) return text;
			const scope = { $credentials: credentials };
			const value = workflow.expression.getSimpleParameterValue(node, text, 'internal', scope);
			return value ? String(value) : '';
		};
		const parts = signed as unknown as Record<string, Record<string, string> | undefined>;
		for (const [part, fields] of Object.entries(authenticate?.properties ?? {})) {
			const target = (parts[part] ??= {});
			for (const [name, value] of Object.entries(fields as Record<string, string>)) {
				target[resolve(name)] = resolve(value);
			}
		}
		return signed;
	}

	getCredentialsProperties(type: string): INodeProperties[] {
		return this.typeOf(type).properties;
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	getParentTypes(): string[] {
		return [];
	}

	/** No credential of ours fetches a token before the request. */
	async preAuthentication(): Promise<undefined> {
		return undefined;
	}

	async runPreAuthentication(): Promise<undefined> {
		return undefined;
	}

	async getCredentials(): Promise<ICredentials> {
		throw notNeeded();
	}

	async updateCredentials(): Promise<void> {
		throw notNeeded();
	}

	async updateCredentialsOauthTokenData(): Promise<void> {
		throw notNeeded();
	}
}

const notNeeded = (): Error =>
	new Error('Encrypted and OAuth credentials are not part of the workflow runner of the tests.');
