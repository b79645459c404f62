from pathlib import Path

import pytest

from surveys.formats.documents import DocumentFaults
from surveys.formats.mapping import read_mapping


def test_a_file_in_another_encoding_says_where(tmp_path: Path) -> None:
    """A document that is not UTF-8 is refused with the line of the first wrong letter."""
    file = tmp_path / "mapping.yaml"
    file.write_bytes("survey: visit\nkey: شماره\n".encode("cp1256"))

    with pytest.raises(DocumentFaults, match="line 2: Save the file as UTF-8 text"):
        read_mapping(file)


def test_a_name_that_stands_twice_is_told() -> None:
    """Two fields of one name are a fault of the text, told with the line of the second."""
    with pytest.raises(DocumentFaults, match="line 2: survey: “survey” stands here twice"):
        read_mapping("survey: visit\nsurvey: call\n")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("survey: [a]", "A single text is expected here."),
        ("survey: 12", "Put this in quotes, so that it is read as text."),
        ("survey:", "This is empty: fill it in or remove it."),
        ("survey: a\nkey: a\nday: {column: a, calendar: lunar}", "“lunar” is not possible here."),
        ("survey: a\nkey: a\nday: {column: a}\nanswers: [a]", "Fields are expected here"),
        ("- survey", "Fields are expected here"),
    ],
)
def test_the_shape_is_explained(text: str, fault: str) -> None:
    """What has another shape than expected is told in words that say what to write."""
    with pytest.raises(DocumentFaults, match=fault):
        read_mapping(text)
