"""The naming standard (Q048): every name that Shipway gives, made in this one place.

A name is put together from words whose alphabets keep it unambiguous: an environment and an organisation have no
hyphen or underscore, a role is one of a closed list, so two different things never get one name. Each kind has a
pattern and a limit; a name beyond it is an error before anything is planned, since the API says so only at apply.
`docs/naming.md` is written from the table KINDS.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from shipway.models.slot import Slot

__all__ = [
    "DATA_SETUP_FOLDER",
    "KINDS",
    "WATCH_FOLDER",
    "BadName",
    "DataName",
    "EnvironmentName",
    "GroupName",
    "Kind",
    "Names",
    "OrganisationName",
    "Role",
    "Slot",
    "UseCaseName",
    "environment_of",
    "is_of",
]


class Role(StrEnum):
    """Who may stand in which relation to a use case; each is a group, so a grant never names a person."""

    AUTHORS = "authors"
    OPERATORS = "operators"
    CONSUMERS = "consumers"
    DEPLOYERS = "deployers"
    RUNNERS = "runners"

    @property
    def per_environment(self) -> bool:
        """Whether each environment has a group of its own: those that hold a machine's identity do."""
        return self in (Role.DEPLOYERS, Role.RUNNERS)


class BadName(ValueError):
    """A name that its kind does not allow; the message says what, got and wanted."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of named thing: how its name is put together, its alphabet and its length, and whose limit that is."""

    label: str
    form: str
    pattern: str
    limit: int
    source: str

    def check(self, name: str) -> str:
        """`name` itself if this kind allows it; raises BadName."""
        if len(name) > self.limit:
            got = f"the {self.label} name {name!r} has {len(name)} characters"
            raise BadName(f"{got}, wanted at most {self.limit} ({self.source})")
        if not re.fullmatch(self.pattern, name):
            raise BadName(f"the {self.label} name {name!r} does not match {self.pattern}")
        return name


DATA_SETUP_FOLDER = "/shipway-data-setup"
"""In the workspace's root, where only admins make folders: in /Shared everybody may rewrite what runs as a deployer."""

WATCH_FOLDER = "/shipway-watch"
"""In the workspace's root for the same reason: what lies there runs as the watcher."""

_KEBAB = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_SNAKE = r"[a-z][a-z0-9]*(_[a-z0-9]+)*"
_OURS = "our standard"

ORGANISATION = Kind("organisation", "<organisation>", r"[a-z][a-z0-9]*", 16, _OURS)
ENVIRONMENT = Kind("environment", "<environment>", r"[a-z][a-z0-9]*", 12, _OURS)
USE_CASE = Kind("use case", "<use-case>", _KEBAB, 40, _OURS)
DATA = Kind("data", "<domain> or <schema>", _SNAKE, 60, _OURS)
CATALOG = Kind("catalog", "<domain>_<environment>", _SNAKE, 63, "no backticks in SQL; Unity Catalog itself allows 255")
SCHEMA = Kind("schema", "<schema>", _SNAKE, 63, "no backticks in SQL; Unity Catalog itself allows 255")
TABLE = Kind("table or view", "<table>", _SNAKE, 63, "no backticks in SQL; Unity Catalog itself allows 255")
VOLUME = Kind("volume", "<volume>", _SNAKE, 63, "no backticks in SQL; Unity Catalog itself allows 255")
MODEL = Kind("registered model", "<model>", _SNAKE, 63, "no backticks in SQL; Unity Catalog itself allows 255")
JOB = Kind(
    "job", "<use-case>-<blue|green|router>-<environment>", _KEBAB, 100, "Databricks allows 4,096 bytes; lists cut"
)
ENDPOINT = Kind("serving endpoint", "<use-case>-<environment>", rf"(?!databricks-){_KEBAB}", 63, _OURS)
GROUP = Kind("group", "<organisation>-<use-case>-<role>[-<environment>]", _KEBAB, 100, _OURS)
SERVICE_PRINCIPAL = Kind("service principal", "sp-<use-case>-<deploy|run>-<environment>", _KEBAB, 80, _OURS)
WORKSPACE = Kind(
    "workspace", "<organisation>-<environment>[-<part>]", rf"(?=.{{4}}){_KEBAB}", 256, "Databricks: 4 to 256 characters"
)
NETWORK_POLICY = Kind("network policy", "<organisation>-<environment>", _KEBAB, 32, "Databricks, seen at apply only")
CONNECTIVITY = Kind("network connectivity configuration", "<organisation>-<environment>", _KEBAB, 30, "Databricks")
METASTORE = Kind("metastore", "<organisation>-<region>", _KEBAB, 64, _OURS)
ACCOUNT_PART = Kind("account's own object", "<organisation>-account-<part>", _KEBAB, 64, _OURS)
BUDGET = Kind("budget, budget policy", "<use-case>-<environment>", _KEBAB, 127, "Databricks, of budgets: 128")
NOTIFICATION = Kind("notification destination", "<organisation>-<purpose>-<environment>", _KEBAB, 100, _OURS)
SQL_WAREHOUSE = Kind("SQL warehouse", "<organisation>-<purpose>-<environment>", _KEBAB, 99, "Databricks")
CLUSTER_POLICY = Kind("cluster policy", "<organisation>-<policy>-<environment>", _KEBAB, 100, "Databricks")
STORAGE = Kind(
    "storage",
    "<storage>-<environment>",
    _KEBAB,
    100,
    "storage credentials and external locations: a metastore has one of a name for all workspaces",
)
SECRET_SCOPE = Kind("secret scope", "<use-case>-<environment>", r"[A-Za-z0-9_.@-]+", 128, "Databricks")
REPOSITORY = Kind(
    "repository", "<organisation>/<repository>", r"[A-Za-z0-9-]+/[A-Za-z0-9_.-]+", 140, "GitHub: 39 + 100"
)
STACK = Kind("stack", "account | <environment>-<landing-zone, adopted, data-policies or use-case>", _KEBAB, 64, _OURS)

