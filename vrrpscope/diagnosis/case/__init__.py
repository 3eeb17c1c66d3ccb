"""The case: all that was seen and told, and the questions that the rules ask of it.

A question that two rules need is a method here, answered by a module in `questions/`, with a test
of its own. Rules ask only the case. The questions stand in several files, by what they are about;
each class knows those before it.
"""

from vrrpscope.diagnosis.case.identities import Identities
from vrrpscope.diagnosis.case.roster import Silent

__all__ = ["Case", "Silent"]


class Case(Identities):
    """Timelines of one or more vantages, and the nodes whose configuration or log is known."""
