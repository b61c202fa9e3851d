"""The peer's application: python3-celery with the Redis of VIDEO_DOC_BENCH_REDIS (a socket's path)."""

import os
import time

from celery import Celery

PATH = os.environ["VIDEO_DOC_BENCH_REDIS"]
app = Celery("bench", broker=f"redis+socket://{PATH}", backend=f"redis+socket://{PATH}")
app.conf.update(
    task_acks_late=True,  # as whoever cannot afford to lose a job has it
    task_reject_on_worker_lost=True,
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
)


@app.task
def noop():
    return None


@app.task
def began_at():
    return time.time()


@app.task(bind=True)
def hold(self, seconds, file):
    with open(file, "a") as begins:
        begins.write(f"{time.time()}\n")
    time.sleep(seconds)
