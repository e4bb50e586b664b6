"""What came with a request beside the form itself: the token against forgery, the key of a double click."""

import hashlib
import json
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
OWN_FIELDS = ("csrf", "once")
SECRET_FIELDS = ("password", "code")
"""Never hashed into the stored key: a short secret could be guessed from its hash."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The anti-forgery token, the idempotency key, and the hash of everything else that was sent."""

    csrf: str = ""
    once: str = ""
    body_hash: bytes = b""
    fields: tuple[tuple[str, str], ...] = ()
    """What was typed, without the shell's own fields, secrets and files: for a page that asks to confirm it."""


async def read_sent(request: Request) -> Sent:
    """Read the shell's own fields of a form (or the headers X-CSRF-Token and Idempotency-Key).

    Stops with status 400 at a NUL anywhere in address or form: nobody types one, and PostgreSQL keeps none.
    """
    _stop_at_nul(request.scope["path"], *(text for pair in request.query_params.multi_items() for text in pair))
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return Sent()
    fields: list[tuple[str, str]] = []
    typed: list[tuple[str, str]] = []
    own: dict[str, str] = {}
    if request.headers.get("content-type", "").startswith(FORMS):
        for name, value in (await request.form()).multi_items():
            _stop_at_nul(name, value if isinstance(value, str) else "")
            if name in OWN_FIELDS and isinstance(value, str):
                own[name] = value
            elif name in SECRET_FIELDS:
                continue
            elif isinstance(value, UploadFile):
                fields.append((name, f"{value.filename}:{value.size}"))
            else:
                fields.append((name, value))
                typed.append((name, value))
        body = json.dumps(fields, ensure_ascii=False).encode()
    else:
        body = await request.body()
    return Sent(
        csrf=request.headers.get("x-csrf-token") or own.get("csrf", ""),
        once=request.headers.get("idempotency-key") or own.get("once", ""),
        fields=tuple(typed),
        body_hash=hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + body).digest(),
    )


def _stop_at_nul(*texts: str) -> None:
    if any("\0" in text for text in texts):
        raise HTTPException(400)


SentWith = Annotated[Sent, Depends(read_sent)]
