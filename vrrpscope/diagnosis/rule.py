"""One rule, one file: metadata, manual page and check together, discovered, not registered."""

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module

from msgspec import Struct

from vrrpscope.diagnosis.case import Case
from vrrpscope.diagnosis.finding import Finding, Hit, Kind, Severity

Check = Callable[[Case], Iterator[Hit]]


class Rule(Struct, frozen=True):
    """A rule: what it is called, what it says, and how it is checked.

    Attributes:
        id: the name of the function with hyphens; for ever.
        explains: ids of the symptoms that it can be the cause of.
        follows: ids of the causes whose consequence it may be; it is then folded under them.
        says: one sentence, a template over the facts of a hit.
        remedy: what to do about it, a template as well.
        rank: order among equally certain causes, by how often the cause is met: 1 is the most
            frequent one.
    """

    id: str
    kind: Kind
    title: str
    severity: Severity
    clauses: tuple[str, ...]
    explains: tuple[str, ...]
    follows: tuple[str, ...]
    says: str
    remedy: str
    rank: int
    check: Check

    @property
    def manual(self) -> str:
        """The docstring of the check: its manual page in Markdown."""
        return inspect.cleandoc(self.check.__doc__ or "")

    def run(self, case: Case) -> Iterator[Finding]:
        """All that the rule finds in a case."""
        for hit in self.check(case):
            yield self._finding(hit)

    def _finding(self, hit: Hit) -> Finding:
        return Finding(
            rule=self.id,
            kind=self.kind,
            severity=hit.severity or self.severity,
            verdict=hit.verdict,
            virtual_router=hit.virtual_router,
            vantage=hit.vantage,
            at_ns=hit.at_ns,
            until_ns=hit.until_ns,
            says=self.says.format_map(dict(hit.facts)),
            remedy=self.remedy.format_map(dict(hit.facts)),
            facts=hit.facts,
            because=hit.because,
            explains=self.explains,
            follows=self.follows,
            settle_with=hit.settle_with,
            not_excluded=hit.not_excluded,
            clauses=self.clauses,
            rank=self.rank,
        )


def rule(
    *,
    title: str,
    kind: Kind,
    severity: Severity,
    says: str,
    remedy: str = "",
    clauses: tuple[str, ...] = (),
    explains: tuple[str, ...] = (),
    follows: tuple[str, ...] = (),
    rank: int = 9,
) -> Callable[[Check], Rule]:
    """Makes a rule of a check; its id is the function's name, its manual the docstring."""

    def decorate(check: Check) -> Rule:
        return Rule(
            id=check.__name__.replace("_", "-"),
            kind=kind,
            title=title,
            severity=severity,
            clauses=clauses,
            explains=explains,
            follows=follows,
            says=says,
            remedy=remedy,
            rank=rank,
            check=check,
        )

    return decorate


@cache
def all_rules() -> dict[str, Rule]:
    """Every rule by its id, symptoms first."""
    package = import_module("vrrpscope.diagnosis.rules")
    found: list[Rule] = []
    for info in pkgutil.iter_modules(package.__path__):
        module = import_module(f"{package.__name__}.{info.name}")
        found.append(getattr(module, info.name))
    order = list(Kind)
    found.sort(key=lambda r: (order.index(r.kind), r.id))
    return {r.id: r for r in found}
