import io
import sys

import pytest

from segsweep.data.readers import scan


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_long_check_shows_its_progress_on_a_terminal_and_wipes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "_SILENT_SECONDS", -1.0)
    monkeypatch.setattr(scan, "_BETWEEN_SECONDS", -1.0)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(scan._with_progress([1, 2], 2, "tiny")) == [1, 2]
    assert terminal.getvalue() == "\rchecking tiny: 1/2 images\rchecking tiny: 2/2 images\r\033[K"


def test_a_short_check_or_one_without_a_terminal_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, silent_seconds in ((Terminal(), 60.0), (io.StringIO(), -1.0)):
        monkeypatch.setattr(scan, "_SILENT_SECONDS", silent_seconds)
        monkeypatch.setattr(sys, "stderr", stream)
        assert list(scan._with_progress([1, 2], 2, "tiny")) == [1, 2]
        assert stream.getvalue() == ""
