"""The backup's priority changes just after the master gave up: keepalived waits a whole timer.

Both routers watch the same uplink. It fails: edge-a goes into FAULT and says priority 0; edge-b
has a priority of 120 and would take over after 0.531 s. But in that moment its own number falls
by 60. keepalived counts the change against a whole Master_Down_Interval, although only the skew
was running (vrrp_set_effective_priority), and moves the deadline by three intervals more: edge-b
takes over 3.766 s after the priority 0, as if it had not heard it.
"""

from lab import Check, Instance, Lab, keepalived_conf

VIP = "2001:db8:7:7::80"
LINKS = """
track_file links {
    file /run/links
    weight 1
}
"""


def record(lab: Lab) -> None:
    """The uplink fails: FAULT on edge-a, and a lower priority on edge-b within its skew."""
    common = {"vrid": 77, "addresses": ("fe80::77:80", VIP), "version": 3, "auth_type": None}
    check = Check(weight=0, interval_s=1, fall=1, rise=1)
    edge_a = lab.keepalived(
        "edge-a", "2001:db8:7:7::a", keepalived_conf(Instance(220, **common), check=check)
    )
    tracked = ("track_file {", "    links", "}")
    edge_b = lab.keepalived(
        "edge-b",
        "2001:db8:7:7::b",
        # A definition stands above what refers to it.
        LINKS.lstrip() + "\n" + keepalived_conf(Instance(120, **common, extra=tracked)),
    )
    links = edge_b.run_folder / "links"
    links.write_text("0\n")
    lab.capture()
    edge_a.start()
    edge_b.start()
    edge_a.wait_log("Entering MASTER STATE")
    lab.sleep(5.5)
    edge_a.service_down()
    edge_a.wait_log("Entering FAULT STATE")
    lab.sleep(0.1)
    links.write_text("-60\n")
    edge_b.note("`echo -60 > /run/links`")
    edge_b.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    lab.who_holds(VIP)
