// Runs inside the browser: one hls.js player, and the questions that play_hls.mjs asks of it.

const video = document.querySelector("video");
const within = (what, ms, test, state = () => "") => new Promise((done, failed) => {
  const begun = performance.now();
  const look = () => {
    if (test()) done();
    else if (performance.now() - begun > ms) failed(new Error(`${what}: not within ${ms} ms ${state()}`));
    else setTimeout(look, 20);
  };
  look();
});
const ranges = (buffered) => Array.from({length: buffered.length}, (_, at) => [buffered.start(at), buffered.end(at)]);

const player = {
  hls: null,
  errors: [],
  appended: new Set(),

  /** Opens the playlist with one quality alone, or, at -1, with the one hls.js prefers. */
  async open(address, level, patience) {
    this.hls?.destroy();
    this.errors = [];
    this.appended.clear();
    video.playbackRate = 1;
    const hls = new Hls({startLevel: level, startPosition: 0, maxBufferLength: 900, maxMaxBufferLength: 900,
      maxBufferSize: 512 * 1024 * 1024, backBufferLength: Infinity, capLevelToPlayerSize: false});
    this.hls = hls;
    hls.on(Hls.Events.ERROR, (_, {type, details, fatal, reason, error}) => {
      this.errors.push({type, details, fatal, reason: reason ?? error?.message ?? ""});
    });
    hls.on(Hls.Events.SUBTITLE_FRAG_PROCESSED, (_, {frag}) => { this.appended.add(`subtitle ${frag.level} ${frag.sn}`); });
    hls.on(Hls.Events.FRAG_BUFFERED, (_, {frag}) => { this.appended.add(`${frag.type} ${frag.sn}`); });
    hls.on(Hls.Events.MANIFEST_PARSED, () => { if (level >= 0) hls.loadLevel = level; });
    hls.loadSource(address);
    hls.attachMedia(video);
    await within("the playlist", patience, () => hls.levels.length > 0 && video.readyState >= 2 || this.dead());
    this.throwIfDead();
    return {
      levels: hls.levels.map(({uri, width, height, bitrate, codecs, frameRate, videoCodec, audioCodec}) =>
        ({uri, width, height, bitrate, codecs: codecs ?? [videoCodec, audioCodec].filter(Boolean).join(","), frameRate})),
      audio: hls.audioTracks.map(({name, lang}) => ({name, language: lang ?? ""})),
      subtitles: hls.subtitleTracks.map(({name, lang}) => ({name, language: lang ?? ""})),
      duration: video.duration,
    };
  },

  dead() { return this.errors.some(({fatal}) => fatal); },
  throwIfDead() {
    const fatal = this.errors.find((one) => one.fatal);
    if (fatal) throw new Error(`${fatal.details}: ${fatal.reason}`);
  },

  /** Waits until all there is has been loaded; tells what then is in the buffers. */
  async loadAll(patience) {
    const state = () => JSON.stringify({buffered: ranges(video.buffered), duration: video.duration,
      ended: this.ended(), errors: this.errors});
    await within("the buffer", patience, () => this.dead() || this.ended(), state);
    this.throwIfDead();
    return {buffered: ranges(video.buffered), duration: video.duration, width: video.videoWidth, height: video.videoHeight};
  },

  /**
   * Whether every segment of the quality and of its sound was appended. That hls.js has ended its
   * media source does not tell: it does so when it next looks, maybe only while it plays.
   */
  ended() {
    const {levels, loadLevel, audioTracks, audioTrack} = this.hls;
    const lists = [["main", levels[loadLevel]?.details], ["audio", audioTracks[audioTrack]?.details]];
    const due = lists.filter(([type]) => type === "main" || audioTracks[audioTrack]?.url);
    return due.every(([type, details]) => details?.live === false &&
      details.fragments.every(({sn}) => this.appended.has(`${type} ${sn}`)));
  },

  /** Goes to a time and waits until one picture stays; returns the time of that. */
  async seek(time, patience, pictures) {
    let shown = null;
    let since = 0;
    const look = (now, {mediaTime}) => {
      if (Math.abs(mediaTime - time) < 0.5) [shown, since] = [mediaTime, performance.now()];
      video.requestVideoFrameCallback(look);
    };
    if (pictures) video.requestVideoFrameCallback(look);
    video.currentTime = time;
    await within(`the seek to ${time}`, patience, () => this.dead() || (!video.seeking && video.readyState >= 2 &&
      (!pictures || (shown !== null && performance.now() - since > 250))));
    this.throwIfDead();
    return pictures ? shown : video.currentTime;
  },

  /** Plays from a time to the end. */
  async playToEnd(from, rate, patience) {
    await this.seek(from, patience, false);
    video.playbackRate = rate;
    await video.play();
    await within("the end", patience, () => this.dead() || video.ended);
    this.throwIfDead();
    const quality = video.getVideoPlaybackQuality();
    return {endedAt: video.currentTime, duration: video.duration,
      decoded: quality.totalVideoFrames, dropped: quality.droppedVideoFrames};
  },

  /** Plays on for so many seconds of media; tells what the playlist says then of its own end. */
  async playOn(seconds, patience) {
    const begin = video.currentTime;
    video.playbackRate = 1;
    await video.play();
    await within("playing", patience, () => this.dead() || video.currentTime >= begin + seconds,
      () => `at ${video.currentTime} s ${JSON.stringify(ranges(video.buffered))}`);
    this.throwIfDead();
    const {levels, loadLevel} = this.hls;
    const {live, type, fragments} = levels[loadLevel].details;
    return {begin, reached: video.currentTime, live, type, segments: fragments.length,
      decoded: video.getVideoPlaybackQuality().totalVideoFrames};
  },

  /** Shows a subtitle track and waits for its cues to be loaded up to the end of the media. */
  async readSubtitles(at, patience) {
    const hls = this.hls;
    // The track may have been chosen by hls.js already, and be loaded in part.
    const processed = () => [...this.appended].filter((one) => one.startsWith(`subtitle ${at} `)).length;
    hls.subtitleDisplay = true;
    hls.subtitleTrack = at;
    const wanted = () => hls.subtitleTracks[at].details?.fragments.length ?? Infinity;
    await within("the subtitles", patience, () => this.dead() || processed() >= wanted());
    this.throwIfDead();
    const track = [...video.textTracks].find(({mode}) => mode === "showing");
    return {fragments: processed(), cues: [...(track?.cues ?? [])].map(({startTime, endTime, text}) => [startTime, endTime, text])};
  },

  async switchAudio(at, patience) {
    let switched = false;
    this.hls.once(Hls.Events.AUDIO_TRACK_SWITCHED, () => { switched = true; });
    if (this.hls.audioTrack === at) return;
    this.hls.audioTrack = at;
    await within("the audio track", patience, () => this.dead() || switched);
    this.throwIfDead();
  },
};
window.player = player;
