// node document_page.mjs DIR [--shots FOLDER]
//
// Opens DIR/index.html from disk in Chromium and checks what a reader does with it: play, click,
// search, read in the dark, on a phone, on paper and without scripts. Nothing may be asked of any
// network, nothing may be wrong in the console, and axe-core may find nothing. Where there is a
// master.m3u8 above DIR, the page is also served over HTTP and has to play that. Prints JSON.

import {createRequire} from "node:module";
import {existsSync, mkdirSync} from "node:fs";
import {basename, dirname, resolve} from "node:path";
import {pathToFileURL} from "node:url";
import {endAfter, openBrowser, option, patience, Report} from "./chromium.mjs";
import {serve} from "./served_folder.mjs";

const folder = resolve(process.argv[2]);
const address = pathToFileURL(`${folder}/index.html`).href;
const axeFile = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const shots = option("shots");
const report = new Report();
endAfter(110);

/** A page of the document in which every request and every complaint is noted. */
async function openPage(browser, settings, site = address) {
  const context = await browser.newContext(settings);
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  page.on("request", (request) => {
    const near = /^(file|data|blob):/.test(request.url()) || request.url().startsWith(new URL(site).origin);
    report.check(near, `asked the network for ${request.url()}`);
  });
  page.on("requestfailed", (request) => {
    const aborted = request.failure()?.errorText === "net::ERR_ABORTED"; // a seek, or a closed page
    report.check(aborted, `could not load ${request.url()}: ${request.failure()?.errorText}`);
  });
  page.on("pageerror", (error) => report.check(false, `script error: ${error.message}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) report.check(false, `console: ${message.text()}`);
  });
  page.on("dialog", (dialog) => report.check(false, `a dialog: ${dialog.message()}`));
  if (settings.javaScriptEnabled !== false) await page.addInitScript(() => {
    window.moved = 0;
    new PerformanceObserver((list) => {
      for (const {value, hadRecentInput} of list.getEntries()) if (!hadRecentInput) window.moved += value;
    }).observe({type: "layout-shift", buffered: true});
  });
  await page.goto(site, {waitUntil: "load", timeout: patience});
  return page;
}

async function shot(page, name, fullPage = false) {
  if (!shots) return;
  mkdirSync(shots, {recursive: true});
  await page.screenshot({path: `${shots}/${name}.png`, fullPage});
}

const mediaState = (page) => page.evaluate(() => {
  const {currentTime, duration, paused, error, currentSrc, readyState} = document.getElementById("media");
  return {currentTime, duration, paused, error: error?.message ?? null, currentSrc, readyState};
});

async function checkPlaying(page) {
  await page.waitForFunction(() => document.getElementById("media").readyState >= 1);
  const state = await mediaState(page);
  report.seen.media = {source: state.currentSrc.replace(/.*\//, ""), duration: state.duration};
  report.check(state.error === null && state.duration > 0, `does not play: ${state.error}`);
}

/** Clicks a word in the middle, and waits for it and its follower to be lit in turn. */
async function checkWords(page) {
  const words = page.locator(".speech [data-t]");
  const at = Math.floor((await words.count()) / 2);
  const word = words.nth(at);
  const begin = Number(await word.getAttribute("data-t"));
  await word.scrollIntoViewIfNeeded();
  await word.click();
  await page.waitForFunction(([t]) => {
    const lit = document.querySelector(".lit");
    return lit && Number(lit.dataset.t) >= t && Math.abs(document.getElementById("media").currentTime * 1000 - t) < 1500;
  }, [begin]);
  const first = await page.evaluate(() => Number(document.querySelector(".lit").dataset.t));
  report.check(first - begin < 1000, `clicked the word at ${begin} ms, lit is the one at ${first} ms`);
  const later = await words.evaluateAll((all, t) => all.map((one) => Number(one.dataset.t)).find((one) => one > t), first);
  const {duration} = await mediaState(page);
  if (later !== undefined && later - first < 4000 && later / 1000 < duration - 0.2) {
    await page.waitForFunction((t) => Number(document.querySelector(".lit")?.dataset.t ?? -1) > t, first);
    const [now, lit] = await page.evaluate(() =>
      [document.getElementById("media").currentTime * 1000, Number(document.querySelector(".lit")?.dataset.t ?? -1)]);
    report.check(lit < 0 || (lit <= now + 50 && now - lit < 3000), `at ${now} ms the word of ${lit} ms is lit`);
  }
  report.check(await page.locator(".lit").count() <= 1, "more than one word is lit");
  await shot(page, "playing");
  await page.evaluate(() => document.getElementById("media").pause());
  report.seen.words = await words.count();
}

/** Without a mouse: the time before a paragraph is a link that seeks on Enter. */
async function checkKeyboard(page) {
  const link = page.locator(".speech a.at").last();
  const wanted = Number(await link.getAttribute("data-seek")) / 1000;
  await link.focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction((t) => Math.abs(document.getElementById("media").currentTime - t) < 1.5, wanted);
  await page.evaluate(() => document.getElementById("media").pause());
  report.check(page.url() === address, "Enter on a time left the page");
}

async function checkPictures(page) {
  const stills = page.locator("figure a");
  const still = stills.nth(Math.floor((await stills.count()) / 2));
  const wanted = Number(await still.getAttribute("data-seek")) / 1000;
  await still.scrollIntoViewIfNeeded();
  await page.waitForFunction(() => [...document.querySelectorAll("figure img")].some((one) => one.naturalWidth > 0));
  await still.click();
  await page.waitForFunction((t) => Math.abs(document.getElementById("media").currentTime - t) < 1.5, wanted);
  await page.evaluate(() => document.getElementById("media").pause());
  report.seen.pictures = await stills.count();
}

async function checkSearch(page) {
  const words = page.locator(".speech [data-t]");
  const sought = await words.nth(Math.floor((await words.count()) / 3)).textContent();
  const state = () => page.evaluate(() => ({
    hits: document.querySelectorAll(".hit").length,
    now: document.querySelectorAll(".hit-now").length,
    found: document.getElementById("found").textContent,
    top: document.querySelector(".hit-now")?.getBoundingClientRect().top ?? -1,
    window: innerHeight,
  }));
  const shownIs = (pattern) => page.waitForFunction((source) =>
    new RegExp(source).test(document.getElementById("found").textContent), pattern);
  await page.keyboard.press("Control+k");
  await page.keyboard.type(sought.toUpperCase());
  await shownIs("^\\d+ of \\d+$");
  await page.waitForFunction(() => {
    const box = document.querySelector(".hit-now")?.getBoundingClientRect();
    return box && box.top >= 0 && box.bottom <= innerHeight;
  });
  const first = await state();
  report.check(first.hits >= 1 && first.now >= 1, `"${sought}" is not highlighted`);
  const [at, count] = [Number(first.found.split(" ")[0]), Number(first.found.split(" ")[2])];
  const around = (number) => (number - 1 + count) % count + 1;
  await page.keyboard.press("Enter");
  await shownIs(`^${around(at + 1)} of ${count}$`);
  await page.keyboard.press("Shift+Enter");
  await shownIs(`^${at} of ${count}$`);
  await page.locator("#previous").click();
  await shownIs(`^${around(at - 1)} of ${count}$`);
  report.check(await page.locator("#results a").count() === Math.min(count, 200), "the list of results is not whole");
  await shot(page, "search");
  await page.locator("#query").fill("qqxzzyq");
  await shownIs("^No match$");
  await page.locator("#query").press("Escape");
  await page.waitForFunction(() => document.querySelectorAll(".hit").length === 0 && document.getElementById("results").hidden);
  report.seen.search = {sought, found: count};
}

/** The controls, by mouse and by key, for what each of them promises. */
async function checkControls(page) {
  const state = () => page.evaluate(() => {
    const {currentTime, paused, muted, playbackRate, controls, textTracks} = document.getElementById("media");
    return {currentTime, paused, muted, playbackRate, controls, captions: [...textTracks].some(({mode}) => mode === "showing")};
  });
  const becomes = (test, value) => page.waitForFunction(([body, wanted]) =>
    new Function("media", "wanted", `return ${body}`)(document.getElementById("media"), wanted), [test, value]);
  report.check(!(await state()).controls, "the browser's own controls are there as well");
  await page.evaluate(() => { document.activeElement?.blur(); document.getElementById("media").currentTime = 1; });
  await page.keyboard.press("k");
  await becomes("!media.paused");
  await page.keyboard.press(" ");
  await becomes("media.paused");
  const {duration} = await mediaState(page);
  await page.keyboard.press("l");
  await becomes("Math.abs(media.currentTime - wanted) < 1.5", Math.min(16, duration));
  await page.keyboard.press("ArrowLeft");
  await becomes("media.currentTime < wanted", Math.min(16, duration) - 3);
  await page.keyboard.press(">");
  report.check((await state()).playbackRate === 1.25, "> does not make it faster");
  await page.keyboard.press("<");
  await page.keyboard.press("m");
  report.check((await state()).muted, "m does not mute");
  await page.keyboard.press("m");
  if (await page.locator(".buttons [aria-label=Captions]").count() > 0) {
    await page.keyboard.press("c");
    report.check((await state()).captions, "c shows no captions");
    await page.locator(".buttons [aria-label=Captions]").click();
    report.check(!(await state()).captions, "the button does not hide the captions");
  }
  const parts = await page.evaluate(() => JSON.parse(document.getElementById("facts").textContent).parts.map(([begin]) => begin / 1000));
  await page.evaluate(() => { document.getElementById("media").currentTime = 0; });
  if (parts.length > 1) {
    await page.keyboard.press("n");
    await becomes("Math.abs(media.currentTime - wanted) < 0.3", parts[1]);
    await page.locator("#contents a").first().click();
    await becomes("media.currentTime < 0.3");
  }
  await page.keyboard.press("?");
  report.check(await page.locator("#keys").isVisible(), "? does not list the keys");
  await page.keyboard.press("Escape");
}

/** The rail: it can be slid by mouse, and shows what is there before one goes there. */
async function checkTimeline(page) {
  const rail = await page.locator(".rail").boundingBox();
  const {duration} = await mediaState(page);
  await page.mouse.move(rail.x + rail.width * 0.75, rail.y + rail.height / 2);
  const preview = await page.evaluate(() => ({shown: getComputedStyle(document.querySelector(".preview")).visibility,
    legend: document.querySelector(".legend b").textContent, still: document.querySelector(".still").style.backgroundImage,
    sheets: JSON.parse(document.getElementById("facts").textContent).thumbnails?.sheets ?? []}));
  const [minutes, seconds] = preview.legend.split(":").map(Number);
  report.check(preview.shown === "visible" && Math.abs(minutes * 60 + seconds - duration * 0.75) < 2, `the preview says ${preview.legend}`);
  if (preview.sheets.length > 0) report.check(preview.sheets.some((sheet) => preview.still.includes(sheet)), `the preview shows ${preview.still}`);
  await page.mouse.click(rail.x + rail.width / 2, rail.y + rail.height / 2);
  await page.waitForFunction((t) => Math.abs(document.getElementById("media").currentTime - t) < 0.6, duration / 2);
  report.check(Math.abs(Number(await page.locator(".timeline input").inputValue()) - duration / 2) < 1, "the rail does not follow");
}

/** Text of others stays text: nothing of it became an element or ran. */
async function checkText(page) {
  const strange = await page.evaluate(() => ({
    inside: document.querySelectorAll(".speech p > :not(a.at, span), .speech span *, .name *, h1 *, #contents span *").length,
    foreign: document.querySelectorAll("iframe, object, embed, link[href^=http], [onerror], [onload]").length,
    scripts: [...document.scripts].filter(({src, type}) => !src.endsWith("hls.min.js") && type !== "application/json").length,
    hacked: "hacked" in window, moved: window.moved,
  }));
  report.check(strange.inside === 0 && strange.foreign === 0 && strange.scripts === 1 && !strange.hacked,
    `text became more than text: ${JSON.stringify(strange)}`);
  report.check(strange.moved < 0.02, `the page jumps while it loads: ${strange.moved}`);
}

async function checkCaptions(page) {
  const [wanted, tracks] = await page.evaluate(() => [
    JSON.parse(document.getElementById("facts").textContent).captions.map((one) => one.cues.length),
    [...document.getElementById("media").textTracks].map((one) => one.cues?.length ?? -1),
  ]);
  const isVideo = await page.locator("video#media").count() > 0;
  if (isVideo) report.check(JSON.stringify(wanted) === JSON.stringify(tracks), `captions ${tracks}, not ${wanted}`);
  report.seen.captions = tracks;
}

/** What the reader may ask of the page while looking at it with this width and these colours. */
async function checkLook(page, width, colours) {
  const name = `${colours}-${width}`;
  await page.setViewportSize({width, height: width < 600 ? 844 : 900});
  await page.emulateMedia({colorScheme: colours, reducedMotion: "reduce"}); // colours on their way fail
  await page.evaluate(() => scrollTo(0, 0));
  const violations = await page.evaluate(async () => {
    const {violations: found} = await window.axe.run(document, {resultTypes: ["violations"]});
    return found.map(({id, nodes}) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(" | ")}`);
  });
  for (const one of violations) report.check(false, `axe ${name}: ${one}`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  report.check(overflow <= 0, `${name}: ${overflow} px wider than the window`);
  const under = await page.evaluate(() => [...document.querySelectorAll(".scene:not(.silent, .many, .plain)")].filter((scene) =>
    scene.querySelector(".stills").getBoundingClientRect().right > scene.querySelector(".speech").getBoundingClientRect().left).length);
  report.check(width < 900 || under === 0, `${name}: ${under} pictures are not beside their speech`);
  await shot(page, name);
  await page.locator("#theme").click();
  const after = await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
  report.check(after !== colours, `${name}: the colours do not change`);
  await page.evaluate(() => { delete document.documentElement.dataset.theme; localStorage.clear(); });
  report.seen.axe = (report.seen.axe ?? 0) + 1;
}

