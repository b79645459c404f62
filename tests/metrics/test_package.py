import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys
from types import ModuleType

import pytest

import metrics

MODULES = ["metrics", *(module.name for module in pkgutil.walk_packages(metrics.__path__, "metrics."))]


def public(module: ModuleType) -> list[object]:
    """The public functions and classes that a module defines, with the methods of the classes."""
    mine = [
        thing
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and (inspect.isfunction(inspect.unwrap(thing)) or inspect.isclass(thing))
        and thing.__module__ == module.__name__
    ]
    methods = [
        thing.fget if isinstance(thing, property) else getattr(thing, "__func__", thing)
        for owner in mine
        if inspect.isclass(owner)
        for name, thing in vars(owner).items()
        if not name.startswith("_")
    ]
    return mine + [method for method in methods if inspect.isfunction(method)]


@pytest.mark.parametrize("name", MODULES)
def test_everything_public_has_a_docstring(name: str) -> None:
    """A formula without its meaning, units and edges is not finished."""
    module = importlib.import_module(name)

    assert module.__doc__
    assert [thing for thing in public(module) if not inspect.getdoc(thing)] == []


@pytest.mark.parametrize("name", MODULES)
def test_worked_examples_are_true(name: str) -> None:
    """The examples of the docstrings give what they print."""
    result = doctest.testmod(importlib.import_module(name))

    assert result.failed == 0


def test_some_examples_were_seen() -> None:
    """The docstrings do hold examples."""
    assert sum(doctest.testmod(importlib.import_module(name)).attempted for name in MODULES) >= 20


def test_all_names_are_there() -> None:
    """What __all__ promises can be imported."""
    assert [name for name in metrics.__all__ if not hasattr(metrics, name)] == []


def test_import_is_light() -> None:
    """Importing metrics loads neither scipy.stats nor scipy.optimize, which cost more than all the rest."""
    code = "import sys, metrics; print([m for m in ('scipy.stats', 'scipy.optimize') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"
