"""The end of a process, which comes whatever hangs on the way."""

import asyncio
import faulthandler

# Longer than what a process under way grants its work, shorter than its supervisor waits before it kills.
END_SECONDS = 14.0


def begin() -> None:
    """From now on this process has `END_SECONDS`. One that is still there then writes where it stands, and is ended.

    A task may miss that it was cancelled, and a connection to a frozen server is never closed: a process in which a part failed
    could live on with the rest of it, and its supervisor would see nothing to start again.
    """
    faulthandler.dump_traceback_later(END_SECONDS, exit=True)


def heed() -> None:
    """Raise `CancelledError` in a task that was told to end and goes on, at each turn of a loop that waits for NATS.

    Python 3.11's `asyncio.wait_for`, with which the library waits, now and then forgets that it was cancelled.
    """
    task = asyncio.current_task()
    if task and task.cancelling():
        raise asyncio.CancelledError
