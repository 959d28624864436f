"""The one settings file: read from the environment, one paragraph per system. docs/operations.md lists every variable.

Without DATABASE_URL the embedded default (shop/local) supplies addresses, keys and passwords of this checkout.
"""

import os
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from wsgiref.headers import Headers
from zoneinfo import ZoneInfo

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from shop.core import catalogues
from shop.local import addresses

BASE_DIR = Path(__file__).resolve().parent.parent
EMBEDDED = "DATABASE_URL" not in os.environ
_ENV = {**(addresses.environment() if EMBEDDED else {}), **os.environ}
TESTING = "pytest" in sys.modules


def env(name: str, default: str = "") -> str:
    return _ENV.get(name, default)


def flag(name: str, default: str = "0") -> bool:
    return env(name, default).lower() in {"1", "true", "yes", "on"}


def names(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in env(name, default).split(",") if item.strip()]


# --- The site
DEBUG = flag("DEBUG")
SITE_URL = env("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
_HTTPS = SITE_URL.startswith("https://")
SECRET_KEY = env("SECRET_KEY") or ("insecure-development-key-" + "0" * 40 if DEBUG or TESTING else "")
SECRET_KEY_FALLBACKS = names("SECRET_KEY_FALLBACKS")
FIELD_ENCRYPTION_KEYS = names("FIELD_ENCRYPTION_KEYS")  # newest first; without one SECRET_KEY stands in
ALLOWED_HOSTS = names("ALLOWED_HOSTS", urlsplit(SITE_URL).hostname or "127.0.0.1")
if TESTING:
    ALLOWED_HOSTS += ["testserver", "localhost", "127.0.0.1"]
BEHIND_PROXY = flag("BEHIND_PROXY")
SHOP_NAME = env("SHOP_NAME", "Holdfast")
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
DEFAULT_CURRENCY = env("DEFAULT_CURRENCY", "USD")
EXCHANGE_RATES_URL = "" if TESTING else env("EXCHANGE_RATES_URL")  # eurofxref XML, asked once a day; empty: by hand
EXCHANGE_RATES_JUMP = int(env("EXCHANGE_RATES_JUMP", "10"))  # percent in one go: more is taken for a mistake
SHOW_LOWEST_PRICE = flag("SHOW_LOWEST_PRICE", "1")  # of 30 days, beside a reduced price: EU law asks for it
DEFAULT_COUNTRY = env("DEFAULT_COUNTRY", "US")
CHANNEL = "web"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
REQUEST_MAX_BYTES = 42 * 1024 * 1024  # four photos of a return, each of 10 MB, and the form around them
STAFF_REQUEST_MAX_BYTES = 256 * 1024 * 1024  # a product's gallery
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # the admin page of a product with 250 variants sends as many

INSTALLED_APPS = [
    "shop",
    "inventory",
    "catalog",
    "cart",
    "checkout",
    "unfold.apps.BasicAppConfig",
    "shop.accounts.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "allauth.headless",
    "treebeard",
    "pictures",
    "django_countries",
    "django_htmx",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
if flag("MIGRATION_LINTER"):  # a development tool: refuses migrations that are unsafe while the shop runs
    INSTALLED_APPS.append("django_migration_linter")

MIDDLEWARE = [
    "shop.middleware.readable_codings",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # outside of all that says something of pages: a file stands alone
    "shop.middleware.request_log",
    "shop.middleware.Compressed",
    "catalog.search.clicks.count_clicks",
    "shop.middleware.kept_pages",  # outside of all that looks at who asks: a page that is kept is everybody's
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",  # outside of security_headers, which tells it what /admin/ needs
    "shop.middleware.security_headers",
    "shop.middleware.sane_cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "shop.core.languages.by_address",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "cart.carts.access.take_back",
    "shop.accounts.visitors.tell_scripts",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "shop.middleware.ways_on",
    "shop.middleware.no_huge_body",
    "shop.middleware.NoNul",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shop.views.shop_context",
            ],
            "libraries": {
                "bidi": "shop.core.templatetags.bidi",
                "dates": "shop.core.templatetags.dates",
                "fields": "shop.core.templatetags.fields",
                "ledger": "checkout.ledger.labels",
                "languages": "shop.core.templatetags.languages",
                "money": "shop.core.templatetags.money",
                "numbers": "shop.core.templatetags.numbers",
                "parts": "shop.core.templatetags.parts",
                "styles": "shop.core.templatetags.styles",
            },
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"


# --- Databases: one server by default; catalogue and inventory may have their own
def _database(url: str) -> dict[str, object]:
    """Django's settings for a `postgres://user:password@host:port,host:port/name?sslmode=…` URL; a pool per process.

    Of several hosts the one that can be written to is used: the primary, whichever that is now.
    """
    parts = urlsplit(url)
    hosts = [urlsplit(f"//{one}") for one in parts.netloc.rpartition("@")[2].split(",")]
    options: dict[str, object] = {"connect_timeout": 3, "tcp_user_timeout": 15_000}
    if len(hosts) > 1:
        options["target_session_attrs"] = "read-write"
    options |= {key: values[-1] for key, values in parse_qs(parts.query).items()}
    if not TESTING:
        options["pool"] = {
            "min_size": 0,
            "max_size": int(env("DATABASE_POOL_SIZE", "8")),
            "timeout": 2,  # seconds until a request that gets no connection is answered with 503
            "reconnect_timeout": 2,  # then whoever comes next tries anew, instead of waiting for a growing pause
            "max_idle": 300,
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": ",".join(host.hostname or "" for host in hosts),
        "PORT": ",".join(str(host.port or "") for host in hosts),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": not TESTING,  # a connection of a server that died is replaced before it is used
        "OPTIONS": options,
        "DISABLE_SERVER_SIDE_CURSORS": flag("DATABASE_TRANSACTION_POOLING"),
    }


DATABASES = {"default": _database(env("DATABASE_URL") or addresses.database_url())}
for _alias in ("catalog", "inventory"):
    if env(f"{_alias.upper()}_DATABASE_URL"):
        DATABASES[_alias] = _database(env(f"{_alias.upper()}_DATABASE_URL"))
DATABASE_ROUTERS = ["shop.core.db.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: cache, sessions behind it, Celery's broker
REDIS_URL = env("REDIS_URL") or addresses.redis_url()
KEEP_PAGES = flag("KEEP_PAGES", "1") and not TESTING  # tests that mean it switch it on
CDN_SECONDS = int(
    env("CDN_SECONDS", "0")
)  # for which a CDN that knows the shop's cookies may keep pages (operations.md)
RELEASE = env("RELEASE")  # which release this is, for what is kept of pages; empty: told by its files
SERVICE_WORKER = flag("SERVICE_WORKER", "1")  # 0: browsers throw theirs away, with all that it kept
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "hf",
        "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 0.5, "SOCKET_TIMEOUT": 0.5},
    }
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"

# --- Elasticsearch: answers searches where there is one; without an address, or without an answer, PostgreSQL does
ELASTICSEARCH_URL = "" if TESTING else env("ELASTICSEARCH_URL")  # tests that mean it name it
ELASTICSEARCH_INDEX = env("ELASTICSEARCH_INDEX", "holdfast-listings")
ELASTICSEARCH_TIMEOUT_SECONDS = float(env("ELASTICSEARCH_TIMEOUT_SECONDS", "1"))  # for all that one search asks

# --- Celery: every task may run twice; the outbox, not the broker, is what remembers
CELERY_BROKER_URL = env("CELERY_BROKER_URL") or REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker for as long as it takes
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "max_retries": 1,  # of whoever sends a message: the outbox remembers, so nobody waits for a dead broker
    "interval_start": 0,
    "interval_step": 0.1,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 250_000  # KiB
EVENT_SUBSCRIBERS = "shop.subscriptions.SUBSCRIBERS"
ATTACHMENTS = {  # who has the file of "document:<id>" for an e-mail, by the part before the colon
    "document": "checkout.invoices.services.attachment",
    "purchase-order": "inventory.suppliers.emails.attachment",
}
MAIL_SECRETS = {  # who reads "gift-card:<id>" for an e-mail when it is sent, by the part before the colon
    "gift-card": "checkout.giftcards.emails.code",
}
LINKS = {  # who says in the admin what "order:<id>" is, by the part before the colon (shop/core/links.py)
    "order": "checkout.archive.selectors.links",
    "change": "checkout.changes.selectors.links",
    "purchase-order": "inventory.suppliers.selectors.links",
    "shipment": "checkout.fulfilment.selectors.links",
    "return": "checkout.returns.selectors.links",
    "transfer": "inventory.transfers.selectors.links",
    "variant": "catalog.products.selectors.links",
}
REFERENCES = "checkout.archive.selectors.references"  # who knows what of an order units are held for, by its number

PEOPLE = {  # who says what people call "staff:<id>", and who that is with an e-mail address (shop/core/actors.py)
    "names": "shop.accounts.selectors.names_of",
    "actor": "shop.accounts.selectors.actor_with_email",
}

# --- Tax: a service that works it out where a country's tax settings say so, and the register of VAT ids
TAX_SERVICE_URL = "" if TESTING else env("TAX_SERVICE_URL")
TAX_SERVICE_KEY = env("TAX_SERVICE_KEY")
VAT_REGISTER_URL = (  # asked only by shops in the European Union; empty: ids count as not checked
    "" if TESTING else env("VAT_REGISTER_URL", "https://ec.europa.eu/taxation_customs/vies/rest-api")
)

# --- Language and time
_AUTONYMS = {"en": "English", "de": "Deutsch", "es": "Español", "ar": "العربية"}  # those there are catalogues of
LANGUAGES = [(code, _AUTONYMS[code]) for code in names("LANGUAGES", "en,de,es,ar")]
LANGUAGE_CODE = LANGUAGES[0][0]  # of addresses without a prefix, and of what the catalogue's own fields say
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # of machines: what programs read and what is kept
SHOP_TIME_ZONE = ZoneInfo("UTC" if TESTING else env("SHOP_TIME_ZONE", "UTC")).key  # of people: `shop.core.formats`
LOCALE_PATHS = [catalogues.compiled(folder) for folder in catalogues.FOLDERS]

# --- Static files and media
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
STATIC_ROOT = None if TESTING else env("STATIC_ROOT") or None  # of collectstatic; without it the sources are served
_STATIC_FILES = "shop.core.static.StaticFiles" if STATIC_ROOT and not DEBUG else _PLAIN
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env("MEDIA_ROOT") or addresses.data_folder() / "media")
PRIVATE_ROOT = Path(env("PRIVATE_ROOT") or addresses.data_folder() / "private")  # files that no address leads to
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": PRIVATE_ROOT}},
    "staticfiles": {"BACKEND": _STATIC_FILES},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG


def _said_of_files(headers: Headers, path: str, url: str) -> None:
    """Of all that pages say of themselves, files need this alone. That is half a kilobyte less of each, and a round
    trip less of the fonts, which so fit into what a server may send before it hears from the browser (RFC 6928)."""
    headers["X-Content-Type-Options"] = "nosniff"


WHITENOISE_ADD_HEADERS_FUNCTION = _said_of_files
PICTURES = {
    "BREAKPOINTS": {"phone": 480, "wide": 1280},
    "GRID_COLUMNS": 12,
    "CONTAINER_WIDTH": 1280,
    "FILE_TYPES": ["AVIF", "WEBP"],
    "PIXEL_DENSITIES": [1, 2],
    "USE_PLACEHOLDERS": False,
    "QUEUE_NAME": "pictures",
    "PROCESSOR": "pictures.tasks.noop",
}

# --- Accounts: e-mail is the name; staff need a second factor unless switched off
AUTH_USER_MODEL = "shop.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGOUT_REDIRECT_URL = "home"  # of the language that was left
ACCOUNT_ADAPTER = "shop.accounts.adapter.AccountAdapter"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if _HTTPS else "http"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {} if flag("RATE_LIMITS", "1") else False
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
PASSWORD_RESET_TIMEOUT = 3600
HEADLESS_TOKEN_STRATEGY = "allauth.headless.tokens.strategies.jwt.JWTTokenStrategy"  # noqa: S105
HEADLESS_JWT_ALGORITHM = "HS256"
HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED = True  # a token ends with its session: sign-out, new password, account off
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 3600
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = 14 * 24 * 3600
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
STAFF_MFA_REQUIRED = flag("STAFF_MFA_REQUIRED", "1")
DEMO_MERCHANT_EMAIL = env("DEMO_MERCHANT_EMAIL", "merchant@example.com")
DEMO_MERCHANT_PASSWORD = env("DEMO_MERCHANT_PASSWORD")


# --- The admin: the shop's name and colour, and a merchant's pages in the order of a merchant's day
def _page(title: object, icon: str, model: str, **more: object) -> dict[str, object]:
    app, name = model.split(".")
    return {
        **more,
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{name}_changelist"),
        "permission": lambda request: request.user.has_perm(f"{app}.view_{name}"),
    }


def _screen(title: object, icon: str, name: str, permission: str = "checkout.fulfil_order") -> dict[str, object]:
    """A page that is nobody's list, or one for those who may do more than look."""
    link = reverse_lazy(name)
    return {
        "title": title,
        "icon": icon,
        "link": link,
        "active": lambda request: request.path == str(link),
        "permission": lambda request: request.user.has_perm(permission),
    }


def _group(title: object, *pages: dict[str, object], is_open: bool = True) -> dict[str, object]:
    return {"title": title, "separator": True, "collapsible": not is_open, "items": pages}


_TEAL = [(97, 0.014), (94, 0.03), (89, 0.05), (82, 0.075), (71, 0.09), (58, 0.09), (46, 0.085), (39, 0.073), (33, 0.06)]
UNFOLD = {
    "SITE_TITLE": SHOP_NAME,
    "SITE_HEADER": SHOP_NAME,
    "SITE_SYMBOL": "storefront",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: f"{STATIC_URL}img/icon.svg"}],
    "SHOW_VIEW_ON_SITE": True,
    "COLORS": {
        "primary": {
            weight: f"oklch({light}% {chroma} 200)"
            for weight, (light, chroma) in zip(
                ("50", "100", "200", "300", "400", "500", "600", "700", "800", "900", "950"),
                [*_TEAL, (28, 0.05), (21, 0.04)],
                strict=True,
            )
        }
    },
    "SIDEBAR": {
        "show_search": True,
        "navigation": [
            _group(
                _("Orders"),
                _page(_("Orders"), "receipt_long", "checkout.order"),
                {
                    "title": _("Draft orders"),
                    "icon": "edit_note",
                    "link": reverse_lazy("admin:checkout_draft_changelist"),
                    "permission": lambda request: request.user.has_perm("checkout.edit_order"),
                },
                _page(_("Shipments"), "local_shipping", "checkout.shipment"),
                _page(
                    _("Returns"), "assignment_return", "checkout.return", badge="checkout.returns.selectors.open_badge"
                ),
                _page(_("Return rules"), "rule", "checkout.returnrule"),
                _page(_("Invoices"), "description", "checkout.document"),
                _page(_("Invoice details"), "storefront", "checkout.invoicedetails"),
                _page(_("Payments"), "payments", "checkout.payment"),
                _page(_("Payment routes"), "alt_route", "checkout.paymentroute"),
                _page(_("Receivables"), "request_quote", "checkout.receivable"),
                _page(_("Store credit"), "account_balance_wallet", "checkout.creditaccount"),
                _page(_("Gift cards"), "card_giftcard", "checkout.giftcard"),
                _page(_("Refunds"), "undo", "checkout.refund"),
                _page(_("Archived orders"), "inventory", "checkout.archivedorder"),
                _page(_("Carts"), "shopping_bag", "cart.cart"),
            ),
            _group(
                _("Warehouse"),
                _screen(_("Parcels to pick"), "conveyor_belt", "admin:checkout_parceltopick_changelist"),
                _screen(_("Waves"), "barcode_scanner", "admin:checkout_pickwave_changelist"),
                _screen(_("Pack and dispatch"), "package_2", "admin:checkout_warehouse_pack"),
                _screen(_("Arrivals"), "task_alt", "admin:checkout_warehouse_arrivals"),
                _screen(_("Print jobs"), "print", "admin:checkout_printjob_changelist"),
                _screen(
                    _("Forgotten labels"),
                    "label_off",
                    "admin:checkout_forgottenlabel_changelist",
                    "checkout.view_shipment",
                ),
            ),
            _group(
                _("Catalogue"),
                _page(_("Products"), "inventory_2", "catalog.product"),
                _page(_("Categories"), "account_tree", "catalog.category"),
                _page(_("Brands"), "sell", "catalog.brand"),
                _page(_("Bundles"), "package_2", "catalog.variant"),
                _page(_("Product types"), "tune", "catalog.producttype"),
                _page(_("Sellers"), "store", "catalog.seller"),
                _page(_("Word list"), "translate", "catalog.term"),
                _page(_("Reviews"), "reviews", "catalog.review", badge="catalog.reviews.admin.waiting_badge"),
            ),
            _group(
                _("Search"),
                _page(_("Searches"), "query_stats", "catalog.searched"),
                _page(_("Curated searches"), "push_pin", "catalog.curation"),
                _page(_("Synonyms"), "sync_alt", "catalog.synonym"),
                _page(_("Stop words"), "block", "catalog.stopword"),
                _page(_("Ranking"), "tune", "catalog.ranking"),
            ),
            _group(
                _("Stock"),
                _page(_("Stock items"), "shelves", "inventory.stockitem"),
                _page(_("Stock movements"), "swap_vert", "inventory.stockmovement"),
                _page(_("Reservations"), "timer", "inventory.reservation"),
                _page(_("Transfers"), "conveyor_belt", "inventory.transfer"),
                _page(
                    _("Low-stock alerts"),
                    "notifications",
                    "inventory.stockalert",
                    badge="inventory.stock.desk.open_alerts",
                ),
                _page(_("Waiting lines"), "hourglass_top", "catalog.restockrequest"),
                _page(_("Purchase orders"), "assignment", "inventory.purchaseorder"),
                _page(_("Suppliers"), "factory", "inventory.supplier"),
                _page(_("Locations"), "warehouse", "inventory.location"),
                _page(_("Allocation"), "call_split", "inventory.stockpolicy"),
                _page(_("Stock checks"), "fact_check", "inventory.stockcheck"),
                _page(_("Stock feeds"), "sensors", "inventory.feed"),
                _page(_("Feed messages"), "inbox", "inventory.feedmessage"),
            ),
            _group(
                _("Prices"),
                _page(_("Prices"), "attach_money", "catalog.price"),
                _page(_("Currencies"), "currency_exchange", "shop.currency"),
                _page(_("Promotions"), "sell", "cart.promotion"),
                _page(_("Coupons"), "percent", "cart.coupon"),
                _page(_("Batches of coupons"), "confirmation_number", "cart.codebatch"),
                _page(_("Redemptions"), "redeem", "cart.redemption"),
                _screen(_("Simulations"), "science", "admin:checkout_simulation_changelist", "cart.view_promotion"),
                _page(_("Delivery methods"), "package_2", "cart.shippingmethod"),
                _page(_("Delivery zones"), "map", "cart.shippingzone"),
                _page(_("Shipping points"), "storefront", "cart.shippingpoint"),
                _page(_("Holidays"), "event_busy", "cart.holiday"),
                _page(_("Tax rates"), "account_balance", "cart.taxrate"),
                _page(_("Tax settings"), "tune", "cart.taxconfiguration"),
                _page(_("Tax exemptions"), "money_off", "cart.taxexemption"),
                _page(_("VAT id checks"), "verified", "cart.vatcheck"),
            ),
            _group(
                _("People"),
                _page(_("People"), "group", "shop.user"),
                _page(_("Customer groups"), "groups", "shop.customergroup"),
                _page(_("Roles"), "badge", "auth.group"),
            ),
            _group(
                _("Behind the counter"),
                _page(_("E-mails"), "mail", "shop.notification"),
                _page(_("Deliveries"), "outbox", "shop.delivery"),
                _page(_("Events"), "bolt", "shop.outboxevent"),
                _page(_("Payment events"), "history", "checkout.paymentevent"),
                _page(_("Providers' events"), "webhook", "checkout.providerevent"),
                _page(_("Audit entries"), "policy", "shop.auditentry"),
                is_open=False,
            ),
        ],
    },
}

