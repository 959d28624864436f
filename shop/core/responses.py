"""Answers that Django does not have."""

from django.http import HttpResponseRedirect


class SeeOther(HttpResponseRedirect):
    """303: what was posted is done, look there with GET (also for htmx and for browsers that would repeat a 302)."""

    status_code = 303
