import type { IDataObject } from 'n8n-workflow';
import {
	checkSpokenField,
	checkSpokenRequest,
	readMessageCheck,
	type MessageCheck,
} from '../../../nodes/Voice2Phone/guards/messageCheck';
import { GuardedRun } from '../../support/guarded';

const FIELD = { label: 'Message', path: 'message' };

interface Found {
	problems: string[];
	hints: string[];
}

const found = ({ problems, hints }: ReturnType<typeof checkSpokenField>): Found => ({
	problems: problems.map(({ field, reason }) => `${field} ${reason}`),
	hints,
});

function check(message: unknown, json: IDataObject = {}, messageCheck: MessageCheck = 'refuse') {
	const run = new GuardedRun({ parameters: { message: message as string }, items: [json] });
	const value: unknown = run.context.getNodeParameter('message', 0, '');
	const result = checkSpokenField(run.context, FIELD, 0, value, messageCheck);
	return { ...found(result), asked: run.evaluations };
}

const NAME_ADVICE =
	"Check the name in the node before, or add ?? '' behind it where it may be empty";
const LINK = 'has a web address in it, which nobody can follow by ear. Leave it out';
const PROGRAM_CODE =
	'has program code in it, because an expression gave a function. Add () behind its name';
const INFINITY =
	'has "Infinity" in it, because a calculation has no end, such as a division by 0. Check the numbers in it';
const DATE = (words: string) =>
	`has "${words}" in it. Check the date that the expression reads, and how it is written`;

describe('Message Check', () => {
	it.each([
		['refuse', 'refuse'],
		['warn', 'warn'],
		['off', 'off'],
		[null, 'refuse'],
		['', 'refuse'],
		['lax', 'refuse'],
	])('of %j does %s', (value, does) => {
		expect(readMessageCheck(value)).toBe(does);
	});
});

describe('a Message', () => {
	it('that can be meant is spoken', () => {
		expect(check('=Hello {{ $json.v }}', { v: 'Ann' })).toEqual({
			problems: [],
			hints: [],
			asked: 0,
		});
	});

	it.each(['', '  ', '={{ $json.v }}'])('of nothing is left to others: %j', (message) => {
		expect(check(message, { v: '' })).toEqual({ problems: [], hints: [], asked: 0 });
	});

	it('that is odd is spoken with a hint', () => {
		expect(check('See www.example.com')).toMatchObject({ problems: [], hints: [LINK] });
	});

	it.each<[unknown, IDataObject, string]>([
		['=Hello {{ $json.v }}', {}, `\`{{ $json.v }}\` gave nothing. ${NAME_ADVICE}`],
		['={{ $json.v }}', {}, `\`{{ $json.v }}\` gave nothing. ${NAME_ADVICE}`],
		['={{ $json.v * 2 }}', {}, `\`{{ $json.v * 2 }}\` gave nothing. ${NAME_ADVICE}`],
		[
			'=Hello {{ $json.v }}, {{ $json.w }}',
			{ v: { name: 'Ann' }, w: 'Hi' },
			'has "[object Object]" in it, because an expression gave an object. Choose the one field of it that is to be said. It comes from `{{ $json.v }}`',
		],
		[
			'={{ $json.v }}',
			{ v: 'Hi {{name}}' },
			'still has "{{name}}" in it. Switch the field to Expression, or fill in the placeholder before this node. It comes from `{{ $json.v }}`',
		],
		[
			'=Hi {{ $json.v.trim }}',
			{ v: 'Ann' },
			`${PROGRAM_CODE}. It comes from \`{{ $json.v.trim }}\``,
		],
		['=Hi {{ (x) => x }}', {}, `${PROGRAM_CODE}. It comes from \`{{ (x) => x }}\``],
		[
			'={{ "Hi " + $now.valueOf }}',
			{},
			`${PROGRAM_CODE}. It comes from \`{{ "Hi " + $now.valueOf }}\``,
		],
		[
			'=See {{ DateTime.fromISO($json.v) }}',
			{ v: 'x' },
			`${DATE('Invalid DateTime')}. It comes from \`{{ DateTime.fromISO($json.v) }}\``,
		],
		[
			'=See {{ DateTime.fromISO($json.v) }}s',
			{ v: 'x' },
			`${DATE('Invalid DateTime')}. It comes from \`{{ DateTime.fromISO($json.v) }}\``,
		],
		[
			'={{ new Date($json.v) }}{{ $json.w }}',
			{ v: 'x', w: 'Monday' },
			`${DATE('Invalid Date')}. It comes from \`{{ new Date($json.v) }}\``,
		],
		[
			'={{ "Due" + new Date($json.v) + "now" }}',
			{ v: 'x' },
			`${DATE('Invalid Date')}. It comes from \`{{ "Due" + new Date($json.v) + "now" }}\``,
		],
		[
			'=Total {{ $json.a / $json.b }}',
			{ a: 1, b: 0 },
			`${INFINITY}. It comes from \`{{ $json.a / $json.b }}\``,
		],
		[
			'={{ $json.v }}',
			{ v: ['Ann'] },
			'is a list. Enter text, for example with .join(", ") behind the list',
		],
	])('that nobody can mean is refused: %j for %j', (message, json, reason) => {
		expect(check(message, json).problems).toEqual([`Message ${reason}`]);
	});

	it.each<[string, IDataObject]>([
		['=Code {{ $json.v }}', { v: 'if (x) { y() } => z' }],
		['=Code {{ $json.v.trim() }}', { v: 'if (x) { return y; }' }],
		['=Bad: {{ $json.v }}s', { v: 'Invalid DateRange' }],
		['={{ "Pool " + $json.v }}', { v: 'Infinity' }],
	])('may say such words of its own: %s for %j', (message, json) => {
		expect(check(message, json)).toMatchObject({ problems: [], hints: [] });
	});

	it('has no expression asked unless its words give reason to', () => {
		const json = { v: 'Ann' };
		expect(check('=Hello {{ $json.v.trim() }}!', json).asked).toBe(0);
		expect(check('=Hello {{ $json.v.trim() }}: Infinity', json).asked).toBe(1);
	});

	it('is refused for one reason alone, and hints stay', () => {
		const message = '=See www.example.com, {{ $json.v }}, {{ $json.w }}';
		expect(check(message, { w: { a: 1 } })).toMatchObject({
			problems: [`Message \`{{ $json.v }}\` gave nothing. ${NAME_ADVICE}`],
			hints: [LINK],
		});
	});

	it('under Warn is spoken, and hints say what is wrong', () => {
		expect(check('=See www.example.com, {{ $json.v }}', {}, 'warn')).toMatchObject({
			problems: [],
			hints: [`\`{{ $json.v }}\` gave nothing. ${NAME_ADVICE}`, LINK],
		});
	});

	it('under Off is spoken as it is, as long as it is a text', () => {
		const nothing = { problems: [], hints: [], asked: 0 };
		expect(check('=See www.example.com, {{ $json.v }}', {}, 'off')).toEqual(nothing);
		expect(check('={{ $json.v }}', {}, 'off')).toEqual(nothing);
		expect(check('=Hi {{ $json.v.trim() }}', {}, 'off')).toEqual(nothing);
		expect(check('={{ $json.v }}', { v: true }, 'off')).toMatchObject({
			problems: [
				'Message is of the type boolean. Enter text, such as the one field that is to be said',
			],
			hints: [],
		});
	});
});

