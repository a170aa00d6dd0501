"""What the double of W&B's server answers to those who read runs back, and to those who log tables."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.wandb.double import SentRun, WandbDouble

ENTITY = {"id": "entity", "name": "somebody"}
_FIELDS = {"group": "groupName", "jobType": "jobType", "display_name": "displayName", "name": "name"}
"""Names in a filter to those under which a run was sent."""
_STARTED = datetime(2026, 1, 1, tzinfo=UTC)


def answers(double: "WandbDouble") -> Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]]:
    """Return the answer to each operation."""
    return {
        "Viewer": _viewer,
        "GetDefaultEntity": _viewer,
        "Runs": lambda variables: _page(double, variables),
        "RunFullHistory": lambda variables: _history(double, variables),
        "RunFiles": lambda variables: _files(double, variables),
        "ProjectInternalId": lambda _: {"project": {"internalId": "1"}},
        "GetProjects": lambda _: {"models": {"edges": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}},
        "upsertView": lambda variables: _view(double, variables),
        "ArtifactType": lambda _: {"project": None},
        "CreateArtifact": _take_artifact,
    }


def _viewer(_: dict[str, Any]) -> dict[str, Any]:
    return {"viewer": {"id": "viewer", "entity": ENTITY["name"], "username": ENTITY["name"]}}


def _page(double: "WandbDouble", variables: dict[str, Any]) -> dict[str, Any]:
    wanted, filters = variables["project"], json.loads(variables["filters"] or "{}")
    known = [
        (name, run)
        for name, run in double.runs.items()
        if run.attributes.get("project", wanted) == wanted and matches(run, filters)
    ]
    if not any(run.attributes.get("project", wanted) == wanted for run in double.runs.values()):
        return {"project": None}
    first = int(variables["cursor"] or 0)
    page = known[first : first + variables["perPage"]]
    double.pages.append(len(page))
    edges = [
        {"node": _node(name, run, number), "cursor": str(number + 1)}
        for number, (name, run) in enumerate(page, start=first)
    ]
    last = first + len(page)
    runs = {"edges": edges, "pageInfo": {"endCursor": str(last), "hasNextPage": last < len(known)}}
    return {"project": {"internalId": "1", "runCount": len(known), "readOnly": False, "runs": runs}}


def matches(run: "SentRun", filters: Mapping[str, Any]) -> bool:
    """Tell whether a run meets a filter of W&B's, of which the double knows $and, $in, equality and config.KEY."""
    for key, wanted in filters.items():
        if key == "$and":
            if not all(matches(run, part) for part in wanted):
                return False
            continue
        found = _field(run, key)
        accepted = wanted["$in"] if isinstance(wanted, dict) else [wanted]
        if not set(found if isinstance(found, list) else [found]) & set(accepted):
            return False
    return True


def _field(run: "SentRun", key: str) -> Any:
    if key in ("tags", "state"):
        return run.tags if key == "tags" else _state(run)
    if key.startswith("config."):
        return run.config.get(key.removeprefix("config.").removesuffix(".value"), {}).get("value")
    return run.attributes.get(_FIELDS[key])


def _state(run: "SentRun") -> str:
    return {None: "running", 0: "finished"}.get(run.exit_code, "failed")


def _node(name: str, run: "SentRun", number: int) -> dict[str, Any]:
    moment = (_STARTED + timedelta(minutes=number)).isoformat(timespec="seconds").removesuffix("+00:00")
    return {
        "id": f"storage-{name}",
        "projectId": "1",
        "name": name,
        "displayName": run.attributes.get("displayName") or name,
        "tags": run.tags,
        "state": _state(run),
        "group": run.attributes.get("groupName"),
        "jobType": run.attributes.get("jobType"),
        "commit": run.attributes.get("commit"),
        "createdAt": f"{moment}Z",
        "heartbeatAt": run.attributes.get("heartbeatAt", f"{moment}Z"),
        "readOnly": False,
        "historyLineCount": len(run.history),
        "user": {"name": ENTITY["name"], "username": ENTITY["name"]},
        "config": json.dumps(run.config),
        "summaryMetrics": json.dumps(run.summary),
        "systemMetrics": "{}",
    }


def _history(double: "WandbDouble", variables: dict[str, Any]) -> dict[str, Any]:
    rows = double.runs[variables["name"]].history[: variables["samples"]]
    return {"project": {"run": {"history": [json.dumps(row) for row in rows]}}}


def _files(double: "WandbDouble", variables: dict[str, Any]) -> dict[str, Any]:
    name = variables["name"]
    held = double.runs[name].files
    found = [file for file in variables["fileNames"] or held if file in held]
    edges = [
        {
            "node": {
                "id": file,
                "name": file,
                "url": f"{double.url}/storage/{name}/{file}",
                "directUrl": f"{double.url}/storage/{name}/{file}",
                "sizeBytes": len(held[file]),
                "mimetype": "",
                "md5": "",
            },
            "cursor": file,
        }
        for file in found
    ]
    files = {"edges": edges, "pageInfo": {"endCursor": "", "hasNextPage": False}}
    return {"project": {"internalId": "1", "run": {"fileCount": len(held), "files": files}}}


def _view(double: "WandbDouble", variables: dict[str, Any]) -> dict[str, Any]:
    double.views.append(variables)
    view = {key: variables[key] for key in ("type", "name", "displayName", "description", "spec")}
    project = {"id": "1", "name": variables["projectName"], "entityName": variables["entityName"]}
    return {"upsertView": {"view": {**view, "id": "Vmlldzox", "project": project, "updatedAt": None}, "inserted": True}}


def _take_artifact(variables: dict[str, Any]) -> dict[str, Any]:
    """Say that the server has this artifact already, so that nothing more is sent: tables also come as files."""
    digest = variables["input"]["digest"] if "input" in variables else variables["digest"]
    artifact = {
        "id": re.sub(r"\W", "", digest),
        "state": "COMMITTED",
        "artifactSequence": {"id": "s", "latestArtifact": None},
    }
    return {"createArtifact": {"artifact": artifact}}
