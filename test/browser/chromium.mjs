// Starts Debian's Chromium for a check, and gathers what the check finds.

import {chromium} from "playwright-core";

/** Milliseconds that any single wait may take. */
export const patience = 100_000;

/** A browser that talks to nobody by itself. */
const settings = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--autoplay-policy=no-user-gesture-required", "--mute-audio"],
  timeout: 120_000,
};

export const serveBrowser = () => chromium.launchServer({...settings, host: "127.0.0.1"});

/** The one that browser_server.mjs started, which saves seconds; without it, one of our own. */
export function openBrowser() {
  const shared = process.env.VIDEO_DOC_BROWSER;
  return shared ? chromium.connect(shared, {timeout: 120_000}) : chromium.launch(settings);
}

/** What was looked at, what was seen, and what was wrong with it. */
export class Report {
  failures = [];
  seen = {};

  check(good, what) {
    if (!good && !this.failures.includes(what)) this.failures.push(what);
    return good;
  }

  /** Runs one part of a check; what it throws is a failure of that part alone. */
  async part(name, run) {
    try {
      await run();
    } catch (error) {
      this.failures.push(`${name}: ${String(error.message ?? error).split("\n").slice(0, 4).join(" ")}`);
    }
  }

  /** Prints the report as JSON and sets the exit code. */
  finish() {
    console.log(JSON.stringify({ok: this.failures.length === 0, failures: this.failures, ...this.seen}, null, 1));
    process.exitCode = this.failures.length === 0 ? 0 : 1;
  }
}

/** Ends the process when all of it takes too long, so that no caller waits for ever. */
export function endAfter(seconds) {
  setTimeout(() => {
    console.log(JSON.stringify({ok: false, failures: [`not done after ${seconds} s`]}));
    process.exit(3);
  }, seconds * 1000).unref();
}

/** "--name value" in the arguments, else the default. */
export function option(name, otherwise) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : process.argv[at + 1];
}
