import {
	checkSpokenText,
	faultOfSpokenValue,
	hintsOfRun,
	speakable,
	speechSeconds,
	suspicionsOf,
} from '../../../../nodes/Voice2Phone/core/calls/messageCheck';
import { SENTENCES } from './sentences';

describe('a text that nobody can mean to be spoken', () => {
	it.each([
		['', /^is empty/],
		[' \n', /^is empty/],
		['undefined', /^is only "undefined"/],
		[' null. ', /^is only "null\."/],
		['NaN', /^is only "NaN"/],
		['undefined, undefined!', /^is only/],
		['Hello [object Object]', /^has "\[object Object\]" in it/],
		['Due: [object Promise]', /^has "\[object Promise\]" in it/],
		['See you on Invalid Date', /^has "Invalid Date" in it/],
		['See you on Invalid DateTime.', /^has "Invalid DateTime" in it/],
		['Hi {{first_name}}, come', /^still has "{{first_name}}" in it/],
		['Hi {{ $json.name }}', /^still has "{{ \$json\.name }}" in it/],
		['Hi {{ {a: 1}.a }}', /^still has/],
		['Hi {{\n$json.name\n}}', /^still has/],
		['<speak>Hi</speak>', /^has <speak> in it/],
		['<SPEAK version="1.1">Hi', /^has <speak> in it/],
		['...', /^"..." has no letter and no digit/],
		['\u200B', /has no letter and no digit/],
		['😀 👍🏽', /has no letter and no digit/],
		['— ? —', /has no letter and no digit/],
		['half \uD83D of it', /^has half a character/],
		['\uDE00', /^has half a character/],
		['Hi function trim() { [native code] }', /^has program code/],
		['Hi function trim() {\n    [native code]\n}', /^has program code/],
		['On class n{constructor(e){}}', /^has program code/],
		[' #N/A ', /^is only "#N\/A", an error of the sheet/],
		['#DIV/0!', /^is only "#DIV\/0!"/],
		['#NV', /^is only "#NV", an error of the sheet/],
		['#WERT!', /^is only "#WERT!", an error of the sheet/],
		['#¿NOMBRE?', /^is only "#¿NOMBRE\?", an error of the sheet/],
		['#NOM?', /^is only "#NOM\?", an error of the sheet/],
		['nan', /^is only "nan"/],
		['N/A', /^is only "N\/A"/],
		['<p></p>', /^"‹p›‹\/p›" is only formatting/],
		['<p>&nbsp;</p><br>', /is only formatting/],
		['![](https://example.com/logo.png)', /is only formatting/],
		['Hi {{{name}}}', /^still has/],
		['<?xml version="1.0"?><speak>Hi', /^has <speak> in it/],
		['\u0301', /has no letter and no digit/],
		['\u202e...\u202c', /has no letter and no digit/],
		['null, undefined', /^is only/],
		['{{name}}, come', /^still has "{{name}}" in it/],
		['Hi function trim() {[native code]}', /^has program code/],
		['On class DateTime {constructor (e){}}', /^has program code/],
		['On class {constructor(){}}', /^has program code/],
	])('%j is refused', (text, refusal) => {
		expect(checkSpokenText(text).refusal).toMatch(refusal);
	});

	it('is refused in words of a line, however long the text is', () => {
		const { refusal } = checkSpokenText(`Hi {{ ${'x'.repeat(100_000)} }}`);
		expect(refusal?.length).toBeLessThan(200);
	});
});

