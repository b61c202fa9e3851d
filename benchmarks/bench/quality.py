"""How good and how large a rendition is."""

import re
from pathlib import Path

from . import measure


def find_playlists(folder):
    """Media playlists of video by height, through the names of their folders ("720p")."""
    found = {}
    for playlist in Path(folder).rglob("index.m3u8"):
        match = re.fullmatch(r"(\d+)p", playlist.parent.name)
        if match:
            found[int(match.group(1))] = playlist
    return found


def bytes_of(playlist):
    """Of all its media segments."""
    names = [line for line in playlist.read_text().splitlines() if line and not line.startswith("#")]
    return sum((playlist.parent / name).stat().st_size for name in names)


def duration_of(playlist):
    return sum(float(x) for x in re.findall(r"#EXTINF:([\d.]+)", playlist.read_text()))


def ssim_of(playlist, clip, width, height):
    """Mean SSIM of all planes against the source scaled to the rendition's size, frame by frame."""
    graph = (
        f"[0:v]setpts=N,settb=1/30[a];[1:v]scale={width}:{height}:flags=lanczos+accurate_rnd,"
        "setpts=N,settb=1/30[b];[a][b]ssim"
    )
    done = measure.must_run(
        ["ffmpeg", "-hide_banner", "-nostats", "-nostdin", "-i", playlist, "-i", clip]
        + ["-lavfi", graph, "-an", "-f", "null", "-"],
        log=f"{playlist}.ssim.log",
    )
    return float(re.search(r"SSIM .*All:([\d.]+)", done.stderr).group(1))
