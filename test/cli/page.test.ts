import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Chart } from "../../src/cli/figures/chart.ts";
import { htmlPage, type Page } from "../../src/cli/figures/page.ts";
import { isChromiumMissing, openFile, paintedPixels, startChromium } from "./chromium.ts";

const HOSTILE = `</script><script>alert(1)</script><img src=x onerror=alert(2)>"'&amp;<!--`;

const LINES: Chart = {
  kind: "lines",
  title: "Rate by threads",
  x: { label: "threads", log: 2 },
  y: { label: "hashes a second", unit: "H/s" },
  series: [
    {
      name: "measured",
      points: [
        [1, 245e6],
        [2, 480e6],
        [4, 900e6],
      ],
    },
    {
      name: "ideal",
      points: [
        [1, 245e6],
        [4, 980e6],
      ],
    },
    {
      name: HOSTILE,
      points: [
        [1, 1e6],
        [3, 2e6],
      ],
      style: "dots",
    },
    {
      name: "steps",
      points: [
        [1, 1e8],
        [2, 3e8],
        [4, 3e8],
      ],
      style: "steps",
    },
  ],
};

const BARS: Chart = {
  kind: "bars",
  title: "Kernels",
  y: { label: "hashes a second", unit: "H/s" },
  categories: ["avx512", "sha_ni", "scalar", HOSTILE],
  series: [
    { name: "sha1", values: [249e6, 96e6, 22e6, null] },
    { name: "sha256", values: [115e6, 127e6, null, 3e6] },
  ],
};

/** How many pixels of each wide table are not seen; run in the page. */
const CUT_OFF = `[...document.querySelectorAll(".scroll:has(.wide)")].map(
  (box) => box.scrollWidth - box.clientWidth,
)`;

const WIDE = {
  head: ["", "posts", "hashes", "each", "first", "highest", "money"],
  rows: [["talkative", "37", "38.8 M", "20.0", "20.0", "20.0", "$0.0000045"]],
};

const PAGE: Page = {
  title: HOSTILE,
  intro: [HOSTILE, "second"],
  sections: [
    { heading: "Scaling", text: "as it was measured", chart: LINES },
    { heading: "Wide", table: WIDE },
    { heading: HOSTILE, chart: BARS, table: { head: ["a", HOSTILE], rows: [[HOSTILE, "1"]] } },
    {
      heading: "Waiting",
      chart: {
        kind: "lines",
        title: "Waiting times",
        x: { label: "time", unit: "s", log: 10 },
        y: { label: "stamps found", unit: "%" },
        series: [
          {
            name: "all",
            points: [
              [0, 0],
              [1e-4, 0.2],
              [1e-3, 0.6],
              [1e-2, 1],
            ],
          },
        ],
      },
    },
  ],
};

test("a page needs nothing else, and text in it stays text", () => {
  const html = htmlPage(PAGE);
  assert.doesNotMatch(html, /<img|alert\(1\)<\/script><img/);
  assert.equal(html.match(/<script/g)?.length, 3);
  assert.equal(html.match(/<\/script>/g)?.length, 3);
  assert.doesNotMatch(html.replace(/<!--[\s\S]*?-->/g, ""), /\b(src|href)="(?!data:)/);
  assert.match(html, /Permission is hereby granted/);
  assert.match(html, /<figcaption>Rate by threads<\/figcaption>/);
  // The figures of the first chart: a row for each x, and one for the head.
  assert.equal(html.split("<details>")[1]?.split("</details>")[0]?.match(/<tr>/g)?.length, 5);
});

test("a page without charts has no script at all", () => {
  const html = htmlPage({ title: "t", sections: [{ heading: "h", text: "x" }] });
  assert.doesNotMatch(html, /<script/);
  assert.match(html, /script-src 'none'/);
});

test("Chromium draws every chart, light and dark, without an error or a request", async (t) => {
  if (isChromiumMissing(t)) return;
  const folder = mkdtempSync(join(tmpdir(), "stampmill-page-"));
  const browser = await startChromium();
  try {
    const file = join(folder, "page.html");
    writeFileSync(file, htmlPage(PAGE));
    for (const scheme of ["light", "dark"] as const) {
      const { page, complaints } = await openFile(browser, file, scheme);
      const painted = await paintedPixels(page);
      assert.equal(painted.length, 3);
      for (const pixels of painted) assert.ok(pixels > 5000, `${painted} pixels are painted`);
      assert.equal(await page.title(), HOSTILE);
      assert.match((await page.locator(".u-legend").first().innerText()) ?? "", /measured/);
      // Narrow, as on a telephone: the plots follow.
      await page.setViewportSize({ width: 400, height: 800 });
      await page.waitForTimeout(200);
      const width = await page.evaluate("document.documentElement.scrollWidth");
      assert.ok(Number(width) <= 400, `${width} columns of 400`);
      // Nothing of a wide table is cut off: its rows are lists now, and say what each value is.
      const cut = await page.evaluate(CUT_OFF);
      assert.deepEqual(cut, [0, 0, 0]);
      const money = page.locator('td[data-name="money"]');
      assert.ok(await money.isVisible());
      if (process.env.STAMPMILL_SCREENSHOTS) {
        await page.setViewportSize({ width: 1000, height: 900 });
        await page.waitForTimeout(200);
        const path = join(process.env.STAMPMILL_SCREENSHOTS, `page-${scheme}.png`);
        await page.screenshot({ path, fullPage: true });
      }
      assert.deepEqual(complaints, []);
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
});

test("a legend has names alone, and values where the chart is pointed at", async (t) => {
  if (isChromiumMissing(t)) return;
  const folder = mkdtempSync(join(tmpdir(), "stampmill-page-"));
  const browser = await startChromium();
  try {
    const file = join(folder, "page.html");
    const chart: Chart = { ...BARS, categories: ["avx512", "sha_ni", "scalar", "none"] };
    writeFileSync(file, htmlPage({ title: "t", sections: [{ heading: "h", chart }] }));
    const { page } = await openFile(browser, file);
    const legend = page.locator(".u-legend");
    const colons = () =>
      page.evaluate(
        `[...document.querySelectorAll(".u-legend th")].map((th) => getComputedStyle(th, "::after").content)`,
      );
    const words = async () => (await legend.innerText()).replace(/\s+/g, "");
    assert.equal(await words(), "sha1sha256");
    assert.deepEqual(await colons(), ["none", "none", "none"]);
    const { x, y, width, height } = (await page.locator(".u-over").boundingBox()) ?? assert.fail();
    // The left quarter is the first category, and all of its bars have their values.
    await page.mouse.move(x + 0.15 * width, y + height / 2);
    await legend.getByText("249").waitFor();
    assert.equal(await words(), "avx512sha1249MH/ssha256115MH/s");
    await page.mouse.move(1, 1);
    await legend.getByText("249").waitFor({ state: "detached" });
    assert.equal(await words(), "sha1sha256");
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
});

test("whatever is loaded from elsewhere is refused by the page's own policy, and seen here", async (t) => {
  if (isChromiumMissing(t)) return;
  const folder = mkdtempSync(join(tmpdir(), "stampmill-page-"));
  const browser = await startChromium();
  try {
    const file = join(folder, "page.html");
    const html = htmlPage(PAGE).replace("</body>", "<script>document.title = 1</script></body>");
    writeFileSync(file, html);
    const { page, complaints } = await openFile(browser, file);
    assert.equal(await page.title(), HOSTILE);
    assert.match(complaints.join(), /Content Security Policy/);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
});
