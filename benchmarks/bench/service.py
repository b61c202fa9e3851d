"""`video-doc serve` and the servers around it, to be run, killed and asked. Needs python3-zmq."""

import json
import multiprocessing
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import zmq

POSTGRES = Path("/usr/lib/postgresql/15/bin")


def children_of(pid):
    """Direct children, by process id; none when the process is gone."""
    found = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            found += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())
    except FileNotFoundError:
        pass
    return found


def media_hosts_of(pid):
    """Children that are media hosts; a node also has one for a moment that finds out what encoders start."""

    def words_of(child):
        try:
            return Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return []

    return [child for child in children_of(pid) if b"media-host" in words_of(child)]


def wait_until(condition, limit_s, every_s=0.01):
    """Seconds that it took; None when it did not come."""
    begin = time.monotonic()
    while time.monotonic() - begin < limit_s:
        if condition():
            return time.monotonic() - begin
        time.sleep(every_s)
    return None


def emptied(folder):
    """The folder, new and empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


class Service:
    """A node with its media hosts. `folder` outlives it."""

    def __init__(self, engine, folder, environment=None, events=""):
        self.words = [str(engine), "serve", "--data", str(folder / "data"), "--zmq", f"ipc://{folder}/door"]
        self.words += ["--events", events, "--http", "127.0.0.1:0"]
        self.endpoint = f"ipc://{folder}/door"
        self.environment = {**os.environ, **(environment or {})}
        self.log = open(folder / "service.log", "ab")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            self.words, env=self.environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log
        )

    def http(self):
        """Where it listens, as its log says it: the port is the system's choice."""
        def said():
            lines = Path(self.log.name).read_text().splitlines()
            return next((line.split("http://")[1] for line in reversed(lines) if "http://" in line), None)

        if wait_until(said, 30) is None:
            raise RuntimeError("it does not listen for HTTP")
        return said()

    def hosts(self):
        return media_hosts_of(self.process.pid)

    def kill(self):
        """The node alone; its media hosts have to notice by themselves."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """In good order; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=120)


class Client:
    """Asks one request at a time. None: no answer in time."""

    def __init__(self, endpoint):
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.reconnect_ivl = 20
        self.socket.connect(endpoint)
        self.number = 0

    def ask(self, verb, body=None, limit_s=5.0):
        self.number += 1
        number = str(self.number).encode()
        self.socket.send_multipart([b"VDOC1", number, verb.encode(), json.dumps(body or {}).encode()])
        until = time.monotonic() + limit_s
        while (left := until - time.monotonic()) > 0 and self.socket.poll(1000 * left):
            _, whose, code, answer = self.socket.recv_multipart()
            if whose == number:
                return {"code": code.decode(), **json.loads(answer)}
        return None

    def await_ready(self, limit_s=60, every_s=0.01):
        """Seconds that it took."""
        took = wait_until(lambda: (now := self.ask("PING", limit_s=1)) and now["ready"], limit_s, every_s)
        if took is None:
            raise RuntimeError("the service does not get ready")
        return took

    def close(self):
        self.socket.close()


class Ear:
    """Hears what becomes of jobs."""

    def __init__(self, endpoint):
        self.socket = zmq.Context.instance().socket(zmq.SUB)
        self.socket.linger = 0
        self.socket.connect(endpoint)
        self.socket.subscribe(b"job.")

    def await_ends(self, jobs, limit_s):
        """Until all of them have ended, however that be."""
        left, until = set(jobs), time.monotonic() + limit_s
        while left:
            if not self.socket.poll(max(0, 1000 * (until - time.monotonic()))):
                raise RuntimeError(f"{len(left)} jobs do not end")
            topic, _, body = self.socket.recv_multipart()
            if topic.endswith(b".state") and (it := json.loads(body))["state"] in ("succeeded", "failed", "cancelled"):
                left.discard(it["id"])

    def close(self):
        self.socket.close()


