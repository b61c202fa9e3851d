// A page that plays with hls.js, for `serve` beside a folder: /-/player.html, on which `window.player`
// is what hls_player.js says.

import {readFileSync} from "node:fs";
import {createRequire} from "node:module";
import {fileURLToPath} from "node:url";

const hlsFile = createRequire(import.meta.url).resolve("hls.js/dist/hls.min.js");
const playerFile = fileURLToPath(new URL("hls_player.js", import.meta.url));

/** The page's files by their paths. */
export function playerPage() {
  return {
    "/-/player.html": "<!doctype html><link rel=icon href='data:,'><body style='margin:0'><video muted playsinline style='width:640px;height:360px'></video>"
        + "<script src='hls.js'></script><script src='player.js'></script>",
    "/-/hls.js": readFileSync(hlsFile, "utf8").replace(/\/\/# sourceMappingURL=.*/, ""),
    "/-/player.js": readFileSync(playerFile, "utf8"),
  };
}

/** Calls one of the player's functions in the page. */
export const ask = (page, name, ...values) =>
  page.evaluate(([called, args]) => window.player[called](...args), [name, values]);
