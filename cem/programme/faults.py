"""What can go wrong when people add to the programme."""

from cem.errors import CemError
from surveys.languages import N_


class UnknownCriterion(CemError):
    status = 404
    title = N_("There is no such criterion")
    advice = N_("Choose a criterion from the page of its lesson.")


class JudgementFault(CemError):
    title = N_("This judgement cannot be kept")
    advice = N_("Choose a score from 0 to 4 and write in a note what it rests on. Nothing was changed.")


class AlreadyDecided(CemError):
    status = 409
    title = N_("This judgement is decided already")
    advice = N_("Open the criterion again: it shows what was decided, and by whom.")


class OwnJudgement(CemError):
    status = 403
    title = N_("Somebody else confirms what you judged")
    advice = N_("Two people stand behind every judgement. Ask a colleague who may assess to look at it.")


class ValueFault(CemError):
    title = N_("This value cannot be kept")
    advice = N_(
        "A value needs a number (a percentage from 0 to 100, or a count), where it was measured, and a day that is not "
        "in the future. Nothing was changed."
    )


class UnknownEntry(CemError):
    status = 404
    title = N_("There is no such entry")
    advice = N_("Perhaps somebody has withdrawn it already. Open the criterion again.")


class ActionFault(CemError):
    title = N_("This action cannot be kept")
    advice = N_(
        "An action says what is done and what it is expected to bring, has an owner with an account here, and a day by "
        "which it is done. Nothing was changed."
    )


class FileFault(CemError):
    status = 413
    title = N_("This file cannot be attached")
    advice = N_("A file has at most 2 MB. Attach a smaller one, or say in the note where it lies. Nothing was changed.")


class QuarterFault(CemError):
    status = 409
    title = N_("This quarter is kept already")
    advice = N_("What a quarter was is never changed. The next one can be kept when it ends.")


class UnknownQuarter(CemError):
    status = 404
    title = N_("This quarter was not kept")
    advice = N_("Choose a quarter from the list on the page of the programme.")