/** Both widths in both colours. The text is many words of one kind: a part of them stands for all. */
async function checkLooks(page) {
  await page.addScriptTag({path: axeFile});
  await page.evaluate(() => {
    for (const part of [...document.querySelectorAll(".part")].slice(3)) part.remove();
  });
  for (const [width, colours] of [[1280, "light"], [1280, "dark"], [390, "dark"], [390, "light"]])
    await report.part(`${colours} ${width}`, () => checkLook(page, width, colours));
}

async function checkPaper(page) {
  await page.setViewportSize({width: 1000, height: 1400});
  await page.emulateMedia({media: "print", colorScheme: "dark"});
  const shown = await page.evaluate(() => ({
    watch: getComputedStyle(document.querySelector(".watch")).display,
    bar: getComputedStyle(document.querySelector(".bar")).display,
    paper: getComputedStyle(document.body).backgroundColor,
  }));
  report.check(shown.watch === "none" && shown.bar === "none", "the player is printed");
  report.check(shown.paper === "rgb(255, 255, 255)", `printed on ${shown.paper}`);
  await shot(page, "print");
}

async function checkWithoutScripts(browser) {
  const page = await openPage(browser, {viewport: {width: 1000, height: 900}, javaScriptEnabled: false});
  await shot(page, "no-script");
  const text = await page.locator("main").innerText();
  report.check(text.trim().length > 0, "there is nothing to read without scripts");
  report.check(!(await page.locator("#search").isVisible()), "a search that cannot work is shown");
  await page.context().close();
}