def _hear_starts(endpoint, over, told):
    socket = zmq.Context().socket(zmq.SUB)
    socket.connect(endpoint)
    socket.subscribe(b"job.")
    heard = []
    while not over.is_set():
        while socket.poll(50):
            heard.append((socket.recv_multipart(), time.perf_counter()))
    told.send([(json.loads(parts[2])["id"], at) for parts, at in heard if b'"state":"running"' in parts[2]])


class Starts:
    """Hears when jobs start, in a process of its own, as the code of a job would: in a thread of the client it
    would wait for the client. Its clock, perf_counter, is the one of all processes of a machine."""

    def __init__(self, endpoint):
        ways = multiprocessing.get_context("fork")
        self.over = ways.Event()
        self.answer, told = ways.Pipe(duplex=False)
        self.process = ways.Process(target=_hear_starts, args=(endpoint, self.over, told), daemon=True)
        self.process.start()

    def when(self):
        """By job; what has been heard until now."""
        self.over.set()
        if not self.answer.poll(30):
            raise RuntimeError("nobody has listened")
        heard = dict(self.answer.recv())
        self.process.join()
        return heard


class Postgres:
    """A PostgreSQL of our own, reached through a socket in its folder; on another machine (`on` runs a
    command there) also at its `address`, which is in `remote_url`."""

    def __init__(self, on=(), address="", environment=None):
        self.on, self.address = list(on), address
        self.set_for_it = [f"{name}={value}" for name, value in (environment or {}).items()]
        for left in Path("/tmp").glob("video-doc-pg-*-*"):  # by a benchmark that was killed
            if not Path("/proc", left.name.split("-")[3]).exists():
                shutil.rmtree(left, ignore_errors=True)
        self.folder = Path(tempfile.mkdtemp(prefix=f"video-doc-pg-{os.getpid()}-", dir="/tmp"))
        self.user = pwd.getpwnam("postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name)
        os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self._run([POSTGRES / "initdb", "-D", self.folder / "data", "-U", "postgres", "--auth=trust"])
        if address:
            with open(self.folder / "data/pg_hba.conf", "a") as rules:
                rules.write("host all all all trust\n")
        self.process = None
        self.start()
        self._run([POSTGRES / "createdb", "-h", self.folder, "-U", "postgres", "video_doc"])
        self.url = f"postgresql:///video_doc?host={self.folder}&user=postgres"
        self.remote_url = f"postgresql://postgres@{address}/video_doc"

    def _as_its_user(self):
        if os.geteuid() != 0:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": [], "cwd": "/"}

    def _run(self, words):
        subprocess.run(
            [str(word) for word in words], check=True, stdout=subprocess.DEVNULL, **self._as_its_user()
        )

    def start(self):
        words = [POSTGRES / "postgres", "-D", self.folder / "data", "-k", self.folder]
        words += ["-c", f"listen_addresses={self.address}"]
        how = self._as_its_user()
        if self.on:  # only root may go there
            who = ["setpriv", f"--reuid={self.user.pw_uid}", f"--regid={self.user.pw_gid}", "--clear-groups"]
            words, how = [*self.on, *who, "env", *self.set_for_it, *words], {"cwd": "/"}
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log, **how)
        ready = [POSTGRES / "pg_isready", "-q", "-h", self.folder]

        def answers():
            return self.process.poll() is not None or subprocess.run(ready, check=False).returncode == 0

        if wait_until(answers, 60, 0.05) is None or self.process.returncode is not None:
            said = (self.folder / "log").read_text(errors="replace")[-2000:]
            raise RuntimeError(f"PostgreSQL does not start: {said}")

    def kill(self):
        """All of it at once."""
        doomed = children_of(self.process.pid)
        for pid in [self.process.pid, *doomed]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in doomed), 10)

    def signal_all(self, number):
        for pid in [self.process.pid, *children_of(self.process.pid)]:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=60)

    def rows(self, query):
        out = subprocess.run(
            [POSTGRES / "psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1"]
            + ["-c", f"SET search_path = video_doc, public; {query}", self.url],
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        ).stdout
        return [line.split("\t") for line in out.splitlines()]
