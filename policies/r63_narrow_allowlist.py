"""R63: a library comes from where its owner put it

Severity: MEDIUM

Why
    The list is of beginnings: `/` or a bucket's root allows whatever anybody can write there, on clusters that people
    share, and `/Volumes/claims` allows `/Volumes/claims_of_mine` too.

Anti-pattern
    resource:
      databricks_artifact_allowlist:
        jars:
          artifact_type: LIBRARY_JAR
          artifact_matcher:
            - artifact: dbfs:/FileStore/jars/
              match_type: PREFIX_MATCH

Best practice
    resource:
      databricks_artifact_allowlist:
        jars:
          artifact_type: LIBRARY_JAR
          artifact_matcher:
            - artifact: /Volumes/claims_prod/triage/libraries/
              match_type: PREFIX_MATCH

Not seen
    Who may write to the folder.

Sources
    Security Analysis Tool, INFO-38; provider documentation of databricks_artifact_allowlist; Databricks, allowlist of
    libraries and init scripts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policies._rule import Answer, Block, Rule
from policies._values import one_of

# A whole catalog and something in it, or a whole bucket and something in it.
_FOLDER = re.compile(r"(/Volumes/[^/*]+/[^/*]+|(s3a?|gs|abfss)://[^/*]+/[^/*]+)[^*]*")
_COORDINATES = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*:[^*\s]*")
_TYPES = ("INIT_SCRIPT", "LIBRARY_JAR", "LIBRARY_MAVEN")


class NarrowAllowlist(Rule):
    """Every entry is in a volume or below a bucket's root; of Maven, at least a whole group."""

    resources = ("databricks_artifact_allowlist",)

    def judge(self, block: Block) -> Iterator[Answer]:
        """An answer for the type, and two for each entry."""
        kind = block.leaf("artifact_type")
        yield kind.must(one_of(*_TYPES), f"wanted one of {', '.join(_TYPES)}")
        for matcher in block.needed("artifact_matcher"):
            artifact = matcher.leaf("artifact")
            if kind.value == "LIBRARY_MAVEN":
                yield artifact.must(_is_group, "wanted <group>:<artifact>")
            else:
                yield artifact.must(_is_folder, "wanted a folder of a volume, or one in a bucket")
            yield matcher.leaf("match_type").must(one_of("PREFIX_MATCH"), "wanted PREFIX_MATCH")


def _is_folder(path: object) -> bool:
    return isinstance(path, str) and bool(_FOLDER.fullmatch(path)) and ".." not in path.split("/")


def _is_group(coordinates: object) -> bool:
    return isinstance(coordinates, str) and bool(_COORDINATES.fullmatch(coordinates))


RULE = NarrowAllowlist()
