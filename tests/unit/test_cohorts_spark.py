"""The view and its buckets in Spark SQL itself, where pyspark and Java are; Databricks' own engine is not for testing.

Seen to pass on 2026-11-21 with pyspark 4.3.0 and Java 17, ANSI mode on and off. To run it: a virtual environment with
pyspark, pandas, pytest, hypothesis, pydantic, pyyaml and click, then
`PYTHONPATH=. bin/pytest --import-mode=importlib tests/unit/test_cohorts_spark.py`.
"""

from __future__ import annotations

import importlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shipway.pointer.view import ViewPointer, ViewShape, bucket_sql, render

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "cohorts.json").read_text(encoding="utf-8")
)["vectors"]

V1, V2 = "r000000000000", "r111111111111"
SALT = f"claims-triage/{V2}"


@pytest.fixture(scope="module", params=["true", "false"], ids=["ansi", "not-ansi"])
def spark(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    pytest.importorskip("pyspark", reason="pyspark is not installed: it weighs 400 MB and needs Java")
    if shutil.which("java") is None:
        pytest.skip("Spark runs on Java, and there is no java on PATH")
    sql = importlib.import_module("pyspark.sql")
    session = (
        sql.SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.ansi.enabled", request.param)
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        .getOrCreate()
    )
    yield session
    session.stop()


def test_spark_agrees_with_the_vectors(spark: Any) -> None:
    for salt in sorted({vector["salt"] for vector in VECTORS}):
        here = [vector for vector in VECTORS if vector["salt"] == salt]
        rows = [(number, vector["text"]) for number, vector in enumerate(here)]
        frame = spark.createDataFrame(rows, "number INT, key STRING")
        found = frame.selectExpr("number", f"{bucket_sql(salt, 'key')} AS bucket").collect()
        assert {row.number: row.bucket for row in found} == {n: one["bucket"] for n, one in enumerate(here)}


def test_spark_shows_what_the_view_promises(spark: Any) -> None:
    rows = [
        (key, score, day, release, slot)
        for key in (str(number) for number in range(200))
        for day in ("2026-11-20", "2026-11-21")
        for release, slot, score in ((V1, "blue", 0.1), (V2, "green", 0.2))
    ]
    schema = "claim_id STRING, score DOUBLE, as_of STRING, release STRING, slot STRING"
    spark.createDataFrame(rows, schema).createOrReplaceTempView("scores")
    shape = ViewShape(("scores",), "claim_id", ("score",))
    definition = render(shape, ViewPointer(V1, V2, 25, SALT))
    bucket = bucket_sql(SALT, "claim_id")
    buckets = {row.claim_id: row.b for row in spark.table("scores").selectExpr("claim_id", f"{bucket} AS b").collect()}
    found = {row.claim_id: row for row in spark.sql(definition).collect()}
    assert len(found) == 200
    assert {row.as_of for row in found.values()} == {"2026-11-21"}
    assert {key for key, row in found.items() if row.release == V2} == {key for key, b in buckets.items() if b < 2500}
