"""The page with the figures: everything between two markers is replaced.

<!-- measured by tools/bench.py: growth -->
...
<!-- end of measured -->
"""

import re
from collections.abc import Mapping

_SECTION = re.compile(
    r"(?P<head>^<!-- measured by tools/bench\.py: (?P<name>[\w-]+) -->\n)"
    r"(?P<body>.*?)"
    r"(?P<tail>^<!-- end of measured -->$)",
    re.DOTALL | re.MULTILINE,
)


def replace(text: str, sections: Mapping[str, str]) -> str:
    """The page with new sections.

    Raises:
        ValueError: the page has other sections than those that were measured.
    """
    found = [match["name"] for match in _SECTION.finditer(text)]
    if sorted(found) != sorted(sections):
        raise ValueError(
            f"the page has the sections {', '.join(sorted(found)) or 'none'}; "
            f"measured are {', '.join(sorted(sections))}"
        )
    return _SECTION.sub(lambda match: match["head"] + sections[match["name"]] + match["tail"], text)
