from vrrpscope.capture.ledger import (
    MOST_DROP_NOTES,
    NO_TIME,
    UNKNOWN_BLOCK,
    Interface,
    Ledger,
    printable,
)


def test_what_happens_often_becomes_one_note():
    ledger = Ledger()
    for number in range(5, 5000):
        ledger.tally(NO_TIME, number)
    ledger.tally(UNKNOWN_BLOCK, "0x00000063 at byte 12")
    assert ledger.notes == []
    ledger.finish()
    assert ledger.notes == [
        "frames without a time (simple packet blocks): 4995, the first is frame 5",
        "blocks of an unknown type, skipped: 1, the first is 0x00000063 at byte 12",
    ]


def test_the_largest_step_back_is_exact():
    ledger = Ledger()
    ledger.step_back(7, 1)
    ledger.step_back(9, 90_000_000_000)
    ledger.step_back(11, 2)
    ledger.finish()
    assert ledger.notes == [
        "time runs backwards; steps back: 3, the first at frame 7, the largest 90 s"
    ]


def test_a_file_without_remarks_has_no_notes():
    ledger = Ledger()
    ledger.interfaces.append(Interface("eth0", 1, received=9, dropped_by_interface=0))
    ledger.finish()
    assert ledger.notes == []


def test_notes_on_drops_are_bounded():
    ledger = Ledger()
    for number in range(1000):
        ledger.interfaces.append(Interface(f"eth{number}", 1, dropped_by_interface=1))
    ledger.finish()
    assert len(ledger.notes) == MOST_DROP_NOTES + 1
    assert ledger.notes[0] == "interface eth0 dropped frames: 1 by the interface"
    assert ledger.notes[-1] == "984 more interfaces dropped frames"


def test_foreign_text_cannot_steer_a_terminal():
    assert printable("Büro\x1b[2J\n\u202e\u200b") == "Büro\\x1b[2J\\n\\u202e\\u200b"
