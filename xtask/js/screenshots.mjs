// The pictures of the demo that the README shows, light and dark.
//
//   node xtask/js/screenshots.mjs <the local Paragon's address> <folder>
//
// `cargo xtask screenshots` prepares what it needs.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import UPNG from "upng-js";

import { launchChromium, openPage } from "../../tests/support/browser.mjs";
import { serve } from "../../www/serve.mjs";

/** Larger ones make the README slow to read. */
const MOST_BYTES = 150_000;

/** As many as the page needs, and its letters' edges: with them a picture has a third of its size. */
const COLOURS = 128;

const PICTURES = {
  catalogue: { userId: "ada", at: "#/integrations" },
  integration: { userId: "mateo", at: "#/integrations/salesforce", prepare: openSettings },
};

async function openSettings(page) {
  await page.locator(".row-settings summary").first().click();
}

const [sandbox, folder] = process.argv.slice(2);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const site = await serve({ "/": here("../../www"), "/paragon-wasm": here("../../pkg") }, { config: { sandbox } });
const browser = await launchChromium();
try {
  await mkdir(folder, { recursive: true });
  for (const [name, picture] of Object.entries(PICTURES)) {
    for (const colorScheme of ["light", "dark"]) {
      const file = join(folder, `demo-${name}-${colorScheme}.png`);
      const png = withPalette(await take({ ...picture, colorScheme }));
      if (png.length > MOST_BYTES) throw new Error(`${file} would have ${png.length} bytes`);
      await writeFile(file, png);
      console.log(`${file}: ${Math.round(png.length / 1000)} kB`);
    }
  }
} finally {
  await browser.close();
  await site.close();
}

async function take({ userId, at, prepare, colorScheme }) {
  const { page, problems } = await openPage(browser, `${site.address}/${at}`, {
    colorScheme,
    viewport: { width: 1280, height: 800 },
    deviceScaleFactor: 1.5,
    reducedMotion: "reduce",
  });
  await page.locator(`.user[data-user="${userId}"]`).first().click();
  await page.waitForFunction(() => document.querySelector("main h1") && !document.querySelector("main .skeleton"));
  await prepare?.(page);
  // The icons are drawn, and nothing has the focus or the pointer.
  await page.waitForFunction(() => [...document.images].every(({ complete }) => complete));
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement.blur());
  const png = await page.screenshot();
  await page.context().close();
  if (problems.length > 0) throw new Error(`${at}: ${problems.join("\n")}`);
  return png;
}

function withPalette(png) {
  const image = UPNG.decode(png);
  const [pixels] = UPNG.toRGBA8(image);
  return Buffer.from(UPNG.encode([pixels], image.width, image.height, COLOURS));
}
