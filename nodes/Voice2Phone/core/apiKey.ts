/* What can be seen to be wrong with an API key before it is sent. */

const INVISIBLE =
	/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Variation_Selector}\u{115F}\u{1160}\u{3164}\u{FFA0}]/u;
/** The visible characters of ASCII; n8n's HTTP client drops others from a header without a word. */
const HEADER_SAFE = /^[\x21-\x7e]*$/;
const NEVER_A_KEY = /^(?:undefined|null|NaN|\[object \w+\])$/;

/**
 * What is wrong with an API key, going on from the label "API Key" and without a full stop at its end. Blanks
 * and line breaks at its ends are no fault: the credential takes them off. The key itself is never quoted.
 *
 * @returns undefined when nothing is wrong that can be seen
 */
export function faultOfApiKey(key: unknown): string | undefined {
	if (key === undefined || key === null || key === '') return EMPTY;
	if (typeof key !== 'string') return 'is not a text. Paste the key from your Voice2Phone account';
	const text = key.trim();
	if (text === '') return EMPTY;
	if (/\{\{|\}\}/.test(text)) {
		return 'has {{ … }} in it, which is an expression that was typed as text. Switch the field to Expression, or paste the key';
	}
	if (NEVER_A_KEY.test(text)) {
		return 'is what an expression gives that found nothing. Check the expression, or paste the key';
	}
	if (/[\r\n]/.test(text)) return `has a line break inside. ${COPY_AGAIN}`;
	if (/[\t\p{Zs}]/u.test(text)) return `has a blank inside. ${COPY_AGAIN}`;
	if (INVISIBLE.test(text)) return `has an invisible character inside. ${COPY_AGAIN}`;
	if (!HEADER_SAFE.test(text)) {
		return `has a character that no key can have, such as a letter of another alphabet or a long dash. ${COPY_AGAIN}`;
	}
	return undefined;
}

const EMPTY = 'is empty. Paste the key from your Voice2Phone account';
const COPY_AGAIN = 'Copy the key alone, in one piece, from your Voice2Phone account';
