"""Settings: where they come from, which of them wins, and what is said of a wrong one."""

import logging
import re
import stat
import subprocess
import sys
from dataclasses import MISSING, fields
from pathlib import Path

import pytest
from click.testing import CliRunner

from cem.cli import main
from cem.errors import SettingsFault
from cem.serving import write_settings
from cem.settings import Settings, read_settings

SECRET = "a secret that nobody must see, ever"


def test_defaults(tmp_path: Path) -> None:
    """A secret is enough."""
    settings = read_settings(tmp_path, {"CEM_SECRET_KEY": SECRET})

    assert settings.database_url == "sqlite:///cem.db"
    assert (settings.zone.key, settings.secure, settings.posts_per_minute) == ("Asia/Tehran", False, 120)


def test_the_environment_wins(tmp_path: Path) -> None:
    """Each setting stands in the file in small letters; the same one in the environment takes its place."""
    (tmp_path / "cem.toml").write_text(
        f'secret_key = "{SECRET}"\ntimezone = "Europe/Berlin"\nposts_per_minute = 7\nbase_url = "https://file.example/"\n'
    )
    file = read_settings(tmp_path, {})
    both = read_settings(tmp_path, {"CEM_TIMEZONE": "Asia/Tokyo", "CEM_POSTS_PER_MINUTE": "9", "CEM_OTHER": "x"})

    assert (file.timezone, file.posts_per_minute, file.base_url) == ("Europe/Berlin", 7, "https://file.example")
    assert (both.timezone, both.posts_per_minute, both.base_url) == ("Asia/Tokyo", 9, "https://file.example")
    assert both.secure


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('timezone = "Asia/Nowhere"', "CEM_TIMEZONE"),
        ('timezone = "../etc/passwd"', "CEM_TIMEZONE"),
        ("timezone = 3", "CEM_TIMEZONE"),
        ('base_url = "cem.example"', "CEM_BASE_URL"),
        ("base_url = []", "CEM_BASE_URL"),
        ('posts_per_minute = "many"', "CEM_POSTS_PER_MINUTE"),
        ("posts_per_minute = 1.5", "CEM_POSTS_PER_MINUTE"),
        ("posts_per_minute = true", "CEM_POSTS_PER_MINUTE"),
        ("posts_per_minute = 0", "CEM_POSTS_PER_MINUTE"),
        ("sign_ins_per_minute = -1", "CEM_SIGN_INS_PER_MINUTE"),
        ("inbox_capacity = 0", "CEM_INBOX_CAPACITY"),
        ('smtp_url = "mail.bank.example"', "CEM_SMTP_URL is not smtp://HOST"),
        ('smtp_url = "smtp://mail"', "CEM_MAIL_FROM"),
        ("database_url = 1979-05-27", "CEM_DATABASE_URL"),
        ('time_zone = "Asia/Tehran"\nsecret = "x"', "secret, time_zone"),
        ("timezone = ", "cem.toml is not TOML"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, line: str, name: str) -> None:
    """The message has the setting that is wrong, and never the secret beside it."""
    (tmp_path / "cem.toml").write_text(f'secret_key = "{SECRET}"\n{line}\n')

    with pytest.raises(SettingsFault, match=name) as fault:
        read_settings(tmp_path, {})
    assert SECRET not in str(fault.value)


def test_a_wrong_value_of_the_environment_is_named(tmp_path: Path) -> None:
    """The same check, wherever the value comes from."""
    with pytest.raises(SettingsFault, match="CEM_INBOX_CAPACITY must be a whole number"):
        read_settings(tmp_path, {"CEM_SECRET_KEY": SECRET, "CEM_INBOX_CAPACITY": ""})


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are told with the file's name."""
    (tmp_path / "cem.toml").write_bytes(b'secret_key = "\xff"')

    with pytest.raises(SettingsFault, match=r"cem\.toml is not TOML"):
        read_settings(tmp_path, {})


