import type { Phone } from '../../nodes/Voice2Phone/core/numbers/phoneNumber';
import {
	isRefused,
	isSuccess,
	schemeNames,
	type Exchange,
	type Findings,
	type Look,
	type Scheme,
} from './probe';

/** Headers that answer a question; of others only the name is kept, since a value may name the account. */
const TELLING_HEADER = /^(content-type|retry-after|www-authenticate|.*rate-?limit.*)$/;
const LONGEST_BODY = 2000;
/** So many last digits tell a phone number, in whatever form an answer repeats it. */
const TELLING_DIGITS = 7;

/** The findings in Markdown, without the key and the phone number. */
export function reportOf(
	findings: Findings,
	{ apiKey, phone }: { apiKey: string; phone: Phone },
): string {
	const { goodKey, badKey, incomplete, call, looks } = findings;
	const failedLooks = looks.filter(({ status }) => !status);
	const errors = [...Object.values(goodKey), ...Object.values(badKey), incomplete, ...failedLooks];
	const sections = [
		`# What the Voice2Phone API answers\n\nAsked on ${new Date(goodKey.basic.sentAt).toISOString()}. The API key, the phone number and the CallId are left out.`,
		`## Which Authorization is accepted\n\n${verdicts(findings).join('\n')}`,
		`## What errors look like\n\n${errors
			.filter((each) => each !== undefined)
			.map(showExchange)
			.join('\n\n')}`,
		`## The call\n\n${call ? showExchange(call) : whyNoCall(findings)}`,
	];
	if (call && looks.length > 0) sections.push(showStatus(call, looks));
	const callId = looks.find(({ status }) => status)?.status?.CallId;
	return withoutSecrets(`${sections.join('\n\n')}\n`, apiKey, phone, callId);
}

function verdicts({ goodKey, badKey }: Findings): string[] {
	return (Object.keys(goodKey) as Scheme[]).map((scheme) => {
		const good = goodKey[scheme];
		const bad = badKey[scheme];
		const verdict = good.fault
			? 'no answer'
			: isRefused(good)
				? 'refused'
				: isRefused(bad)
					? 'accepted'
					: 'not told apart: a wrong key was not refused either';
		const answers = [`the key got ${answerOf(good)}`, bad && `a wrong key ${answerOf(bad)}`];
		return `- ${schemeNames[scheme]}: **${verdict}** (${answers.filter(Boolean).join(', ')})`;
	});
}

const answerOf = ({ statusCode, fault }: Exchange) => statusCode ?? `no answer, ${fault}`;

function whyNoCall({ usable, incomplete }: Findings): string {
	if (usable.length === 0 || !incomplete) return 'Not placed: the key was refused in both schemes.';
	return isSuccess(incomplete)
		? `Not placed: the request without a phone got ${answerOf(incomplete)}, as if it were good.`
		: 'Not placed: the probe was interrupted.';
}

function showExchange({ asked, tookMs, statusCode, headers, body, fault }: Exchange): string {
	if (fault) return `### ${asked}: no answer\n\n${fault} after ${tookMs} ms.`;
	const telling = Object.entries(headers).filter(([name]) => TELLING_HEADER.test(name));
	const others = Object.keys(headers).filter((name) => !TELLING_HEADER.test(name));
	return [
		`### ${asked}: ${statusCode}`,
		[
			`After ${tookMs} ms.`,
			...telling.map(([name, value]) => `- \`${name}: ${String(value)}\``),
			...(others.length > 0 ? [`- other headers: ${others.join(', ')}`] : []),
		].join('\n'),
		`\`\`\`text\n${body.slice(0, LONGEST_BODY).replaceAll('```', "'''") || '(no body)'}\n\`\`\``,
	].join('\n\n');
}

/** When the status changed and to what, and the dates beside the clock of this machine. */
function showStatus(call: Exchange, looks: readonly Look[]): string {
	const read = looks.filter(({ status }) => status);
	const changes = read.filter(({ body }, index) => body !== read[index - 1]?.body);
	const rows = changes.map(({ sentAt, status }) => {
		const { Status, Dtmf, CreatedDateUtc, UpdatedDateUtc } = status ?? {};
		const cells = [Status, Dtmf, CreatedDateUtc, UpdatedDateUtc].map(
			(value) => `\`${JSON.stringify(value) ?? 'missing'}\``,
		);
		return `| ${((sentAt - call.sentAt) / 1000).toFixed(1)} | ${cells.join(' | ')} |`;
	});
	const last = looks[looks.length - 1];
	return [
		`## What its status went through\n\n${looks.length} looks, the last ${((last.sentAt - call.sentAt) / 1000).toFixed(1)} s after the call was placed. A row for each change:`,
		`| Seconds | Status | Dtmf | CreatedDateUtc | UpdatedDateUtc |\n| ---: | --- | --- | --- | --- |\n${rows.join('\n')}`,
		createdOffset(call, changes[0]),
		...(changes.length > 0
			? [`The last body: \n\n${showExchange(changes[changes.length - 1])}`]
			: []),
	].join('\n\n');
}

function createdOffset(call: Exchange, first: Look | undefined): string {
	const created = Date.parse(`${String(first?.status?.CreatedDateUtc)}Z`);
	return Number.isNaN(created)
		? 'CreatedDateUtc is not in the documented form, so its time zone cannot be told.'
		: `CreatedDateUtc, read as UTC, is ${((created - call.sentAt) / 1000).toFixed(1)} s after the request was sent, by the clock of this machine.`;
}

/** The one place where the report loses what must not be in it. */
function withoutSecrets(report: string, apiKey: string, phone: Phone, callId: unknown): string {
	const digits = phone.number.slice(-TELLING_DIGITS).replace(/\D/g, '');
	const written = new RegExp(`[+(]*(?:\\d[ ().-]*)*${[...digits].join('[ ().-]*')}`, 'g');
	const secrets: Array<[string, string]> = [
		[apiKey, '[API key]'],
		[Buffer.from(`${apiKey}:`).toString('base64'), '[API key]'],
	];
	if (typeof callId === 'string') secrets.push([callId, '[CallId]']);
	return secrets
		.reduce((text, [secret, name]) => text.replaceAll(secret, name), report)
		.replace(written, '[phone number]');
}

/** Whether the call was placed, for the exit code. */
export const wasPlaced = ({ call }: Findings): boolean => call !== undefined && isSuccess(call);
