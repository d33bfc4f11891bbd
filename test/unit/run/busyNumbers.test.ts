import { BusyNumbers } from '../../../nodes/Voice2Phone/run/busyNumbers';

const NUMBER = '+14255550101';
const [mine, other] = [{}, {}];
const CALL = 'a call';

let busy: BusyNumbers;
let changes: number;
beforeEach(() => {
	busy = new BusyNumbers();
	changes = 0;
	busy.listen(() => changes++);
	expect(busy.take(NUMBER, mine, 0)).toBe(true);
});

it('is called by its owner alone', () => {
	expect(busy.take(NUMBER, other, 0)).toBe(false);
	expect(busy.take(NUMBER, mine, 0)).toBe(true);
	expect(busy.isCalledByOther(NUMBER, other, 0)).toBe(true);
	expect(busy.isCalledByOther(NUMBER, mine, 0)).toBe(false);
});

it('is free when it did not ring', () => {
	busy.giveBack(NUMBER, mine);
	expect(busy.take(NUMBER, other, 0)).toBe(true);
	expect(changes).toBe(1);
});

it('is busy while it rings, and is waited for until its time is up', () => {
	busy.rings(NUMBER, mine, CALL, 10);
	busy.giveBack(NUMBER, mine);
	expect(busy.nextEnd(0)).toBe(10);
	expect(busy.isCalledByOther(NUMBER, other, 9)).toBe(true);
	expect(busy.isCalledByOther(NUMBER, other, 10)).toBe(false);
	expect(busy.take(NUMBER, other, 10)).toBe(false);
	expect(busy.leftOpen(NUMBER)).toBe(CALL);
});

it('is free when its call is over', () => {
	busy.rings(NUMBER, mine, CALL, 10);
	busy.free(NUMBER, 'another call');
	expect(busy.take(NUMBER, other, 0)).toBe(false);
	busy.free(NUMBER, CALL);
	expect(busy.take(NUMBER, other, 0)).toBe(true);
});

it('may ring without a call ID, and is free when its time is up', () => {
	busy.rings(NUMBER, mine, undefined, 10);
	expect(busy.take(NUMBER, other, 9)).toBe(false);
	expect(busy.take(NUMBER, other, 10)).toBe(true);
});
