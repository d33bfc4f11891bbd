/** What the person at a number does, and what the simulator answers about it. */
export interface Behaviour {
	/** `POST /call` is refused with this status code; no call is placed. */
	refusedWith?: 400 | 402;
	/** `POST /call` is answered with this status code although the call was placed. */
	answeredWith?: 500;
	/** The keys that the person presses, in order. */
	presses?: string;
	/** Milliseconds from the end of the call until the keys stand in its status, which has `Dtmf` null till then. */
	keysWrittenAfterMs?: number;
	/** Milliseconds from the acceptance of the call to its end; `Infinity`: it stays open. */
	endsAfterMs: number;
	/** Fields of the status that differ from the rule once the call is over; `undefined` leaves one out. */
	status?: { Status?: unknown; Dtmf?: unknown };
	/** How a time is written in the status, from milliseconds since 1970. */
	formatDate?: (milliseconds: number) => string;
}

/** A row of the table of test numbers; `NN` in the number stands for two digits, a count of seconds. */
export interface TestNumber {
	number: string;
	does: string;
	behaviour: Behaviour | ((seconds: number) => Behaviour);
}

const atOnce = (behaviour: Omit<Behaviour, 'endsAfterMs'>): Behaviour => ({
	endsAfterMs: 0,
	...behaviour,
});

/**
 * The numbers with a set behaviour, in the manner of the test cards of payment services. `+1 425 555 01xx`
 * is kept for fiction by the North American numbering plan; `02xx` and `03xx` continue it here, where
 * nothing is ever dialled.
 */
export const testNumbers: readonly TestNumber[] = [
	{
		number: '+1 425 555 0101',
		does: 'presses 1 at once',
		behaviour: atOnce({ presses: '1' }),
	},
	{
		number: '+1 425 555 0102',
		does: 'presses 2 at once',
		behaviour: atOnce({ presses: '2' }),
	},
	{
		number: '+1 425 555 0103',
		does: 'presses 3 at once',
		behaviour: atOnce({ presses: '3' }),
	},
	{
		number: '+1 425 555 0104',
		does: 'presses * at once',
		behaviour: atOnce({ presses: '*' }),
	},
	{
		number: '+1 425 555 0105',
		does: 'presses # at once',
		behaviour: atOnce({ presses: '#' }),
	},
	{
		number: '+1 425 555 0109',
		does: 'presses 9 at once, meant as a key without a message',
		behaviour: atOnce({ presses: '9' }),
	},
	{
		number: '+1 425 555 0110',
		does: 'answers and presses nothing: the call is over, `Dtmf` is empty',
		behaviour: atOnce({ status: { Dtmf: '' } }),
	},
	{
		number: '+1 425 555 0112',
		does: 'presses 1 and then 2 at once: `Dtmf` is "12"',
		behaviour: atOnce({ presses: '12' }),
	},
	{
		number: '+1 425 555 0120',
		does: 'never answers: the call stays open for ever',
		behaviour: { endsAfterMs: Infinity },
	},
	{
		number: '+1 425 555 0140',
		does: 'is refused with 400, no call is placed',
		behaviour: atOnce({ refusedWith: 400 }),
	},
	{
		number: '+1 425 555 0142',
		does: 'is refused with 402, no call is placed',
		behaviour: atOnce({ refusedWith: 402 }),
	},
	{
		number: '+1 425 555 0150',
		does: 'is answered with 500 although the call is placed; presses 1',
		behaviour: atOnce({ answeredWith: 500, presses: '1' }),
	},
	{
		number: '+1 425 555 0160',
		does: 'presses nothing, `Status` is 7',
		behaviour: atOnce({ status: { Status: 7 } }),
	},
	{
		number: '+1 425 555 0161',
		does: 'presses nothing, `Status` is the text "2"',
		behaviour: atOnce({ status: { Status: '2' } }),
	},
	{
		number: '+1 425 555 0162',
		does: 'presses nothing, `Status` is null',
		behaviour: atOnce({ status: { Status: null } }),
	},
	{
		number: '+1 425 555 0163',
		does: 'presses nothing, `Status` is missing',
		behaviour: atOnce({ status: { Status: undefined } }),
	},
	{
		number: '+1 425 555 0170',
		does: 'presses nothing: the call is over, `Dtmf` is missing',
		behaviour: atOnce({}),
	},
	{
		number: '+1 425 555 0171',
		does: 'presses nothing: the call is over, `Dtmf` is null',
		behaviour: atOnce({ status: { Dtmf: null } }),
	},
	{
		number: '+1 425 555 0172',
		does: 'presses 1 at once, `Dtmf` is the number 1 and no text',
		behaviour: atOnce({ presses: '1', status: { Dtmf: 1 } }),
	},
	{
		number: '+1 425 555 0173',
		does: 'presses 1 at once, which `Dtmf` shows 2 seconds after the call is over',
		behaviour: atOnce({ presses: '1', keysWrittenAfterMs: 2000 }),
	},
	{
		number: '+1 425 555 0180',
		does: 'presses 1 at once, dates have the form `/Date(1470076388997)/`',
		behaviour: atOnce({ presses: '1', formatDate: (milliseconds) => `/Date(${milliseconds})/` }),
	},
	{
		number: '+1 425 555 02NN',
		does: 'presses 1 after NN seconds',
		behaviour: (seconds) => ({ presses: '1', endsAfterMs: seconds * 1000 }),
	},
	{
		number: '+1 425 555 03NN',
		does: 'presses 2 after NN seconds',
		behaviour: (seconds) => ({ presses: '2', endsAfterMs: seconds * 1000 }),
	},
];

const patterns = testNumbers.map(({ number, behaviour }) => ({
	pattern: new RegExp(`^\\${number.replaceAll(' ', '').replace('NN', '(\\d\\d)')}$`),
	behaviour,
}));

/** The behaviour that the table sets for a number in E.164 form, or undefined for any other number. */
export function behaviourOf(number: string): Behaviour | undefined {
	for (const { pattern, behaviour } of patterns) {
		const match = pattern.exec(number);
		if (match) return typeof behaviour === 'function' ? behaviour(Number(match[1])) : behaviour;
	}
	return undefined;
}
