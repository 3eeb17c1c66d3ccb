"""Why a router did not take over at one moment, in the order of the protocol's own decisions.

A backup does nothing but this: it hears an advert, accepts it or not, compares it with its own
priority, and restarts its timer or lets it run (RFC 5798 section 6.4.2). Each step is answered by
what was seen, told or can be inferred, or it is unknown, and then the step says what would tell.
"""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Duration, Evidence, lines
from vrrpscope.diagnosis.moment import Moment
from vrrpscope.diagnosis.nodes import Node
from vrrpscope.diagnosis.questions.disagreements import rejected
from vrrpscope.diagnosis.questions.due import QUERY_NS
from vrrpscope.diagnosis.questions.terms import terms_of
from vrrpscope.evidence.statement import Said
from vrrpscope.observation import VirtualRouter
from vrrpscope.protocol.advertisement import Address
from vrrpscope.timeline.model import RouterStory, Timeline
from vrrpscope.timeline.streak import Streak

_RFC = "RFC 5798 section 6.4.2"


class Known(StrEnum):
    """How an answer is known."""

    SEEN = "seen"
    TOLD = "told"
    INFERRED = "inferred"
    UNKNOWN = "unknown"


class Decision(Struct, frozen=True):
    """One decision of the router.

    Attributes:
        question: what the router had to decide, for example "Did it hear an advert?".
        answer: "yes", "no" or "unknown", or what it did.
        statement: one sentence without its full stop.
        settle_with: what would tell, where it is unknown or only inferred.
    """

    question: str
    answer: str
    statement: str
    known: Known
    evidence: tuple[Evidence, ...] = ()
    clause: str | None = None
    settle_with: str | None = None


class Answer(Struct, frozen=True):
    """Why a router was, or was not, master of a virtual router at one moment."""

    router: VirtualRouter
    vantage: str
    name: str
    at_ns: int
    decisions: tuple[Decision, ...]

    @property
    def says(self) -> str:
        """The decision that settled it."""
        return f"{self.name}: {self.decisions[-1].statement}"


def why(case: Case, subject: Node | Address, at_ns: int) -> tuple[Answer, ...]:
    """Answers for every virtual router at every vantage that was watched at that moment.

    Args:
        case: the case.
        subject: the router that is asked about.
        at_ns: the moment, on the clock of the captures.
    """
    answers = []
    for timeline, story in case.stories():
        if _concerns(story, subject) and _was_watched(timeline, at_ns):
            moment = Moment(case, timeline, story, subject, at_ns)
            decisions = tuple(_decisions(moment))
            answer = Answer(story.router, timeline.vantage.id, moment.name, at_ns, decisions)
            answers.append(answer)
    return tuple(answers)


def _was_watched(timeline: Timeline, at_ns: int) -> bool:
    first_ns, last_ns = timeline.first_ns, timeline.last_ns
    return first_ns is not None and last_ns is not None and first_ns <= at_ns <= last_ns


def _concerns(story: RouterStory, subject: Node | Address) -> bool:
    """False for a virtual router of another family, or one that its configuration does not know."""
    if not isinstance(subject, Node):
        return f"ipv{subject.version}" == story.router.family
    spoke = any(s.address in subject.addresses for s in story.senders)
    return spoke or subject.configuration is None or subject.intent(story.router) is not None


def _decisions(moment: Moment) -> Iterator[Decision]:
    """The decisions, up to the one that settles it."""
    if moment.tenure is not None:
        yield _is_master(moment)
        return
    alive = _alive(moment)
    yield alive
    if alive.answer == "no":
        return
    heard = moment.heard
    if heard is None:
        yield _nothing_heard(moment)
        return
    yield _hearing(moment, heard)
    accepted = _accepts(moment, heard)
    yield accepted
    if accepted.answer == "no":
        yield _becomes_second(moment)
        return
    if heard.priority == 0:
        yield _waits_skew(moment, heard)
        return
    lower = _compares(moment, heard)
    yield lower
    if lower.answer == "no":
        yield _restarts(moment, heard, f"{_holder(moment, heard)}'s priority is not lower")
        return
    preempts = _preempts(moment)
    yield preempts
    yield _outcome(moment, heard, lower.answer, preempts.answer)


