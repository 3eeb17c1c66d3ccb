"""The master is silent for almost exactly as long as the backup waits.

r-east gets no processor (SIGSTOP) from one advert on, and goes on when r-west's timer has just run
out: 3 x 0.7 s and a skew of 150/256 of 0.7 s, which is 2.510 s. The first advert of the new master
and the next one of the old master come within milliseconds of each other. r-west gives way at
once: a few milliseconds earlier, and nothing would have happened.
"""

import time

from lab import Instance, Lab, keepalived_conf
from lab.capture import records

TIMER_NS = 2_510_156_250
LATE_NS = 4_000_000


def record(lab: Lab) -> None:
    """r-east is paused for as long as r-west's timer runs, and 4 ms."""
    instance = {"vrid": 201, "addresses": ("192.168.5.254",), "version": 3, "advert_int": "0.7"}
    east = lab.keepalived("r-east", "192.168.5.1", keepalived_conf(Instance(156, **instance)))
    west = lab.keepalived("r-west", "192.168.5.2", keepalived_conf(Instance(106, **instance)))
    lab.capture()
    east.start()
    lab.sleep(0.2)
    west.start()
    east.wait_log("Entering MASTER STATE")
    lab.sleep(9.3)
    east.pause()
    lab.sleep(0.2)
    last_ns = max(when for when, frame in records(lab.captures[0].path) if frame[23] == 112)
    lab.sleep((last_ns + TIMER_NS + LATE_NS - time.time_ns()) / 1e9)
    east.resume()
    lab.sleep(8)
    lab.who_holds("192.168.5.254")
