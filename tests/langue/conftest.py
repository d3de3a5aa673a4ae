"""The pseudo-language's catalogue and one browser, for each file of this folder."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from common import traduction
from tests.browser import chromium
from tests.langue.pseudo import LANGUE, ecrire


@pytest.fixture(scope="module")
def pseudo_langue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The catalogue, made here and nowhere kept."""
    locales = tmp_path_factory.mktemp("locale")
    ecrire(locales)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(traduction, "LOCALES", locales)
        yield LANGUE


@pytest.fixture(scope="module")
def navigateur() -> Iterator[Browser]:
    with chromium() as ouvert:
        yield ouvert