# --- E-mail
_EMAIL = urlsplit(env("EMAIL_URL", "console://"))
EMAIL_BACKEND = (
    "shop.notifications.smtp.EmailBackend"
    if _EMAIL.scheme.startswith("smtp")
    else f"django.core.mail.backends.{_EMAIL.scheme}.EmailBackend"
)
EMAIL_HOST, EMAIL_PORT = _EMAIL.hostname or "", _EMAIL.port or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_EMAIL.username or ""), unquote(_EMAIL.password or "")
EMAIL_USE_TLS = _EMAIL.scheme == "smtp+tls"
EMAIL_TIMEOUT = 10
EMAIL_FILE_PATH = env("EMAIL_FILE_PATH") or str(addresses.data_folder() / "mail")
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", f"{SHOP_NAME} <shop@{urlsplit(SITE_URL).hostname}>")
SUPPORT_EMAIL = env("SUPPORT_EMAIL")  # where questions go: shown on pages and in mails, whose answers go there
FEEDBACK_AFTER = timedelta(days=int(env("FEEDBACK_AFTER_DAYS", "5")))  # a delivery its shopper is asked how it was

STOCK_ALERT_EMAILS = names("STOCK_ALERT_EMAILS")  # who hears of low stock and drift; none: all who may change stock

# --- Payments: without a key of one's own the sandbox stands in for Stripe (never unasked when DEBUG is off)
PAYMENT_SANDBOX = flag("PAYMENT_SANDBOX")
STRIPE_SECRET_KEY = env("STRIPE_SECRET_KEY", "sk_test_sandbox")
STRIPE_PUBLISHABLE_KEY = env("STRIPE_PUBLISHABLE_KEY", "pk_test_sandbox")
STRIPE_WEBHOOK_SECRET = env("STRIPE_WEBHOOK_SECRET", "whsec_sandbox")
# Tests start a sandbox of their own where they want one: on port 9 nobody answers, not even a shop that runs here.
_SANDBOX_URL = "http://127.0.0.1:9" if TESTING else addresses.sandbox_url()
STRIPE_API_BASE = env("STRIPE_API_BASE") or ("" if "STRIPE_SECRET_KEY" in _ENV else _SANDBOX_URL)
# PayPal: with an account of one's own, or beside the sandbox's Stripe its stand-in; else it is not offered.
PAYPAL_API_BASE = env("PAYPAL_API_BASE") or (
    f"{STRIPE_API_BASE}/paypal" if STRIPE_API_BASE and "PAYPAL_CLIENT_ID" not in _ENV else ""
)
PAYPAL_CLIENT_ID = env("PAYPAL_CLIENT_ID", "paypal_sandbox_client" if PAYPAL_API_BASE else "")
PAYPAL_CLIENT_SECRET = env("PAYPAL_CLIENT_SECRET", "paypal_sandbox_secret" if PAYPAL_API_BASE else "")
PAYPAL_WEBHOOK_ID = env("PAYPAL_WEBHOOK_ID", "WH-SANDBOX" if PAYPAL_API_BASE else "")
PAYMENT_TIMEOUT_SECONDS = 20
# The currencies that each provider takes; none named: any.
PROVIDER_CURRENCIES = {
    code: names(f"{code.upper()}_CURRENCIES") for code in ("stripe", "paypal", "bank_transfer", "cash")
}
# Where bank transfers go, shown to the shopper by name; a demo on the sandbox shows an example account.
_ACCOUNT = {
    "account_holder": env("BANK_ACCOUNT_HOLDER", SHOP_NAME),
    "iban": env("BANK_IBAN", "GB33BUKB20201555555555" if STRIPE_API_BASE else ""),
    "bic": env("BANK_BIC"),
}
BANK_TRANSFER = {name: value for name, value in _ACCOUNT.items() if value}
INVOICE_GROUP = "Invoice customers"  # customers in this group of the admin may pay on invoice
INVOICE_DUE_DAYS = int(env("INVOICE_DUE_DAYS", "14"))
INVOICE_LIMIT = Decimal(env("INVOICE_LIMIT", "1000"))  # of one order, in the default currency; 0: no invoices
STORE_CREDIT_LARGEST_GRANT = int(env("STORE_CREDIT_LARGEST_GRANT", "100000"))  # units of the currency, in one go
GIFT_CARD_LARGEST = int(env("GIFT_CARD_LARGEST", "10000"))  # on one card, in the default currency
GIFT_CARD_GRACE_DAYS = int(env("GIFT_CARD_GRACE_DAYS", "30"))  # to spend what comes back to a card that is over
DRAFT_KEEP = timedelta(days=int(env("DRAFT_KEEP_DAYS", "90")))  # drafts that nobody touches any more; 0: for ever
DRAFT_HOLD = timedelta(days=int(env("DRAFT_HOLD_DAYS", "3")))  # units of an order made at the desk, until it is paid
# Where shoppers send what they return: the lines of the address, with a "|" between them.
RETURN_ADDRESS = [
    line.strip()
    for line in env(
        "RETURN_ADDRESS", f"{SHOP_NAME}|12 Harbour Road|Springfield, IL 62701|United States of America"
    ).split("|")
    if line.strip()
]
RESERVATION_TTL = timedelta(minutes=int(env("RESERVATION_TTL_MINUTES", "15")))
WAITLIST_HOLD = timedelta(hours=int(env("WAITLIST_HOLD_HOURS", "24")))  # for those next in turn when units are back

