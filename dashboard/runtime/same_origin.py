"""Who sent a request that changes something: this product's own pages, or another site's.

Dash callbacks are JSON posts and there are no accounts, so a browser that reaches the product
could be made to send one by any page it visits. Every callback that changes the store asks here.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit


def is_own_request(headers: Mapping[str, str], host: str) -> bool:
    """Whether a browser says that the request comes from this origin.

    ``host`` is what the request calls this server, with its port. ``Sec-Fetch-Site`` is the
    browser's own word and holds behind any proxy, but is sent over HTTPS and to localhost only;
    else ``Origin`` must name the same host. A proxy therefore has to hand ``Host`` on unchanged.
    A request with neither comes from no browser and is refused as well.
    """
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("Origin", "")
    return urlsplit(origin).netloc.lower() == host.lower() != ""
