"""Machines as network namespaces that a bridge joins, and the nodes of a cluster on them. Needs root."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from bench.report import ROOT
from bench.service import Service, media_hosts_of, wait_until


def _must(words):
    subprocess.run(words.split(), check=True, capture_output=True, timeout=120)


def _processes_in(space):
    said = subprocess.run(["ip", "netns", "pids", space], check=False, capture_output=True, text=True).stdout
    return [int(pid) for pid in said.split()]


def _remove(space):
    """Whatever runs there, stopped or not, and then the namespace."""
    for pid in _processes_in(space):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    wait_until(lambda: not _processes_in(space), 10, 0.05)
    subprocess.run(["ip", "netns", "del", space], check=False, capture_output=True)


def remove_leftovers():
    """Namespaces of benchmarks that were killed, and what still runs in them."""
    listed = subprocess.run(["ip", "netns", "list"], check=False, capture_output=True, text=True).stdout
    for space in re.findall(r"^vb\d+\S*", listed, re.MULTILINE):
        if not Path("/proc", re.match(r"vb(\d+)", space)[1]).exists():
            print(f"removing {space}, which an earlier run has left", flush=True)
            _remove(space)


def why_not():
    """Why this machine has no network namespaces for us; "" where it has."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if not Path("/dev/net/tun").exists():
        return "a slow link needs /dev/net/tun"
    try:
        trial = Network()
        try:
            trial.add("trial")
        finally:
            trial.close()
    except (OSError, subprocess.CalledProcessError) as refused:
        return f"no network namespaces here: {refused}"
    return ""


def end_in_order():
    """Signals end the program as an error does, so that everything is cleaned up."""
    def end(number, _):
        signal.signal(number, signal.SIG_IGN)  # cleaning up is not to be cut short by a second one
        sys.exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, end)


