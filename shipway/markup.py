"""HTML in which no text is markup: everything that is not made by `element` is escaped, here and nowhere else."""

from __future__ import annotations

import html
from collections.abc import Iterable

from shipway.errors import visible

__all__ = ["Markup", "element", "page"]

_VOID = frozenset({"meta", "br"})
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


class Markup(str):
    """Text that is HTML already. Only `element` makes it."""

    __slots__ = ()


def element(tag: str, *children: str | Iterable[str], **attributes: str) -> Markup:
    """`<tag>` with its children; a plain string among them is text. `class_` and `data_label` become attributes."""
    names = ((name.rstrip("_").replace("_", "-"), value) for name, value in attributes.items())
    opened = "".join([tag, *(f' {name}="{_escaped(value)}"' for name, value in names)])
    if tag in _VOID:
        return Markup(f"<{opened}>")
    inner = "".join(_inner(child) for child in children)
    return Markup(f"<{opened}>{inner}</{tag}>")


def page(title: str, style: str, *body: str | Iterable[str]) -> str:
    """A whole page that loads nothing and runs nothing. `style` must be a text of ours: it is written as it is."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        Markup(f"<style>{style}</style>"),
    )
    return f"<!doctype html>\n{element('html', head, element('body', *body), lang='en')}\n"


def _inner(child: str | Iterable[str]) -> str:
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return _escaped(child)
    return "".join(_inner(one) for one in child)


def _escaped(text: str) -> str:
    # Characters that turn the direction of text or hide in it would make a name look like another one.
    return html.escape(visible(text).encode("utf-8", "backslashreplace").decode("utf-8"), quote=True)