def _holder(moment: Moment, heard: Streak) -> str:
    return moment.case.name(heard.sender.address)


def _is_master(moment: Moment) -> Decision:
    tenure = moment.tenure
    assert tenure is not None
    return Decision(
        "Was it master already?",
        "yes",
        f"it was master itself, from frame {tenure.since.ref.number} to frame "
        f"{tenure.until.ref.number}: there was nothing to take over",
        Known.SEEN,
        (tenure.since.ref, tenure.until.ref),
    )


def _alive(moment: Moment) -> Decision:
    """By its log, else by what was seen of it."""
    question = "Was it running, and backup?"
    if moment.state is None:
        return _alive_by_signs(moment, question)
    state = moment.state
    runs = state.said is Said.STATE and state.state in ("BACKUP", "MASTER")
    reason = f" ({state.reason})" if state.reason else ""
    ago_ns = moment.at_ns - (state.time_ns or 0)
    text = f"its log says {state.state or 'that it stops'}{reason}, {Duration(ago_ns)} before"
    if moment.log_goes_on:
        text += ", and goes on without another state"
        known, settle = Known.TOLD, None
    else:
        text += "; it has no line after that time"
        known, settle = Known.INFERRED, f"the log of {moment.name} up to a later time"
    if not runs:
        text += ": in this state it hears no advert and never takes over"
    return Decision(question, _yes(runs), text, known, (state.line,), settle_with=settle)


def _alive_by_signs(moment: Moment, question: str) -> Decision:
    settle = f"systemctl status keepalived on {moment.name}, and its log: --log NODE=FILE"
    sign = moment.last_sign
    if sign is None:
        text = "nothing was seen of it before that time"
        return Decision(question, "unknown", text, Known.UNKNOWN, settle_with=settle)
    ago_ns = moment.at_ns - sign.mark.time_ns
    text = f"it {sign.text} in frame {sign.mark.ref.number}, {Duration(ago_ns)} before"
    evidence = (sign.mark.ref,)
    if sign.goes and sign.text.startswith("left"):
        text += ": its daemon had stopped"
        return Decision(question, "no", text, Known.SEEN, evidence)
    if sign.goes or ago_ns > QUERY_NS:
        return Decision(question, "unknown", text, Known.UNKNOWN, evidence, settle_with=settle)
    return Decision(question, "yes", text, Known.INFERRED, evidence, settle_with=settle)


def _nothing_heard(moment: Moment) -> Decision:
    """No advert on the wire: then its timer runs out, if it runs."""
    question = "Did it hear an advert?"
    last = moment.last_words
    if last is None:
        text = "no advert of another router was on the wire before that time"
        return Decision(question, "no", text, Known.SEEN)
    waits = moment.down_range_ns(last)
    silent_ns = moment.at_ns - last.last.time_ns
    text = (
        f"the last advert of {_holder(moment, last)} was in frame {last.last.ref.number}, "
        f"{Duration(silent_ns)} before; it takes over {_span(waits.low, waits.high)} after the "
        f"last advert that it accepted{_became(moment)}"
    )
    return Decision(question, "no", text, Known.SEEN, (last.last.ref,), _RFC)