# --- Load: what pages do without for good (`manage.py shed` does it for a while)
SHED = names("SHED", "")
LIVE_SECONDS = int(
    env("LIVE_SECONDS", "20")
)  # how often open product pages and carts ask for price and stock; 0: never

# --- Recommendations: how many products, the most-bought ones, the model of what goes together knows (memory: n²)
RECOMMENDATIONS_MODEL_PRODUCTS = int(env("RECOMMENDATIONS_MODEL_PRODUCTS", "5000"))

# --- Carriers: which make labels and tell where parcels are. The demo's lies in a folder; its messages need a secret.
CARRIERS = names("CARRIERS", "demo" if DEBUG or PAYMENT_SANDBOX or TESTING else "")  # the usual one first
CARRIER_FOLDER = Path(env("CARRIER_FOLDER") or addresses.data_folder() / "carrier")
CARRIER_WEBHOOK_SECRET = env("CARRIER_WEBHOOK_SECRET")
RATE_CARRIERS = names("RATE_CARRIERS", "demo" if DEBUG or PAYMENT_SANDBOX or TESTING else "")  # asked for live rates
CARRIER_TARIFF = Path(env("CARRIER_TARIFF") or BASE_DIR / "cart/shipping/carriers/demo_tariff.json")
RATES_URL = env("RATES_URL")
RATES_TOKEN = env("RATES_TOKEN")

