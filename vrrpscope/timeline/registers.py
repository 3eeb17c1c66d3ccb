"""The state that every frame touches, as flat integers.

Twenty integers of a voice change with every advert, and one of a host with every frame. They lie in
one array, so that a compiled loop can go over it as well as Python: there is one state, and one
place for what is done to it (`fold`), however a frame came.

A block of words belongs to one thing; its first word's index is the thing's address, `..._at`.
Index 0 is nobody's.
"""

from array import array

WORD_BYTES = 8

NEVER = -(2**63)
"""A time that no capture has."""

# A voice: the run that a sender is in.
ADVERT = 0
"""Number of the advert that the run repeats, as the compiled loop counts them; 0: not known."""
HAS_TWIN = 1
"""1 where another run may go on beside this one."""
ROUTER_AT = 2
HOST_AT = 3
OWN_AT = 4
"""Its host's adverts of this virtual router: an address of one word."""
SPEAKER_AT = 5
"""Its sender in this virtual router: an address of one word, which holds its latest voice."""
NUMBER = 6
"""The voice's number in its virtual router."""
LAST_TIME = 7
LAST_FRAME = 8
LAST_IP_ID = 9
BEFORE_LAST_IP_ID = 10
COUNT = 11
COPIES = 12
STEPS = 13
INTERLEAVED = 14
COUNTS = 15
SKIPS = 16
FOLLOWED = 17
ANSWERED = 18
LONGEST_GAP = 19
INTERVAL = 20
LIMIT = 21
SAMPLE_MASK = 22
SENDER_FRAMES = 23
OTHER_FRAMES = 24
PACES_AT = 25
"""Where a compiled loop counts paces, `MOST_PACES` words; 0: nowhere."""
VOICE_WORDS = 26

MOST_PACES = 352
"""A pause inside a run is at most 35 ms of an interval of 10 ms (`late_after_ns`)."""

# A virtual router.
LATEST_SPEAKER = 0
LATEST_TIME = 1
TURNS = 2
"""How often the speaker changed; the latest `MOST_TURNS` speakers follow, as a ring."""
RING = 3
MOST_TURNS = 32
"""Changes of the speaker that a new run looks back on: work that does not grow with senders."""
ROUTER_WORDS = RING + MOST_TURNS

# A host.
FRAMES = 0
SEEN_AT = 1
"""Where its other frames are remembered; 0 before a router of that MAC has advertised."""
HOST_WORDS = 2

# What is remembered of a host.
SEEN = 0
"""Frames so far; the times of the latest `MOST_SEEN` follow, as a ring."""
SEEN_RING = 1
MOST_SEEN = 16
SEEN_WORDS = SEEN_RING + MOST_SEEN

# A vantage.
FIRST_TIME = 0
FINAL_TIME = 1
ADVERTS = 2
OTHERS = 3
OTHER_VRIDS = 4
"""Adverts of virtual routers that were not asked for."""
ARP_REPLIES = 5
"""Those that a compiled loop has counted."""
VANTAGE_WORDS = 6


class Registers:
    """Words for everything that is counted in one capture; blocks are never given back.

    Attributes:
        voices: how many there are.
        runs: how many have begun.
    """

    def __init__(self) -> None:
        self.words = array("q", (0,))
        self.voices = self.runs = 0

    def allocate(self, count: int) -> int:
        """The address of a new block of `count` words that are 0."""
        at = len(self.words)
        self.words.frombytes(bytes(WORD_BYTES * count))
        return at
