"""Which scripts a PDF of this server can show.

Our own fonts have Latin, Greek and Cyrillic letters. A name in another script is drawn with a font of the
system, and as boxes where there is none.

Asked of fontconfig, as the program that draws pages does, by a language that is written in the script.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import functools

WRITTEN = {
    "Arabic": b"ar",
    "Armenian": b"hy",
    "Bengali": b"bn",
    "Chinese": b"zh-cn",
    "Devanagari": b"hi",
    "Ethiopic": b"am",
    "Georgian": b"ka",
    "Hebrew": b"he",
    "Japanese": b"ja",
    "Khmer": b"km",
    "Korean": b"ko",
    "Tamil": b"ta",
    "Thai": b"th",
}
"""Script → a language that fontconfig knows letters of."""


class _Found(ctypes.Structure):
    """Fontconfig's FcFontSet, as far as it is read."""

    _fields_ = (("number", ctypes.c_int), ("room", ctypes.c_int), ("fonts", ctypes.c_void_p))


@functools.cache
def lacking() -> tuple[str, ...]:
    """Scripts for which the system has no font. Asked once per process: a new font needs a restart.

    Empty as well where there is no fontconfig, and so no PDF: the check of its libraries tells that.
    """
    name = ctypes.util.find_library("fontconfig")
    if name is None:
        return ()
    fontconfig = ctypes.CDLL(name)
    return tuple(script for script, language in WRITTEN.items() if not fonts_for(language, fontconfig))


def fonts_for(language: bytes, fontconfig: ctypes.CDLL) -> int:
    """How many fonts have every letter of the language."""
    fontconfig.FcNameParse.restype = fontconfig.FcObjectSetCreate.restype = ctypes.c_void_p
    fontconfig.FcFontList.restype = ctypes.POINTER(_Found)
    pattern = ctypes.c_void_p(fontconfig.FcNameParse(b":lang=" + language))
    objects = ctypes.c_void_p(fontconfig.FcObjectSetCreate())
    found = fontconfig.FcFontList(None, pattern, objects)
    number = found.contents.number
    fontconfig.FcFontSetDestroy(found)
    fontconfig.FcObjectSetDestroy(objects)
    fontconfig.FcPatternDestroy(pattern)
    return number