KINDS = (
    *(ORGANISATION, ENVIRONMENT, USE_CASE, CATALOG, SCHEMA, TABLE, VOLUME),
    *(MODEL, JOB, ENDPOINT, GROUP, SERVICE_PRINCIPAL, WORKSPACE, NETWORK_POLICY),
    *(CONNECTIVITY, METASTORE, ACCOUNT_PART, BUDGET, CLUSTER_POLICY, NOTIFICATION, SQL_WAREHOUSE),
    *(STORAGE, SECRET_SCOPE, REPOSITORY, STACK),
)

# An environment called like a role would make `acme-x-runners-authors` two things; some use cases would be our stacks.
_RESERVED_ENVIRONMENTS = frozenset(Role) | {"account", "landing"}
_RESERVED_USE_CASES = frozenset({"adopted", "data-policies", "landing-zone"})


def _environment(name: str) -> str:
    if name in _RESERVED_ENVIRONMENTS:
        raise BadName(f"the environment name {name!r} is reserved")
    return ENVIRONMENT.check(name)


def _use_case(name: str) -> str:
    if name in _RESERVED_USE_CASES:
        raise BadName(f"the use case name {name!r} is reserved")
    return USE_CASE.check(name)


def _schema(kind: Kind) -> Any:
    """For editors: the model itself refuses by `Kind.check`, whose message says whose limit it is."""
    return Field(json_schema_extra={"pattern": f"^{kind.pattern}$", "maxLength": kind.limit})


EnvironmentName = Annotated[str, AfterValidator(_environment), _schema(ENVIRONMENT)]
UseCaseName = Annotated[str, AfterValidator(_use_case), _schema(USE_CASE)]
OrganisationName = Annotated[str, AfterValidator(ORGANISATION.check), _schema(ORGANISATION)]
DataName = Annotated[str, AfterValidator(DATA.check), _schema(DATA)]
GroupName = Annotated[str, Field(pattern=rf"^{_KEBAB}$", max_length=GROUP.limit)]


def environment_of(stack: str) -> str:
    """The environment that a stack is of; the account's stack is of the account."""
    return stack.partition("-")[0]


def is_of(stack: str, environment: str) -> bool:
    """Whether a stack is of an environment; no environment's name has a hyphen."""
    return environment_of(stack) == environment


