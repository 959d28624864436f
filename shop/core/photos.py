"""Photos that shoppers send: looked at before they are believed, and drawn anew. Where they are kept, others say."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.base import File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000  # of a JPEG: a phone's largest. No more of it is decoded than is kept
MAX_WHOLE = 25_000_000  # of other pictures, which are decoded whole
MAX_SIDE = 2048
MOST = 4  # at a time: of one return, of one review
_FORMATS = ("JPEG", "PNG", "WEBP")  # what phones and browsers send; each decoder more is one more to be fooled


class BadPhoto(ValueError):
    """This is no picture that we take. `str()` is a sentence for people, `code` ("bad_photo", "too_many_photos") for
    programs."""

    def __init__(self, message: str, code: str = "bad_photo") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Photo:
    """A JPEG of our own making: no EXIF, no profile, nothing behind its end."""

    content: bytes
    width: int
    height: int


def taken(files: Sequence[File[bytes]]) -> list[bytes]:
    """What is in uploaded files; none is read into memory before all are known to be few and small. Raises `BadPhoto`.

    Whether they are pictures is looked at by `clean`.
    """
    check_number(len(files))
    for file in files:
        _check_size(file.size)
    return [file.read() for file in files]


def check_number(number: int) -> None:
    """Raises `BadPhoto` for more than there may be at a time."""
    if number > MOST:
        raise BadPhoto(_("At most %(most)d photos, please.") % {"most": MOST}, "too_many_photos")


def _check_size(size: int) -> None:
    if size > MAX_BYTES:
        raise BadPhoto(_("A photo may have at most %(most)d MB.") % {"most": MAX_BYTES // 1024 // 1024})


def clean(content: bytes) -> Photo:
    """The picture in `content` (JPEG, PNG or WebP), upright and drawn anew. Raises `BadPhoto`.

    Its size is looked at before a pixel is decoded, so that a small file cannot ask for much memory.
    """
    _check_size(len(content))
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as found:
            if found.width * found.height > (MAX_PIXELS if found.format in ("JPEG", "MPO") else MAX_WHOLE):
                raise BadPhoto(_("This photo has too many pixels."))
            # Smaller before anything is copied: of a JPEG only what that takes is decoded.
            whole = found.convert("RGB") if found.mode in ("1", "P") else found  # these have no colours in between
            whole.thumbnail((MAX_SIDE, MAX_SIDE))
            upright = ImageOps.exif_transpose(whole).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPhoto(_("This photo has too many pixels.")) from error
    except BadPhoto:
        raise
    except Exception as error:  # decoders and readers of EXIF raise whatever they stumble over
        raise BadPhoto(_("This is not a photo that we can read. Please send a JPEG, PNG or WebP.")) from error
    return _written(Image.frombytes("RGB", upright.size, upright.tobytes()))


def smaller(photo: Photo, side: int) -> Photo:
    """A photo of ours, none of whose sides is longer than `side` pixels."""
    with Image.open(io.BytesIO(photo.content), formats=("JPEG",)) as found:
        found.thumbnail((side, side))
        return _written(found)


def _written(image: Image.Image) -> Photo:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return Photo(out.getvalue(), *image.size)
