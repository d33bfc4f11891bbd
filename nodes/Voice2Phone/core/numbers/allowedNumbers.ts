/** Says whether a number is one that the user lets the node call. */
import { AUTO_DETECT, parsePhone, type Phone, type PhoneOptions } from './phoneNumber';

/** Whether a number may be called, or which entry of the list cannot be understood. */
export type Permission = { allowed: boolean } | { wrongEntry: string };

/**
 * Looks a number up in the user's list: numbers in international form, or beginnings of numbers that end
 * with `*`, separated by commas or line breaks. What cannot be understood allows nothing.
 * @param options the check that the number itself has passed
 */
export function isAllowed({ number }: Phone, list: string, options: PhoneOptions = {}): Permission {
	const entries = list
		.split(/[,;\n]/)
		.map((entry) => entry.trim())
		.filter(Boolean);
	let allowed = false;
	for (const entry of entries) {
		if (entry.endsWith('*')) {
			const beginning = entry.slice(0, -1).replace(/[\s().-]/g, '');
			if (!/^\+\d+$/.test(beginning)) return { wrongEntry: entry };
			allowed ||= number.startsWith(beginning);
		} else {
			const parsed = parsePhone(entry, AUTO_DETECT, options);
			if (!parsed.ok) return { wrongEntry: entry };
			allowed ||= number === parsed.phone.number;
		}
	}
	return { allowed };
}
