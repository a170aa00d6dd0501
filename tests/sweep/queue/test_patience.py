import pytest
from optuna.exceptions import StorageInternalError
from sqlalchemy.exc import IntegrityError, OperationalError, PendingRollbackError

from segsweep.core.errors import SweepError
from segsweep.sweep.queue.patience import is_unreachable, patiently


def in_a_transaction(error: Exception) -> Exception:
    """Return what Optuna raises when an error ends a transaction, and ending it fails too."""
    try:
        try:
            try:
                raise error
            except Exception:
                raise PendingRollbackError("Can't reconnect until invalid transaction is rolled back")  # noqa: B904
        except Exception as failed:
            raise StorageInternalError("An exception is raised during the commit.") from failed
    except StorageInternalError as raised:
        return raised


def test_a_server_that_goes_away_in_the_middle_of_a_transaction_is_waited_for() -> None:
    gone = OperationalError("SELECT 1", {}, Exception("server closed the connection unexpectedly"))
    assert is_unreachable(in_a_transaction(gone))


def test_what_waiting_cannot_mend_is_not_waited_for() -> None:
    assert not is_unreachable(in_a_transaction(IntegrityError("INSERT", {}, Exception("duplicate key"))))


def test_who_waits_says_for_what_and_why(caplog: pytest.LogCaptureFixture) -> None:
    answers = iter([in_a_transaction(OperationalError("SELECT 1", {}, Exception("refused"))), None])

    def ask() -> str:
        if problem := next(answers):
            raise problem
        return "an answer"

    with caplog.at_level("WARNING"):
        assert patiently(ask, "The sweep's storage", pause_s=0.0) == "an answer"
    assert "The sweep's storage does not answer (Can't reconnect" in caplog.text


def test_patience_ends_with_what_to_do() -> None:
    def ask() -> None:
        raise OSError("no route to host")

    with pytest.raises(SweepError, match=r"has not answered for .* the same command goes on from them"):
        patiently(ask, "The sweep's storage", patience_s=0.0, pause_s=0.0)
