"""The command line: ``roadwitness COMMAND``. Data goes to stdout, everything else to stderr.

Exit codes: 0 done, 1 failed (one sentence on stderr says why and what to do), 2 wrong use.
"""

from __future__ import annotations

import errno
import os
import sys
from typing import NoReturn

import typer

from roadwitness.commands import (
    accounts,
    analysis,
    asking,
    audit,
    calibration,
    casework,
    centre,
    data,
    drawing,
    evaluation,
    evidence,
    proof,
    quality,
    replaying,
    seeing,
    store,
    streams,
    training,
)
from roadwitness.commands.options import begin_log
from roadwitness.commands.summaries import show_whole
from roadwitness.log_lines import as_json
from roadwitness.secret_files import read_secret_files
from streams.errors import RoadwitnessError
from streams.events import Events

app = typer.Typer(
    name="roadwitness",
    help="Roadside cameras to reviewed traffic violations.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

#: What typer makes of Ctrl-C.
_INTERRUPTED = 130
_STOPPED = "Stopped; what was acknowledged is kept, and running the command again continues."
_ADVICE = {
    errno.ENOENT: "check the name, and that its folder is there",
    errno.ENOTDIR: "check the path: a file stands where a folder should",
    errno.EISDIR: "name a file, not a folder",
    errno.EACCES: "give this user the right to it, or name another",
    errno.EPERM: "give this user the right to it, or name another",
    errno.EROFS: "name a place that can be written",
}

_GROUPS = (
    analysis,
    calibration,
    drawing,
    seeing,
    asking,
    data,
    replaying,
    evaluation,
    training,
    centre,
    accounts,
    streams,
    store,
    proof,
    quality,
    evidence,
    audit,
    casework,
)
for group in _GROUPS:
    group.register(app)
show_whole(app)


def main() -> None:
    """Run the command line; no error of ours, and none of the machine's, ends in a traceback."""
    try:
        begin_log("roadwitness")
        read_secret_files(os.environ)
        app()
    except RoadwitnessError as error:
        _fail(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except SystemExit as ended:
        if ended.code == _INTERRUPTED:
            _fail(_STOPPED)
        raise
    except KeyboardInterrupt:
        _fail(_STOPPED)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            _fail(
                "The disk is full; nothing acknowledged is lost: free some space and run the command again."
            )
        advice = _ADVICE.get(error.errno or 0, "check the path and the disk, then run the command again")
        _fail(f"{error.filename or 'The system'}: {error.strerror or error}; {advice}.")
    except ImportError as error:
        _fail(
            f"A library cannot be loaded ({error}): install what it names (for libGL or libglib, Debian's "
            "packages libgl1 and libglib2.0-0), or install Roadwitness again."
        )
    except Exception as error:
        if os.environ.get("ROADWITNESS_DEBUG"):
            raise
        if as_json():
            sentence = f"Unexpected {type(error).__name__}; please report it."
            Events(__name__).error("failed", sentence, failure=error)
            raise SystemExit(1) from None
        what = f"Unexpected {type(error).__name__}: {error}"
        _fail(f"{what} (set ROADWITNESS_DEBUG=1 to see where, and please report it).")


def _fail(sentence: str) -> NoReturn:
    text = " ".join(sentence.split())
    if as_json():
        Events(__name__).error("failed", text)
    else:
        print(f"roadwitness: {text}{'' if text.endswith('.') else '.'}", file=sys.stderr)
    raise SystemExit(1)
