"""The endpoint of a use case that serves a model: both slots in it, and the traffic between them."""

from __future__ import annotations

from binding import Construct, databricks
from shipway.models.deployment import EntitySpec, GuardrailSpec, ServingWorkload
from workloads.registered_model import UseCaseModel

__all__ = ["ServingEndpoint"]


class ServingEndpoint(Construct):
    """Two entities, blue and green, for ever: a release changes a version, whether one stays warm, or percentages.

    All three are changed in place. What could not be changed back is not written: no auto_capture_config, external
    model, route optimization or fallback. `description` and `budget_policy_id` are not either: the provider (1.99)
    sends them when it creates an endpoint and never again, so that a change of them would stay in every plan.
    """

    def __init__(self, scope: Construct, id_: str, *, spec: ServingWorkload, model: UseCaseModel) -> None:
        super().__init__(scope, id_)
        self.endpoint = databricks.ModelServing(
            self,
            "endpoint",
            name=spec.endpoint_name,
            config=databricks.ModelServingConfigA(
                served_entities=[self._entity(spec, entity, model) for entity in spec.entities],
                traffic_config=databricks.ModelServingConfigTrafficConfig(
                    # Both, always, in one order: the provider compares routes by their place.
                    routes=[
                        databricks.ModelServingConfigTrafficConfigRoutes(
                            served_entity_name=entity.slot, traffic_percentage=entity.percent
                        )
                        for entity in spec.entities
                    ]
                ),
            ),
            ai_gateway=self._gateway(spec),
            tags=[databricks.ModelServingTags(key=key, value=value) for key, value in sorted(spec.tags.items())],
        )
        if spec.permissions:
            databricks.Permissions(
                self,
                "permissions",
                serving_endpoint_id=self.endpoint.serving_endpoint_id,
                access_control=[
                    databricks.PermissionsAccessControl(group_name=one.group, permission_level=one.level)
                    for one in spec.permissions
                ],
            )

    @staticmethod
    def _entity(
        spec: ServingWorkload, entity: EntitySpec, model: UseCaseModel
    ) -> databricks.ModelServingConfigServedEntities:
        return databricks.ModelServingConfigServedEntities(
            name=entity.slot,
            # Its id is its full name; by reference, so that the model is there before what serves it.
            entity_name=model.model.id,
            entity_version=str(entity.model_version),
            # Databricks would fill in both types; written down, no plan shows them as known after apply.
            workload_size=spec.workload_size,
            workload_type=spec.workload_type,
            scale_to_zero_enabled=not entity.warm,
        )

    @staticmethod
    def _gateway(spec: ServingWorkload) -> databricks.ModelServingAiGateway:
        table = spec.inference_table
        return databricks.ModelServingAiGateway(
            inference_table_config=databricks.ModelServingAiGatewayInferenceTableConfig(
                enabled=True,
                catalog_name=table.catalog,
                schema_name=table.schema_name,
                table_name_prefix=table.prefix,
            ),
            usage_tracking_config=databricks.ModelServingAiGatewayUsageTrackingConfig(enabled=True),
            guardrails=_guardrails(spec.input_guardrail, spec.output_guardrail),
        )


def _guardrails(
    asked: GuardrailSpec | None, answered: GuardrailSpec | None
) -> databricks.ModelServingAiGatewayGuardrails | None:
    if asked is None and answered is None:
        return None
    return databricks.ModelServingAiGatewayGuardrails(
        input=None if asked is None else _input(asked), output=None if answered is None else _output(answered)
    )


def _input(spec: GuardrailSpec) -> databricks.ModelServingAiGatewayGuardrailsInput:
    pii = databricks.ModelServingAiGatewayGuardrailsInputPii(behavior=spec.pii) if spec.pii else None
    return databricks.ModelServingAiGatewayGuardrailsInput(safety=spec.safety, pii=pii)


def _output(spec: GuardrailSpec) -> databricks.ModelServingAiGatewayGuardrailsOutput:
    pii = databricks.ModelServingAiGatewayGuardrailsOutputPii(behavior=spec.pii) if spec.pii else None
    return databricks.ModelServingAiGatewayGuardrailsOutput(safety=spec.safety, pii=pii)
