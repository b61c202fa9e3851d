// node play_growing.mjs DIR [--media 4] [--seconds 180]
//
// Serves DIR, whose job still runs, on the loopback address and plays its master playlist from the
// beginning in Chromium with hls.js, as fast as it was recorded, for 4 s of media. All the while the
// playlist must be one that grows (EVENT, no end), and have grown. Prints JSON; anything wrong is in
// "failures" and makes the exit code 1.

import {resolve} from "node:path";
import {endAfter, openBrowser, option, Report} from "./chromium.mjs";
import {ask, playerPage} from "./player_page.mjs";
import {serve} from "./served_folder.mjs";

const folder = resolve(process.argv[2]);
const media = Number(option("media", "4"));
const seconds = Number(option("seconds", "180"));
const patience = seconds * 1000 / 3;
const report = new Report();
endAfter(seconds);

const site = await serve(folder, playerPage());

const browser = await openBrowser();
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => report.check(false, `script error: ${error.message}`));
  await page.goto(`${site.address}/-/player.html`, {timeout: 100_000});
  await ask(page, "open", `${site.address}/master.m3u8`, -1, patience);
  const first = await ask(page, "playOn", 0.5, patience);
  const then = await ask(page, "playOn", media, patience);
  report.seen = {first, then};
  report.check(first.begin < 0.1, `it begins at ${first.begin} s`);
  report.check(then.reached >= media, `it has come to ${then.reached} s`);
  for (const one of [first, then])
    report.check(one.live && one.type === "EVENT", `the playlist does not grow: ${JSON.stringify(one)}`);
  report.check(then.segments > first.segments, `${first.segments} segments, then ${then.segments}`);
  report.check(then.decoded > 0, "no picture was decoded");
  for (const {details, fatal, reason} of await page.evaluate(() => window.player.errors))
    report.check(!fatal && details.startsWith("buffer"), `${details} ${reason}`);
} catch (error) {
  report.check(false, String(error.message ?? error));
} finally {
  await browser.close();
  site.stop();
}
for (const path of site.missing) report.check(false, `the playlist asks for ${path}, which is not there`);
report.finish();
