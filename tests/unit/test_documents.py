"""Mistakes in documents: each is found, with its place, and all of one run together."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from shipway.errors import DocumentErrors, Problem
from shipway.models import source
from shipway.models.load import load
from shipway.models.resolve import resolve

ROOT = Path(__file__).parents[2]


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    for name in ("environments", "bundles", "releases"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def problems(root: Path) -> list[Problem]:
    with pytest.raises(DocumentErrors) as caught:
        resolve(load(root))
    return list(caught.value.problems)


def replace(file: str, old: str, new: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        text = (root / file).read_text()
        assert old in text
        (root / file).write_text(text.replace(old, new, 1))

    return change


def write(file: str, content: bytes) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_bytes(content)

    return change


def link_out(root: Path) -> None:
    outside = root.parent / "outside.yaml"
    outside.write_text((root / "environments/dev.yaml").read_text())
    (root / "environments/dev.yaml").unlink()
    (root / "environments/dev.yaml").symlink_to(outside)


def copy_bundle(root: Path) -> None:
    shutil.copytree(root / "bundles/claims-triage", root / "bundles/claims-triage-copy")


def copy_bundle_under_a_long_name(root: Path) -> None:
    name = "claims-" + "x" * 40
    shutil.copytree(root / "bundles/claims-triage", root / "bundles" / name)


def pipe(root: Path) -> None:
    (root / "environments/dev.yaml").unlink()
    os.mkfifo(root / "environments/dev.yaml")


def device(root: Path) -> None:
    (root / "environments/dev.yaml").unlink()
    (root / "environments/dev.yaml").symlink_to("/dev/zero")


def file_for_a_folder(root: Path) -> None:
    shutil.rmtree(root / "releases")
    (root / "releases").write_text("x")


def linked_folder(root: Path) -> None:
    (root / "releases/prod").rename(root / "elsewhere")
    (root / "releases/prod").symlink_to(root / "elsewhere")


ACCOUNT = "environments/account.yaml"


def without_endpoints(root: Path) -> None:
    text = (root / PROD).read_text()
    start, end = text.index("    endpoints:\n"), text.index("    keys:\n")
    (root / PROD).write_text(text[:start] + text[end:])


def on_azure(root: Path) -> None:
    text = (root / ACCOUNT).read_text().replace("cloud: aws", "cloud: azure")
    start, end = text.index("audit_log:\n"), text.index("state:\n")
    (root / ACCOUNT).write_text(text[:start] + text[end:])


BUNDLE, DEV, MANIFEST = "bundles/claims-triage/bundle.yaml", "environments/dev.yaml", "releases/prod/claims-triage.yaml"
ACCOUNT, PROD = "environments/account.yaml", "environments/prod.yaml"


def place(file: str, text: str, column: int) -> str:
    """Where `text` stands in the project's own document: its line moves when somebody adds one above it."""
    lines = (ROOT / file).read_text().splitlines()
    return f"{file}:{next(number for number, line in enumerate(lines, 1) if text in line)}:{column}"