# --- The checkout's waiting line: how many orders a web process places at once, and how fast those in line are served
PLACE_ORDER_SLOTS = int(env("PLACE_ORDER_SLOTS", "2"))
LINE_SERVERS = int(env("LINE_SERVERS", "1"))
LINE_ORDERS_PER_SECOND = int(env("LINE_ORDERS_PER_SECOND", "0"))  # 0: as fast as the servers are
LINE_LIMIT = int(env("LINE_LIMIT", "10000"))

# --- The archive: orders that are over go there so many months after they were placed; unset: only by command
ARCHIVE_AFTER_MONTHS = int(env("ARCHIVE_AFTER_MONTHS", "0"))
ALL_ORDERS = "checkout.archive.selectors.order"  # who finds an order by its number, live or archived
ARCHIVED_PARCELS = "checkout.archive.selectors.parcels"  # which tracking numbers are those of archived orders
HAS_ORDERED = "checkout.archive.selectors.has_ordered"  # whether somebody has, for promotions on first orders
PRICE_NOTE = "cart.tax.words.price_note"  # what stands beside a price of the catalogue
DELIVERY_NOTE = "cart.shipping.words.to_home"  # when and for how much a product's page says that it comes
RETURNS_NOTE = "checkout.returns.told.of_product"  # how a product may be sent back, as its page says it
QUOTED_REVIEWS = "catalog.reviews.selectors.quoted"  # what search engines are told of a product's reviews
PRODUCT_TABLES = ["catalog.recommendations.admin.HandPickedInline"]  # on a product's admin page, of other components
TRANSLATED_WORDS = [  # who says which words the list of translations should have
    "catalog.products.wordlist.in_use", "cart.shipping.wordlist.in_use", "cart.promotions.wordlist.in_use",
    "cart.tax.wordlist.in_use",
]  # fmt: skip
CURRENCY_LACKS = ["catalog.products.ownprices.lack", "cart.shipping.selectors.lack"]  # what cannot be sold in one
PRODUCTS_IN_CART = "cart.carts.selectors.products_in_cart"  # which a visitor need not be shown once more
SEARCH_SUITS = "catalog.recommendations.suiting.suits"  # how well what was found suits a customer who agreed to it
ARCHIVED_RETURN = "checkout.archive.reading.return_opened"  # under which a return of an archived order can be read

