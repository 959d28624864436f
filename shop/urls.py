"""The site map. Each app's pages are listed in its own urls; flat names, no namespaces."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from catalog.merchantfeed import views as merchantfeed
from catalog.sitemap import views as sitemap
from shop import views
from shop.core import languages
from shop.health import views as health
from shop.notifications import views as notifications
from shop.offline import views as offline
from shop.styleguide import views as styleguide

handler400 = "shop.views.bad_request"
handler403 = "shop.views.forbidden"
handler404 = "shop.views.not_found"
handler500 = "shop.views.server_error"

# Pages, which are there in every language of the shop : /de/products/ …
pages: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("", include("catalog.urls")),
    path("", include("cart.urls")),
    path("", include("checkout.urls")),
    path("account/", views.account, name="account"),
    path("account/", include("shop.accounts.urls")),
    path("emails/<str:token>/stop/", notifications.stop, name="email_stop"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("offline/", offline.offline, name="offline"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("shop.api_urls")),
    path("admin/", admin.site.urls),
    path("sw.js", offline.worker, name="service_worker"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap/pages.xml", sitemap.others, name="sitemap_pages"),
    path("sitemap/products-<uuid:start>.xml", sitemap.products, name="sitemap_products"),
    path("feeds/google.xml", merchantfeed.google, name="google_feed"),
    re_path(r"^media/(?P<path>.+)$", views.media, name="media"),
    languages.everywhere(pages),
]
