"""CodeBuild's projects, builds and reports. It runs nothing: a runner starts a build here, and reports how it went."""

from uuid import uuid4

from credentials import ACCOUNT, now
from wire import AwsError, Call

UNFINISHED = "IN_PROGRESS"


class CodeBuild:
    def __init__(self, region: str):
        self.region = region
        self.projects: dict[str, dict] = {}
        self.builds: dict[str, dict] = {}

    def arn(self, tail: str) -> str:
        return f"arn:aws:codebuild:{self.region}:{ACCOUNT}:{tail}"

    def create_project(self, call: Call) -> dict:
        name = call.parameters["name"]
        if name in self.projects:
            raise AwsError(
                "ResourceAlreadyExistsException", f"Project already exists: {self.arn(f'project/{name}')}"
            )
        made = {"arn": self.arn(f"project/{name}"), "created": now(), "lastModified": now()}
        self.projects[name] = {**call.parameters, **made}
        return {"project": self.projects[name]}

    def update_project(self, call: Call) -> dict:
        project = self._project(call.parameters["name"])
        project.update(call.parameters, lastModified=now())
        return {"project": project}

    def delete_project(self, call: Call) -> dict:
        self.projects.pop(call.parameters["name"], None)
        return {}

    def list_projects(self, call: Call) -> dict:
        return {"projects": sorted(self.projects)}

    def batch_get_projects(self, call: Call) -> dict:
        names = call.parameters["names"]
        found = [self.projects[name] for name in names if name in self.projects]
        return {"projects": found, "projectsNotFound": [name for name in names if name not in self.projects]}

    def start_build(self, call: Call) -> dict:
        asked = call.parameters
        project = self._project(asked["projectName"])
        id = f"{project['name']}:{uuid4()}"
        environment = {**project["environment"]}
        overrides = asked.get("environmentVariablesOverride", [])
        overridden = {variable["name"] for variable in overrides}
        kept = [one for one in environment.get("environmentVariables", []) if one["name"] not in overridden]
        environment["environmentVariables"] = [*kept, *overrides]
        self.builds[id] = {
            **{
                key: project[key]
                for key in ("source", "artifacts", "serviceRole", "timeoutInMinutes")
                if key in project
            },
            **{
                "id": id,
                "arn": self.arn(f"build/{id}"),
                "projectName": project["name"],
                "environment": environment,
            },
            **{
                "buildStatus": UNFINISHED,
                "currentPhase": "SUBMITTED",
                "startTime": now(),
                "buildComplete": False,
            },
            "buildNumber": 1 + sum(build["projectName"] == project["name"] for build in self.builds.values()),
        }
        return {"build": self.builds[id]}

    def batch_get_builds(self, call: Call) -> dict:
        ids = call.parameters["ids"]
        found = [self.builds[id] for id in ids if id in self.builds]
        return {"builds": found, "buildsNotFound": [id for id in ids if id not in self.builds]}

    def list_builds_for_project(self, call: Call) -> dict:
        name = self._project(call.parameters["projectName"])["name"]
        return {"ids": [id for id, build in reversed(self.builds.items()) if build["projectName"] == name]}

    def report(self, build: dict) -> dict:
        """Takes over what a runner tells of the build of an id: its buildStatus, phases and so on."""
        known = self.builds[build["id"]]
        known.update(build)
        if known["buildStatus"] != UNFINISHED:
            known.update(buildComplete=True, currentPhase="COMPLETED", endTime=known.get("endTime", now()))
        return known

    def _project(self, name: str) -> dict:
        if name not in self.projects:
            raise AwsError(
                "ResourceNotFoundException", f"Project cannot be found: {self.arn(f'project/{name}')}"
            )
        return self.projects[name]
