"""Machines as network namespaces that a bridge joins, and the nodes of a cluster on them. Needs root."""

import os
import re
import signal
import subprocess
from pathlib import Path

from bench.service import Service, children_of, wait_until


def _must(words):
    subprocess.run(words.split(), check=True, capture_output=True)


class Network:
    """Named machines on one switch; gone with `close`."""

    def __init__(self):
        self.hub, self.machines = f"vb{os.getpid()}", {}
        _must(f"ip netns add {self.hub}")
        _must(f"ip -n {self.hub} link add bridge type bridge")
        _must(f"ip -n {self.hub} link set bridge up")

    def close(self):
        for space in [*(self.space(name) for name in self.machines), self.hub]:
            subprocess.run(["ip", "netns", "del", space], check=False, capture_output=True)

    def space(self, name):
        return f"{self.hub}n{self.machines[name]}"

    def address(self, name):
        return f"10.78.0.{self.machines[name]}"

    def on(self, name):
        """What runs a command there."""
        return ["ip", "netns", "exec", self.space(name)]

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

    def slow(self, name, kbit):
        rate = f"root tbf rate {kbit}kbit burst 16k latency 400ms"
        _must(f"tc -n {self.hub} qdisc replace dev p{self.machines[name]} {rate}")
        _must(f"tc -n {self.space(name)} qdisc replace dev eth0 {rate}")

    def mend(self, name):
        port = f"p{self.machines[name]}"
        _must(f"ip -n {self.hub} link set {port} up")
        _must(f"ip -n {self.hub} link set {port} type bridge_slave learning on flood on bcast_flood on")
        for where in (f"-n {self.hub} qdisc del dev {port} root", f"-n {self.space(name)} qdisc del dev eth0 root"):
            subprocess.run(["tc", *where.split()], check=False, capture_output=True)


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


class Worker:
    """A worker node on a machine of its name; without `sees` the leader's folder is empty to it."""

    def __init__(self, engine, network, authority, name, seeds, shared, own, hosts=1, sees=False):
        own.mkdir(parents=True, exist_ok=True)
        hide = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"', str(shared)]
        join = ",".join(f"{network.address(seed)}:7400" for seed in seeds)
        self.words = network.on(name) + ([] if sees else hide)
        self.words += [str(engine), "serve", "--role", "worker", "--join", join]
        self.environment = {**os.environ, **authority.membership(name, hosts)}
        self.environment["VIDEO_DOC_CLUSTER_CACHE"] = str(own / "cache")
        self.log = open(own / "worker.log", "ab")
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            self.words, env=self.environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log
        )

    def hosts(self):
        return children_of(self.process.pid)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def await_hosts(leader, count, limit_s=60):
    """Until media hosts of other nodes have been let in so often."""
    if wait_until(lambda: leader.log_text().count("media host takes work") >= count, limit_s, 0.1) is None:
        raise RuntimeError("the workers' media hosts do not come: " + leader.log_text()[-2000:])
