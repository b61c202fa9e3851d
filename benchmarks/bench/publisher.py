"""Submits jobs to a service that is being disturbed, and keeps every receipt."""

import statistics
import subprocess
import threading
import time

from bench.service import Client

MOST_OPEN = 4000  # jobs, about half a second's work of an undisturbed service
MOST_VIDEOS_OPEN = 3  # of one publisher
SPEC = {"document": False, "captions": "off", "ladder": "240", "preset": "ultrafast", "fresh": True}


class Backlog(threading.Thread):
    """How many jobs are unfinished: as whoever leads has said last, and what was taken since."""

    def __init__(self, endpoints, every_s=0.2):
        super().__init__(daemon=True)
        self.clients, self.every_s = [Client(it) for it in endpoints], every_s
        self.lock, self.open, self.since = threading.Lock(), 0, 0
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(self.every_s):
            for client in self.clients:
                with self.lock:
                    before = self.since
                now = client.ask("PING", limit_s=0.5)
                if now and now.get("leads") and now.get("ready"):
                    with self.lock:
                        self.open, self.since = now["open"], self.since - before
                    break

    def took(self, number):
        with self.lock:
            self.since += number

    def size(self):
        with self.lock:
            return self.open + self.since


class Publisher(threading.Thread):
    """Submits until it is told to stop; everything it has a receipt for is in `acknowledged`. It holds back while
    too much is unfinished, as a client would that has work for the results."""

    def __init__(self, endpoint, film, name="", backlog=None, pause_s=0.01, videos_every_s=0.5):
        super().__init__(daemon=True)
        self.client, self.film, self.name = Client(endpoint), film, name
        self.backlog, self.is_shared = backlog or Backlog([endpoint]), backlog is not None
        self.pause_s, self.videos_every_s = pause_s, videos_every_s
        self.acknowledged, self.videos, self.sent = {}, set(), 0
        self.videos_open, self.next_video = set(), 0.0
        self.refusals = {}
        self.last_receipt = 0.0
        self.longest_gap = 0.0  # seconds between two receipts, since somebody set it to 0; without holding back
        self.held_back_s = 0.0
        self.over = threading.Event()

    def _batch(self, number):
        jobs = [{"source": "/none", "kind": "noop", "idempotency_key": f"{self.name}{number}/{i}"} for i in range(20)]
        if time.monotonic() >= self.next_video and self._has_room_for_a_video():
            self.next_video = time.monotonic() + self.videos_every_s
            jobs.append({"source": str(self.film), "spec": SPEC, "idempotency_key": f"{self.name}{number}/video"})
        return jobs

    def _has_room_for_a_video(self):
        for job in list(self.videos_open):
            now = self.client.ask("STATUS", {"id": job}, 1.0)
            if now is None:
                break
            if now.get("state") in ("succeeded", "failed", "cancelled"):
                self.videos_open.discard(job)
        return len(self.videos_open) < MOST_VIDEOS_OPEN

    def _hold_back(self):
        begin = time.time()
        while self.backlog.size() >= MOST_OPEN and not self.over.is_set():
            time.sleep(0.02)
        held = time.time() - begin
        if held > 0.02:
            self.held_back_s += held
            self.last_receipt += held if self.last_receipt else 0

    def run(self):
        if not self.is_shared:
            self.backlog.start()
        number = 0
        while not self.over.is_set():
            self._hold_back()
            number += 1
            jobs = self._batch(number)
            self.sent += len(jobs)
            while jobs and not self.over.is_set():
                answer = self.client.ask("SUBMIT-BATCH", {"jobs": jobs}, 1.0)
                if answer and answer["code"] == "OK":
                    jobs = [job for job, how in zip(jobs, answer["jobs"]) if not self._take(job, how)]
                time.sleep(0.05 if jobs else self.pause_s)
        if not self.is_shared:
            self.backlog.over.set()

    def _take(self, job, how):
        """False: it was refused for now, or for good."""
        if "id" not in how:
            code = how["error"]["code"]
            self.refusals[code] = self.refusals.get(code, 0) + 1
            return False
        self.acknowledged[job["idempotency_key"]] = how["id"]
        self.backlog.took(1)
        now = time.time()
        self.longest_gap = max(self.longest_gap, now - self.last_receipt) if self.last_receipt else 0.0
        self.last_receipt = now
        if "kind" not in job:
            self.videos.add(how["id"])
            self.videos_open.add(how["id"])
        return True


def fates(rows, acknowledged):
    """What became of everything that was acknowledged, {idempotency key: job}, as the ledger has it (`rows` asks
    it): how many are lost, how many jobs ended twice, and which have not succeeded."""
    ended = {job: int(n) for job, n in rows("SELECT job_id, count(*) FROM events WHERE kind = 'succeeded' GROUP BY job_id")}
    keys = {key: job for job, key in rows("SELECT id, idempotency_key FROM jobs WHERE idempotency_key <> ''")}
    return {
        "lost": sum(keys.get(key) != job for key, job in acknowledged.items()),
        "ended twice": sum(n > 1 for n in ended.values()),
        "stuck": {job for job in acknowledged.values() if ended.get(job, 0) == 0},
    }


def film_of(folder):
    film = folder / "film.mp4"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=8"]
        + ["-f", "lavfi", "-i", "sine=d=8", "-c:v", "libx264", "-g", "50", "-c:a", "aac", film],
        check=True,
    )
    return film


def percentiles(values):
    ordered = sorted(values)
    return {
        "n": len(ordered),
        "p50": round(statistics.median(ordered), 3),
        "p99": round(ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))], 3),
        "max": round(ordered[-1], 3),
    }
