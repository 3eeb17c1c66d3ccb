from hypothesis import given
from hypothesis import strategies as st

from vrrpscope.capture.window import Window, chunks_of


def test_require_reads_no_further_than_needed():
    pieces = [b"abc", b"def", b"ghi"]
    read = []

    def chunks():
        for piece in pieces:
            read.append(piece)
            yield piece

    window = Window(chunks())
    assert window.require(2)
    assert read == [b"abc"]
    window.position = 2
    assert window.require(3)
    assert read == [b"abc", b"def"]
    assert window.data[window.position :] == b"cdef"
    assert window.offset == 2


def test_require_at_the_end():
    window = Window([b"abc"])
    assert not window.require(4)
    assert window.available == 3
    assert window.data == b"abc"
    assert not window.require(4)


def test_take_and_give_back():
    window = Window([b"abcdef", b"gh"])
    assert window.take(4) == b"abcd"
    window.give_back(3)
    assert window.offset == 1
    assert window.take(100) == b"bcdef"
    assert window.take(100) == b"gh"
    assert window.take(100) == b""


def test_rest_is_what_was_not_used():
    window = Window([b"abc", b"def"])
    window.require(1)
    window.position = 1
    assert b"".join(window.rest()) == b"bcdef"


def test_chunks_come_as_they_are_read():
    answers = iter([b"a", b"bc", b""])
    asked = []

    def read(count):
        asked.append(count)
        return next(answers)

    assert list(chunks_of(read, 10)) == [b"a", b"bc"]
    assert asked == [10, 10, 10]


def test_a_bridge_has_what_it_takes_and_the_rest_of_the_chunk_follows_uncopied():
    second = b"defghi"
    window = Window([b"abc", second, b"jk"])
    assert window.bridge(2)
    window.position = 2
    assert window.bridge(3)
    assert (window.data, window.position, window.offset) == (b"cde", 0, 2)
    assert not window.go_on()
    assert window.bridge(4)
    assert (window.data, window.offset) == (b"cdef", 2)
    window.position = 4
    assert window.go_on()
    assert window.data is second
    assert (window.position, window.offset) == (3, 6)
    assert window.bridge(5)
    assert (window.data[window.position :], window.offset) == (b"ghijk", 6)
    assert not window.bridge(6)
    assert window.available == 5


@given(st.lists(st.binary(max_size=7)), st.lists(st.tuples(st.integers(1, 9), st.booleans())))
def test_however_it_is_asked_the_bytes_are_the_streams(chunks, asked):
    window = Window(iter([chunk for chunk in chunks if chunk]))
    stream, used = b"".join(chunks), 0
    for count, bridged in asked:
        enough = window.bridge(count) if bridged else window.require(count)
        assert enough == (used + count <= len(stream))
        assert window.offset == used
        taken = window.data[window.position : window.position + count]
        assert stream[used:].startswith(taken)
        assert not enough or len(taken) == count
        window.position += len(taken)
        used += len(taken)
    assert b"".join(window.rest()) == stream[used:]
