"""Flags through OpenFeature: its client gets our answer, even where it asks with a default that is the risky path."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import Reason

from shipway.flags.change import begin, kill, set_feature
from shipway.flags.file import Line
from shipway.flags.provider import provider
from shipway.flags.read import Flags, feature_salt
from shipway.flags.store import FakeStore
from shipway.pointer.cohorts import in_cohort

LINE = Line("prod", "claims-triage")
NOW = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)


@pytest.fixture
def store() -> FakeStore:
    found = FakeStore()
    begin(found, LINE, "ana", NOW)
    return found


@pytest.fixture
def client(store: FakeStore) -> Iterator[OpenFeatureClient]:
    api.set_provider(provider(Flags(store, LINE.use_case, ttl=0)))
    yield api.get_client()
    api.clear_providers()


def test_a_feature_goes_by_the_targeting_key(store: FakeStore, client: OpenFeatureClient) -> None:
    set_feature(store, LINE, "short-prompt", 25, "trial", "ana", NOW)
    for key in map(str, range(200)):
        found = client.get_boolean_details("short-prompt", False, EvaluationContext(targeting_key=key))
        assert found.value is in_cohort(feature_salt("claims-triage", "short-prompt"), key, 25)
        assert found.reason == Reason.SPLIT
    assert not client.get_boolean_value("short-prompt", True), "without a key"


def test_a_component_is_asked_for_by_its_name(store: FakeStore, client: OpenFeatureClient) -> None:
    assert client.get_boolean_value("component:route", False)
    kill(store, LINE, "route", "wrong desk", "ben", NOW)
    found = client.get_boolean_details("component:route", True)
    assert (found.value, found.reason, found.variant) == (False, Reason.DISABLED, "off")
    assert "ben" in str(found.flag_metadata["detail"])


@pytest.mark.parametrize("content", [None, b"", b"{torn"])
def test_a_default_of_true_does_not_win_where_nothing_can_be_believed(
    store: FakeStore, client: OpenFeatureClient, content: bytes | None
) -> None:
    store.content = content
    for key in ("short-prompt", "component:route", "", "component:", "component:../x"):
        assert client.get_boolean_details(key, True).value is False
    store.unreachable = True
    assert client.get_boolean_value("component:route", True) is False


def test_another_type_is_an_error(client: OpenFeatureClient) -> None:
    assert client.get_string_value("short-prompt", "mine") == "mine"
    for found in (
        client.get_string_details("short-prompt", "mine"),
        client.get_integer_details("short-prompt", 7),
        client.get_float_details("short-prompt", 7.0),
        client.get_object_details("short-prompt", {}),
    ):
        assert found.error_code == ErrorCode.TYPE_MISMATCH
