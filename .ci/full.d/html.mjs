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

// A page of a browser of its own. Whatever it does that it should not do is noted, under the name that it has then.
const blank = async (options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  // A busy machine is no failure.
  context.setDefaultTimeout(300_000);
  const page = await context.newPage();
  const is = { name: "", file: "" };
  page.on("console", (message) => problem(is.name, `console: ${message.text()}`));
  page.on("pageerror", (error) => problem(is.name, `error: ${error.message}`));
  page.on("dialog", (dialog) => {
    problem(is.name, `a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url().split("#")[0] !== is.file) problem(is.name, `a request: ${request.url()}`);
  });
  const show = async (name) => {
    Object.assign(is, { name, file: pathToFileURL(resolve(folder, name)).href });
    await page.goto(is.file);
  };
  return { page, context, is, show };
};
const open = async (name, options) => {
  const { page, context, is, show } = await blank(options);
  await show(name);
  return [page, context, is.file];
};

// Of many finding groups and rows, which are all alike, the first hundred and thirty: the others are off the page meanwhile, and back in
// their order afterwards. Only what is serious is returned: the results about each element take longer than the rules.
const accessible = async (name, page, how, rules) => {
  const found = await page.evaluate(async (rules) => {
    const off = [...document.querySelectorAll(".card:nth-of-type(n+101), tbody tr:nth-child(n+31)")].map((one) => [one.parentElement, one]);
    for (const [, one] of off) one.remove();
    const only = rules ? { runOnly: { type: "rule", values: rules } } : {};
    const { violations } = await globalThis.axe.run({ resultTypes: ["violations"], ...only });
    for (const [around, one] of off) around.append(one);
    const serious = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
    return serious.map(({ id, impact, nodes }) =>
      `axe ${id} (${impact}), ${nodes.length} times: ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`);
  }, rules);
  for (const text of found) problem(name, `${how}: ${text}`);
};

// With the policy of the page and without it, in case it is all that stops a text from running.
const hostile = pages.filter((name) => name.startsWith("hostile-"));
const attack = async (bypassCSP) => {
  const { page, context, show } = await blank({ bypassCSP });
  for (const name of hostile) {
    await show(name);
    // Whatever could be triggered is.
    const foreign = await page.evaluate(() => {
      for (const one of document.querySelectorAll("details")) one.open = true;
      for (const one of document.querySelectorAll("*")) {
        one.dispatchEvent(new Event("mouseover", { bubbles: true }));
        one.dispatchEvent(new Event("focus"));
      }
      return document.querySelectorAll("script, style, img, iframe, object, embed, form, base, link").length;
    });
    if (foreign !== 2) problem(name, `${foreign} scripts, styles and loaded elements`);
  }
  await context.close();
};

// Below the policy of Jenkins a page has neither style nor script, and everything is there and opens.
const restricted = async (name) => {
  const context = await browser.newContext();
  context.setDefaultTimeout(300_000);
  const page = await context.newPage();
  const url = "http://jenkins.test/report.html";
  const headers = { "content-security-policy": "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self';" };
  const body = readFileSync(join(folder, name), "utf8");
  await page.route("**/*", (route) => {
    if (route.request().url() !== url) problem(name, `a request: ${route.request().url()}`);
    return route.fulfill({ headers, contentType: "text/html", body });
  });
  await page.goto(url);
  if (await page.locator("[role=search]").count() > 0) problem(name, "the script runs below a policy that forbids it");
  const folded = page.locator(".card > summary").first();
  await folded.click();
  if (!await page.locator(".card .inside").first().isVisible()) problem(name, "a finding does not open without a style");
  await context.close();
};

const usual = pages.filter((name) => !hostile.includes(name));
const use = async (name) => {
  const [page, context, file] = await open(name);
  await page.evaluate(axe);
  await page.evaluate(() => document.querySelectorAll("details").forEach((one, at) => { if (at < 40) one.open = true; }));
  await accessible(name, page, "light");
  const shot = (how) => page.screenshot({ path: join(screenshots, `${basename(name, ".html")}-${how}.png`) });
  await page.evaluate(() => document.querySelectorAll("details").forEach((one, at) => { one.open = one.matches(".tree details") || at < 2; }));
  await shot("light");
  await page.emulateMedia({ colorScheme: "dark" });
  await accessible(name, page, "dark", ["color-contrast", "link-in-text-block"]);
  await shot("dark");
  // Nothing is wider than its page, and no column of the tree so narrow that nobody can read it.
  const fits = async (how, width, height) => {
    await page.setViewportSize({ width, height });
    const [wide, narrow] = await page.evaluate(() => [
      document.documentElement.scrollWidth - innerWidth,
      [...document.querySelectorAll(".tree .name, .tree .more")].filter((one) => one.offsetWidth > 0 && one.offsetWidth < 100).length,
    ]);
    if (wide > 0) problem(name, `${how}: ${wide} pixels wider than ${width}`);
    if (narrow > 0) problem(name, `${how}: ${narrow} names or facts of the tree are too narrow`);
  };
  await page.emulateMedia({ colorScheme: "light", media: "print" });
  await fits("print", 718, 1000);
  await shot("print");
  await page.emulateMedia({ media: "screen" });
  await fits("tablet", 800, 1000);
  await fits("phone", 390, 844);
  await fits("small phone", 320, 640);
  await page.setViewportSize({ width: 390, height: 844 });
  await shot("phone");
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
    const nodes = page.locator(".tree").first().locator("li");
    const all = await nodes.count();
    await names.first().fill("no property has this name");
    if (await nodes.and(page.locator(":visible")).count() > 0) problem(name, "the tree is not filtered");
    // A location that was copied, and a type.
    const first = await nodes.locator("code").first().textContent();
    await names.first().fill(`/${first.replaceAll("~", "~0").replaceAll("/", "~1")}`);
    if (all > 0 && await nodes.and(page.locator(":visible")).count() < 1) problem(name, "the tree is not searched by path");
    await names.first().fill("");
  }
  const rows = page.getByRole("search", { name: "Search properties" }).getByRole("searchbox");
  if (await rows.count() > 0) {
    await rows.fill("no property has this name");
    if (await page.locator("[data-filter=rows] tbody tr:visible").count() > 0) problem(name, "rows are not searched");
    await rows.fill("");
    if (await page.locator("[data-filter=rows] tbody tr:visible").count() < 1) problem(name, "rows stay hidden");
  }
  // What can be scrolled is a stop with a name, and nothing else is one.
  const stops = await page.evaluate(() => [...document.querySelectorAll(".scroll, pre")].filter((one) => one.checkVisibility()
    && (one.scrollWidth > one.clientWidth) !== (one.tabIndex === 0 && one.ariaLabel !== null)).length);
  if (stops > 0) problem(name, `${stops} stops of the keyboard without a name or a use`);
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
    // Browsers open what a link leads to.
    const last = plain.locator(".card .inside").last();
    const id = await last.getAttribute("id");
    await plain.goto("about:blank");
    await plain.goto(`${pathToFileURL(resolve(folder, name)).href}#${id}`);
    if (!await last.isVisible()) problem(name, "a link does not open its finding without scripts");
  }
  await without.close();
};

// Side by side, as most of the time one of them waits.
await Promise.all([
  attack(false),
  attack(true),
  (async () => {
    for (const name of usual) {
      const start = Date.now();
      await use(name);
      console.log(`${name}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
    }
    await restricted("golden-validate.html");
    await restricted("golden-drift.html");
  })(),
]);
await browser.close();
console.log(`${pages.length} pages, ${hostile.length} of them hostile: ${problems} problems`);
process.exitCode = problems > 0 ? 1 : 0;
