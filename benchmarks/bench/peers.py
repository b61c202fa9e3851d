"""The peer: ffmpeg making the same HLS ladder in one command, in the two ways that are quickest.

*split*: every rendition is scaled from the source's frames. *cascade*: each one from the next larger
one, as we do. Which of the two wins depends on the clip and the machine: the better one counts.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Rung:
    """As in conf/video-doc.toml, [ladder]."""

    height_px: int
    max_bitrate_kbps: int
    buffer_kbit: int


RUNGS = [Rung(1080, 5000, 10000), Rung(720, 2800, 5600), Rung(480, 1400, 2800), Rung(360, 800, 1600)]
SEGMENT_S = 4


def width_of(height_px):
    """Even width at 16:9."""
    return round(height_px * 16 / 9 / 2) * 2


def _scale(rung):
    return f"scale={width_of(rung.height_px)}:{rung.height_px}:flags=bicubic"


def split_graph(rungs):
    names = [f"v{rung.height_px}" for rung in rungs]
    graph = f"[0:v]split={len(rungs)}" + "".join(f"[in{n}]" for n in range(len(rungs))) + ";"
    return graph + ";".join(
        f"[in{n}]{_scale(rung)}[{names[n]}]" for n, rung in enumerate(rungs)
    )


def cascade_graph(rungs):
    parts, previous = [], "0:v"
    for rung in rungs[:-1]:
        here = f"s{rung.height_px}"
        parts.append(f"[{previous}]{_scale(rung)},split=2[v{rung.height_px}][{here}]")
        previous = here
    parts.append(f"[{previous}]{_scale(rungs[-1])}[v{rungs[-1].height_px}]")
    return ";".join(parts)


def command(clip, out, graph, rungs, fps, preset, crf, copy_top=False):
    """ffmpeg's words. With copy_top the first of `rungs` is the source's own stream, copied."""
    out = Path(out)
    encoded = rungs[1:] if copy_top else rungs
    words = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", clip, "-filter_complex", graph(encoded)]
    if copy_top:
        words += ["-map", "0:v:0"]
    for rung in encoded:
        words += ["-map", f"[v{rung.height_px}]"]
    words += ["-map", "0:a:0", "-c:a", "aac", "-b:a", "128k", "-ac", "2"]
    for n, rung in enumerate(rungs):
        if copy_top and n == 0:
            words += ["-c:v:0", "copy"]
            continue
        words += [
            *(f"-c:v:{n}", "libx264", f"-preset:v:{n}", preset, f"-crf:v:{n}", str(crf)),
            *(f"-maxrate:v:{n}", f"{rung.max_bitrate_kbps}k", f"-bufsize:v:{n}", f"{rung.buffer_kbit}k"),
            *(f"-g:v:{n}", str(SEGMENT_S * fps)),
            *(f"-force_key_frames:v:{n}", f"expr:gte(t,n_forced*{SEGMENT_S})"),
        ]
    streams = " ".join(f"v:{n},agroup:a,name:{r.height_px}p" for n, r in enumerate(rungs))
    return words + [
        *("-f", "hls", "-hls_time", str(SEGMENT_S), "-hls_playlist_type", "vod"),
        *("-hls_segment_type", "fmp4", "-hls_flags", "independent_segments"),
        *("-master_pl_name", "master.m3u8", "-var_stream_map", f"{streams} a:0,agroup:a,name:audio"),
        *("-hls_segment_filename", str(out / "%v/%05d.m4s"), str(out / "%v/index.m3u8")),
    ]


def engine_command(engine, clip, out, rungs, preset, crf, workers, more=()):
    """Ours: the same ladder, nothing but the renditions."""
    return [
        *(engine, "run", clip, "--out", out, "--no-document", "--captions", "off", "--quiet"),
        *("--ladder", ",".join(str(r.height_px) for r in rungs), "--preset", preset),
        *("--crf", str(crf), "--segment", f"{SEGMENT_S}s", "--workers", str(workers), *more),
    ]
