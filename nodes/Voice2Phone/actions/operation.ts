/* What an operation of the node is. */
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { ItemParameters, Option } from '../parameters/options';
import type { Result } from '../run/items';
import type { NodeRun } from '../run/nodeRun';

/**
 * One operation of the node. `read` runs for all items before `perform` runs for the first, so a wrong
 * parameter is found before anybody is called.
 */
export interface Operation<Request> {
	/** How the operation stands in the Operation list. */
	entry: INodePropertyOptions;
	/** Its main fields; those that several operations share are the same objects in each. */
	properties: INodeProperties[];
	/** Its "Options". */
	options: Option[];
	/** Reads and checks the parameters of one item; sends nothing. What is wrong goes to `item.problems`. */
	read(item: ItemParameters): Request | undefined;
	/** Does the work of one item; throws an error that a person can act on. */
	perform(request: Request, itemIndex: number, run: NodeRun): Promise<Result>;
}