CASES = {
    "adopted in no environment": (
        write("adopted/nowhere.yaml", b"catalogs: {}\n"),
        "adopted-nowhere",
        "adopted/nowhere.yaml:1:1",
        "is not declared",
    ),
    "adopted twice": (
        write(
            "adopted/dev.yaml",
            b"catalogs:\n"
            b"  a: {name: main, owner: o, isolation_mode: OPEN}\n"
            b"  b: {name: MAIN, owner: o, isolation_mode: OPEN}\n",
        ),
        "adopted-twice",
        "adopted/dev.yaml:3:3",
        "catalogs.a is the same",
    ),
    "adopted and declared": (
        write("adopted/dev.yaml", b"catalogs:\n  a: {name: claims_dev, owner: o, isolation_mode: OPEN}\n"),
        "adopted-twice",
        "adopted/dev.yaml:2:3",
        "the landing zone declares",
    ),
    "adopted by id and declared by name": (
        write(
            "adopted/dev.yaml",
            b'cluster_policies:\n  a: {id: A1, name: halyard-batch-dev, definition: "{}"}\n',
        ),
        "adopted-twice",
        "adopted/dev.yaml:2:3",
        "the landing zone declares",
    ),
    "adopting and declaring": (
        replace(DEV, "protected: false", "protected: false\nadopting: true"),
        "bad-value",
        f"{DEV}:2:1",
        "while adopting is true",
    ),
    "left out on purpose": (
        write(
            "bundles/claims-fraud/bundle.yaml",
            b"kind: serving\ndescription: d\nproduct_line: claims\nowner: o\ncost_center: C\nrisk: low\n"
            b"data: {catalog: claims, schema: triage}\nmodel: claims_fraud\nendpoint: {route_optimized: true}\n",
        ),
        "left-out-on-purpose",
        "bundles/claims-fraud/bundle.yaml:9:12",
        "endpoint.route_optimized: changing it deletes the endpoint",
    ),
    "unknown key": (
        replace(BUNDLE, "owner: Claims", "ownr: Claims"),
        "unknown-key",
        f"{BUNDLE}:5:1",
        "did you mean 'owner'?",
    ),
    "misspelled privilege": (
        replace(DEV, "[BROWSE]", "[BROWS]"),
        "not-in-list",
        place(DEV, "[BROWSE]", 22),
        "did you mean 'BROWSE'?",
    ),
    "duplicate bundle": (
        copy_bundle,
        "duplicate-bundle",
        "bundles/claims-triage-copy/bundle.yaml:13:1",
        "both declare the model",
    ),
    "name too long for its kind": (
        copy_bundle_under_a_long_name,
        "bad-name",
        "/bundle.yaml:1:1",
        "has 47 characters, wanted at most 40",
    ),
    "release of an unknown slot": (
        replace(MANIFEST, "active: blue", "active: purple"),
        "not-in-list",
        f"{MANIFEST}:2:1",
        "got 'purple', wanted one of the list",
    ),
    "slot that is none": (replace(MANIFEST, "  green:", "  grene:"), "unknown-key", f"{MANIFEST}:8:3", "'green'"),
    "environment without its landing zone": (
        write("releases/stage/claims-triage.yaml", (ROOT / MANIFEST).read_bytes()),
        "no-landing-zone",
        "releases/stage/claims-triage.yaml:1:1",
        "'stage', which has no landing zone",
    ),
    "release without a bundle": (
        write("releases/dev/claims-traige.yaml", (ROOT / MANIFEST).read_bytes()),
        "no-bundle",
        "releases/dev/claims-traige.yaml:1:1",
        "did you mean 'claims-triage'?",
    ),
    "a loss that is tolerated and has to be found": (
        replace(BUNDLE, "margin: 0.01", "margin: 0.05"),
        "bad-value",
        place(BUNDLE, "minimum_effect: 0.03", 7),
        "got 0.03, wanted more than the `margin`: what is tolerated, 0.05",
    ),
    "a share above one": (
        replace(BUNDLE, "minimum_effect: 0.03", "minimum_effect: 3"),
        "bad-value",
        place(BUNDLE, "minimum_effect: 0.03", 7),
        "got 3, wanted less than 1",
    ),
    "a margin that is no number": (
        replace(BUNDLE, "margin: 0.01", "margin: true"),
        "bad-value",
        place(BUNDLE, "margin: 0.01", 7),
        "wanted a valid number",
    ),
    "looks that count two things": (
        replace(BUNDLE, "    runs: [3, 7]", "    runs: [3, 7]\n    hours: [24]"),
        "bad-value",
        place(BUNDLE, "  looks:", 3),
        "exactly one of `hours`, `runs` and `keys`",
    ),
    "looks that go back": (
        replace(BUNDLE, "runs: [3, 7]", "runs: [7, 3]"),
        "bad-value",
        place(BUNDLE, "runs: [3, 7]", 5),
        "numbers that rise",
    ),
    "a list": (write(DEV, b"- a\n- b\n"), "not-a-mapping", f"{DEV}:1:1", "the document is a list"),
    "an empty file": (write(DEV, b""), "empty-document", f"{DEV}:1:1", "empty"),
    "only a comment": (write(DEV, b"# nothing\n"), "empty-document", f"{DEV}:1:1", "empty"),
    "10 MB": (write(DEV, b"a: " + b"x" * 10_000_000), "too-large", f"{DEV}:1:1", "10,000,003 bytes"),
    "a link out of the project": (link_out, "outside-project", f"{DEV}:1:1", "link out of the project"),
    "broken YAML": (replace(BUNDLE, "data:\n", "data: [\n"), "yaml-syntax", f"{BUNDLE}:11:9", "not YAML"),
    "not UTF-8": (write(BUNDLE, b"kind: \xff\xfe"), "not-utf8", f"{BUNDLE}:1:1", "byte 6"),
    "a key twice": (
        replace(BUNDLE, "model: claims_triage", "risk: low\nmodel: claims_triage"),
        "duplicate-key",
        f"{BUNDLE}:13:1",
        "first on line 7",
    ),
    "an alias": (
        write(BUNDLE, b"a: &x {y: 1}\nb: *x\n"),
        "yaml-alias",
        f"{BUNDLE}:1:4",
        "anchors and aliases are not read",
    ),
    "a Terraform expression": (
        replace(BUNDLE, "Scores each", '${file("/etc/passwd")} Scores each'),
        "terraform-expression",
        f"{BUNDLE}:3:14",
        "begin a Terraform expression",
    ),
    "a Terraform expression in a key": (
        replace(DEV, "      node_type_id:", '      "${abspath(path.root)}": {type: unlimited}\n      node_type_id:'),
        "terraform-expression",
        place(DEV, "node_type_id:", 7),
        "begin a Terraform expression",
    ),
    "a character that hides": (
        replace(BUNDLE, "Scores each", "Scores\u202e each"),
        "hidden-character",
        f"{BUNDLE}:3:14",
        "U+202E",
    ),
    "a tag that empties": (
        replace(DEV, "    grants:\n", "    grants: !!seq x\n    x:\n"),
        "yaml-tag",
        place(DEV, "    grants:", 13),
        "write the value itself",
    ),
    "an octal": (replace(MANIFEST, "model_version: 6", "model_version: 010"), "ambiguous-value", ":11:20", "'010'"),
    "a sexagesimal": (replace(BUNDLE, "workers: 1", "workers: 1:30"), "ambiguous-value", f"{BUNDLE}:24:14", "1:30"),
    "a yes": (
        replace(DEV, "protected: false", "protected: yes"),
        "ambiguous-value",
        place(DEV, "protected:", 12),
        "'yes'",
    ),
    "a number in quotes": (
        replace(MANIFEST, "model_version: 6", "model_version: '6'"),
        "bad-value",
        f"{MANIFEST}:11:5",
        "got '6', wanted a valid integer",
    ),
    "a number beyond all numbers": (
        replace(BUNDLE, "workers: 1", f"workers: {'9' * 5000}"),
        "bad-value",
        f"{BUNDLE}:24:14",
        "larger than any number",
    ),
    "thirty thousand brackets": (write(DEV, b"a: " + b"[" * 30_000), "too-deep", f"{DEV}:1:4", "deeper than 40"),
    "a pipe": (pipe, "unreadable", f"{DEV}:1:1", "no file that can be read to its end"),
    "a device": (device, "outside-project", f"{DEV}:1:1", "link out of the project"),
    "a folder that is a link": (linked_folder, "outside-project", "releases/prod:1:1", "the folder is a link"),
    "a file for a folder": (
        file_for_a_folder,
        "unreadable",
        "releases:1:1",
        "cannot be listed",
    ),
    "a document in capitals": (write("environments/qa.YAML", b"a: 1"), "stray-document", "qa.YAML:1:1", "not read"),
    "a document too deep": (write("environments/eu/qa.yaml", b"a: 1"), "stray-document", "environments/eu:1:1", "not"),
    "a bundle that is no folder": (write("bundles/fraud.yaml", b"a: 1"), "stray-document", "fraud.yaml:1:1", "folder"),
    "an environment copied as it is": (
        lambda root: shutil.copy(root / "environments/dev.yaml", root / "environments/stage.yaml"),
        "shared-workspace",
        place(DEV, "url:", 3).replace("dev", "stage"),
        "environment 'dev' is in this workspace already",
    ),
    "a workspace of another cloud": (
        on_azure,
        "of-another-cloud",
        place(PROD, "kind: aws", 5),
        "got 'aws', and the account is on azure",
    ),
    "a key of another cloud": (
        replace(
            PROD,
            "storage: arn:aws:kms:eu-central-1:123456789012:key/0b6f0f6e-6a3c-4c43-9e0d-3f4f1b1f9a02",
            "storage: projects/p/locations/l/keyRings/r/cryptoKeys/k",
        ),
        "of-another-cloud",
        place(PROD, "storage: arn:aws:kms", 7),
        "and the account is on aws",
    ),
    "an audit log of another cloud": (
        replace(ACCOUNT, "cloud: aws", "cloud: gcp"),
        "of-another-cloud",
        place(ACCOUNT, "audit_log:", 1),
        "on aws only",
    ),
    "a storage account on AWS": (
        replace(DEV, "  egress:\n", "  egress:\n    storage_accounts: [{name: halyardrates, service: dfs}]\n"),
        "of-another-cloud",
        f"{DEV}:",
        "got Azure's storage accounts",
    ),
    "a wildcard host": (
        replace(PROD, "hosts: [rates.halyard.example]", "hosts: ['*.halyard.example']"),
        "bad-value",
        place(PROD, "rates.halyard.example", 13),
        "got '*.halyard.example'",
    ),
    "a private endpoint to two things": (
        replace(PROD, "      domains: [", "      buckets: [x-y-z]\n      domains: ["),
        "bad-value",
        place(PROD, "policy-system:", 5),
        "one of buckets, domains and group_id",
    ),
    "a workspace in a region without a metastore": (
        replace(ACCOUNT, "  eu-central-1: {}", "  eu-west-1: {}"),
        "no-metastore",
        place(DEV, "region: eu-central-1", 3),
        "there is no metastore for 'eu-central-1'",
    ),
    "a token for ever": (
        replace(ACCOUNT, "  eu-central-1: {}", "  eu-central-1: {recipient_token_days: 0}"),
        "bad-value",
        place(ACCOUNT, "  eu-central-1: {}", 18),
        "got 0",
    ),
    "a team that could deploy by hand": (
        replace(ACCOUNT, "claims-triage: [authors]", "claims-triage: [authors, deployers]"),
        "segregation-of-duties",
        place(ACCOUNT, "claims-triage: [authors]", 7),
        "a team in there could deploy by hand",
    ),
    "authors who say who deploys": (
        replace(ACCOUNT, "administrators: halyard-platform-admins", "administrators: halyard-claims-analytics"),
        "segregation-of-duties",
        place(ACCOUNT, "claims-triage: [authors]", 7),
        "must not write what is deployed",
    ),
    "a role in no use case": (
        replace(ACCOUNT, "claims-triage: [authors]", "claims-traige: [authors]"),
        "no-bundle",
        place(ACCOUNT, "claims-triage: [authors]", 7),
        "did you mean 'claims-triage'?",
    ),
    "a team that is a group too": (
        replace(ACCOUNT, "  halyard-claims-analytics:", "  halyard-internal-audit:"),
        "duplicate-group",
        place(ACCOUNT, "  halyard-claims-analytics:", 3),
        "is declared already",
    ),
    "teams of the identity provider": (
        replace(ACCOUNT, "teams:\n", "groups_from: identity_provider\nteams:\n"),
        "bad-value",
        ACCOUNT,
        "it says who is in the roles' groups",
    ),
    "one place that guards two environments": (
        replace(ACCOUNT, "slug: halyard-mutual/ai-platform", "slug: halyard-mutual/ai-platform\n  places: {dev: prod}"),
        "shared-place",
        ACCOUNT,
        "guards 'dev' already",
    ),
    "a place of no environment": (
        replace(ACCOUNT, "slug: halyard-mutual/ai-platform", "slug: halyard-mutual/ai-platform\n  places: {prd: main}"),
        "unknown-environment",
        ACCOUNT,
        "did you mean 'prod'?",
    ),
    "a kind of workspace that there is not": (
        replace(PROD, "    kind: aws", "    kind: awss"),
        "not-in-list",
        place(PROD, "    kind: aws", 5),
        "workspace.create.kind: got 'awss'; did you mean 'aws'?",
    ),
    "a workspace of no kind": (
        replace(PROD, "    kind: aws\n", ""),
        "missing-key",
        place(PROD, "  create:", 3),
        "workspace.create.kind: this key is missing",
    ),
    "a GitHub environment with a slash": (
        replace(ACCOUNT, "slug: halyard-mutual/ai-platform", "slug: halyard-mutual/ai-platform\n  places: {prod: a/b}"),
        "bad-value",
        ACCOUNT,
        "only a branch of GitLab",
    ),
    "a slug of another service": (
        replace(ACCOUNT, "slug: halyard-mutual/ai-platform", "slug: halyard-mutual/ai/platform"),
        "bad-value",
        ACCOUNT,
        "a slug of github",
    ),
    "an organisation of Azure DevOps without its issuer": (
        replace(ACCOUNT, "slug: halyard-mutual/ai-platform", "slug: halyard-mutual/ai-platform\n  kind: azure_devops"),
        "bad-value",
        ACCOUNT,
        "has one of its own",
    ),
    "tags over a workspace that is nowhere": (
        replace(ACCOUNT, "through: prod", "through: prd"),
        "unknown-environment",
        place(ACCOUNT, "through: prod", 3),
        "did you mean 'prod'?",
    ),
    "an assigner nobody declared": (
        replace(ACCOUNT, "assigners: [halyard-claims-data-stewards]", "assigners: [halyard-claims-data-steward]"),
        "unknown-group",
        place(ACCOUNT, "assigners: [halyard-claims-data-stewards]", 19),
        "did you mean 'halyard-claims-data-stewards'?",
    ),
    "two values that read alike": (
        replace(ACCOUNT, "values: [name, text]", "values: [name, Name]"),
        "bad-value",
        place(ACCOUNT, "values: [name,", 22),
        "reads like 'name'",
    ),
    "a budget of what is not released": (
        replace(PROD, "    claims-triage:\n      # It", "    claims-fraud:\n      # It"),
        "no-release",
        "environments/prod.yaml:",
        "is not released here",
    ),
    "a protected workspace on the internet": (
        replace(PROD, "{level: ENDPOINT}", "{public_access: true}"),
        "public-workspace",
        place(PROD, "private_access:", 22),
        "got true in a protected environment",
    ),
    "a workspace that nobody can enter": (
        without_endpoints,
        "bad-value",
        place(PROD, "  create:", 3),
        "without any nobody gets in",
    ),
    "an address without its id": (
        replace(DEV, '  id: "1042000000000011"\n', ""),
        "bad-value",
        place(DEV, "workspace:", 1),
        "url and id together",
    ),
    "storage inside another catalog's": (
        replace("environments/test.yaml", "s3://halyard-test-claims/managed", "s3://halyard-dev-claims/managed/x"),
        "shared-storage",
        place("environments/test.yaml", "storage_root:", 5),
        "overlaps the storage of catalog claims of dev",
    ),
    "storage of another cloud": (
        replace(DEV, "s3://halyard-dev-claims/managed", "gs://halyard-dev-claims/managed"),
        "bad-value",
        place(DEV, "storage_root:", 5),
        "wanted a plain s3:// address",
    ),
    "a catalog outside the declared storage": (
        replace(DEV, "s3://halyard-dev-claims/managed", "s3://halyard-dev-other/managed"),
        "outside-location",
        place(DEV, "storage_root:", 5),
        "lies in no location",
    ),
    "a location inside another environment's": (
        replace(DEV, "url: s3://halyard-dev-claims", "url: s3://halyard-test-claims/dev"),
        "shared-storage",
        place("environments/test.yaml", "url: s3://", 7),
        "overlaps the storage of location claims of dev",
    ),
    "a credential nobody declared": (
        replace(DEV, "credential: claims", "credential: claim"),
        "unknown-credential",
        place(DEV, "credential: claims", 7),
        "did you mean 'claims'?",
    ),
    "a credential of another cloud": (
        replace(DEV, 'aws: {role_arn: "arn:aws:iam::111122223333:role/halyard-dev-claims"}', "gcp: {}"),
        "bad-value",
        place(DEV, "aws: {", 7),
        "got an identity of gcp, wanted one of aws",
    ),
    "a key for a credential": (
        replace(DEV, "aws: {role_arn:", "aws: {secret_access_key: x, role_arn:"),
        "unknown-key",
        place(DEV, "aws: {", 13),
        "secret_access_key",
    ),
    "a credential of two clouds": (
        replace(DEV, "      aws: {role_arn", "      gcp: {}\n      aws: {role_arn"),
        "bad-value",
        place(DEV, "    claims:", 5),
        "exactly one of aws, azure and gcp",
    ),
    "storage shared with itself": (
        replace(DEV, "      region: eu-central-1", "      region: eu-central-1\n      shared_with: [dev]"),
        "shared-with-itself",
        DEV,
        "its own workspace is bound already",
    ),
    "an owner nobody declared": (
        replace(DEV, "    classification:", "    owner: halyard-claims-data-steward\n    classification:"),
        "unknown-group",
        place(DEV, "    classification:", 5),
        "did you mean 'halyard-claims-data-stewards'?",
    ),
    "a person as owner": (
        replace(DEV, "    classification:", "    owner: jane@halyard.example\n    classification:"),
        "bad-value",
        place(DEV, "    classification:", 5),
        "jane@halyard.example",
    ),
    "a workspace in another region than its data": (
        replace(DEV, "  region: eu-central-1", "  region: us-east-1"),
        "residency",
        place(DEV, "residency:", 5),
        "the workspace (workspace.region) is in 'us-east-1'",
    ),
    "data that has to stay, seen from another region": (
        replace("environments/test.yaml", "  region: eu-central-1", "  region: us-east-1"),
        "residency",
        place("environments/prod.yaml", "residency:", 5),
        "the workspace of test, which it is shared with, is in 'us-east-1'",
    ),
    "storage whose region is not said": (
        replace(DEV, "      region: eu-central-1\n", ""),
        "residency",
        DEV,
        "a region that is not said",
    ),
    "no privilege at all": (
        replace(DEV, "privileges: [BROWSE]", "privileges: []"),
        "bad-value",
        place(DEV, "[BROWSE]", 9),
        "at least 1 item",
    ),
    "a function without its file": (
        replace(DEV, "          mask_text: {}", "          mask_txt: {}"),
        "missing-function",
        place(DEV, "mask_text: {}", 11),
        "did you mean 'mask_text'?",
    ),
    "a policy over no function": (
        replace(DEV, "function: governance.mask_text", "function: governance.mask_txt"),
        "unknown-function",
        place(DEV, "function: governance.mask_text", 23),
        "did you mean 'governance.mask_text'?",
    ),
    "a function with other arguments": (
        replace(DEV, "using: [{alias: sealed}]", "using: [{alias: sealed}, {constant: x}]"),
        "bad-value",
        place(DEV, "function: governance.is_open", 22),
        "the policy gives 2 arguments, is_open takes 1",
    ),
    "a file with two statements": (
        write(
            "environments/functions/mask_text.sql", b"CREATE FUNCTION mask_text(v STRING) RETURNS STRING RETURN v;\nx"
        ),
        "bad-function",
        "environments/functions/mask_text.sql:1:60",
        "more than one statement",
    ),
    "a function that is no file": (
        write("environments/functions/x.py", b"x"),
        "stray-document",
        "environments/functions/x.py:1:1",
        "functions stand in",
    ),
    "personal data that is not masked": (
        replace(DEV, "personal_data: true, tags: {pii: name}", "personal_data: true"),
        "personal-data",
        place(DEV, "claimant:", 15),
        "somebody reads unmasked",
    ),
    "personal data masked but for somebody": (
        replace(DEV, "on_column: personal}\n", "on_column: personal}\n        except_roles: [runners]\n"),
        "personal-data",
        place(DEV, "contains_personal_data:", 5),
        "nothing in this catalog is masked for everybody",
    ),
    "personal data masked for some": (
        replace(
            DEV,
            "on_column: personal}\n",
            "on_column: personal}\n        to_principals: [halyard-internal-audit]\n",
        ),
        "personal-data",
        place(DEV, "contains_personal_data:", 5),
        "nothing in this catalog is masked for everybody",
    ),
    "personal data where there is none": (
        replace(DEV, "contains_personal_data: true", "contains_personal_data: false"),
        "personal-data",
        place(DEV, "claimant:", 15),
        "contains_personal_data is false",
    ),
    "a policy for nobody": (
        replace(DEV, "on_column: personal}\n", "on_column: personal}\n        to_principals: []\n"),
        "bad-value",
        DEV,
        "at least 1 item",
    ),
    "a policy for 21 groups": (
        replace(
            DEV,
            "on_column: personal}\n",
            f"on_column: personal}}\n        to_principals: [{', '.join(f'g{i}' for i in range(21))}]\n",
        ),
        "bad-value",
        DEV,
        "at most 20 items",
    ),
    "four conditions on columns": (
        replace(DEV, "          personal: {tag: pii}\n", "".join(f"          c{i}: {{tag: pii}}\n" for i in range(4))),
        "bad-value",
        DEV,
        "at most 3 items",
    ),
    "a mask on an alias that is none": (
        replace(DEV, "on_column: personal", "on_column: person"),
        "bad-value",
        place(DEV, "mask-personal-data:", 7),
        "it lacks person",
    ),
    "a policy that is two": (
        replace(
            DEV,
            "on_column: personal}\n",
            "on_column: personal}\n        row_filter: {function: a.b, using: [{alias: personal}]}\n",
        ),
        "bad-value",
        place(DEV, "mask-personal-data:", 7),
        "exactly one of column_mask and row_filter",
    ),
    "a tag that closes its quote": (
        replace(DEV, "personal: {tag: pii}", "personal: {tag: \"pii') or hasTag('x\"}"),
        "bad-value",
        DEV,
        "wanted text like",
    ),
    "a policy for a group nobody declared": (
        replace(
            DEV, "except_principals: [halyard-claims-data-stewards]", "except_principals: [halyard-claims-stewards]"
        ),
        "unknown-group",
        place(DEV, "except_principals:", 29),
        "did you mean 'halyard-claims-data-stewards'?",
    ),
    "a type that is SQL": (
        replace(DEV, "claim_id: {type: STRING}", 'claim_id: {type: "STRING) COMMENT (x"}'),
        "bad-value",
        place(DEV, "claim_id:", 26),
        "wanted text like",
    ),
    "a table that keeps longer than its catalog may": (
        replace(
            DEV,
            "            comment: One row a claim and version\n",
            "            comment: One row a claim and version\n            retention_days: 100\n",
        ),
        "bad-value",
        DEV,
        "wanted at most its catalog's, 90",
    ),
    "a history that outlives its rows": (
        replace(DEV, "history_days: 30", "history_days: 91"),
        "bad-value",
        place(DEV, "history_days:", 5),
        "wanted at most retention_days, 90",
    ),
    "a use case called like a stack": (
        lambda root: (root / "bundles/claims-triage").rename(root / "bundles/data-policies"),
        "bad-name",
        "bundles/data-policies/bundle.yaml:1:1",
        "is reserved",
    ),
    "system schemas declared twice": (
        replace("environments/test.yaml", "\naccess:", "\nsystem_schemas: {query: {}}\naccess:"),
        "duplicate-system-schemas",
        "environments/test.yaml",
        "environment 'prod', of the same region, declares them already",
    ),
    "a system schema that enables itself": (
        replace(DEV, "\naccess:", "\nsystem_schemas: {billing: {}}\naccess:"),
        "not-in-list",
        DEV,
        "billing",
    ),
    "a tag that is not governed": (
        replace(DEV, "{tag: pii}", "{tag: pi}"),
        "unknown-tag",
        place(DEV, "{tag: pii}", 22),
        "'pi' is no governed tag; did you mean 'pii'?",
    ),
    "a value that its tag has not": (
        replace(DEV, "tags: {pii: name}", "tags: {pii: nmae}"),
        "unknown-tag",
        place(DEV, "tags: {pii: name}", 68),
        "'nmae' is no value of the tag 'pii'; did you mean 'name'?",
    ),
    "access requests to nobody": (
        replace(DEV, "emails: [claims-data@halyard.example]", "emails: []"),
        "bad-value",
        place(DEV, "access_requests:", 5),
        "at least one of emails and urls",
    ),
    "everybody as administrators": (
        replace("environments/account.yaml", "administrators: halyard-platform-admins", "administrators: users"),
        "reserved-group",
        place(ACCOUNT, "administrators:", 3),
        "Databricks' own group",
    ),
    "authors as administrators": (
        replace(
            "environments/account.yaml",
            "administrators: halyard-platform-admins",
            "administrators: halyard-claims-triage-authors",
        ),
        "duplicate-group",
        place(ACCOUNT, "administrators:", 3),
        "the group of a use case's role already",
    ),
    "a time that is none": (
        replace(BUNDLE, "cron: 0 30 5 * * ?", "cron: 0 99 5 * * ?"),
        "bad-value",
        f"{BUNDLE}:18:5",
        "'99' is beyond 59",
    ),
    "a missing key": (replace(BUNDLE, "risk: high\n", ""), "missing-key", f"{BUNDLE}:2:1", "risk: this key is missing"),
    "a wrong type": (
        replace(BUNDLE, "workers: 1", "workers: many"),
        "bad-value",
        f"{BUNDLE}:24:5",
        "got 'many', wanted a valid integer",
    ),
    "a Unix cron line": (
        replace(BUNDLE, "cron: 0 30 5 * * ?", "cron: 30 5 * * *"),
        "bad-value",
        f"{BUNDLE}:18:5",
        "Quartz expression",
    ),
    "tasks that wait for each other": (
        replace(BUNDLE, "entry_point: score", "entry_point: score\n      after: [route]"),
        "bad-value",
        f"{BUNDLE}:15:1",
        "route, score wait for each other",
    ),
    "a group nobody declared": (
        replace(DEV, "principal: halyard-internal-audit", "principal: halyard-internal-audits"),
        "unknown-group",
        place(DEV, "halyard-internal-audit", 9),
        "did you mean 'halyard-internal-audit'?",
    ),
    "an approver nobody declared": (
        replace(DEV, "protected: false", "approvals: {R4: {groups: [halyard-internal-audits]}}\nprotected: false"),
        "unknown-group",
        place(DEV, "protected: false", 27),
        "did you mean 'halyard-internal-audit'?",
    ),
    "an approval of what cannot be judged": (
        replace(DEV, "protected: false", "approvals: {RX: {people: 1}}\nprotected: false"),
        "not-in-list",
        place(DEV, "protected: false", 13),
        "got 'RX', wanted one of the list",
    ),
    "a catalog nobody declared": (
        replace(BUNDLE, "catalog: claims", "catalog: claim"),
        "unknown-catalog",
        f"{BUNDLE}:10:3",
        "did you mean 'claims'?",
    ),
    "a policy nobody declared": (
        replace(BUNDLE, "policy: batch", "policy: bach"),
        "unknown-policy",
        f"{BUNDLE}:21:5",
        "did you mean 'batch'?",
    ),
    "a catalog shared with itself": (
        replace("environments/prod.yaml", "test: BINDING", "prod: BINDING"),
        "shared-with-itself",
        place("environments/prod.yaml", "test: BINDING", 7),
        "bound already",
    ),
    "a waiver that lifts all protection": (
        replace(
            "environments/prod.yaml",
            "protected: true",
            "waivers: [{rule: R40, owner: a, reason: moves to its own, expires: 2027-01-31}]\nprotected: true",
        ),
        "waiver-without-path",
        place("environments/prod.yaml", "protected: true", 11),
        "without a path",
    ),
    "a .yml": (write("environments/qa.yml", b"a: 1"), "stray-document", "environments/qa.yml:1:1", "end in .yaml"),
    "a hostile name": (
        write("bundles/x';rm -rf\n`/bundle.yaml", (ROOT / BUNDLE).read_bytes()),
        "bad-name",
        "bundle.yaml:1:1",
        "does not match",
    ),
    "a replica that differs": (
        replace(
            "environments/test.yaml",
            "num_workers: {type: range, minValue: 1, maxValue: 8}",
            "num_workers: {type: range, minValue: 1, maxValue: 4}",
        ),
        "replica-differs",
        "environments/test.yaml:",
        "cluster_policies.batch.definition.num_workers.maxValue: 4 here, 8 in prod, whose replica this is",
    ),
    "a difference that is none": (
        replace("environments/test.yaml", "    access.authors:", "    acces.authors:"),
        "replica-equal",
        place("environments/test.yaml", "    access.authors:", 5),
        "'acces.authors' is as in prod, or there is no such path",
    ),
    "a replica of itself": (
        replace("environments/test.yaml", "  of: prod", "  of: test"),
        "unknown-environment",
        "environments/test.yaml:6:3",
        "'test' is no other environment",
    ),
    "no account": (
        lambda root: (root / "environments/account.yaml").unlink(),
        "missing-document",
        "account.yaml",
        "missing",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_named_with_its_place(documents: Path, name: str) -> None:
    change, code, place, says = CASES[name]
    change(documents)
    found = [problem for problem in problems(documents) if problem.code == code]
    assert found, "\n".join(map(str, problems(documents)))
    assert place in str(found[0].at)
    assert says in found[0].message


def test_every_mistake_of_one_run_is_shown(documents: Path) -> None:
    for name in ("unknown key", "misspelled privilege", "release of an unknown slot"):
        CASES[name][0](documents)
    assert {problem.code for problem in problems(documents)} == {"unknown-key", "not-in-list"}
    assert len(problems(documents)) >= 3


def test_the_message_says_what_where_and_next(documents: Path) -> None:
    CASES["unknown key"][0](documents)
    text = str(problems(documents)[0])
    assert text.startswith("Error: ownr: unknown key, got 'Claims Analytics'; did you mean 'owner'?\n  in bundles/")
    assert text.endswith("see docs/errors/unknown-key.md")


def test_every_code_has_a_page(root: Path) -> None:
    sources = "".join(path.read_text() for path in (root / "shipway" / "models").glob("*.py"))
    codes = set(re.findall(r"(?:Problem|_refuse)\(\s*\"([a-z0-9-]+)\"", sources))
    codes |= {source._EXPRESSION, source._CHARACTER}
    assert {code for _, code, _, _ in CASES.values()} <= codes
    assert {code for code in codes if not (root / "docs" / "errors" / f"{code}.md").is_file()} == set()


def test_a_cached_document_is_the_document(documents: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache.json"
    first, second = load(documents, cache), load(documents, cache)
    assert resolve(first) == resolve(second)
    assert second.bundles["claims-triage"].at("model").line == 13


def test_a_changed_document_is_read_anew(documents: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache.json"
    load(documents, cache)
    replace(BUNDLE, "owner: Claims Analytics", "owner: Somebody Else")(documents)
    assert load(documents, cache).bundles["claims-triage"].model.owner == "Somebody Else"


def test_a_cache_that_is_broken_is_no_obstacle(documents: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache.json"
    cache.write_text('{"code"')
    assert load(documents, cache).environments.keys() == {"dev", "test", "prod"}
