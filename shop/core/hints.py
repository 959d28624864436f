"""What a page needs first, said in a header (`Link`): a CDN that sends early hints (103) tells a browser of it before
the page is there.
"""

from __future__ import annotations

import re

_HEAD = 16 * 1024  # bytes in which the head ends
_TAG = re.compile(rb"<(?:link|script)\s([^>]*)>")
_ATTRIBUTE = re.compile(rb'([a-z-]+)(?:="([^"]*)")?')


def preloads(page: bytes) -> str:
    """The `Link` header of an HTML page: its style sheets, the scripts that nothing is drawn without, and the fonts
    that it preloads; empty where there are none.

    Read from the page, so that there is one place that names them.
    """
    found = []
    for tag in _TAG.findall(page[:_HEAD].partition(b"</head>")[0]):
        given = {name.decode(): value.decode() for name, value in _ATTRIBUTE.findall(tag)}
        address = given.get("href") or given.get("src", "")
        if not re.fullmatch(r"[\w./:%~-]+", address):
            continue
        if given.get("rel") == "stylesheet":
            found.append(f"<{address}>; rel=preload; as=style")
        elif "src" in given and not given.keys() & {"async", "defer", "type"}:
            found.append(f"<{address}>; rel=preload; as=script")
        elif given.get("rel") == "preload" and given.get("as") == "font":
            found.append(f'<{address}>; rel=preload; as=font; type="{given.get("type", "")}"; crossorigin')
    return ", ".join(found)