def _hearing(moment: Moment, heard: Streak) -> Decision:
    """On the wire here; whether it came to the router its log tells, or its own silence."""
    question = "Did it hear an advert?"
    where = (
        f"{_holder(moment, heard)} advertised priority {heard.priority} from frame "
        f"{heard.first.ref.number} to frame {heard.last.ref.number}"
    )
    evidence = (heard.first.ref, heard.last.ref)
    since_ns = moment.at_ns - 2 * heard.interval_ns
    told = [
        s
        for s in moment.said(Said.DISCARDED_LOWER, Said.REJECTED, Said.HEARD_RELEASE)
        if (s.time_ns or 0) >= since_ns
    ]
    if told:
        text = f"{where}, and its log says that an advert came in"
        return Decision(question, "yes", text, Known.TOLD, (*evidence, told[-1].line))
    kept_quiet_ns = heard.last.time_ns - heard.first.time_ns
    if kept_quiet_ns > moment.down_range_ns(heard).high and _never_spoke(moment, heard):
        text = f"{where}; {moment.name} would have spoken itself meanwhile if it heard nothing"
        settle = f"tcpdump -n -i IFACE 'ip proto 112' on {moment.name}: do the adverts come in?"
        return Decision(question, "yes", text, Known.INFERRED, evidence, _RFC, settle)
    text = f"{where}; whether they came to {moment.name} this capture does not show"
    settle = f"a capture on {moment.name}'s own interface, and its log: --log NODE=FILE"
    return Decision(question, "unknown", text, Known.UNKNOWN, evidence, settle_with=settle)


def _never_spoke(moment: Moment, heard: Streak) -> bool:
    return not any(heard.first < s.last and s.first < heard.last for s in moment.own)


def _accepts(moment: Moment, heard: Streak) -> Decision:
    question = "Did it accept the advert?"
    told = moment.said(Said.REJECTED)
    recent = [s for s in told if (s.time_ns or 0) >= moment.at_ns - 2 * heard.interval_ns]
    if recent:
        text = f"its log says that it rejects the adverts ({recent[-1].reason or 'no reason told'})"
        return Decision(question, "no", text, Known.TOLD, (recent[-1].line,))
    if moment.terms is None:
        settle = f"the keepalived.conf of {moment.name}: --config NODE=FILE"
        text = "its own version, authentication, interval and addresses are not known"
        return Decision(question, "unknown", text, Known.UNKNOWN, settle_with=settle)
    fields = rejected(terms_of(heard.advertisement), moment.terms)
    if any(field.forbids for field in fields):
        text = f"the advert differs from its own terms ({', '.join(fields)}): it discards it"
        return Decision(question, "no", text, Known.INFERRED, clause="RFC 5798 section 7.1")
    if fields:
        text = f"the advert differs in what not every release rejects ({', '.join(fields)})"
        settle = "keepalived --version: before 2.3.3 it rejects such an advert"
        return Decision(question, "unknown", text, Known.UNKNOWN, settle_with=settle)
    text = "nothing in the advert differs from its own terms"
    return Decision(question, "yes", text, Known.INFERRED, clause="RFC 5798 section 7.1")


def _becomes_second(moment: Moment) -> Decision:
    text = (
        f"an advert that it does not accept does not restart its timer: after its "
        f"Master_Down_Interval it becomes a second master{_became(moment)}"
    )
    return Decision("Which timer did it restart?", "none", text, Known.INFERRED, (), _RFC)


def _waits_skew(moment: Moment, heard: Streak) -> Decision:
    waits = moment.down_range_ns(heard)
    text = (
        f"priority 0 sets its timer to Skew_Time: it takes over {_span(waits.low, waits.high)} "
        f"after frame {heard.first.ref.number}, nopreempt or not{_became(moment)}"
    )
    evidence = (heard.first.ref,)
    return Decision(
        "Which timer did it restart?", "Skew_Time", text, Known.INFERRED, evidence, _RFC
    )


