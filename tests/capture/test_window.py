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
