"""Command line and results that all benchmarks share."""

import argparse
import datetime
import hashlib
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def arguments(about):
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--engine", default=os.environ.get("VIDEO_DOC_BINARY", ROOT / "build/video-doc"))
    parser.add_argument("--quick", action="store_true", help="a few seconds, one round: does it work?")
    parser.add_argument("--rounds", type=int, help="default 3, quick 1")
    parser.add_argument("--more", action="store_true", help="add rounds to those of the same engine")
    parser.add_argument("--no-quality", action="store_true", help="leave it to a call with --rounds 0")
    parser.add_argument("--footage", default=os.environ.get("VIDEO_DOC_FOOTAGE"), help="folder of films")
    parser.add_argument("--cache", default=ROOT / "build/benchmark-clips", type=Path)
    parser.add_argument("--work", default=ROOT / "build/benchmark-work", type=Path)
    parser.add_argument("--results", default=ROOT / "benchmarks/results", type=Path)
    parser.add_argument("--workers", type=int, default=0, help="media hosts; 0: one a core")
    return parser


def parse(parser):
    given = parser.parse_args()
    if given.rounds is None:
        given.rounds = 1 if given.quick else 3
    given.engine = Path(given.engine).resolve()
    return given


def machine():
    cpu = next(
        (line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    ffmpeg = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True, check=True).stdout
    commit = subprocess.run(
        ["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    return {
        "cpu": cpu,
        "cores": len(os.sched_getaffinity(0)),
        "load_before": round(os.getloadavg()[0], 2),
        "ffmpeg": ffmpeg.split()[2],
        "commit": commit,
    }


def spread(values):
    """Median with the least and the most."""
    return {
        "median": round(statistics.median(values), 4),
        "least": round(min(values), 4),
        "most": round(max(values), 4),
    }


def latencies(waits_ms):
    """Median and 99th percentile; without any they are infinite."""
    ordered = sorted(waits_ms) or [float("inf")]
    return {
        "p50_ms": round(statistics.median(ordered), 3),
        "p99_ms": round(ordered[int(0.99 * (len(ordered) - 1))], 3),
    }


def fingerprint(file):
    """Tells one engine from another."""
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()[:16]


def file_of(given, name):
    return given.results / f"{name}{'-quick' if given.quick else ''}.json"


def earlier(given, name):
    """The result so far, if there is one and --more was said; else nothing."""
    file = file_of(given, name)
    return json.loads(file.read_text()) if given.more and file.exists() else {}


def finish(given, name, body, verdicts):
    """Writes results/<name>.json, prints the verdicts, and exits with 1 if one of them is bad.

    `verdicts` are (what, value, limit): the value has to be at most the limit. A quick run proves
    only that the benchmark works: its verdicts are printed and do not count.
    """
    given.results.mkdir(parents=True, exist_ok=True)
    judged = [
        {"what": what, "value": round(value, 4), "limit": limit, "met": value <= limit}
        for what, value, limit in verdicts
    ]
    result = {
        "benchmark": name,
        "when": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "quick": given.quick,
        "machine": machine(),
        **body,
        "verdicts": judged,
    }
    file = file_of(given, name)
    file.write_text(json.dumps(result, indent=2) + "\n")
    for one in judged:
        sign = "ok " if one["met"] else "BAD"
        print(f"{sign} {one['what']}: {one['value']} (at most {one['limit']})")
    print(f"-> {file}")
    sys.exit(0 if given.quick or all(one["met"] for one in judged) else 1)
