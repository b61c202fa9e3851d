// The time line below the player: parts, matches of the search, and small pictures on the way.
// It repeats for the mouse what the player's own controls do for everybody.

const timeline = document.getElementById("timeline");
const share = (ms) => `${Math.min(100, (100 * ms) / facts.duration)}%`;

function clock(ms) {
  const total = Math.floor(ms / 1000);
  const two = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`;
}

function element(name, className, parent) {
  const made = document.createElement(name);
  made.className = className;
  parent?.append(made);
  return made;
}

/** Shows where the search found something; marks that would touch become one. */
function markMatches(times) {
  const old = timeline.querySelector(".matches");
  const marks = element("div", "matches");
  const step = facts.duration / 120;
  const places = new Set(times.map((ms) => Math.round(ms / step)));
  for (const place of places) element("i", "", marks).style.left = share(place * step);
  old?.replaceWith(marks);
}

function showPreview(preview, ms) {
  const tiles = facts.thumbnails;
  const still = preview.firstChild;
  if (tiles) {
    const at = Math.min(tiles.count - 1, Math.floor(ms / tiles.interval));
    const inSheet = at % (tiles.columns * tiles.rows);
    still.style.width = `${tiles.width}px`;
    still.style.height = `${tiles.height}px`;
    still.style.backgroundImage = `url("${tiles.sheets[Math.floor(at / (tiles.columns * tiles.rows))]}")`;
    still.style.backgroundPosition =
        `${-(inSheet % tiles.columns) * tiles.width}px ${-Math.floor(inSheet / tiles.columns) * tiles.height}px`;
  }
  const part = facts.parts.findLast?.(([begin]) => begin <= ms)?.[1];
  preview.lastChild.textContent = part ? `${clock(ms)}  ${part}` : clock(ms);
}

function makeTimeline() {
  if (!media || facts.duration <= 0) return;
  timeline.hidden = false;
  const track = element("div", "track", timeline);
  const played = element("div", "played", track);
  for (const [begin] of facts.parts.slice(1)) element("i", "part-mark", track).style.left = share(begin);
  element("div", "matches", track);
  const preview = element("div", "preview", timeline);
  element("div", "still", preview);
  element("div", "legend", preview);
  const at = (event) => {
    const box = track.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * facts.duration;
  };
  timeline.addEventListener("pointermove", (event) => {
    showPreview(preview, at(event));
    const box = timeline.getBoundingClientRect();
    const half = preview.offsetWidth / 2;
    const left = Math.max(half, Math.min(box.width - half, event.clientX - box.left));
    preview.style.left = `${left}px`;
  });
  timeline.addEventListener("click", (event) => seek(at(event)));
  media.addEventListener("timeupdate", () => { played.style.width = share(media.currentTime * 1000); });
}

makeTimeline();
