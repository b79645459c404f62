"""A company's own templates: a broken one is told to the staff, and the page appears all the same."""

from dataclasses import replace
from pathlib import Path

import pytest
from litestar.testing import TestClient

from cem.app import create_app
from cem.errors import SettingsFault
from cem.settings import Settings
from surveys.database import Database
from tests.cem.conftest import CHEAPEST, PASSWORD, csrf


@pytest.mark.usefixtures("accounts")
def test_the_report_of_ones_own(settings: Settings, database: Database, tmp_path: Path) -> None:
    """First as the company wrote it, then, when a mistake was made in it, the built-in one with file and line."""
    file = tmp_path / "programme" / "report.html"
    file.parent.mkdir()
    file.write_text('{% extends "built-in/programme/report.html" %}{% block title %}Our report{% endblock %}')
    own = replace(settings, templates=str(tmp_path))
    with TestClient(create_app(own, database=database, hasher=CHEAPEST), base_url="http://testserver.local") as client:
        form = {"name": "cx_manager", "password": PASSWORD, "_csrf_token": csrf(client)}
        client.post("/sign-in", data=form)
        page = client.get("/programme/report?lang=en").text
        assert "<title>Our report" in page
        assert 'role="alert"' not in page

    file.write_text('{% extends "built-in/programme/report.html" %}\n{% block title %}{{ nothing.here }}{% endblock %}')
    with TestClient(create_app(own, database=database, hasher=CHEAPEST), base_url="http://testserver.local") as client:
        client.post("/sign-in", data={**form, "_csrf_token": csrf(client)})
        answer = client.get("/programme/report?lang=en")
        assert answer.status_code == 200
        assert "<title>Six-lessons report" in answer.text
        assert "programme/report.html:2" in answer.text
        assert client.get("/programme?lang=en").text.count("programme/report.html:2") == 0


def test_a_folder_that_is_not_there(settings: Settings, tmp_path: Path) -> None:
    """It is told when the server starts, not when a page is asked for."""
    with pytest.raises(SettingsFault):
        replace(settings, templates=str(tmp_path / "nowhere"))