@dataclass(frozen=True, slots=True)
class Names:
    """All names of one environment, and of one use case in it; each raises BadName where its kind's limit is passed."""

    organisation: str
    environment: str
    use_case: str = ""

    @property
    def landing_zone_stack(self) -> str:
        """The stack of this environment's landing zone."""
        return STACK.check(f"{self.environment}-landing-zone")

    @property
    def adopted_stack(self) -> str:
        """The stack of what was in this environment's workspace before Shipway."""
        return STACK.check(f"{self.environment}-adopted")

    @property
    def data_policies_stack(self) -> str:
        """The stack of this environment's tags, masks and filters, which come after their functions."""
        return STACK.check(f"{self.environment}-data-policies")

    @property
    def line_stack(self) -> str:
        """The stack of this use case in this environment."""
        return STACK.check(f"{self.environment}-{self.use_case}")

    def workspace(self, part: str = "") -> str:
        """This environment's workspace, or one of the account's objects that it is made of."""
        return WORKSPACE.check("-".join(word for word in (self.organisation, self.environment, part) if word))

    @property
    def network_policy(self) -> str:
        """The network policy of this environment's workspace."""
        return NETWORK_POLICY.check(f"{self.organisation}-{self.environment}")

    @property
    def connectivity(self) -> str:
        """The network connectivity configuration of this environment's workspace."""
        return CONNECTIVITY.check(f"{self.organisation}-{self.environment}")

    @property
    def budget(self) -> str:
        """The budget of this use case in this environment, and the budget policy of its serverless compute."""
        return BUDGET.check(f"{self.use_case}-{self.environment}")

    def metastore(self, region: str) -> str:
        """The metastore of a region."""
        return METASTORE.check(f"{self.organisation}-{region}")

    def account_part(self, part: str) -> str:
        """One of the account's own objects: no environment is called `account`."""
        return ACCOUNT_PART.check(f"{self.organisation}-account-{part}")

    def catalog(self, domain: str) -> str:
        """The catalog of a data domain."""
        return CATALOG.check(f"{domain}_{self.environment}")

    def schema(self, name: str) -> str:
        """A schema: the catalog already names the environment."""
        return SCHEMA.check(name)

    def model(self, name: str) -> str:
        """A registered model's last part."""
        return MODEL.check(name)

    def table(self, name: str) -> str:
        """A table's or a view's last part: the catalog already names the environment."""
        return TABLE.check(name)

    def volume(self) -> str:
        """The volume that holds this use case's released artifacts."""
        return VOLUME.check(f"{self.use_case.replace('-', '_')}_releases")

    def measures(self) -> str:
        """The table of what a release of this use case is judged by."""
        return TABLE.check(f"{self.use_case.replace('-', '_')}_measures")

    def checkpoints(self) -> str:
        """The volume in which a streaming use case's slots keep their places in the stream."""
        return VOLUME.check(f"{self.use_case.replace('-', '_')}_checkpoints")

    def job(self, slot: Slot) -> str:
        """The job of one slot."""
        return JOB.check(f"{self.use_case}-{slot}-{self.environment}")

    @property
    def router(self) -> str:
        """The job that consumers and schedules start: it runs the live slot."""
        return JOB.check(f"{self.use_case}-router-{self.environment}")

    @property
    def endpoint(self) -> str:
        """The endpoint that serves this use case's model."""
        return ENDPOINT.check(f"{self.use_case}-{self.environment}")

    @property
    def inference_table(self) -> str:
        """What the table of the endpoint's requests and answers begins with; Databricks adds `_payload`."""
        return DATA.check(f"{self.use_case.replace('-', '_')}_endpoint")

    def pointer_file(self, domain: str, schema: str) -> str:
        """The file that says which release a conversation of this agent gets."""
        return f"/Volumes/{self.catalog(domain)}/{self.schema(schema)}/{self.volume()}/pointer.json"

    def flags_file(self, domain: str, schema: str) -> str:
        """The file that takes components of this use case out of service; Terraform does not write it."""
        return f"/Volumes/{self.catalog(domain)}/{self.schema(schema)}/{self.volume()}/flags.json"

    def group(self, role: Role) -> str:
        """The group of those who stand in `role` to this use case."""
        suffix = f"-{self.environment}" if role.per_environment else ""
        return GROUP.check(f"{self.organisation}-{self.use_case}-{role}{suffix}")

    @property
    def deploy_principal(self) -> str:
        """The service principal that CI deploys this line as."""
        return SERVICE_PRINCIPAL.check(f"sp-{self.use_case}-deploy-{self.environment}")

    @property
    def run_principal(self) -> str:
        """The service principal that this line's jobs run as."""
        return SERVICE_PRINCIPAL.check(f"sp-{self.use_case}-run-{self.environment}")

    @property
    def data_setup_job(self) -> str:
        """The job that installs this environment's functions and declared tables."""
        return JOB.check(f"landing-zone-data-setup-{self.environment}")

    def data_setup_notebook(self, digest: str) -> str:
        """The notebook of that job, by the digest of what it installs: what ran once is never another."""
        return f"{DATA_SETUP_FOLDER}/{self.environment}-{digest[:16]}"

    @property
    def data_setup_principal(self) -> str:
        """The service principal that the data setup job runs as."""
        return SERVICE_PRINCIPAL.check(f"sp-landing-zone-setup-{self.environment}")

    @property
    def watch_job(self) -> str:
        """The job that watches this environment's releases."""
        return JOB.check(f"landing-zone-watch-{self.environment}")

    def watch_wheels(self, digest: str) -> str:
        """The folder of that job's wheel, by its digest: what ran once is never another."""
        return f"{WATCH_FOLDER}/{self.environment}-{digest[:16]}"

    @property
    def watch_principal(self) -> str:
        """The service principal that the watcher's job runs as."""
        return SERVICE_PRINCIPAL.check(f"sp-landing-zone-watch-{self.environment}")

    @property
    def watchers(self) -> str:
        """The group that holds it; no use case is called `landing-zone`."""
        return GROUP.check(f"{self.organisation}-landing-zone-watchers-{self.environment}")

    def cluster_policy(self, purpose: str) -> str:
        """A cluster policy of this environment."""
        return CLUSTER_POLICY.check(f"{self.organisation}-{purpose}-{self.environment}")

    def sql_warehouse(self, purpose: str) -> str:
        """A SQL warehouse of this environment."""
        return SQL_WAREHOUSE.check(f"{self.organisation}-{purpose}-{self.environment}")

    def notification_destination(self, purpose: str) -> str:
        """A notification destination of this environment."""
        return NOTIFICATION.check(f"{self.organisation}-{purpose}-{self.environment}")

    def storage(self, key: str) -> str:
        """A storage credential or an external location of this environment."""
        return STORAGE.check(f"{key}-{self.environment}")

    @property
    def secret_scope(self) -> str:
        """The secret scope of this use case in this environment."""
        return SECRET_SCOPE.check(f"{self.use_case}-{self.environment}")