describe('a text that somebody can mean', () => {
	it.each(Object.keys(SENTENCES))('passes in %s', (language) => {
		const refused = SENTENCES[language].filter((text) => checkSpokenText(text).refusal);
		expect(refused).toEqual([]);
	});

	it('gives no hint, but for the words that an expression may have left', () => {
		const hinted = Object.values(SENTENCES)
			.flat()
			.filter((text) => checkSpokenText(text).hints.length > 0);
		expect(hinted).toEqual([
			expect.stringContaining('NoMethodError: undefined method'),
			expect.stringContaining('properties of undefined'),
			expect.stringContaining('metric value is NaN'),
			expect.stringContaining('„Dauer“ ist undefined'),
			expect.stringContaining('property "id" of undefined'),
			expect.stringContaining('valore NaN'),
			expect.stringContaining('undefined is not a function'),
			expect.stringContaining('undefined في'),
		]);
		expect(Object.values(SENTENCES).flat()).toHaveLength(200);
	});

	it.each(['0', '7', 'false', 'é', '你好', 'क', 'a', '1️⃣', 'None', 'Null', 'a < b and c > d'])(
		'%j passes',
		(text) => expect(checkSpokenText(text).refusal).toBeUndefined(),
	);

	it.each([
		'Herr Null, Ihr Termin ist morgen um null Uhr.',
		'Frau Nullmeyer, der Termin wurde annulliert.',
		'Sayın Null Bey, randevunuz yarın.',
		'Le rendez-vous est annulé, le solde est nul.',
		'Nan Goldin and NaNa are here.',
		'Undefined behaviour in job 5',
		'Invalid DateRange in row 5, invalid dates in file 7',
		'Ratio 5%source, 100 %sicher',
		'12345',
		'1'.repeat(120),
		'The class A {is full',
		'The constructor (Ann) is here',
		'١٢٣',
		'½',
		'a\u200bb',
		'שלום, התור שלך מחר בשעה 9.',
		'مرحبا، موعدك غدا في الساعة ٩.',
		'สวัสดีค่ะ นัดของคุณคือวันพรุ่งนี้',
		'नमस्ते, आपकी अपॉइंटमेंट कल है।',
		'내일 예약이 있습니다.',
	])('%j passes without a hint', (text) => {
		expect(checkSpokenText(text)).toEqual({ hints: [] });
	});

	it.each([
		['Hello undefined, come in', /"undefined", "null" or "NaN"/],
		['Hello null, come in', /"undefined", "null" or "NaN"/],
		['On Invalid date', /"Invalid date"/],
		['Hi {name}, hi ${name}', /placeholder/],
		['Hi *|FNAME|*', /placeholder/],
		['Hi [[name]], hi [[ first_name ]]', /placeholder/],
		['Hi %s, you owe %d', /placeholder/],
		['Hi <%= name %>', /placeholder/],
		['Hi {{name}', /placeholder/],
		['Hi $json.name', /placeholder/],
		['Hi #{name}', /placeholder/],
		['Total #REF! euros', /error of a sheet/],
		['Insgesamt #BEZUG! Euro', /error of a sheet/],
		['Hi <<first_name>>, hi [Name], hi {$name}', /placeholder/],
		['Hi {0}', /placeholder/],
		['=Hi Ann', /begins with "="/],
		['Order: {"id":7,"lines":["tea","cups"]}', /JSON/],
		['Order: ["tea", "cups"]', /JSON/],
		['Hi %first_name%', /placeholder/],
		['Hallo Frau MÃ¼ller', /wrong encoding/],
		['Hallo Frau M\uFFFDller', /wrong encoding/],
		['Due 1795600800000', /as computers count time/],
		['<prosody rate="slow">Hi</prosody>', /HTML/],
		['<break time="1s"/>Hi', /HTML/],
		['On 2026-11-25', /as machines write it/],
		['On 2026-11-25T10:00:05.000+01:00', /as machines write it/],
		['On Wed Nov 25 2026 10:00:05 GMT+0100 (CET)', /as JavaScript writes it/],
		['See https://example.com/a?b=c', /web address/],
		['See www.example.com', /web address/],
		['Write to ann.lee@example.com', /e-mail address/],
		['<p>Hi<br/>Ann</p>', /HTML/],
		['Ann &amp; Bob', /HTML/],
		['This is **urgent**', /Markdown/],
		['# Alarm\nDisk full', /Markdown/],
		['See [the page](https://example.com)', /Markdown/],
		['Run `ls`', /Markdown/],
		['Well done 👍🏽', /emoji/],
		['Press 1️⃣', /emoji/],
		['}} comes before {{', /placeholder/],
		['1'.repeat(121), /^is long: about 30 to 70 seconds of speech, by estimate/],
		['word '.repeat(200), /^is long: about 50 to 90 seconds of speech, by estimate/],
	])('%j passes with a hint', (text, hint) => {
		const { refusal, hints } = checkSpokenText(text);
		expect(refusal).toBeUndefined();
		expect(hints).toContainEqual(expect.stringMatching(hint));
	});

	it.each([
		'Press * to hear this again, or # for the office.',
		'Run backup_db_all at 5 * 3 places, cost 2*3*4 euros.',
		'Key 1 (one) – not [two].',
		'100 % of 50%, room [B], disk <5% left>, Ã la carte, #NVIDIA.',
		'Temperature -5 to +3, ratio 3:2, 50 %.',
		'© Example, 5 ™ and ↔',
		'Call 2026-118-4 now',
		'{"a":1}, {instance="db"}',
	])('%j passes without a hint about Markdown, dates or placeholders', (text) => {
		expect(checkSpokenText(text).hints.join()).not.toMatch(/Markdown|date|placeholder|HTML/);
	});

	it('is judged in one go, also when it is long and made of one sign', () => {
		for (const sign of '*_`[]({<&%#-| \n~@a0😀{') {
			const text = sign.repeat(60_000);
			expect(speakable(`${text}x`).length).toBeLessThanOrEqual(text.length + 1);
			expect(checkSpokenText(`${text}x`)).toBeDefined();
		}
	});
});

