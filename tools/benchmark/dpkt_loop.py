"""What a first script with dpkt looks like: counts the adverts of each sender of a pcap."""

import sys
from collections import Counter
from pathlib import Path

import dpkt


def main() -> None:
    """Reads the pcap that is named and prints the counts."""
    senders: Counter[tuple[bytes, int, int]] = Counter()
    with Path(sys.argv[1]).open("rb") as file:
        for _, data in dpkt.pcap.Reader(file):
            packet = dpkt.ethernet.Ethernet(data).data
            if isinstance(packet, dpkt.ip.IP) and packet.p == dpkt.ip.IP_PROTO_VRRP:
                advert = packet.data
                senders[packet.src, advert.vrid, advert.priority] += 1
    for (source, vrid, priority), count in senders.items():
        print(".".join(map(str, source)), vrid, priority, count)


if __name__ == "__main__":
    main()
