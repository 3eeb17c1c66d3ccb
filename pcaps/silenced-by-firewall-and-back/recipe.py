"""A silenced master comes back later: its IP identification shows that it went on sending.

As article-4-silenced-by-firewall; at the end dr-2 is stopped and dr-1 takes over again. The IP
identification of its next advert is some steps ahead of its last one before the silence: it had
sent in between, and the packets never reached the wire.
"""

from lab import Check, Instance, Lab, keepalived_conf

SILENCE = """\
#!/bin/sh
# While the service is down, keep our adverts from leaving: the other node shall take over.
rule="OUTPUT -p vrrp -j DROP"
if /usr/bin/test -e /run/service.up; then
    /usr/sbin/iptables -C $rule 2>/dev/null && /usr/sbin/iptables -D $rule
    exit 0
fi
/usr/sbin/iptables -C $rule 2>/dev/null || /usr/sbin/iptables -A $rule
exit 1
"""


def record(lab: Lab) -> None:
    """As in article 4, then dr-2 is stopped."""
    check = Check(weight=-2, script="/etc/keepalived/check.sh")
    dr1, dr2 = lab.pair(
        keepalived_conf(Instance(101, nopreempt=True), check=check),
        keepalived_conf(Instance(100, nopreempt=True), check=check),
    )
    dr1.script("check.sh", SILENCE)
    dr2.script("check.sh", SILENCE)
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(5)
    dr1.service_down()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(9)
    dr1.service_up()
    lab.sleep(14)
    dr2.stop()
    lab.sleep(6)
    lab.who_holds("172.31.23.6")
