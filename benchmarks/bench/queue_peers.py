"""What people use today to hand out jobs: Celery and BullMQ, each with a Redis of its own."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from .service import wait_until

HERE = Path(__file__).resolve().parent


class Redis:
    """`durable`: every write is on the disk before it is answered, as ours are."""

    def __init__(self, folder, durable):
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "redis.sock"
        words = ["redis-server", "--port", "0", "--unixsocket", self.path, "--dir", folder, "--save", ""]
        words += ["--appendonly", "yes", "--appendfsync", "always"] if durable else ["--appendonly", "no"]
        self.process = subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL)
        if wait_until(self.path.exists, 20) is None:
            raise RuntimeError("Redis does not start")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)


class Lines:
    """A process that says what it does, line by line, read on a thread."""

    def __init__(self, words, **how):
        self.process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True, **how)
        self.lines = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append((time.perf_counter(), line.split()))

    def first(self, condition, limit_s):
        """When a line came for which the condition holds."""
        seen = 0
        until = time.monotonic() + limit_s
        while time.monotonic() < until:
            while seen < len(self.lines):
                when, words = self.lines[seen]
                seen += 1
                if words and condition(words):
                    return when
            time.sleep(0.002)
        raise RuntimeError("the peer does not get on")

    def stop(self):
        self.process.kill()
        self.process.wait()


def bullmq_submits_per_s(redis, jobs, bulk):
    """Jobs a second that one client adds, `bulk` at a time; nobody works on them."""
    words = ["node", HERE / "bullmq/submit.js", redis.path, jobs, bulk, 0]
    out = subprocess.run([str(it) for it in words], check=True, capture_output=True, text=True, timeout=120).stdout
    return 1000 * jobs / float(out)


class BullMq:
    def __init__(self, redis, concurrency=100, hold_ms=0):
        self.redis = redis
        self.worker = Lines(["node", HERE / "bullmq/worker.js", redis.path, concurrency, hold_ms])
        self.worker.first(lambda words: words[0] == "ready", 30)

    def _submit(self, jobs, bulk, every_ms):
        return ["node", str(HERE / "bullmq/submit.js"), str(self.redis.path), str(jobs), str(bulk), str(every_ms)]

    def jobs_per_s(self, jobs):
        """From the first submission to the last end, node's start not counted."""
        submitter = subprocess.Popen(self._submit(jobs, 100, 0), stdout=subprocess.DEVNULL)
        begin = self.worker.first(lambda words: words == ["done", "100"], 60)
        end = self.worker.first(lambda words: words == ["done", str(jobs)], 120)
        submitter.wait(timeout=30)
        return (jobs - 100) / (end - begin)

    def latencies_ms(self, jobs, every_ms):
        subprocess.run(self._submit(jobs, 1, every_ms), check=True, timeout=120, stdout=subprocess.DEVNULL)
        time.sleep(0.2)
        return [float(words[1]) for _, words in self.worker.lines if words[0] == "latency"]

    def stop(self):
        self.worker.stop()


class CeleryPeer:
    def __init__(self, redis, concurrency=2):
        self.environment = {**os.environ, "VIDEO_DOC_BENCH_REDIS": str(redis.path)}
        self.concurrency = concurrency
        self.start()

    def start(self):
        words = [sys.executable, "-m", "celery", "-A", "bench.celery_tasks", "worker", "-c", str(self.concurrency)]
        words += ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "ERROR"]
        self.process = subprocess.Popen(
            words, cwd=HERE.parent, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def ask(self, *words):
        """What the client prints, as numbers."""
        out = subprocess.run(
            [sys.executable, "-m", "bench.celery_client", *map(str, words)],
            cwd=HERE.parent,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=180,
        ).stdout
        return [float(each) for each in out.split()]

    def jobs_per_s(self, jobs):
        self.ask("jobs", 10)  # the workers are there
        return self.ask("jobs", jobs)[0]

    def latencies_ms(self, jobs, every_ms):
        return self.ask("latency", jobs, every_ms)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
