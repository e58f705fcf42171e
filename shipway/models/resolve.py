"""From documents to a Deployment: names computed, defaults applied, every reference between documents checked.

What one document alone cannot know is refused here, at the line that says it: a release without a bundle, a group that
nobody declared, a name too long for its kind. All such mistakes are collected and shown together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import partial

from shipway.errors import DocumentErrors, Position, Problem
from shipway.models.account import Account
from shipway.models.adopted import Adopted
from shipway.models.bundle import Bundle
from shipway.models.checks_account import of_another_cloud, public_workspaces, regions_without_metastore
from shipway.models.checks_compute import clusters_outside_policies, unsafe_policies
from shipway.models.checks_governance import (
    bad_functions,
    bad_retention,
    shared_system_schemas,
    too_many_principals,
    unmasked_personal_data,
)
from shipway.models.checks_identities import bad_budgets, bad_places, bad_tags, bad_teams
from shipway.models.checks_kinds import blocks_of_other_kinds, moves_to_itself, prompts_of_releases
from shipway.models.checks_outputs import judges_without_warehouse, outputs_nobody_can_make, shared_outputs
from shipway.models.checks_tags import ungoverned_tags
from shipway.models.clashes import group_clashes, shared_workspaces
from shipway.models.clashes_storage import bad_credentials, residency, shared_storage, storage_shares
from shipway.models.deployment import Deployment, LandingZoneStack, Stack
from shipway.models.differences import replica_problems
from shipway.models.document import spelled, suggestion
from shipway.models.environment import Environment
from shipway.models.governance import EVERYBODY
from shipway.models.granted import named_groups
from shipway.models.load import Documents, Loaded
from shipway.models.names import BadName, Names
from shipway.models.protection import LIFTED_BY
from shipway.models.resolve_account import account_stack
from shipway.models.resolve_adopted import adopted_clashes, adopted_orphans, adopted_stack
from shipway.models.resolve_data_policies import data_policies_stack
from shipway.models.resolve_hardening import bad_hardening, bad_perimeters
from shipway.models.resolve_landing_zone import landing_zone_stack
from shipway.models.resolve_line import line_stack
from shipway.models.resolve_workspace_objects import bad_allowlists

__all__ = ["resolve"]


def resolve(documents: Documents, settled: Collection[str] = ()) -> Deployment:
    """The deployment that `documents` declare; raises DocumentErrors.

    Lines whose stack is in `settled` are left out: the caller knows that nothing they are made of has changed.
    """
    problems = [problem for check in CHECKS for problem in check(documents)]
    if problems:
        raise DocumentErrors(problems)
    stacks = list(_stacks(documents, settled, problems))
    problems += _double_claims(documents, stacks)
    problems += _name_clashes(documents, [*(stack.name for stack in stacks), *settled])
    if problems:
        raise DocumentErrors(problems)
    waiting = [name for name, loaded in documents.environments.items() if not loaded.model.workspace.exists]
    return Deployment.model_construct(stacks=tuple(stacks), waiting=tuple(waiting))


def _stacks(documents: Documents, settled: Collection[str], problems: list[Problem]) -> Iterable[Stack]:
    organisation = documents.account.model.organisation
    makers: list[tuple[str, Callable[[], Stack | None]]] = [(documents.account.file, partial(account_stack, documents))]
    for environment, loaded in documents.environments.items():
        if not loaded.model.workspace.exists or loaded.model.adopting:
            continue
        names = Names(organisation, environment)
        makers.append((loaded.file, partial(landing_zone_stack, documents, names)))
        makers.append((loaded.file, partial(data_policies_stack, documents, names)))
    for environment, adopted in documents.adopted.items():
        makers.append((adopted.file, partial(adopted_stack, documents, Names(organisation, environment))))
    for environment, use_case in documents.releases:
        # The stack's name, without the checks that it passed when it was settled.
        exists = documents.environments[environment].model.workspace.exists
        if exists and f"{environment}-{use_case}" not in settled:
            names = Names(organisation, environment, use_case)
            makers.append((documents.bundles[use_case].file, partial(line_stack, documents, names)))
    for file, make in makers:
        try:
            if (stack := make()) is not None:
                yield stack
        except BadName as error:
            hint = "names are put together by docs/naming.md; shorten the part that you chose"
            problem = Problem("name-too-long", str(error), Position(file), hint)
            if problem not in problems:
                problems.append(problem)


def _orphans(documents: Documents) -> Iterable[Problem]:
    """Releases whose bundle or environment is nowhere."""
    for (environment, use_case), release in documents.releases.items():
        if environment not in documents.environments or documents.environments[environment].model.adopting:
            yield Problem(
                "no-landing-zone",
                f"a release for environment {environment!r}, which has no landing zone"
                + suggestion(environment, documents.environments),
                Position(release.file),
                f"add environments/{environment}.yaml, or move the file to releases/<environment>/",
            )
        if use_case not in documents.bundles:
            yield Problem(
                "no-bundle",
                f"a release of {use_case!r}, which is no bundle" + suggestion(use_case, documents.bundles),
                Position(release.file),
                f"add bundles/{use_case}/bundle.yaml, or name the file after a bundle",
            )


def _unknown_groups(documents: Documents) -> Iterable[Problem]:
    """Grants to, and approvals by, groups that the account does not declare."""
    account = documents.account.model
    known = {*account.groups, *account.teams, account.platform.administrators, account.platform.deployers}
    places: list[Loaded[Account] | Loaded[Environment]] = [documents.account, *documents.environments.values()]
    for loaded in places:
        for path, principal in named_groups(loaded.model):
            if principal not in known and principal != EVERYBODY:
                message = f"{spelled(path)}: {principal!r} is no group{suggestion(principal, known)}"
                hint = "declare it under groups in environments/account.yaml"
                yield Problem("unknown-group", message, loaded.at(*path), hint)


def _lines(documents: Documents) -> Iterable[tuple[str, Environment, Loaded[Bundle]]]:
    """The lines whose environment and bundle exist."""
    for environment, use_case in documents.releases:
        if environment in documents.environments and use_case in documents.bundles:
            yield environment, documents.environments[environment].model, documents.bundles[use_case]


def _missing_data(documents: Documents) -> Iterable[Problem]:
    """Bundles released to an environment that lacks their catalog or schema."""
    for name, environment, bundle in _lines(documents):
        data, where = bundle.model.data, f"environments/{name}.yaml"
        if data.catalog not in environment.catalogs:
            message = f"data.catalog: {where} has no catalog {data.catalog!r}"
            message += suggestion(data.catalog, environment.catalogs)
            yield Problem("unknown-catalog", message, bundle.at("data", "catalog"), f"declare it in {where}")
        elif data.schema_ not in environment.catalogs[data.catalog].schemas:
            schemas = environment.catalogs[data.catalog].schemas
            message = f"data.schema: catalog {data.catalog!r} of {where} has no schema {data.schema_!r}"
            message += suggestion(data.schema_, schemas)
            yield Problem("unknown-schema", message, bundle.at("data", "schema"), f"declare it in {where}")


def _missing_policies(documents: Documents) -> Iterable[Problem]:
    """Bundles whose cluster policy an environment lacks."""
    for name, environment, bundle in _lines(documents):
        if bundle.model.job is None:
            continue
        policy, where = bundle.model.job.compute.policy, f"environments/{name}.yaml"
        if policy not in environment.cluster_policies:
            message = f"job.compute.policy: {where} has no cluster policy {policy!r}"
            message += suggestion(policy, environment.cluster_policies)
            at = bundle.at("job", "compute", "policy")
            yield Problem("unknown-policy", message, at, f"declare it under cluster_policies in {where}")


def _duplicate_bundles(documents: Documents) -> Iterable[Problem]:
    """Bundles that claim one registered model: copies of each other that would fight over it."""
    owners: dict[tuple[str, str, str], str] = {}
    for use_case, bundle in documents.bundles.items():
        claim = (bundle.model.data.catalog, bundle.model.data.schema_, bundle.model.model)
        first = owners.setdefault(claim, use_case)
        if first != use_case:
            yield Problem(
                "duplicate-bundle",
                f"model: bundles {first!r} and {use_case!r} both declare the model {'.'.join(claim)}",
                bundle.at("model"),
                "a bundle is one use case: name another model in one of them, or delete the copy",
            )


def _bad_shares(documents: Documents) -> Iterable[Problem]:
    """Catalogs shared with environments that are not there, or with their own."""
    for environment, loaded in documents.environments.items():
        for domain, catalog in loaded.model.catalogs.items():
            for other in catalog.shared_with:
                at = loaded.at("catalogs", domain, "shared_with", other)
                name = f"catalogs.{domain}.shared_with"
                if other == environment:
                    # Databricks binds the home workspace itself; declaring it again breaks destroy (provider #5300).
                    message = f"{name}: {other!r} is this environment; its own workspace is bound already"
                    yield Problem("shared-with-itself", message, at, "remove the line")
                elif other not in documents.environments:
                    message = f"{name}: {other!r} is no environment{suggestion(other, documents.environments)}"
                    yield Problem("unknown-environment", message, at)


def _boundless_waivers(documents: Documents) -> Iterable[Problem]:
    """Waivers that would lift the protection of all that a document declares."""
    loaded: list[Loaded[Account] | Loaded[Environment] | Loaded[Bundle] | Loaded[Adopted]] = [documents.account]
    loaded += [*documents.environments.values(), *documents.bundles.values(), *documents.adopted.values()]
    for item in loaded:
        for index, waiver in enumerate(item.model.waivers):
            if waiver.rule == LIFTED_BY and waiver.path is None:
                message = f"waivers[{index}]: a waiver of {LIFTED_BY} without a path would let everything be destroyed"
                hint = "add path: <stack>/<construct path>, as the refused plan names it"
                yield Problem("waiver-without-path", message, item.at("waivers", index), hint)


CHECKS = (
    adopted_orphans,
    blocks_of_other_kinds,
    prompts_of_releases,
    _boundless_waivers,
    group_clashes,
    shared_workspaces,
    shared_storage,
    bad_credentials,
    storage_shares,
    residency,
    bad_teams,
    bad_places,
    bad_tags,
    bad_budgets,
    of_another_cloud,
    public_workspaces,
    regions_without_metastore,
    ungoverned_tags,
    bad_functions,
    bad_retention,
    shared_system_schemas,
    unmasked_personal_data,
    too_many_principals,
    _orphans,
    _unknown_groups,
    _missing_data,
    _missing_policies,
    unsafe_policies,
    clusters_outside_policies,
    judges_without_warehouse,
    outputs_nobody_can_make,
    shared_outputs,
    moves_to_itself,
    bad_allowlists,
    bad_hardening,
    bad_perimeters,
    _bad_shares,
    _duplicate_bundles,
    replica_problems,
)


def _double_claims(documents: Documents, stacks: Iterable[Stack]) -> Iterable[Problem]:
    """Objects that two stacks would own."""
    landing_zones = {stack.environment: stack for stack in stacks if isinstance(stack, LandingZoneStack)}
    for environment, loaded in documents.adopted.items():
        yield from adopted_clashes(loaded, landing_zones.get(environment))


def _name_clashes(documents: Documents, names: Iterable[str]) -> Iterable[Problem]:
    """Two stacks of one name: they would share one state."""
    seen: set[str] = set()
    for name in names:
        # A file system that does not tell cases apart would give two stacks one folder.
        if name.lower() in seen:
            message = f"two stacks would be called {name!r}"
            yield Problem("duplicate-stack", message, Position(documents.account.file), "rename one of the use cases")
        seen.add(name.lower())
