// The time line: parts, matches of the search, and small pictures on the way. A range input on top
// of it is what the keyboard and a screen reader use.

const share = (ms) => `${Math.min(100, (100 * ms) / facts.duration)}%`;
const timeline = {rail: null, range: null, marks: null};

function clock(ms) {
  const total = Math.floor(ms / 1000);
  const two = (value) => String(value).padStart(2, "0");
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`;
}

function element(name, className, parent) {
  const made = document.createElement(name);
  if (className) made.className = className;
  parent?.append(made);
  return made;
}

/** The last index whose value is at most `value`, or -1. `values` grow. */
function lastAtMost(values, value) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const partTimes = facts.parts.map(([begin]) => begin);
const partAt = (ms) => facts.parts[lastAtMost(partTimes, ms + 1)]?.[1] ?? "";

/** Shows where the search found something; marks that would touch become one. */
function markMatches(times) {
  if (!timeline.marks) return;
  const marks = element("div", "matches");
  const step = facts.duration / 120;
  const places = new Set(times.map((ms) => Math.round(ms / step)));
  for (const place of places) element("i", "", marks).style.left = share(place * step);
  timeline.marks.replaceWith(marks);
  timeline.marks = marks;
}

function showPreview(preview, ms) {
  const tiles = facts.thumbnails;
  const [still, legend] = preview.children;
  if (tiles) {
    const at = Math.min(tiles.count - 1, Math.floor(ms / tiles.interval));
    const inSheet = at % (tiles.columns * tiles.rows);
    still.style.width = `${tiles.width}px`;
    still.style.height = `${tiles.height}px`;
    still.style.backgroundImage = `url("${tiles.sheets[Math.floor(at / (tiles.columns * tiles.rows))]}")`;
    still.style.backgroundPosition =
        `${-(inSheet % tiles.columns) * tiles.width}px ${-Math.floor(inSheet / tiles.columns) * tiles.height}px`;
  }
  legend.firstChild.textContent = clock(ms);
  legend.lastChild.textContent = partAt(ms);
}

/** The pointer over the rail shows what is there. */
function addPreview(box) {
  const preview = element("div", "preview", box);
  preview.setAttribute("aria-hidden", "true");
  element("div", "still", preview);
  const legend = element("div", "legend", preview);
  element("b", "", legend);
  element("span", "", legend).dir = "auto";
  timeline.range.addEventListener("pointermove", (event) => {
    const rail = timeline.rail.getBoundingClientRect();
    const within = Math.max(0, Math.min(1, (event.clientX - rail.left) / rail.width));
    showPreview(preview, within * facts.duration);
    const half = preview.offsetWidth / 2;
    preview.style.left = `${Math.max(half, Math.min(rail.width - half, event.clientX - rail.left))}px`;
  });
}

function showPosition(ms) {
  timeline.range.value = String(ms / 1000);
  timeline.rail.style.setProperty("--played", share(ms));
  const part = partAt(ms);
  timeline.range.setAttribute("aria-valuetext", `${clock(ms)} of ${clock(facts.duration)}${part ? `, ${part}` : ""}`);
}

function showBuffered() {
  const {buffered, currentTime} = media;
  for (let at = 0; at < buffered.length; ++at)
    if (buffered.start(at) <= currentTime + 0.1 && buffered.end(at) >= currentTime)
      timeline.rail.style.setProperty("--buffered", share(buffered.end(at) * 1000));
}

function makeTimeline(parent) {
  const box = element("div", "timeline", parent);
  timeline.rail = element("div", "rail", box);
  for (const [begin] of facts.parts.slice(1)) element("i", "cut", timeline.rail).style.left = share(begin);
  timeline.marks = element("div", "matches", timeline.rail);
  timeline.range = element("input", "", box);
  Object.assign(timeline.range, {type: "range", min: "0", max: String(facts.duration / 1000), step: "0.01"});
  timeline.range.setAttribute("aria-label", "Position");
  addPreview(box);
  timeline.range.addEventListener("input", () => moveTo(Number(timeline.range.value) * 1000));
  media.addEventListener("progress", showBuffered);
  showPosition(0);
}
