"""The review as versioned JSON: the source of every other rendering, for programs; and such JSON as a review again."""

from __future__ import annotations

import json

from pydantic import TypeAdapter, ValidationError

from shipway.errors import ShipwayError
from shipway.plan.report import SCHEMA, Review
from shipway.plan.strings import by_field

__all__ = ["read_json", "render_json"]


def render_json(review: Review) -> str:
    """The review as JSON of the schema that its field `schema` names, in ASCII, ending with a newline."""
    return json.dumps(review, indent=2, default=by_field) + "\n"


def read_json(raw: bytes, where: str) -> Review:
    """The review in these bytes, as `render_json` wrote it; raises ShipwayError naming `where` if it is none."""
    hint = "wanted what `shipway plan --json` or `shipway review --json` wrote"
    try:
        found = TypeAdapter(Review).validate_json(raw)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise ShipwayError(f"{where}: no review: {place or 'the file'}: {first['msg']}", hint) from None
    if found.schema != SCHEMA:
        raise ShipwayError(f"{where}: a review of {found.schema[:80]!r}, wanted {SCHEMA}", hint)
    return found
