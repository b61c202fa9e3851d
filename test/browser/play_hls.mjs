// node play_hls.mjs DIR [--playlist master.m3u8] [--rate 1] [--play best|all|none] [--seconds 240]
//
// Serves DIR on the loopback address and plays its master playlist in Chromium with hls.js: loads
// every quality completely and looks for gaps, seeks in each, switches through the audio tracks,
// compares the subtitles with captions/<language>.vtt, and plays to the end. Which picture a seek has
// to show, ffprobe says. Prints JSON; anything wrong is in "failures" and makes the exit code 1. Dropped pictures are counted, not judged: they
// tell of the machine.

import {execFileSync} from "node:child_process";
import {existsSync, readFileSync} from "node:fs";
import {resolve} from "node:path";
import webvtt from "webvtt-parser";
import {endAfter, openBrowser, option, Report} from "./chromium.mjs";
import {ask, playerPage} from "./player_page.mjs";
import {serve} from "./served_folder.mjs";

const folder = resolve(process.argv[2]);
const playlist = option("playlist", "master.m3u8");
const rate = Number(option("rate", "1"));
const play = option("play", "best");
const seconds = Number(option("seconds", "240"));
const patience = Math.min(60, seconds / 3) * 1000;
const report = new Report();
endAfter(seconds);

const site = await serve(folder, playerPage());
const address = `${site.address}/${playlist}`;

/**
 * A stall that hls.js got over by itself tells of a slow machine, and "no progress" of a segment
 * shorter than 50 ms; what is really missing shows in the buffer. Every other error is the media's.
 */
async function noteErrors(page, where) {
  for (const {details, fatal, reason} of await page.evaluate(() => window.player.errors)) {
    const harmless = /^buffer(Stalled|Nudge|AppendNoProgress)/.test(details);
    if (harmless && !fatal) (report.seen.notes ??= []).push(`${where}: ${details}`);
    else report.check(false, `${where}: ${details} ${reason}`);
  }
}

/**
 * When the pictures of a rendition are shown, and how long before the first is decoded, in its
 * files. A browser takes the time between decoding two pictures for how long the first is shown:
 * what it shows in the end is certain only where that is true, which `steady` tells. For the last
 * of a segment hls.js makes a guess.
 */
function picturesIn(playlistFile) {
  const packets = execFileSync("ffprobe", ["-v", "error", "-select_streams", "v:0", "-show_entries",
    "packet=pts_time,dts_time,flags", "-of", "csv=p=0", playlistFile], {encoding: "utf8"});
  const coded = packets.split("\n").filter(Boolean).map((line) => line.split(","))
      .map(([pts, dts, flags]) => [Number(pts), Number(dts), flags.startsWith("K")]).filter(([pts]) => Number.isFinite(pts));
  const keys = new Set(coded.filter(([, , key]) => key).map(([pts]) => pts));
  const held = new Map(coded.map(([pts, dts], at) => [pts, (coded[at + 1]?.[1] ?? Infinity) - dts]));
  const shown = [...held.keys()].sort((a, b) => a - b);
  const asLong = (at) => !keys.has(shown[at + 1]) && Math.abs(held.get(shown[at]) - (shown[at + 1] - shown[at])) < 0.003;
  return {times: shown.map((pts) => pts - shown[0]), delay: shown[0] - coded[0][1],
    steady: shown.map((_, at) => at > 0 && asLong(at - 1) && asLong(at))};
}

/**
 * One range, from the beginning to the end, within a frame. hls.js begins a transport stream with
 * the time at which the first picture is decoded.
 */
function checkBuffer({buffered, duration}, frame, delay, where) {
  report.check(buffered.length === 1, `${where}: the buffer has gaps: ${JSON.stringify(buffered)}`);
  const [begin, end] = [buffered[0]?.[0] ?? -1, buffered.at(-1)?.[1] ?? -1];
  report.check(begin <= frame || Math.abs(begin - delay) < 0.002, `${where}: begins at ${begin} s`);
  report.check(Math.abs(end - duration) <= frame, `${where}: ends at ${end} s of ${duration} s`);
}

