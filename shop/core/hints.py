"""What a page needs first, said in a header (`Link`): a CDN that sends early hints (103) tells a browser of it before
the page is there.
"""

from __future__ import annotations

import re

_HEAD = 16 * 1024  # bytes in which the head ends
_LINK = re.compile(rb"<link\s([^>]*)>")
_ATTRIBUTE = re.compile(rb'([a-z-]+)(?:="([^"]*)")?')


def preloads(page: bytes) -> str:
    """The `Link` header of an HTML page: its style sheets, and the fonts that it preloads; empty where there are none.

    Read from the page, so that there is one place that names them.
    """
    found = []
    for tag in _LINK.findall(page[:_HEAD].partition(b"</head>")[0]):
        given = {name.decode(): value.decode() for name, value in _ATTRIBUTE.findall(tag)}
        address = given.get("href", "")
        if not re.fullmatch(r"[\w./:%~-]+", address):
            continue
        if given.get("rel") == "stylesheet":
            found.append(f"<{address}>; rel=preload; as=style")
        elif given.get("rel") == "preload" and given.get("as") == "font":
            found.append(f'<{address}>; rel=preload; as=font; type="{given.get("type", "")}"; crossorigin')
    return ", ".join(found)
