import type {
	IDataObject,
	IExecuteFunctions,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';

import type { Parsed } from '../core/words';
import type { Batch } from './batch';
import type { OpenCall } from './call/waitForResponse.operation';

/** What one item came to; `output` is the index of the node's output, 0 unless said otherwise. */
export interface Result {
	json: IDataObject;
	output?: number;
	/** The call that goes on being waited for when this run of the node has ended. */
	open?: OpenCall;
}

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
	perform(request: Request, itemIndex: number, batch: Batch): Promise<Result>;
}
