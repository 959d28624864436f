"""How each e-mail looks, on sample data: pages of the admin for staff who may see e-mails."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from shop.core.admin import KeysetAdmin
from shop.notifications import labels, samples, services

WIDTHS = (("desktop", 620), ("phone", 390))  # of the frames that show the HTML
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; sandbox"


class PreviewPages(KeysetAdmin):
    """The part of the e-mails' admin that shows the templates."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("previews/", view(self.previews), name="shop_notification_previews"),
            path("previews/<slug:template>/", view(self.preview), name="shop_notification_preview"),
            path("previews/<slug:template>/html/", view(self.preview_html), name="shop_notification_preview_html"),
        ]
        return own + super().get_urls()

    def previews(self, request: HttpRequest) -> HttpResponse:
        """Every e-mail by what it is called, with its subject."""
        self._check(request)
        rows = [
            {"label": label, "subject": self._message(name, settings.LANGUAGE_CODE).subject, "url": self._url(name)}
            for name, label in labels.choices()
        ]
        return self._page(request, "previews", _("E-mails as they look"), rows=rows)

    def preview(self, request: HttpRequest, template: str) -> HttpResponse:
        """`?language=`: one e-mail as HTML at two widths, and as text."""
        self._check(request)
        language = self._language(request)
        message = self._message(template, language)
        response = self._page(
            request, "preview", labels.label(template),
            message=message,
            widths=[{"name": name, "width": width} for name, width in WIDTHS],
            html_url=reverse("admin:shop_notification_preview_html", args=[template]) + f"?language={language}",
            back_url=reverse("admin:shop_notification_previews"),
            languages=[
                {"name": name, "url": f"{self._url(template)}?language={code}", "is_current": code == language}
                for code, name in settings.LANGUAGES
            ],
        )  # fmt: skip
        response._csp_replace = {"frame-src": ["'self'"]}  # type: ignore[attr-defined]  # read by django-csp
        return response

    def preview_html(self, request: HttpRequest, template: str) -> HttpResponse:
        """What the frames hold. It runs no script and loads nothing from elsewhere."""
        self._check(request)
        message = self._message(template, self._language(request))
        response = HttpResponse(str(message.alternatives[0][0]))
        response["Content-Security-Policy"] = _POLICY
        response["X-Frame-Options"] = "SAMEORIGIN"
        return response

    def _check(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _message(self, template: str, language: str) -> Any:
        try:
            facts = samples.context(template)
        except KeyError as error:
            raise Http404 from error
        return services.render(template=template, language=language, context=facts)

    def _language(self, request: HttpRequest) -> str:
        given = request.GET.get("language", settings.LANGUAGE_CODE)
        return given if given in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE

    def _url(self, template: str) -> str:
        return reverse("admin:shop_notification_preview", args=[template])

    def _page(self, request: HttpRequest, name: str, title: str, **shown: Any) -> TemplateResponse:
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **shown}
        return TemplateResponse(request, f"admin/shop/notification/{name}.html", context)
