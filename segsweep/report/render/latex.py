"""The tables of a comparison in LaTeX, for the package booktabs."""

from segsweep.report.read.comparison import Report
from segsweep.report.render.tables import Table, pivot_foot, pivot_table, pivot_title, ranking_foot, ranking_table
from segsweep.report.render.words import evidence_text

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "±": r"$\pm$",
    "×": r"$\times$",
    "–": "--",
}


def latex_report(report: Report) -> str:
    """Return tables.tex: the ranking and the pivot tables of every comparison, each a table environment."""
    parts = ["% Needs \\usepackage{booktabs}; wide tables may want \\usepackage{graphicx} and \\resizebox."]
    for comparison in report.comparisons:
        head = f"{comparison.title}; {evidence_text(comparison)}"
        caption = " ".join([comparison.answer, f"{head}.", *comparison.cautions, ranking_foot(comparison)])
        parts.append(latex_table(ranking_table(comparison), caption))
        parts += [
            latex_table(pivot_table(pivot), f"{pivot_title(pivot)}. {comparison.title}. {pivot_foot(pivot)}")
            for pivot in comparison.pivots
        ]
    return "\n\n".join(parts) + "\n"


def latex_table(table: Table, caption: str) -> str:
    """Return a table environment; the best in bold."""
    columns = "".join("l" if place < table.num_words else "r" for place in range(len(table.header)))
    body = [
        " & ".join(
            rf"\textbf{{{escaped(cell)}}}" if (number, place) in table.bold else escaped(cell)
            for place, cell in enumerate(row)
        )
        + r" \\"
        for number, row in enumerate(table.body)
    ]
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{escaped(caption)}}}",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            " & ".join(map(escaped, table.header)) + r" \\",
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
        ]
    )


def escaped(text: str) -> str:
    """Return text that LaTeX prints as it is, on one line."""
    return "".join(_SPECIAL.get(sign, sign) for sign in " ".join(text.split()))
