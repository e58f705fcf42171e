// The workload in TypeScript: what workload.py says, name for name. `npx ts-node main.ts single 100`.
import { App, TerraformStack } from "cdktf";
import { Grants } from "@cdktf/provider-databricks/lib/grants";
import { Job } from "@cdktf/provider-databricks/lib/job";
import { Permissions } from "@cdktf/provider-databricks/lib/permissions";
import { DatabricksProvider } from "@cdktf/provider-databricks/lib/provider";
import { RegisteredModel } from "@cdktf/provider-databricks/lib/registered-model";
import { Schema } from "@cdktf/provider-databricks/lib/schema";

const HOST = "https://example.cloud.databricks.com";

function job(stack: TerraformStack, number: number): void {
  const made = new Job(stack, `job-${number}`, {
    name: `job-${number}`,
    tags: { team: `team-${number % 7}`, tier: "gold" },
    task: [
      { taskKey: "prepare", notebookTask: { notebookPath: `/jobs/${number}/prepare` } },
      {
        taskKey: "score",
        dependsOn: [{ taskKey: "prepare" }],
        notebookTask: { notebookPath: `/jobs/${number}/score`, baseParameters: { number: String(number) } },
      },
    ],
    schedule: { quartzCronExpression: "0 0 6 * * ?", timezoneId: "UTC" },
    emailNotifications: { onFailure: ["oncall@example.com"] },
  });
  new Permissions(stack, `permissions-${number}`, {
    jobId: made.id,
    accessControl: [{ groupName: "readers", permissionLevel: "CAN_VIEW" }],
  });
}

function schema(stack: TerraformStack, number: number): void {
  const made = new Schema(stack, `schema-${number}`, {
    catalogName: "main",
    name: `s${number}`,
    comment: `schema ${number}`,
  });
  new Grants(stack, `grants-${number}`, {
    schema: made.id,
    grant: [{ principal: "readers", privileges: ["USE_SCHEMA", "SELECT"] }],
  });
}

function oneStack(stack: TerraformStack, jobs: number): void {
  new DatabricksProvider(stack, "databricks", { host: HOST });
  for (let number = 0; number < jobs; number++) job(stack, number);
  for (let number = 0; number < Math.floor(jobs / 10); number++) schema(stack, number);
}

function smallStack(stack: TerraformStack, number: number): void {
  new DatabricksProvider(stack, "databricks", { host: HOST });
  schema(stack, number);
  const model = new RegisteredModel(stack, `model-${number}`, {
    catalogName: "main",
    schemaName: `s${number}`,
    name: "model",
  });
  new Grants(stack, `model-grants-${number}`, {
    model: model.id,
    grant: [{ principal: "scorers", privileges: ["EXECUTE"] }],
  });
  job(stack, number);
}

const [kind, count] = [process.argv[2], Number(process.argv[3])];
const app = new App();
if (kind === "single") oneStack(new TerraformStack(app, "bench"), count);
else for (let number = 0; number < count; number++) smallStack(new TerraformStack(app, `case-${number}`), number);
app.synth();
