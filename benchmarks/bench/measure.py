"""Runs a command and measures its whole process tree: wall time, CPU time, peak memory.

CPU time is the larger of two counts: what the kernel reports for the child and all it has waited
for, and what was last seen in /proc of every process of the tree (a child that nobody waits for is
in neither the first nor, if it lived for less than a sample, the second).

Memory is the sum of the proportional set sizes (PSS, shared pages counted once) of the tree, sampled.
"""

import os
import select
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Run:
    """One measured run."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    peak_bytes: int = 0
    exit_code: int = -1
    stderr: str = ""
    cpu_of_root_s: float = 0.0  # of the first process alone
    events: dict = field(default_factory=dict)  # seconds after the start, by name

    def numbers(self):
        return {
            "wall_s": round(self.wall_s, 3),
            "cpu_s": round(self.cpu_s, 3),
            "peak_mib": round(self.peak_bytes / 2**20, 1),
        }


def tree(root):
    """Process ids of root and all below it; without looking at all that runs on the machine, which
    would take time from what is measured."""
    found, open_ = [], [root]
    while open_:
        one = open_.pop()
        found.append(one)
        for task in os.listdir(f"/proc/{one}/task"):
            open_ += map(int, Path(f"/proc/{one}/task/{task}/children").read_text().split())
    return found


def cpu_s(pid):
    stat = Path(f"/proc/{pid}/stat").read_text()
    fields = stat[stat.rindex(")") + 2 :].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def pss_bytes(pid):
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _inherited():
    """Our own variables are no settings of the engine, which refuses what it does not know."""
    ours = ("VIDEO_DOC_FOOTAGE", "VIDEO_DOC_SPEECH")
    return {key: value for key, value in os.environ.items() if key not in ours}


def run(words, environment=None, every_s=1, watch=None, deadline_s=3600, log=None, out=None):
    """Runs `words` to their end; what they print goes to the file `out`. `watch(elapsed_s, run)` is
    asked now and then, and ends the run with SIGTERM when it returns True. Raises RuntimeError at the
    deadline."""
    result = Run()
    seen_cpu = {}
    with open(log or os.devnull, "w+b") as errors, open(out or os.devnull, "wb") as printed:
        begin = time.monotonic()
        child = subprocess.Popen(
            [str(word) for word in words],
            env={**_inherited(), **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=errors,
            start_new_session=True,
        )
        handle = os.pidfd_open(child.pid)
        ended = select.poll()
        ended.register(handle, select.POLLIN)
        next_sample, stopping, wait_s = begin, False, 0.0
        while not ended.poll(1000 * wait_s):
            now = time.monotonic()
            if now >= next_sample:
                next_sample = now + every_s
                total = 0
                try:
                    alive = tree(child.pid)
                except OSError:  # one of them has just ended
                    continue
                for one in alive:
                    try:
                        seen_cpu[one] = cpu_s(one)
                        total += pss_bytes(one)
                    except (OSError, ValueError):
                        continue
                result.peak_bytes = max(result.peak_bytes, total)
            if watch and not stopping and watch(now - begin, result):
                stopping = True
                os.kill(child.pid, signal.SIGTERM)
            if now - begin > deadline_s:
                os.killpg(child.pid, signal.SIGKILL)
                child.returncode = os.wait4(child.pid, 0)[1]
                raise RuntimeError(f"{words[0]} was still running after {deadline_s} s")
            wait_s = min(max(next_sample - time.monotonic(), 0.001), 0.01 if watch else 1)
        result.wall_s = time.monotonic() - begin
        os.close(handle)
        result.cpu_of_root_s = cpu_s(child.pid)  # of a zombie still
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        result.exit_code = child.returncode
        result.cpu_s = max(usage.ru_utime + usage.ru_stime, sum(seen_cpu.values()))
        errors.seek(0)
        result.stderr = errors.read().decode(errors="replace")
    return result


def must_run(words, **more):
    """As run(), and raises RuntimeError when the command fails."""
    result = run(words, **more)
    if result.exit_code != 0:
        line = " ".join(str(word) for word in words)
        raise RuntimeError(f"{line}\nended with {result.exit_code}: {result.stderr[-2000:]}")
    return result
