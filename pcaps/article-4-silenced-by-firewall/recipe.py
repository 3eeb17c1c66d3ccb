"""The check script silences the failed master with a firewall rule, and the backup takes over.

As article-2-nopreempt-weighted-check, with `nopreempt` on both, but the check script also adds
`iptables -A OUTPUT -p vrrp -j DROP` while the service is down. dr-2 hears nothing any more and
takes over one Master_Down_Interval after the last advert. dr-1 still hears: dr-2's 100 is
better than its own 99, and it yields. When the service is back (101), it stays backup under
`nopreempt`.

On the wire dr-1 falls silent without a priority 0, like a router that died. Only its log tells
the reason: `send advert error 1 (Operation not permitted)`.
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
    """The service of dr-1 fails and comes back; the check script silences dr-1 meanwhile."""
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
    lab.who_holds("172.31.23.6")
