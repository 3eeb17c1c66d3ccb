"""Records cases with real daemons in network namespaces (root, Linux).

`python -m lab record CASE...` runs `pcaps/CASE/recipe.py` and writes the capture, the
configurations, the logs and the README of that folder. See docs/lab.md.
"""

from lab.config import Check, Instance, keepalived_conf
from lab.laboratory import Lab

__all__ = ["Check", "Instance", "Lab", "keepalived_conf"]
