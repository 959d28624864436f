"""How the API reads a body."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import IO, Any

from djangorestframework_camel_case.parser import CamelCaseJSONParser
from rest_framework.exceptions import ParseError


class JSONParser(CamelCaseJSONParser):  # type: ignore[misc]
    """JSON in camelCase, within the limit of a body's size, and not nested beyond reason."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Raises `ParseError`, and `RequestDataTooBig`, which reading the stream itself would not."""
        context = parser_context or {}
        body = context["request"]._request.body if "request" in context else stream.read()
        try:
            return super().parse(io.BytesIO(body), media_type, context)
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply") from error
