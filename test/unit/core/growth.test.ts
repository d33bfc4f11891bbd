import { approvalMessage } from '../../../nodes/Voice2Phone/agent/humanReview';
import { faultOfApiKey } from '../../../nodes/Voice2Phone/core/apiKey';
import { parseCallId, parseMessage } from '../../../nodes/Voice2Phone/core/calls/callRequest';
import { fingerprint } from '../../../nodes/Voice2Phone/core/calls/journal';
import { parseKeys } from '../../../nodes/Voice2Phone/core/calls/keys';
import { checkSpokenText, speakable } from '../../../nodes/Voice2Phone/core/calls/messageCheck';
import { kindOf, readFault } from '../../../nodes/Voice2Phone/core/calls/networkFaults';
import { parseOnceKey } from '../../../nodes/Voice2Phone/core/calls/onceKey';
import {
	judgeCall,
	judgeStatus,
	retryAfterMs,
} from '../../../nodes/Voice2Phone/core/calls/outcome';
import { parsePeople } from '../../../nodes/Voice2Phone/core/calls/people';
import { spokenRequest } from '../../../nodes/Voice2Phone/core/calls/spokenRequest';
import {
	isNumberInsteadOfMissingValue,
	mayBeEmpty,
	references,
} from '../../../nodes/Voice2Phone/core/calls/template';
import { parseSchedule } from '../../../nodes/Voice2Phone/core/hours/schedule';
import { parseAllowedNumbers } from '../../../nodes/Voice2Phone/core/numbers/allowedNumbers';
import { parseNumberList } from '../../../nodes/Voice2Phone/core/numbers/numberList';
import { maskPhoneNumber, parsePhone } from '../../../nodes/Voice2Phone/core/numbers/phoneNumber';
import { quote } from '../../../nodes/Voice2Phone/core/numbers/phoneNumberText';
import { redactor } from '../../../nodes/Voice2Phone/core/redact';
import { readAnswer } from '../../../nodes/Voice2Phone/core/waiting/answer';
import { cutText, plain } from '../../../nodes/Voice2Phone/core/words';

/*
 * A form on the internet can send a text of any length, and n8n stands still while this node looks at it. So
 * ten times the text may take some ten times as long, never a hundred times.
 */

const NOW = 0;
const hide = redactor('Zk7"x/Q+b&9<t>W-3.a$');
const answer = (statusCode: number, body: unknown, header?: string) => ({
	kind: 'answer' as const,
	statusCode,
	headers: { 'retry-after': header },
	body,
});
const waiting = { finishedStatusCodes: new Set(['2']), keys: [] };

/** What looks at a text of a stranger. */
const FIELDS: Record<string, (text: string) => unknown> = {
	'phone number': (text) => parsePhone(text, 'US'),
	'phone number, DE, lengths only': (text) => parsePhone(text, 'DE', { check: 'lengthsOnly' }),
	'phone number behind a plus': (text) => parsePhone(`+1${text}`, 'auto'),
	country: (text) => parsePhone('425 555 0101', text),
	people: (text) => parsePeople(text, 'US'),
	'name in a list of people': (text) => parsePeople([{ name: text, phone: 'x' }], 'US'),
	'do not call list': (text) => parseNumberList(text, { country: 'US' }),
	'allowed numbers': (text) => parseAllowedNumbers(text),
	masked: maskPhoneNumber,
	quoted: quote,
	'once per': parseOnceKey,
	'keys to press': (text) => parseKeys({ entries: [{ key: text, label: text }] }, []),
	'hours, days and zone': (text) =>
		parseSchedule({ days: text, from: text, until: text, notOn: text, timeZone: text } as never),
	'call ID': parseCallId,
	'API key': faultOfApiKey,
	message: (text) => [parseMessage(text, []), checkSpokenText(text)],
	'message of a model': speakable,
	'message with an expression': (text) => [
		mayBeEmpty({ texts: ['a', 'a', 'b'], codes: ['x', 'y'] }, 0, text),
		references(text),
		isNumberInsteadOfMissingValue(text, `${text}1`),
	],
	'request of a model': (text) =>
		approvalMessage(`[object Object] ${text}`, { tool: 'pay', toolParameters: { text } }, 'Press'),
	'name in a request of a model': (text) => spokenRequest('[object Object]', text, { [text]: 1 }),
	'message with a tool in it': (text) => spokenRequest(text, 'send_it', { a: 'send_it' }),
	'words of the server': (text) => judgeCall(answer(402, text), NOW, hide),
	'JSON of the server': (text) => judgeCall(answer(500, { Message: text, a: [text] }), NOW, hide),
	status(text) {
		const read = judgeStatus(answer(200, { Dtmf: text, Status: text }), NOW, undefined, hide);
		return read.kind === 'read' && readAnswer(read.body, waiting);
	},
	'call ID of the server': (text) => judgeCall(answer(200, { CallId: text }), NOW, hide),
	'Retry-After': (text) => retryAfterMs(text, NOW),
	'words of a fault': (text) =>
		kindOf(readFault(Object.assign(new Error(text), { code: text, cause: new Error(text) }))),
	'what the key is hidden in': hide,
	'what is cut': (text) => cutText(text, 300),
	'what is shown': plain,
	'what a call is known by': (text) => fingerprint({ text }),
};

