"""Writes the page of a comparison."""

import base64
import hashlib
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from segsweep.core.files import finite, write_atomic
from segsweep.report.read.comparison import Report
from segsweep.report.render.page.content import page_content

PAGE_FILE = "index.html"
_CODE = ("page.js", "charts.js", "curves.js", "scatter.js", "parallel.js", "ranking.js", "start.js")
_STYLES = ("page.css",)


def build_page(report: Report, out: Path, *, reload_s: int | None = None) -> Path:
    """Write index.html, which needs no other file and no network.

    Args:
        report: One comparison or more; the first is shown whole, the others as a table each.
        out: Folder of the page; made if it is missing. Links to runs are relative to it.
        reload_s: Seconds after which the page loads itself again, while runs go on; None: never.
    Returns:
        The file.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined  # 0.1 s, not worth a wait for those who print only
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("segsweep.report.render.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    content = page_content(report, out)
    code, styles = _joined(_CODE, wrapped=True), _joined(_STYLES)
    html = environment.get_template("page.html.j2").render(
        vars(content),
        policy=_policy(code, styles),
        reload_s=reload_s,
        code=Markup(code),
        styles=Markup(styles),
        data=Markup(_as_script_data(content.data)),
    )
    out.mkdir(parents=True, exist_ok=True)
    write_atomic(out / PAGE_FILE, html)
    return out / PAGE_FILE


def _joined(names: Sequence[str], *, wrapped: bool = False) -> str:
    """Return assets as one text; code in a block of its own, so that none of its names are global."""
    text = "\n".join(
        (files("segsweep.report.render.page") / "assets" / name).read_text(encoding="utf-8") for name in names
    )
    return f'\n"use strict";\n{{\n{text}}}\n' if wrapped else f"\n{text}"


def _policy(code: str, styles: str) -> str:
    """Return a content security policy: this code and these styles, pictures within the page, and nothing else."""
    return (
        f"default-src 'none'; script-src '{_hash(code)}'; style-src '{_hash(styles)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _as_script_data(content: Any) -> str:
    """Write JSON that cannot end the script element it stands in, whatever a name holds."""
    text = json.dumps(finite(content), allow_nan=False, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
