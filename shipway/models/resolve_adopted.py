"""An environment's adopted objects: taken as they are, and refused where something else claims the same object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shipway.errors import Position, Problem
from shipway.models.adopted import Adopted
from shipway.models.deployment import AdoptedStack, LandingZoneStack
from shipway.models.document import suggestion
from shipway.models.load import Documents, Loaded
from shipway.models.names import Names
from shipway.models.protection import lifted_paths
from shipway.models.resolve_account import state_settings

__all__ = ["adopted_clashes", "adopted_orphans", "adopted_stack", "declared_objects"]

Claim = tuple[str, str]
"""A Terraform resource type and what its objects are told apart by: a full name, or an id."""


def adopted_stack(documents: Documents, names: Names) -> AdoptedStack:
    """What was adopted in `names.environment`; raises BadName."""
    environment = documents.environments[names.environment].model
    adopted = documents.adopted[names.environment].model
    return AdoptedStack(
        name=names.adopted_stack,
        host=environment.workspace.place[0],
        state_backend=environment.state.backend,
        state=state_settings(environment.state, names.adopted_stack),
        # Whatever the environment says: nobody can make again what was there before us.
        protected=True,
        lifted=lifted_paths([(names.adopted_stack, adopted.waivers)]),
        environment=names.environment,
        objects=adopted,
    )


def declared_objects(stack: LandingZoneStack) -> Iterator[Claim]:
    """What an environment's landing zone declares by name, as the same claims."""
    for credential in stack.storage_credentials:
        yield "databricks_storage_credential", credential.name
    for location in stack.storage_locations:
        yield "databricks_external_location", location.name
    for catalog in stack.catalogs:
        yield "databricks_catalog", catalog.name
        for schema in catalog.schemas:
            yield "databricks_schema", f"{catalog.name}.{schema.name}"
            for volume in schema.volumes:
                yield "databricks_volume", f"{catalog.name}.{schema.name}.{volume.name}"
    yield from _workspace_objects(stack)


def _workspace_objects(stack: LandingZoneStack) -> Iterator[Claim]:
    # Ids are drawn by the workspace: what a document can name is the name.
    for policy in stack.cluster_policies:
        yield "databricks_cluster_policy", policy.name
    for warehouse in stack.sql_warehouses:
        yield "databricks_sql_endpoint", warehouse.name
    for destination in stack.notification_destinations:
        yield "databricks_notification_destination", destination.name
    if stack.ip_perimeter is not None:
        for addresses in (*stack.ip_perimeter.allow, *stack.ip_perimeter.block):
            yield "databricks_ip_access_list", addresses.key
    for scope in stack.secret_scopes:
        yield "databricks_secret_scope", scope.name


def adopted_orphans(documents: Documents) -> Iterable[Problem]:
    """Adopted documents whose environment is nowhere."""
    for environment, loaded in documents.adopted.items():
        found = documents.environments.get(environment)
        if found is not None and not found.model.workspace.exists:
            message = f"objects adopted in environment {environment!r}, whose workspace is not made yet"
            yield Problem("adopted-nowhere", message, Position(loaded.file), f"delete {loaded.file}")
        if found is None:
            message = f"objects adopted in environment {environment!r}, which is not declared"
            message += suggestion(environment, documents.environments)
            yield Problem("adopted-nowhere", message, Position(loaded.file), f"add environments/{environment}.yaml")


def adopted_clashes(loaded: Loaded[Adopted], landing_zone: LandingZoneStack | None) -> Iterator[Problem]:
    """Objects that are adopted twice, or declared by the landing zone as well: each would undo the other."""
    declared = {_folded(claim) for claim in declared_objects(landing_zone)} if landing_zone else set()
    seen: dict[Claim, str] = {}
    for kind, key, one in loaded.model.objects():
        path, where, claim = (kind, key), f"{kind}.{key}", (one.type_name, one.import_id)
        first = seen.setdefault(_folded(claim), where)
        if first != where:
            message = f"{where}: {first} is the same {claim[0]} {claim[1]!r}"
            yield Problem("adopted-twice", message, loaded.at(*path), "an object has one owner: delete one of the two")
        if {_folded(claim), _folded((one.type_name, one.known_as))} & declared:
            message = f"{where}: the landing zone declares {claim[0]} {claim[1]!r} as well"
            hint = "an object has one owner: delete it here, or in the environment's document"
            yield Problem("adopted-twice", message, loaded.at(*path), hint)


def _folded(claim: Claim) -> Claim:
    # Unity Catalog does not tell upper case from lower; nor do scopes of one spelling make sense side by side.
    return claim[0], claim[1].lower()
