"""Datagrams in pieces: by the rules of RFC 791 and RFC 5722, and within bounds."""

import itertools

import pytest

from vrrpscope.decode.fragments import MAX_AGE_NS, MAX_DATAGRAMS, MAX_PIECES, Fragments

PIECES = [(0, b"abcdefgh", True), (8, b"ijklmnop", True), (16, b"qrs", False)]
WHOLE = b"abcdefghijklmnopqrs"


def add(fragments, piece, key="k", time_ns=0):
    offset, data, more = piece
    return fragments.add(key, time_ns=time_ns, offset=offset, piece=data, more=more)


@pytest.mark.parametrize("order", list(itertools.permutations(PIECES)))
def test_any_order(order):
    fragments = Fragments()
    assert [add(fragments, piece) for piece in order] == [None, None, WHOLE]


def test_a_repeated_piece_does_no_harm():
    fragments = Fragments()
    results = [add(fragments, piece) for piece in (PIECES[0], PIECES[0], PIECES[2], PIECES[1])]
    assert results == [None, None, None, WHOLE]


def test_datagrams_do_not_mix():
    fragments = Fragments()
    assert add(fragments, (0, b"A" * 8, True), "a") is None
    assert add(fragments, (0, b"B" * 8, True), "b") is None
    assert add(fragments, (8, b"b", False), "b") == b"B" * 8 + b"b"
    assert add(fragments, (8, b"a", False), "a") == b"A" * 8 + b"a"


@pytest.mark.parametrize(
    "overlap",
    [(4, b"xxxxxxxx", True), (0, b"abcd", True), (0, b"ABCDEFGH", True), (0, b"a" * 16, True)],
)
def test_an_overlap_drops_the_datagram(overlap):
    fragments = Fragments()
    add(fragments, PIECES[0])
    assert add(fragments, overlap) is None
    assert add(fragments, PIECES[1]) is None
    assert add(fragments, PIECES[2]) is None  # the first piece went with the rest


def test_two_ends_drop_the_datagram():
    fragments = Fragments()
    add(fragments, (16, b"end", False))
    assert add(fragments, (8, b"end", False)) is None
    assert add(fragments, PIECES[0]) is None


def test_a_piece_past_the_end_completes_nothing():
    fragments = Fragments()
    add(fragments, (8, b"end", False))
    assert add(fragments, (16, b"abcdefgh", True)) is None
    assert add(fragments, (24, b"", True)) is None


def test_old_pieces_are_forgotten():
    fragments = Fragments()
    add(fragments, (0, b"old data", True), time_ns=0)
    assert add(fragments, (8, b"new", False), time_ns=MAX_AGE_NS + 1) is None
    assert add(fragments, (0, b"new data", True), time_ns=MAX_AGE_NS + 2) == b"new datanew"


def test_pieces_without_a_time_do_not_grow_old():
    fragments = Fragments()
    add(fragments, (0, b"abcdefgh", True), time_ns=None)
    assert add(fragments, (8, b"i", False), time_ns=MAX_AGE_NS * 9) == b"abcdefghi"


def test_the_longest_waiting_datagram_makes_room():
    fragments = Fragments()
    for key in range(MAX_DATAGRAMS + 1):
        add(fragments, (0, b"abcdefgh", True), key)
    assert add(fragments, (8, b"i", False), 0) is None
    assert add(fragments, (8, b"i", False), MAX_DATAGRAMS) == b"abcdefghi"


def test_pieces_are_bounded():
    fragments = Fragments()
    for at in range(MAX_PIECES + 1):
        add(fragments, (at * 8, b"abcdefgh", True))
    assert add(fragments, ((MAX_PIECES + 1) * 8, b"i", False)) is None


def test_length_is_bounded():
    fragments = Fragments()
    assert add(fragments, (0, bytes(65535), False)) == bytes(65535)
    assert add(fragments, (0, bytes(65536), False)) is None