/** Where there are several renditions, one can be chosen, and is played then. */
async function checkQualities(page) {
  await page.waitForFunction(() => document.querySelector(".panel select"));
  const wanted = await page.evaluate(() => [...document.querySelectorAll(".choice")].find((row) =>
    row.textContent.startsWith("Quality") && !row.hidden)?.querySelector("select").options.length ?? 0);
  report.seen.qualities = wanted;
  if (wanted === 0) return;
  await page.locator(".settings > button").click();
  const choice = page.locator(".choice", {hasText: "Quality"}).locator("select");
  for (const at of [wanted - 1, 1]) {
    await choice.selectOption({index: at});
    const side = parseInt(await choice.locator("option").nth(at).textContent(), 10);
    await page.evaluate(() => document.getElementById("media").play());
    await page.waitForFunction((px) => {
      const {videoWidth, videoHeight, ended, play} = document.getElementById("media");
      if (ended) play.call(document.getElementById("media"));
      return Math.min(videoWidth, videoHeight) === px;
    }, side);
  }
  await page.evaluate(() => document.getElementById("media").pause());
  await page.keyboard.press("Escape");
  report.check(!(await page.locator(".panel").isVisible()), "Escape does not close the settings");
}

/** From a server, the page plays the playlist through its own copy of hls.js. */
async function checkServed(browser) {
  const site = await serve(dirname(folder));
  try {
    const page = await openPage(browser, {viewport: {width: 1280, height: 800}},
      `${site.address}/${encodeURIComponent(basename(folder))}/index.html`);
    await page.waitForFunction(() => document.getElementById("media").readyState >= 2);
    const state = await mediaState(page);
    report.check(state.currentSrc.startsWith("blob:"), `served, it plays ${state.currentSrc}`);
    await page.evaluate((t) => { document.getElementById("media").currentTime = t; }, state.duration / 2);
    await page.waitForFunction(() => !document.getElementById("media").seeking && document.getElementById("media").readyState >= 2);
    await checkCaptions(page);
    await checkQualities(page);
    report.seen.served = {duration: state.duration};
    for (const path of site.missing) report.check(false, `asked the server for ${path}, which is not there`);
    await page.context().close();
  } finally {
    site.stop();
  }
}

