"""What the loop is told and what it tells, as places in arrays of integers."""

from vrrpscope.timeline.answers import ANSWER_WORDS

# The context: where the loop is, and what it is told about the file.
POSITION = 0
"""Of the next record in the bytes at hand."""
END = 1
"""Of those bytes."""
NUMBER = 2
"""Of the latest frame."""
LATEST = 3
"""Its time, in nanoseconds since the epoch."""
EXTRA = 4
"""Bytes after the usual 16 of a pcap record header; `PCAPNG` for pcapng."""
IS_BIG = 5
"""1 where the file's integers are big-endian."""
LONGEST = 6
"""The highest number of captured bytes that is believed."""
LINKS = 7
"""How many interfaces there are."""
SINCE = 8
UNTIL = 9
"""Frames outside of this span are passed over."""

# The record that is being looked at.
START = 10
STOP = 11
"""Its captured bytes."""
NEXT = 12
"""The position of the record after it."""
ORIGINAL = 13
"""Its length on the wire."""
TIME = 14
LINK_AT = 15
"""Its interface, as a place in `links`."""

SLOT_AT = 16
"""The slot of the advert at which the loop stopped."""
SAMPLES = 17
"""How many samples there are."""
ANSWERS = 18
"""How many ARP replies there are."""
ROWS = 19
"""How many rows of adverts there are; `NOT_WANTED` where nobody wants them."""
CONTEXT_WORDS = 20

PCAPNG = -1

# An interface, in `links`.
LINK_TYPE = 0
"""Its LINKTYPE_ value; `NOT_PLAIN` where its records are left to others."""
MULTIPLIER = 1
"""Nanoseconds of a tick of its clock."""
OFFSET = 2
"""Nanoseconds to add."""
MOST_TICKS = 3
"""A later time is left to others: it might not fit 64 bits."""
VANTAGE_AT = 4
"""Its vantage, in the registers; 0 where it has none yet."""
LINK_WORDS = 5

NOT_PLAIN = -1

# A sample: a voice, the IP identification and the time of one of its adverts.
SAMPLE_WORDS = 3
MOST_SAMPLES = 4096

# An ARP reply: a row as `timeline.answers` has them, and its vantage.
ANSWERS_VANTAGE = ANSWER_WORDS
REPLY_WORDS = ANSWER_WORDS + 1
MOST_REPLIES = 4096

# An advert as a row: see `advert_rows`.
NOT_WANTED = -1
MOST_ROWS = 65_536
