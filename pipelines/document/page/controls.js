// The controls below the picture. Without a script, the browser's own are there instead.

const icons = {
  play: '<path class="full" d="M6.5 4.2v11.6l9-5.8z"/>',
  pause: '<path class="full" d="M5.5 4h3v12h-3zM11.5 4h3v12h-3z"/>',
  sound: '<path class="full" d="M3.5 7.8v4.4h2.7L10 15.4V4.6L6.2 7.8z"/><path d="M12.6 7.2a4 4 0 0 1 0 5.6M14.8 5a7 7 0 0 1 0 10"/>',
  silence: '<path class="full" d="M3.5 7.8v4.4h2.7L10 15.4V4.6L6.2 7.8z"/><path d="m13 8 4 4m0-4-4 4"/>',
  captions: '<rect x="2.5" y="4.5" width="15" height="11" rx="2"/><path d="M8.6 8.7a1.9 1.9 0 1 0 0 2.6M14.4 8.7a1.9 1.9 0 1 0 0 2.6"/>',
  settings: '<path d="M3 6h7m4.5 0H17M3 14h2.5M10 14h7"/><circle cx="12.2" cy="6" r="2.1"/><circle cx="7.8" cy="14" r="2.1"/>',
  full: '<path d="M7.5 3.5h-4v4m13 0v-4h-4m0 13h4v-4m-13 0v4h4"/>',
};
const speeds = [0.75, 1, 1.25, 1.5, 1.75, 2];
const controls = {play: null, time: null, mute: null, captions: null, settings: null, panel: null, choices: {}};

function setIcon(button, name, label) {
  if (button.dataset.icon === name) return;
  button.dataset.icon = name;
  button.innerHTML = `<svg aria-hidden="true" viewBox="0 0 20 20">${icons[name]}</svg>`;
  button.setAttribute("aria-label", label);
  button.title = label;
}

function addButton(parent, className, icon, label, press) {
  const button = element("button", className, parent);
  button.type = "button";
  setIcon(button, icon, label);
  button.addEventListener("click", press);
  return button;
}

const isVideo = media?.localName === "video";
const stage = () => media.closest(".stage");

function togglePlay() {
  if (media.paused) media.play().catch(() => {});
  else media.pause();
}

function toggleMute() {
  media.muted = !media.muted;
}

const shownCaptions = () => [...media.textTracks].findIndex(({mode}) => mode === "showing");

function showCaptions(chosen) {
  [...media.textTracks].forEach((track, at) => { track.mode = at === chosen ? "showing" : "hidden"; });
  controls.captions?.setAttribute("aria-pressed", String(chosen >= 0));
  if (chosen >= 0) controls.lastCaptions = chosen;
  fillChoices();
}

function toggleCaptions() {
  if (isVideo && facts.captions.length > 0) showCaptions(shownCaptions() >= 0 ? -1 : controls.lastCaptions ?? 0);
}

function toggleFullScreen() {
  if (!isVideo) return;
  if (document.fullscreenElement) document.exitFullscreen();
  else if (stage().requestFullscreen) stage().requestFullscreen().catch(() => {});
  else media.webkitEnterFullscreen?.(); // a telephone that shows nothing but videos in full
}

function changeSpeed(step) {
  const at = lastAtMost(speeds, media.playbackRate) + step;
  media.playbackRate = speeds[Math.max(0, Math.min(speeds.length - 1, at))];
}

/** To the part before or after; early in a part, "before" is the one before that. */
function changePart(step) {
  const now = media.currentTime * 1000;
  const at = lastAtMost(partTimes, step < 0 ? now - 2000 : now + 1);
  const wanted = partTimes[Math.max(0, step < 0 ? at : at + 1)];
  if (wanted !== undefined) moveTo(wanted);
}

function addChoice(name, label, choose) {
  const row = element("label", "choice", controls.panel);
  element("span", "", row).textContent = label;
  const select = element("select", "", row);
  select.addEventListener("change", () => choose(select.value));
  controls.choices[name] = {row, select};
}

function fillChoice(name, {now, all}) {
  const {row, select} = controls.choices[name];
  const known = JSON.stringify(all);
  if (select.dataset.known !== known) {
    select.replaceChildren(...all.map(([value, text]) => new Option(text, value)));
    select.dataset.known = known;
  }
  select.value = now;
  row.hidden = all.length < 2;
}

