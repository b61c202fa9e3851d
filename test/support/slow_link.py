#!/usr/bin/env python3
"""A long and lossy cable: frames between a port and its bridge wait, and some are lost.

Linux without the qdisc `netem` has nothing for that. In the network namespace of the bridge this takes
the port out of it, and joins them again through two TAP devices, between which each frame waits for its
turn at the rate and then for the delay, in order. What would wait longer than 0.4 s for its turn is lost, as are some by
chance. A frame is what a real cable would carry: TAP has no offloads, so the kernel cuts and sums packets before
they come here, and TCP on both machines sees the losses and sends again. SIGTERM, and the end of
whoever started this, puts the port back.

    slow_link.py PORT BRIDGE --delay-ms 100 --loss 0.02 --kbit 5000

Prints a line when the cable is in place. Needs root.
"""

import argparse
import collections
import fcntl
import os
import random
import select
import signal
import struct
import subprocess
import sys
import time

SET_INTERFACE, TAP, NO_HEADER = 0x400454CA, 0x0002, 0x1000
LONGEST_FRAME = 65_536
LONGEST_QUEUE_S = 0.4


def ip(words, check=True):
    subprocess.run(["ip", *words.split()], check=check, capture_output=True)


def tap(name):
    end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(end, SET_INTERFACE, struct.pack("16sH", name.encode(), TAP | NO_HEADER))
    return end


class Direction:
    """Frames on their way from one end to the other."""

    def __init__(self, source, target, given, chance):
        self.source, self.target, self.given, self.chance = source, target, given, chance
        self.under_way = collections.deque()  # when each arrives; the rate is the same for all, so in order
        self.free_at = 0.0

    def take(self, now):
        for _ in range(64):  # the other direction wants its turn as well
            try:
                frame = os.read(self.source, LONGEST_FRAME)
            except BlockingIOError:
                return
            begins = max(now, self.free_at)
            if begins - now > LONGEST_QUEUE_S:
                continue
            self.free_at = begins + len(frame) * 8 / (1000 * self.given.kbit)
            if self.chance.random() >= self.given.loss:
                self.under_way.append((self.free_at + self.given.delay_ms / 1000, frame))

    def deliver(self, now):
        while self.under_way and self.under_way[0][0] <= now:
            try:
                os.write(self.target, self.under_way.popleft()[1])
            except OSError:  # the device is down, or full
                pass


def forward(ends, given):
    chance = random.Random(given.seed)
    ways = [Direction(*ends, given, chance), Direction(*reversed(ends), given, chance)]
    parent = os.getppid()
    look = select.poll()
    for end in ends:
        look.register(end, select.POLLIN)
    while os.getppid() == parent:
        due = min((way.under_way[0][0] for way in ways if way.under_way), default=time.monotonic() + 1)
        look.poll(max(0.0, 1000 * (due - time.monotonic())))
        for way in ways:
            way.take(time.monotonic())
            way.deliver(time.monotonic())


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("port")
parser.add_argument("bridge")
parser.add_argument("--delay-ms", type=float, default=100, help="each way")
parser.add_argument("--loss", type=float, default=0.02, help="of all frames, each way")
parser.add_argument("--kbit", type=float, default=5000, help="a second, each way")
parser.add_argument("--seed", type=int, default=20261126)
told = parser.parse_args()
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: sys.exit(0))
near, far, own = f"{told.port}near", f"{told.port}far", f"{told.port}own"
try:
    taps = [tap(near), tap(far)]
    ip(f"link add {own} type bridge")
    for name, whose in ((near, own), (told.port, own), (far, told.bridge)):
        ip(f"link set {name} master {whose} up")
    ip(f"link set {own} up")
    print("in place", flush=True)
    forward(taps, told)
finally:
    ip(f"link set {told.port} master {told.bridge}", check=False)
    ip(f"link del {own}", check=False)
