import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type { TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

const PROGRAM = "/usr/bin/chromium";

/** Nothing of Chromium's own may reach for a network. */
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"].concat([
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
]);

/** Milliseconds that it may take to start, or to do one thing: the first time it comes from a cold disk. */
const PATIENCE = 180_000;

/** Whether there is no Chromium here; the test is then skipped, in the gate it fails. */
export function isChromiumMissing(t: TestContext): boolean {
  const missing = !existsSync(PROGRAM);
  if (missing && process.env.CI === "true") {
    assert.fail("chromium is missing: apt-get install chromium");
  }
  if (missing) t.skip("chromium is missing: no page is looked at");
  return missing;
}

export function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: PROGRAM, args: ARGUMENTS, timeout: PATIENCE });
}

/** What a page did that it should not: errors and warnings, and anything it asked a network for. */
export interface Opened {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** Opens a file as a person does, in light or dark. */
export function openFile(
  browser: Browser,
  file: string,
  colorScheme: "light" | "dark" = "light",
): Promise<Opened> {
  const address = pathToFileURL(file).href;
  return openPage(browser, address, colorScheme, (url) => url === address);
}

/** The same with an address; what the page may ask for is told by `isOwn`. */
export async function openPage(
  browser: Browser,
  address: string,
  colorScheme: "light" | "dark",
  isOwn: (url: string) => boolean,
): Promise<Opened> {
  const context = await browser.newContext({ colorScheme, viewport: { width: 1000, height: 900 } });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!isOwn(url) && !url.startsWith("data:")) complaints.push(`request: ${url}`);
  });
  await page.goto(address);
  await page.waitForLoadState("load");
  // Plots are drawn in a task of their own.
  await page.waitForTimeout(200);
  return { page, complaints };
}

/**
 * How many pixels of each canvas differ from its first: a plot that was drawn has axes and lines.
 * The code runs in the page, where TypeScript knows no types.
 */
export function paintedPixels(page: Page): Promise<number[]> {
  return page.evaluate(`[...document.querySelectorAll("canvas")].map((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const pixels = new Uint32Array(data.buffer);
    return pixels.reduce((sum, pixel) => sum + (pixel === pixels[0] ? 0 : 1), 0);
  })`);
}