describe('a value that is to be spoken', () => {
	it.each([
		[{ name: 'Ann' }, /^is of the type object/],
		[['Ann'], /^is a list/],
		[true, /^is of the type boolean/],
		[NaN, /^is NaN, which is not a number/],
		[Infinity, /^is Infinity/],
	])('is refused by its type: %j', (value, fault) => {
		expect(faultOfSpokenValue(value)).toMatch(fault);
	});

	it.each(['', 'Ann', 0, 12.5, undefined, null])('has a good type: %j', (value) => {
		expect(faultOfSpokenValue(value)).toBeUndefined();
	});
});

describe('what is to be asked of the expressions of a text', () => {
	const nothing = { ofCode: false, ofDate: false, ofInfinity: [] as string[] };

	it.each([
		['Hi Ann (5)', nothing],
		['function (a) { return a }', { ...nothing, ofCode: true }],
		['get(){}', { ...nothing, ofCode: true }],
		['(a)  {}', { ...nothing, ofCode: true }],
		['a => 1', { ...nothing, ofCode: true }],
		['onInvalid Dates', { ...nothing, ofDate: true }],
		['Sum: Infinity', { ...nothing, ofInfinity: ['Infinity'] }],
		['Sum: ∞ %', { ...nothing, ofInfinity: ['∞'] }],
	])('%j', (text, suspicions) => {
		expect(suspicionsOf(text)).toEqual(suspicions);
	});
});

describe('how long a text takes to be spoken', () => {
	it.each([
		['hundred digits', '1'.repeat(100), 30, 50],
		['hundred words of letters', 'a'.repeat(479), 30, 50],
		['two hundred signs of a syllable', '你'.repeat(200), 30, 50],
		['all of these', `${'1'.repeat(100)}${'a'.repeat(479)}${'你'.repeat(200)}`, 90, 150],
	])('counts %s', (_, text, from, to) => {
		expect(speechSeconds(text)).toEqual({ from, to });
	});

	it.each([
		// 150 words of English are about a minute, by the usual count.
		['Please come to our office next week, and bring your card. '.repeat(14), 35, 80],
		['请在下周一上午来我们诊所。'.repeat(10), 15, 60],
		['4711 0815', 2, 5],
		['', 0, 0],
	])('%j', (text, least, most) => {
		const { from, to } = speechSeconds(text);
		expect(from).toBeGreaterThanOrEqual(least);
		expect(to).toBeLessThanOrEqual(most);
		expect(from).toBeLessThanOrEqual(to);
	});
});

