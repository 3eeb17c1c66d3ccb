"""Clusters that share a VRID and nothing else."""

from ipaddress import ip_address

from sightings import SECOND, A, B, Wire, advert

C = "10.0.0.3"
D = "10.0.0.4"
X = (ip_address("10.0.0.100"),)
Y = (ip_address("10.0.0.200"),)
XY = X + Y


def groups(*said: tuple[str, object, object]) -> list[set[str]]:
    """The groups of senders, each with its addresses and its interval in seconds."""
    wire = Wire()
    for second in range(3):
        for index, (source, addresses, interval_s) in enumerate(said):
            other = advert(
                source,
                100 + index,
                addresses=addresses,
                address_count=len(addresses),
                advert_interval_ns=interval_s * SECOND,
            )
            wire.say(1000 * second + 100 * index, other)
    return [{str(s.address) for s in group} for group in wire.story().groups]


def test_routers_that_share_an_address_are_one_group() -> None:
    assert groups((A, X, 1), (B, XY, 1), (C, Y, 1)) == [{A, B, C}]


def test_two_clusters_are_two_groups_in_the_order_in_which_they_spoke() -> None:
    assert groups((A, X, 1), (B, Y, 1), (C, X, 1), (D, Y, 1)) == [{A, C}, {B, D}]


def test_one_router_of_three_with_another_list_is_parted() -> None:
    assert groups((A, X, 1), (B, X, 1), (C, Y, 1)) == [{A, B}, {C}]


def test_two_routers_that_differ_in_their_address_alone_may_be_one_cluster() -> None:
    assert groups((A, X, 1), (B, Y, 1)) == [{A, B}]


def test_two_routers_that_differ_in_their_terms_too_are_two_clusters() -> None:
    assert groups((A, X, 1), (B, Y, 2)) == [{A}, {B}]


def test_an_address_that_moves_to_the_whole_cluster_connects_it() -> None:
    wire = Wire()
    wire.repeat(0, 3, advert(A, 100, addresses=X))
    wire.repeat(3000, 3, advert(A, 100, addresses=Y))
    wire.repeat(3500, 3, advert(B, 90, addresses=Y))
    wire.repeat(3600, 3, advert(C, 80, addresses=X))
    assert len(wire.story().groups) == 1


def test_a_list_that_was_cut_off_parts_nobody() -> None:
    assert groups((A, X, 1), (B, X, 1), (C, (), 1)) == [{A, B, C}]


def test_a_stranger_takes_nobody_s_role() -> None:
    """C is silent for 4 s and A, of another cluster, speaks on: no hand-over between the two."""
    wire = Wire()
    wire.repeat(0, 12, advert(A, 100, addresses=X))
    wire.repeat(100, 1, advert(B, 90, addresses=X))
    wire.repeat(200, 3, advert(C, 200, addresses=Y))
    wire.repeat(8200, 3, advert(C, 200, addresses=Y))
    story = wire.story()
    moves = [
        (h.before and str(h.before.sender.address), str(h.after.sender.address))
        for h in story.handovers
    ]
    assert moves == [(None, A), (None, C)]
    assert story.are_parted(ip_address(A), ip_address(C))
    assert not story.are_parted(ip_address(A), ip_address(B))
    assert not story.are_parted(ip_address(A), ip_address(D))
