/* The numbers that are being called now: nobody is rung by two items at a time. */

export class BusyNumbers {
	private readonly owners = new Map<string, object>();

	/** False: another owner is calling this number. */
	take(number: string, owner: object): boolean {
		const current = this.owners.get(number) ?? owner;
		this.owners.set(number, current);
		return current === owner;
	}

	/** The call to this number is over. */
	free(number: string, owner: object): void {
		if (this.owners.get(number) === owner) this.owners.delete(number);
	}

	/** The owner calls nobody any more. */
	release(owner: object): void {
		for (const [number, current] of this.owners) {
			if (current === owner) this.owners.delete(number);
		}
	}
}
