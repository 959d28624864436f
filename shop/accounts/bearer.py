"""Who a bearer token belongs to. Apart from the API's views, because REST framework reads it while it starts."""

from allauth.headless.contrib.rest_framework.authentication import JWTTokenAuthentication


class BearerAuthentication(JWTTokenAuthentication):  # type: ignore[misc]
    """`Authorization: Bearer <access token>`; a bad, expired or revoked one is 401."""
