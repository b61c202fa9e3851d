"""Submits jobs to a service that is being disturbed, and keeps every receipt."""

import statistics
import subprocess
import threading
import time

from bench.service import Client


class Publisher(threading.Thread):
    """Submits until it is told to stop; everything it has a receipt for is in `acknowledged`."""

    def __init__(self, endpoint, film, name=""):
        super().__init__(daemon=True)
        self.client, self.film, self.name = Client(endpoint), film, name
        self.acknowledged, self.videos, self.sent = {}, set(), 0
        self.last_receipt = 0.0
        self.longest_gap = 0.0  # seconds between two receipts, since somebody set it to 0
        self.over = threading.Event()

    def _batch(self, number):
        jobs = [{"source": "/none", "kind": "noop", "idempotency_key": f"{self.name}{number}/{i}"} for i in range(20)]
        if number % 40 == 0:
            spec = {"document": False, "captions": "off", "ladder": "240", "preset": "ultrafast", "fresh": True}
            jobs.append({"source": str(self.film), "spec": spec, "idempotency_key": f"{self.name}{number}/video"})
        return jobs

    def run(self):
        number = 0
        while not self.over.is_set():
            number += 1
            jobs = self._batch(number)
            self.sent += len(jobs)
            while jobs and not self.over.is_set():
                answer = self.client.ask("SUBMIT-BATCH", {"jobs": jobs}, 1.0)
                if answer and answer["code"] == "OK":
                    jobs = [job for job, how in zip(jobs, answer["jobs"]) if not self._take(job, how)]
                time.sleep(0.05 if jobs else 0.01)  # a load, not a flood: the end waits for all of it

    def _take(self, job, how):
        """False: it was refused for now, or for good."""
        if "id" not in how:
            return False
        self.acknowledged[job["idempotency_key"]] = how["id"]
        now = time.time()
        self.longest_gap = max(self.longest_gap, now - self.last_receipt) if self.last_receipt else 0.0
        self.last_receipt = now
        if "kind" not in job:
            self.videos.add(how["id"])
        return True


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
        "kills": len(ordered),
        "p50": round(statistics.median(ordered), 3),
        "p99": round(ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))], 3),
        "max": round(ordered[-1], 3),
    }
