"""A double of the W&B server on the loopback: it speaks as much GraphQL as a run needs, and keeps what it is sent.

The client's traffic comes from a process of its own, so that only a real server can stand in for W&B's.
"""

import base64
import json
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from tests.wandb.reading import ENTITY, answers

API_KEY = "0123456789" * 4
"""A key that looks like one, which the double accepts."""


@dataclass
class SentRun:
    """What the server knows of a run."""

    attributes: dict[str, Any] = field(default_factory=dict)
    """Variables of UpsertBucket that were not null: name, displayName, project, groupName, tags, host, ..."""
    tags: list[str] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    exit_code: int | None = None
    """None while the run goes on."""


@dataclass
class WandbDouble:
    """The server; `runs` grows while it runs, and `stop` makes it as dead as a pulled plug."""

    server: ThreadingHTTPServer
    runs: dict[str, SentRun] = field(default_factory=dict)
    refuses: bool = False
    """Answer every new run with an error, as for a project that may not be written."""
    gone: bool = False
    """Answer nobody any more, as a server that is restarted."""
    views: list[dict[str, Any]] = field(default_factory=list)
    """Reports that were written."""
    pages: list[int] = field(default_factory=list)
    """How many runs each page held that somebody read."""

    @property
    def url(self) -> str:
        """Address for WANDB_BASE_URL."""
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def environment(self) -> dict[str, str]:
        """Variables that send a client here."""
        return {"WANDB_BASE_URL": self.url, "WANDB_API_KEY": API_KEY}

    def stop(self) -> None:
        """Close the server: whoever connects from now on is refused."""
        self.server.shutdown()
        self.server.server_close()

    def graphql(self, operation: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Answer a query or a mutation; an unknown one gets nothing, as an old server would say."""
        known = {
            **answers(self),
            "RunResumeStatus": self._resume_status,
            "UpsertBucket": self._upsert,
            "CreateRunFiles": self._create_files,
        }
        return known[operation](variables) if operation in known else {}

    def _resume_status(self, variables: dict[str, Any]) -> dict[str, Any]:
        run = self.runs.get(variables["name"])
        if run is None:
            return {"model": None}
        bucket = {
            "id": variables["name"],
            "name": variables["name"],
            "displayName": run.attributes.get("displayName"),
            "summaryMetrics": json.dumps(run.summary),
            "config": json.dumps(run.config),
            "historyLineCount": len(run.history),
            "historyTail": json.dumps([json.dumps(row) for row in run.history[-1:]]),
            "eventsLineCount": 0,
            "eventsTail": "[]",
            "logLineCount": 0,
            "tags": run.tags,
            "wandbConfig": json.dumps({"t": 1}),
        }
        return {"model": {"id": "project", "name": variables["project"], "entity": ENTITY, "bucket": bucket}}

    def _upsert(self, variables: dict[str, Any]) -> dict[str, Any]:
        if self.refuses:
            return REFUSED
        is_new = variables["name"] not in self.runs
        run = self.runs.setdefault(variables["name"], SentRun())
        run.attributes |= {key: value for key, value in variables.items() if value is not None}
        run.tags = variables["tags"] or run.tags
        run.config |= json.loads(variables["config"] or "{}")
        bucket = {
            "id": variables["name"],
            "name": variables["name"],
            "displayName": run.attributes.get("displayName"),
            "config": json.dumps(run.config),
            "project": {"id": "project", "name": variables["project"], "entity": ENTITY},
            "historyLineCount": len(run.history),
        }
        return {"upsertBucket": {"bucket": bucket, "inserted": is_new}}

    def _create_files(self, variables: dict[str, Any]) -> dict[str, Any]:
        files = [
            {"name": name, "uploadUrl": f"{self.url}/storage/{variables['run']}/{name}"} for name in variables["files"]
        ]
        return {"createRunFiles": {"runID": variables["run"], "uploadHeaders": [], "files": files}}

    def stream(self, name: str, content: dict[str, Any]) -> None:
        """Take a part of a run's files, lines at their offsets, and its exit code with the last one."""
        run = self.runs[name]
        for file, part in content.get("files", {}).items():
            lines = [json.loads(line) for line in part["content"]] if file.startswith("wandb-") else []
            if file == "wandb-history.jsonl":
                run.history[part["offset"] :] = lines
            elif file == "wandb-summary.json":
                run.summary = lines[-1]
        if content.get("complete"):
            run.exit_code = content["exitcode"]


REFUSED: dict[str, Any] = {"upsertBucket": None}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    double: WandbDouble

    def log_message(self, *values: Any) -> None:
        """Keep the tests' output for the tests."""

    def do_GET(self) -> None:
        if self.path.startswith("/storage/"):
            run, name = self._file()
            self._send(self.double.runs[run].files[name])
        else:
            self._answer({})

    def do_PUT(self) -> None:
        run, name = self._file()
        self.double.runs[run].files[name] = self._body()
        self._answer({})

    def _file(self) -> tuple[str, str]:
        _, _, run, name = unquote(self.path).split("/", 3)
        return run, name

    def do_POST(self) -> None:
        body = self._body()
        if self.double.gone:
            self._send(b"{}", status=503)
        elif self.path == "/graphql" and self._is_stranger():
            self._send(b'{"errors": [{"message": "user is not logged in"}]}', status=401)
        elif self.path == "/graphql":
            content = json.loads(body)
            found = re.search(r"(?:query|mutation)\s+(\w+)", content["query"])
            operation = found[1] if found else ""
            data = self.double.graphql(operation, content.get("variables") or {})
            refused = {"errors": [{"message": "permission denied"}]} if data == REFUSED else {}
            self._answer({"data": data, **refused})
        elif self.path.endswith("/file_stream"):
            self.double.stream(self.path.split("/")[-2], json.loads(body))
            self._answer({})
        else:
            self._answer({})  # how W&B's client fares, which it tells its makers

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"] or 0))

    def _is_stranger(self) -> bool:
        said = self.headers.get("Authorization", "").removeprefix("Basic ")
        return base64.b64decode(said).decode() != f"api:{API_KEY}"

    def _answer(self, content: dict[str, Any]) -> None:
        self._send(json.dumps(content).encode())

    def _send(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # the client uploads all pictures at once

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what went wrong here; a client that hangs up is no news."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def wandb_double(before: WandbDouble | None = None) -> Iterator[WandbDouble]:
    """Run the double on a free port of the loopback until the block ends.

    Args:
        before: A stopped double whose address and runs it takes over.
    """

    class Handler(_Handler):
        """Answers for this double alone."""

    port = before.server.server_port if before else 0
    double = WandbDouble(_Server(("127.0.0.1", port), Handler), before.runs if before else {})
    Handler.double = double
    threading.Thread(target=double.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield double
    finally:
        double.stop()
