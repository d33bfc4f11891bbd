import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Locator, Page } from 'playwright-core';

const renewed = process.env.PICTURES_FOLDER;

/** Where pictures go that nobody keeps, those of failed tests among them. */
export const TEMPORARY_FOLDER = join(tmpdir(), 'voice2phone-pictures');

const ROOT = join(__dirname, '..', '..', '..');

/** Where a picture goes: when they are renewed, those that a page shows go to the documentation. */
function folderOf(name: string): string {
	const pages = ['.', 'docs'].flatMap((folder) =>
		readdirSync(join(ROOT, folder))
			.filter((file) => file.endsWith('.md'))
			.map((file) => readFileSync(join(ROOT, folder, file), 'utf8')),
	);
	const isShown = pages.some((page) => page.includes(`images/${name}.png`));
	return renewed && isShown ? renewed : TEMPORARY_FOLDER;
}

/** Pixels of a picture per CSS pixel: sharp on good screens, and quick to paint where nobody looks. */
export const SCALE = renewed ? 2 : 1;

/**
 * Takes a picture of the part of the page that these elements cover together, and makes the file smaller
 * where Debian's `pngquant` is installed.
 *
 * @param name of the file, without `.png`
 * @param elements each may stand for several
 * @param margin in CSS pixels, on all sides
 */
export async function takePicture(
	page: Page,
	name: string,
	elements: Locator[],
	margin = 12,
): Promise<void> {
	const boxes: Array<{ x: number; y: number; width: number; height: number }> = [];
	for (const element of (await Promise.all(elements.map((each) => each.all()))).flat()) {
		boxes.push((await element.boundingBox())!);
	}
	const { width, height } = page.viewportSize()!;
	const left = Math.max(0, Math.min(...boxes.map(({ x }) => x)) - margin);
	const top = Math.max(0, Math.min(...boxes.map(({ y }) => y)) - margin);
	const right = Math.min(width, Math.max(...boxes.map((box) => box.x + box.width)) + margin);
	const bottom = Math.min(height, Math.max(...boxes.map((box) => box.y + box.height)) + margin);

	const folder = folderOf(name);
	await mkdir(folder, { recursive: true });
	const path = join(folder, `${name}.png`);
	await page.screenshot({
		path,
		clip: { x: left, y: top, width: right - left, height: bottom - top },
		animations: 'disabled',
		caret: 'hide',
		// n8n's notices lie over what is to be seen.
		style: '.el-notification { visibility: hidden; }',
	});
	await quantise(path);
}

async function quantise(path: string): Promise<void> {
	try {
		await promisify(execFile)('pngquant', [
			...['--force', '--skip-if-larger', '--strip', '--output', path],
			...['--quality', '80-100', '--speed', '1', path],
		]);
	} catch (error) {
		const { code } = error as { code?: string | number };
		const isMissing = code === 'ENOENT';
		// Exit codes of pngquant: 98 the result would be larger, 99 it would be worse than asked.
		if (!isMissing && code !== 98 && code !== 99) throw error;
	}
}
