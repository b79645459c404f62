"""The open cases as a picture: how many of each severity, by their age."""

from cem.cases.numbers import Numbers
from cem.cases.numbers_words import AGE_NAMES
from cem.cases.terms import SEVERITY_NAMES
from cem.scorecards.figures import Figure, figure, isolated
from surveys.languages import N_, Language

# From fresh to old; each stands out from the cards of both themes.
COLOURS = ("#3d85c6", "#8b949e", "#d9731a", "#b3401a")


def backlog_figure(language: Language, numbers: Numbers) -> Figure | None:
    """None where nothing is open."""
    if not numbers.open:
        return None
    ages = [language.gettext(name) for name in AGE_NAMES]
    levels = [one.severity for one in numbers.backlog]
    bars = [
        {
            "type": "bar",
            "x": levels,
            "y": [one.ages[place] for one in numbers.backlog],
            "marker": {"color": COLOURS[place]},
            "hoverinfo": "text",
            "hovertext": [
                isolated(
                    language,
                    language.fill(
                        N_("Severity %(severity)s, %(age)s: %(n)s"),
                        {"severity": one.severity, "age": age, "n": language.number(one.ages[place])},
                    ),
                )
                for one in numbers.backlog
            ],
        }
        for place, age in enumerate(ages)
    ]
    most = max(sum(one.ages) for one in numbers.backlog)
    totals = {
        "type": "scatter",
        "mode": "text",
        "x": levels,
        "y": [sum(one.ages) for one in numbers.backlog],
        "text": [isolated(language, language.number(sum(one.ages))) for one in numbers.backlog],
        "textposition": "top center",
        "hoverinfo": "skip",
    }
    drawing = figure(
        language,
        [*bars, totals],
        x={
            "ticks": [(level, language.fill(N_("Severity %(n)s"), {"n": level})) for level in levels],
            "range": [4.5, 0.5] if language.persian else [0.5, 4.5],
        },
        y={"visible": False, "range": [0, 1.2 * most]},
        barmode="stack",
        bargap=0.35,
        hovermode="closest",
    )
    head = (N_("Severity"), *AGE_NAMES, N_("All"), N_("Overdue"))
    rows = tuple(
        (
            f"{language.digits(one.severity)} · {language.gettext(SEVERITY_NAMES[one.severity])}",
            *(language.number(n) for n in one.ages),
            language.number(sum(one.ages)),
            language.number(one.overdue),
        )
        for one in numbers.backlog
    )
    caption = language.gettext(N_("Open cases by severity and age"))
    return Figure("backlog", drawing, caption, tuple(map(language.gettext, head)), rows)
