"""The account's stack: groups and service principals per use case, whom they trust, which workspace they may enter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shipway.models.account import Account
from shipway.models.deployment import (
    AccountStack,
    AuditLogSpec,
    MetastoreSpec,
    TagPolicySpec,
    WatchPrincipalSpec,
)
from shipway.models.load import Documents
from shipway.models.names import Names
from shipway.models.protection import lifted_paths
from shipway.models.resolve_account_workspace import workspace_spec
from shipway.models.resolve_data_setup import installs_something
from shipway.models.resolve_identities import platform_groups, team_specs, use_case_identities
from shipway.models.state import State, state_key
from shipway.models.waivers import Waiver

__all__ = ["account_stack", "bundle_waivers", "state_settings"]

_DAY = 24 * 60 * 60


def account_stack(documents: Documents) -> AccountStack:
    """The one stack of the account; raises BadName."""
    account = documents.account.model
    return AccountStack(
        name="account",
        host=account.host,
        state_backend=account.state.backend,
        state=state_settings(account.state, "account"),
        # What is destroyed here is gone for every environment.
        protected=True,
        lifted=lifted_paths(
            [("account", account.waivers), *bundle_waivers("account", documents, sorted(documents.bundles))]
        ),
        account_id=account.account_id,
        metastores=tuple(_metastore(account, region) for region in sorted(account.metastores)),
        audit_log=_audit_log(account),
        administrators=account.platform.administrators,
        platform_groups=platform_groups(account),
        teams=team_specs(account),
        use_cases=tuple(use_case_identities(documents, use_case) for use_case in sorted(documents.bundles)),
        governance_host=_governance_host(documents),
        tags=_tags(account),
        setup_principals=tuple(
            (name, Names(account.organisation, name).data_setup_principal)
            for name, loaded in sorted(documents.environments.items())
            if any(installs_something(catalog) for catalog in loaded.model.catalogs.values())
        ),
        deployers=account.platform.deployers,
        watch_principals=tuple(
            WatchPrincipalSpec(environment=name, principal=names.watch_principal, group=names.watchers)
            for name, loaded in sorted(documents.environments.items())
            if loaded.model.watcher is not None
            for names in [Names(account.organisation, name)]
        ),
        workspaces=tuple(
            workspace_spec(documents, name)
            for name, loaded in sorted(documents.environments.items())
            if not loaded.model.adopting
        ),
    )


def _metastore(account: Account, region: str) -> MetastoreSpec:
    metastore = account.metastores[region]
    return MetastoreSpec(
        region=region,
        name=Names(account.organisation, "").metastore(region),
        owner=account.platform.administrators,
        delta_sharing=metastore.delta_sharing,
        recipient_token_seconds=metastore.recipient_token_days * _DAY,
        organization_name=metastore.organization_name,
    )


def _audit_log(account: Account) -> AuditLogSpec | None:
    if account.audit_log is None:
        return None
    names, log = Names(account.organisation, ""), account.audit_log
    return AuditLogSpec(
        name=names.account_part("audit-log"),
        credentials_name=names.account_part("audit-log-credentials"),
        storage_name=names.account_part("audit-log-storage"),
        role=log.role,
        bucket=log.bucket,
        prefix=log.prefix,
    )


def _governance_host(documents: Documents) -> str | None:
    tags = documents.account.model.governed_tags
    return documents.environments[tags.through].model.workspace.place[0] if tags else None


def _tags(account: Account) -> tuple[TagPolicySpec, ...]:
    if account.governed_tags is None:
        return ()
    managers = (account.platform.administrators,)
    return tuple(
        TagPolicySpec(
            key=key,
            description=tag.description,
            values=tuple(sorted(tag.values)),
            assigners=tuple(sorted({*tag.assigners, *managers})),
            managers=managers,
        )
        for key, tag in sorted(account.governed_tags.tags.items())
    )


def bundle_waivers(
    stack: str, documents: Documents, use_cases: Iterable[str]
) -> Iterator[tuple[str, tuple[Waiver, ...]]]:
    """The waivers of these use cases, each with its part of a stack that they share."""
    for use_case in use_cases:
        yield f"{stack}/bundles/{use_case}", documents.bundles[use_case].model.waivers


def state_settings(state: State, stack: str) -> dict[str, str]:
    """The backend's settings for one stack: the document's own and the stack's key in it."""
    return {**state.model_dump(mode="json", exclude={"backend"}), "key": state_key(stack)}
