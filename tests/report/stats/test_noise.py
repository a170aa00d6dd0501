"""How many runs would settle a gap."""

from segsweep.report.stats.noise import runs_needed


def test_the_runs_that_settle_a_gap_are_those_of_the_textbook() -> None:
    # sd 0.01, gap 0.01: d = 1, which takes 17 per group for 80% at 5% (Cohen 1988, table 2.4.1).
    assert runs_needed(0.01, 0.0002, 0.0) == 17
    assert runs_needed(0.1, 0.0002, 0.0) == 2
    assert runs_needed(0.001, 0.0002, 0.0) is None
    assert runs_needed(0.01, 0.0002, lasting_variance=0.0001) is None
