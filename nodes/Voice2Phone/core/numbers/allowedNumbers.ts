/** Says whether a number is one that the user lets the node call. */
import { AUTO_DETECT, parsePhone, type Phone, type PhoneOptions } from './phoneNumber';

/** The user's list, or which entry of it cannot be understood: such a list allows nothing. */
export type AllowedNumbers = { allows(phone: Phone): boolean } | { wrongEntry: string };

/**
 * Reads the user's list: numbers in international form, or beginnings of numbers that end with `*`,
 * separated by commas or line breaks.
 * @param options the check that the numbers that are called pass
 */
export function parseAllowedNumbers(list: string, options: PhoneOptions = {}): AllowedNumbers {
	const entries = list
		.split(/[,;\n]/)
		.map((entry) => entry.trim())
		.filter(Boolean);
	const numbers = new Set<string>();
	const beginnings: string[] = [];
	for (const entry of entries) {
		if (entry.endsWith('*')) {
			// What stands for the zero of +49 (0)30 belongs to no number, but to some of Italy.
			if (/[([] *0 *[)\]]/.test(entry)) return { wrongEntry: entry };
			const beginning = entry.slice(0, -1).replace(/[\s().-]/g, '');
			if (!/^\+\d+$/.test(beginning)) return { wrongEntry: entry };
			beginnings.push(beginning);
		} else {
			const parsed = parsePhone(entry, AUTO_DETECT, options);
			if (!parsed.ok) return { wrongEntry: entry };
			numbers.add(parsed.phone.number);
		}
	}
	return {
		allows: ({ number }) =>
			numbers.has(number) || beginnings.some((beginning) => number.startsWith(beginning)),
	};
}
