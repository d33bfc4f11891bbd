import { readFileSync } from 'node:fs';
import { Voice2PhoneApi } from '../../../credentials/Voice2PhoneApi.credentials';
import { Voice2Phone } from '../../../nodes/Voice2Phone/Voice2Phone.node';

const { OUTPUT, renderOptions } = jest.requireActual<{
	OUTPUT: string;
	renderOptions: (description: unknown, credentialType: unknown) => string;
}>('../../../build/optionsDoc');

it('docs/options.md says what the editor says: run `npm run docs:options` if this fails', () => {
	const page = renderOptions(new Voice2Phone().description, new Voice2PhoneApi());
	expect(readFileSync(OUTPUT, 'utf8')).toBe(page);
});
