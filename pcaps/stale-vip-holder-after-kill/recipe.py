"""keepalived dies, its host lives on: two hosts answer for the virtual address.

Both processes of dr-1 are killed; nothing is sent, and nobody removes the address from eth0.
dr-2 takes over 3.609 s after dr-1's last advert. A client that asks for the address gets two
answers, one from each host, though only dr-2 advertises.
"""

from lab import Instance, Lab, keepalived_conf


def record(lab: Lab) -> None:
    """The keepalived of dr-1 is killed, its host goes on."""
    dr1, dr2 = lab.pair(keepalived_conf(Instance(101)), keepalived_conf(Instance(100)))
    client = lab.client("client", "172.31.23.100")
    lab.capture()
    dr1.start()
    lab.sleep(0.3)
    dr2.start()
    dr1.wait_log("Entering MASTER STATE")
    lab.sleep(3)
    client.resolve("172.31.23.6")
    lab.sleep(3)
    dr1.kill()
    dr2.wait_log("Entering MASTER STATE")
    lab.sleep(7)
    client.resolve("172.31.23.6")
    lab.sleep(4)
    client.resolve("172.31.23.6")
    lab.sleep(2)
    lab.who_holds("172.31.23.6")
