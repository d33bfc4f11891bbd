import type { Locator } from 'playwright-core';

/** The texts inside an element that are wider than their place, so that the editor cuts them off. */
export async function cutOffTexts(within: Locator): Promise<string[]> {
	return await within.locator('*').evaluateAll((elements) =>
		elements
			.filter(({ clientWidth, scrollWidth, ownerDocument }, index) => {
				const { overflowX } = ownerDocument.defaultView.getComputedStyle(elements[index]);
				return clientWidth > 0 && scrollWidth > clientWidth + 1 && overflowX !== 'visible';
			})
			.map(({ value, textContent }) => value ?? textContent),
	);
}