const browser = await openBrowser();
try {
  const page = await openPage(browser, {viewport: {width: 1280, height: 800}});
  const has = (selector) => page.locator(selector).count().then((count) => count > 0);
  const playable = await page.evaluate(() => document.getElementById("media") !== null && document.querySelector(".unplayable") === null);
  const [media, words, pictures] = [playable, await has(".speech [data-t]"), await has("figure")];
  if (media) await report.part("playing", () => checkPlaying(page));
  await report.part("text", () => checkText(page));
  if (media && words) await report.part("words", () => checkWords(page));
  if (media && words) await report.part("keyboard", () => checkKeyboard(page));
  if (media && pictures) await report.part("pictures", () => checkPictures(page));
  if (media) await report.part("controls", () => checkControls(page));
  if (media) await report.part("timeline", () => checkTimeline(page));
  if (words) await report.part("search", () => checkSearch(page));
  if (media) await report.part("captions", () => checkCaptions(page));
  await report.part("looks", () => checkLooks(page));
  await report.part("paper", () => checkPaper(page));
  await page.context().close();
  if (existsSync(`${dirname(folder)}/master.m3u8`)) await report.part("served", () => checkServed(browser));
  await report.part("no scripts", () => checkWithoutScripts(browser));
} finally {
  await browser.close();
}
report.finish();
