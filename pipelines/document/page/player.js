// The player: what it plays, and its captions.

const facts = JSON.parse(document.getElementById("facts").textContent);
const media = document.getElementById("media");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Goes to a moment, in milliseconds, and plays from there. */
function seek(ms) {
  if (!media) return;
  if (media.readyState === 0) {
    media.addEventListener("loadedmetadata", () => { media.currentTime = ms / 1000; }, {once: true});
    if (media.networkState !== HTMLMediaElement.NETWORK_LOADING) media.load();
  } else {
    media.currentTime = ms / 1000;
  }
  media.play().catch(() => {});
}

/** Plays the file beside the document: from disk, or when the playlist cannot be played. */
function playFile() {
  if (!facts.media || !media) return;
  const at = media.currentTime;
  media.src = facts.media;
  if (at > 0) {
    media.addEventListener("loadedmetadata", () => { media.currentTime = at; }, {once: true});
  }
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

chooseSource();
addCaptions();
