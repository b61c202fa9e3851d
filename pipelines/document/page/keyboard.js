// The keys, for as long as nothing else wants them.

const shortcuts = {
  " ": () => togglePlay(), k: () => togglePlay(),
  ArrowLeft: () => moveBy(-5), ArrowRight: () => moveBy(5),
  j: () => moveBy(-15), l: () => moveBy(15),
  p: () => changePart(-1), n: () => changePart(1),
  "<": () => changeSpeed(-1), ">": () => changeSpeed(1),
  m: () => toggleMute(), c: () => toggleCaptions(), f: () => toggleFullScreen(),
};

function moveBy(seconds) {
  moveTo((media.currentTime + seconds) * 1000);
}

/** Whether a key belongs to what has the focus: text goes into fields, Space presses a button. */
function isTaken(key, target) {
  if (target === timeline.range) return !["ArrowLeft", "ArrowRight"].includes(key) && key.length > 1;
  if (target.closest("input, select, textarea, dialog")) return true;
  return key === " " && target.closest("button, summary") !== null;
}

function pressKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (isTaken(key, event.target)) return;
  if (key === "/") {
    focusSearch();
  } else if (key === "?") {
    document.getElementById("keys").showModal();
  } else if (media && shortcuts[key]) {
    shortcuts[key]();
  } else {
    return;
  }
  event.preventDefault();
}

function watchKeys() {
  document.addEventListener("keydown", pressKey);
  const open = document.getElementById("keys-open");
  open.hidden = false;
  open.addEventListener("click", () => document.getElementById("keys").showModal());
}

watchKeys();
