// Full-text search over the titles and the words, whatever their case, accents and punctuation.

const query = document.getElementById("query");
const found = document.getElementById("found");
const text = document.getElementById("text");
const search = {units: null, starts: null, joined: "", hits: [], current: -1};

const folded = (value) => value.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
    .replace(/[^\p{L}\p{N}\p{S}]+/gu, " ").trim();

/** One long text of all units, and where in it each of them begins. */
function makeIndex() {
  search.units = [...text.querySelectorAll("h2 .name, .speech [data-t]")];
  search.starts = new Uint32Array(search.units.length);
  const pieces = [];
  let length = 0;
  search.units.forEach((unit, at) => {
    const piece = `${folded(unit.textContent)} `;
    const apart = unit.classList.contains("name") ? "\n" : "";
    search.starts[at] = length + apart.length;
    pieces.push(apart + piece + apart);
    length += piece.length + 2 * apart.length;
  });
  search.joined = pieces.join("");
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

function clearHits() {
  for (const unit of text.querySelectorAll(".hit")) unit.classList.remove("hit", "hit-now");
  search.hits = [];
  search.current = -1;
}

function timeOf(unit) {
  return Number((unit.closest("[data-t]") ?? unit).dataset.t);
}

/** Each hit is the first and the last of its units. */
function findAll() {
  clearHits();
  const wanted = folded(query.value);
  if (wanted.length > 0) {
    if (!search.units) makeIndex();
    for (let at = search.joined.indexOf(wanted); at >= 0; at = search.joined.indexOf(wanted, at + wanted.length)) {
      const hit = [lastAtMost(search.starts, at), lastAtMost(search.starts, at + wanted.length - 1)];
      search.hits.push(hit);
      for (let unit = hit[0]; unit <= hit[1]; ++unit) search.units[unit].classList.add("hit");
    }
  }
  markMatches(search.hits.map(([first]) => timeOf(search.units[first])));
  document.getElementById("previous").disabled = search.hits.length === 0;
  document.getElementById("next").disabled = search.hits.length === 0;
  found.textContent = wanted.length === 0 ? "" : search.hits.length === 0 ? "No match" : `${search.hits.length} found`;
}

function goToHit(step) {
  if (search.hits.length === 0) return;
  const mark = (on) => {
    const [first, last] = search.hits[search.current] ?? [0, -1];
    for (let unit = first; unit <= last; ++unit) search.units[unit].classList.toggle("hit-now", on);
  };
  mark(false);
  search.current = search.current < 0 && step < 0 ? search.hits.length - 1
      : (search.current + step + search.hits.length) % search.hits.length;
  mark(true);
  stopFollowing();
  bringIntoView(search.units[search.hits[search.current][0]]);
  found.textContent = `${search.current + 1} of ${search.hits.length}`;
}

function startSearch() {
  const form = document.getElementById("search");
  form.hidden = false;
  let waiting = 0;
  let shown = "";
  const findNow = () => {
    clearTimeout(waiting);
    if (query.value === shown) return;
    shown = query.value;
    findAll();
  };
  query.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { findNow(); goToHit(1); }, 150);
  });
  query.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      query.value = "";
      findNow();
    } else if (event.key === "Enter") {
      event.preventDefault();
      findNow();
      goToHit(event.shiftKey ? -1 : 1);
    }
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("previous").addEventListener("click", () => goToHit(-1));
  document.getElementById("next").addEventListener("click", () => goToHit(1));
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      query.focus();
      query.select();
    }
  });
}
