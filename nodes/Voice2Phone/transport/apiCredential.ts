/* The API key of a node run: read once, and again when it may have been exchanged. */
import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	IExecuteFunctions,
	INodeCredentialsDetails,
} from 'n8n-workflow';

import { faultOfApiKey } from '../core/apiKey';
import { redactor, type Redact } from '../core/redact';

export const CREDENTIAL_TYPE = 'voice2PhoneApi';

/** A wait can take hours. A key that is exchanged meanwhile serves after so long. */
const READ_AGAIN_AFTER_MS = 5 * 60_000;

/**
 * n8n's helper reads, decrypts and prepares the credential anew for each request, unless it is given one:
 * for a thousand calls that took more time than the requests.
 */
export class ApiCredential {
	/** Hides the key that is used now, and all that were used before. */
	readonly hide: Redact = (text) => this.redact(text);

	private readonly keys: string[];

	private redact: Redact;

	private reading: Promise<void> | undefined;

	/** n8n copies the whole node for whoever asks for it, so that this is not done for each request. */
	private readonly reference: INodeCredentialsDetails | undefined;

	private constructor(
		private readonly context: IExecuteFunctions,
		private data: ICredentialDataDecryptedObject,
		private readAt: number,
	) {
		this.reference = context.getNode().credentials?.[CREDENTIAL_TYPE];
		this.keys = [keyIn(data)];
		this.redact = redactor(...this.keys);
	}

	/** Rejects with n8n's own error when there is no usable credential. */
	static async open(context: IExecuteFunctions, now: number): Promise<ApiCredential> {
		return new ApiCredential(context, await context.getCredentials(CREDENTIAL_TYPE), now);
	}

	/** For a run that is to send nothing: it reads the credential with its first request, if there is one. */
	static unread(context: IExecuteFunctions): ApiCredential {
		return new ApiCredential(context, {}, -Infinity);
	}

	/**
	 * The credential as n8n's helper takes it. Rejects with n8n's error when it had to be read again and
	 * could not be.
	 */
	async current(now: number): Promise<ICredentialsDecrypted> {
		if (now >= this.readAt + READ_AGAIN_AFTER_MS) await this.read(now);
		const { id, name } = this.reference ?? {};
		return { id: id ?? '', name: name ?? '', type: CREDENTIAL_TYPE, data: this.data };
	}

	/** Why no server can take the key, going on from the label "API Key"; undefined when one may. */
	get fault(): string | undefined {
		return faultOfApiKey(this.data.apiKey);
	}

	/** Grows with each other key that was read. */
	get version(): number {
		return this.keys.length;
	}

	/** Whether there is a newer credential than that version; reads it again to find out. Rejects as `current`. */
	async isNewerThan(version: number, now: number): Promise<boolean> {
		if (this.version === version) await this.read(now);
		return this.version > version;
	}

	/** All who ask at the same time share one reading. */
	private async read(now: number): Promise<void> {
		this.reading ??= this.readOnce(now).finally(() => (this.reading = undefined));
		await this.reading;
	}

	private async readOnce(now: number): Promise<void> {
		const data = await this.context.getCredentials(CREDENTIAL_TYPE);
		this.readAt = now;
		if (JSON.stringify(data) === JSON.stringify(this.data)) return;
		this.data = data;
		this.keys.push(keyIn(data));
		this.redact = redactor(...this.keys);
	}
}

function keyIn({ apiKey }: ICredentialDataDecryptedObject): string {
	return typeof apiKey === 'string' || typeof apiKey === 'number' ? String(apiKey) : '';
}
