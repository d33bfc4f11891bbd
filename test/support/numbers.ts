/* What becomes of a number that somebody typed. */
import { parsePhone } from '../../nodes/Voice2Phone/core/numbers/phoneNumber';

/** The number that would be dialled, or why none is, going on from the field's label. */
export function outcome(number: unknown, country: string): string {
	const result = parsePhone(number, country);
	return result.ok ? result.phone.number : result.reason;
}
