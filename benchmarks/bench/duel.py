"""Ours against the peer on one clip: alternating rounds, then what came out."""

import shutil
import statistics

from . import measure, peers, quality, report


def _clean(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def run(given, clip, rungs, fps, copy_top, preset="veryfast", crf=23):
    """Runs each contender `rounds` times, in turns, so that a busy minute hurts all alike. Returns
    (runs by contender, quality by contender); contenders are "engine", "split" and "cascade"."""
    contenders = {
        "engine": lambda out: peers.engine_command(
            given.engine, clip, out, rungs, preset, crf, given.workers
        )
    }
    for name, graph in (("split", peers.split_graph), ("cascade", peers.cascade_graph)):
        contenders[name] = lambda out, graph=graph: peers.command(
            clip, out, graph, rungs, fps, preset, crf, copy_top
        )
    runs = {name: [] for name in contenders}
    for number in range(given.rounds):
        order = list(contenders)
        for name in order[number % len(order) :] + order[: number % len(order)]:
            out = _clean(given.work / name)
            for rung in rungs if name != "engine" else []:
                (out / f"{rung.height_px}p").mkdir()
            one = measure.must_run(contenders[name](out), log=given.work / f"{name}.log")
            runs[name].append(one)
            print(f"round {number + 1} {name}: {one.numbers()}", flush=True)
    made = {}
    for name in contenders:
        made[name] = {}
        for height, playlist in sorted(quality.find_playlists(given.work / name).items()):
            made[name][height] = {
                "bytes": quality.bytes_of(playlist),
                "ssim": quality.ssim_of(playlist, clip, peers.width_of(height), height),
            }
            print(f"{name} {height}p: {made[name][height]}", flush=True)
    return runs, made


def summary(runs, made):
    """The body of the result and the best peer's name. Ratios are ours over the best peer's, taken
    within each round, so that the machine's mood cancels out."""
    best = min(("split", "cascade"), key=lambda n: statistics.median(r.wall_s for r in runs[n]))
    ratio = lambda field: [
        getattr(ours, field) / getattr(peer, field)
        for ours, peer in zip(runs["engine"], runs[best], strict=True)
    ]
    body = {
        "best_peer": best,
        "wall_ratio": report.spread(ratio("wall_s")),
        "cpu_ratio": report.spread(ratio("cpu_s")),
        "contenders": {
            name: {
                "wall_s": report.spread([r.wall_s for r in all_]),
                "cpu_s": report.spread([r.cpu_s for r in all_]),
                "peak_mib": report.spread([r.peak_bytes / 2**20 for r in all_]),
                "renditions": made[name],
            }
            for name, all_ in runs.items()
        },
    }
    return body, best


def verdicts(body, best, made, wall_limit, skip=()):
    """What has to hold of a duel; `skip` are heights whose quality is not compared (copied)."""
    all_ = [("wall against the better ffmpeg command", body["wall_ratio"]["median"], wall_limit)]
    for height, ours in made["engine"].items():
        if height in skip:
            continue
        theirs = made[best][height]
        all_.append((f"{height}p: SSIM lost", theirs["ssim"] - ours["ssim"], 0.001))
        all_.append((f"{height}p: bytes", ours["bytes"] / theirs["bytes"], 1.03))
    all_.append(("peak memory of the tree, MiB", body["contenders"]["engine"]["peak_mib"]["most"], 1536))
    return all_
