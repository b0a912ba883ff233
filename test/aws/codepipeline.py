"""CodePipeline's pipelines and their executions. It runs nothing: a runner takes one, and reports how it goes."""

from collections.abc import Callable
from uuid import uuid4

from credentials import ACCOUNT, now
from wire import AwsError, Call


class CodePipeline:
    def __init__(self, region: str, is_available: Callable[[str], bool]):
        """is_available tells whether the connection of an ARN can be used."""
        self.region, self._is_available = region, is_available
        self.pipelines: dict[str, dict] = {}
        self.times: dict[str, dict] = {}
        self.executions: dict[str, list[dict]] = {}  # of each pipeline, newest first

    def create_pipeline(self, call: Call) -> dict:
        name = call.parameters["pipeline"]["name"]
        if name in self.pipelines:
            raise AwsError("PipelineNameInUseException", f"A pipeline with the name '{name}' already exists")
        self.pipelines[name] = {**call.parameters["pipeline"], "version": 1}
        self.times[name] = {"created": now(), "updated": now()}
        self.executions[name] = []
        self._start(name, "CreatePipeline", [])
        return {"pipeline": self.pipelines[name]}

    def update_pipeline(self, call: Call) -> dict:
        name = call.parameters["pipeline"]["name"]
        version = self._pipeline(name)["version"] + 1
        self.pipelines[name] = {**call.parameters["pipeline"], "version": version}
        self.times[name]["updated"] = now()
        return {"pipeline": self.pipelines[name]}

    def get_pipeline(self, call: Call) -> dict:
        name = call.parameters["name"]
        pipeline = self._pipeline(name)
        arn = f"arn:aws:codepipeline:{self.region}:{ACCOUNT}:{name}"
        return {"pipeline": pipeline, "metadata": {"pipelineArn": arn, **self.times[name]}}

    def list_pipelines(self, call: Call) -> dict:
        shown = ("name", "version", "pipelineType", "executionMode")
        return {
            "pipelines": [
                {**{key: pipeline[key] for key in shown if key in pipeline}, **self.times[name]}
                for name, pipeline in sorted(self.pipelines.items())
            ]
        }

    def delete_pipeline(self, call: Call) -> dict:
        self.pipelines.pop(call.parameters["name"], None)
        return {}

    def start_pipeline_execution(self, call: Call) -> dict:
        name = self._pipeline(call.parameters["name"])["name"]
        execution = self._start(name, "StartPipelineExecution", call.parameters.get("sourceRevisions", []))
        return {"pipelineExecutionId": execution["pipelineExecutionId"]}

    def rollback_stage(self, call: Call) -> dict:
        asked = call.parameters
        target = self._execution(asked["pipelineName"], asked["targetPipelineExecutionId"])
        if asked["stageName"] not in [stage["name"] for stage in self._pipeline(asked["pipelineName"])["stages"]]:
            raise AwsError("StageNotFoundException", f"There is no stage {asked['stageName']}")
        pipeline_has_changed = target["pipelineVersion"] != self._pipeline(asked["pipelineName"])["version"]
        if target["status"] != "Succeeded" or pipeline_has_changed:
            text = "The target execution has not succeeded in the stage, or the pipeline has changed since"
            raise AwsError("UnableToRollbackStageException", text)
        revisions = target["sourceRevisions"]
        execution = self._start(asked["pipelineName"], "ManualRollback", revisions)
        return {"pipelineExecutionId": execution["pipelineExecutionId"]}

    def list_pipeline_executions(self, call: Call) -> dict:
        name = self._pipeline(call.parameters["pipelineName"])["name"]
        most = call.parameters.get("maxResults", 100)
        return {
            "pipelineExecutionSummaries": [_summary(execution) for execution in self.executions[name][:most]]
        }

    def get_pipeline_execution(self, call: Call) -> dict:
        execution = self._execution(call.parameters["pipelineName"], call.parameters["pipelineExecutionId"])
        shown = (
            "pipelineName",
            "pipelineVersion",
            "pipelineExecutionId",
            "status",
            "statusSummary",
            "trigger",
        )
        return {"pipelineExecution": {key: execution[key] for key in shown if key in execution}}

    def get_pipeline_state(self, call: Call) -> dict:
        pipeline = self._pipeline(call.parameters["name"])
        newest = next(iter(self.executions[pipeline["name"]]), {})
        states = [_stage_state(stage, newest) for stage in pipeline["stages"]]
        told = {"pipelineName": pipeline["name"], "pipelineVersion": pipeline["version"]}
        return {**told, "stageStates": states, **self.times[pipeline["name"]]}

    def report(self, execution: dict) -> dict:
        """Takes over what a runner tells of an execution: its status, sourceRevisions, `actions` by their names."""
        known = self._execution(execution["pipelineName"], execution["pipelineExecutionId"])
        actions = {**known["actions"], **execution.get("actions", {})}
        known.update({**execution, "actions": actions, "lastUpdateTime": now()})
        return known

    def _start(self, name: str, trigger: str, revisions: list[dict]) -> dict:
        pipeline = self.pipelines[name]
        execution = {
            **{
                "pipelineName": name,
                "pipelineVersion": pipeline["version"],
                "pipelineExecutionId": str(uuid4()),
            },
            **{"status": "InProgress", "startTime": now(), "lastUpdateTime": now(), "actions": {}},
            **{"sourceRevisions": revisions, "trigger": {"triggerType": trigger, "triggerDetail": ""}},
        }
        for action in pipeline["stages"][0]["actions"]:
            connection = action.get("configuration", {}).get("ConnectionArn")
            if connection and not self._is_available(connection):
                text = f"Connection {connection} is not available"
                details = {"code": "ConnectionUnavailable", "message": text}
                execution["actions"][action["name"]] = {"status": "Failed", "errorDetails": details}
                execution.update(status="Failed", statusSummary=text)
        self.executions[name].insert(0, execution)
        return execution

    def _pipeline(self, name: str) -> dict:
        if name not in self.pipelines:
            text = f"Account '{ACCOUNT}' does not have a pipeline with name '{name}'"
            raise AwsError("PipelineNotFoundException", text)
        return self.pipelines[name]

    def _execution(self, name: str, id: str) -> dict:
        self._pipeline(name)
        found = [execution for execution in self.executions[name] if execution["pipelineExecutionId"] == id]
        if not found:
            raise AwsError("PipelineExecutionNotFoundException", f"The pipeline {name} has no execution {id}")
        return found[0]


def _summary(execution: dict) -> dict:
    hidden = {"pipelineName", "pipelineVersion", "actions"}
    return {key: value for key, value in execution.items() if key not in hidden}


def _stage_state(stage: dict, execution: dict) -> dict:
    """Of the newest execution; an action that nothing was reported of has no state yet."""
    actions = []
    for action in stage["actions"]:
        told = execution.get("actions", {}).get(action["name"])
        actions.append({"actionName": action["name"], **({"latestExecution": told} if told else {})})
    return {"stageName": stage["name"], "actionStates": actions, "inboundTransitionState": {"enabled": True}}
