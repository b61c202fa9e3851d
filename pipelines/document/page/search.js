// Full-text search over the titles and the words, whatever their case, accents and punctuation.

const query = document.getElementById("query");
const found = document.getElementById("found");
const text = document.getElementById("text");
const results = document.getElementById("results");
const search = {units: null, starts: null, joined: "", hits: [], current: -1};
const mostResults = 200;

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

function clearHits() {
  for (const unit of text.querySelectorAll(".hit")) unit.classList.remove("hit", "hit-now");
  search.hits = [];
  search.current = -1;
}

function timeOf(unit) {
  return Number((unit.closest("[data-t]") ?? unit).dataset.t);
}

/** One line of the list: when, and the words around the hit. */
function addResult(list, at) {
  const [first, last] = search.hits[at];
  const link = element("a", "", element("li", "", list));
  link.href = `#${search.units[first].closest(".part").id}`;
  element("span", "at", link).textContent = clock(timeOf(search.units[first]));
  const line = element("span", "line", link);
  line.dir = "auto";
  const isWord = (unit) => unit && !unit.classList.contains("name");
  const put = (from, to, parent) => {
    const said = search.units.slice(Math.max(0, from), to).filter((unit) => isWord(unit) === isWord(search.units[first]));
    parent.append(said.map((unit) => unit.textContent).join(" "));
  };
  if (isWord(search.units[first])) put(first - 4, first, line);
  line.append(" ");
  put(first, last + 1, element("mark", "", line));
  line.append(" ");
  if (isWord(search.units[first])) put(last + 1, last + 9, line);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    showHit(at);
    if (isWord(search.units[first])) seek(timeOf(search.units[first]));
  });
}

/** The list takes the place of the contents for as long as something is sought. */
function listResults() {
  const sought = query.value.trim().length > 0;
  results.hidden = !sought || search.hits.length === 0;
  document.getElementById("contents")?.toggleAttribute("hidden", !results.hidden);
  const list = document.createElement("ol");
  for (let at = 0; at < Math.min(search.hits.length, mostResults); ++at) addResult(list, at);
  results.replaceChildren(list);
  if (search.hits.length > mostResults)
    element("p", "quiet", results).textContent = `and ${search.hits.length - mostResults} more`;
}

/** Each hit is the first and the last of its units. */
function findAll() {
  clearHits();
  const wanted = folded(query.value);
  if (wanted.length > 0) {
    if (!search.units) makeIndex();
    for (let at = search.joined.indexOf(wanted); at >= 0; at = search.joined.indexOf(wanted, at + wanted.length)) {
      const hit = [lastAtMost(search.starts, at), lastAtMost(search.starts, at + wanted.length - 1)];
      if (hit[0] === search.hits.at(-1)?.[1]) continue;
      search.hits.push(hit);
      for (let unit = hit[0]; unit <= hit[1]; ++unit) search.units[unit].classList.add("hit");
    }
  }
  markMatches(search.hits.map(([first]) => timeOf(search.units[first])));
  listResults();
  document.getElementById("previous").disabled = search.hits.length === 0;
  document.getElementById("next").disabled = search.hits.length === 0;
  found.textContent = wanted.length === 0 ? "" : search.hits.length === 0 ? "No match" : `${search.hits.length} found`;
}

function showHit(at) {
  const mark = (on) => {
    const [first, last] = search.hits[search.current] ?? [0, -1];
    for (let unit = first; unit <= last; ++unit) search.units[unit].classList.toggle("hit-now", on);
    results.querySelectorAll("a")[search.current]?.toggleAttribute("aria-current", on);
  };
  mark(false);
  search.current = at;
  mark(true);
  stopFollowing();
  bringIntoView(search.units[search.hits[at][0]]);
  results.querySelectorAll("a")[at]?.scrollIntoView({block: "nearest"});
  found.textContent = `${at + 1} of ${search.hits.length}`;
}

function goToHit(step) {
  const count = search.hits.length;
  if (count === 0) return;
  showHit(search.current < 0 && step < 0 ? count - 1 : (search.current + step + count) % count);
}

/** The first hit that is not above what is being read. */
function goToNearest() {
  if (search.hits.length === 0) return;
  const top = covered();
  let low = 0;
  let high = search.hits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (search.units[search.hits[middle][0]].getBoundingClientRect().top < top) low = middle + 1;
    else high = middle;
  }
  showHit(low % search.hits.length);
}

function focusSearch() {
  query.focus();
  query.select();
}

function startSearch() {
  const form = document.getElementById("search");
  form.hidden = false;
  let waiting = 0;
  let shown = "";
  const findNow = () => {
    clearTimeout(waiting);
    if (query.value === shown) return false;
    shown = query.value;
    findAll();
    goToNearest();
    return true;
  };
  query.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(findNow, 150);
  });
  query.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      query.value = "";
      findNow();
      query.blur();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!findNow()) goToHit(event.shiftKey ? -1 : 1);
    }
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("previous").addEventListener("click", () => goToHit(-1));
  document.getElementById("next").addEventListener("click", () => goToHit(1));
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      focusSearch();
    }
  });
}
