import { spokenRequest } from '../../../../nodes/Voice2Phone/core/calls/spokenRequest';

describe('a review request that is spoken', () => {
	const asN8nMakesIt = 'The agent wants to run this tool: send_invoice\n\nInput:\n[object Object]';

	it('says the tool and its parameters in words', () => {
		const spoken = spokenRequest(asN8nMakesIt, 'send_invoice', {
			customerName: 'Ann Lee.',
			amount_due: 120.5,
			lines: [{ item: 'Chair' }, { item: 'Desk' }],
			note: '',
		});
		expect(spoken).toBe(
			'The agent wants to run this tool: send invoice\n\nInput:\n' +
				'customer name: Ann Lee. amount due: 120.5. lines: item: Chair, item: Desk. note: nothing',
		);
		expect(spoken).not.toMatch(/[{}[\]"]/);
	});

	it.each([undefined, 2])('says parameters that stand there as JSON in words too', (indent) => {
		const parameters = { payee: 'Ann', lines: [{ amount: 5 }] };
		const json = JSON.stringify(parameters, null, indent);
		expect(spokenRequest(`Pay this? ${json}`, 'pay', parameters)).toBe(
			'Pay this? payee: Ann. lines: amount: 5',
		);
		expect(spokenRequest('Pay this? {}', 'pay', {})).toBe('Pay this? nothing');
	});

	it('shortens long values and long lists', () => {
		const spoken = spokenRequest('[object Object]', '', { text: 'x'.repeat(200) });
		expect(spoken).toBe(`text: ${'x'.repeat(80)}, and so on`);
		const many = Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`field${i}`, 'value']));
		expect(spokenRequest('[object Object]', '', many).length).toBeLessThan(520);
	});

	it('says "nothing" when there are no parameters, and takes values as they are', () => {
		expect(spokenRequest('Input: [object Object]', 'tool', undefined)).toBe('Input: nothing');
		expect(spokenRequest('[object Object]', '', { price: '$& $1' })).toBe('price: $& $1');
	});

	it('leaves a text of the user’s own as it is', () => {
		expect(spokenRequest('May the robot pay Ann?', 'pay', {})).toBe('May the robot pay Ann?');
	});
});