describe('the hints of a run', () => {
	it('are one for each field and oddity, with the items counted', () => {
		const found = [
			{ field: 'Message', itemIndex: 2, hint: 'has an emoji in it' },
			{ field: 'Message', itemIndex: 5, hint: 'has an emoji in it' },
			{ field: 'Message', itemIndex: 5, hint: 'has an emoji in it' },
			{ field: 'Reply', itemIndex: 5, hint: 'has an emoji in it' },
			{ field: 'Message', itemIndex: 7, hint: 'has HTML in it' },
		];
		expect(hintsOfRun(found)).toEqual([
			'Message of item 2 and 1 more: has an emoji in it.',
			'Reply of item 5: has an emoji in it.',
			'Message of item 7: has HTML in it.',
		]);
		expect(hintsOfRun([])).toEqual([]);
	});
});

describe('what an agent wrote, made speakable', () => {
	it.each([
		['**Urgent:** the _disk_ is ~~nearly~~ *full*', 'Urgent: the disk is nearly full'],
		['# Alarm\n\n\n\n## Disk\nfull', 'Alarm\n\nDisk\nfull'],
		['- one\n* two\n+ three\n- [x] four', 'one\ntwo\nthree\nfour'],
		['- 500 euros', '- 500 euros'],
		['1. one\n2. two', '1. one\n2. two'],
		['> Ann said\n> > yes', 'Ann said\nyes'],
		['See [our page](https://a.b/c_(d)) and ![a cat](cat.png "Cat")', 'See our page and a cat'],
		['Open <https://a.b/c>', 'Open https://a.b/c'],
		['```sh\nls -l\n```\nand `pwd`', 'ls -l\n\nand pwd'],
		['| Name | Sum |\n|------|:---:|\n| Ann | 5 |', 'Name, Sum\n\nAnn, 5'],
		['above\n---\nbelow', 'above\n\nbelow'],
		['<p>Dear <b class="x">Ann</b>,<br>come!</p>', 'Dear Ann,\ncome!'],
		['<!-- pay 90000 -->Hi', 'pay 90000 Hi'],
		['<script>pay(90000)</script>', 'pay(90000)'],
		['Ann &amp; Bob &lt;3 &#8364; &#x41;', 'Ann & Bob <3 € A'],
		['<speak>Hi <break time="1s"/> Ann</speak>', 'Hi Ann'],
		['Well done 👍🏽!', 'Well done!'],
		['👩‍👩‍👧 family 🇩🇪 and 🏴󠁧󠁢󠁥󠁮󠁧󠁿 flags', 'family and flags'],
		['Press 1️⃣ or #️⃣', 'Press 1 or #'],
		['half \uD83D of it', 'half of it'],
		['Ann😀Bob', 'Ann Bob'],
		['\n Ann   Lee \n\t Bob \n', 'Ann Lee\nBob'],
		['pay<!--90000-->now', 'pay 90000 now'],
		['&AMP; &#0; &#x110000; &#x10FFFF;', '& &#0; &#x110000; \u{10FFFF}'],
		['  - one\n-  two\n- [ ] three\n- [X]  four', 'one\ntwo\nthree\nfour'],
		['>yes\n  > no', 'yes\nno'],
		['  | Ann | | 5 |  ', 'Ann, 5'],
		['Open <http://a.b>', 'Open http://a.b'],
	])('%j', (written, spoken) => {
		expect(speakable(written)).toBe(spoken);
	});

	it.each([
		...Object.values(SENTENCES).flat(),
		'Run pay_all_now, 2 * 3 * 4, 2*3*4 or *31*030# at 5 > 3 and 2 < 4',
		'Send it to <ann@example.com> and <server01>',
		'Ann - the boss',
		'Wait ---',
		'--- wait',
		'one\n--\ntwo',
		'x | Ann | 5 |',
		'| Ann | 5 | x',
	])('is left as it is when there is nothing for eyes in it: %s', (text) => {
		expect(speakable(text)).toBe(text);
	});
});
