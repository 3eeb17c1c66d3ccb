"""The backup's priority changes while its timer runs: keepalived moves the deadline.

db-2 watches a file whose number is added to its priority of 40. Twice db-1 loses power, and two
seconds later the number changes: first from 0 to 160, which makes 200, then back to 0. The timer
of priority 40 runs 3.844 s, that of priority 200 runs 3.219 s. keepalived moves the running
deadline by the difference (vrrp_set_effective_priority): the delay tells the priority at the end
of the wait, which is also the one that is advertised then.
"""

from lab import Instance, Lab, keepalived_conf

VIP = "198.51.100.80"
LINKS = """
track_file links {
    file /run/links
    weight 1
}
"""


def record(lab: Lab) -> None:
    """The number rises while the timer runs, and falls while it runs again."""
    common = {"vrid": 181, "addresses": (VIP,), "interface": "eth0"}
    db1 = lab.keepalived("db-1", "198.51.100.11", keepalived_conf(Instance(240, **common)))
    tracked = ("track_file {", "    links", "}")
    db2 = lab.keepalived(
        "db-2",
        "198.51.100.12",
        # A definition stands above what refers to it.
        LINKS.lstrip() + "\n" + keepalived_conf(Instance(40, **common, extra=tracked)),
    )
    links = db2.run_folder / "links"
    links.write_text("0\n")
    lab.capture()
    db1.start()
    db2.start()
    db1.wait_log("Entering MASTER STATE")
    lab.sleep(4)
    for number in (160, 0):
        since = db2.log_position()
        db1.power_cut()
        lab.sleep(1.8)
        links.write_text(f"{number}\n")
        db2.note(f"`echo {number} > /run/links`")
        db2.wait_log("Entering MASTER STATE", since=since)
        lab.sleep(3)
        if number:
            since = db1.log_position()
            db1.power_on()
            db1.wait_log("Entering MASTER STATE", since=since)
            lab.sleep(3)