/** What patterns stumble over: repeated beginnings of what they look for. */
const PIECES = [
	...['-', '(', ') ', '. ', '/', ' ', '\n', '0', '1', '+1 ', '(0)', ',', ';', 'x', 'ext ', '0-'],
	...[
		'<',
		'<a ',
		'</',
		'<!--',
		'&',
		'&#',
		'&amp;',
		'**',
		'* ',
		'_a',
		'[',
		'](',
		'![a](',
		'`',
		'~~',
	],
	...['{{', '{', '${', '%A', '| ', '#', '> ', '=', '"', '\\', 'undefined', '[object ', 'class '],
	...['e\u0301', '\u0301', '\u200d', '😀', '👩\u200d', '🇩', '\ud83d', '\u202e', '𝟰', '१', 'é'],
	...[
		'a@',
		'www.',
		'http://',
		'2026-',
		'Zk7',
		'WmttN',
		'%5a',
		'send_it ',
		'a.b',
		'T00:',
		'A',
		'aB',
	],
];
const textOf = (piece: string, length: number) =>
	`1${piece.repeat(Math.ceil(length / piece.length))}!`.slice(0, length);

/** Of the processor: the time that other programs take does not count. */
function millisecondsFor(look: (text: string) => unknown, text: string): number {
	const began = process.cpuUsage();
	look(text);
	const { user, system } = process.cpuUsage(began);
	return (user + system) / 1000;
}

const SIZES = [1_000, 10_000, 100_000];
type Times = [small: number, medium: number, large: number];

/** Below a millisecond, the clock and the machine are louder than the text. */
const isSteep = ([, medium, large]: Times) => large / Math.max(medium, 1) >= 40;

const rows: string[] = [];
afterAll(() => console.log(['field: milliseconds at 1, 10, 100 kB', ...rows].join('\n')));

it.each(Object.entries(FIELDS))(
	'ten times the text takes no hundred times as long: %s',
	(...field) => {
		const [name, look] = field;
		const slowest = SIZES.map(() => 0);
		for (const piece of PIECES) {
			const times = () => SIZES.map((size) => millisecondsFor(look, textOf(piece, size))) as Times;
			let took = times();
			// Memory is tidied up at any moment: growth that is real is there each time.
			for (let tries = 1; tries < 8 && isSteep(took); tries++) {
				const again = times();
				took = took.map((ms, index) => Math.min(ms, again[index])) as Times;
			}
			took.forEach((ms, index) => (slowest[index] = Math.max(slowest[index], ms)));
			expect([piece, isSteep(took) ? took : 'linear']).toEqual([piece, 'linear']);
		}
		rows.push(`${name}: ${slowest.map((ms) => ms.toFixed(2)).join(', ')}`);
	},
);
