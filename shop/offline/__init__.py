"""The shop where there is no network: the service worker, the page it shows then, and the manifest by which it can
be installed.

Offers addresses only; the worker itself is `static/js/worker.js`. It must never keep anything of somebody
(`shop.core.pages` says what is everybody's), nor show a price or stock as if it were of now
(docs/adr/0037-service-worker.md).
"""
