/* Keeps the API key out of everything that leaves the node. */

/** Hides the API key, also in the form in which it is sent, wherever it stands in a text. */
export type Redact = (text: string) => string;

export function redactor(apiKey: string): Redact {
	const key = apiKey.trim();
	if (key === '') return (text) => text;
	const secrets = [key, Buffer.from(`${key}:`).toString('base64')];
	return (text) =>
		secrets.reduce((redacted, secret) => redacted.replaceAll(secret, '[API key]'), text);
}
