/** The simulator and n8n's engine that the words of `phone.ts` and `run.ts` speak of, in one time. */
import { time } from './time';
import { useEngine } from './engine';

export const bed = useEngine({ clock: time });
