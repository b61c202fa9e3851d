"""A cluster of six machines under faults: two nodes that may lead and a gateway that works, which share a folder,
two workers that do not share it, and PostgreSQL. Each is a network namespace. Needs root."""

import os
import re
import shutil
import signal

from bench.machines import Authority, Candidate, Clock, Gateway, Network, Worker
from bench.service import Client, Postgres, wait_until

LINK = ["cut", "deaf", "slow"]
ALL = ["kill", "hang", *LINK, "clock"]
# What may happen to what, each alone. A media host shares its link and its clock with its node. The follower is
# the node that may lead and does not.
FAULTS = [("media host", "kill"), ("media host", "hang"),
          *((whom, kind) for whom in ("worker", "gateway", "leader", "follower", "database") for kind in ALL)]
CLOCK_STEPS_S = [-3600, -30, 30, 3600]
PATIENCE_S = 180


class Stuck(RuntimeError):
    """What was waited for did not come; the message says what, and where to read on."""


class Fault:
    """Something that has been done to a machine, until it is set right."""

    def __init__(self, whom, kind, machine, heal):
        self.whom, self.kind, self.machine, self.heal = whom, kind, machine, heal

    def __str__(self):
        return f"{self.whom}, {self.kind}"


class SixMachines:
    """Runs from the start until `close`."""

    def __init__(self, engine, folder, chance):
        self.folder, self.chance, self.network = folder, chance, Network()
        self.candidates, self.gateways, self.workers, self.database = {}, {}, {}, None
        self.clients = {}  # of all doors
        try:
            self._start(engine)
        except BaseException:
            self.close()
            raise

    def _start(self, engine):
        for name in ("one", "two", "gate", "a", "b", "db"):
            self.network.add(name)
        self.clocks = {name: Clock(self.folder / f"{name}-clock") for name in self.network.machines}
        self.database = Postgres(self.network.on("db"), self.network.address("db"), self.clocks["db"].environment)
        authority = Authority(engine, self.folder)
        for name in ("one", "two", "gate"):
            kind, into = (Gateway, self.gateways) if name == "gate" else (Candidate, self.candidates)
            into[name] = kind(
                engine, self.network, authority, name, self.folder / "data", self.folder / f"{name}-own", 1,
                {"DATABASE_URL": self.database.remote_url, **self.clocks[name].environment})
            self.clients[name] = Client(into[name].endpoint)
        self.candidates["one"].start()
        self.await_leader()
        self.candidates["two"].start()
        self.gateways["gate"].join(["one", "two"])
        self.gateways["gate"].start()
        for name in ("a", "b"):
            self.workers[name] = Worker(
                engine, self.network, authority, name, ["one", "two"], self.folder / "data",
                self.folder / f"{name}-own", environment=self.clocks[name].environment)
        for name in self.lenders():
            said = f"media host takes work  host={name}/host-1"
            self.must(lambda it=said: it in self.candidates["one"].log_text(), PATIENCE_S, f"work for {name}")

    def close(self):
        """Ends everything, whatever state it is in."""
        self.network.close()
        for node in self.nodes().values():
            if node.process is not None:
                node.process.wait()
        if self.database is not None:
            self.database.process.wait()
            shutil.rmtree(self.database.folder, ignore_errors=True)

    def nodes(self):
        return {**self.doors(), **self.workers}

    def doors(self):
        """Who takes jobs in."""
        return {**self.candidates, **self.gateways}

    def lenders(self):
        """Whose media hosts work for whoever leads, at all times."""
        return {**self.gateways, **self.workers}

    def logs(self):
        return ", ".join(str(node.log.name) for node in self.nodes().values())

    def must(self, condition, limit_s, what, every_s=0.1):
        """Seconds until it came."""
        took = wait_until(condition, limit_s, every_s)
        if took is None:
            raise Stuck(f"{what} did not come within {limit_s} s; logs: {self.logs()}")
        return took

    def ping(self, name, limit_s=0.5):
        """What that node says of itself; nothing when it does not answer."""
        return self.clients[name].ask("PING", limit_s=limit_s) or {}

    def leader(self):
        """Who says that it leads and is ready; None."""
        for name in self.candidates:
            now = self.ping(name)
            if now.get("leads") and now.get("ready"):
                return name
        return None

    def await_leader(self, limit_s=PATIENCE_S):
        """The client of who leads."""
        found = []
        self.must(lambda: found.append(self.leader()) or found[-1], limit_s, "a node that leads")
        return self.clients[found[-1]]

    def epoch(self):
        """As the ledger has it."""
        return max((int(epoch) for (epoch,) in self.database.rows("SELECT epoch FROM leases")), default=0)

    def machine_of(self, whom):
        """Where it is at this moment."""
        if whom == "gateway":
            return "gate"
        if whom in ("leader", "follower"):
            leads = self.leader() or self.chance.choice(["one", "two"])
            return leads if whom == "leader" else next(it for it in self.candidates if it != leads)
        return "db" if whom == "database" else self.chance.choice(list(self.lenders() if whom == "media host" else self.workers))

    def harm(self, whom, kind, machine):
        return Fault(whom, kind, machine, self._harm(whom, kind, machine))

    def _harm(self, whom, kind, machine):
        """What sets it right."""
        network = self.network
        if kind in LINK:
            {"cut": network.cut, "deaf": network.deafen, "slow": network.slow}[kind](machine)
            return lambda: network.mend(machine)
        if kind == "clock":
            self.clocks[machine].set(self.chance.choice(CLOCK_STEPS_S))
            return lambda: self.clocks[machine].set(0)
        if whom == "database":
            if kind == "kill":
                self.database.kill()
                return self.database.start
            self.database.signal_all(signal.SIGSTOP)
            return lambda: self.database.signal_all(signal.SIGCONT)
        node = self.nodes()[machine]
        pids = node.hosts()[:1] if whom == "media host" else [node.process.pid]
        if kind == "hang":
            signal_all(pids, signal.SIGSTOP)
            return lambda: signal_all(pids, signal.SIGCONT)
        signal_all(pids, signal.SIGKILL)
        if whom == "media host":
            return lambda: None
        node.process.wait()
        return node.start

    def told_epochs(self):
        """By node, the epochs in which it has led, in the order of its log."""
        return {name: [int(it) for it in re.findall(r"this node leads, in epoch (\d+)", node.log_text())]
                for name, node in self.candidates.items()}

    def count_in_logs(self, pattern):
        return sum(len(re.findall(pattern, node.log_text())) for node in self.nodes().values())

    def trouble(self):
        """Why it is certain that something went wrong in a node: crashes, sanitisers, exceptions."""
        found = []
        for name, node in self.nodes().items():
            for line in node.log_text().splitlines():
                if re.search(r"terminate called|AddressSanitizer|runtime error:|Segmentation|uncaught|bug in", line):
                    found.append(f"{name}: {line[:200]}")
        return found


def signal_all(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def regressions(told):
    """How often a node's epoch was below the one before it, or was told twice."""
    falls = sum(later < earlier for all_ in told.values() for earlier, later in zip(all_, all_[1:]))
    every = [epoch for all_ in told.values() for epoch in all_]
    return falls + len(every) - len(set(every))


class EpochWatch:
    """Compares the epochs that the ledger has from time to time: they must never become less."""

    def __init__(self, machines):
        self.machines, self.highest, self.falls = machines, 0, 0

    def look(self):
        now = self.machines.epoch()
        self.falls += now < self.highest
        self.highest = max(self.highest, now)