describe('what a person is asked in an approval', () => {
	const ask = (message: string, spoken: string, messageCheck: MessageCheck = 'refuse') => {
		const run = new GuardedRun({ parameters: { message } });
		const written: unknown = run.context.getNodeParameter('message', 0, '');
		return found(checkSpokenRequest(run.context, FIELD, 0, { written, spoken }, messageCheck));
	};

	it('is checked as it is spoken', () => {
		expect(ask('Pay [object Object]', 'Pay 5 euros')).toEqual({ problems: [], hints: [] });
		expect(ask('Pay', 'Pay, see www.example.com')).toEqual({ problems: [], hints: [LINK] });
		expect(ask('Pay', '?!')).toEqual({
			problems: [
				'Message "?!" has no letter and no digit, so nothing would be heard. Enter what is to be said',
			],
			hints: [],
		});
	});

	it('is refused when an expression in it gave nothing', () => {
		expect(ask('=Pay {{ $json.v }}', 'Pay, see www.example.com')).toEqual({
			problems: [`Message \`{{ $json.v }}\` gave nothing. ${NAME_ADVICE}`],
			hints: [LINK],
		});
	});

	it('is refused for the expression rather than for what it made', () => {
		expect(ask('={{ $json.v }}', '?!').problems).toEqual([
			`Message \`{{ $json.v }}\` gave nothing. ${NAME_ADVICE}`,
		]);
	});

	it('under Warn is spoken, and hints say what is wrong', () => {
		expect(ask('=Pay {{ $json.v }}', 'Pay, see www.example.com', 'warn')).toEqual({
			problems: [],
			hints: [`\`{{ $json.v }}\` gave nothing. ${NAME_ADVICE}`, LINK],
		});
	});

	it('under Off is spoken as it is', () => {
		expect(ask('=Pay {{ $json.v }}', '?!', 'off')).toEqual({ problems: [], hints: [] });
	});
});
