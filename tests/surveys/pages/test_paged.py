"""Questionnaires of several pages, without scripts."""

from typing import Any


def test_pages_follow_each_other_and_the_last_one_sends(world: Any, visitor: Any) -> None:
    """Every page is a form; the answers of all of them are one response."""
    one = visitor.open("/s/paged?unit=vanak")
    two = visitor.follow(visitor.send("/s/paged", one, {"recommend": "3"}))
    three = visitor.follow(visitor.send("/s/paged", two, {"wrong": "the queue"}))
    assert world.responses() == []
    sent = visitor.send("/s/paged", three, {"satisfied": "2"})
    (response,) = world.responses()

    assert sent.answer.headers["location"].startswith("/s/paged/thanks?lang=en&c=")
    assert response.answers == {"recommend": 3, "wrong": "the queue", "satisfied": 2}
    assert response.unit == "vanak"
    assert world.rows()["draft"] == 0


def test_progress_counts_only_what_is_certain(visitor: Any) -> None:
    """The number of pages stands there once no answer can change it; consent before the last button."""
    one = visitor.open("/s/paged")
    two = visitor.follow(visitor.send("/s/paged", one, {"recommend": "3"}))
    three = visitor.follow(visitor.send("/s/paged", two))

    assert "Page 1</p>" in one.text
    assert "Page 2 of 3" in two.text
    assert "Page 3 of 3" in three.text
    assert [("We read your answer." in page.text) for page in (one, two, three)] == [False, False, True]
    assert [("Continue" in page.text) for page in (one, two, three)] == [True, True, False]


def test_a_page_without_questions_is_jumped_over(world: Any, visitor: Any) -> None:
    """Who is content is not shown the page about what went wrong."""
    last = visitor.follow(visitor.send("/s/paged", visitor.open("/s/paged"), {"recommend": "9"}))

    assert "Page 2 of 2" in last.text
    assert ("q.satisfied", "5") in last.offered
    visitor.send("/s/paged", last, {"satisfied": "5"})
    assert [r.answers for r in world.responses()] == [{"recommend": 9, "satisfied": 5}]


def test_faults_stay_on_their_page(world: Any, visitor: Any) -> None:
    """A page with a fault is shown again and leads nowhere."""
    again = visitor.send("/s/paged", visitor.open("/s/paged"), {})

    assert again.status == 422
    assert 'href="#recommend-0"' in again.text
    assert world.rows()["draft"] == 0


def test_going_back_keeps_what_was_typed(visitor: Any) -> None:
    """The button leads to the page before; both pages still have their answers."""
    two = visitor.follow(visitor.send("/s/paged", visitor.open("/s/paged"), {"recommend": "3"}))
    one = visitor.follow(visitor.send("/s/paged", two, {"wrong": "half a sen"}, go="back"))
    assert one.fields["q.recommend"] == ["3"]
    two = visitor.follow(visitor.send("/s/paged", one))

    assert two.fields["q.wrong"] == ["half a sen"]


def test_the_addresses_of_pages_are_for_the_browsers_back_button(visitor: Any) -> None:
    """Each page can be opened again with what is kept of it."""
    sent = visitor.send("/s/paged", visitor.open("/s/paged"), {"recommend": "3"})
    address = sent.answer.headers["location"]

    assert visitor.open(address).fields["page"] == ["2"]
    assert visitor.open(address.replace("page=2", "page=1")).fields["q.recommend"] == ["3"]


def test_a_changed_answer_drops_what_it_hides(world: Any, visitor: Any) -> None:
    """Going back and raising the score takes the page about what went wrong out again."""
    two = visitor.follow(visitor.send("/s/paged", visitor.open("/s/paged"), {"recommend": "3"}))
    one = visitor.follow(visitor.send("/s/paged", two, {"wrong": "the queue"}, go="back"))
    last = visitor.follow(visitor.send("/s/paged", one, {"recommend": "9"}))
    visitor.send("/s/paged", last, {"satisfied": "5"})

    assert [r.answers for r in world.responses()] == [{"recommend": 9, "satisfied": 5}]


def test_jumping_over_a_page_leads_back_to_it(world: Any, visitor: Any) -> None:
    """The last page sends nothing while an earlier one misses an answer; its own is kept."""
    one = visitor.open("/s/paged")
    last = visitor.open(f"/s/paged?r={one.ticket}&page=3")
    turned = visitor.send("/s/paged", last, {"satisfied": "5"})

    assert turned.answer.headers["location"].endswith("&page=1")
    assert world.responses() == []
    last = visitor.follow(visitor.send("/s/paged", visitor.follow(turned), {"recommend": "9"}))
    assert last.fields["q.satisfied"] == ["5"]
    visitor.send("/s/paged", last)
    assert len(world.responses()) == 1


def test_sending_the_last_page_twice_is_one_response(world: Any, visitor: Any) -> None:
    """Its draft is gone by then; the second press is thanked all the same, and so is an earlier page."""
    one = visitor.open("/s/paged")
    last = visitor.follow(visitor.send("/s/paged", one, {"recommend": "9"}))
    answers = {"satisfied": "5"}
    places = [visitor.send("/s/paged", page, answers).answer.headers["location"] for page in (last, last, one)]

    assert {place.partition("&c=")[0] for place in places} == {"/s/paged/thanks?lang=en"}
    assert len(world.responses()) == 1


def test_a_personal_link_resumes_at_the_first_unfinished_page(world: Any, visitor: Any) -> None:
    """The link of the message is enough."""
    link = world.invite(world.paged)
    visitor.send(link, visitor.open(link), {"recommend": "3"})
    resumed = visitor.open(link)
    assert resumed.fields["page"] == ["3"]  # the page between asks nothing that must be answered
    back = visitor.follow(visitor.send(link, resumed, go="back"))
    assert back.fields["page"] == ["2"]
    visitor.send(link, resumed, {"satisfied": "1"})

    assert [r.answers for r in world.responses()] == [{"recommend": 3, "satisfied": 1}]


def test_a_page_that_is_not_there_is_not_known(visitor: Any) -> None:
    """A form of no page of ours is refused; an address beyond the last page shows one that is there."""
    one = visitor.open("/s/paged")

    for page in ("0", "4", "x", "9999"):
        assert visitor.send("/s/paged", one, {"recommend": "3"}, page=page).status == 404
    assert visitor.open(f"/s/paged?r={one.ticket}&page=99").status == 200
    assert visitor.open(f"/s/paged?r={one.ticket}&page=0").fields["page"] == ["1"]


def test_a_drafted_page_keeps_the_other_pages(visitor: Any) -> None:
    """The script reports one page; the answers of the others stay."""
    one = visitor.open("/s/paged")
    two = visitor.follow(visitor.send("/s/paged", one, {"recommend": "3"}))
    visitor.send("/s/paged/draft", two, {"wrong": "half"})

    assert visitor.open(f"/s/paged?r={one.ticket}&page=1").fields["q.recommend"] == ["3"]
    assert visitor.open(f"/s/paged?r={one.ticket}&page=2").fields["q.wrong"] == ["half"]