function fillChoices() {
  if (!controls.panel) return;
  fillChoice("speed", {now: String(media.playbackRate), all: speeds.map((one) => [String(one), one === 1 ? "Normal" : `${one}×`])});
  fillChoice("quality", qualities());
  fillChoice("sound", sounds());
  fillChoice("captions", {now: String(isVideo ? shownCaptions() : -1),
    all: isVideo ? [["-1", "Off"], ...facts.captions.map(({name}, at) => [String(at), name || `Captions ${at + 1}`])] : []});
  const served = Boolean(player.hls);
  controls.hint.hidden = !isVideo || served || !facts.playlist;
}

function showPanel(open) {
  controls.panel.hidden = !open;
  controls.settings.setAttribute("aria-expanded", String(open));
  if (open) controls.panel.querySelector("select").focus();
}

function makePanel(parent) {
  const place = element("div", "settings", parent);
  controls.settings = addButton(place, "", "settings", "Settings", () => showPanel(controls.panel.hidden));
  controls.settings.setAttribute("aria-expanded", "false");
  controls.panel = element("div", "panel", place);
  controls.panel.hidden = true;
  addChoice("speed", "Speed", (value) => { media.playbackRate = Number(value); });
  addChoice("quality", "Quality", (value) => { player.hls.nextLevel = Number(value); fillChoices(); });
  addChoice("sound", "Sound", (value) => { player.hls.audioTrack = Number(value); });
  addChoice("captions", "Captions", (value) => showCaptions(Number(value)));
  controls.hint = element("p", "quiet", controls.panel);
  controls.hint.textContent = "Opened from disk, the page plays one quality. From a web server it offers them all.";
  place.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || controls.panel.hidden) return;
    event.stopPropagation();
    showPanel(false);
    controls.settings.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!controls.panel.hidden && !place.contains(event.target)) showPanel(false);
  });
}

/** In full screen the controls lie over the picture, and go when nothing moves. */
function hideWhenIdle() {
  let waiting = 0;
  const wake = () => {
    stage().classList.remove("idle");
    clearTimeout(waiting);
    waiting = setTimeout(() => stage().classList.toggle("idle", !media.paused && controls.panel.hidden), 2500);
  };
  for (const type of ["pointermove", "pointerdown", "keydown"]) stage().addEventListener(type, wake);
  media.addEventListener("pause", wake);
}

function showState() {
  setIcon(controls.play, media.paused ? "play" : "pause", media.paused ? "Play" : "Pause");
  const silent = media.muted || media.volume === 0;
  setIcon(controls.mute, silent ? "silence" : "sound", silent ? "Sound on" : "Sound off");
  controls.volume.value = String(silent ? 0 : media.volume);
  controls.speed.textContent = media.playbackRate === 1 ? "" : `${media.playbackRate}×`;
  fillChoices();
}

function showTime(ms) {
  showPosition(ms);
  const text = clock(ms);
  if (controls.time.textContent !== text) controls.time.textContent = text;
}

function makeControls() {
  if (!media || facts.duration <= 0) return;
  if (!facts.media && !/^https?:$/.test(location.protocol)) {
    const note = element("p", "unplayable");
    note.textContent = "Opened from disk, this page cannot play the sound. From a web server it can.";
    stage().replaceChildren(note);
    return;
  }
  media.controls = false;
  const box = element("div", "controls", stage());
  box.role = "group";
  box.setAttribute("aria-label", "Player controls");
  makeTimeline(box);
  const row = element("div", "buttons", box);
  controls.play = addButton(row, "play", "play", "Play", togglePlay);
  const times = element("span", "times", row);
  controls.time = element("span", "now", times);
  element("span", "", times).textContent = ` / ${clock(facts.duration)}`;
  controls.speed = element("span", "speed", row);
  element("span", "room", row);
  const loud = element("div", "loud", row);
  controls.mute = addButton(loud, "", "sound", "Sound off", toggleMute);
  controls.volume = element("input", "", loud);
  Object.assign(controls.volume, {type: "range", min: "0", max: "1", step: "0.05"});
  controls.volume.setAttribute("aria-label", "Volume");
  controls.volume.addEventListener("input", () => {
    media.muted = false;
    media.volume = Number(controls.volume.value);
  });
  if (isVideo && facts.captions.length > 0) {
    controls.captions = addButton(row, "", "captions", "Captions", toggleCaptions);
    controls.captions.setAttribute("aria-pressed", "false");
  }
  makePanel(row);
  if (isVideo) {
    addButton(row, "", "full", "Full screen", toggleFullScreen);
    media.addEventListener("click", togglePlay);
    media.addEventListener("dblclick", toggleFullScreen);
  }
  for (const type of ["play", "pause", "volumechange", "ratechange"]) media.addEventListener(type, showState);
  player.onChoices = fillChoices;
  hideWhenIdle();
  showState();
  showTime(0);
}

makeControls();
