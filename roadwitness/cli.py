"""The command line: ``roadwitness COMMAND``. Data goes to stdout, everything else to stderr.

Exit codes: 0 done, 1 failed (one sentence on stderr says why and what to do), 2 wrong use.
"""

from __future__ import annotations

import errno
import logging
import os
import sys

import typer

from roadwitness.commands import analysis, centre, data, evaluation, seeing
from streams.errors import RoadwitnessError

app = typer.Typer(
    name="roadwitness",
    help="Roadside cameras to reviewed traffic violations.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (analysis, seeing, data, evaluation, centre):
    group.register(app)


def main() -> None:
    """Run the command line; no error of ours, and none of the machine's, ends in a traceback."""
    logging.basicConfig(
        level=os.environ.get("ROADWITNESS_LOG", "WARNING").upper(),
        format="%(levelname)s %(name)s: %(message)s",
    )
    # kafka-python logs each failed connection as an error; our own sentence says it once.
    logging.getLogger("kafka").setLevel(
        logging.WARNING if "ROADWITNESS_LOG" in os.environ else logging.CRITICAL
    )
    try:
        app()
    except RoadwitnessError as error:
        _fail(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        _fail("Stopped; what was acknowledged is kept, and running the command again continues.")
    except OSError as error:
        if error.errno == errno.ENOSPC:
            _fail(
                "The disk is full; nothing acknowledged is lost: free some space and run the command again."
            )
        _fail(f"{error.filename or 'The system'}: {error.strerror or error}.")
    except Exception as error:
        if os.environ.get("ROADWITNESS_DEBUG"):
            raise
        what = f"Unexpected {type(error).__name__}: {error}"
        _fail(f"{what} (set ROADWITNESS_DEBUG=1 to see where, and please report it).")


def _fail(sentence: str) -> None:
    print(f"roadwitness: {' '.join(sentence.split())}", file=sys.stderr)
    raise SystemExit(1)