/** Goes to the middle of a few pictures; that picture has to be shown then. */
async function checkSeeks(page, {times, steady}, opened, loaded, where) {
  const seeks = [];
  const begin = loaded.buffered[0][0];
  for (const part of [0.8, 0.1, 0.5, 0.97]) {
    let [due, wanted] = [opened.duration * part, opened.duration * part];
    if (times.length > 0) {
      const apart = (at) => (steady[at] ? Math.abs(times[at] + begin - wanted) : Infinity);
      const at = times.reduce((best, _, one) => (apart(one) < apart(best) ? one : best), 0);
      [due, wanted] = [times[at] + begin, (times[at] + times[at + 1]) / 2 + begin];
    }
    const shown = await ask(page, "seek", wanted, patience, times.length > 0);
    report.check(Math.abs(shown - due) < 0.003, `${where}: a seek to ${wanted} s shows the picture of ${shown} s, not that of ${due} s`);
    seeks.push([wanted, shown]);
  }
  return seeks;
}

async function playLevel(page, at, level) {
  const where = level.height ? `${level.width}x${level.height}` : `level ${at}`;
  const opened = await ask(page, "open", address, at, patience);
  const frame = level.frameRate > 0 ? 1 / level.frameRate + 0.001 : 0.05;
  const loaded = await ask(page, "loadAll", patience);
  const pictures = level.width ? picturesIn(`${folder}/${new URL(level.uri).pathname.slice(1)}`) : {times: [], steady: [], delay: 0};
  checkBuffer(loaded, frame, pictures.delay, where);
  if (level.width) report.check(loaded.width === level.width && loaded.height === level.height,
    `${where}: the picture has ${loaded.width}x${loaded.height}`);
  const seeks = await checkSeeks(page, pictures, opened, loaded, where);
  const seen = {...level, duration: loaded.duration, buffered: loaded.buffered, seeks};
  if (play === "all" || (play === "best" && at === opened.levels.length - 1)) {
    seen.played = await ask(page, "playToEnd", 0, rate, Math.min(seconds * 1000, patience + opened.duration * 1500 / rate));
    report.check(Math.abs(seen.played.endedAt - seen.played.duration) <= frame, `${where}: ended at ${seen.played.endedAt} s`);
    if (level.width) report.check(seen.played.decoded > 0, `${where}: no picture was decoded`);
  }
  await noteErrors(page, where);
  return seen;
}

/** The cues that the player has must be those of the file beside it, at the same times. */
async function checkSubtitles(page, at, {language, name}) {
  const {fragments, cues} = await ask(page, "readSubtitles", at, patience);
  const seen = {name, language, fragments, cues: cues.length};
  const file = `${folder}/captions/${language || "und"}.vtt`;
  if (existsSync(file)) {
    const wanted = new webvtt.WebVTTParser().parse(readFileSync(file, "utf8"), "subtitles").cues;
    seen.cuesInFile = wanted.length;
    report.check(cues.length === wanted.length, `subtitles ${language}: ${cues.length} cues, not ${wanted.length}`);
    const apart = wanted.map((cue, index) => Math.max(Math.abs(cue.startTime - (cues[index]?.[0] ?? -1)), Math.abs(cue.endTime - (cues[index]?.[1] ?? -1))));
    seen.furthestApart = Math.max(0, ...apart);
    report.check(seen.furthestApart < 0.05, `subtitles ${language}: up to ${seen.furthestApart} s away from their time`);
  }
  return seen;
}

const browser = await openBrowser();
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => report.check(false, `script error: ${error.message}`));
  await page.goto(`${site.address}/-/player.html`, {timeout: 100_000});
  const opened = await ask(page, "open", address, -1, patience);
  report.seen = {...report.seen, duration: opened.duration, levels: [], audio: opened.audio, subtitles: []};
  for (let at = 0; at < opened.subtitles.length; ++at)
    await report.part(`subtitles ${at}`, async () => {
      report.seen.subtitles.push(await checkSubtitles(page, at, opened.subtitles[at]));
    });
  for (let at = opened.audio.length - 1; at >= 0; --at)
    await report.part(`audio ${opened.audio[at].name}`, () => ask(page, "switchAudio", at, 100_000));
  await noteErrors(page, "automatic");
  for (let at = 0; at < opened.levels.length; ++at)
    await report.part(`level ${at}`, async () => {
      report.seen.levels.push(await playLevel(page, at, opened.levels[at]));
    });
} catch (error) {
  report.check(false, String(error.message ?? error));
} finally {
  await browser.close();
  site.stop();
}
for (const path of site.missing) report.check(false, `the playlist asks for ${path}, which is not there`);
report.finish();