@pytest.mark.parametrize("secret", ["", "short", "x" * 31])
def test_a_short_secret_is_refused(tmp_path: Path, secret: str) -> None:
    """Links that are signed with it could be forged; the message does not repeat it."""
    with pytest.raises(SettingsFault, match="CEM_SECRET_KEY needs at least 32 characters") as fault:
        read_settings(tmp_path, {"CEM_SECRET_KEY": secret})
    assert not secret or secret not in str(fault.value)


def test_the_secret_is_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    """Neither by printing, nor by formatting, nor in a log; the password of the database neither."""
    settings = Settings(secret_key=SECRET, database_url="postgresql://cem:hidden@host/cem")
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("tests").error("%s %r", settings, {"settings": settings}, exc_info=ValueError(settings))

    shown = [repr(settings), str(settings), f"{settings}", f"{settings!r}", caplog.text]
    assert "Settings(...)" in caplog.text
    assert [text for text in shown if SECRET in text or "hidden" in text] == []


def test_nothing_is_read_at_import(tmp_path: Path) -> None:
    """Every module loads in a folder whose cem.toml and environment are wrong, and opens neither it nor a database."""
    (tmp_path / "cem.toml").write_text("this is no TOML")
    program = """
import importlib, pkgutil, sys
opened = []
sys.addaudithook(lambda event, given: event in ("open", "sqlite3.connect") and opened.append(str(given[0])))
import cem, surveys
for package in (cem, surveys):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.startswith("cem.migrations."):
            importlib.import_module(module.name)
print([name for name in opened if "cem.toml" in name or name.endswith(".db") or name.endswith(".po")])
"""
    wrong = {"CEM_SECRET_KEY": "short", "CEM_TIMEZONE": "nowhere", "CEM_DATABASE_URL": "nothing"}
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=wrong, capture_output=True, text=True, check=False
    )

    assert (result.stdout, result.stderr) == ("[]\n", "")


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    """Quotes, backslashes and Persian survive, and nobody else may read the file."""
    file, address = tmp_path / "cem.toml", 'sqlite:///C:\\data\\"بانک".db'
    write_settings(file, SECRET, address, "https://cem.example")

    settings = read_settings(tmp_path, {})
    assert (settings.secret_key, settings.database_url, settings.base_url) == (SECRET, address, "https://cem.example")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_init(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder becomes an installation with a secret of its own; a second time nothing is changed."""
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(main, ["init", "--base-url", "https://cem.example"])
    first = (tmp_path / "cem.toml").read_bytes()
    again = CliRunner().invoke(main, ["init"])

    assert made.exit_code == 0
    assert made.stdout.startswith("Made cem.toml and the database.")
    settings = read_settings(tmp_path, {})
    assert len(settings.secret_key) >= 32
    assert settings.secret_key not in made.output
    assert settings.secure
    assert CliRunner().invoke(main, ["tallies", "check"]).exit_code == 0
    assert (again.exit_code, again.stderr) == (2, "cem: cem.toml is here already; nothing was changed.\n")
    assert (tmp_path / "cem.toml").read_bytes() == first


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (["--base-url", "cem.example"], "CEM_BASE_URL"),
        (["--database-url", "mysql://host/cem"], "CEM_DATABASE_URL"),
        (["--database-url", "sqlite:///no/folder/cem.db"], "The database cannot be used: unable to open database file"),
    ],
)
def test_init_with_what_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: list[str], message: str
) -> None:
    """Status 2 with the reason, and the folder stays empty."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["init", *option])

    assert result.exit_code == 2
    assert result.stderr.startswith(f"cem: {message}")
    assert list(tmp_path.iterdir()) == []


def test_the_readme_lists_every_setting(root: Path) -> None:
    """Each with the default that it has."""
    listed = dict(re.findall(r"^\| `CEM_([A-Z_]+)` \|.*\| (.*) \|$", (root / "README.md").read_text(), re.MULTILINE))
    defaults = {field.name: field.default for field in fields(Settings) if field.default is not MISSING}

    assert {name.lower() for name in listed} == {field.name for field in fields(Settings)}
    assert {name: listed[name.upper()].strip("`") for name in defaults} == {n: str(v) for n, v in defaults.items()}
