"""Clips to measure on, made once and kept in the cache folder (--cache).

A clip is camera-like: real footage where there is some (--footage FOLDER or VIDEO_DOC_FOOTAGE),
scaled to cover the frame, with a slow pan, a little grain and sound; else pictures that are as
hard to encode: a zoom through a fractal, moving patterns, grain.
"""

import hashlib
import json
import os
import subprocess
from fractions import Fraction
from pathlib import Path

from . import measure

FFMPEG = ["ffmpeg", "-v", "error", "-nostdin", "-y"]
CLIP_VERSION = 5  # raise it when a clip is made in another way


def probe(file):
    """Format and streams of a file, as ffprobe tells them; None where it cannot read it."""
    out = subprocess.run(
        ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", file],
        capture_output=True,
        check=False,
    )
    return json.loads(out.stdout) if out.returncode == 0 else None


def video_stream(file):
    found = probe(file)
    for stream in found["streams"] if found else []:
        if stream.get("codec_type") == "video" and not stream["disposition"]["attached_pic"]:
            return stream
    return None


def footage(folder):
    """The four sharpest films: at least 320 lines and 1 s, and more bits per pixel than drawings,
    test cards and slides need."""
    good = []
    for file in sorted(Path(folder).rglob("*")) if folder else []:
        stream = video_stream(file) if file.is_file() else None
        if not stream:
            continue
        length = float(probe(file)["format"].get("duration", 0))
        lines = min(stream["width"], stream["height"])
        pixels = stream["width"] * stream["height"] * float(Fraction(stream["r_frame_rate"])) * length
        if lines >= 320 and length >= 1 and 8 * file.stat().st_size > 0.05 * pixels:
            good.append((-lines, file.name, file))
    return [file for _, _, file in sorted(good)[:4]]


def _there_and_back(file, seconds, cache):
    """A film's path that lasts at least `seconds`: a short one is played forwards and backwards in
    turns, so that no cut comes of it. Without what fades in during the first tenth."""
    length = float(probe(file)["format"]["duration"])
    begin = length / 10
    if length - begin > seconds:
        return ["-ss", f"{begin:.3f}", "-i", file]
    name = hashlib.sha256(f"{CLIP_VERSION}{file}{file.stat().st_size}".encode()).hexdigest()[:12]
    target = Path(cache) / f"loop-{name}.mkv"
    if not target.exists():
        aside = target.with_suffix(".aside.mkv")
        measure.must_run(
            [*FFMPEG, "-ss", f"{begin:.3f}", "-t", 4, "-i", file, "-filter_complex"]
            + ["[0:v]split[a][b];[b]reverse[c];[a][c]concat,format=yuv420p[v]", "-map", "[v]"]
            + ["-c:v", "libx264", "-preset", "ultrafast", "-crf", 8, aside],
            log=f"{target}.log",
        )
        os.replace(aside, target)
    return ["-stream_loop", "-1", "-i", target]


def _picture(width, height, fps):
    """A filter that turns any footage into a camera's view of it."""
    return (
        f"fps={fps},scale={width * 6 // 5}:{height * 6 // 5}:force_original_aspect_ratio=increase:"
        f"flags=bicubic,crop={width}:{height}:x='(in_w-out_w)*(0.5+0.45*sin(t/2.3))':"
        f"y='(in_h-out_h)*(0.5+0.45*cos(t/3.1))',setsar=1,noise=alls=3:allf=t,format=yuv420p,"
        f"settb=1/{fps},setpts=N"
    )


def _inputs(files, seconds, cache):
    if files:
        each = seconds / len(files)
        words = []
        for file in files:
            words += ["-t", f"{each + 1:.3f}", *_there_and_back(file, each + 1, cache)]
        return words, each
    size = "1280x720:rate=30"
    return [
        *("-f", "lavfi", "-t", f"{seconds / 2 + 1:.3f}", "-i"),
        f"mandelbrot=size={size}:end_scale=0.0005:maxiter=400",
        *("-f", "lavfi", "-t", f"{seconds / 2 + 1:.3f}", "-i", f"testsrc2=size={size}"),
    ], seconds / 2


def camera_clip(cache, source_folder, seconds, width=1920, height=1080, fps=30, encode=None):
    """The path of a clip of H.264 and AAC in MP4 with a key frame every 2 s. `encode` are x264's
    options; by default it is close to lossless, so that no rung of a ladder can be copied from it.
    """
    encode = encode or ["-preset", "veryfast", "-crf", "18"]
    files = footage(source_folder)
    recipe = json.dumps(
        [CLIP_VERSION, [f"{f}:{f.stat().st_size}" for f in files], seconds, width, height, fps, encode]
    )
    name = f"clip-{height}p-{seconds}s-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}.mp4"
    target = Path(cache) / name
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    inputs, each = _inputs(files, seconds, target.parent)
    count = len(files) or 2
    graph = ""
    for n in range(count):
        graph += f"[{n}:v:0]{_picture(width, height, fps)},trim=end_frame={round(each * fps)}[v{n}];"
    graph += "".join(f"[v{n}]" for n in range(count))
    graph += f"concat=n={count}:v=1:a=0[v];"
    graph += "anoisesrc=c=pink:a=0.05:r=48000:seed=1,tremolo=f=0.7:d=0.8,aformat=channel_layouts=stereo[a]"
    aside = target.with_suffix(".aside.mp4")
    measure.must_run(
        [*FFMPEG, *inputs, "-filter_complex", graph, "-map", "[v]", "-map", "[a]", "-t", seconds]
        + ["-c:v", "libx264", *encode, "-g", 2 * fps, "-keyint_min", 2 * fps, "-sc_threshold", 0]
        + ["-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart", aside],
        log=f"{target}.log",
    )
    os.replace(aside, target)
    return target


def repeated(clip, times, cache):
    """The clip so many times in a row, without another encode."""
    target = Path(cache) / f"{Path(clip).stem}-x{times}.mp4"
    if not target.exists():
        aside = target.with_suffix(".aside.mp4")
        measure.must_run(
            [*FFMPEG, "-stream_loop", times - 1, "-i", clip, "-c", "copy", aside],
            log=f"{target}.log",
        )
        os.replace(aside, target)
    return target
