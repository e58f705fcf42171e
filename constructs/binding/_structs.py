"""What a call to jsii carries: the attributes that were set, and not one null for each of the others.

A provider struct has dozens of optional attributes (a job's task has fifty), and jsii sends every one of them with
every call. Leaving the unset ones out takes a third off the time of making resources. JavaScript reads a null and an
absent attribute alike, and the output is the same to the byte (tests/unit/binding_output_test.py).

This stands in for one private function of jsii, so only for the jsii it was written against; with any other one
`install` does nothing and jsii stays whole.
"""

from __future__ import annotations

from typing import Any

__all__ = ["KNOWN_JSII", "install"]

# Raise it after reading jsii/_kernel/__init__.py of the new version: _make_reference_for_native is what counts.
KNOWN_JSII = "1.142.0"

_SENT_AS_THEY_ARE = (str, int, float, bool, type(None))


def install() -> bool:
    """Send structs without their unset attributes from now on; False where jsii is not the one this knows."""
    import jsii
    from jsii import _kernel

    if jsii.__version__ != KNOWN_JSII:
        return False
    jsii_own = _kernel._make_reference_for_native

    def to_send(kernel: Any, value: Any) -> Any:
        if type(value) in _SENT_AS_THEY_ARE:
            return value
        if type(value) is list:
            return [to_send(kernel, item) for item in value]
        if type(value) is dict:
            return {"$jsii.map": {key: to_send(kernel, item) for key, item in value.items()}}
        names = getattr(type(value), "__jsii_name_mapping__", None)
        if names is None:
            return jsii_own(kernel, value)
        # A generated struct keeps in _values what its caller gave, by its Python name.
        data = {names[name]: to_send(kernel, item) for name, item in value._values.items() if item is not None}
        return {"$jsii.struct": {"fqn": value.__jsii_type__, "data": data}}

    _kernel._make_reference_for_native = to_send  # type: ignore[assignment]
    return True
