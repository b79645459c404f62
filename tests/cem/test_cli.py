"""The command line as a whole: help, versions, and what it says when it cannot do what it was asked."""

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cem.cli import COMMANDS, main

SECRET = "a secret of the tests, long enough"


def commands(group: click.Group = main, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command with its subcommands, as they are typed."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*before, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_help(words: tuple[str, ...]) -> None:
    """Each command says how it is used, what it does, and what each option is."""
    result = CliRunner().invoke(main, [*words, "--help"], prog_name="cem")

    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: cem {' '.join(words)} ")
    description = result.stdout.split("\n\n")[1].strip()
    assert description.endswith((".", "\n"))


def test_the_list_of_commands() -> None:
    """`cem --help` tells of each command what its own help tells, and `cem` alone is the same with status 2."""
    result = CliRunner().invoke(main, ["--help"])

    assert result.exit_code == 0
    for name, (_, description) in COMMANDS.items():
        assert f"  {name} " in result.stdout
        assert description in result.stdout
    alone = CliRunner().invoke(main, [])
    assert (alone.exit_code, alone.output) == (2, result.stdout)


def test_commands_have_the_names_they_are_listed_under() -> None:
    """The table and the commands agree."""
    names = {name: main.get_command(click.Context(main), name) for name in COMMANDS}

    assert {name: command.name for name, command in names.items() if command} == {name: name for name in COMMANDS}


def test_help_is_quick() -> None:
    """Asking for help loads neither the database, nor the web framework, nor the statistics."""
    program = (
        "import sys\nfrom cem.cli import main\n"
        "main(['--help'], standalone_mode=False)\n"
        "print(sorted({'sqlalchemy', 'litestar', 'numpy', 'plotly'} & set(sys.modules)), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stderr == "[]\n"


def test_version() -> None:
    """It is the package's own."""
    assert version("cem") in CliRunner().invoke(main, ["--version"]).stdout


def test_a_command_that_is_none() -> None:
    """A mistyped command is named."""
    result = CliRunner().invoke(main, ["surveys"])

    assert result.exit_code == 2
    assert "No such command 'surveys'" in result.stderr


@pytest.mark.parametrize("command", [["tallies", "check"], ["user", "add", "mina", "--role", "hr"], ["serve"]])
def test_without_an_installation(command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder without cem.toml every command says what makes one, and leaves nothing there."""
    monkeypatch.chdir(tmp_path)
    password = "correct horse battery\n"
    result = CliRunner().invoke(main, command, input=password * 2)

    assert result.exit_code == 2
    assert result.stderr == "cem: There is no cem.toml here and no CEM_SECRET_KEY. `cem init` makes both.\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["tallies", "check"], ["survey", "export", "visit"], ["serve", "--port", "0"]])
@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("postgresql://cem:hidden-password@127.0.0.1:1/cem", "The database cannot be used: connection failed"),
        ("sqlite:///text.txt", "The database cannot be used: file is not a database"),
        ("sqlite:///nowhere/cem.db", ""),
        (
            "mysql://cem:hidden-password@host/cem",
            "CEM_DATABASE_URL is neither sqlite:///FILE nor postgresql+psycopg://",
        ),
        ("postgresql://cem:hidden-password", "CEM_DATABASE_URL is neither"),
        ("hidden-password", "CEM_DATABASE_URL is neither"),
    ],
)
def test_a_database_that_cannot_be_used(
    command: list[str], address: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line says so, without the address's password and without a traceback."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text("not a database, but a text of some length " * 20)
    result = CliRunner().invoke(main, command, env={"CEM_SECRET_KEY": SECRET, "CEM_DATABASE_URL": address})

    assert result.exit_code == 2
    assert result.stderr.startswith(f"cem: {message}")
    assert "hidden-password" not in result.output
    assert all(line.startswith("cem: ") for line in result.stderr.splitlines())


def test_a_reader_that_has_enough() -> None:
    """`cem survey schema | head -1` ends in silence."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-c", "from cem.cli import main; main()", "survey", "schema"]
    result = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)

    assert result.stderr == ""
    assert result.returncode == 1