def _compares(moment: Moment, heard: Streak) -> Decision:
    """Whether the advert's priority is lower than its own."""
    question = "Was the advert's priority lower than its own?"
    own, theirs = moment.priorities, heard.priority
    text = f"the advert says {theirs}"
    evidence: tuple[Evidence, ...] = (heard.last.ref,)
    known = Known.UNKNOWN
    if moment.told_priority is not None:
        text += f", its own was {moment.told_priority.after} by its log"
        evidence, known = (*evidence, moment.told_priority.line), Known.TOLD
    elif moment.intent is not None:
        low, high = min(own), max(own)
        text += f", its own is {low}" if low == high else f", its own is between {low} and {high}"
        text += " by its configuration"
        evidence = (*evidence, *lines(moment.intent.base_priority))
        known = Known.TOLD
    elif moment.spoken_priority is not None:
        said = moment.spoken_priority
        text += f", its own was {said.priority} in frame {said.last.ref.number}"
        evidence, known = (*evidence, said.last.ref), Known.INFERRED
    else:
        text += "; its own is not known"
    if all(p > theirs for p in own):
        return Decision(question, "yes", text, known, evidence)
    if all(p <= theirs for p in own):
        return Decision(question, "no", text, known, evidence)
    settle = f"the log of {moment.name} ('Changing effective priority'), and its keepalived.conf"
    return Decision(question, "unknown", text, Known.UNKNOWN, evidence, settle_with=settle)


def _preempts(moment: Moment) -> Decision:
    question = "Was it allowed to preempt?"
    discarded = moment.said(Said.DISCARDED_LOWER)
    if discarded:
        text = "its log says that it discards lower priorities, so it preempts"
        return Decision(question, "yes", text, Known.TOLD, (discarded[-1].line,))
    if moment.intent is None:
        settle = f"the keepalived.conf of {moment.name}: does it say nopreempt? --config NODE=FILE"
        text = "its configuration is not known"
        return Decision(question, "unknown", text, Known.UNKNOWN, settle_with=settle)
    told = moment.intent.nopreempt
    text = (
        "its configuration says nopreempt"
        if told.value
        else "nothing in its configuration forbids it"
    )
    delay = moment.intent.preempt_delay_ns
    if not told.value and delay.value:
        text = f"its configuration says preempt_delay: {Duration(delay.value)} first"
        return Decision(question, "later", text, Known.TOLD, lines(delay))
    return Decision(question, _yes(not told.value), text, Known.TOLD, lines(told))


def _outcome(moment: Moment, heard: Streak, lower: str, preempts: str) -> Decision:
    """What follows for its timer."""
    if preempts == "no":
        return _restarts(moment, heard, "under nopreempt it accepts every priority")
    if preempts == "later":
        return _restarts(moment, heard, "while the preempt_delay runs it accepts every priority")
    if lower == "yes" and preempts == "yes":
        waits = moment.down_range_ns(heard)
        text = (
            "it discards lower priorities and its timer runs on: it takes over "
            f"{_span(waits.low, waits.high)} after the last advert that it accepted"
            f"{_became(moment)}"
        )
        return Decision("Which timer did it restart?", "none", text, Known.INFERRED, (), _RFC)
    text = (
        "if its priority is higher and it preempts, its timer runs on and it takes over; if not, "
        f"every advert restarts its timer{_became(moment)}"
    )
    return Decision("Which timer did it restart?", "unknown", text, Known.UNKNOWN, (), _RFC)


def _restarts(moment: Moment, heard: Streak, because: str) -> Decision:
    waits = moment.down_range_ns(heard)
    text = (
        f"{because}: every advert sets its Master_Down_Timer to {_span(waits.low, waits.high)} "
        f"again, and the next one comes after {Duration(heard.interval_ns)}, so it stays "
        f"backup{_became(moment)}"
    )
    evidence = (heard.first.ref, heard.last.ref)
    name = "Master_Down_Interval"
    return Decision("Which timer did it restart?", name, text, Known.INFERRED, evidence, _RFC)


def _became(moment: Moment) -> str:
    """What came of it."""
    tenure = moment.next_tenure
    if tenure is None:
        return "; it did not become master before the capture ended"
    later_ns = tenure.since.time_ns - moment.at_ns
    return f"; it became master {Duration(later_ns)} later, in frame {tenure.since.ref.number}"


def _span(low_ns: int, high_ns: int) -> str:
    if low_ns == high_ns:
        return str(Duration(low_ns))
    return f"{Duration(low_ns)} to {Duration(high_ns)}"


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"
