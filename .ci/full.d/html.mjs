// Opens pages in Chromium: nothing is loaded, nothing fails, no text runs, and people can use them.
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [folder, screenshots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pages = readdirSync(folder).filter((name) => name.endsWith(".html")).sort();
if (pages.length < 20) throw new Error(`only ${pages.length} pages`);
mkdirSync(screenshots, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
let problems = 0;
const problem = (name, text) => {
  problems += 1;
  console.error(`${name}: ${text}`);
};

// Opens a page and notes whatever it does that it should not do.
const open = async (name, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  // A busy machine is no failure.
  context.setDefaultTimeout(300_000);
  const page = await context.newPage();
  const file = pathToFileURL(resolve(folder, name)).href;
  page.on("console", (message) => problem(name, `console: ${message.text()}`));
  page.on("pageerror", (error) => problem(name, `error: ${error.message}`));
  page.on("dialog", (dialog) => {
    problem(name, `a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== file) problem(name, `a request: ${request.url()}`);
  });
  await page.goto(file);
  return [page, context, file];
};

const accessible = async (name, page, how) => {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  for (const { id, impact, nodes } of violations) {
    if (!["serious", "critical"].includes(impact)) continue;
    problem(name, `${how}: axe ${id} (${impact}), ${nodes.length} times: ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`);
  }
};

// With the policy of the page and without it, in case it is all that stops a text from running.
const hostile = pages.filter((name) => name.startsWith("hostile-"));
for (const [name, bypassCSP] of hostile.flatMap((name) => [[name, false], [name, true]])) {
  const [page, context] = await open(name, { bypassCSP });
  // Whatever could be triggered is.
  await page.evaluate(() => {
    for (const one of document.querySelectorAll("details")) one.open = true;
    for (const one of document.querySelectorAll("*")) {
      one.dispatchEvent(new Event("mouseover", { bubbles: true }));
      one.dispatchEvent(new Event("focus"));
    }
  });
  const foreign = await page.evaluate(() => document.querySelectorAll("script, style, img, iframe, object, embed, form, base, link").length);
  if (foreign !== 2) problem(name, `${foreign} scripts, styles and loaded elements`);
  await context.close();
}

for (const name of pages.filter((name) => !hostile.includes(name))) {
  const [page, context, file] = await open(name);
  await page.evaluate(() => document.querySelectorAll("details").forEach((one, at) => { if (at < 40) one.open = true; }));
  await accessible(name, page, "light");
  const shot = (how) => page.screenshot({ path: join(screenshots, `${basename(name, ".html")}-${how}.png`) });
  await page.evaluate(() => document.querySelectorAll("details").forEach((one, at) => { one.open = one.matches(".tree details") || at < 2; }));
  await shot("light");
  await page.emulateMedia({ colorScheme: "dark" });
  await accessible(name, page, "dark");
  await shot("dark");
  await page.emulateMedia({ colorScheme: "light", media: "print" });
  await shot("print");
  await page.emulateMedia({ media: "screen" });
  await page.setViewportSize({ width: 390, height: 844 });
  await shot("phone");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) problem(name, `${wide} pixels wider than a phone`);
  await page.setViewportSize({ width: 1280, height: 900 });

  const cards = await page.locator(".card").count();
  if (cards > 1) {
    const text = await page.locator(".card .place").last().textContent();
    const search = page.getByRole("search", { name: "Filter findings" }).getByRole("searchbox");
    await search.fill(text);
    const shown = await page.locator(".card:visible").count();
    if (shown < 1 || shown > cards) problem(name, `the filter leaves ${shown} of ${cards}`);
    await search.fill("nothing has this text 123");
    if (await page.locator(".card:visible").count() !== 0) problem(name, "the filter leaves what does not match");
    await search.fill("");
    await page.getByLabel("Order").selectOption("rule");
    const rules = await page.locator(".card .rule").allTextContents();
    if (rules.join() !== [...rules].sort().join()) problem(name, "cards are not sorted by rule");
    await page.getByLabel("Order").selectOption("worst");
    // A link to what the filter hides shows everything, and says so.
    await search.fill("nothing has this text 123");
    await page.evaluate((id) => { location.hash = id; }, await page.locator(".card .inside").last().getAttribute("id"));
    await page.locator(".card:visible").last().waitFor();
    const status = await page.getByRole("search", { name: "Filter findings" }).getByRole("status").textContent();
    if (status !== `${cards} of ${cards} shown`) problem(name, `after a link: ${status}`);
    const anchor = await page.locator(".card .inside").last().getAttribute("id");
    await page.goto("about:blank");
    await page.goto(`${file}#${anchor}`);
    if (!await page.locator(`#${anchor}`).isVisible()) problem(name, "a link does not open its finding");
  }
  const names = page.getByRole("search", { name: "Filter properties" }).getByRole("searchbox");
  if (await names.count() > 0) {
    const all = await page.locator(".tree li").count();
    await names.first().fill("no property has this name");
    if (all > 0 && await page.locator(".tree li:visible").count() > 0) problem(name, "the tree is not filtered");
    // A location that was copied, and a type.
    const first = await page.locator(".tree li code").first().textContent();
    await names.first().fill(`/${first.replaceAll("~", "~0").replaceAll("/", "~1")}`);
    if (all > 0 && await page.locator(".tree li:visible").count() < 1) problem(name, "the tree is not searched by path");
    await names.first().fill("");
  }
  const rows = page.getByRole("search", { name: "Search properties" }).getByRole("searchbox");
  if (await rows.count() > 0) {
    await rows.fill("no property has this name");
    if (await page.locator("[data-filter=rows] tbody tr:visible").count() > 0) problem(name, "rows are not searched");
    await rows.fill("");
    if (await page.locator("[data-filter=rows] tbody tr:visible").count() < 1) problem(name, "rows stay hidden");
  }
  // What printing opens is closed again.
  const opened = () => page.locator("details[open]").count();
  const before = await opened();
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  if (await opened() !== await page.locator("details").count()) problem(name, "details are not printed");
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  if (await opened() !== before) problem(name, "details stay open after printing");
  // The keyboard reaches what is folded.
  const summary = page.locator("main summary:visible").first();
  if (await summary.count() > 0) {
    const state = () => summary.evaluate((one) => one.parentElement.open);
    const before = await state();
    await summary.focus();
    await page.keyboard.press("Enter");
    if (await state() === before) problem(name, "Enter does not open a finding");
  }
  await context.close();

  // Without scripts everything is there, and opens.
  const [plain, without] = await open(name, { javaScriptEnabled: false });
  const folded = plain.locator(".card > summary").first();
  if (await folded.count() > 0) {
    await folded.click();
    if (!await plain.locator(".card .inside").first().isVisible()) problem(name, "a finding does not open without scripts");
    if (await plain.locator("[role=search]").count() > 0) problem(name, "a filter without scripts");
  }
  await without.close();
}
await browser.close();
console.log(`${pages.length} pages, ${hostile.length} of them hostile: ${problems} problems`);
process.exitCode = problems > 0 ? 1 : 0;
