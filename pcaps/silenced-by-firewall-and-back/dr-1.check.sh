#!/bin/sh
# While the service is down, keep our adverts from leaving: the other node shall take over.
rule="OUTPUT -p vrrp -j DROP"
if /usr/bin/test -e /run/service.up; then
    /usr/sbin/iptables -C $rule 2>/dev/null && /usr/sbin/iptables -D $rule
    exit 0
fi
/usr/sbin/iptables -C $rule 2>/dev/null || /usr/sbin/iptables -A $rule
exit 1
