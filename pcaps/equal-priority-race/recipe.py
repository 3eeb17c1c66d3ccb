"""Three backups with one priority, and the master dies: two or three become master at once.

lb-4 (200) loses its power. lb-1, lb-2 and lb-3 all have priority 100, so their timers run out
together: who sends its first advert before it has heard another one's becomes master as well. Then
the higher address wins. It is a matter of some ten microseconds: not every recording shows it.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The master loses its power."""

    def router(number: int, priority: int):
        instance = Instance(
            priority, vrid=88, addresses=("172.20.9.1", "172.20.9.2"), version=3, advert_int="0.3"
        )
        return lab.keepalived(f"lb-{number}", f"172.20.9.{10 + number}", keepalived_conf(instance))

    backups = [router(number, 100) for number in (1, 2, 3)]
    master = router(4, 200)
    lab.capture()
    master.start()
    lab.sleep(0.5)
    for backup in backups:
        backup.start()
    master.wait_log("Entering MASTER STATE")
    lab.sleep(6)
    master.power_cut()
    lab.sleep(8)
    lab.who_holds("172.20.9.1")
