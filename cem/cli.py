"""The command line: `cem`.

Exit status 0: done; 1: done, and something was refused or differs; 2: the input is wrong, and nothing was changed.
"""

from importlib import import_module
from typing import Any

import click

# Where each command lives and what `--help` says of it. A command's module is loaded when the command is called:
# asking for help needs no database and no statistics.
COMMANDS = {
    "api-key": ("cem.people.commands:api_key", "Keys for programs: add, revoke."),
    "calendar": ("cem.calendar.commands:calendar", "Opening hours and holidays: show, bring in."),
    "comments": ("cem.comments.commands:comments", "Read comments, train and measure a model, propose topics."),
    "company": ("cem.studio.commands:company", "Units, segments, journeys and touchpoints from a file."),
    "customers": ("cem.studio.customers:customers", "Customers, their segments and addresses from a CSV file."),
    "demo": ("cem.demo.commands:demo", "Load the demo company and serve it."),
    "erase-customer": ("cem.studio.erasure:erase_customer", "Remove what is held about a customer."),
    "init": ("cem.serving:init", "Make cem.toml and the database here."),
    "jobs": ("cem.jobs.commands:jobs", "What the server does by itself: list, run."),
    "operations": ("cem.operations.commands:operations", "Operational metrics: define, receive their figures."),
    "outcomes": ("cem.outcomes.commands:outcomes", "What the company's books say of customers, from a CSV file."),
    "quality": ("cem.quality.commands:quality", "Look for answers that may not be meant."),
    "report": ("cem.reports.commands:report", "The scorecard as a PDF or a page in one file."),
    "responses": ("cem.studio.commands:responses", "Bring responses in from a CSV file."),
    "rewards": ("cem.rewards.commands:rewards", "Pay tied to experience: run, export, acknowledge, verify."),
    "serve": ("cem.serving:serve", "Serve the product."),
    "survey": ("cem.studio.commands:survey", "Check, publish and export questionnaires."),
    "tallies": ("cem.studio.commands:tallies", "Compare the tallies with the responses, or rebuild them."),
    "user": ("cem.people.commands:user", "Accounts: add, change their e-mail."),
}


class LazyGroup(click.Group):
    """Loads a command when it is called, and turns the product's own faults into one clear line."""

    def list_commands(self, context: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except Exception as fault:
            explanation = _explanation(fault)
            if explanation is None:
                raise
            for line in explanation.splitlines():
                click.echo(f"cem: {line}", err=True)
            context.exit(2)


def _explanation(fault: Exception) -> str | None:
    """What to tell the person who called, where it is for them to mend; None for a mistake of ours."""
    from sqlalchemy.exc import DatabaseError, OperationalError  # noqa: PLC0415 - `--help` does not need these

    from cem.errors import CemError  # noqa: PLC0415
    from surveys.formats.documents import DocumentFaults  # noqa: PLC0415
    from surveys.questionnaire import QuestionnaireFaults  # noqa: PLC0415

    # The class itself is a file that is no database; its other subclasses are statements that we wrote wrongly.
    if isinstance(fault, OperationalError) or type(fault) is DatabaseError:
        return f"The database cannot be used: {fault.orig}"  # without the statement, whose values may be anybody's
    if isinstance(fault, BrokenPipeError):
        return None  # whoever read our output has enough of it; click knows what to do
    return str(fault) if isinstance(fault, CemError | DocumentFaults | QuestionnaireFaults | OSError) else None


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="cem")
def main() -> None:
    """Customer-experience management, from a customer's answer to an executive's scorecard."""
