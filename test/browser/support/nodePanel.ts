import type { Locator, Page } from 'playwright-core';

/** The elements that n8n's own tests find by this name; only those that are to be seen. */
export function byTestId(within: Page | Locator, id: string): Locator {
	return within.locator(`[data-test-id="${id}"]`).filter({ visible: true });
}

/** The panel of one node: its input, its parameters and its output. */
export class NodePanel {
	readonly panel: Locator;
	readonly input: Locator;
	readonly parameters: Locator;
	/** What the column of the parameters reaches from and to. */
	readonly column: Locator[];
	readonly output: Locator;

	constructor(private readonly page: Page) {
		this.panel = byTestId(page, 'ndv');
		this.parameters = byTestId(this.panel, 'node-parameters');
		this.column = ['tab-params', 'node-execute-button', 'collection-parameter-add'].map((id) =>
			byTestId(this.panel, id),
		);
		this.input = byTestId(this.panel, 'ndv-input-panel');
		this.output = byTestId(this.panel, 'output-panel');
	}

	/** The fields that say which credential the node uses. */
	get credentials(): Locator {
		return byTestId(this.panel, 'node-credentials-select');
	}

	/** Drags a field of the input, in the view "Schema", onto a parameter. */
	async drag(inputField: string, name: string): Promise<void> {
		const target = this.field(name);
		await target.scrollIntoViewIfNeeded();
		const items = byTestId(this.panel, 'run-data-schema-item').filter({
			hasText: new RegExp(`^${inputField}`),
		});
		const boxes = await Promise.all((await items.all()).map((item) => item.boundingBox()));
		// The list keeps items that it does not show far above the screen.
		const from = boxes.find((box) => box !== null && box.y > 0)!;
		const to = (await target.boundingBox())!;
		const { mouse } = this.page;
		await mouse.move(from.x + 30, from.y + from.height / 2);
		await mouse.down();
		// The editor takes only a pointer that moves for one that drags.
		await mouse.move(to.x + 60, to.y + to.height / 2, { steps: 15 });
		await mouse.up();
		await target.getByText('$json').waitFor();
	}

	/** What a parameter is edited with; inside a collection, the last one of this name. */
	field(name: string): Locator {
		return byTestId(this.panel, `parameter-input-${name}`).last();
	}

	async fill(name: string, text: string): Promise<void> {
		await this.field(name).locator('input, textarea').fill(text);
	}

	/** Fills the main field of this name, above those in collections. */
	async fillFirst(name: string, text: string): Promise<void> {
		const field = byTestId(this.panel, `parameter-input-${name}`).first();
		await field.locator('input, textarea').fill(text);
	}

	/** Opens a list, types into it, and returns what it then offers. */
	async search(name: string, text: string): Promise<Locator> {
		await this.field(name).locator('input').click();
		await this.page.keyboard.press('Control+A');
		await this.page.keyboard.type(text);
		await this.offers().filter({ hasText: text }).first().waitFor();
		// For a moment, the list still has what does not fit.
		await this.offers().filter({ hasNotText: text }).first().waitFor({ state: 'hidden' });
		return this.offers();
	}

	/** Opens a list and picks what has exactly this name. */
	async choose(name: string, option: string): Promise<void> {
		await this.field(name).locator('input').click();
		await this.offers().getByText(option, { exact: true }).click();
	}

	/** The entries of the list that is open. */
	offers(): Locator {
		return this.page.locator('.el-select-dropdown__item').filter({ visible: true });
	}

	/** Takes the mouse and the keyboard away from all fields, which look different under them. */
	async leaveFields(): Promise<void> {
		await byTestId(this.panel, 'tab-params').click();
		await this.page.mouse.move(0, 0);
	}

	/** Goes back to the canvas. Escape would not do: it only leaves a field that is being edited. */
	async close(): Promise<void> {
		await byTestId(this.panel, 'ndv-close-button').click();
	}

	async executeStep(): Promise<void> {
		await byTestId(this.panel, 'node-execute-button').click();
	}
}
