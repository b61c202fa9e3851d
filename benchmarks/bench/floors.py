"""What a receipt cannot be faster than: a bare echo over ZeroMQ, and a bare durable row of PostgreSQL, at the
pace of whoever is measured. At a slow pace both cost a multiple of what they cost without a pause, for
processors that idle have to be woken, and their caches are cold."""

import multiprocessing
import subprocess
import time

import zmq

from .service import POSTGRES


def _echo(endpoint, times):
    socket = zmq.Context().socket(zmq.ROUTER)
    socket.bind(endpoint)
    for _ in range(times):
        if not socket.poll(10_000):
            return
        socket.send_multipart(socket.recv_multipart())
    time.sleep(0.2)


def echo_ms(folder, times, every_ms):
    """How long each of so many messages took to come back from another process."""
    endpoint = f"ipc://{folder}/echo"
    other = multiprocessing.get_context("fork").Process(target=_echo, args=(endpoint, times))
    other.start()
    socket = zmq.Context.instance().socket(zmq.DEALER)
    socket.linger = 0
    socket.connect(endpoint)
    waits = []
    for number in range(times):
        begin = time.perf_counter()
        socket.send(b"SUBMIT")
        if not socket.poll(10_000):
            raise RuntimeError("no echo")
        socket.recv()
        if number > 0:  # the first one waits for the other process
            waits.append(1000 * (time.perf_counter() - begin))
        time.sleep(every_ms / 1000)
    socket.close()
    other.join()
    return waits


def insert_script(database, folder):
    """Of pgbench: one row, in a table that is there now."""
    script = folder / "insert.sql"
    script.write_text("INSERT INTO public.yardstick (body) VALUES ('{\"source\": \"/none\"}');\n")
    database.rows("CREATE TABLE IF NOT EXISTS public.yardstick (id bigserial PRIMARY KEY, body text)")
    return script


def insert_ms(database, folder, times, every_ms):
    """How long each of so many rows took, from the moment it was sent until it was on the disk."""
    script = insert_script(database, folder)
    for old in folder.glob("insert-log.*"):
        old.unlink()
    subprocess.run(
        [POSTGRES / "pgbench", "-n", "-M", "prepared", "-t", str(times), "--rate", str(1000 / every_ms)]
        + ["-l", f"--log-prefix={folder}/insert-log", "-f", script, "-h", database.folder, "-U", "postgres", "video_doc"],
        check=True,
        capture_output=True,
        timeout=120,
    )
    # Columns: client, number, microseconds since it was due, script, seconds, microseconds, microseconds of them before it was sent.
    rows = [line.split() for log in folder.glob("insert-log.*") for line in log.read_text().splitlines()]
    return [(int(row[2]) - int(row[6])) / 1000 for row in rows]
