"""`relais reset`: delete a hub that does not run."""

import shutil
from pathlib import Path

from relais.errors import RunnerError
from relais.layout import Layout
from relais.recovery import Lock, recover


def described(data: Path) -> Layout:
    """The layout of an existing hub; raises RunnerError for a folder that is no hub's, which must never be deleted."""
    layout = Layout(data.expanduser().resolve())
    if not layout.data.exists():
        raise RunnerError(f"There is nothing in {layout.data}: nothing to delete.")
    if not (layout.run / "lock").is_file():
        raise RunnerError(f"{layout.data} is not the data folder of a hub: delete it yourself if you mean it.")
    return layout


def delete(layout: Layout) -> None:
    """Delete the folder of a hub; raises RunnerError while the hub runs."""
    lock = Lock(layout)
    lock.take()
    try:
        recover(layout)
        control = layout.supervisor_socket.parent
        for folder in (control, layout.postgres, layout.data):
            shutil.rmtree(folder, ignore_errors=True)
        if layout.data.exists():
            raise RunnerError(f"{layout.data} could not be deleted entirely: check its owner.")
    finally:
        lock.release()
