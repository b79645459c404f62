"""The terms of a plan as a YAML file that people write, with the line of every fault."""

from decimal import Decimal
from typing import Any

import msgspec
import yaml

from cem.rewards.checking import Known, check_terms
from cem.rewards.terms import Terms
from surveys.formats.documents import DocumentFaults, DocumentFile
from surveys.languages import N_
from surveys.questionnaire import Fault


class _Dumper(yaml.SafeDumper):
    """Numbers as they were set, texts as they are."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - reading refuses them
        return True


def _number(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    whole = value == value.to_integral_value()
    kind, text = ("int", str(int(value))) if whole else ("float", f"{value:f}")
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", text)


_Dumper.add_representer(Decimal, _number)


def terms_to_yaml(terms: Terms) -> str:
    """The terms as a person would write them; reading them again gives the same terms."""
    plain: dict[str, Any] = msgspec.to_builtins(terms, builtin_types=(Decimal,))
    plain["measures"], plain["gates"] = list(plain["measures"]), list(plain["gates"])
    return yaml.dump(plain, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


def read_terms_text(text: str, code: str, known: Known) -> tuple[Terms, list[Fault]]:
    """The terms of a text with what keeps them from being agreed; DocumentFaults where it has not their shape."""
    file = DocumentFile(text)
    terms = file.read(Terms)
    if terms.code != code:
        message = N_("A plan keeps its code: write “%(code)s” here.")
        raise DocumentFaults(file.placed([Fault("code", message, {"code": code})]))
    return terms, file.placed(check_terms(terms, known))
