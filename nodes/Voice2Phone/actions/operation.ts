import type { IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { Parsed } from '../core/words';
import type { Result } from '../run/items';
import type { NodeRun } from '../run/nodeRun';

/**
 * One operation of the node. `read` runs for all items before `perform` runs for the first, so a wrong
 * parameter is found before anybody is called.
 */
export interface Operation<Request> {
	/** How the operation stands in the Operation list. */
	option: INodePropertyOptions;
	/** Its parameters; those that several operations share are the same objects in each. */
	properties: INodeProperties[];
	/** Reads and checks the parameters of one item; sends nothing. */
	read(context: IExecuteFunctions, itemIndex: number): Parsed<Request>;
	/** Does the work of one item; throws an error that a person can act on. */
	perform(request: Request, itemIndex: number, run: NodeRun): Promise<Result>;
}
