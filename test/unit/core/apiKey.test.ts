import { faultOfApiKey } from '../../../nodes/Voice2Phone/core/apiKey';

describe('an API key', () => {
	it.each([
		[undefined, /^is empty/],
		[null, /^is empty/],
		['', /^is empty/],
		[' \n', /^is empty/],
		[42, /^is not a text/],
		[{ key: 'abc' }, /^is not a text/],
		['ab\ncd', /^has a line break inside/],
		['ab\r\ncd', /^has a line break inside/],
		['ab cd', /^has a blank inside/],
		['Basic YWJj', /^has a blank inside/],
		['ab\tcd', /^has a blank inside/],
		['ab\u00A0cd', /^has a blank inside/],
		['abc\u200B', /^has an invisible character inside/],
		['\u2060abc', /^has an invisible character inside/],
		['ab\u00ADcd', /^has an invisible character inside/],
		['ab\u0000cd', /^has an invisible character inside/],
		['abc—def', /^has a character that no key can have/],
		['\u0430bc', /^has a character that no key can have/],
		['abc😀', /^has a character that no key can have/],
		['{{ $json.key }}', /^has {{ … }} in it/],
		['={{ $json.key }}', /^has {{ … }} in it/],
		['undefined', /^is what an expression gives/],
		['null', /^is what an expression gives/],
		['[object Object]', /^is what an expression gives/],
	])('like %j has a fault, which never quotes it', (key, fault) => {
		expect(faultOfApiKey(key)).toMatch(fault);
		expect(faultOfApiKey(key)).toMatch(/Voice2Phone account|or paste the key/);
		expect(faultOfApiKey(key)).not.toMatch(/YWJj|abc|ab.?cd/);
	});

	it.each([
		'54b16dd7-8e68-4a2a-973d-063e39a6998c',
		'\t abc.DEF_123~!"$%&/()=?*+#-:;,<>|^ \n',
		'undefined-but-longer',
		'not-undefined',
	])('like %j has none', (key) => {
		expect(faultOfApiKey(key)).toBeUndefined();
	});
});
