"""Acknowledged means on disk: the server is killed in mid-load, on each database."""

from pathlib import Path

from benchmarks.crash import crash
from benchmarks.questionnaires import publish_both
from benchmarks.servers import SECRET
from cem.serving import write_settings
from surveys.database import Database


def test_nothing_acknowledged_is_lost(database: Database, tmp_path: Path, free_tcp_port: int) -> None:
    """After three kills every acknowledged response is there once, and the tallies equal a recount."""
    surveys = publish_both(database)
    address = database.writer.url.render_as_string(hide_password=False)
    write_settings(tmp_path / "cem.toml", SECRET, address, "http://127.0.0.1:8000")
    with (tmp_path / "cem.toml").open("a") as file:
        file.write("posts_per_minute = 1000000000\n")

    found = crash(tmp_path, database, surveys["five"], kills=3, port=free_tcp_port)

    assert found.acknowledged > 20
    assert (found.lost, found.tallies_differing) == (0, 0)
    assert found.stored >= found.acknowledged
