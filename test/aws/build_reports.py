"""CodeBuild's reports of tests: groups, reports, cases. CodeBuild makes them itself, with the project's role."""

from uuid import uuid4

from codebuild import CodeBuild
from credentials import now
from wire import AwsError, Call


class CodeBuildWithReports(CodeBuild):
    def __init__(self, region: str):
        super().__init__(region)
        self.groups: dict[str, dict] = {}
        self.reports: dict[str, dict] = {}
        self.cases: dict[str, list[dict]] = {}

    def create_report_group(self, call: Call) -> dict:
        arn = self.arn(f"report-group/{call.parameters['name']}")
        if arn in self.groups:
            raise AwsError("ResourceAlreadyExistsException", f"Report group already exists: {arn}")
        self.groups[arn] = {
            **call.parameters,
            "arn": arn,
            "created": now(),
            "lastModified": now(),
            "status": "ACTIVE",
        }
        return {"reportGroup": self.groups[arn]}

    def list_report_groups(self, call: Call) -> dict:
        return {"reportGroups": list(self.groups)}

    def batch_get_report_groups(self, call: Call) -> dict:
        return {"reportGroups": [self._group(arn) for arn in call.parameters["reportGroupArns"]]}

    def delete_report_group(self, call: Call) -> dict:
        arn = call.parameters["arn"]
        self._group(arn)
        reports = [report for report, told in self.reports.items() if told["reportGroupArn"] == arn]
        if reports and not call.parameters.get("deleteReports"):
            raise AwsError("InvalidInputException", "Report group cannot be deleted: it has reports")
        for report in reports:
            del self.reports[report], self.cases[report]
        del self.groups[arn]
        return {}

    def create_report(self, call: Call) -> dict:
        group = self._group(call.parameters["reportGroupArn"])
        arn = f"{group['arn'].replace(':report-group/', ':report/')}:{uuid4()}"
        told = {
            "arn": arn,
            "type": group["type"],
            "name": group["name"],
            "status": "GENERATING",
            "created": now(),
        }
        self.reports[arn] = {**call.parameters, **told}
        self.cases[arn] = []
        return {"report": self.reports[arn]}

    def batch_put_test_cases(self, call: Call) -> dict:
        arn = self._report(call.parameters["reportArn"])["arn"]
        self.cases[arn] += call.parameters["testCases"]
        return {}

    def update_report(self, call: Call) -> dict:
        report = self._report(call.parameters["arn"])
        report.update(call.parameters)
        return {"report": report}

    def list_reports_for_report_group(self, call: Call) -> dict:
        group = self._group(call.parameters["reportGroupArn"])["arn"]
        return {"reports": [arn for arn, report in self.reports.items() if report["reportGroupArn"] == group]}

    def batch_get_reports(self, call: Call) -> dict:
        return {
            "reports": [
                {**self._report(arn), "testSummary": self._summary(arn)}
                for arn in call.parameters["reportArns"]
            ]
        }

    def describe_test_cases(self, call: Call) -> dict:
        arn = self._report(call.parameters["reportArn"])["arn"]
        return {"testCases": [{**case, "reportArn": arn} for case in self.cases[arn]]}

    def _summary(self, arn: str) -> dict:
        statuses = [case["status"] for case in self.cases[arn]]
        counts = {status: statuses.count(status) for status in sorted(set(statuses))}
        return {"total": len(statuses), "statusCounts": counts, "durationInNanoSeconds": 0}

    def _group(self, arn: str) -> dict:
        if arn not in self.groups:
            raise AwsError("ResourceNotFoundException", f"Report group cannot be found: {arn}")
        return self.groups[arn]

    def _report(self, arn: str) -> dict:
        if arn not in self.reports:
            raise AwsError("ResourceNotFoundException", f"Report cannot be found: {arn}")
        return self.reports[arn]
