"""The rules of the house, as tests: what may import what, where SQL and commits stand, that nothing is left unused."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.events import REGISTRY
from common.streams import SERVICES

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "contracts" / "golden"

PURE = {
    "__future__",
    "collections",
    "common",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "hashlib",
    "hmac",
    "itertools",
}
PURE |= {"json", "math", "re", "statistics", "string", "typing", "unicodedata", "uuid", "zoneinfo"}
# A domain that is split by noun keeps its rules in modules of these names, as pure as itself.
PURE_MODULES = {"bornes", "domain", "explications", "faits", "grille", "mots", "question", "rang", "verdicts"}
# Of common, a domain may use the value types only.
PURE_COMMON = {
    "actor",
    "calendrier",
    "cas",
    "codes",
    "codes_echanges",
    "codes_espace",
    "errors",
    "events",
    "identifiants",
    "references",
    "secret",
    "territoires",
    # To mark a sentence; what is marked is translated where it is shown.
    "traduction",
}


def sources(*folders: str) -> Iterator[Path]:
    """The Python files of the project in these folders, migrations left out."""
    for folder in folders:
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if "versions" not in path.parts)


def imports(path: Path) -> set[str]:
    """The modules that a file imports, dotted."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", [p for p in sources("services") if p.stem in PURE_MODULES], ids=relative)
def test_a_domain_is_pure(path: Path) -> None:
    for name in imports(path):
        top, *rest = name.split(".")
        own = path.relative_to(ROOT / "services").parts[0]
        assert top in PURE or (top == own and rest[1:2] and rest[1] in PURE_MODULES), f"{relative(path)} imports {name}"
        if top == "common":
            assert rest[0] in PURE_COMMON, f"{relative(path)} imports {name}"


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_imports_another(service: str) -> None:
    for path in sources(f"services/{service}"):
        others = {name.split(".")[0] for name in imports(path)} & (set(SERVICES) - {service} | {"relais", "tests"})
        assert not others, f"{relative(path)} imports {others}"


def test_common_knows_no_service() -> None:
    for path in sources("libs"):
        known = {name.split(".")[0] for name in imports(path)} & {*SERVICES, "relais", "tests"}
        assert not known, f"{relative(path)} imports {known}"


def test_nobody_commits_but_the_database() -> None:
    for path in sources("libs", "services"):
        if relative(path) not in {"libs/common/database.py", "libs/common/migrations.py"}:
            assert not re.search(r"\.commit\(|\.rollback\(", path.read_text()), relative(path)


def test_nobody_swallows_a_cancellation() -> None:
    """Python 3.11's `asyncio.wait_for` forgets a cancellation that comes as it ends: a worker told to stop would go on."""
    for path in sources("libs", "services", "deploy"):
        assert "asyncio.wait_for(" not in path.read_text(), f"{relative(path)}: use asyncio.timeout"


def test_savepoints_forget_what_was_recorded_in_them() -> None:
    for path in sources("libs", "services"):
        if relative(path) != "libs/common/writes.py":
            assert "begin_nested(" not in path.read_text(), f"{relative(path)}: use common.writes.savepoint"


SQL = re.compile(r"^\s*\"{0,3}\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b", re.MULTILINE)


def test_sql_stands_in_stores_only() -> None:
    for path in sources("services"):
        if path.name == "store.py" or path.name.endswith("_store.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not SQL.match(node.value), f"{relative(path)}: {node.value[:60]!r}"


def test_every_event_has_a_golden_file() -> None:
    files = {path.stem for path in GOLDEN.glob("*.json")}
    assert files == set(REGISTRY)


def test_every_event_is_heard() -> None:
    heard = {event.subject() for service in SERVICES for event in importlib.import_module(f"{service}.worker").HANDLERS}
    assert heard == set(REGISTRY)


def test_every_template_is_used() -> None:
    code = "\n".join(path.read_text() for path in sources("libs", "services"))
    templates = [path for folder in ("libs", "services") for path in (ROOT / folder).rglob("templates/**/*.html")]
    everything = code + "\n".join(path.read_text() for path in templates)
    # Steps of a form have names made of their step's.
    patterns = [re.sub(r"\{\w+\}", r"\\w+", name) for name in re.findall(r'f"(\w*\{\w+\}\.html)"', code)]
    assert templates
    for path in templates:
        name = path.relative_to(next(parent for parent in path.parents if parent.name == "templates")).as_posix()
        composed = any(re.fullmatch(pattern, name) for pattern in patterns)
        assert composed or f'"{name}"' in everything or f"'{name}'" in everything, f"{relative(path)} is used nowhere"


def test_every_form_carries_the_token_of_its_session() -> None:
    templates = [path for folder in ("libs", "services") for path in (ROOT / folder).rglob("templates/**/*.html")]
    forms = [(path, form) for path in templates for form in re.findall(r"<form\b.*?</form>", path.read_text(), re.DOTALL)]
    posting = [(path, form) for path, form in forms if not re.match(r'<form[^>]*method="get"', form)]
    assert len(posting) > 40
    for path, form in posting:
        assert "{{ jeton(csrf) }}" in form or 'name="csrf" value="{{ csrf }}"' in form, f"{relative(path)}: {form[:80]}"


def test_files_stay_readable() -> None:
    for path in sources("libs", "services", "deploy", "tests"):
        assert len(path.read_text().splitlines()) <= 300, f"{relative(path)} is to be split by noun"


def test_every_public_function_says_what_it_does() -> None:
    for path in sources("libs", "services", "deploy"):
        tree = ast.parse(path.read_text())
        assert not path.read_text().strip() or ast.get_docstring(tree), f"{relative(path)} has no docstring"
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{relative(path)}: {node.name} has no docstring"
