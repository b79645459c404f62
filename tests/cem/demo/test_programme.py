from cem.demo.timeline import Timeline
from cem.programme.evidence.found import MOST_PARTS, Moment
from cem.programme.evidence.registry import REGISTRY
from surveys.database import Database
from surveys.languages import CODES, language
from tests.cem.demo.conftest import NOW


def test_evidence_of_the_demo_company(demo: Database, timeline: Timeline) -> None:
    """Each criterion has evidence or none, and none of it is beyond what there is; our own words are translated."""
    moment = Moment(NOW, timeline.zone)
    with demo.read() as reader:
        gathered = {code: found for code, function in REGISTRY.items() if (found := function(reader, moment))}

    assert len(gathered) >= 24
    for found in gathered.values():
        assert 0 <= found.value <= 100
        assert found.numerator is None or found.numerator <= found.n
        assert len(found.parts) <= MOST_PARTS
        assert all(part.text or {*part.names} == {*CODES} for part in found.parts)
        for text in (found.caution, *(part.text for part in found.parts)):
            assert not text or language("fa").gettext(text) != text
