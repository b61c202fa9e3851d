// The player: what it plays, in which quality and sound, and its captions.

const facts = JSON.parse(document.getElementById("facts").textContent);
const media = document.getElementById("media");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const player = {hls: null, onChoices: null};

/** Goes to a moment, in milliseconds. */
function moveTo(ms) {
  if (!media) return;
  const seconds = Math.max(0, Math.min(ms, facts.duration)) / 1000;
  if (media.readyState === 0) {
    media.addEventListener("loadedmetadata", () => { media.currentTime = seconds; }, {once: true});
    if (media.networkState !== HTMLMediaElement.NETWORK_LOADING) media.load();
  } else {
    media.currentTime = seconds;
  }
}

/** Goes to a moment and plays from there. */
function seek(ms) {
  moveTo(ms);
  media?.play().catch(() => {});
}

/** Plays the file beside the document: from disk, or when the playlist cannot be played. */
function playFile() {
  if (!facts.media || !media) return;
  const at = media.currentTime;
  player.hls = null;
  media.src = facts.media;
  if (at > 0) {
    media.addEventListener("loadedmetadata", () => { media.currentTime = at; }, {once: true});
  }
  player.onChoices?.();
}

/** Plays the playlist through hls.js; the one it has met an error with it may mend once. */
function playThroughHls() {
  const Hls = window.Hls;
  if (!Hls.isSupported()) {
    playFile();
    return;
  }
  const hls = new Hls({startPosition: 0, backBufferLength: 60, renderTextTracksNatively: false});
  let mended = false;
  hls.on(Hls.Events.ERROR, (_, problem) => {
    if (!problem.fatal) return;
    if (problem.type === Hls.ErrorTypes.MEDIA_ERROR && !mended) {
      mended = true;
      hls.recoverMediaError();
    } else {
      hls.destroy();
      playFile();
    }
  });
  for (const change of ["MANIFEST_PARSED", "LEVEL_SWITCHED", "AUDIO_TRACKS_UPDATED", "AUDIO_TRACK_SWITCHED"])
    hls.on(Hls.Events[change], () => player.onChoices?.());
  player.hls = hls;
  hls.loadSource(facts.playlist);
  hls.attachMedia(media);
}

/** A browser lets no script read a playlist from disk: that needs a server. */
function chooseSource() {
  if (!media || !facts.playlist || !/^https?:$/.test(location.protocol)) return;
  media.replaceChildren();
  media.removeAttribute("src");
  media.load();
  const script = document.createElement("script");
  script.src = "hls.min.js";
  script.onload = playThroughHls;
  script.onerror = playFile;
  document.head.append(script);
}

/** The captions are part of the page, because a page from disk may not load them. */
function addCaptions() {
  if (!media || media.localName !== "video") return;
  for (const track of media.querySelectorAll("track")) track.remove();
  for (const {language, name, cues} of facts.captions) {
    const track = media.addTextTrack("captions", name, language);
    for (const [begin, end, text] of cues) track.addCue(new VTTCue(begin / 1000, end / 1000, text));
    track.mode = "hidden";
  }
}

/** What may be chosen: [value, name] each, and which it is now. */
function qualities() {
  const levels = player.hls?.levels ?? [];
  const side = (level) => `${Math.min(level.width, level.height)}p`;
  if (levels.length < 2 || !levels[0].height) return {now: "", all: []};
  const playing = levels[player.hls.currentLevel];
  const all = levels.map((level, at) => [String(at), side(level)]).reverse();
  return {now: player.hls.autoLevelEnabled ? "-1" : String(player.hls.loadLevel),
    all: [["-1", playing && player.hls.autoLevelEnabled ? `Auto (${side(playing)})` : "Auto"], ...all]};
}

function sounds() {
  const tracks = player.hls?.audioTracks ?? [];
  if (tracks.length < 2) return {now: "", all: []};
  return {now: String(player.hls.audioTrack), all: tracks.map(({name}, at) => [String(at), name])};
}

chooseSource();
addCaptions();
