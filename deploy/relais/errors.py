"""The one error that the runner shows to people: a single line that says what is wrong and what to do."""


class RunnerError(Exception):
    """Something outside the program prevents the hub from running; the message is one line and names the remedy."""


def disk_full(where: object) -> RunnerError:
    """The error for a disk that is full, wherever it was noticed."""
    return RunnerError(
        f"The disk that holds {where} is full: free some space, or choose another place with DATA=/another/path."
    )
