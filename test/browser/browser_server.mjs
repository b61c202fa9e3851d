// node browser_server.mjs
//
// Starts one Chromium that several checks share, and prints the address at which they reach it
// (VIDEO_DOC_BROWSER). Runs until it is ended; Chromium ends with it.

import {serveBrowser} from "./chromium.mjs";

console.log((await serveBrowser()).wsEndpoint());