class Network:
    """Named machines on one switch; gone with `close`, and all that runs on them."""

    def __init__(self):
        remove_leftovers()
        self.hub, self.machines, self.links = f"vb{os.getpid()}", {}, {}
        _must(f"ip netns add {self.hub}")
        _must(f"ip -n {self.hub} link add bridge type bridge")
        _must(f"ip -n {self.hub} link set bridge up")

    def close(self):
        for name in list(self.links):
            self._shorten(name)
        for space in [*(self.space(name) for name in self.machines), self.hub]:
            _remove(space)

    def space(self, name):
        return f"{self.hub}n{self.machines[name]}"

    def address(self, name):
        return f"10.78.0.{self.machines[name]}"

    def on(self, name):
        """What runs a command there."""
        return ["ip", "netns", "exec", self.space(name)]

    def processes(self):
        """Of all machines."""
        return sorted(pid for name in self.machines for pid in _processes_in(self.space(name)))

    def add(self, name):
        number = self.machines.setdefault(name, len(self.machines) + 1)
        space, hub = self.space(name), self.hub
        _must(f"ip netns add {space}")
        _must(f"ip -n {hub} link add p{number} type veth peer name eth0 netns {space}")
        _must(f"ip -n {hub} link set p{number} master bridge up")
        _must(f"ip -n {space} addr add {self.address(name)}/24 dev eth0")
        _must(f"ip -n {space} link set eth0 up")
        _must(f"ip -n {space} link set lo up")

    def cut(self, name):
        _must(f"ip -n {self.hub} link set p{self.machines[name]} down")

    def deafen(self, name):
        """What it sends arrives; nothing arrives at it."""
        port = f"p{self.machines[name]}"
        _must(f"ip -n {self.hub} link set {port} type bridge_slave learning off flood off bcast_flood off fdb_flush")

    def slow(self, name, delay_ms=100, loss=0.02, kbit=5000):
        """Each way; TCP on both machines really waits, loses packets and sends again."""
        words = ["ip", "netns", "exec", self.hub, "/usr/bin/python3", ROOT / "test/support/slow_link.py"]
        words += [f"p{self.machines[name]}", "bridge", "--delay-ms", delay_ms, "--loss", loss, "--kbit", kbit]
        link = subprocess.Popen([str(it) for it in words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.links[name] = link
        if link.stdout.readline() != b"in place\n":
            raise RuntimeError(f"no slow link for {name}: it ended with {link.wait()}")

    def _shorten(self, name):
        link = self.links.pop(name)
        link.terminate()
        try:
            link.wait(timeout=60)
        except subprocess.TimeoutExpired:
            link.kill()
            link.wait()

    def mend(self, name):
        port = f"p{self.machines[name]}"
        if name in self.links:
            self._shorten(name)
        _must(f"ip -n {self.hub} link set {port} master bridge up")
        _must(f"ip -n {self.hub} link set {port} type bridge_slave learning on flood on bcast_flood on")


class Clock:
    """The wall clock of what is started with `environment`, which can be set while that runs; timers go on
    as they do then on a real machine. Linux has no namespace for it, so it is libfaketime's."""

    PRELOAD = "/usr/$LIB/faketime/libfaketimeMT.so.1"

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        self.file = folder / "clock-offset"
        self.set(0)
        self.environment = {
            "LD_PRELOAD": self.PRELOAD,
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, offset_s):
        new = self.file.with_suffix(".new")
        new.write_text(f"{offset_s:+d}\n")
        new.rename(self.file)


class Authority:
    """Certificates of a cluster."""

    def __init__(self, engine, folder):
        self.engine, self.folder = str(engine), folder
        self._run("init-ca", "--out", folder / "ca")

    def _run(self, *words):
        subprocess.run([self.engine, "cluster", *map(str, words)], check=True, capture_output=True)

    def membership(self, name, hosts):
        """A node's environment."""
        into = self.folder / name
        if not into.exists():
            self._run("issue", name, "--ca", self.folder / "ca", "--out", into)
        return {
            "VIDEO_DOC_CLUSTER_NAME": name,
            "VIDEO_DOC_CLUSTER_CERTIFICATES": str(into),
            "VIDEO_DOC_RUN_WORKERS": str(hosts),
        }


class Candidate(Service):
    """A node that may lead, on a machine of its name."""

    def __init__(self, engine, network, authority, name, shared, own, hosts=1, environment=None):
        own.mkdir(parents=True, exist_ok=True)
        super().__init__(engine, own, {**authority.membership(name, hosts), **(environment or {})})
        self.network, self.name = network, name
        self.words[self.words.index("--data") + 1] = str(shared)
        self.words += ["--cluster-listen", f"{network.address(name)}:7400", "--metrics", "127.0.0.1:9464"]
        self.words = network.on(name) + self.words

    def log_text(self):
        return Path(self.log.name).read_text(errors="replace")

    def moved(self):
        """Bytes of files, out and in."""
        said = subprocess.run(
            [*self.network.on(self.name), "python3", "-c"]
            + ["import urllib.request as u; print(u.urlopen('http://127.0.0.1:9464/metrics').read().decode())"],
            check=True, capture_output=True, text=True,
        ).stdout
        return sum(float(it) for it in re.findall(r"video_doc_moved_bytes_total\{[^}]*\} (\S+)", said))


class Gateway(Candidate):
    """A node that takes jobs in and lends its media hosts, and never leads."""

    def join(self, seeds):
        """To be called before it starts."""
        at = self.words.index("--cluster-listen")
        places = ",".join(f"{self.network.address(seed)}:7400" for seed in seeds)
        self.words[at : at + 2] = ["--role", "gateway,worker", "--join", places]


class Worker:
    """A worker node on a machine of its name; without `sees` the leader's folder is empty to it."""

    def __init__(self, engine, network, authority, name, seeds, shared, own, hosts=1, sees=False, environment=None):
        own.mkdir(parents=True, exist_ok=True)
        hide = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"', str(shared)]
        join = ",".join(f"{network.address(seed)}:7400" for seed in seeds)
        self.words = network.on(name) + ([] if sees else hide)
        self.words += [str(engine), "serve", "--role", "worker", "--join", join]
        self.environment = {**os.environ, **authority.membership(name, hosts), **(environment or {})}
        self.environment["VIDEO_DOC_CLUSTER_CACHE"] = str(own / "cache")
        self.log = open(own / "worker.log", "ab")
        self.process = None
        self.start()

    def log_text(self):
        return Path(self.log.name).read_text(errors="replace")

    def start(self):
        self.process = subprocess.Popen(
            self.words, env=self.environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log
        )

    def hosts(self):
        return media_hosts_of(self.process.pid)

    def stop(self):
        """In good order; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=120)


def await_hosts(leader, count, limit_s=60):
    """Until media hosts of other nodes have been let in so often."""
    if wait_until(lambda: leader.log_text().count("media host takes work") >= count, limit_s, 0.1) is None:
        raise RuntimeError("the workers' media hosts do not come: " + leader.log_text()[-2000:])
