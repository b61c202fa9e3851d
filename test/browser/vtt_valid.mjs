// node vtt_valid.mjs [--readable] FILE...
//
// Checks WebVTT and SRT files with webvtt-parser. SRT is checked for its own form first, then for
// its times as WebVTT. A segment of an HLS rendition may carry X-TIMESTAMP-MAP. With --readable,
// cues have at most 2 lines of 42 characters, last 1 to 7 s and do not overlap.

import {readFileSync} from "node:fs";
import webvtt from "webvtt-parser";

const {WebVTTParser} = webvtt;

/** An SRT file as WebVTT; throws where SRT would be malformed. */
function srtAsVtt(text) {
  if (text.length === 0) return "WEBVTT\n";
  if (!text.endsWith("\n")) throw new Error("no line end at the end");
  const escape = (line) => line.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const blocks = text.slice(0, -1).split("\n\n").map((block, at) => {
    const [number, timing, ...lines] = block.split("\n");
    if (number !== String(at + 1)) throw new Error(`block ${at + 1} is numbered ${number}`);
    if (!/^\d\d:\d\d:\d\d,\d{3} --> \d\d:\d\d:\d\d,\d{3}$/.test(timing)) throw new Error(`bad timing: ${timing}`);
    if (lines.length === 0 || lines.some((line) => line.trim() === "")) throw new Error(`block ${at + 1} has no text`);
    return [number, timing.replaceAll(",", "."), ...lines.map(escape)].join("\n");
  });
  return `WEBVTT\n\n${blocks.join("\n\n")}\n`;
}

function problemsOfReading(cues) {
  const problems = [];
  cues.forEach((cue, at) => {
    const lines = cue.text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&").split("\n");
    const long = cue.endTime - cue.startTime;
    if (lines.length > 2) problems.push(`cue ${at + 1} has ${lines.length} lines`);
    if (lines.some((line) => [...line].length > 42)) problems.push(`cue ${at + 1} has a line of more than 42`);
    if (long < 0.9995 || long > 7.0005) problems.push(`cue ${at + 1} lasts ${long.toFixed(3)} s`);
    if (at > 0 && cue.startTime < cues[at - 1].endTime - 0.0005) problems.push(`cue ${at + 1} overlaps`);
  });
  return problems;
}

const readable = process.argv.includes("--readable");
const files = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const results = files.map((file) => {
  try {
    const raw = new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(readFileSync(file));
    const text = file.endsWith(".srt") ? srtAsVtt(raw)
        : raw.replace(/^WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:\d+,LOCAL:\d\d:\d\d:\d\d\.\d{3}\n/, "WEBVTT\n");
    const {cues, errors} = new WebVTTParser().parse(text, "subtitles");
    const problems = errors.map(({line, message}) => `line ${line}: ${message}`);
    if (readable) problems.push(...problemsOfReading(cues));
    return {file, cues: cues.length, problems};
  } catch (error) {
    return {file, cues: 0, problems: [error.message]};
  }
});
const ok = results.length > 0 && results.every(({problems}) => problems.length === 0);
console.log(JSON.stringify({ok, results}, null, 1));
process.exitCode = ok ? 0 : 1;