# --- REST
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["djangorestframework_camel_case.render.CamelCaseJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["shop.core.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "shop.accounts.bearer.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],  # deny unless a view says otherwise
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "shop.core.rest.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
JSON_CAMEL_CASE = {
    "JSON_UNDERSCOREIZE": {
        "no_underscore_before_number": True,  # "address1" stays what it is
        "ignore_fields": ("attributes", "options", "customizations"),  # their keys are the merchant's words
    }
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Holdfast",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "ProductStatus": "catalog.api.shapes.STATUSES",
        "NewProductStatus": ["draft", "active"],
        "CustomFieldKind": ["text", "choice", "boolean"],
        "KindEnum": ["invoice", "credit_note"],
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "drf_spectacular.contrib.djangorestframework_camel_case.camelize_serializer_fields",
    ],
}
METRICS_TOKEN = env("METRICS_TOKEN")  # lets Prometheus read /metrics from another machine
RATE_LIMITS = flag("RATE_LIMITS", "1")
RATELIMIT_ENABLE = RATE_LIMITS
RATELIMIT_IP_META_KEY = "shop.core.requests.address"
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.E003", "django_ratelimit.W001"]  # django-redis increments atomically

# --- Security
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "shop.views.csrf_failure"
SECURE_SSL_REDIRECT = _HTTPS and flag("SECURE_SSL_REDIRECT", "1")
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _HTTPS
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"
_STRIPE_SCRIPT = [] if STRIPE_API_BASE else ["https://js.stripe.com"]
_STRIPE_CONNECT = [STRIPE_API_BASE] if STRIPE_API_BASE else ["https://api.stripe.com"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'", *_STRIPE_SCRIPT],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", *_STRIPE_CONNECT],
        "frame-src": ["'none'"] if STRIPE_API_BASE else ["https://js.stripe.com", "https://hooks.stripe.com"],
        "object-src": ["'none'"],
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'self'"],
        "frame-ancestors": ["'none'"],
        # a form post that is answered by a redirect to the provider's page counts as a form action
        "form-action": [
            "'self'",
            *([STRIPE_API_BASE] if STRIPE_API_BASE else ["https://checkout.stripe.com"]),
            *(["https://www.paypal.com", "https://www.sandbox.paypal.com"] if PAYPAL_CLIENT_ID else []),
        ],
    }
}

# --- Logs: one JSON line (or, for people, one readable line) per event, each with the request id
LOG_FORMAT = env("LOG_FORMAT", "console" if DEBUG or EMBEDDED else "json")
LOGGING_CONFIG = "shop.logs.configure"
LOGGING = {"level": env("LOG_LEVEL", "INFO"), "format": LOG_FORMAT}

if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    CACHES["default"]["KEY_PREFIX"] = f"test-{env('PYTEST_XDIST_WORKER', 'gw')}"
    RATELIMIT_ENABLE = False
    SESSION_ENGINE = "django.contrib.sessions.backends.db"
