"""Asks the peer's workers: `celery_client.py jobs N` prints jobs a second, `latency N EVERY_MS` ms until each
has started, `hold SECONDS FILE` leaves a task that writes down when it begins."""

import sys
import time

from bench import celery_tasks


def jobs_per_s(jobs):
    begin = time.perf_counter()
    results = [celery_tasks.noop.delay() for _ in range(jobs)]
    for one in results:
        one.get(timeout=120)
    return jobs / (time.perf_counter() - begin)


def latencies_ms(jobs, every_ms):
    for _ in range(jobs):
        sent = time.time()
        yield 1000 * (celery_tasks.began_at.delay().get(timeout=30) - sent)
        time.sleep(every_ms / 1000)


what, *words = sys.argv[1:]
if what == "jobs":
    print(jobs_per_s(int(words[0])))
elif what == "latency":
    print(*latencies_ms(int(words[0]), float(words[1])))
else:
    celery_tasks.hold.delay(float(words[0]), words[1])
