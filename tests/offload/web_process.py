"""A web process for the tests: it calls outside until it is killed. Prints its fork server's process id."""

from __future__ import annotations

import threading
import time

import psutil

from lrcore.offload import Limits, Offload


def main() -> None:
    offload = Offload(Limits(seconds=60, wall_seconds=120))
    offload.call("code", "lr=0.1", "torch")
    plan = "lr=0.1 LambdaLR('" + "+".join(["sin(epoch)**2"] * 30) + "') per iteration"
    for number in range(2):
        arguments = ("numbers", plan, 10_000_000, 1, number, 0.01)
        threading.Thread(target=offload.call, args=arguments, daemon=True).start()
    while len(psutil.Process(offload.pid).children()) < 2:
        time.sleep(0.01)
    print(offload.pid, flush=True)
    time.sleep(300)


if __name__ == "__main__":
    main()
