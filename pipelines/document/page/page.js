// The text: clicking into it, lighting the current word, following it; and the colours.

const words = [...text.querySelectorAll(".speech [data-t]")];
const begins = Float64Array.from(words, (word) => Number(word.dataset.t));
const parts = [...text.querySelectorAll(".part")];
const partBegins = parts.map((part) => Number(part.dataset.t));
const followButton = document.getElementById("follow");
let lit = null;
let following = false;

/** How much of the window's top is covered by what stays there. */
function covered() {
  const watch = document.querySelector(".watch");
  const narrow = getComputedStyle(document.querySelector(".side")).display === "contents";
  const bar = document.querySelector(".bar").offsetHeight;
  return narrow && media ? bar + watch.offsetHeight : bar;
}

/** Scrolls so that the element stands in the upper part of what can be seen, if it is not seen. */
function bringIntoView(target) {
  const top = covered() + 24;
  const box = target.getBoundingClientRect();
  if (box.top >= top && box.bottom <= innerHeight - 64) return;
  const distance = box.top - top - (innerHeight - top) / 4;
  const near = Math.abs(distance) < 2 * innerHeight && !calm.matches;
  scrollBy({top: distance, behavior: near ? "smooth" : "instant"});
  // Parts that were not laid out yet take their true height only now.
  if (!near) requestAnimationFrame(() => {
    const now = target.getBoundingClientRect();
    if (now.top < top || now.bottom > innerHeight) target.scrollIntoView({block: "center"});
  });
}

function stopFollowing() {
  following = false;
  followButton.hidden = !lit || !media || media.paused;
}

function startFollowing() {
  following = true;
  followButton.hidden = true;
  if (lit) bringIntoView(lit);
}

/** The word that is being said, or was said a moment ago. */
function currentWord() {
  const now = media.currentTime * 1000;
  const at = lastAtMost(begins, now + 1);
  if (at < 0) return null;
  const end = Number(words[at].dataset.e ?? Infinity);
  return now > end + 700 ? null : words[at];
}

function light() {
  const word = currentWord();
  if (word === lit) return;
  lit?.classList.remove("lit");
  word?.classList.add("lit");
  lit = word;
  if (word && following) bringIntoView(word);
}

const partLinks = [...document.querySelectorAll("#contents a")];
let litPart = -1;

function lightPart() {
  const at = lastAtMost(partBegins, media.currentTime * 1000 + 1);
  if (at === litPart) return;
  partLinks[litPart]?.removeAttribute("aria-current");
  partLinks[at]?.setAttribute("aria-current", "true");
  litPart = at;
}

function showMoment() {
  light();
  lightPart();
  if (controls.time) showTime(media.currentTime * 1000);
}

function keepShowing() {
  showMoment();
  if (!media.paused) requestAnimationFrame(keepShowing);
}

function watchPlayer() {
  if (!media) return;
  media.addEventListener("play", () => { startFollowing(); requestAnimationFrame(keepShowing); });
  media.addEventListener("pause", () => { followButton.hidden = true; });
  for (const type of ["seeking", "seeked", "timeupdate"]) media.addEventListener(type, showMoment);
  followButton.addEventListener("click", startFollowing);
  const scrollKeys = ["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"];
  for (const type of ["wheel", "touchmove"]) addEventListener(type, stopFollowing, {passive: true});
  addEventListener("keydown", (event) => {
    if (scrollKeys.includes(event.key) && !event.target.closest("input, select")) stopFollowing();
  });
}

/** A chapter of the contents is gone to in the text, by the link itself, and in the player. */
function seekByContents(event) {
  const link = event.target.closest("#contents a");
  if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  moveTo(partBegins[partLinks.indexOf(link)]);
}

function seekByClick(event) {
  if (!media || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("[data-seek]");
  const word = event.target.closest(".speech [data-t]");
  if (link) {
    event.preventDefault();
    seek(Number(link.dataset.seek));
  } else if (word && getSelection().isCollapsed) {
    seek(Number(word.dataset.t));
  }
}

function chooseColours() {
  const button = document.getElementById("theme");
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const say = () => button.setAttribute("aria-label", dark() ? "Light colours" : "Dark colours");
  try {
    const kept = localStorage.getItem("video-doc-theme");
    if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  } catch { /* a browser may forbid it; then the system decides */ }
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    try {
      localStorage.setItem("video-doc-theme", root.dataset.theme);
    } catch { /* as above */ }
    say();
  });
  system.addEventListener("change", say);
  button.hidden = false;
  say();
}

/** "#t=12.5" in the address begins there. */
function openAtMoment() {
  const moment = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash);
  if (moment && media) {
    const go = () => { media.currentTime = Number(moment[1]); };
    if (media.readyState > 0) go();
    else media.addEventListener("loadedmetadata", go, {once: true});
  }
}

/** The bar need not repeat a title that can be seen. */
function hideRepeatedTitle() {
  const bar = document.querySelector(".bar").offsetHeight;
  new IntersectionObserver(([head]) => {
    document.documentElement.classList.toggle("head-seen", head.isIntersecting);
  }, {rootMargin: `-${bar}px 0px 0px`}).observe(text.querySelector("h1"));
}

chooseColours();
hideRepeatedTitle();
watchPlayer();
startSearch();
text.addEventListener("click", seekByClick);
document.getElementById("contents")?.addEventListener("click", seekByContents);
openAtMoment();
addEventListener("hashchange", openAtMoment);
addEventListener("beforeprint", () => {
  for (const still of text.querySelectorAll("img")) still.loading = "eager";
});
if (matchMedia("(max-width: 56rem)").matches) {
  document.querySelector("#contents details")?.removeAttribute("open");
}
document.documentElement.classList.add("scripted");
void document.body.offsetHeight; // asks for the typefaces
document.fonts.ready.then(() => document.documentElement.classList.add("shown"));
