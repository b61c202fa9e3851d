"""Ours against the peer on one clip: alternating rounds, then what came out.

A round is every contender once. Rounds can be collected over several calls (--more), a few minutes
each, as long as engine and clip are the same.
"""

import shutil
import statistics

from . import measure, peers, quality, report

LOOK_EVERY_S = 3  # a look at the memory of a process takes 7 ms of a core for half a GB

PEERS = {"split": peers.split_graph, "cascade": peers.cascade_graph}


def _clean(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _contenders(given, clip, rungs, fps, preset, crf):
    def engine(out):
        return peers.engine_command(given.engine, clip, out, rungs, preset, crf, given.workers)

    def peer(graph):
        return lambda out: peers.command(clip, out, graph, rungs, fps, preset, crf)

    return {"engine": engine, **{name: peer(graph) for name, graph in PEERS.items()}}


def _round(given, contenders, number, rungs):
    """Everyone once; who begins changes, so that a busy minute hurts all alike."""
    one = {}
    order = list(contenders)
    for name in order[number % len(order) :] + order[: number % len(order)]:
        out = _clean(given.work / name)
        for rung in rungs if name in PEERS else []:
            (out / f"{rung.height_px}p").mkdir()
        log = given.work / f"{name}.log"
        one[name] = measure.must_run(contenders[name](out), log=log, every_s=LOOK_EVERY_S).numbers()
        print(f"round {number + 1} {name}: {one[name]}", flush=True)
    return {"load_before": report.machine()["load_before"], **one}


def _quality(given, clip, names):
    made = {}
    for name in names:
        made[name] = {}
        for height, playlist in sorted(quality.find_playlists(given.work / name).items()):
            made[name][str(height)] = {
                "bytes": quality.bytes_of(playlist),
                "ssim": quality.ssim_of(playlist, clip, peers.width_of(height), height),
            }
            print(f"{name} {height}p: {made[name][str(height)]}", flush=True)
    return made


def run(given, name, clip, rungs, fps, preset="veryfast", crf=23):
    """The body of the result `name`: rounds, ratios, and what was made."""
    contenders = _contenders(given, clip, rungs, fps, preset, crf)
    same = {"engine": report.fingerprint(given.engine), "clip": clip.name}
    before = report.earlier(given, name)
    if before.get("same") != same:
        before = {}
    rounds = before.get("rounds", [])
    for _ in range(given.rounds):
        rounds.append(_round(given, contenders, len(rounds), rungs))
    made = before.get("renditions") or ({} if given.no_quality else _quality(given, clip, contenders))
    return {"same": same, **summary(rounds), "renditions": made, "rounds": rounds}


def summary(rounds):
    """Ratios are ours over the best peer's, taken within each round, so that the machine's mood
    cancels out."""
    best = min(PEERS, key=lambda n: statistics.median(one[n]["wall_s"] for one in rounds))

    def ratio(field):
        return report.spread([one["engine"][field] / one[best][field] for one in rounds])

    return {
        "best_peer": best,
        "wall_ratio": ratio("wall_s"),
        "cpu_ratio": ratio("cpu_s"),
        "contenders": {
            name: {
                field: report.spread([one[name][field] for one in rounds])
                for field in ("wall_s", "cpu_s", "peak_mib")
            }
            for name in ("engine", *PEERS)
        },
    }


def verdicts(body, wall_limit, skip=()):
    """What has to hold of a duel; `skip` are heights whose quality is not compared (copied)."""
    all_ = [("wall against the better ffmpeg command", body["wall_ratio"]["median"], wall_limit)]
    made = body["renditions"]
    for height, ours in made.get("engine", {}).items():
        if int(height) in skip:
            continue
        theirs = made[body["best_peer"]][height]
        all_.append((f"{height}p: SSIM lost", theirs["ssim"] - ours["ssim"], 0.001))
        all_.append((f"{height}p: bytes", ours["bytes"] / theirs["bytes"], 1.03))
    peak = body["contenders"]["engine"]["peak_mib"]["most"]
    return [*all_, ("peak memory of the tree, MiB", peak, 1536)]
