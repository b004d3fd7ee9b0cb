"""Request bodies: JSON, or a multipart form with JSON and files."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from aiohttp import web
from aiohttp.web_request import FileField

from bot.sandbox import api_errors
from bot.sandbox.state.upload import Upload

_FILE: Final = re.compile(r"files\[(\d{1,2})\]")


async def read_body(request: web.BaseRequest) -> tuple[Any, dict[int, Upload]]:
    """Read the JSON and the uploads of a request.

    Raises:
        ApiError: The body is not JSON (50109), or too large (40005).
    """
    try:
        if request.content_type == "multipart/form-data":
            return await _read_form(request)
        text = await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise api_errors.file_too_large() from error
    return (_parsed(text) if text else None), {}


async def _read_form(request: web.BaseRequest) -> tuple[Any, dict[int, Upload]]:
    form = await request.post()
    uploads: dict[int, Upload] = {}
    for name, value in form.items():
        found = _FILE.fullmatch(name)
        if found and isinstance(value, FileField):
            with value.file as file:
                content = file.read()
            uploads[int(found[1])] = Upload(filename=value.filename, content=content, content_type=value.content_type)
    payload = form.get("payload_json")
    if isinstance(payload, FileField):
        with payload.file as file:
            payload = file.read().decode()
    return (_parsed(payload) if isinstance(payload, (str, bytes)) and payload else {}), uploads


def _parsed(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise api_errors.invalid_json() from error
